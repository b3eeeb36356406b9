//! The chunk-and-hash core against its limits, all measured in turn in one run: scan against the
//! `fastcdc` crate, chunk and hash against scan and hash alone, two threads against two processes,
//! a stream against read, scan and hash. Prints Markdown for `benches/record/`.
//!
//!     cargo bench -p gleaner-benches --bench chunk_core            # all, needs 9 GiB of memory
//!     cargo bench -p gleaner-benches --bench chunk_core -- scan    # scan | threads | stream
//!
//! Each figure is the median of the repetitions, wall and CPU time beside each other. Ratios
//! are medians of ratios within a repetition, so that a machine that slows down for a while slows
//! both sides down.

#![expect(clippy::indexing_slicing, reason = "rows of measured times have a column for each name")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use fastcdc::v2020::{FastCDC, Normalization};
use gleaner_benches::{Sample, Workload, median, time};
use gleaner_chunker::{
    ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher, ScanForm, chunk_slice,
};
use gleaner_store::{MappedFile, NobodyWrites};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

const SEED: u64 = 1;
const MIB: usize = 1 << 20;
const SCAN_BYTES: usize = 32 * MIB;
const THREADS_BYTES: usize = 256 * MIB;
const SLICE_BYTES: usize = 2048 * MIB;
const STREAM_BYTES: usize = 4096 * MIB;
const READ_BYTES: usize = MIB;
const BATCH_BYTES: usize = 4 * MIB;
/// Data of one of the independent processes.
const PROCESS_BYTES: usize = 64 * MIB;
const PROCESS_ARGUMENT: &str = "--hash-alone";

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let part = arguments.next().unwrap_or_default();
    match part.as_str() {
        PROCESS_ARGUMENT => hash_alone(),
        "scan" => scan(),
        "threads" => threads(),
        "stream" => stream(),
        "" => {
            scan();
            threads();
            stream();
        }
        other => panic!("unknown part {other}: scan, threads or stream"),
    }
}

fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}").expect("standard output is open");
}

fn row(name: &str, bytes: usize, samples: &[Sample]) {
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let rate = |seconds: f64| bytes as f64 / seconds / 1e9;
    let (wall, cpu) = (median(samples, |s| s.wall), median(samples, |s| s.cpu));
    say(&format!("| {name} | {:.2} | {:.2} |", rate(wall), rate(cpu)));
}

