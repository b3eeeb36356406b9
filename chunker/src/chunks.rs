//! Chunks of contiguous bytes: where each ends, and its id.

use std::ops::Range;
use std::sync::Arc;

use rayon::ThreadPool;

use crate::boundaries::Chunker;
use crate::hash_batches::IdHasher;
use crate::id::ChunkId;

/// Consecutive chunks of one buffer, which it does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunks {
    start: usize,
    ids: Vec<ChunkId>,
    /// Where each chunk ends in the buffer; it starts where the one before ends.
    ends: Vec<usize>,
}

impl Chunks {
    /// None yet; the first will start at `start`.
    pub(crate) fn starting_at(start: usize) -> Self {
        Self { start, ids: Vec::new(), ends: Vec::new() }
    }

    pub(crate) fn push(&mut self, id: ChunkId, end: usize) {
        debug_assert!(end > self.end(), "a chunk holds a byte at least");
        self.ids.push(id);
        self.ends.push(end);
    }

    /// Appends what `other` has from its chunk number `from` on, which starts where these end.
    pub(crate) fn append(&mut self, other: &Self, from: usize) {
        self.ids.extend(other.ids.iter().skip(from));
        self.ends.extend(other.ends.iter().skip(from));
    }

    /// Where the first chunk starts in the buffer.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where the last chunk ends in the buffer; the start if there is none.
    #[must_use]
    pub fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(self.start)
    }

    /// Number of chunks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True if there is no chunk.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids in the order of the bytes.
    #[must_use]
    pub fn ids(&self) -> &[ChunkId] {
        &self.ids
    }

    /// Ends of the chunks in the buffer, ascending.
    #[must_use]
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// Ids and places in the buffer, in the order of the bytes.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ChunkId, Range<usize>)> {
        let mut start = self.start;
        self.ids.iter().zip(&self.ends).map(move |(id, end)| {
            let range = start..*end;
            start = *end;
            (*id, range)
        })
    }
}

/// Who cuts, and how chunks are named: all of one domain.
#[derive(Clone)]
pub(crate) struct Domain {
    pub(crate) chunker: Arc<Chunker>,
    pub(crate) id_hasher: Arc<IdHasher>,
}

impl Domain {
    pub(crate) fn cutter<'a>(&'a self, data: &'a [u8], is_end: bool) -> Cutter<'a> {
        Cutter { chunker: &self.chunker, id_hasher: &self.id_hasher, data, is_end }
    }
}

/// A domain at work on one buffer.
#[derive(Clone, Copy)]
pub(crate) struct Cutter<'a> {
    pub(crate) chunker: &'a Chunker,
    pub(crate) id_hasher: &'a IdHasher,
    pub(crate) data: &'a [u8],
    /// True if the stream ends with the data; else chunks that more bytes may change are not cut.
    pub(crate) is_end: bool,
}

impl Cutter<'_> {
    /// Where the chunk that starts at `start` ends; `None` at the end of the data, and where bytes
    /// to come may decide.
    pub(crate) fn end_of_chunk(&self, start: usize) -> Option<usize> {
        let rest = self.data.get(start..).filter(|rest| !rest.is_empty())?;
        let bytes =
            if self.is_end { self.chunker.cut(rest) } else { self.chunker.cut_settled(rest)? };
        Some(start + bytes)
    }

    fn bytes(&self, chunk: Range<usize>) -> &[u8] {
        self.data.get(chunk).expect("chunks are cut from the data")
    }

    /// Cuts from the end of `chunks` on, until a chunk ends at or behind `until`. Each chunk is
    /// hashed when it has been cut, while it is in the cache, on this thread.
    pub(crate) fn extend(&self, chunks: &mut Chunks, until: usize) {
        while chunks.end() < until
            && let Some(end) = self.end_of_chunk(chunks.end())
        {
            let id = self.id_hasher.id(self.bytes(chunks.end()..end));
            chunks.push(id, end);
        }
    }

    /// As [`extend`](Self::extend), hashing on a pool, if there is one, once all is cut.
    pub(crate) fn extend_on(&self, pool: Option<&ThreadPool>, chunks: &mut Chunks, until: usize) {
        let Some(pool) = pool else { return self.extend(chunks, until) };
        let mut pieces = Vec::new();
        let mut ends = Vec::new();
        let mut start = chunks.end();
        while start < until
            && let Some(end) = self.end_of_chunk(start)
        {
            pieces.push(self.bytes(start..end));
            ends.push(end);
            start = end;
        }
        for (id, end) in self.id_hasher.ids_on(pool, &pieces).into_iter().zip(ends) {
            chunks.push(id, end);
        }
    }
}
