//! Plain trees: FTP roots, docroots, mirrors, shares. Each regular file is an object, and its path
//! is its key.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::error::Error;
use crate::files::access_fs::{FileStat, join_path};
use crate::files::file_format::{Completeness, FileFormat, FileRules, Found, Inspection, Role};
use crate::identifiers::{DateKind, DateStamp, Identifiers};
use crate::object::{Generation, GenerationTuple, ObjectKey};

/// Folders below the root that are entered at most (ACCESS section 2).
const FOLDER_DEPTH: usize = 16;

/// What an operator decides of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeOptions {
    /// Globs of paths that are listed; none: all. `*` stays within a folder, `**` does not.
    pub include: Vec<String>,
    /// Globs of paths that are left out, folders with all below them; they win over `include`.
    pub exclude: Vec<String>,
    /// The URL at which subscribers see the root, for example `https://mirror.example/debian/`;
    /// then each object's URL is this, a slash, and its path.
    pub base_url: Option<String>,
}

/// A plain tree.
#[derive(Debug)]
pub struct TreeFormat {
    include: Option<GlobSet>,
    exclude: GlobSet,
    base_url: Option<Vec<u8>>,
    host: Option<String>,
}

impl TreeFormat {
    /// A tree with these options.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a glob cannot be read, or the URL has no host.
    pub fn new(options: &TreeOptions) -> Result<Self, Error> {
        let include = (!options.include.is_empty())
            .then(|| globs("include", &options.include))
            .transpose()?;
        let base_url = options.base_url.as_deref().map(|url| url.trim_end_matches('/'));
        let host = base_url.map(host_of).transpose()?;
        Ok(Self {
            include,
            exclude: globs("exclude", &options.exclude)?,
            base_url: base_url.map(|url| url.as_bytes().to_vec()),
            host,
        })
    }

    fn is_excluded(&self, path: &[u8]) -> bool {
        self.exclude.is_match(OsStr::from_bytes(path))
    }

    fn identifiers(&self, path: &[u8], stat: &FileStat) -> Identifiers {
        let mut identifiers = Identifiers {
            dates: vec![
                date(DateKind::Modified, stat.mtime_ns),
                date(DateKind::Changed, stat.ctime_ns),
            ],
            source_addresses: self.host.iter().cloned().collect(),
            ..Identifiers::default()
        };
        if let Some(base) = &self.base_url {
            let path = escaped(path);
            identifiers.urls.push([base, b"/".as_slice(), path.as_slice()].concat());
        }
        identifiers
    }
}

fn globs(option: &'static str, patterns: &[String]) -> Result<GlobSet, Error> {
    let problem =
        |error: globset::Error| Error::Configuration { option, problem: error.to_string() };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let mut glob = GlobBuilder::new(pattern.trim_start_matches('/'));
        set.add(glob.literal_separator(true).build().map_err(problem)?);
    }
    set.build().map_err(problem)
}

/// The host of a URL, in lower case and without a port.
fn host_of(url: &str) -> Result<String, Error> {
    let problem =
        || Error::Configuration { option: "base_url", problem: "it has no host".to_owned() };
    let (_, rest) = url.split_once("://").ok_or_else(problem)?;
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() { Err(problem()) } else { Ok(host.to_ascii_lowercase()) }
}

/// A path as it stands in a URL: what RFC 3986 allows in a path as it is, the rest as `%XX`.
fn escaped(path: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut url = Vec::with_capacity(path.len());
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            url.push(byte);
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| HEX.get(usize::from(digit)));
            url.push(b'%');
            url.extend(digits.into_iter().flatten());
        }
    }
    url
}

/// Undoes [`escaped`], and what else a client may have escaped; `None` for a broken escape.
fn unescaped(url: &[u8]) -> Option<Vec<u8>> {
    let mut path = Vec::with_capacity(url.len());
    let mut bytes = url.iter();
    while let Some(&byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(*bytes.next()?).to_digit(16);
            let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
            path.push(u8::try_from(value).ok()?);
        } else {
            path.push(byte);
        }
    }
    Some(path)
}

fn date(kind: DateKind, ns: i64) -> DateStamp {
    let nanoseconds = u32::try_from(ns.rem_euclid(1_000_000_000)).unwrap_or_default();
    DateStamp { kind, seconds: ns.div_euclid(1_000_000_000), nanoseconds }
}

/// The generation of a file that may change in place (ACCESS section 10).
fn generation(stat: &FileStat) -> Generation {
    GenerationTuple::new("tree")
        .number(stat.dev)
        .number(stat.ino)
        .number(stat.bytes)
        .signed(stat.mtime_ns)
        .signed(stat.ctime_ns)
        .finish()
}

impl FileFormat for TreeFormat {
    fn kind(&self) -> &'static str {
        "tree"
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: true,
            complete: Completeness::WhenQuiet,
            links_once: true,
            folder_depth: FOLDER_DEPTH,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        !self.is_excluded(folder)
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        let path = join_path(folder, name);
        let is_included = |globs: &GlobSet| globs.is_match(OsStr::from_bytes(&path));
        if self.include.as_ref().is_none_or(is_included) && !self.is_excluded(&path) {
            Role::Object
        } else {
            Role::Ignored
        }
    }

    /// Keys are paths.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let key = ObjectKey::new(file.path())?;
        let stat = *file.stat();
        let identifiers = self.identifiers(file.path(), &stat);
        Ok(vec![Found { identifiers, ..Found::whole_file(key, generation(&stat), &stat) }])
    }

    fn paths_for(&self, identifiers: &Identifiers) -> Vec<Vec<u8>> {
        let Some(base) = &self.base_url else {
            return Vec::new();
        };
        let paths = identifiers.urls.iter().filter_map(|url| {
            let path = url.strip_prefix(base.as_slice())?.strip_prefix(b"/")?;
            unescaped(path)
        });
        let is_plain = |path: &Vec<u8>| {
            path.split(|&byte| byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
                && !path.contains(&0)
        };
        paths.filter(is_plain).collect()
    }
}

#[cfg(test)]
mod tests;
