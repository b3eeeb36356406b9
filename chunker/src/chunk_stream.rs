//! Chunks of a stream that is read piece by piece.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use rayon::ThreadPool;

use crate::boundaries::Chunker;
use crate::chunks::{Chunks, Domain};
use crate::hash_batches::IdHasher;
use crate::id::ChunkId;
use crate::read_ahead::{Segment, Underway};

#[cfg(test)]
mod tests;

/// Largest batch a caller can ask for.
const BATCH_BYTES_MAX: usize = 64 << 20;

/// Buffers kept for later batches, beside those that are being cut ahead.
const SPARE_BUFFERS_MAX: usize = 2;

/// Cuts and hashes what a reader yields, in batches that fill one buffer each.
///
/// The chunks are those of [`Chunker::cuts`] over the whole stream, however the reader divides it.
/// A stream can be cut in two domains in one read, and on the threads of a pool; by default it is
/// one domain, cut and hashed on the calling thread.
///
/// Memory: [`buffer_bytes`](Self::buffer_bytes) for each batch that the caller holds, for each that
/// is cut ahead, and for up to three more, and a largest chunk. The only bytes copied are those
/// behind the last boundary of a batch, twice.
pub struct ChunkStream<R> {
    reader: R,
    domains: Arc<[Domain]>,
    pool: Option<Arc<ThreadPool>>,
    read_ahead: usize,
    batch_bytes: usize,
    /// Room before what is read, for what the batch before could not cut.
    lead_bytes: usize,
    /// What is being read: the buffer and how much of it behind the lead is filled.
    filling: Option<(Vec<u8>, usize)>,
    /// Read, in order, and perhaps cut already.
    underway: VecDeque<Underway>,
    /// Uncut bytes of the batch before, as many as the domain needs that cut least.
    tail: Vec<u8>,
    /// How many of the last bytes of `tail` each domain has not cut.
    tail_bytes: Vec<usize>,
    /// Where the first domain's next chunk starts in the stream.
    offset: u64,
    has_ended: bool,
    failure: Option<io::Error>,
    spare_buffers: Vec<Vec<u8>>,
}

impl<R: Read> ChunkStream<R> {
    /// Prepares to read. A batch is read in pieces of `batch_bytes`, at least one largest chunk and
    /// at most 64 MiB; buffers are made when they are needed.
    #[must_use]
    pub fn new(
        reader: R,
        chunker: Arc<Chunker>,
        id_hasher: Arc<IdHasher>,
        batch_bytes: usize,
    ) -> Self {
        let mut stream = Self {
            reader,
            domains: Arc::new([]),
            pool: None,
            read_ahead: 0,
            batch_bytes: batch_bytes.min(BATCH_BYTES_MAX),
            lead_bytes: 0,
            filling: None,
            underway: VecDeque::new(),
            tail: Vec::new(),
            tail_bytes: Vec::new(),
            offset: 0,
            has_ended: false,
            failure: None,
            spare_buffers: Vec::new(),
        };
        stream.set_domains(vec![Domain { chunker, id_hasher }]);
        stream
    }

    /// Cuts the same bytes by a second chunker too, with ids of its own: see
    /// [`ChunkBatch::second_domain`].
    ///
    /// # Panics
    /// If the stream has been read from.
    #[must_use]
    pub fn with_second_domain(mut self, chunker: Arc<Chunker>, id_hasher: Arc<IdHasher>) -> Self {
        let is_untouched = self.filling.is_none() && self.underway.is_empty() && self.offset == 0;
        assert!(is_untouched, "domains are chosen before the first batch");
        let first = self.domains.iter().take(1).cloned();
        self.set_domains(first.chain([Domain { chunker, id_hasher }]).collect());
        self
    }

