//! Chunks of anything that can be read, through bounded buffers.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use crate::boundaries::Chunker;
use crate::hash_batches::IdHasher;
use crate::id::ChunkId;

#[cfg(test)]
mod tests;

/// Largest buffer a stream makes, whatever it is asked for.
const BUFFER_BYTES_MAX: usize = 64 << 20;

/// Buffers kept for later; more than that come back only if the caller runs ahead of itself.
const SPARE_BUFFERS_MAX: usize = 4;

/// Reads a stream and yields its chunks with their ids, batch by batch.
///
/// The chunks are those of [`Chunker::cuts`] over the whole stream, whatever lengths the reader
/// returns. A batch owns its buffer; the stream itself holds one more while it reads, and nothing
/// grows with the length of the stream. The only bytes copied are those behind the last boundary
/// of a batch. It does not read ahead: the reader is called inside [`next_batch`](Self::next_batch)
/// only, ids are made there on the caller's rayon pool.
pub struct ChunkStream<R> {
    reader: R,
    chunker: Arc<Chunker>,
    id_hasher: Arc<IdHasher>,
    buffer_bytes: usize,
    /// Empty, or `buffer_bytes` long with the first `filled_bytes` read but not yet cut.
    buffer: Vec<u8>,
    filled_bytes: usize,
    /// Where `buffer` starts in the stream.
    offset: u64,
    ended: bool,
    spare_buffers: Vec<Vec<u8>>,
}

impl<R: Read> ChunkStream<R> {
    /// Prepares to read. Buffers hold `batch_bytes`, at least one largest chunk and at most 64 MiB;
    /// the first is made when the first batch is asked for.
    #[must_use]
    pub fn new(
        reader: R,
        chunker: Arc<Chunker>,
        id_hasher: Arc<IdHasher>,
        batch_bytes: usize,
    ) -> Self {
        let buffer_bytes = batch_bytes.min(BUFFER_BYTES_MAX).max(chunker.bytes_max());
        Self {
            reader,
            chunker,
            id_hasher,
            buffer_bytes,
            buffer: Vec::new(),
            filled_bytes: 0,
            offset: 0,
            ended: false,
            spare_buffers: Vec::new(),
        }
    }

    /// Reads until a buffer is full or the stream ends, and cuts and hashes what was read. `None`
    /// once the stream has ended; a batch is never empty.
    ///
    /// # Errors
    /// What the reader returns, but for `Interrupted`, which is tried again. Bytes read before the
    /// error are kept: after one that passes (`WouldBlock`), calling again continues the stream.
    pub fn next_batch(&mut self) -> io::Result<Option<ChunkBatch>> {
        self.fill()?;
        if self.filled_bytes == 0 {
            return Ok(None);
        }
        let (ids, ends) = self.cut_and_hash();
        let batch_offset = self.offset;
        let buffer = self.replace_buffer(&ends);
        Ok(Some(ChunkBatch { buffer, ids, ends, offset: batch_offset }))
    }

    /// Takes back the buffer of a batch, so that the next one need not be allocated.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        if self.spare_buffers.len() < SPARE_BUFFERS_MAX {
            self.spare_buffers.push(buffer);
        }
    }

    /// Starts over with another stream and the same buffers, and returns the reader of the last
    /// one. What was read of it but not yet returned is forgotten.
    pub fn restart(&mut self, reader: R) -> R {
        self.filled_bytes = 0;
        self.offset = 0;
        self.ended = false;
        std::mem::replace(&mut self.reader, reader)
    }

    fn fill(&mut self) -> io::Result<()> {
        if !self.ended && self.buffer.is_empty() {
            self.buffer = self.spare_buffer();
        }
        while !self.ended && self.filled_bytes < self.buffer_bytes {
            let (_, free) = self.buffer.split_at_mut(self.filled_bytes);
            match self.reader.read(free) {
                Ok(0) => self.ended = true,
                Ok(bytes) if bytes <= free.len() => self.filled_bytes += bytes,
                Ok(_) => {
                    let lied = "reader returned more bytes than it had room for";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, lied));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn cut_and_hash(&self) -> (Vec<ChunkId>, Vec<usize>) {
        let (mut rest, _) = self.buffer.split_at(self.filled_bytes);
        let mut chunks = Vec::new();
        let mut ends = Vec::new();
        let mut end = 0;
        while !rest.is_empty() {
            let cut = if self.ended {
                Some(self.chunker.cut(rest))
            } else {
                self.chunker.cut_settled(rest)
            };
            let Some(bytes) = cut else { break };
            let (chunk, after) = rest.split_at(bytes);
            end += bytes;
            ends.push(end);
            chunks.push(chunk);
            rest = after;
        }
        (self.id_hasher.ids(&chunks), ends)
    }

    /// Hands out the buffer and moves what follows the last chunk to the start of another.
    fn replace_buffer(&mut self, ends: &[usize]) -> Vec<u8> {
        let cut_bytes = ends.last().copied().expect("a full buffer holds a largest chunk");
        let tail_bytes = self.filled_bytes - cut_bytes;
        // Without a tail the next buffer is taken when it is needed: this one may be back by then.
        let mut next = if tail_bytes == 0 { Vec::new() } else { self.spare_buffer() };
        let (filled, _) = self.buffer.split_at(self.filled_bytes);
        let (_, tail) = filled.split_at(cut_bytes);
        let (room, _) = next.split_at_mut(tail_bytes);
        room.copy_from_slice(tail);
        self.filled_bytes = tail_bytes;
        self.offset += cut_bytes as u64;
        std::mem::replace(&mut self.buffer, next)
    }

    fn spare_buffer(&mut self) -> Vec<u8> {
        match self.spare_buffers.pop() {
            Some(mut buffer) => {
                buffer.resize(self.buffer_bytes, 0);
                buffer
            }
            // Zeroed pages come from the system untouched, so a short stream pays for what it
            // fills.
            None => vec![0; self.buffer_bytes],
        }
    }
}

impl<R> fmt::Debug for ChunkStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkStream")
            .field("chunker", &self.chunker)
            .field("buffer_bytes", &self.buffer_bytes)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// Consecutive chunks of a stream in one buffer.
///
/// Never empty. It does not know whether more follow.
pub struct ChunkBatch {
    /// Longer than the chunks: what lies behind the last one is left over from reading.
    buffer: Vec<u8>,
    ids: Vec<ChunkId>,
    /// Where each chunk ends in `buffer`; it starts where the one before ends.
    ends: Vec<usize>,
    offset: u64,
}

impl ChunkBatch {
    /// The chunks in stream order, each with its id.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ChunkId, &[u8])> {
        let mut rest = self.bytes();
        let mut start = 0;
        self.ids.iter().zip(&self.ends).map(move |(id, end)| {
            let (chunk, after) = rest.split_at(end - start);
            rest = after;
            start = *end;
            (*id, chunk)
        })
    }

    /// The ids in stream order.
    #[must_use]
    pub fn ids(&self) -> &[ChunkId] {
        &self.ids
    }

    /// The bytes of all chunks, which lie side by side.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let end = self.ends.last().copied().unwrap_or_default();
        self.buffer.split_at(end).0
    }

    /// Where the first chunk starts in the stream.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Gives up the chunks and returns the buffer, for [`ChunkStream::recycle`]. Its length is that
    /// of the stream's buffers and its contents mean nothing.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

impl fmt::Debug for ChunkBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkBatch")
            .field("offset", &self.offset)
            .field("chunk_count", &self.ids.len())
            .field("bytes", &self.bytes().len())
            .finish_non_exhaustive()
    }
}
