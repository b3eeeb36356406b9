//! Errors of a storage backend.

use std::io;

use crate::object_name::{InvalidName, ObjectName};
use gleaner_chunker::ErrorKind;

/// What went wrong with an object on storage.
///
/// An error never says "the object is absent" but in `NotFound`: a caller that decides about
/// deletion must not read more into any other variant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// No object (or, from `list`, no layout folder) has this name.
    #[error("{name} does not exist")]
    NotFound {
        /// The object or folder.
        name: ObjectName,
    },
    /// The operating system reported an error that no other variant names.
    #[error("{operation} of {name}")]
    Io {
        /// The object or folder.
        name: ObjectName,
        /// The operation, as in `read` or `sync_data`.
        operation: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// No space, quota or file size limit left (ENOSPC, EDQUOT, EFBIG); nothing is visible.
    #[error("no space for {name}")]
    Full {
        /// The object that was to be written.
        name: ObjectName,
        /// What the operating system said.
        source: io::Error,
    },
    /// Permission, read-only file system or immutable file (EACCES, EPERM, EROFS).
    #[error("{operation} of {name} is not permitted")]
    Denied {
        /// The object or folder.
        name: ObjectName,
        /// The operation.
        operation: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The object ends before the range that was asked for.
    #[error("{name} is short: expected {expected} bytes at offset {offset}, found {found}")]
    Short {
        /// The object.
        name: ObjectName,
        /// Where the range begins.
        offset: u64,
        /// Bytes asked for.
        expected: u64,
        /// Bytes there.
        found: u64,
    },
    /// The object is larger than the caller is prepared to read.
    #[error("{name} has {bytes} bytes, more than the limit of {bytes_max}")]
    TooLarge {
        /// The object.
        name: ObjectName,
        /// Its length.
        bytes: u64,
        /// The caller's limit.
        bytes_max: u64,
    },
    /// A sync of this object or of its folder did not succeed: what was written may vanish.
    ///
    /// Neither a repeated sync nor the presence of the name proves anything from now on; the
    /// bytes must be written again under another name.
    #[error("{name} is poisoned by a sync that did not succeed")]
    Poisoned {
        /// The object.
        name: ObjectName,
        /// The answer to the sync, absent when the name was poisoned by an earlier call.
        source: Option<io::Error>,
    },
    /// A string that is no object name.
    #[error(transparent)]
    InvalidName(#[from] InvalidName),
    /// A folder, link or device sits where an object should be.
    #[error("{name} is not a plain file")]
    NotAFile {
        /// The name.
        name: ObjectName,
    },
    /// The backend cannot do this at all (a file system without links and no-replace rename).
    #[error("the storage backend does not support {operation}")]
    Unsupported {
        /// The operation.
        operation: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others changed a versioned object on every attempt to read it.
    #[error("{name} changed on each of {attempts} attempts to read it")]
    Contended {
        /// The versioned object.
        name: ObjectName,
        /// Attempts made.
        attempts: u32,
    },
    /// The random source gave no bytes.
    #[error("no random bytes")]
    Random {
        /// What the source said.
        source: io::Error,
    },
}

impl StorageError {
    /// Reduces to what the caller can do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Full { .. } => ErrorKind::Full,
            Self::Denied { .. } => ErrorKind::Denied,
            Self::Poisoned { source: Some(source), .. } if is_full(source) => ErrorKind::Full,
            Self::Io { .. }
            | Self::Poisoned { .. }
            | Self::Contended { .. }
            | Self::Random { .. } => ErrorKind::Retry,
            Self::Short { .. } | Self::TooLarge { .. } | Self::NotAFile { .. } => {
                ErrorKind::Corrupt
            }
            Self::InvalidName(_) | Self::Unsupported { .. } => ErrorKind::FixInput,
        }
    }

    /// Sorts an operating system error into the variant that says what to do.
    #[must_use]
    pub fn from_io(name: &ObjectName, operation: &'static str, source: io::Error) -> Self {
        let name = name.clone();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { name },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { name, operation, source }
            }
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Self::NotAFile { name },
            io::ErrorKind::Unsupported => Self::Unsupported { operation, source },
            _ if is_full(&source) => Self::Full { name, source },
            // O_NOFOLLOW on a symbolic link; std has no stable kind for ELOOP.
            _ if source.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                Self::NotAFile { name }
            }
            _ => Self::Io { name, operation, source },
        }
    }
}

/// ENOSPC, EDQUOT or EFBIG.
fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
