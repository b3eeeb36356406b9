//! The index at 10^6 chunks in packs of 1024, one thread, batches of 1024: what each layer answers,
//! what a pack costs to enter, and an opening. `gleaner bench index` measures the same and more at
//! any number of chunks.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use gleaner_benches::Seeded;
use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use gleaner_index::{
    ChunkIndex, Directories, IndexOptions, PackFacts, PackKind, PackState, RocksDbIndex,
};

const SEED: u64 = 1;
const PACK_CHUNKS: usize = 1024;
const PACKS: u64 = 977;
/// Their directories fit into the locality cache.
const RESIDENT_PACKS: u64 = 256;
/// No pack has such a number.
const NOVEL: u64 = 1 << 40;

/// Chunk ids of a pack, made from its number.
fn ids(pack: u64) -> Vec<ChunkId> {
    let mut bytes = vec![0; PACK_CHUNKS * 32];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&SEED.to_le_bytes()).update(&pack.to_le_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes.as_chunks().0.iter().map(|id| ChunkId::from_bytes(*id)).collect()
}

fn facts(pack: u64) -> PackFacts {
    let mut id = [0; 32];
    id.split_at_mut(8).0.copy_from_slice(&pack.to_le_bytes());
    PackFacts {
        pack: PackId::from_bytes(id),
        kind: PackKind::Data,
        state: PackState::Live,
        chunk_count: PACK_CHUNKS.try_into().expect("1024"),
        sealed_bytes: 64 << 20,
    }
}

struct Packs;

impl Directories for Packs {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        let number = facts.pack.as_bytes().first_chunk().ok_or(ErrorKind::Bug)?;
        Ok(ids(u64::from_le_bytes(*number)))
    }
}

fn open(dir: &Path) -> RocksDbIndex {
    let options = IndexOptions::default();
    RocksDbIndex::open(dir, [7; 32], &options, Arc::new(Packs)).expect("an index of our own")
}

fn index_lookup(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("index");
    let index = open(&dir);
    for pack in 0..PACKS {
        index.insert_pack(facts(pack), &ids(pack)).expect("room on the disk");
    }
    index.checkpoint().expect("room on the disk");
    index.settle().expect("room on the disk");

    let mut group = criterion.benchmark_group(format!("index_lookup/1e6-chunks-seed{SEED}"));
    group.throughput(Throughput::Elements(PACK_CHUNKS as u64));
    group.sample_size(20).measurement_time(Duration::from_secs(1));
    bench_misses(&mut group, &index);
    bench_cache_hits(&mut group, &index);
    bench_row_hits(&mut group, &index);
    bench_inserts(&mut group, &index);
    group.finish();

    index.checkpoint().expect("room on the disk");
    drop(index);
    let mut group = criterion.benchmark_group(format!("index_open/1e6-chunks-seed{SEED}"));
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    group.bench_function("reopen", |bencher| bencher.iter(|| open(&dir)));
    group.finish();
}

/// Calls `ask` with one batch after the other.
fn bench_batches(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    batches: &[Vec<ChunkId>],
    mut ask: impl FnMut(&[ChunkId]),
) {
    let mut turns = batches.iter().cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| ask(black_box(turns.next().expect("a cycle has no end"))));
    });
}

fn bench_misses(group: &mut BenchmarkGroup<'_, WallTime>, index: &RocksDbIndex) {
    let novel: Vec<Vec<ChunkId>> = (0..1024).map(|number| ids(NOVEL + number)).collect();
    let mut answers = [false; PACK_CHUNKS];
    bench_batches(group, "filter-miss", &novel, |ids| {
        index.may_hold_batch(ids, &mut answers);
        black_box(&answers);
    });
    bench_batches(group, "lookup-miss", &novel, |ids| {
        black_box(index.lookup_batch(ids));
    });
}

fn bench_cache_hits(group: &mut BenchmarkGroup<'_, WallTime>, index: &RocksDbIndex) {
    let packs: Vec<Vec<ChunkId>> = (0..RESIDENT_PACKS).map(ids).collect();
    for ids in &packs {
        black_box(index.lookup_batch(ids));
    }
    bench_batches(group, "cache-hit-in-order", &packs, |ids| {
        black_box(index.lookup_batch(ids));
    });
    let mut shuffled = packs.concat();
    let mut seeded = Seeded::new(SEED);
    for last in (1..shuffled.len()).rev() {
        shuffled.swap(last, seeded.below(last + 1));
    }
    let batches: Vec<Vec<ChunkId>> = shuffled.chunks(PACK_CHUNKS).map(<[_]>::to_vec).collect();
    bench_batches(group, "cache-hit-shuffled", &batches, |ids| {
        black_box(index.lookup_batch(ids));
    });
}

/// Random keys of all packs through RocksDB, ascending in each batch; no directory is read.
fn bench_row_hits(group: &mut BenchmarkGroup<'_, WallTime>, index: &RocksDbIndex) {
    let mut seeded = Seeded::new(SEED);
    let all: Vec<ChunkId> = (0..PACKS).flat_map(ids).collect();
    let mut batch = || {
        let any = |_| all.get(seeded.below(all.len())).copied();
        let mut ids: Vec<ChunkId> = (0..PACK_CHUNKS).filter_map(any).collect();
        ids.sort_unstable();
        ids
    };
    let batches: Vec<Vec<ChunkId>> = (0..256).map(|_| batch()).collect();
    bench_batches(group, "row-hit-batched", &batches, |ids| {
        let found = index.count_rows(&ids.iter().collect::<Vec<_>>()).expect("sound rows");
        assert_eq!(found, PACK_CHUNKS);
    });
    bench_batches(group, "row-hit-single", &batches, |ids| {
        let found = ids.iter().filter(|id| index.has_row(id).expect("sound rows")).count();
        assert_eq!(found, PACK_CHUNKS);
    });
}

/// Enters new packs: the index grows meanwhile.
fn bench_inserts(group: &mut BenchmarkGroup<'_, WallTime>, index: &RocksDbIndex) {
    let mut packs = PACKS..;
    group.bench_function("insert-pack", |bencher| {
        let next = || {
            let pack = packs.next().expect("numbers enough");
            (facts(pack), ids(pack))
        };
        let insert = |(facts, ids): (PackFacts, Vec<ChunkId>)| {
            index.insert_pack(facts, &ids).expect("room on the disk");
        };
        bencher.iter_batched(next, insert, BatchSize::PerIteration);
    });
}

criterion_group!(benches, index_lookup);
criterion_main!(benches);
