//! What an agent tells of its source. The types are those that an index of sightings takes, word
//! for word; this crate does not know the index.

use std::time::Duration;

use gleaner_chunker::ChunkId;

/// Largest seq and offset of the feed: 48 bits.
pub const SEQ_MAX: u64 = (1 << 48) - 1;

/// Bytes of the longest row of an object.
pub const ROW_BYTES_MAX: usize = 4096;

/// One message of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedMessage {
    /// First of a connection.
    Hello(Hello),
    /// All that the source holds, or a part of it.
    Snapshot(SnapshotPart),
    /// What changed.
    Delta(Delta),
    /// A sign of life.
    Lease {
        /// The source's epoch.
        epoch: u32,
    },
}

/// How a source introduces itself. It tells of each object that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// Rises with each loss of the source's history; never falls.
    pub epoch: u32,
    /// How long the source counts as present after a message.
    pub lease: Duration,
    /// What it costs to fetch from it, compared with other sources.
    pub cost: u32,
}

/// One part of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPart {
    /// The source's epoch.
    pub epoch: u32,
    /// The position that the snapshot shows; deltas go on from the next.
    pub high_seq: u64,
    /// Number of the part, from 0.
    pub part: u32,
    /// Whether it ends the snapshot.
    pub is_last: bool,
    /// Chunks in all parts, roughly.
    pub chunks_expected: u64,
    /// Objects with the positions at which they were added, in order of these.
    pub objects: Vec<(u64, SeenObject)>,
}

/// Consecutive changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The source's epoch.
    pub epoch: u32,
    /// Position of the first change; each further one is the next position.
    pub first_seq: u64,
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// One change. Each takes one position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An object came, or took the place of the one with its number.
    Add(SeenObject),
    /// An object is gone.
    Evict(ObjectNumber),
    /// Nothing that still matters: the change at this position was overtaken by a later one.
    Touch(ObjectNumber),
}

/// Number of an object, given by its source and never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectNumber(u64);

impl ObjectNumber {
    /// Wraps a number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// An object, or a part of one with very many representations, and the chunks in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenObject {
    /// Its number.
    pub object: ObjectNumber,
    /// Its row: [`ObjectRow`](super::ObjectRow), encoded.
    pub bytes: Vec<u8>,
    /// Its chunks.
    pub chunks: Vec<SeenChunk>,
}

/// A chunk and where it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenChunk {
    /// Its public id.
    pub chunk: ChunkId,
    /// Which representation of the object: its place in the row.
    pub representation: u8,
    /// First byte in the representation.
    pub offset: u64,
    /// Bytes.
    pub length: u32,
}
