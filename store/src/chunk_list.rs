//! Chunk lists: runs of (domain, chunks) and holes (FORMAT.md section 7.2).

use gleaner_chunker::ChunkId;

/// Who shares the ids of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Domain {
    /// The repository's (or tenant's) own domain: ids are keyed unless it is not encrypted.
    Private,
    /// The public domain: unkeyed ids, one gear table for ever.
    Public,
}

/// A chunk as a list names it: its id and its raw length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChunkRef {
    /// Id of the chunk.
    pub id: ChunkId,
    /// Raw length in bytes, at least 1.
    pub bytes: u32,
}

/// A piece of an increment: chunks of one domain in order, or a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Consecutive chunks of one domain.
    Chunks {
        /// Domain of all ids of the run.
        domain: Domain,
        /// The chunks, in stream order, never empty.
        chunks: Vec<ChunkRef>,
    },
    /// A hole of a sparse file: reads as zeros, occupies nothing.
    Hole {
        /// Length in bytes, at least 1.
        bytes: u64,
    },
}

impl Run {
    /// Length in bytes of the data that the run stands for.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Chunks { chunks, .. } => chunks.iter().map(|c| u64::from(c.bytes)).sum(),
            Self::Hole { bytes } => *bytes,
        }
    }
}
