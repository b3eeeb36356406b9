//! Cuts of later bytes before the cuts of the earlier ones are known.
//!
//! Where a chunk starts depends on all chunks before it, but only through where the last of them
//! ends. So each thread begins a segment as if a chunk started there. Boundaries depend on the last
//! 64 bytes and the distance from the start of their chunk, so the true cuts, once they arrive,
//! soon meet a speculative one, and from there on both are the same: on random data after one or
//! two chunks as a rule. On constant data they never do, so speculation stops after
//! [`FORCED_CUTS_MAX`] chunks without a boundary of their own, and the true cuts stop looking
//! for it after [`MISSES_MAX`]; the rest of the segment is cut when its turn comes.

use rayon::ThreadPool;

use crate::chunks::{Chunks, Cutter};

/// Chunks of the largest size in a row after which a segment is taken to have no boundaries.
const FORCED_CUTS_MAX: usize = 4;

/// True chunks in a row that meet no speculative one, after which they never will: more than ever
/// seen on random data.
const MISSES_MAX: usize = 64;

/// What a segment's chunks would be if one started at its start.
pub(crate) struct Speculation {
    chunks: Chunks,
}

impl Speculation {
    /// Cuts and hashes on this thread until a chunk ends at or behind `until`.
    pub(crate) fn new(cutter: Cutter<'_>, start: usize, until: usize) -> Self {
        let mut chunks = Chunks::starting_at(start);
        let bytes_max = cutter.chunker.bytes_max();
        // Fixed chunks that start elsewhere never meet.
        let mut forced_cuts = if cutter.chunker.is_fixed() { FORCED_CUTS_MAX } else { 0 };
        while chunks.end() < until && forced_cuts < FORCED_CUTS_MAX {
            let start = chunks.end();
            cutter.extend(&mut chunks, start + 1);
            match chunks.end() - start {
                0 => break,
                bytes if bytes == bytes_max => forced_cuts += 1,
                _ => forced_cuts = 0,
            }
        }
        Self { chunks }
    }

    /// Continues the true chunks of the bytes before through the segment, until one ends at or
    /// behind `until`: by this speculation from where they meet.
    pub(crate) fn join(
        &self,
        cutter: Cutter<'_>,
        chunks: &mut Chunks,
        until: usize,
        pool: Option<&ThreadPool>,
    ) {
        let starts = std::iter::once(self.chunks.start()).chain(self.chunks.ends().iter().copied());
        let mut misses = 0;
        for (number, start) in starts.enumerate() {
            while chunks.end() < start.min(until) {
                let before = chunks.end();
                cutter.extend(chunks, before + 1);
                if chunks.end() == before {
                    return;
                }
                misses += 1;
            }
            if chunks.end() == start {
                chunks.append(&self.chunks, number);
                break;
            }
            if misses > MISSES_MAX {
                break;
            }
        }
        // Speculation may have given up, or never met the truth.
        cutter.extend_on(pool, chunks, until);
    }
}
