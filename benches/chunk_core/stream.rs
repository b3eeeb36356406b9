//! A file in the page cache through a stream.

#![expect(clippy::indexing_slicing, reason = "rows of measured times have a column for each name")]

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write as _};
use std::sync::Arc;

use gleaner_benches::{Workload, time};
use gleaner_chunker::{ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};
use gleaner_store::{MappedFile, NobodyWrites};
use rayon::ThreadPool;

use crate::report::{MIB, SEED, fold_id, pool, ratio, row, say};

const STREAM_BYTES: usize = 4096 * MIB;
/// Scan and hash alone are measured over this much of it.
const SAMPLE_BYTES: usize = 256 * MIB;
const READ_BYTES: usize = MIB;
const BATCH_BYTES: usize = 4 * MIB;

/// A file in the page cache through a stream, against its parts.
pub(crate) fn run() {
    let params = ChunkerParams::DEFAULT;
    let chunker = Arc::new(Chunker::new(params, GearTable::derive(&[7; 32])).expect("a preset"));
    let id_hasher = Arc::new(IdHasher::keyed(&[7; 32]));
    let mut file = tempfile::tempfile().expect("a temporary file");
    let sample_data = write_noise(&mut file);
    let part: Vec<&[u8]> =
        chunker.cuts(&sample_data).filter_map(|cut| sample_data.get(cut)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pools = [None, Some(Arc::new(pool(cores)))];
    let mut samples = vec![Vec::new(); 7];
    for _ in 0..5 {
        let mut of_repetition = vec![
            time(|| read_all(&file)),
            time(|| chunker.cuts(&sample_data).count()),
            time(|| part.iter().map(|chunk| id_hasher.id(chunk)).fold(0, fold_id)),
        ];
        for pool in &pools {
            of_repetition.push(time(|| {
                let (chunker, id_hasher) = (chunker.clone(), id_hasher.clone());
                let stream = ChunkStream::new(rewound(&file), chunker, id_hasher, BATCH_BYTES);
                drain(stream, pool.as_ref())
            }));
        }
        // What `backup --mmap` does instead: the same stream over a mapped file.
        for pool in &pools {
            of_repetition.push(time(|| {
                let promise = NobodyWrites::promised_by_caller();
                let mapped = MappedFile::open(&file, promise).expect("a plain file");
                let (chunker, id_hasher) = (chunker.clone(), id_hasher.clone());
                let stream = ChunkStream::new(&*mapped, chunker, id_hasher, BATCH_BYTES);
                drain(stream, pool.as_ref())
            }));
        }
        for (of_one, sample) in samples.iter_mut().zip(of_repetition) {
            of_one.push(sample);
        }
    }
    say("\n## default, stream from a file of 4 GiB of noise in the page cache\n");
    say("| what | GB/s wall | GB/s CPU |\n|---|---|---|");
    let many = format!("stream, {cores} threads");
    let mapped = format!("stream over the mapped file, {cores} threads");
    let rows = [
        ("read(2) into 1 MiB", STREAM_BYTES),
        ("scan", SAMPLE_BYTES),
        ("hash", SAMPLE_BYTES),
        ("stream, 1 thread", STREAM_BYTES),
        (&many, STREAM_BYTES),
        ("stream over the mapped file, 1 thread", STREAM_BYTES),
        (&mapped, STREAM_BYTES),
    ];
    for ((name, bytes), samples) in rows.into_iter().zip(&samples) {
        row(name, bytes, samples);
    }
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (scale, threads) = ((STREAM_BYTES / SAMPLE_BYTES) as f64, cores as f64);
    let limit = |row: &[f64]| row[0] + scale * (row[1] + row[2]);
    let (one, _) = ratio(&samples, |row| limit(row) / row[3]);
    let (all, _) = ratio(&samples, |row| limit(row) / threads / row[4]);
    say(&format!("\n- one thread: {one:.2} of 1/(1/read + 1/scan + 1/hash)"));
    say(&format!("- {cores} threads: {all:.2} of {cores}/(1/read + 1/scan + 1/hash)"));
    let (one, _) = ratio(&samples, |row| row[3] / row[5]);
    let (all, _) = ratio(&samples, |row| row[4] / row[6]);
    say(&format!("- mapped against read(2): {one:.2}x on one thread, {all:.2}x on {cores}"));
}

/// Fills the file and returns what it begins with.
fn write_noise(file: &mut File) -> Vec<u8> {
    let mut first = Vec::new();
    for number in 0..STREAM_BYTES / SAMPLE_BYTES {
        let data = Workload::Random.bytes(SEED + number as u64, SAMPLE_BYTES);
        file.write_all(&data).expect("room for a file of 4 GiB");
        if number == 0 {
            first = data;
        }
    }
    first
}

fn rewound(mut file: &File) -> &File {
    std::io::Seek::rewind(&mut file).expect("a plain file");
    file
}

fn read_all(file: &File) -> usize {
    let mut reader = rewound(file);
    let mut buffer = vec![0; READ_BYTES];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer).expect("a plain file") {
            0 => return bytes,
            read => bytes += black_box(&buffer).len().min(read),
        }
    }
}

/// On this thread, or with a pool that it is no part of.
fn drain(mut stream: ChunkStream<impl Read>, pool: Option<&Arc<ThreadPool>>) -> usize {
    if let Some(pool) = pool {
        stream = stream.with_pool(pool.clone());
        stream.set_read_ahead(pool.current_num_threads());
    }
    let mut count = 0;
    while let Some(batch) = stream.next_batch().expect("a plain file") {
        count += batch.ids().len();
        stream.recycle(batch.into_buffer());
    }
    count
}
