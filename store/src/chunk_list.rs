//! Chunk lists: runs of (domain, chunks) and holes (FORMAT.md section 7.2).

use gleaner_chunker::ChunkId;

use crate::defect::Defect;

/// Raw bytes of a chunk, at most.
pub const CHUNK_BYTES_MAX: u32 = 8 << 20;
/// Bytes of an increment, at most: what the operating system can address in a file.
pub const INCREMENT_BYTES_MAX: u64 = i64::MAX.cast_unsigned();

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
    /// Raw length in bytes, 1 to [`CHUNK_BYTES_MAX`].
    pub bytes: u32,
}

impl ChunkRef {
    /// True if the length is one that a chunk can have.
    pub(crate) const fn is_legal(self) -> bool {
        1 <= self.bytes && self.bytes <= CHUNK_BYTES_MAX
    }
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
        /// Length in bytes, 1 to [`INCREMENT_BYTES_MAX`].
        bytes: u64,
    },
}

impl Run {
    /// What must hold of a run, for the writer and for the reader.
    pub(crate) fn check(&self) -> Result<(), Defect> {
        match self {
            Self::Hole { bytes: 1..=INCREMENT_BYTES_MAX } => Ok(()),
            Self::Hole { .. } => Err(Defect::Inconsistent { what: "length of a hole" }),
            Self::Chunks { chunks, .. } if chunks.is_empty() => {
                Err(Defect::Inconsistent { what: "run without chunks" })
            }
            Self::Chunks { chunks, .. } => match chunks.iter().find(|chunk| !chunk.is_legal()) {
                None => Ok(()),
                Some(chunk) => {
                    let (value, max) = (chunk.bytes.into(), CHUNK_BYTES_MAX.into());
                    Err(Defect::Limit { what: "bytes of a chunk", value, max })
                }
            },
        }
    }

    /// Length in bytes of the data that the run stands for.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Chunks { chunks, .. } => chunks.iter().map(|c| u64::from(c.bytes)).sum(),
            Self::Hole { bytes } => *bytes,
        }
    }
}
