//! What can be wrong with bytes that claim to be in our format.

use gleaner_chunker::ChunkId;

/// Why bytes do not decode, whatever object they came from.
///
/// Decoders know no object names; their callers add name and offset ([`crate::Error::Damaged`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Defect {
    /// Fewer bytes than the structure needs.
    #[error("truncated: needs {needed} bytes, has {found}")]
    Truncated {
        /// Bytes the structure needs.
        needed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The structure does not begin with its magic number.
    #[error("wrong magic number")]
    Magic,
    /// Written by a newer format version: not damage, and never to be repaired.
    #[error("format version {found} is newer than this program's {supported}")]
    NewerVersion {
        /// Version found.
        found: u16,
        /// Newest version this program reads.
        supported: u16,
    },
    /// A field number that this program must understand, and does not.
    #[error("unknown mandatory field {field} in {what}")]
    UnknownField {
        /// Name of the structure.
        what: &'static str,
        /// Number of the field.
        field: u64,
    },
    /// A CRC-32C or BLAKE3 over plain bytes differs.
    #[error("checksum of {what} differs")]
    Checksum {
        /// Name of the structure.
        what: &'static str,
    },
    /// The seal refuses: altered bytes, or sealed for another place or under another key.
    #[error("seal of {what} refuses")]
    Seal {
        /// Name of the structure.
        what: &'static str,
    },
    /// The key commitment differs: these bytes were sealed under another key.
    #[error("sealed under another key")]
    Commitment,
    /// Sealed with another suite than the repository uses.
    #[error("sealed with suite {found}, not {expected}")]
    Suite {
        /// Suite of the repository.
        expected: u8,
        /// Suite found.
        found: u8,
    },
    /// The id inside differs from the name (renamed or swapped).
    #[error("the id inside is not the one in the name")]
    Identity,
    /// An object of another kind stands here.
    #[error("object of kind {found} where {expected} belongs")]
    Kind {
        /// Kind that belongs here.
        expected: u8,
        /// Kind found.
        found: u8,
    },
    /// A declared value exceeds its limit (FORMAT.md section 2).
    #[error("{what} is {value}, limit {max}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// Declared value.
        value: u64,
        /// Largest legal value.
        max: u64,
    },
    /// Two places of one object contradict each other, or a value is not a legal one.
    #[error("inconsistent {what}")]
    Inconsistent {
        /// What contradicts.
        what: &'static str,
    },
    /// Bytes after the end.
    #[error("{bytes} bytes after the end of {what}")]
    Trailing {
        /// Name of the structure.
        what: &'static str,
        /// Number of surplus bytes.
        bytes: u64,
    },
    /// Not the CBOR that the structure asks for.
    #[error("{what} is not decodable")]
    Encoding {
        /// Name of the structure.
        what: &'static str,
    },
    /// zstd refuses, or yields another length.
    #[error("compressed bytes do not decode")]
    Compression,
    /// The bytes of a chunk do not hash to its id.
    #[error("bytes do not hash to chunk id {chunk}")]
    ChunkId {
        /// Id that was expected.
        chunk: ChunkId,
    },
    /// A name that is not a single legal path component.
    #[error("illegal entry name")]
    Name,
    /// Entries not in strictly ascending order, or folders that do not balance.
    #[error("tree entries are not in order")]
    Order,
}

impl Defect {
    /// True when the bytes may be fine and only this program is too old for them.
    #[must_use]
    pub const fn is_newer(&self) -> bool {
        matches!(self, Self::NewerVersion { .. } | Self::UnknownField { .. })
    }
}
