//! Chunk ids, one chunk or many at a time.

use std::fmt;
use std::sync::OnceLock;

use rayon::ThreadPool;
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::id::ChunkId;
use crate::repeated_byte::repeated_byte;

#[cfg(test)]
mod tests;

/// Context of the key derivation; part of format version 1.
const CONTEXT: &str = "gleaner v1 chunk id";

/// Zeros are remembered up to the largest chunk there is, 8 MiB.
const ZEROS_LOG2_MAX: usize = 23;

/// Below this many bytes a thread of the pool is done before another one is awake
/// (benches/record/2-vcpu-epyc/2026-11-22-chunk-core.md, as the other thresholds).
const PARALLEL_BYTES_MIN: usize = 128 << 10;

/// The same for a thread that is no part of the pool, which has to wake one and to be woken.
const PARALLEL_BYTES_MIN_OUTSIDE: usize = 512 << 10;

/// A task of the pool hashes at least this many bytes, or handing it out costs too much.
const TASK_BYTES_MIN: usize = 32 << 10;

/// Makes the ids of one domain.
///
/// The key of a private domain is wiped on drop and never shown. Inside one chunk it does not
/// parallelise: BLAKE3 loses by that below about 8 MiB.
pub struct IdHasher {
    key: Option<Zeroizing<[u8; 32]>>,
    /// Ids of zeros, by the binary logarithm of how many.
    ids_of_zeros: [OnceLock<ChunkId>; ZEROS_LOG2_MAX + 1],
}

impl IdHasher {
    /// Ids of the public domain: BLAKE3-256 of the bytes, comparable with everyone's.
    #[must_use]
    pub const fn plain() -> Self {
        Self::with_key(None)
    }

    /// Ids of a private domain: keyed BLAKE3-256, whose key BLAKE3 derives from the domain key.
    #[must_use]
    pub fn keyed(domain_key: &[u8; 32]) -> Self {
        Self::with_key(Some(Zeroizing::new(blake3::derive_key(CONTEXT, domain_key))))
    }

    const fn with_key(key: Option<Zeroizing<[u8; 32]>>) -> Self {
        Self { key, ids_of_zeros: [const { OnceLock::new() }; ZEROS_LOG2_MAX + 1] }
    }

    /// The id of one chunk, on the calling thread.
    ///
    /// Chunks of zeros that are a power of two long, as zeroed stretches of disks are cut into, are
    /// hashed once and then only compared.
    #[must_use]
    pub fn id(&self, chunk: &[u8]) -> ChunkId {
        let bytes = chunk.len();
        if bytes.is_power_of_two()
            && let Some(known) = self.ids_of_zeros.get(bytes.ilog2() as usize)
            && repeated_byte(chunk) == Some(0)
        {
            return *known.get_or_init(|| self.hash(chunk));
        }
        self.hash(chunk)
    }

    fn hash(&self, chunk: &[u8]) -> ChunkId {
        let hash = match &self.key {
            None => blake3::hash(chunk),
            Some(key) => blake3::keyed_hash(key, chunk),
        };
        ChunkId::from_bytes(hash.into())
    }

    /// The ids of many chunks, in the order of the chunks.
    ///
    /// Runs on the rayon pool that the caller is in, which is the global one outside of any; small
    /// batches run on the calling thread. The caller's thread waits.
    #[must_use]
    pub fn ids(&self, chunks: &[&[u8]]) -> Vec<ChunkId> {
        let is_inside = rayon::current_thread_index().is_some();
        if is_worth_dividing(chunks, is_inside) {
            self.divided(chunks)
        } else {
            self.in_order(chunks)
        }
    }

    /// As [`ids`](Self::ids), on this pool.
    pub(crate) fn ids_on(&self, pool: &ThreadPool, chunks: &[&[u8]]) -> Vec<ChunkId> {
        if is_worth_dividing(chunks, pool.current_thread_index().is_some()) {
            pool.install(|| self.divided(chunks))
        } else {
            self.in_order(chunks)
        }
    }

    fn in_order(&self, chunks: &[&[u8]]) -> Vec<ChunkId> {
        chunks.iter().map(|chunk| self.id(chunk)).collect()
    }

    fn divided(&self, chunks: &[&[u8]]) -> Vec<ChunkId> {
        let chunk_bytes_mean = bytes_of(chunks).div_ceil(chunks.len()).max(1);
        let task_chunks_min = TASK_BYTES_MIN.div_ceil(chunk_bytes_mean);
        chunks.par_iter().with_min_len(task_chunks_min).map(|chunk| self.id(chunk)).collect()
    }
}

fn bytes_of(chunks: &[&[u8]]) -> usize {
    chunks.iter().map(|chunk| chunk.len()).sum()
}

fn is_worth_dividing(chunks: &[&[u8]], is_inside: bool) -> bool {
    let bytes_min = if is_inside { PARALLEL_BYTES_MIN } else { PARALLEL_BYTES_MIN_OUTSIDE };
    chunks.len() > 1 && bytes_of(chunks) >= bytes_min
}

impl fmt::Debug for IdHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            None => "IdHasher(plain)",
            Some(_) => "IdHasher(keyed, [redacted])",
        })
    }
}
