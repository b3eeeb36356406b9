//! Goal: many threads cut as one does. Method: data that resynchronise at once, late and never, on
//! pools of several widths, around the lengths at which division starts. A boundary that depends on
//! the number of threads stores a large file anew on every machine.

use super::*;
use crate::gear::GearTable;
use crate::params::ChunkerParams;
use crate::seeded::Seeded;

const SMALL: ChunkerParams = ChunkerParams::FastCdc { min: 64, avg: 256, max: 1024, level: 2 };

fn check(params: ChunkerParams, data: &[u8]) {
    let chunker = Chunker::new(params, GearTable::derive(&[3; 32])).expect("valid");
    let id_hasher = IdHasher::keyed(&[3; 32]);
    let ends: Vec<usize> = chunker.cuts(data).map(|range| range.end).collect();
    for thread_count in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build();
        let found = pool.expect("threads").install(|| chunk_slice(&chunker, &id_hasher, data));
        let case = format!("{params}, {} bytes, {thread_count} threads", data.len());
        assert_eq!(found.ends(), ends, "{case}");
        assert_eq!(
            (found.start(), found.end(), found.len()),
            (0, data.len(), ends.len()),
            "{case}"
        );
        for (id, range) in found.iter() {
            assert_eq!(id, id_hasher.id(&data[range]), "{case}");
        }
    }
}

#[test]
fn threads_cut_noise_as_one_does() {
    let data = Seeded::new(1).bytes(1 << 20);
    let segment_bytes = SEGMENT_CHUNKS_MIN * 1024;
    for segments in [0, 1, 2, 3, 10] {
        for more in [0, 1, 2, 1023] {
            let bytes = segments * segment_bytes + more;
            check(SMALL, &data[..bytes]);
            check(SMALL, &data[..bytes.saturating_sub(2)]);
        }
    }
    check(SMALL, &data);
}

#[test]
fn threads_cut_what_never_resynchronises_as_one_does() {
    for byte in [0, 200] {
        check(SMALL, &vec![byte; 300_001]);
    }
    // Periods near the largest chunk, of which two chains of cuts may never meet.
    for period in [100, 1000, 1023, 1024, 1500] {
        let noise = Seeded::new(period as u64).bytes(period);
        let data: Vec<u8> = noise.iter().copied().cycle().take(200_000).collect();
        check(SMALL, &data);
    }
}

#[test]
fn threads_cut_mixed_data_as_one_does() {
    for seed in 0..10 {
        let mut seeded = Seeded::new(seed);
        let mut data = seeded.bytes(400_000);
        for _ in 0..6 {
            let start = seeded.below(data.len());
            let end = data.len().min(start + seeded.below(100_000));
            data[start..end].fill(0);
        }
        check(SMALL, &data);
        check(ChunkerParams::Fixed { bytes: 1000 }, &data);
    }
    check(ChunkerParams::FINE, &Seeded::new(77).bytes(20 << 20));
}

#[test]
fn segments_are_neither_too_short_nor_too_long() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    pool.install(|| {
        assert_eq!(segment_bytes(0, 1 << 19), 4 << 20);
        assert_eq!(segment_bytes(1 << 30, 1 << 19), 32 << 20);
        assert_eq!(segment_bytes(1 << 40, 1 << 19), 64 << 20);
        assert_eq!(segment_bytes(1 << 40, 16 << 20), 128 << 20);
    });
}
