//! Phase `second_generation`: a backup of what was stored before, a little of it changed.

use gleaner_chunker::ChunkId;
use gleaner_index::{ChunkIndex as _, Lookup};

use super::draw::Draw;
use super::figure::per;
use super::keys::{Keys, PACK_CHUNKS};
use super::meter::Stopwatch;
use super::metric::{STREAM_DIRECTORIES, STREAM_GETS, STREAM_MISSED, STREAM_RATE};
use super::report::Report;
use super::subject::Subject;
use crate::exit_code::Failure;

/// Chunks of the stream, at most.
const STREAM_KEYS: u64 = 2_000_000;

/// Chunks that change together: 1 MiB.
const RUN_CHUNKS: usize = 16;

/// One run in so many is changed: 2 %.
const RUNS_PER_CHANGE: u64 = 50;

const BATCH: usize = 256;

/// Asks for keys in the order in which they were stored, of an index that was opened just now.
pub(super) fn second_generation(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    let packs = subject.keys.packs().min(STREAM_KEYS / PACK_CHUNKS);
    subject.watch.begin("second generation", packs);
    let index = subject.open()?;
    let before = index.stats()?.lookups;
    let mut draw = Draw::new(subject.seed);
    let mut stopwatch = Stopwatch::default();
    let (mut unchanged, mut called_novel) = (0, 0);
    for pack in 0..packs {
        if pack.is_multiple_of(64) {
            subject.watch.at(pack)?;
        }
        let (ids, changed) = changed_pack(&subject.keys, pack, &mut draw);
        let answers = stopwatch.time(|| {
            let answers = ids.chunks(BATCH).flat_map(|batch| index.lookup_batch(batch));
            answers.collect::<Vec<_>>()
        });
        let novel = answers.iter().filter(|answer| **answer == Lookup::Novel).count();
        unchanged += ids.len() - changed;
        called_novel += novel.saturating_sub(changed);
    }
    let after = index.stats()?.lookups;
    let asked = after.asked - before.asked;
    report.add(STREAM_GETS, per(after.gets - before.gets, asked));
    let directories = after.directories_read - before.directories_read;
    report.add(STREAM_DIRECTORIES, per(directories, asked));
    report.add(STREAM_MISSED, per(called_novel as u64, unchanged as u64));
    report.add_rate(STREAM_RATE, asked, stopwatch.span());
    Ok(())
}

/// The chunks of a pack with some runs replaced, and how many chunks those are.
fn changed_pack(keys: &Keys, pack: u64, draw: &mut Draw) -> (Vec<ChunkId>, usize) {
    let (mut ids, novel) = (keys.stored(pack), keys.novel(pack));
    let mut changed = 0;
    for (run, novel) in ids.chunks_mut(RUN_CHUNKS).zip(novel.chunks(RUN_CHUNKS)) {
        if draw.below(RUNS_PER_CHANGE) == 0 {
            run.iter_mut().zip(novel).for_each(|(to, from)| *to = *from);
            changed += run.len();
        }
    }
    (ids, changed)
}
