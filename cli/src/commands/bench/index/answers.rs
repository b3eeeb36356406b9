//! Phases `miss` and `cache_hit`: what an index answers from memory, on one thread.

use std::hint::black_box;

use gleaner_chunker::ChunkId;
use gleaner_index::{ChunkIndex as _, RocksDbIndex};

use super::draw::Draw;
use super::figure::per;
use super::keys::PACK_CHUNKS;
use super::meter::Stopwatch;
use super::metric::{
    CACHE_IN_ORDER, CACHE_SHUFFLED, FALSE_POSITIVES, FILTER_MISS, LOOKUP_MISS, Metric, NOVEL_GETS,
};
use super::report::Report;
use super::subject::Subject;
use crate::exit_code::{Failure, Kind};

/// Novel ids, at most ten times the keys.
const NOVEL_IDS: u64 = 10_000_000;

/// Ids asked for of directories in memory.
const HITS: usize = 4_000_000;

/// Packs whose directories are asked, if that many stay in memory.
const RESIDENT_PACKS: u64 = 256;

/// Memory of a directory in the cache, about.
const DIRECTORY_BYTES: u64 = PACK_CHUNKS * 48;

const BATCH: usize = 1024;

/// Novel ids: by the filter alone, and by the whole lookup.
pub(super) fn misses(
    subject: &Subject,
    index: &RocksDbIndex,
    report: &mut Report,
) -> Result<(), Failure> {
    /// Made at a time, so that they take little memory and their making is not measured.
    const BATCHES: u64 = 256;
    let ids = NOVEL_IDS.min(subject.keys.count().saturating_mul(10));
    let batches = ids.div_ceil(PACK_CHUNKS);
    subject.watch.begin("miss", batches);
    let before = index.stats()?.lookups;
    let (mut filter, mut lookup, mut may_hold) = (Stopwatch::default(), Stopwatch::default(), 0);
    for from in (0..batches).step_by(usize::try_from(BATCHES).unwrap_or(1)) {
        subject.watch.at(from)?;
        let novel: Vec<Vec<ChunkId>> =
            (from..batches.min(from + BATCHES)).map(|number| subject.keys.novel(number)).collect();
        let mut answers = vec![false; BATCH];
        may_hold += filter.time(|| {
            let held = novel.iter().map(|ids| {
                index.may_hold_batch(ids, &mut answers);
                answers.iter().filter(|held| **held).count()
            });
            held.sum::<usize>()
        });
        lookup.time(|| {
            for ids in &novel {
                black_box(index.lookup_batch(ids));
            }
        });
    }
    let asked = batches * PACK_CHUNKS;
    let gets = index.stats()?.lookups.gets - before.gets;
    report.add_rate(FILTER_MISS, asked, filter.span());
    report.add(FALSE_POSITIVES, per(may_hold as u64, asked));
    report.add_rate(LOOKUP_MISS, asked, lookup.span());
    report.add(NOVEL_GETS, per(gets, asked));
    Ok(())
}

/// Ids of packs whose directories are in memory: in the order of the packs, and in any order.
pub(super) fn cache_hits(
    subject: &Subject,
    index: &RocksDbIndex,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut packs = RESIDENT_PACKS.min(subject.keys.packs());
    subject.watch.begin("cache hit", 2);
    // The first lookup brings them into memory, as many as there is room for.
    for pack in 0..packs {
        black_box(index.lookup_batch(&subject.keys.stored(pack)));
    }
    let room = index.stats()?.memory.locality_cache_bytes / DIRECTORY_BYTES;
    packs = packs.min((room / 2).max(1));
    let mut ids: Vec<ChunkId> = (0..packs).flat_map(|pack| subject.keys.stored(pack)).collect();
    for batch in ids.chunks(BATCH) {
        black_box(index.lookup_batch(batch));
    }
    time_hits(index, &ids, CACHE_IN_ORDER, report)?;
    subject.watch.at(1)?;
    Draw::new(subject.seed).shuffle(&mut ids);
    time_hits(index, &ids, CACHE_SHUFFLED, report)?;
    subject.watch.at(2)
}

fn time_hits(
    index: &RocksDbIndex,
    ids: &[ChunkId],
    metric: Metric,
    report: &mut Report,
) -> Result<(), Failure> {
    let before = index.stats()?.lookups;
    let mut stopwatch = Stopwatch::default();
    stopwatch.time(|| {
        for _ in 0..HITS.div_ceil(ids.len().max(1)) {
            for batch in ids.chunks(BATCH) {
                black_box(index.lookup_batch(batch));
            }
        }
    });
    let after = index.stats()?.lookups;
    let (asked, hits) = (after.asked - before.asked, after.by_cache - before.by_cache);
    if asked != hits {
        let message = format!("{} of {asked} ids were not in the cache", asked - hits);
        return Err(Failure::new(Kind::Bug, message));
    }
    report.add_rate(metric, asked, stopwatch.span());
    Ok(())
}
