//! What the stages of a copy hand to each other.

use std::ops::Range;

use gleaner_chunker::PackId;
use gleaner_store::{ChunkRef, Domain, Entry};

use crate::byte_budget::Permit;

/// A piece of a file.
pub(super) enum Piece {
    /// Chunks by their number in the batch.
    Chunks(Range<usize>),
    /// A hole of so many bytes.
    Hole(u64),
}

/// An item of the tree stream, or a part of one. Entries of files come without their content.
pub(super) enum Step {
    /// A folder.
    Enter(Entry),
    /// End of the folder entered last.
    Leave,
    /// An entry that is neither folder nor file.
    Node(Entry),
    /// A small file.
    File(Entry, Vec<Piece>),
    /// A large file begins.
    Begin(Entry),
    /// Content of the large file.
    Content(Vec<Piece>),
    /// End of the large file.
    End,
}

/// Steps and the chunks that they need.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) number: u64,
    pub(super) steps: Vec<Step>,
    pub(super) chunks: Vec<(Domain, ChunkRef)>,
    /// Raw bytes of the chunks.
    pub(super) bytes: u64,
    /// True for a part of a large file: its chunks do not end where the target's do.
    pub(super) is_part: bool,
}

/// Where the bytes of a chunk are.
pub(super) enum Bytes {
    /// In the batch's buffer.
    Read(Range<usize>),
    /// In this pack of the target.
    Known(PackId),
}

/// A chunk in the order of the stream.
pub(super) struct FetchedChunk {
    pub(super) domain: Domain,
    pub(super) chunk: ChunkRef,
    pub(super) bytes: Bytes,
}

/// A batch whose chunks were read. Between different domains, those of small files are the
/// target's, and those of a part still the source's.
pub(super) struct Fetched {
    pub(super) steps: Vec<Step>,
    pub(super) chunks: Vec<FetchedChunk>,
    pub(super) buffer: Vec<u8>,
    pub(super) is_part: bool,
    /// Raw bytes of chunks that were read from the source.
    pub(super) bytes_read: u64,
    /// For the bytes of `buffer`.
    pub(super) permit: Permit,
}