    /// Makes the ids of a batch on this pool, one chunk a task. The calling thread reads, cuts and
    /// waits; it may be one of the pool's.
    #[must_use]
    pub fn with_pool(mut self, pool: Arc<ThreadPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// Reads up to `batches` batches ahead, which the pool cuts and hashes meanwhile; as many as it
    /// has threads keep it busy. The next batch then waits until so many have been read. Without a
    /// pool, and where the calling thread is one of the pool's, nothing is read ahead.
    ///
    /// Worth it from batches of some twenty chunks on: two or three chunks of each are cut twice.
    pub fn set_read_ahead(&mut self, batches: usize) {
        self.read_ahead = batches;
    }

    /// Length of a batch's buffer: what is read for it, and room for what the batch before could
    /// not cut.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        self.lead_bytes + self.batch_bytes
    }

    fn set_domains(&mut self, domains: Vec<Domain>) {
        let bytes_max = domains.iter().map(|domain| domain.chunker.bytes_max()).max();
        self.lead_bytes = bytes_max.unwrap_or_default();
        self.batch_bytes = self.batch_bytes.max(self.lead_bytes);
        self.tail_bytes = vec![0; domains.len()];
        self.domains = domains.into();
    }

    /// The next chunks of the stream; `None` once it has ended. A batch holds a chunk at least,
    /// if not of both domains.
    ///
    /// # Errors
    /// What the reader returns, but for `Interrupted`, which is tried again; it comes after the
    /// batches that were full before. Nothing is lost: after an error that passes (`WouldBlock`),
    /// calling again continues the stream.
    pub fn next_batch(&mut self) -> io::Result<Option<ChunkBatch>> {
        let pool = self.pool.clone().filter(|pool| {
            // A thread of the pool that waited for the others might be waiting for itself.
            self.read_ahead > 0 && pool.current_thread_index().is_none()
        });
        let ahead = if pool.is_some() { self.read_ahead } else { 0 };
        while self.underway.len() <= ahead && !self.has_ended && self.failure.is_none() {
            match self.read_segment() {
                Ok(segment) => {
                    let underway = Underway::begin(segment, &self.domains, pool.as_deref());
                    self.underway.push_back(underway);
                }
                Err(error) => self.failure = Some(error),
            }
        }
        if let Some(underway) = self.underway.pop_front() {
            let batch = self.finish(underway);
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
            self.recycle(batch.into_buffer());
        }
        self.failure.take().map_or(Ok(None), Err)
    }

