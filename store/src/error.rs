//! The one error type of this crate.

use crate::defect::Defect;
use crate::object_name::ObjectName;
use crate::storage_error::StorageError;
use gleaner_chunker::ErrorKind;

/// Whatever can go wrong between a caller and the bytes on storage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The storage backend refused or lost something.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An object's bytes are not what they must be, or are too new for this program.
    #[error("{name} at offset {offset}: {defect}")]
    Damaged {
        /// The object.
        name: ObjectName,
        /// Where in the object, in bytes.
        offset: u64,
        /// What is wrong.
        #[source]
        defect: Defect,
    },
    /// There is no repository at this place.
    #[error("no repository: {name} does not exist")]
    NoRepository {
        /// The object that every repository has.
        name: ObjectName,
    },
    /// No key slot opens with this secret.
    #[error("wrong password: none of {slots} key slots opens")]
    WrongSecret {
        /// Number of readable slots that were tried.
        slots: usize,
    },
    /// The repository is encrypted and has no readable key slot.
    #[error("no usable key slot: {damaged} damaged")]
    NoUsableSlot {
        /// Number of slots that are there and unreadable.
        damaged: usize,
    },
    /// The repository is encrypted and no secret was given.
    #[error("the repository is encrypted and no password was given")]
    SecretMissing,
    /// An empty password would protect nothing.
    #[error("an empty password is refused")]
    SecretEmpty,
    /// Key derivation parameters outside of what is allowed.
    #[error("key derivation cost out of range")]
    KdfCost,
    /// The source of randomness failed; nothing was written.
    #[error("no randomness: {0}")]
    Random(#[source] std::io::Error),
    /// The name is occupied: a repository exists, or a fencer took the snapshot's name.
    #[error("{name} exists already")]
    Exists {
        /// The occupied name.
        name: ObjectName,
    },
    /// The session was fenced: its snapshot can never be committed.
    #[error("the session was fenced; nothing of it is acknowledged")]
    Fenced,
    /// More of a pack is damaged than its parity sidecar can put right.
    #[error("{damaged} shards of pack {pack} are damaged, and {recovery} recovery shards sound")]
    BeyondParity {
        /// The pack.
        pack: gleaner_chunker::PackId,
        /// Data shards that are damaged.
        damaged: u32,
        /// Recovery shards that are not.
        recovery: u32,
    },
    /// A pack, block or list would exceed its limit.
    #[error("{what} is {value}, limit {max}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// Value asked for.
        value: u64,
        /// Largest value.
        max: u64,
    },
}

impl Error {
    /// Attributes a defect to the object in which it was found.
    pub(crate) fn damaged(name: &ObjectName, offset: u64, defect: Defect) -> Self {
        Self::Damaged { name: name.clone(), offset, defect }
    }

    /// The defect, if bytes were the cause.
    #[must_use]
    pub const fn defect(&self) -> Option<&Defect> {
        match self {
            Self::Damaged { defect, .. } => Some(defect),
            _ => None,
        }
    }

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Storage(error) => error.kind(),
            Self::Damaged { defect, .. } if defect.is_newer() => ErrorKind::UnsupportedVersion,
            Self::Damaged { .. } | Self::NoUsableSlot { .. } | Self::BeyondParity { .. } => {
                ErrorKind::Corrupt
            }
            Self::NoRepository { .. } => ErrorKind::NotFound,
            Self::WrongSecret { .. } | Self::SecretMissing => ErrorKind::Denied,
            Self::SecretEmpty | Self::KdfCost | Self::Exists { .. } | Self::Limit { .. } => {
                ErrorKind::FixInput
            }
            Self::Fenced => ErrorKind::Locked,
            Self::Random(_) => ErrorKind::Retry,
        }
    }
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
