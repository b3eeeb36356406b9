//! What a sighting is: which source was seen to hold a chunk, and where in which object.

use gleaner_chunker::ChunkId;

/// Most bytes of an object's row.
pub const OBJECT_BYTES_MAX: usize = 4096;

/// Largest seq and largest offset: 48 bits.
pub const SEQ_MAX: u64 = (1 << 48) - 1;

/// Largest length of a chunk at a source: 24 bits.
pub const LENGTH_MAX: u32 = (1 << 24) - 1;

/// Number of a source, given by the caller: one feed of one access server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u16);

impl SourceId {
    /// Any number will do.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Number of an object, given by its source. It means nothing outside that source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectNumber(u64);

impl ObjectNumber {
    /// Any number will do.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// Where in an object a chunk was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which representation of the object, in the source's own numbering.
    pub representation: u8,
    /// The source's own; kept and never read here.
    pub flags: u8,
    /// First byte of the chunk in the representation, at most [`SEQ_MAX`].
    pub offset: u64,
    /// Length of the chunk, at most [`LENGTH_MAX`].
    pub length: u32,
}

/// A chunk as its source announces it.
///
/// The id is that of the public domain. The first 16 bytes are kept: two ids that agree in them
/// share a row, which costs a false sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenChunk {
    /// The chunk, by its public id.
    pub chunk: ChunkId,
    /// Where it was seen.
    pub place: Place,
}

/// A source was seen to hold a chunk.
///
/// To be verified, never a promise: the bytes may be gone, changed, or never have been there. It
/// does not say who may learn of it; the scope stands in the object's row, which the caller reads
/// before it answers anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// Who was seen to hold it.
    pub source: SourceId,
    /// In which object.
    pub object: ObjectNumber,
    /// Where in the object.
    pub place: Place,
}

/// When a row was written: all that a live test needs beside the state of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The index's own count of flushes, not the source's.
    pub(crate) epoch: u32,
    /// The source's position at which the object was added.
    pub(crate) seq: u64,
}

/// A row of family `sighting`, without its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredSighting {
    pub(crate) stamp: Stamp,
    pub(crate) object: ObjectNumber,
    pub(crate) place: Place,
}

/// The part of an id that keys hold.
pub(crate) type IdPrefix = [u8; 16];

pub(crate) fn id_prefix(id: &ChunkId) -> IdPrefix {
    *id.as_bytes().first_chunk().expect("an id has 32 bytes")
}
