//! Where a repository is: in a folder of this machine, or with a backup server.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::args::Global;
use crate::byte_text::printable;
use crate::exit_code::{Failure, Kind};

/// The port of a server whose URL names none.
const PORT_DEFAULT: u16 = 7443;

/// Where a repository is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// An absolute path.
    Folder(PathBuf),
    /// A tenant of a server.
    Server(ServerAddress),
}

/// `https://HOST:PORT/TENANT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tenant: String,
    url: String,
}

impl Place {
    /// What the flags say.
    ///
    /// # Errors
    /// Kind `usage` if no flag, variable or profile says so, or the scheme is unknown.
    pub(crate) fn of(global: &Global) -> Result<Self, Failure> {
        if let Some(url) = &global.server {
            return ServerAddress::parse(url).map(Self::Server);
        }
        let url = match (&global.repo, &global.repository_file) {
            (Some(url), _) => url.as_bytes().to_vec(),
            (None, Some(file)) => {
                let text = std::fs::read(file).map_err(|error| {
                    Failure::new(Kind::Config, format!("{}: {error}", file.display()))
                })?;
                let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
                line.trim_ascii().to_vec()
            }
            (None, None) => {
                let message = "no repository is named; give -r, --server or GLEANER_REPOSITORY";
                return Err(Failure::usage(message));
            }
        };
        local_path(&url).map(Self::Folder)
    }

    /// The folder, for what is done to it past the engine.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) => Some(path),
            Self::Server(_) => None,
        }
    }

    /// What a severe question about it asks for: the folder's name, or the tenant's.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Folder(path) => {
                path.file_name().map_or_else(|| "/".to_owned(), |name| name.display().to_string())
            }
            Self::Server(address) => address.tenant.clone(),
        }
    }

    /// As raw bytes, for JSON.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Folder(path) => path.as_os_str().as_bytes(),
            Self::Server(address) => address.url.as_bytes(),
        }
    }

    /// The flag that names it, as words of a shell.
    pub(crate) fn flag(&self) -> String {
        let (flag, text) = match self {
            Self::Folder(path) => ("-r", path.to_string_lossy().into_owned()),
            Self::Server(address) => ("--server", address.url.clone()),
        };
        format!("{flag} {}", shell_words::quote(&text))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(self.bytes()))
    }
}

impl ServerAddress {
    fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage(format!("{}: not https://HOST:PORT/TENANT", printable(url.as_bytes())))
        };
        let rest = url.strip_prefix("https://").ok_or_else(wrong)?;
        let (authority, tenant) = rest.split_once('/').ok_or_else(wrong)?;
        let (host, port) = host_and_port(authority).ok_or_else(wrong)?;
        let tenant = tenant.strip_suffix('/').unwrap_or(tenant);
        if tenant.is_empty() || tenant.contains('/') {
            return Err(wrong());
        }
        let (tenant, url) = (tenant.to_owned(), url.to_owned());
        Ok(Self { host, port, tenant, url })
    }
}

/// Reads `HOST`, `HOST:PORT` or `[ADDRESS]:PORT`.
pub(crate) fn host_and_port(authority: &str) -> Option<(String, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok()?,
        None if port.is_empty() => PORT_DEFAULT,
        None => return None,
    };
    let is_host = !host.is_empty() && !host.contains(['@', '/']);
    is_host.then(|| (host.to_owned(), port))
}

/// Reads a path or `file:///path`.
///
/// # Errors
/// Kind `usage`.
pub(crate) fn local_path(url: &[u8]) -> Result<PathBuf, Failure> {
    let path = url.strip_prefix(b"file://").unwrap_or(url);
    let scheme = url.windows(3).position(|part| part == b"://");
    let has_scheme =
        scheme.is_some_and(|end| end > 0 && url.iter().take(end).all(u8::is_ascii_alphanumeric));
    if path.len() == url.len() && has_scheme {
        let failure = Failure::usage(format!("{}: not a local repository", printable(url)));
        let is_server = url.starts_with(b"https://");
        return Err(if is_server { failure.next("gleaner --server URL") } else { failure });
    }
    if path.is_empty() {
        return Err(Failure::usage("the name of the repository is empty"));
    }
    let path = Path::new(OsStr::from_bytes(path));
    std::path::absolute(path).map_err(|error| Failure::io(path.display(), &error))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Place, ServerAddress, local_path};

    #[test]
    fn a_repository_is_a_path_or_a_file_url() {
        assert_eq!(local_path(b"/srv/repo").unwrap(), Path::new("/srv/repo"));
        assert_eq!(local_path(b"file:///srv/repo").unwrap(), Path::new("/srv/repo"));
        assert!(local_path(b"s3://bucket/prefix").is_err());
        assert!(local_path(b"").is_err());
        assert!(local_path(b"a:b").unwrap().ends_with("a:b"));
    }

    #[test]
    fn a_server_is_a_host_a_port_and_a_tenant() {
        let parts = |url: &str| {
            let address = ServerAddress::parse(url).ok()?;
            Some((address.host, address.port, address.tenant))
        };
        let some =
            |host: &str, port, tenant: &str| Some((host.to_owned(), port, tenant.to_owned()));
        assert_eq!(parts("https://backup.example/a"), some("backup.example", 7443, "a"));
        assert_eq!(parts("https://10.0.0.1:99/a/"), some("10.0.0.1", 99, "a"));
        assert_eq!(parts("https://[::1]:99/a"), some("::1", 99, "a"));
        assert_eq!(parts("https://[::1]/a"), some("::1", 7443, "a"));
        for wrong in [
            "http://h/a",
            "h/a",
            "https://h",
            "https://h/",
            "https:///a",
            "https://h:x/a",
            "https://h:/a",
            "https://h:70000/a",
            "https://h/a/b",
            "https://[::1/a",
            "https://[::1]9/a",
            "https://user@h/a",
            "https://h//",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_place_is_asked_for_by_its_last_name_and_named_by_its_flag() {
        let folder = Place::Folder("/srv/my repo".into());
        assert_eq!(
            (folder.name().as_str(), folder.flag().as_str()),
            ("my repo", "-r '/srv/my repo'")
        );
        let address = ServerAddress::parse("https://h/office").unwrap();
        let server = Place::Server(address);
        assert_eq!(server.name(), "office");
        assert_eq!(server.flag(), "--server https://h/office");
        assert!(server.folder().is_none());
    }
}
