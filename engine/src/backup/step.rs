//! What the stages of a backup hand to each other.

use std::ops::Range;
use std::sync::Arc;

use gleaner_chunker::{ChunkBatch, ChunkId};
use gleaner_store::{Entry, Metadata, Run as ChunkRun};

use crate::byte_budget::Permit;
use crate::source::{Folder, Found, SourceFailure, XattrWarning};

/// What the scan found, in the order of the tree stream.
pub(super) enum Step {
    /// A folder, and what the parent says of it.
    Enter { name: Vec<u8>, folder: Arc<Folder>, parent: Option<Metadata> },
    /// End of the folder entered last.
    Leave,
    /// A link, pipe, socket or device.
    Node { found: Found },
    /// A file to read; `is_known` if the parent has a file of that name.
    File { found: Found, is_known: bool },
    /// A file with content as in the parent; what was found, if its metadata is to be read anew.
    Unchanged { path: Vec<u8>, entry: Box<Entry>, found: Option<Found> },
    /// Further content of the unchanged file before.
    UnchangedContent { runs: Vec<ChunkRun>, more: bool },
    /// Something that cannot be read.
    Failed(SourceFailure),
}

/// A piece of a file that was read.
pub(super) enum Piece {
    /// Chunks by their number in the part's list.
    Chunks(Range<usize>),
    /// A hole of so many bytes.
    Hole(u64),
}

/// A step that needs no more reading.
pub(super) enum Done {
    /// A folder with its metadata.
    Enter { path: Vec<u8>, entry: Entry, parent: Option<Metadata> },
    /// End of the folder entered last.
    Leave,
    /// A link, pipe, socket or device.
    Node(Entry),
    /// A small file; its chunks are in the part.
    File(DoneFile, Vec<Piece>),
    /// A file with content as in the parent.
    Unchanged { path: Vec<u8>, entry: Box<Entry> },
    /// As in the scan.
    UnchangedContent { runs: Vec<ChunkRun>, more: bool },
    /// Attributes that could not be read of the entry at this path.
    Attributes(Vec<u8>, Vec<XattrWarning>),
    /// Something that cannot be read.
    Failed(SourceFailure),
}

/// A file without its content.
pub(super) struct DoneFile {
    pub(super) path: Vec<u8>,
    /// Entry with empty content.
    pub(super) entry: Entry,
    pub(super) is_known: bool,
    /// True if it changed while it was read.
    pub(super) is_unstable: bool,
}

/// What a reader hands to the sequencer.
pub(super) enum Part {
    /// Steps, with the chunks of their small files in one buffer.
    Steps {
        steps: Vec<Done>,
        buffer: Vec<u8>,
        chunks: Vec<(ChunkId, Range<usize>)>,
        /// For the bytes of `buffer`.
        permit: Permit,
    },
    /// A large file begins.
    Begin(DoneFile),
    /// Chunks of a large file.
    Chunks(ChunkBatch, Permit),
    /// A hole of a large file.
    Hole(u64),
    /// End of a large file; says whether it changed while it was read.
    End { is_unstable: bool },
    /// A large file failed after some of its parts were sent: they are to be forgotten.
    Broken(SourceFailure),
}
