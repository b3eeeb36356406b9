//! Sightings on RocksDB: lookups of mostly absent ids in three sources, of 10^6 sightings each and
//! of 10^7; opening such a set; the flush of a source. The sets of 10^7 take
//! minutes to fill and 2 GB of the folder for temporary files; `3x1000000-` leaves them out.

use std::cell::OnceCell;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gleaner_chunker::ChunkId;
use gleaner_index::{
    FeedAnswer, FeedMessage, Hello, ObjectNumber, Place, RocksDbSightings, SeenChunk, SeenObject,
    SightingIndex, SightingLimits, SnapshotPart, SourceId, SourceKind,
};
use tempfile::TempDir;

/// Of each source.
const SIGHTINGS: [u64; 2] = [1_000_000, 10_000_000];
const FLUSHED: u64 = SIGHTINGS[0];
const CHUNKS_PER_OBJECT: u64 = 1000;
const OBJECTS_PER_PART: u64 = 100;
const SOURCES: [SourceKind; 3] = [SourceKind::Listed, SourceKind::Listed, SourceKind::Ring];
const BATCH_IDS: u64 = 1024;
const BATCHES: u64 = 64;
/// One id in that many is held.
const HELD_ONE_IN: u64 = 10;
const LEASE: Duration = Duration::from_hours(1);

/// BLAKE3 of a counter.
fn id(number: u64) -> ChunkId {
    ChunkId::from_bytes(*blake3::hash(&number.to_le_bytes()).as_bytes())
}

fn source(number: usize) -> SourceId {
    SourceId::new(u16::try_from(number).expect("few sources"))
}

fn hello(epoch: u32, kind: SourceKind) -> FeedMessage {
    FeedMessage::Hello(Hello { epoch, kind, lease: LEASE, cost: 1 })
}

fn seen_object(number: u64, first_chunk: u64) -> SeenObject {
    let seen = |chunk| {
        let place = Place { representation: 0, flags: 0, offset: chunk << 16, length: 1 << 16 };
        SeenChunk { chunk: id(first_chunk + chunk), place }
    };
    let chunks = (0..CHUNKS_PER_OBJECT).map(seen).collect();
    SeenObject { object: ObjectNumber::new(number), bytes: vec![0; 100], chunks }
}

/// All parts of a snapshot of so many chunks from `first_chunk` on.
fn snapshot(epoch: u32, first_chunk: u64, sightings: u64) -> impl Iterator<Item = FeedMessage> {
    let high_seq = sightings / CHUNKS_PER_OBJECT;
    (0..high_seq / OBJECTS_PER_PART).map(move |part| {
        let numbers = part * OBJECTS_PER_PART..(part + 1) * OBJECTS_PER_PART;
        let object =
            |number| (number + 1, seen_object(number, first_chunk + number * CHUNKS_PER_OBJECT));
        FeedMessage::Snapshot(SnapshotPart {
            epoch,
            low_seq: 0,
            high_seq,
            part: u32::try_from(part).expect("few parts"),
            is_last: (part + 1) * OBJECTS_PER_PART == high_seq,
            chunks_expected: sightings,
            objects: numbers.map(object).collect(),
        })
    })
}

fn announce(index: &RocksDbSightings, number: usize, kind: SourceKind, epoch: u32, sightings: u64) {
    let first_chunk = number as u64 * sightings;
    let parts = snapshot(epoch, first_chunk, sightings);
    for message in [hello(epoch, kind)].into_iter().chain(parts) {
        let _ = index.apply_feed(source(number), &message, Duration::ZERO).expect("a feed");
    }
}

fn open(folder: &Path) -> RocksDbSightings {
    // Two generations of half the limit each.
    let limits = SightingLimits { sightings_per_source_max: 2 * SIGHTINGS[1] };
    RocksDbSightings::open(&folder.join("sightings"), limits).expect("a set")
}

/// A set of three sources, and what it is asked.
struct Filled {
    folder: TempDir,
    index: RocksDbSightings,
    batches: Vec<Vec<ChunkId>>,
}