    /// Takes back the buffer of a batch, so that the next one need not be allocated.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        let kept = self.spare_buffers.len() + self.underway.len();
        let is_fit = buffer.capacity() <= 2 * self.buffer_bytes();
        if is_fit && kept < SPARE_BUFFERS_MAX.saturating_add(self.read_ahead) {
            self.spare_buffers.push(buffer);
        }
    }

    /// Starts over with another stream and the same buffers, and returns the reader of the last
    /// one. What was read of it but not yet returned is forgotten.
    pub fn restart(&mut self, reader: R) -> R {
        self.underway.clear();
        if let Some((buffer, _)) = self.filling.take() {
            self.recycle(buffer);
        }
        self.tail.clear();
        self.tail_bytes.fill(0);
        self.offset = 0;
        self.has_ended = false;
        self.failure = None;
        std::mem::replace(&mut self.reader, reader)
    }

    /// Reads until a buffer is full or the stream ends.
    fn read_segment(&mut self) -> io::Result<Segment> {
        let (mut buffer, mut filled_bytes) =
            self.filling.take().unwrap_or_else(|| (self.spare_buffer(), 0));
        let result = self.fill(&mut buffer, &mut filled_bytes);
        if let Err(error) = result {
            self.filling = Some((buffer, filled_bytes));
            return Err(error);
        }
        let filled_end = self.lead_bytes + filled_bytes;
        Ok(Segment { buffer, lead_bytes: self.lead_bytes, filled_end, is_end: self.has_ended })
    }

    fn fill(&mut self, buffer: &mut [u8], filled_bytes: &mut usize) -> io::Result<()> {
        while !self.has_ended && *filled_bytes < self.batch_bytes {
            let (_, free) = buffer.split_at_mut(self.lead_bytes + *filled_bytes);
            match self.reader.read(free) {
                Ok(0) => self.has_ended = true,
                Ok(bytes) if bytes <= free.len() => *filled_bytes += bytes,
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

    /// Puts the tail of the batch before in front of a segment and cuts what that allows.
    fn finish(&mut self, underway: Underway) -> ChunkBatch {
        let (mut segment, speculations) = underway.wait();
        let tail_start = segment.lead_bytes - self.tail.len();
        if let Some(room) = segment.buffer.get_mut(tail_start..segment.lead_bytes) {
            room.copy_from_slice(&self.tail);
        }
        let filled = segment.filled();
        let mut chunks = Vec::with_capacity(self.domains.len());
        for (number, domain) in self.domains.iter().enumerate() {
            let tail_bytes = self.tail_bytes.get(number).copied().unwrap_or_default();
            let mut of_domain = Chunks::starting_at(segment.lead_bytes - tail_bytes);
            let cutter = domain.cutter(filled, segment.is_end);
            let pool = self.pool.as_deref();
            match speculations.get(number) {
                Some(speculation) => speculation.join(cutter, &mut of_domain, filled.len(), pool),
                None => cutter.extend_on(pool, &mut of_domain, filled.len()),
            }
            chunks.push(of_domain);
        }
        self.tail_bytes = chunks.iter().map(|chunks| filled.len() - chunks.end()).collect();
        let longest = self.tail_bytes.iter().copied().max().unwrap_or_default();
        self.tail.clear();
        self.tail.extend_from_slice(filled.split_at(filled.len() - longest).1);
        let mut chunks = chunks.into_iter();
        let first = chunks.next().unwrap_or_default();
        let offset = self.offset;
        self.offset += (first.end() - first.start()) as u64;
        ChunkBatch { buffer: segment.buffer, offset, chunks: first, second: chunks.next() }
    }

    fn spare_buffer(&mut self) -> Vec<u8> {
        let bytes = self.buffer_bytes();
        match self.spare_buffers.pop() {
            Some(mut buffer) => {
                buffer.resize(bytes, 0);
                buffer
            }
            // Zeroed pages come from the system untouched as a rule, so a short stream pays for
            // what it fills.
            None => vec![0; bytes],
        }
    }
}

impl<R> fmt::Debug for ChunkStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkStream")
            .field(
                "chunkers",
                &self.domains.iter().map(|domain| &domain.chunker).collect::<Vec<_>>(),
            )
            .field("batch_bytes", &self.batch_bytes)
            .field("read_ahead", &self.read_ahead)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// Consecutive chunks of a stream in one buffer.
///
/// Never empty in all domains. It does not know whether more follow.
pub struct ChunkBatch {
    /// Holds more than the chunks: bytes of chunks before, and what is left over from reading.
    buffer: Vec<u8>,
    /// Where the first chunk starts in the stream.
    offset: u64,
    chunks: Chunks,
    second: Option<Chunks>,
}

impl ChunkBatch {
    /// The chunks in stream order, each with its id.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ChunkId, &[u8])> {
        self.with_bytes(&self.chunks)
    }

    /// The chunks of the second domain in stream order, each with its id; none if the stream has
    /// one domain.
    ///
    /// Batches of the two domains cover nearly the same bytes: the one that starts or ends earlier
    /// differs by less than a largest chunk, and over the whole stream both cover all.
    pub fn second_domain(&self) -> impl Iterator<Item = (ChunkId, &[u8])> {
        self.second.iter().flat_map(|chunks| self.with_bytes(chunks))
    }

    fn with_bytes<'a>(
        &'a self,
        chunks: &'a Chunks,
    ) -> impl ExactSizeIterator<Item = (ChunkId, &'a [u8])> {
        chunks.iter().map(|(id, range)| (id, self.buffer.get(range).expect("cut from the buffer")))
    }

    fn is_empty(&self) -> bool {
        self.chunks.is_empty() && self.second.as_ref().is_none_or(Chunks::is_empty)
    }

    /// The ids in stream order.
    #[must_use]
    pub fn ids(&self) -> &[ChunkId] {
        self.chunks.ids()
    }

    /// The bytes of all chunks, which lie side by side.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(self.chunks.start()..self.chunks.end()).unwrap_or_default()
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
            .field("chunk_count", &self.chunks.len())
            .field("bytes", &self.bytes().len())
            .finish_non_exhaustive()
    }
}
