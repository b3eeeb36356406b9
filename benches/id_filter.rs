//! The index's filter at 10^6 keys, which stay in the cache, and at 10^8, which do not fit into
//! that of most machines: batches of 1024 novel and of known ids on one thread, insertion, and the
//! floor, which is one random read of a cache line for each id. The rate of false positives over
//! 10^7 novel ids is printed.

use std::hint::black_box;
use std::io::Write as _;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use gleaner_benches::Seeded;
use gleaner_index::IdFilter;

const SEED_KNOWN: u64 = 1;
const SEED_NOVEL: u64 = 2;
const BATCH_KEYS: usize = 1024;
const NOVEL_KEYS: u32 = 10_000_000;
/// Keys that are asked in turn: more than a filter of 10^8 has cache lines. The keys themselves are
/// read in order.
const ASKED_KEYS: usize = 1 << 22;

fn keys(seeded: &mut Seeded, count: usize) -> Vec<[u8; 16]> {
    let mut keys = vec![[0; 16]; count];
    for key in &mut keys {
        seeded.fill(key);
    }
    keys
}

fn id_filter_1e6(criterion: &mut Criterion) {
    bench_filter(criterion, 1_000_000);
}

fn id_filter_1e8(criterion: &mut Criterion) {
    bench_filter(criterion, 100_000_000);
}

fn bench_filter(criterion: &mut Criterion, key_count: usize) {
    let name = format!("id_filter/{key_count}-keys-seed{SEED_KNOWN}");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(BATCH_KEYS as u64));
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    let mut filter = IdFilter::for_keys(key_count as u64);
    bench_insertion(&mut group, &mut filter, key_count);
    report(&filter);
    for (name, seed) in [("novel", SEED_NOVEL), ("known", SEED_KNOWN)] {
        let asked = keys(&mut Seeded::new(seed), ASKED_KEYS);
        let mut batches = asked.chunks_exact(BATCH_KEYS).cycle();
        let mut answers = [false; BATCH_KEYS];
        group.bench_function(format!("gleaner-{name}-1-threads"), |bencher| {
            bencher.iter(|| {
                let batch = batches.next().expect("a cycle");
                filter.may_hold_batch(black_box(batch), &mut answers);
                black_box(&answers);
            });
        });
    }
    let bytes = usize::try_from(filter.memory_bytes()).expect("it is in memory");
    drop(filter);
    bench_floor(&mut group, bytes);
    group.finish();
}

/// Fills the filter, then measures batches of further keys in one that is thrown away before it
/// would grow.
fn bench_insertion(
    group: &mut BenchmarkGroup<'_, WallTime>,
    filter: &mut IdFilter,
    key_count: usize,
) {
    let mut seeded = Seeded::new(SEED_KNOWN);
    let mut left = key_count;
    while left > 0 {
        let inserted = keys(&mut seeded, left.min(ASKED_KEYS));
        left -= inserted.len();
        filter.insert_batch(&inserted);
    }
    let mut inserted = IdFilter::for_keys(key_count as u64);
    group.bench_function("gleaner-insert-1-threads", |bencher| {
        bencher.iter_batched(
            || keys(&mut seeded, BATCH_KEYS),
            |batch| {
                if inserted.keys() + BATCH_KEYS as u64 > key_count as u64 {
                    inserted = IdFilter::for_keys(key_count as u64);
                }
                inserted.insert_batch(black_box(&batch));
            },
            criterion::BatchSize::LargeInput,
        );
    });
}

fn report(filter: &IdFilter) {
    let mut seeded = Seeded::new(SEED_NOVEL);
    let novel = keys(&mut seeded, NOVEL_KEYS as usize);
    let mut answers = vec![false; novel.len()];
    filter.may_hold_batch(&novel, &mut answers);
    let found: u32 = answers.into_iter().map(u32::from).sum();
    let percent = f64::from(found) / f64::from(NOVEL_KEYS) * 100.0;
    let bytes = filter.memory_bytes();
    let keys = filter.keys();
    let mut stdout = std::io::stdout().lock();
    let line =
        format!("{keys} keys, {bytes} bytes: {percent:.4} % of {NOVEL_KEYS} novel keys found");
    writeln!(stdout, "{line}").expect("standard output is open");
}

/// Reads one word of a random cache line for each id, as a filter without any arithmetic would.
fn bench_floor(group: &mut BenchmarkGroup<'_, WallTime>, bytes: usize) {
    let words: Vec<u64> = (0..bytes as u64 / 8).collect();
    let lines = words.as_chunks::<8>().0;
    let mut seeded = Seeded::new(SEED_NOVEL);
    let numbers: Vec<usize> = (0..ASKED_KEYS).map(|_| seeded.below(lines.len())).collect();
    let mut batches = numbers.chunks_exact(BATCH_KEYS).cycle();
    group.bench_function("floor-read-1-threads", |bencher| {
        bencher.iter(|| {
            let batch = black_box(batches.next().expect("a cycle"));
            batch.iter().filter_map(|&number| lines.get(number)).fold(0, |sum, line| sum ^ line[0])
        });
    });
}

criterion_group!(benches, id_filter_1e6, id_filter_1e8);
criterion_main!(benches);
