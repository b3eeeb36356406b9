//! Why an entry could not be restored: a restore names it and goes on.

use std::io;

use rustix::io::Errno;

use crate::source::FileKind;

/// Failures of the write side of a restore. Paths are bytes, absolute or as the target was named.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// A name that is not a single path component.
    #[error("{}: {:?} is not a legal name", folder.escape_ascii(), name.escape_ascii().to_string())]
    IllegalName {
        /// The folder in which it was to stand.
        folder: Vec<u8>,
        /// The name.
        name: Vec<u8>,
    },
    /// The place is taken by something that the policy or its kind protects: a folder that is not
    /// empty where a file should be, anything under [`super::OverwritePolicy::Never`].
    #[error("{}: the place is taken by another entry ({found:?})", path.escape_ascii())]
    Occupied {
        /// The place.
        path: Vec<u8>,
        /// What stands there.
        found: FileKind,
    },
    /// The folder was made by this run and yet has an entry of this name: the file system takes
    /// two names of the snapshot for the same one, or somebody else writes there.
    #[error("{}: the name exists already in a folder of this run", path.escape_ascii())]
    Collision {
        /// The place.
        path: Vec<u8>,
    },
    /// Somebody else changes the place again and again.
    #[error("{}: changed by others while it was restored", path.escape_ascii())]
    Contended {
        /// The place.
        path: Vec<u8>,
    },
    /// The file to link to, or to go on writing, is not the one that this run made.
    #[error("{}: is not the file that this run made", path.escape_ascii())]
    NotMadeHere {
        /// Where it should be.
        path: Vec<u8>,
    },
    /// A folder or a regular file was to be made as a node.
    #[error("{}: is neither link, fifo, socket nor device", path.escape_ascii())]
    NotANode {
        /// The place.
        path: Vec<u8>,
    },
    /// The kernel made a device with other numbers than asked.
    #[error("{}: device numbers {major}:{minor} do not exist here", path.escape_ascii())]
    DeviceNumbers {
        /// The place.
        path: Vec<u8>,
        /// Major number asked for.
        major: u32,
        /// Minor number asked for.
        minor: u32,
    },
    /// A system call was refused.
    #[error("{}: {call}", path.escape_ascii())]
    Io {
        /// The entry.
        path: Vec<u8>,
        /// Name of the system call.
        call: &'static str,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

impl TargetError {
    pub(crate) fn io(path: Vec<u8>, call: &'static str, errno: Errno) -> Self {
        Self::Io { path, call, source: errno.into() }
    }

    /// The error of the system call, if it was one.
    #[must_use]
    pub fn as_io(&self) -> Option<&io::Error> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
