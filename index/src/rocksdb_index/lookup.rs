//! One batch through the layers.
//!
//! The plain form: for each id ask the directories in memory, then the filter, then its row. What
//! is done differently here: the rows are asked in waves, a few ids first, since the directory that
//! one of them leads to answers for most of its neighbours.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, ErrorKind};

use super::counters::Counters;
use super::key::PREFIX_BYTES;
use super::row_check::{RowCheck, Rows};
use super::tables::{Tables, is_hook};
use crate::chunk_index::{Location, Lookup};
use crate::error::{Damage, Error, Result};
use crate::index_options::IndexMode;
use crate::pack_facts::{PackFacts, PackState};
use crate::row::Row;

/// Ids that one multi-get takes: bounds the cache blocks that it holds at a time.
const GETS_MAX: usize = 1024;

/// Ids that go through the layers together: each wave passes over all that are open.
const BATCH_IDS_MAX: usize = 4096;

/// A wave asks for one id in so many of those that are open, and the next for four times as many.
const FIRST_WAVE: usize = 128;
const WAVE_GROWTH: usize = 4;

/// Whether directories of packs that are condemned or trash are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdlePacks {
    /// Their rows are misses, whatever they stand for.
    Missed,
    /// Their rows may belong to another chunk than the one to be entered.
    Compared,
}

/// A batch on its way: positions of ids that no layer has answered yet.
struct Batch<'a> {
    ids: &'a [ChunkId],
    answers: Vec<Lookup>,
    /// To be asked for by their rows.
    open: Vec<usize>,
    /// Answered only if a directory that comes into memory has them (mode `Sparse`).
    waiting: Vec<usize>,
}

impl Tables {
    /// `all` passes over the filter: a reader needs every row there is.
    pub(super) fn lookup_batch(&self, ids: &[ChunkId], all: bool) -> Vec<Lookup> {
        ids.chunks(BATCH_IDS_MAX).flat_map(|ids| self.look_up(ids, all)).collect()
    }

    fn look_up(&self, ids: &[ChunkId], all: bool) -> Vec<Lookup> {
        let answers = vec![Lookup::Novel; ids.len()];
        let mut batch = Batch { ids, answers, open: (0..ids.len()).collect(), waiting: Vec::new() };
        Counters::add(&self.counters.asked, ids.len());
        self.ask_cache(&mut batch);
        if !all {
            self.ask_filter(&mut batch);
        }
        let mut wave = batch.open.len().div_ceil(FIRST_WAVE);
        while !batch.open.is_empty() {
            let asked = batch.take_wave(wave);
            self.ask_rows(&mut batch, &asked);
            self.ask_cache(&mut batch);
            wave = (wave * WAVE_GROWTH).min(GETS_MAX);
        }
        Counters::add(&self.counters.by_filter, batch.waiting.len());
        batch.answers
    }

    /// Answers from directories in memory.
    fn ask_cache(&self, batch: &mut Batch<'_>) {
        let resident = self.cache.read();
        let Batch { ids, answers, open, waiting } = batch;
        let mut found = 0;
        let mut is_open = |position: &usize| {
            let Some(location) = ids.get(*position).and_then(|id| resident.find(id)) else {
                return true;
            };
            if let Some(answer) = answers.get_mut(*position) {
                *answer = Lookup::Stored(location);
            }
            found += 1;
            false
        };
        open.retain(&mut is_open);
        waiting.retain(&mut is_open);
        Counters::add(&self.counters.by_cache, found);
    }

    /// Leaves those open that may have a row. In mode `Sparse` these are hooks, and the first id of
    /// a batch in any case: it stands for the run of chunks that begins with it.
    fn ask_filter(&self, batch: &mut Batch<'_>) {
        let before = batch.open.len();
        let key = |position: &usize| batch.ids.get(*position).map(|id| self.width.filter_key(id));
        let mut first = Vec::new();
        if self.mode == IndexMode::Sparse {
            let is_asked = |position: &usize| key(position).is_some_and(|key| is_hook(&key));
            first.extend(batch.open.iter().copied().filter(|position| *position == 0));
            (batch.open, batch.waiting) =
                batch.open.iter().filter(|position| **position != 0).partition(|at| is_asked(at));
        }
        let keys: Vec<[u8; PREFIX_BYTES]> = batch.open.iter().filter_map(key).collect();
        let mut may_be_there = vec![false; keys.len()];
        self.filter().may_hold_batch(&keys, &mut may_be_there);
        let mut hits = may_be_there.into_iter();
        let asked = batch.open.len();
        batch.open.retain(|_| hits.next().is_some_and(|hit| hit));
        Counters::add(&self.counters.by_filter, asked - batch.open.len());
        first.append(&mut batch.open);
        batch.open = first;
        debug_assert!(batch.open.len() + batch.waiting.len() <= before, "none is added");
    }

    fn ask_rows(&self, batch: &mut Batch<'_>, asked: &[usize]) {
        let mut sorted: Vec<(&ChunkId, usize)> = asked
            .iter()
            .filter_map(|position| Some((batch.ids.get(*position)?, *position)))
            .collect();
        sorted.sort_unstable();
        let groups: Vec<_> = sorted.chunk_by(|(one, _), (other, _)| one == other).collect();
        let ids: Vec<&ChunkId> = groups.iter().filter_map(|same| Some(same.first()?.0)).collect();
        let rows = self.rows_of(&ids, IdlePacks::Missed);
        let (mut stored, mut novel) = (0, 0);
        for (same, rows) in groups.into_iter().zip(rows) {
            let answer = match rows {
                Ok(rows) => rows.answer(),
                Err(error) => Lookup::Failed { kind: error.kind(), pack: None },
            };
            match answer {
                Lookup::Stored(_) => stored += same.len(),
                Lookup::Novel => novel += same.len(),
                Lookup::Failed { .. } => {}
            }
            for (_, position) in same {
                if let Some(place) = batch.answers.get_mut(*position) {
                    *place = answer;
                }
            }
        }
        Counters::add(&self.counters.by_row, stored);
        Counters::add(&self.counters.novel_by_row, novel);
    }

