//! Rebuilding the index from directories in memory, at 10^6 entries, which are sorted in memory,
//! and at 10^7, which go through files. Packs of 1000 chunks; one chunk in ten is in the pack
//! before. Building and the sync at its end are measured, opening what was built as well. Rows are
//! on the medium of the temporary folder.

use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use gleaner_benches::Seeded;
use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::{
    Directories, Error, ErrorKind, IndexOptions, PackFacts, PackKind, PackState, RocksDbIndex,
};
use tempfile::TempDir;

const SEED: u64 = 1;
const PACK_CHUNKS: usize = 1000;
const SHARED_CHUNKS: usize = PACK_CHUNKS / 10;

/// Building reads no directory.
struct NoDirectories;

impl Directories for NoDirectories {
    fn chunk_ids(&self, _: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        Err(ErrorKind::Bug)
    }
}

fn packs(entries: usize) -> Vec<(PackFacts, Vec<ChunkId>)> {
    let mut seeded = Seeded::new(SEED);
    let mut bytes = || {
        let mut bytes = [0; 32];
        seeded.fill(&mut bytes);
        bytes
    };
    let mut last = Vec::new();
    let pack = |_| {
        let mut ids: Vec<ChunkId> = last.iter().rev().take(SHARED_CHUNKS).copied().collect();
        ids.resize_with(PACK_CHUNKS, || ChunkId::from_bytes(bytes()));
        last.clone_from(&ids);
        let facts = PackFacts {
            pack: PackId::from_bytes(bytes()),
            kind: PackKind::Data,
            state: PackState::Live,
            chunk_count: 1000,
            sealed_bytes: 64 << 20,
        };
        (facts, ids)
    };
    (0..entries / PACK_CHUNKS).map(pack).collect()
}

fn index_rebuild(criterion: &mut Criterion) {
    for entries in [1_000_000, 10_000_000] {
        let mut group = criterion.benchmark_group(format!("index_rebuild/seed{SEED}"));
        group.throughput(Throughput::Elements(entries as u64));
        group.sample_size(10).measurement_time(Duration::from_secs(10));
        let packs = packs(entries);
        group.bench_function(format!("{entries}-entries"), |bencher| {
            bencher.iter_batched(
                || (TempDir::new().expect("a folder"), packs.clone()),
                |(folder, packs)| {
                    let packs = packs.into_iter().map(Ok::<_, Error>);
                    let directories = Arc::new(NoDirectories);
                    let options = IndexOptions::default();
                    let dir = folder.path().join("index");
                    RocksDbIndex::rebuild(&dir, [0; 32], &options, directories, packs)
                        .expect("an index");
                    folder
                },
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, index_rebuild);
criterion_main!(benches);
