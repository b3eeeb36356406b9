//! Flags that choose among snapshots, and the address `SNAP:PATH`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::Args;

use crate::exit_code::Failure;

/// `--host --tag --path`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FilterArgs {
    /// Only snapshots of this host (repeatable: any of them)
    #[arg(short = 'H', long = "host", value_name = "HOST")]
    pub(crate) hosts: Vec<String>,
    /// Only snapshots with all of these tags (repeatable: any of the lists)
    #[arg(long = "tag", value_name = "TAG[,TAG...]")]
    pub(crate) tags: Vec<String>,
    /// Only snapshots that saved this path (repeatable: all of them)
    #[arg(long = "path", value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
}

impl FilterArgs {
    /// As the engine takes it; paths are made absolute.
    pub(crate) fn to_filter(&self) -> gleaner_engine::SnapshotFilter {
        let split = |list: &String| {
            list.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
        };
        let absolute = |path: &OsString| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
            path.as_os_str().as_bytes().to_vec()
        };
        gleaner_engine::SnapshotFilter {
            hosts: self.hosts.clone(),
            tags: self.tags.iter().map(split).collect(),
            paths: self.paths.iter().map(absolute).collect(),
        }
    }
}

/// `SNAP` or `SNAP:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Id, prefix of an id, `latest` or `latest~N`.
    pub(crate) snapshot: String,
    /// Path inside, as bytes; `None` without a colon.
    pub(crate) path: Option<Vec<u8>>,
}

impl Address {
    /// Splits at the first colon: no form of `SNAP` has one.
    pub(crate) fn parse(argument: &OsString) -> Result<Self, Failure> {
        let bytes = argument.as_bytes();
        let colon = bytes.iter().position(|&byte| byte == b':');
        let (snapshot, rest) = bytes.split_at(colon.unwrap_or(bytes.len()));
        let path = rest.strip_prefix(b":").map(<[u8]>::to_vec);
        let snapshot = std::str::from_utf8(snapshot)
            .map_err(|_| Failure::usage("a snapshot is an id, a prefix of one, or `latest`"))?;
        Ok(Self { snapshot: snapshot.to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn the_first_colon_splits_snapshot_and_path() {
        let address = |text: &str| Address::parse(&text.into()).unwrap();
        assert_eq!(address("latest").path, None);
        assert_eq!(address("latest~2:/home/a:b").path.as_deref(), Some(&b"/home/a:b"[..]));
        assert_eq!(address("ab12:").path.as_deref(), Some(&b""[..]));
    }
}
