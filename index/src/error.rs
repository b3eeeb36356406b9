//! What can go wrong in an index, and what a caller can do about it.

use std::io;
use std::path::PathBuf;

use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use thiserror::Error;

use crate::sighting::{ObjectNumber, SourceId};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An index that refuses or fails.
///
/// No error of an index puts stored chunks at risk: the index is derived from the packs.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The list of ids does not have the length that the pack's facts state; nothing was changed.
    #[error("pack {pack} is said to hold {expected} chunks, {found} are listed")]
    ChunkCount {
        /// The pack to be inserted.
        pack: PackId,
        /// Chunks by the facts.
        expected: u32,
        /// Ids in the list.
        found: usize,
    },
    /// A pack has more chunks than slots can tell apart; nothing was changed.
    #[error("pack {pack} holds {found} chunks, more than {max}")]
    TooManyChunks {
        /// The pack to be inserted.
        pack: PackId,
        /// Chunks by the facts.
        found: u32,
        /// Most chunks of a pack.
        max: u32,
    },
    /// A known pack was inserted again with another kind, count or length. Packs never change,
    /// so one of the two callers read something else; nothing was changed.
    #[error("pack {pack} is in the index with other facts")]
    PackDiffers {
        /// The pack.
        pack: PackId,
    },
    /// A state was given for a pack that the index does not know; nothing was changed.
    #[error("pack {pack} is not in the index")]
    UnknownPack {
        /// The pack.
        pack: PackId,
    },
    /// All 2^40 pack ordinals were used; a rebuild numbers afresh.
    #[error("index has no pack ordinal left")]
    OrdinalsExhausted,
    /// A source sent a message of an epoch that is over; nothing was changed.
    #[error("source {} is in epoch {expected}, not in {found}", .source_id.number())]
    EpochTooOld {
        /// The source.
        source_id: SourceId,
        /// Its latest epoch.
        expected: u32,
        /// Epoch of the message.
        found: u32,
    },
    /// A feed message has a number that rows have no room for; nothing was changed.
    #[error("{field} of a feed message is {found}, more than {max}")]
    FeedField {
        /// Name of the field.
        field: &'static str,
        /// Its value.
        found: u64,
        /// Largest value.
        max: u64,
    },
    /// The row of an object at a source is too long; nothing was changed.
    #[error(
        "object {} of source {} has a row of {found} bytes, more than {max}",
        .object.number(), .source_id.number()
    )]
    ObjectTooLong {
        /// The source.
        source_id: SourceId,
        /// The object.
        object: ObjectNumber,
        /// Bytes given.
        found: usize,
        /// Most bytes.
        max: usize,
    },
    /// All 2^32 epochs that sightings can tell apart were used; removing the folder numbers afresh.
    #[error("sightings have no epoch left")]
    EpochsExhausted,
    /// An earlier write failed, and what it left is not known. Lookups go on; writing needs the
    /// index to be opened again.
    #[error("index takes no writes since one failed")]
    WritesStopped {
        /// Kind of the failure that stopped them.
        kind: ErrorKind,
    },
    /// Another holder, in this process or another one, has the index open.
    #[error("index {} is open elsewhere", .dir.display())]
    Locked {
        /// Folder of the index.
        dir: PathBuf,
    },
    /// Written by a newer gleaner.
    #[error("index has format version {found}, newer than {supported}")]
    NewerVersion {
        /// Version in the index.
        found: u32,
        /// Version that this crate reads.
        supported: u32,
    },
    /// Written by an older gleaner, in a form that is not read any more.
    #[error("index has format version {found}, older than {supported}")]
    OlderVersion {
        /// Version in the index.
        found: u32,
        /// Version that this crate reads.
        supported: u32,
    },
    /// The folder holds the index of another repository.
    #[error("index belongs to another repository")]
    WrongRepository {
        /// Repository that was asked for.
        expected: [u8; 32],
        /// Repository that the index names.
        found: [u8; 32],
    },
    /// Rows are missing or cannot be what was written.
    #[error("index is damaged: {0}")]
    Damaged(Damage),
    /// The database under the index failed.
    #[error("index database")]
    Database {
        /// What it means for the caller.
        kind: ErrorKind,
        /// The database's own words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file operation around the database failed.
    #[error("index {}", .path.display())]
    Io {
        /// What was touched.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// What is wrong with the rows of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Damage {
    /// A column family that every index has is absent.
    #[error("family {family} is missing")]
    FamilyMissing {
        /// Name of the family.
        family: &'static str,
    },
    /// There is a column family that this format does not have.
    #[error("a family is unknown")]
    FamilyUnknown,
    /// Format version or repository id is absent or has a wrong length.
    #[error("row {name} of family meta is missing or malformed")]
    MetaRow {
        /// Name of the row.
        name: &'static str,
    },
    /// A row of family `pack` cannot be decoded.
    #[error("a row of family pack is malformed")]
    PackRow,
    /// The two rows of a pack contradict each other, or one is absent.
    #[error("the rows of pack {pack} disagree")]
    PackRowsDisagree {
        /// The pack.
        pack: PackId,
    },
    /// The pack rows are not those of the last write: some were lost, or are older.
    #[error("rows of family pack are lost")]
    PackRowsLost,
    /// A lookup met damage and left a mark; what it met may be anywhere.
    #[error("a lookup found damage earlier")]
    Marked,
    /// A row of family `chunk` cannot be decoded, or names a slot that its pack does not have.
    #[error("the row of chunk {chunk} is malformed")]
    ChunkRow {
        /// The chunk.
        chunk: ChunkId,
    },
    /// A row of family `sighting` cannot be decoded.
    #[error("a row of family sighting is malformed")]
    SightingRow,
    /// A row of family `object` cannot be decoded.
    #[error("a row of family object is malformed")]
    ObjectRow,
    /// A row of family `source` cannot be decoded.
    #[error("a row of family source is malformed")]
    SourceRow,
}

impl Error {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::ChunkCount { .. }
            | Self::TooManyChunks { .. }
            | Self::UnknownPack { .. }
            | Self::EpochTooOld { .. }
            | Self::FeedField { .. }
            | Self::ObjectTooLong { .. }
            | Self::WrongRepository { .. } => ErrorKind::FixInput,
            Self::PackDiffers { .. } => ErrorKind::Bug,
            Self::OrdinalsExhausted | Self::EpochsExhausted => ErrorKind::Full,
            Self::Locked { .. } => ErrorKind::Locked,
            Self::NewerVersion { .. } | Self::OlderVersion { .. } => ErrorKind::UnsupportedVersion,
            Self::Damaged(_) => ErrorKind::Corrupt,
            Self::WritesStopped { kind } | Self::Database { kind, .. } => *kind,
            Self::Io { source, .. } => io_kind(source.kind()),
        }
    }

    /// Whether the way out is to rebuild the index from the pack directories.
    ///
    /// True as well for a newer format: an index is derived state, so that replacing a newer one
    /// loses time and no data. For sightings it means to remove their folder: the sources send
    /// them again.
    #[must_use]
    pub fn wants_rebuild(&self) -> bool {
        match self {
            Self::OrdinalsExhausted | Self::EpochsExhausted | Self::WrongRepository { .. } => true,
            _ => matches!(self.kind(), ErrorKind::Corrupt | ErrorKind::UnsupportedVersion),
        }
    }
}