impl Filled {
    fn new(sightings: u64) -> Self {
        let folder = TempDir::new().expect("a folder");
        let index = open(folder.path());
        for (number, kind) in SOURCES.into_iter().enumerate() {
            announce(&index, number, kind, 1, sightings);
        }
        let held_count = SOURCES.len() as u64 * sightings;
        // Scattered by a prime; what is beyond the sightings is absent.
        let question = |number: u64| match number % HELD_ONE_IN {
            0 => id(number * 999_983 % held_count),
            _ => id(held_count + number),
        };
        let batches: Vec<Vec<_>> = (0..BATCHES)
            .map(|batch| (batch * BATCH_IDS..(batch + 1) * BATCH_IDS).map(question).collect())
            .collect();
        let found = batches.iter().flat_map(|ids| index.sightings_batch(ids, Duration::ZERO));
        let found: usize = found.flatten().map(|sightings| sightings.len()).sum();
        assert_eq!(found as u64, (BATCHES * BATCH_IDS).div_ceil(HELD_ONE_IN));
        Self { folder, index, batches }
    }
}

fn sightings_1e6(criterion: &mut Criterion) {
    bench_set(criterion, SIGHTINGS[0]);
}

fn sightings_1e7(criterion: &mut Criterion) {
    bench_set(criterion, SIGHTINGS[1]);
}

fn bench_set(criterion: &mut Criterion, sightings: u64) {
    let filled = OnceCell::new();
    let mut group = criterion.benchmark_group("sighting_lookup");
    group.throughput(Throughput::Elements(BATCH_IDS));
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    let mut turn = 0;
    group.bench_function(format!("3x{sightings}-90%-absent"), |bencher| {
        let Filled { index, batches, .. } = filled.get_or_init(|| Filled::new(sightings));
        let mut next = batches.iter().cycle().skip(turn);
        turn += 1;
        bencher.iter(|| {
            let ids = next.next().expect("a cycle");
            black_box(index.sightings_batch(black_box(ids), Duration::ZERO)).expect("a lookup")
        });
    });
    group.finish();
    let Some(Filled { folder, index, .. }) = filled.into_inner() else { return };
    drop(index);
    let mut stdout = std::io::stdout().lock();
    let start = Instant::now();
    let index = open(folder.path());
    let opened = start.elapsed();
    writeln!(stdout, "3x{sightings}: opened in {opened:?}").expect("standard output is open");
    for (number, kind) in SOURCES.into_iter().enumerate() {
        let flush = flush(&index, number, kind, 2);
        writeln!(stdout, "{sightings}: flushed in {flush:?}").expect("standard output is open");
    }
}

fn flush(index: &RocksDbSightings, number: usize, kind: SourceKind, epoch: u32) -> Duration {
    let message = hello(epoch, kind);
    let start = Instant::now();
    let answer = index.apply_feed(source(number), &message, Duration::ZERO);
    let flush = start.elapsed();
    assert_eq!(answer.expect("a flush"), FeedAnswer::SendSnapshot);
    flush
}

/// A source has to be filled for each flush: each sample flushes once, and its time is scaled to
/// what criterion asked for.
fn source_flush(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a folder");
    let index = open(folder.path());
    let mut epoch = 0;
    let mut group = criterion.benchmark_group("source_flush");
    group.sample_size(10).warm_up_time(Duration::from_millis(1));
    group.bench_function("10^6-sightings", |bencher| {
        bencher.iter_custom(|iterations| {
            announce(&index, 0, SourceKind::Listed, epoch, FLUSHED);
            epoch += 1;
            let flush = flush(&index, 0, SourceKind::Listed, epoch);
            flush.saturating_mul(u32::try_from(iterations).unwrap_or(u32::MAX))
        });
    });
    group.finish();
}

criterion_group!(benches, sightings_1e6, source_flush, sightings_1e7);
criterion_main!(benches);
