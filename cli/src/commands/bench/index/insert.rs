//! Phase `insert`: all keys, pack by pack, as a backup stores novel chunks.

use gleaner_index::{ChunkIndex as _, DatabaseCounts, RocksDbIndex};

use super::figure::{figure, per};
use super::keys::{Keys, PACK_CHUNKS};
use super::meter::{Meter, Span, Stopwatch};
use super::metric::{
    CHECKPOINT_SECONDS, INSERT_CPU, INSERT_RATE, INSERT_SUSTAINED, KEY_GENERATION, LOG_BYTES,
    SETTLE_SECONDS, WRITE_AMPLIFICATION,
};
use super::report::Report;
use super::subject::Subject;
use crate::exit_code::Failure;

/// One checkpoint, with the filter's snapshot, for 64 GiB of novel chunks: a backup has one at its
/// end.
const PACKS_PER_CHECKPOINT: u64 = 1024;

/// Memory is noted at these numbers of keys, and in the end.
const MEMORY_MARKS: [u64; 4] = [1_000_000, 3_000_000, 10_000_000, 100_000_000];

/// Key and value of a row: what write amplification is counted against.
const ROW_BYTES: u64 = 16 + 8;

/// What one run of inserts took.
struct Inserted {
    checkpoints: Span,
    /// Keys of the last tenth of the packs, and their time.
    last_keys: u64,
    last: Span,
}

/// Enters all packs, and waits until RocksDB has nothing left to do.
pub(super) fn insert(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    let generation_seconds = generation_seconds_per_key(&subject.keys);
    report.add(KEY_GENERATION, generation_seconds * 1e9);
    let index = subject.open_counted()?;
    let meter = Meter::start();
    let inserted = insert_all(subject, &index, report)?;
    let settling = Meter::start();
    index.settle()?;
    let (whole, settled) = (meter.span(), settling.span());
    let keys = subject.keys.count();
    report.add_rate(INSERT_RATE, keys, whole);
    report.add_rate(INSERT_SUSTAINED, inserted.last_keys, inserted.last);
    report.add(INSERT_CPU, (whole.cpu_seconds / figure(keys) - generation_seconds) * 1e6);
    report.add_seconds(CHECKPOINT_SECONDS, inserted.checkpoints);
    report.add_seconds(SETTLE_SECONDS, settled);
    let counts = index.database_counts().unwrap_or_default();
    report_bytes(counts, keys, report);
    Ok(())
}

fn report_bytes(counts: DatabaseCounts, keys: u64, report: &mut Report) {
    let written = counts.flushed_bytes + counts.compacted_bytes;
    report.add(WRITE_AMPLIFICATION, per(written, keys * ROW_BYTES));
    report.add(LOG_BYTES, per(counts.log_bytes, keys));
}

fn insert_all(
    subject: &Subject,
    index: &RocksDbIndex,
    report: &mut Report,
) -> Result<Inserted, Failure> {
    let keys = &subject.keys;
    let packs = keys.packs();
    let last_from = packs - packs.div_ceil(10);
    subject.watch.begin("insert", packs);
    let mut marks: Vec<u64> =
        MEMORY_MARKS.into_iter().filter(|mark| *mark < keys.count()).collect();
    let mut checkpoints = Stopwatch::default();
    let mut last = Meter::start();
    for pack in 0..packs {
        if pack == last_from {
            last = Meter::start();
        }
        index.insert_pack(keys.facts(pack), &keys.stored(pack))?;
        let entered = ((pack + 1) * PACK_CHUNKS).min(keys.count());
        if (pack + 1).is_multiple_of(PACKS_PER_CHECKPOINT) {
            checkpoints.time(|| index.checkpoint())?;
        }
        if marks.first().is_some_and(|mark| *mark <= entered) {
            marks.remove(0);
            note_memory(index, entered, report)?;
        }
        if pack.is_multiple_of(16) {
            subject.watch.at(pack)?;
        }
    }
    let last = last.span();
    checkpoints.time(|| index.checkpoint())?;
    note_memory(index, keys.count(), report)?;
    let last_keys = keys.count() - last_from * PACK_CHUNKS;
    Ok(Inserted { checkpoints: checkpoints.span(), last_keys, last })
}

fn note_memory(index: &RocksDbIndex, keys: u64, report: &mut Report) -> Result<(), Failure> {
    let memory = index.stats()?.memory;
    report.add_memory(keys, per(memory.key_bytes(), keys), &memory);
    Ok(())
}

/// Ids are made between the inserts, on the same thread: a hundredth of their time.
fn generation_seconds_per_key(keys: &Keys) -> f64 {
    const PACKS: u64 = 256;
    let meter = Meter::start();
    let ids: usize = (0..PACKS).map(|pack| keys.novel(pack).len()).sum();
    meter.span().cpu_seconds / figure(ids as u64)
}
