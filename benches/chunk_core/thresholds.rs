//! From how many bytes on ids are made faster by two threads than by one: the source of the
//! thresholds in `chunker/src/hash_batches.rs`.

use gleaner_benches::{Workload, median, time};
use gleaner_chunker::{ChunkId, IdHasher};
use rayon::prelude::*;

use crate::report::{SEED, pool, say};

const KIB: usize = 1 << 10;

/// A batch by one thread; by two, asked from outside of the pool; by two, asked by one of them.
pub(crate) fn run() {
    let data = Workload::Random.bytes(SEED, 4096 * KIB);
    let id_hasher = IdHasher::keyed(&[7; 32]);
    let pool = pool(2);
    say("\n## ids of a batch, two threads against one (median of 101)\n");
    say("| chunks of KiB | batch KiB | one thread us | from outside | from inside |");
    say("|---:|---:|---:|---:|---:|");
    for chunk_kib in [1, 4, 16, 64] {
        for batch_kib in [32, 64, 128, 256, 512, 1024, 4096] {
            let batch = data.split_at(batch_kib * KIB).0;
            let chunks: Vec<&[u8]> = batch.chunks(chunk_kib * KIB).collect();
            let in_order = || chunks.iter().map(|chunk| id_hasher.id(chunk)).collect::<Vec<_>>();
            let divided = || {
                let task_chunks = (32 * KIB).div_ceil(chunk_kib * KIB);
                let ids = chunks.par_iter().with_min_len(task_chunks);
                ids.map(|chunk| id_hasher.id(chunk)).collect::<Vec<ChunkId>>()
            };
            let mut samples = [const { Vec::new() }; 3];
            for _ in 0..101 {
                let of_repetition = [
                    time(in_order),
                    time(|| pool.install(divided)),
                    pool.install(|| time(divided)),
                ];
                for (of_one, sample) in samples.iter_mut().zip(of_repetition) {
                    of_one.push(sample);
                }
            }
            let [one, outside, inside] = samples.map(|of_one| median(&of_one, |s| s.wall));
            let (by_outside, by_inside) = (one / outside, one / inside);
            let us = one * 1e6;
            say(&format!(
                "| {chunk_kib} | {batch_kib} | {us:.0} | {by_outside:.2} | {by_inside:.2} |"
            ));
        }
    }
}