fn io_kind(kind: io::ErrorKind) -> ErrorKind {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Denied,
        io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory => ErrorKind::FixInput,
        _ => ErrorKind::Retry,
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a full disk, a missing right and a damaged index are told apart. A user who is told to
    //! rebuild where space is missing waits for nothing.

    use std::io;
    use std::path::PathBuf;

    use gleaner_chunker::ErrorKind;

    use super::{Damage, Error};

    #[test]
    fn error_kinds_say_what_a_caller_can_do() {
        let io_error = |kind| Error::Io { path: PathBuf::from("x"), source: io::Error::from(kind) };
        assert_eq!(io_error(io::ErrorKind::StorageFull).kind(), ErrorKind::Full);
        assert_eq!(io_error(io::ErrorKind::QuotaExceeded).kind(), ErrorKind::Full);
        assert_eq!(io_error(io::ErrorKind::PermissionDenied).kind(), ErrorKind::Denied);
        assert_eq!(io_error(io::ErrorKind::Other).kind(), ErrorKind::Retry);
        assert!(!io_error(io::ErrorKind::StorageFull).wants_rebuild());

        assert!(Error::Damaged(Damage::PackRow).wants_rebuild());
        assert!(Error::OlderVersion { found: 0, supported: 1 }.wants_rebuild());
        assert!(Error::WrongRepository { expected: [0; 32], found: [1; 32] }.wants_rebuild());
        assert!(!Error::Locked { dir: PathBuf::from("x") }.wants_rebuild());
    }
}
