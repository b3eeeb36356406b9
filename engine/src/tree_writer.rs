//! Writes the tree stream of a snapshot: items are encoded, chunked and stored as tree chunks.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, Chunker, IdHasher};
use gleaner_store::{
    ChunkRef, Domain, PackKind, Run as ChunkRun, TreeItem, TreeRef, encode_runs, encode_tree_item,
};

use crate::error::{Error, Result};
use crate::ingest::Ingest;

/// Encoded items are cut when this many bytes are there.
const BUFFER_BYTES: usize = 1 << 20;
/// Longest chunk list that a manifest holds itself: 36 KiB.
const MANIFEST_CHUNKS_MAX: usize = 1024;

/// A tree stream in the making.
pub(crate) struct TreeWriter {
    chunker: Arc<Chunker>,
    id_hasher: Arc<IdHasher>,
    buffer: Vec<u8>,
    chunks: Vec<ChunkRef>,
    chunks_novel: u64,
    bytes_novel: u64,
}

/// A tree whose chunks were all offered.
#[derive(Debug)]
pub(crate) struct WrittenTree {
    pub(crate) tree: TreeRef,
    pub(crate) chunks_novel: u64,
    pub(crate) bytes_novel: u64,
}

impl TreeWriter {
    pub(crate) fn new(chunker: Arc<Chunker>, id_hasher: Arc<IdHasher>) -> Self {
        let (buffer, chunks) = (Vec::new(), Vec::new());
        Self { chunker, id_hasher, buffer, chunks, chunks_novel: 0, bytes_novel: 0 }
    }

    /// Appends an item.
    ///
    /// # Errors
    /// The stages'; an item that exceeds the limit of the format is a bug of the caller, who
    /// splits content and drops attributes that are too large.
    pub(crate) fn push(&mut self, ingest: &mut Ingest<'_>, item: &TreeItem) -> Result<()> {
        encode_tree_item(item, &mut self.buffer).map_err(|defect| {
            let name = gleaner_store::layout::snapshots();
            Error::Store(gleaner_store::Error::Damaged { name, offset: 0, defect })
        })?;
        if self.buffer.len() >= BUFFER_BYTES { self.cut(ingest, false) } else { Ok(()) }
    }

    /// Stores the chunks of the buffer that are settled, or all of them at the end.
    fn cut(&mut self, ingest: &mut Ingest<'_>, is_end: bool) -> Result<()> {
        let mut rest = self.buffer.as_slice();
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let cut =
                if is_end { Some(self.chunker.cut(rest)) } else { self.chunker.cut_settled(rest) };
            let Some(bytes) = cut else { break };
            let (piece, after) = rest.split_at(bytes);
            pieces.push(piece);
            rest = after;
        }
        let ids = self.id_hasher.ids(&pieces);
        let chunks: Vec<(ChunkId, &[u8])> = ids.into_iter().zip(pieces).collect();
        let novel = ingest.offer(PackKind::Tree, &chunks)?;
        for ((id, bytes), is_novel) in chunks.iter().zip(novel) {
            let bytes = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
            self.chunks_novel += u64::from(is_novel);
            self.bytes_novel += u64::from(bytes) * u64::from(is_novel);
            self.chunks.push(ChunkRef { id: *id, bytes });
        }
        let kept = rest.len();
        let cut = self.buffer.len() - kept;
        self.buffer.drain(..cut);
        Ok(())
    }

    /// Appends all that `other` wrote, so that a part of the stream can be stored before what
    /// precedes it is known.
    pub(crate) fn append(&mut self, ingest: &mut Ingest<'_>, mut other: Self) -> Result<()> {
        self.cut(ingest, true)?;
        other.cut(ingest, true)?;
        self.chunks.append(&mut other.chunks);
        self.chunks_novel += other.chunks_novel;
        self.bytes_novel += other.bytes_novel;
        Ok(())
    }

    /// Ends the stream. A chunk list that is too long for a manifest becomes a stream itself.
    pub(crate) fn finish(mut self, ingest: &mut Ingest<'_>) -> Result<WrittenTree> {
        let mut level = 0;
        loop {
            self.cut(ingest, true)?;
            let chunks = std::mem::take(&mut self.chunks);
            let runs = if chunks.is_empty() {
                Vec::new()
            } else {
                vec![ChunkRun::Chunks { domain: Domain::Private, chunks }]
            };
            let count: usize = runs.iter().map(chunk_count).sum();
            if count <= MANIFEST_CHUNKS_MAX {
                let tree = TreeRef { level, runs };
                let (chunks_novel, bytes_novel) = (self.chunks_novel, self.bytes_novel);
                return Ok(WrittenTree { tree, chunks_novel, bytes_novel });
            }
            level += 1;
            self.buffer = encode_runs(&runs);
        }
    }
}

fn chunk_count(run: &ChunkRun) -> usize {
    match run {
        ChunkRun::Chunks { chunks, .. } => chunks.len(),
        ChunkRun::Hole { .. } => 0,
    }
}
