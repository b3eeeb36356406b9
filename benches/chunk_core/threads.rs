//! Two threads against one, and against two processes.

#![expect(clippy::indexing_slicing, reason = "rows of measured times have a column for each name")]

use gleaner_benches::{Workload, time};
use gleaner_chunker::{Chunker, ChunkerParams, GearTable, IdHasher, chunk_slice};
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::hash_process::{self, HashProcess};
use crate::report::{MIB, SEED, pool, ratio, row, say};

const THREADS_BYTES: usize = 256 * MIB;
const SLICE_BYTES: usize = 2048 * MIB;

/// Two threads against one, and against two processes that share nothing.
pub(crate) fn run() {
    let params = ChunkerParams::DEFAULT;
    let chunker = Chunker::new(params, GearTable::derive(&[7; 32])).expect("a preset");
    let id_hasher = IdHasher::keyed(&[7; 32]);
    let large = Workload::Random.bytes(SEED, SLICE_BYTES);
    let files: Vec<&[u8]> = large.chunks(4 * MIB).take(THREADS_BYTES / (4 * MIB)).collect();
    let (one, two) = (pool(1), pool(2));
    let cut_files = |pool: &ThreadPool| {
        pool.install(|| {
            // Too short to be divided: one thread a file.
            let cut = |file: &&[u8]| chunk_slice(&chunker, &id_hasher, file).len();
            files.par_iter().with_max_len(1).map(cut).sum::<usize>()
        })
    };
    let mut processes = [HashProcess::start(), HashProcess::start()];
    let mut samples = vec![Vec::new(); 6];
    for _ in 0..9 {
        let of_repetition = [
            HashProcess::run(processes.split_at_mut(1).0),
            time(|| cut_files(&one)),
            time(|| one.install(|| chunk_slice(&chunker, &id_hasher, &large).len())),
            HashProcess::run(&mut processes),
            time(|| cut_files(&two)),
            time(|| two.install(|| chunk_slice(&chunker, &id_hasher, &large).len())),
        ];
        for (of_one, sample) in samples.iter_mut().zip(of_repetition) {
            of_one.push(sample);
        }
    }
    say("\n## default, noise in memory, one thread and two\n");
    say("| what | GB/s wall | GB/s CPU |\n|---|---|---|");
    let rows = [
        ("BLAKE3, one process", hash_process::BYTES),
        ("chunk and hash 256 MiB in files of 4 MiB, one thread", THREADS_BYTES),
        ("chunk and hash one 2 GiB slice, one thread", SLICE_BYTES),
        ("BLAKE3, two processes together", 2 * hash_process::BYTES),
        ("chunk and hash 256 MiB in files of 4 MiB, two threads", THREADS_BYTES),
        ("chunk and hash one 2 GiB slice, two threads", SLICE_BYTES),
    ];
    for ((name, bytes), samples) in rows.iter().zip(&samples) {
        row(name, *bytes, samples);
    }
    let scaling = |slow: usize, fast: usize| move |row: &[f64]| row[slow] / row[fast];
    let (processes, _) = ratio(&samples, |row| 2.0 * row[0] / row[3]);
    let (files, _) = ratio(&samples, scaling(1, 4));
    let (slice, _) = ratio(&samples, scaling(2, 5));
    let (files_of, _) = ratio(&samples, |row| row[1] / row[4] / (2.0 * row[0] / row[3]));
    let (slice_of, _) = ratio(&samples, |row| row[2] / row[5] / (2.0 * row[0] / row[3]));
    say(&format!("\n- two processes: {processes:.2}x one"));
    say(&format!(
        "- files on two threads: {files:.2}x one, {files_of:.2} of the processes' scaling"
    ));
    say(&format!("- one slice on two threads: {slice:.2}x one, {slice_of:.2} of it"));
}