/// Median over the repetitions of what `of` makes of the samples of one repetition.
fn ratio(samples: &[Vec<Sample>], of: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let repetitions = samples.first().map_or(0, Vec::len);
    let of_clock = |clock: fn(&Sample) -> f64| {
        let mut ratios: Vec<f64> = (0..repetitions)
            .map(|at| {
                let row: Vec<f64> =
                    samples.iter().filter_map(|of_one| of_one.get(at)).map(clock).collect();
                of(&row)
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    };
    (of_clock(|sample| sample.wall), of_clock(|sample| sample.cpu))
}

fn presets() -> [(&'static str, ChunkerParams); 3] {
    [
        ("fine", ChunkerParams::FINE),
        ("default", ChunkerParams::DEFAULT),
        ("large", ChunkerParams::LARGE),
    ]
}

fn crate_scan(params: ChunkerParams, data: &[u8]) -> usize {
    let ChunkerParams::FastCdc { min, avg, max, .. } = params else { return 0 };
    let (min, avg, max) = (min as usize, avg as usize, max as usize);
    FastCDC::with_level(data, min, avg, max, Normalization::Level2).count()
}

fn gearhash_scan(mask: u64, data: &[u8]) -> usize {
    let mut hasher = gearhash::Hasher::default();
    let mut rest = data;
    let mut count = 0;
    while let Some(bytes) = hasher.next_match(rest, mask) {
        rest = rest.split_at(bytes).1;
        count += 1;
    }
    count
}

/// Scan, hash, and both, on one thread.
fn scan() {
    let data = Workload::Random.bytes(SEED, SCAN_BYTES);
    let data = data.as_slice();
    let id_hasher = IdHasher::keyed(&[7; 32]);
    for (name, params) in presets() {
        let forms = ScanForm::available();
        let chunkers: Vec<Chunker> = forms
            .iter()
            .map(|form| Chunker::with_scan_form(params, GearTable::public(), *form))
            .collect::<Result<_, _>>()
            .expect("available");
        let fastest = chunkers.last().expect("one form at least");
        let chunks: Vec<&[u8]> = fastest.cuts(data).filter_map(|cut| data.get(cut)).collect();
        let alone = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let mut samples = vec![Vec::new(); 4 + chunkers.len()];
        for _ in 0..31 {
            let mut of_repetition = vec![
                time(|| crate_scan(params, black_box(data))),
                time(|| gearhash_scan(0xffff_0000_0000_0000, black_box(data))),
                time(|| chunks.iter().map(|chunk| id_hasher.id(chunk)).fold(0, fold_id)),
                time(|| alone.install(|| chunk_slice(fastest, &id_hasher, data)).len()),
            ];
            of_repetition
                .extend(chunkers.iter().map(|chunker| time(|| chunker.cuts(data).count())));
            for (of_one, sample) in samples.iter_mut().zip(of_repetition) {
                of_one.push(sample);
            }
        }
        say(&format!("\n## {name}, {} MiB of noise, one thread\n", SCAN_BYTES / MIB));
        say("| what | GB/s wall | GB/s CPU |\n|---|---|---|");
        let mut names = vec![
            "scan, `fastcdc` crate".to_owned(),
            "scan, `gearhash` crate (other cuts)".to_owned(),
            "hash, keyed BLAKE3".to_owned(),
            "chunk and hash".to_owned(),
        ];
        names.extend(forms.iter().map(|form| format!("scan, {form:?}")));
        for (name, samples) in names.iter().zip(&samples) {
            row(name, SCAN_BYTES, samples);
        }
        say("");
        for (at, form) in forms.iter().enumerate() {
            let (wall, cpu) = ratio(&samples, |row| row[0] / row[4 + at]);
            say(&format!("- {form:?}: {wall:.2}x the crate (CPU {cpu:.2}x)"));
        }
        let (wall, cpu) = ratio(&samples, |row| (row[row.len() - 1] + row[2]) / row[3]);
        say(&format!("- chunk and hash: {wall:.2} of 1/(1/scan + 1/hash) (CPU {cpu:.2})"));
    }
}

fn fold_id(sum: usize, id: gleaner_chunker::ChunkId) -> usize {
    sum ^ usize::from(id.as_bytes()[0])
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// Two threads against one, and against two processes that share nothing.
fn threads() {
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
        ("BLAKE3, one process", PROCESS_BYTES),
        ("chunk and hash 256 MiB in files of 4 MiB, one thread", THREADS_BYTES),
        ("chunk and hash one 2 GiB slice, one thread", SLICE_BYTES),
        ("BLAKE3, two processes together", 2 * PROCESS_BYTES),
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

/// A process that hashes 64 MiB in chunks of 64 KiB whenever it is sent a line.
struct HashProcess {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl HashProcess {
    fn start() -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut command = Command::new(program);
        command.arg(PROCESS_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut process = Self { child, answers };
        process.wait();
        process
    }

    fn ask(&mut self) {
        self.child.stdin.as_mut().expect("piped").write_all(b"\n").expect("alive");
    }

    fn wait(&mut self) -> Sample {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("alive");
        let (wall, cpu) = line.trim().split_once(' ').expect("two numbers");
        Sample { wall: wall.parse().expect("seconds"), cpu: cpu.parse().expect("seconds") }
    }

    /// All at once; wall time of the slowest, CPU time of all.
    fn run(processes: &mut [Self]) -> Sample {
        processes.iter_mut().for_each(Self::ask);
        let samples: Vec<Sample> = processes.iter_mut().map(Self::wait).collect();
        Sample {
            wall: samples.iter().map(|sample| sample.wall).fold(0.0, f64::max),
            cpu: samples.iter().map(|sample| sample.cpu).sum(),
        }
    }
}

impl Drop for HashProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("ends when its input does");
    }
}

fn hash_alone() {
    let data = Workload::Random.bytes(SEED, PROCESS_BYTES);
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let sample = time(|| data.chunks(64 << 10).map(blake3::hash).filter(is_odd).count());
        say(&format!("{} {}", sample.wall, sample.cpu));
        if lines.next().is_none() {
            return;
        }
    }
}

fn is_odd(hash: &blake3::Hash) -> bool {
    hash.as_bytes()[0] % 2 == 1
}

/// A file in the page cache through a stream, against its parts.
fn stream() {
    let params = ChunkerParams::DEFAULT;
    let chunker = Arc::new(Chunker::new(params, GearTable::derive(&[7; 32])).expect("a preset"));
    let id_hasher = Arc::new(IdHasher::keyed(&[7; 32]));
    let mut file = tempfile::tempfile().expect("a temporary file");
    let sample_data = write_noise(&mut file);
    let part: Vec<&[u8]> =
        chunker.cuts(&sample_data).filter_map(|cut| sample_data.get(cut)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pools = [pool(1), pool(cores)];
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
                drain(stream.with_read_ahead(read_ahead(pool)), pool)
            }));
        }
        // What `backup --mmap` does instead: the same stream over a mapped file.
        for pool in &pools {
            of_repetition.push(time(|| {
                let promise = NobodyWrites::promised_by_caller();
                let mapped = MappedFile::open(&file, promise).expect("a plain file");
                let (chunker, id_hasher) = (chunker.clone(), id_hasher.clone());
                let stream = ChunkStream::new(&*mapped, chunker, id_hasher, BATCH_BYTES);
                drain(stream.with_read_ahead(read_ahead(pool)), pool)
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
        ("scan", THREADS_BYTES),
        ("hash", THREADS_BYTES),
        ("stream, 1 thread", STREAM_BYTES),
        (&many, STREAM_BYTES),
        ("stream over the mapped file, 1 thread", STREAM_BYTES),
        (&mapped, STREAM_BYTES),
    ];
    for ((name, bytes), samples) in rows.into_iter().zip(&samples) {
        row(name, bytes, samples);
    }
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (scale, threads) = ((STREAM_BYTES / THREADS_BYTES) as f64, cores as f64);
    let limit = |row: &[f64]| row[0] + scale * (row[1] + row[2]);
    let (one, _) = ratio(&samples, |row| limit(row) / row[3]);
    let (all, _) = ratio(&samples, |row| limit(row) / threads / row[4]);
    say(&format!("\n- one thread: {one:.2} of 1/(1/read + 1/scan + 1/hash)"));
    say(&format!("- {cores} threads: {all:.2} of {cores}/(1/read + 1/scan + 1/hash)"));
    let (one, _) = ratio(&samples, |row| row[3] / row[5]);
    let (all, _) = ratio(&samples, |row| row[4] / row[6]);
    say(&format!("- mapped against read(2): {one:.2}x on one thread, {all:.2}x on {cores}"));
}

/// As many batches as keep the pool busy.
fn read_ahead(pool: &ThreadPool) -> usize {
    match pool.current_num_threads() {
        1 => 0,
        threads => threads,
    }
}

/// Fills the file and returns what it begins with.
fn write_noise(file: &mut File) -> Vec<u8> {
    let mut first = Vec::new();
    for number in 0..STREAM_BYTES / THREADS_BYTES {
        let data = Workload::Random.bytes(SEED + number as u64, THREADS_BYTES);
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

fn drain(mut stream: ChunkStream<impl Read + Send>, pool: &ThreadPool) -> usize {
    pool.install(move || {
        let mut count = 0;
        while let Some(batch) = stream.next_batch().expect("a plain file") {
            count += batch.ids().len();
            stream.recycle(batch.into_buffer());
        }
        count
    })
}
