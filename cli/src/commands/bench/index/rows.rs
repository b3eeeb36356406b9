//! Phases `row_hit` and `disk`: what RocksDB answers, warm and cold, and the room it takes.

use std::fs::File;
use std::thread::ScopedJoinHandle;

use gleaner_chunker::ChunkId;
use gleaner_index::{ChunkIndex as _, RocksDbIndex};
use rustix::fs::{Advice, fadvise};

use super::draw::Draw;
use super::figure::{figure, per};
use super::meter::{Meter, Stopwatch};
use super::metric::{
    COLD_BLOCKS, COLD_MICROSECONDS, COMPACTION_SECONDS, DISK_BYTES, ROWS_BATCHED, ROWS_SINGLE,
    TABLE_BYTES,
};
use super::report::Report;
use super::subject::Subject;
use crate::exit_code::{Failure, Kind};

const THREADS: u64 = 2;
const BATCH: usize = 1024;

/// Random keys for each thread, at most.
const HITS_PER_THREAD: usize = 1 << 20;
const SINGLE_HITS: usize = 1 << 18;
const COLD_HITS: usize = 20_000;

/// Random keys of all packs, through RocksDB alone: no pack's directory is read.
pub(super) fn hits(
    subject: &Subject,
    index: &RocksDbIndex,
    report: &mut Report,
) -> Result<(), Failure> {
    subject.watch.begin("row hit", 2);
    let count = at_most(HITS_PER_THREAD, subject);
    let shares: Vec<Vec<ChunkId>> =
        (1..=THREADS).map(|thread| sorted_batches(subject, thread, count)).collect();
    let mut stopwatch = Stopwatch::default();
    let found = stopwatch.time(|| {
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                shares.iter().map(|ids| scope.spawn(move || count_rows(index, ids))).collect();
            threads.into_iter().map(ScopedJoinHandle::join).collect::<Vec<_>>()
        })
    });
    let mut rows = 0;
    for thread in found {
        let panicked = |_| Failure::new(Kind::Bug, "a thread of the bench panicked");
        rows += thread.map_err(panicked)??;
    }
    expect_all(rows, shares.iter().map(Vec::len).sum())?;
    report.add_rate(ROWS_BATCHED, rows as u64, stopwatch.span());
    subject.watch.at(1)?;

    let ids = random_keys(subject, THREADS + 1, at_most(SINGLE_HITS, subject));
    let mut stopwatch = Stopwatch::default();
    let rows = stopwatch.time(|| count_single(index, &ids))?;
    expect_all(rows, ids.len())?;
    report.add_rate(ROWS_SINGLE, rows as u64, stopwatch.span());
    subject.watch.at(2)
}

fn at_most(hits: usize, subject: &Subject) -> usize {
    hits.min(usize::try_from(subject.keys.count()).unwrap_or(hits))
}

fn expect_all(found: usize, asked: usize) -> Result<(), Failure> {
    if found == asked {
        return Ok(());
    }
    Err(Failure::new(Kind::Bug, format!("{found} rows of {asked} were found")))
}

fn random_keys(subject: &Subject, stream: u64, count: usize) -> Vec<ChunkId> {
    let mut draw = Draw::new(subject.seed.rotate_left(32) ^ stream);
    let keys = subject.keys;
    (0..count).map(|_| keys.key(draw.below(keys.count()))).collect()
}

/// Random keys, ascending within each batch.
fn sorted_batches(subject: &Subject, stream: u64, count: usize) -> Vec<ChunkId> {
    let mut ids = random_keys(subject, stream, count);
    ids.chunks_mut(BATCH).for_each(<[ChunkId]>::sort_unstable);
    ids
}

fn count_rows(index: &RocksDbIndex, ids: &[ChunkId]) -> Result<usize, Failure> {
    let mut found = 0;
    for batch in ids.chunks(BATCH) {
        found += index.count_rows(&batch.iter().collect::<Vec<_>>())?;
    }
    Ok(found)
}

fn count_single(index: &RocksDbIndex, ids: &[ChunkId]) -> Result<usize, Failure> {
    let mut found = 0;
    for id in ids {
        found += usize::from(index.has_row(id)?);
    }
    Ok(found)
}

/// Merges all rows into one level, and measures the files.
pub(super) fn compact(
    subject: &Subject,
    index: &RocksDbIndex,
    report: &mut Report,
) -> Result<(), Failure> {
    subject.watch.begin("full compaction", 1);
    let meter = Meter::start();
    index.compact()?;
    report.add_seconds(COMPACTION_SECONDS, meter.span());
    index.checkpoint()?;
    let keys = subject.keys.count();
    report.add(DISK_BYTES, per(index.stats()?.disk_bytes, keys));
    let tables = subject.tables()?.iter().map(|(_, bytes)| bytes).sum();
    report.add(TABLE_BYTES, per(tables, keys));
    subject.watch.at(1)
}

/// Random keys one by one, the page cache emptied of the tables before. Blocks that are in
/// RocksDB's cache by then count as reads: more keys than fit would have read them.
pub(super) fn cold_hits(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    subject.watch.begin("cold hit", 1);
    let index = subject.open_counted()?;
    for (path, _) in subject.tables()? {
        // Best effort, as the advice itself is.
        let advised = File::open(path).map(|file| fadvise(file, 0, None, Advice::DontNeed));
        drop(advised);
    }
    let ids = random_keys(subject, THREADS + 2, at_most(COLD_HITS, subject));
    let before = index.database_counts().unwrap_or_default();
    let mut stopwatch = Stopwatch::default();
    let rows = stopwatch.time(|| count_single(&index, &ids))?;
    expect_all(rows, ids.len())?;
    let after = index.database_counts().unwrap_or_default();
    let blocks = after.data_blocks_read + after.data_blocks_cached
        - before.data_blocks_read
        - before.data_blocks_cached;
    report.add(COLD_BLOCKS, per(blocks, rows as u64));
    report.add(COLD_MICROSECONDS, stopwatch.span().wall_seconds * 1e6 / figure(rows as u64));
    subject.watch.at(1)
}
