//! What could not be read, and why: a backup names it and goes on.

use std::fmt;
use std::io;

use rustix::io::Errno;

/// Why an entry is missing from a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// A root that the caller named does not exist.
    RootMissing,
    /// The entry was listed, and was gone when it was to be looked at.
    Vanished,
    /// Another file took the entry's name between listing and opening.
    Replaced,
    /// Permission denied, an I/O error or anything else the file system answered.
    Unreadable,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootMissing => "no such file or folder",
            Self::Vanished => "vanished while the backup ran",
            Self::Replaced => "replaced while the backup ran",
            Self::Unreadable => "not readable",
        })
    }
}

/// An entry that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", path.escape_ascii())]
pub struct SourceFailure {
    /// What a caller can tell the user.
    pub kind: FailureKind,
    /// Absolute path, as bytes.
    pub path: Vec<u8>,
    /// What the system call said.
    #[source]
    pub source: io::Error,
}

impl SourceFailure {
    /// Classifies the answer of a system call on an entry that had been listed before.
    pub(crate) fn of_listed(path: Vec<u8>, errno: Errno) -> Self {
        let kind = match errno {
            Errno::NOENT => FailureKind::Vanished,
            // O_NOFOLLOW met a link, O_DIRECTORY met a file, or a socket took a file's place.
            Errno::LOOP | Errno::NOTDIR | Errno::NXIO | Errno::STALE => FailureKind::Replaced,
            _ => FailureKind::Unreadable,
        };
        Self { kind, path, source: errno.into() }
    }

    /// Classifies the answer of a system call on a root or a folder above one.
    pub(crate) fn of_root(path: Vec<u8>, errno: Errno) -> Self {
        let kind = match errno {
            Errno::NOENT | Errno::NOTDIR => FailureKind::RootMissing,
            _ => FailureKind::Unreadable,
        };
        Self { kind, path, source: errno.into() }
    }
}
