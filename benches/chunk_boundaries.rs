//! Boundaries of 32 MiB in memory, one thread: each form of ours, the rivals (the `fastcdc` crate
//! over the same slice, and the `gearhash` crate, whose cuts are others), and the floor, which is
//! reading every byte once.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use fastcdc::v2020::{FastCDC, Normalization};
use gleaner_benches::Workload;
use gleaner_chunker::{Chunker, ChunkerParams, GearTable, ScanForm};

const SEED: u64 = 1;
const INPUT_BYTES: usize = 32 << 20;

fn chunk_boundaries(criterion: &mut Criterion) {
    for workload in Workload::ALL {
        let input = workload.bytes(SEED, INPUT_BYTES);
        let presets = [ChunkerParams::FINE, ChunkerParams::DEFAULT, ChunkerParams::LARGE];
        for params in presets {
            let name = format!("chunk_boundaries/{params}/{}-32MiB-seed{SEED}", workload.name());
            let mut group = criterion.benchmark_group(name);
            group.throughput(Throughput::Bytes(INPUT_BYTES as u64));
            group.sample_size(10).measurement_time(Duration::from_secs(1));
            bench_input(&mut group, params, &input);
            group.finish();
        }
    }
}

fn bench_input(group: &mut BenchmarkGroup<'_, WallTime>, params: ChunkerParams, input: &[u8]) {
    let ChunkerParams::FastCdc { min, avg, max, .. } = params else { return };
    let (min, avg, max) = (min as usize, avg as usize, max as usize);
    for form in ScanForm::available() {
        let table = GearTable::public();
        let chunker = Chunker::with_scan_form(params, table, form).expect("available");
        group.bench_function(format!("gleaner-{form:?}"), |bencher| {
            bencher.iter(|| chunker.cuts(black_box(input)).map(|range| range.end).max());
        });
    }
    group.bench_function("fastcdc-crate", |bencher| {
        bencher.iter(|| {
            FastCDC::with_level(black_box(input), min, avg, max, Normalization::Level2)
                .map(|chunk| chunk.offset + chunk.length)
                .max()
        });
    });
    let mask = !0 << (64 - avg.ilog2());
    group.bench_function("gearhash-crate", |bencher| {
        bencher.iter(|| count_gearhash_matches(mask, black_box(input)));
    });
    group.bench_function("floor-read", |bencher| {
        bencher.iter(|| read_every_byte(black_box(input)));
    });
}

fn count_gearhash_matches(mask: u64, mut rest: &[u8]) -> usize {
    let mut hasher = gearhash::Hasher::default();
    let mut count = 0;
    while let Some(bytes) = hasher.next_match(rest, mask) {
        rest = rest.split_at(bytes).1;
        count += 1;
    }
    count
}

fn read_every_byte(input: &[u8]) -> u64 {
    let (words, _) = input.as_chunks::<8>();
    words.iter().fold(0, |sum, word| sum ^ u64::from_le_bytes(*word))
}

criterion_group!(benches, chunk_boundaries);
criterion_main!(benches);
