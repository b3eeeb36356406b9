//! The chunks of one representation, in the public domain.

use std::io::{Cursor, Read};
use std::sync::Arc;

use gleaner_chunker::{ChunkId, ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};

use crate::error::{Error, LimitKind};
use crate::object::{Generation, Run};
use crate::recipe::Recipe;

#[cfg(test)]
mod tests;

/// Representations up to here are cut in one buffer, which serves one after the other.
const BUFFER_BYTES: usize = 1 << 20;

/// One chunk of a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedChunk {
    /// Its public id: BLAKE3 of its bytes, without a key.
    pub id: ChunkId,
    /// First byte in the representation.
    pub offset: u64,
    /// Bytes.
    pub length: u32,
}

/// What one recipe makes of one object in one generation.
///
/// Chunks are those of preset `default` (16 KiB, 64 KiB, 512 KiB, level 2) with the public gear
/// table, of digest [`gear_digest`](ChunkLister::gear_digest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChunks {
    /// The object's state.
    pub generation: Generation,
    /// How the bytes come out of it.
    pub recipe: Recipe,
    /// BLAKE3 of all of the bytes.
    pub whole: [u8; 32],
    /// Bytes.
    pub len: u64,
    /// The chunks, in order. Of a part of a whole those at its edges are missing, which the whole
    /// does not have.
    pub chunks: Vec<ListedChunk>,
}

/// What was read of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkList {
    /// BLAKE3 of all bytes.
    pub whole: [u8; 32],
    /// Bytes.
    pub len: u64,
    /// All chunks, in order.
    pub chunks: Vec<ListedChunk>,
}

/// Cuts representations one after the other. Memory: 1 MiB, and 2 MiB more for a long one.
#[derive(Debug)]
pub struct ChunkLister {
    chunker: Arc<Chunker>,
    id_hasher: Arc<IdHasher>,
    buffer: Vec<u8>,
}

impl Default for ChunkLister {
    fn default() -> Self {
        Self::new()
    }
}

impl ChunkLister {
    /// Cuts in the public domain.
    ///
    /// # Panics
    ///
    /// Never: the preset is valid.
    #[must_use]
    pub fn new() -> Self {
        let chunker = Chunker::new(ChunkerParams::DEFAULT, GearTable::public());
        Self {
            chunker: Arc::new(chunker.expect("the preset is within its limits")),
            id_hasher: Arc::new(IdHasher::plain()),
            buffer: Vec::new(),
        }
    }

    /// Names the gear table of the public domain.
    #[must_use]
    pub fn gear_digest() -> [u8; 32] {
        GearTable::public().digest()
    }

    /// Reads to the end.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if there are more chunks than `chunks_max`; what reading gives.
    pub fn list(&mut self, reader: &mut dyn Read, chunks_max: usize) -> Result<ChunkList, Error> {
        self.buffer.clear();
        (&mut *reader).take(BUFFER_BYTES as u64).read_to_end(&mut self.buffer)?;
        if self.buffer.len() < BUFFER_BYTES {
            let list = self.list_buffer();
            check_count(&list, chunks_max)?;
            return Ok(list);
        }
        let begun = Cursor::new(std::mem::take(&mut self.buffer));
        self.list_stream(begun.chain(reader), chunks_max)
    }

    fn list_buffer(&self) -> ChunkList {
        let mut offset = 0_u64;
        let mut rest = self.buffer.as_slice();
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(self.chunker.cut(rest).clamp(1, rest.len()));
            chunks.push(self.listed(offset, chunk));
            offset = offset.saturating_add(chunk.len() as u64);
            rest = after;
        }
        let whole = match chunks.as_slice() {
            // The id of the only chunk is the hash of the whole.
            [only] => *only.id.as_bytes(),
            _ => *blake3::hash(&self.buffer).as_bytes(),
        };
        ChunkList { whole, len: self.buffer.len() as u64, chunks }
    }

    fn listed(&self, offset: u64, chunk: &[u8]) -> ListedChunk {
        let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        ListedChunk { id: self.id_hasher.id(chunk), offset, length }
    }

    fn list_stream(&self, reader: impl Read, chunks_max: usize) -> Result<ChunkList, Error> {
        let (chunker, id_hasher) = (Arc::clone(&self.chunker), Arc::clone(&self.id_hasher));
        let mut stream = ChunkStream::new(reader, chunker, id_hasher, BUFFER_BYTES);
        let mut whole = blake3::Hasher::new();
        let mut list = ChunkList { whole: [0; 32], len: 0, chunks: Vec::new() };
        while let Some(batch) = stream.next_batch()? {
            for (id, chunk) in batch.iter() {
                whole.update(chunk);
                let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
                list.chunks.push(ListedChunk { id, offset: list.len, length });
                list.len = list.len.saturating_add(chunk.len() as u64);
            }
            check_count(&list, chunks_max)?;
            stream.recycle(batch.into_buffer());
        }
        list.whole = *whole.finalize().as_bytes();
        Ok(list)
    }
}

fn check_count(list: &ChunkList, chunks_max: usize) -> Result<(), Error> {
    let is_within = list.chunks.len() <= chunks_max;
    if is_within { Ok(()) } else { Err(Error::Limit(LimitKind::Chunks)) }
}

impl ChunkList {
    /// Without the chunks that a part of a whole cannot share with the whole: the first if the part
    /// begins later, the last if it ends earlier.
    #[must_use]
    pub fn within(mut self, run: &Run, total: Option<u64>) -> Self {
        let is_to_the_end = Some(run.start.saturating_add(run.len)) == total;
        if !is_to_the_end {
            self.chunks.pop();
        }
        if run.start > 0 && !self.chunks.is_empty() {
            self.chunks.remove(0);
        }
        self
    }
}
