//! Ids of a 4 MiB batch of random chunks: on one thread, on a pool of all cores, and the floor,
//! which is BLAKE3 alone over the same chunks on one thread. The last group cuts and hashes 32 MiB
//! through a stream.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gleaner_benches::Workload;
use gleaner_chunker::{ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};
use rayon::{ThreadPool, ThreadPoolBuilder};

const SEED: u64 = 1;
const BATCH_BYTES: usize = 4 << 20;
const STREAM_BYTES: usize = 32 << 20;

fn pools() -> [ThreadPool; 2] {
    // 0 asks for one thread per core.
    [1, 0].map(|count| ThreadPoolBuilder::new().num_threads(count).build().expect("threads"))
}

fn hash_batches(criterion: &mut Criterion) {
    let input = Workload::Random.bytes(SEED, BATCH_BYTES);
    let chunker = Chunker::new(ChunkerParams::DEFAULT, GearTable::public()).expect("a preset");
    let mut batches = vec![(
        "default-preset".to_owned(),
        chunker.cuts(&input).filter_map(|range| input.get(range)).collect::<Vec<_>>(),
    )];
    for chunk_bytes in [4 << 10, 16 << 10, 64 << 10, 1 << 20] {
        batches.push((format!("{}KiB", chunk_bytes >> 10), input.chunks(chunk_bytes).collect()));
    }
    for (name, chunks) in &batches {
        bench_batch(criterion, name, chunks);
    }
}

fn bench_batch(criterion: &mut Criterion, name: &str, chunks: &[&[u8]]) {
    let mut group = criterion.benchmark_group(format!("hash_batches/{name}/4MiB-seed{SEED}"));
    group.throughput(Throughput::Bytes(BATCH_BYTES as u64));
    group.sample_size(20).measurement_time(Duration::from_secs(1));
    let id_hasher = IdHasher::keyed(&[7; 32]);
    for pool in pools() {
        let name = format!("gleaner-{}-threads", pool.current_num_threads());
        group.bench_function(name, |bencher| {
            bencher.iter(|| pool.install(|| id_hasher.ids(black_box(chunks))));
        });
    }
    group.bench_function("floor-blake3-1-threads", |bencher| {
        bencher.iter(|| {
            for chunk in chunks {
                black_box(blake3::hash(black_box(chunk)));
            }
        });
    });
    group.finish();
}

fn chunk_stream(criterion: &mut Criterion) {
    let input = Workload::Random.bytes(SEED, STREAM_BYTES);
    let params = ChunkerParams::DEFAULT;
    let chunker = Arc::new(Chunker::new(params, GearTable::public()).expect("a preset"));
    let id_hasher = Arc::new(IdHasher::plain());
    let mut group = criterion.benchmark_group(format!("chunk_stream/{params}/32MiB-seed{SEED}"));
    group.throughput(Throughput::Bytes(STREAM_BYTES as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    for pool in pools().map(Arc::new) {
        for batch_bytes in [1 << 20, 4 << 20] {
            let thread_count = pool.current_num_threads();
            let name = format!("{thread_count}-threads-{}MiB-batches", batch_bytes >> 20);
            let stream = ChunkStream::new(&[][..], chunker.clone(), id_hasher.clone(), batch_bytes);
            let mut stream = stream.with_pool(pool.clone());
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    stream.restart(black_box(&input));
                    drain(&mut stream);
                });
            });
        }
    }
    group.finish();
}

fn drain(stream: &mut ChunkStream<&[u8]>) {
    while let Ok(Some(batch)) = stream.next_batch() {
        stream.recycle(black_box(batch).into_buffer());
    }
}

criterion_group!(benches, hash_batches, chunk_stream);
criterion_main!(benches);
