//! One large input in memory, cut and hashed on many threads.

use rayon::prelude::*;

use crate::boundaries::Chunker;
use crate::chunks::{Chunks, Cutter};
use crate::hash_batches::IdHasher;
use crate::speculation::Speculation;

#[cfg(test)]
mod tests;

/// Longest segment that one thread cuts at a time.
const SEGMENT_BYTES_MAX: usize = 64 << 20;

/// Shortest segment, in largest chunks: the true cuts meet the speculative ones after a few, and
/// what was cut before that is thrown away.
const SEGMENT_CHUNKS_MIN: usize = 8;

/// Segments for each thread, so that none waits long for the last one.
const SEGMENTS_PER_THREAD: usize = 16;

/// The chunks of a whole stream that lies in memory, with the cuts of [`Chunker::cuts`].
///
/// Runs on the rayon pool that the caller is in, which is the global one outside of any, and on the
/// calling thread alone for what is too short to divide. What never meets its speculation, such as
/// constant data, is cut by one thread. Memory: 80 bytes a chunk while it runs, 40 afterwards.
#[must_use]
pub fn chunk_slice(chunker: &Chunker, id_hasher: &IdHasher, data: &[u8]) -> Chunks {
    let cutter = Cutter { chunker, id_hasher, data, is_end: true };
    let mut chunks = Chunks::starting_at(0);
    let segment_bytes = segment_bytes(data.len(), chunker.bytes_max());
    if rayon::current_num_threads() < 2 || data.len() < 2 * segment_bytes {
        cutter.extend(&mut chunks, data.len());
        return chunks;
    }
    let segment_end = |start: usize| data.len().min(start.saturating_add(segment_bytes));
    let starts: Vec<usize> = (0..data.len()).step_by(segment_bytes).collect();
    let speculations: Vec<Speculation> = starts
        .par_iter()
        .with_max_len(1)
        .map(|start| Speculation::new(cutter, *start, segment_end(*start)))
        .collect();
    for (start, speculation) in starts.into_iter().zip(speculations) {
        speculation.join(cutter, &mut chunks, segment_end(start), None);
    }
    chunks
}

fn segment_bytes(data_bytes: usize, chunk_bytes_max: usize) -> usize {
    let shortest = SEGMENT_CHUNKS_MIN * chunk_bytes_max;
    let wanted = data_bytes / (SEGMENTS_PER_THREAD * rayon::current_num_threads());
    wanted.clamp(shortest, SEGMENT_BYTES_MAX.max(shortest))
}
