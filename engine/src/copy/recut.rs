//! Cuts the bytes of one large file as the target does, as they come in.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, Chunker, IdHasher};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Bytes that are not cut yet, and who cuts them.
pub(super) struct Recutter {
    chunker: Arc<Chunker>,
    hasher: Arc<IdHasher>,
    /// Makes ids; `None` if the system has no more threads.
    pool: Option<ThreadPool>,
    buffer: Vec<u8>,
}

impl Recutter {
    pub(super) fn new(chunker: Arc<Chunker>, hasher: Arc<IdHasher>, threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().ok();
        Self { chunker, hasher, pool, buffer: Vec::new() }
    }

    /// Appends bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Hands out the chunks that more bytes cannot change, or all of them at the end of an extent.
    pub(super) fn cut<R>(
        &mut self,
        is_end: bool,
        take: impl FnOnce(&[(ChunkId, &[u8])]) -> R,
    ) -> R {
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
        let ids = match &self.pool {
            Some(pool) => pool.install(|| self.hasher.ids(&pieces)),
            None => pieces.iter().map(|piece| self.hasher.id(piece)).collect(),
        };
        let chunks: Vec<(ChunkId, &[u8])> = ids.into_iter().zip(pieces).collect();
        let taken = take(&chunks);
        let cut = self.buffer.len() - rest.len();
        self.buffer.drain(..cut);
        taken
    }
}
