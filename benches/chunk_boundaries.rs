//! Boundaries of 32 MiB in memory, one thread: ours, the `fastcdc` crate over the same slice, and
//! the floor, which is reading every byte once.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use fastcdc::v2020::{FastCDC, Normalization};
use gleaner_benches::Workload;
use gleaner_chunker::{Chunker, ChunkerParams, GearTable};

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
    let chunker = Chunker::new(params, GearTable::public()).expect("a preset is valid");
    group.bench_function("gleaner", |bencher| {
        bencher.iter(|| chunker.cuts(black_box(input)).map(|range| range.end).max());
    });
    group.bench_function("fastcdc-crate", |bencher| {
        bencher.iter(|| {
            FastCDC::with_level(black_box(input), min, avg, max, Normalization::Level2)
                .map(|chunk| chunk.offset + chunk.length)
                .max()
        });
    });
    group.bench_function("floor-read", |bencher| {
        bencher.iter(|| read_every_byte(black_box(input)));
    });
}

fn read_every_byte(input: &[u8]) -> u64 {
    let (words, _) = input.as_chunks::<8>();
    words.iter().fold(0, |sum, word| sum ^ u64::from_le_bytes(*word))
}

criterion_group!(benches, chunk_boundaries);
criterion_main!(benches);
