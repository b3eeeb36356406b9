//! The one error type of this crate.

use gleaner_store::{ErrorKind, ObjectName, PARITY_PERCENT, SnapshotId};

use crate::source::{FailureKind, SourceFailure};
use crate::target::TargetError;

/// Why an operation did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Storage, seals or the format.
    #[error(transparent)]
    Store(#[from] gleaner_store::Error),
    /// The index.
    #[error(transparent)]
    Index(#[from] gleaner_index::Error),
    /// Chunking parameters.
    #[error(transparent)]
    Chunker(#[from] gleaner_chunker::Error),
    /// A root or stream to back up.
    #[error(transparent)]
    Source(#[from] SourceFailure),
    /// The restore target.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Reading the stream that the caller supplied.
    #[error("reading the input stream")]
    Input(#[source] std::io::Error),
    /// Writing to the stream that the caller supplied.
    #[error("writing the output stream")]
    Output(#[source] std::io::Error),
    /// The place for a new repository is not empty.
    #[error("the place is not empty: {name} exists")]
    NotEmpty {
        /// An object that is there.
        name: ObjectName,
    },
    /// Something is there, and it is not a repository.
    #[error("not a repository: there is {name}, and no config")]
    NotARepository {
        /// An object that is there.
        name: ObjectName,
    },
    /// The gear table derived from the config is not the one that the config names.
    #[error("the config names another gear table than its domain key yields")]
    GearTable,
    /// No snapshot fits.
    #[error("no such snapshot")]
    NoSuchSnapshot,
    /// More than one snapshot fits.
    #[error("{} snapshots fit", candidates.len())]
    AmbiguousSnapshot {
        /// All that fit.
        candidates: Vec<SnapshotId>,
    },
    /// The path is not in the snapshot.
    #[error("no such path in the snapshot: {}", path.escape_ascii())]
    NoSuchPath {
        /// The path asked for.
        path: Vec<u8>,
    },
    /// The path names something that has no content to read.
    #[error("not a regular file: {}", path.escape_ascii())]
    NotAFile {
        /// The path asked for.
        path: Vec<u8>,
    },
    /// None of the roots exists.
    #[error("nothing to back up: none of the paths exists")]
    NothingToBackUp,
    /// A chunk is in no pack.
    #[error("chunk {chunk} is missing")]
    ChunkMissing {
        /// The chunk.
        chunk: gleaner_chunker::ChunkId,
    },
    /// The index cannot say where a chunk is.
    #[error("the index cannot answer for chunk {chunk}")]
    IndexUnanswered {
        /// The chunk.
        chunk: gleaner_chunker::ChunkId,
        /// What the index said.
        kind: ErrorKind,
    },
    /// A pack that this session relied on was condemned while it ran, and is not readable any
    /// more: run it again.
    #[error("pack {pack} was condemned while the backup ran; run it again")]
    Condemned {
        /// The pack.
        pack: gleaner_chunker::PackId,
    },
    /// A pack of another session that this one relied on is gone: its writer could not make it
    /// durable and took it back. Run it again.
    #[error("pack {pack} vanished while the backup ran; run it again")]
    PackVanished {
        /// The pack.
        pack: gleaner_chunker::PackId,
    },
    /// A pack that was made for this repository is not the one that was ordered.
    #[error("pack {pack} is not what was ordered")]
    NotOrdered {
        /// The pack.
        pack: gleaner_chunker::PackId,
    },
    /// A snapshot cannot be read in the repository that it is copied from.
    #[error("snapshot {snapshot} is not readable where it is copied from")]
    CopySource {
        /// Its id there.
        snapshot: SnapshotId,
        /// What is wrong.
        #[source]
        source: Box<Error>,
    },
    /// The parent snapshot's tree broke in the middle of a file that was taken over.
    #[error("the parent snapshot is not readable")]
    ParentBroken,
    /// Too many writes in a row failed; nothing of what they held is acknowledged.
    #[error("storage refused {attempts} packs in a row")]
    StorageUnreliable {
        /// Number of attempts.
        attempts: u32,
        /// What the last one said.
        #[source]
        source: gleaner_store::Error,
    },
    /// The last key slot opens the repository: without it everything is lost.
    #[error("the last key slot is not removed")]
    LastKeySlot,
    /// No key slot of that id.
    #[error("no such key slot")]
    NoSuchKeySlot,
    /// The repository is not encrypted.
    #[error("the repository is not encrypted: it has no keys")]
    NotEncrypted,
    /// No lease of that session.
    #[error("no such lease")]
    NoSuchLease,
    /// No repair of that name has anything in quarantine.
    #[error("no such repair in quarantine")]
    NoSuchRun,
    /// No pack of that id.
    #[error("no such pack: {pack}")]
    NoSuchPack {
        /// The id.
        pack: gleaner_chunker::PackId,
    },
    /// A percentage of parity that is out of range.
    #[error(
        "parity of {percent} % is not in {}..={} %",
        PARITY_PERCENT.start(),
        PARITY_PERCENT.end()
    )]
    ParityPercent {
        /// Recovery shards for each hundred data shards.
        percent: u8,
    },
    /// The index is in memory, where there is nothing to be rebuilt.
    #[error("the index is in memory, and made anew at each run")]
    IndexInMemory,
    /// Another maintenance run is going on.
    #[error("session {session} prunes or repairs already")]
    MaintenanceRuns {
        /// The other session.
        session: gleaner_store::SessionId,
    },
    /// Another maintenance run condemned packs in the epoch for which this one made its plan.
    #[error("another run condemned packs in epoch {epoch}; run it again")]
    EpochTaken {
        /// The epoch.
        epoch: u64,
    },
    /// Deleting at once is refused while another session may need what is deleted.
    #[error("session {session} is open")]
    SessionsLive {
        /// One of the others.
        session: gleaner_store::SessionId,
    },
    /// Much less is needed than before, and nobody forgot a snapshot: some may be lost.
    #[error(
        "snapshots need {now} bytes, and needed {before} at the last prune, though none was \
         forgotten since"
    )]
    LiveSetShrank {
        /// Raw bytes of chunks needed at the last prune.
        before: u64,
        /// The same now.
        now: u64,
    },
    /// The caller asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

impl Error {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) | Self::StorageUnreliable { source: error, .. } => error.kind(),
            Self::Index(error) => error.kind(),
            Self::CopySource { source, .. } => source.kind(),
            Self::Source(failure) if failure.kind == FailureKind::RootMissing => {
                ErrorKind::NotFound
            }
            Self::Source(_) | Self::Target(_) | Self::Input(_) | Self::Output(_) => {
                ErrorKind::Denied
            }
            Self::NoSuchSnapshot
            | Self::NoSuchPath { .. }
            | Self::NothingToBackUp
            | Self::NotARepository { .. }
            | Self::NoSuchKeySlot
            | Self::NoSuchLease
            | Self::NoSuchPack { .. }
            | Self::NoSuchRun => ErrorKind::NotFound,
            Self::AmbiguousSnapshot { .. }
            | Self::NotEmpty { .. }
            | Self::NotAFile { .. }
            | Self::LastKeySlot
            | Self::NotEncrypted
            | Self::IndexInMemory
            | Self::ParityPercent { .. }
            | Self::Chunker(_) => ErrorKind::FixInput,
            Self::GearTable
            | Self::ChunkMissing { .. }
            | Self::ParentBroken
            | Self::NotOrdered { .. }
            | Self::LiveSetShrank { .. } => ErrorKind::Corrupt,
            Self::IndexUnanswered { kind, .. } => *kind,
            Self::Condemned { .. } | Self::PackVanished { .. } | Self::EpochTaken { .. } => {
                ErrorKind::Retry
            }
            Self::MaintenanceRuns { .. } | Self::SessionsLive { .. } => ErrorKind::Locked,
            Self::Cancelled => ErrorKind::Cancelled,
        }
    }
}

impl From<gleaner_store::StorageError> for Error {
    fn from(error: gleaner_store::StorageError) -> Self {
        Self::Store(error.into())
    }
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