    /// The rows of different ids, which are ascending, each held against its directory.
    pub(super) fn rows_of(&self, ids: &[&ChunkId], idle: IdlePacks) -> Vec<Result<Rows>> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(GETS_MAX) {
            let short = self.check_rows(ids, |id| self.width.short_key(id), idle);
            let needs_long = |check: &Result<RowCheck>| {
                !matches!(check, Ok(RowCheck::Absent | RowCheck::Stored(_)) | Err(_))
            };
            let unanswered: Vec<&ChunkId> = ids
                .iter()
                .zip(&short)
                .filter(|(_, check)| needs_long(check))
                .map(|(id, _)| *id)
                .collect();
            let long = self.check_rows(&unanswered, |id| id.as_bytes().as_slice(), idle);
            let mut long = long.into_iter();
            found.extend(short.into_iter().map(|short| {
                let long = if needs_long(&short) { long.next() } else { None };
                Ok(Rows { short: short?, long: long.unwrap_or(Ok(RowCheck::Absent))? })
            }));
        }
        if let Some(error) = found.iter().find_map(|rows| rows.as_ref().err()) {
            self.mark.note(error);
        }
        found
    }

    fn check_rows(
        &self,
        ids: &[&ChunkId],
        key: impl Fn(&ChunkId) -> &[u8],
        idle: IdlePacks,
    ) -> Vec<Result<RowCheck>> {
        if ids.is_empty() {
            return Vec::new();
        }
        Counters::add(&self.counters.gets, ids.len());
        let rows = self.database.chunk_rows(ids, key);
        let mut checks: Vec<Result<RowCheck>> = Vec::with_capacity(ids.len());
        let mut to_compare = Vec::new();
        for (number, (id, row)) in ids.iter().zip(rows).enumerate() {
            checks.push(match row {
                Err(error) => Err(error),
                Ok(None) => Ok(RowCheck::Absent),
                Ok(Some(row)) => match self.pack_of(id, row) {
                    Ok(Some(facts)) if facts.state == PackState::Live || idle.is_compared() => {
                        to_compare.push((row.ordinal(), row.slot(), number, facts));
                        Ok(RowCheck::Idle)
                    }
                    Ok(Some(_)) => Ok(RowCheck::Idle),
                    Ok(None) => Ok(RowCheck::Dangling),
                    Err(error) => Err(error),
                },
            });
        }
        // Pack by pack, so that one directory at a time is held beside the cache.
        to_compare.sort_unstable_by_key(|(ordinal, slot, ..)| (*ordinal, *slot));
        for of_pack in to_compare.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some((ordinal, .., facts)) = of_pack.first() else { continue };
            let directory = self.directory(*ordinal, facts);
            for (_, slot, number, _) in of_pack {
                if let (Some(id), Some(check)) = (ids.get(*number), checks.get_mut(*number)) {
                    *check = Ok(compared(id, *slot, facts, &directory));
                }
            }
        }
        checks
    }

    /// The pack that a row names, if it is known.
    fn pack_of(&self, id: &ChunkId, row: Row) -> Result<Option<PackFacts>> {
        // Looked at after the row was read: a row that is there may name a pack that is not in the
        // table yet (a miss, as before the insert), never one that is still missing.
        let facts = self.packs().facts(row.ordinal()).copied();
        match facts {
            Some(facts) if row.slot() >= facts.chunk_count => {
                Err(Error::Damaged(Damage::ChunkRow { chunk: *id }))
            }
            facts => Ok(facts),
        }
    }
}

/// Holds a row against the directory of its pack.
fn compared(
    id: &ChunkId,
    slot: u32,
    facts: &PackFacts,
    directory: &Result<Arc<[ChunkId]>, ErrorKind>,
) -> RowCheck {
    let pack = facts.pack;
    let is_here = match directory {
        Ok(ids) => Ok(ids.get(slot as usize) == Some(id)),
        Err(kind) => Err(*kind),
    };
    match (facts.state == PackState::Live, is_here) {
        (true, Ok(true)) => RowCheck::Stored(Location { pack, slot }),
        (true, Ok(false)) => RowCheck::OtherChunk,
        (true, Err(kind)) => RowCheck::Unreadable { pack, kind },
        (false, Ok(true) | Err(_)) => RowCheck::Idle,
        (false, Ok(false)) => RowCheck::IdleOtherChunk,
    }
}

impl IdlePacks {
    fn is_compared(self) -> bool {
        self == Self::Compared
    }
}

impl Batch<'_> {
    /// Takes about `count` positions out of those that are open, evenly spread.
    fn take_wave(&mut self, count: usize) -> Vec<usize> {
        let stride = self.open.len().div_ceil(count.max(1)).max(1);
        let mut number = 0;
        let (taken, open) = std::mem::take(&mut self.open).into_iter().partition(|_| {
            number += 1;
            (number - 1) % stride == 0
        });
        self.open = open;
        taken
    }
}
