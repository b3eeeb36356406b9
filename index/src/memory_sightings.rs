//! The sightings of one process, without a medium.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use gleaner_chunker::ChunkId;

use crate::error::Result;
use crate::sighting::{
    IdPrefix, ObjectNumber, Sighting, SourceId, Stamp, StoredSighting, id_prefix,
};
use crate::sighting_feed::{FeedAnswer, FeedMessage, SourceKind, check_object_bytes};
use crate::sighting_index::{Outcome, SightingIndex, SightingLimits, SightingStats};
use crate::source_state::{RowChange, SourceState, next_epoch};

/// Sightings in memory, about 100 bytes each; gone with the process.
///
/// Dead rows are swept when there are twice as many rows as after the last sweep, so that a source
/// holds at most twice its live rows, and a sweep costs O(1) a row taken in.
#[derive(Debug)]
pub struct MemorySightings {
    limits: SightingLimits,
    tables: RwLock<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    sources: BTreeMap<SourceId, Source>,
    /// Rows of removed sources have no epoch above this one.
    epoch_floor: u32,
    rows_written: u64,
}

#[derive(Debug)]
struct Source {
    state: SourceState,
    sightings: HashMap<IdPrefix, StoredSighting>,
    objects: HashMap<ObjectNumber, (Stamp, Vec<u8>)>,
    rows_after_sweep: usize,
}

/// Fewer rows are not worth a sweep.
const SWEPT_ROWS_MIN: usize = 1024;

impl Source {
    fn new(state: SourceState) -> Self {
        let (sightings, objects) = (HashMap::new(), HashMap::new());
        Self { state, sightings, objects, rows_after_sweep: 0 }
    }

    fn is_live(&self, row: &StoredSighting) -> bool {
        self.state.live_range().holds(row.stamp)
            && match self.state.kind {
                SourceKind::Ring => true,
                SourceKind::Listed => self
                    .live_object(row.object)
                    .is_some_and(|(stamp, _)| stamp.seq == row.stamp.seq),
            }
    }

    fn live_object(&self, object: ObjectNumber) -> Option<&(Stamp, Vec<u8>)> {
        let row = self.objects.get(&object)?;
        self.state.live_range().holds(row.0).then_some(row)
    }

    fn write(&mut self, rows: &[RowChange<'_>]) {
        for row in rows {
            match *row {
                RowChange::PutSighting { seen, object, stamp } => {
                    let row = StoredSighting { stamp, object, place: seen.place };
                    self.sightings.insert(id_prefix(&seen.chunk), row);
                }
                RowChange::PutObject { object, stamp, bytes } => {
                    self.objects.insert(object, (stamp, bytes.to_vec()));
                }
                RowChange::RemoveObject { object } => {
                    self.objects.remove(&object);
                }
            }
        }
    }

    fn row_count(&self) -> usize {
        self.sightings.len() + self.objects.len()
    }

    fn sweep_if_worth_it(&mut self) {
        if self.row_count() >= SWEPT_ROWS_MIN.max(2 * self.rows_after_sweep) {
            self.sweep();
        }
    }

    fn sweep(&mut self) {
        let range = self.state.live_range();
        self.objects.retain(|_, (stamp, _)| range.holds(*stamp));
        let mut sightings = std::mem::take(&mut self.sightings);
        sightings.retain(|_, row| self.is_live(row));
        self.sightings = sightings;
        self.rows_after_sweep = self.row_count();
    }
}

impl MemorySightings {
    /// An empty set.
    #[must_use]
    pub fn new(limits: SightingLimits) -> Self {
        Self { limits, tables: RwLock::default() }
    }

    // A panic of another thread (out of memory) leaves at worst some rows of a message, which are
    // hints like all others.
    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SightingIndex for MemorySightings {
    fn apply_feed(
        &self,
        source_id: SourceId,
        message: &FeedMessage,
        now: Duration,
    ) -> Result<FeedAnswer> {
        message.check(source_id)?;
        let mut tables = self.write();
        let known = tables.sources.get(&source_id).map(|source| source.state.clone());
        let mut state = match (known, message) {
            (Some(state), _) => state,
            (None, FeedMessage::Hello(hello)) => {
                SourceState::new(hello, next_epoch(tables.epoch_floor)?)
            }
            (None, _) => return Ok(FeedAnswer::SendHello),
        };
        let rows_max = self.limits.sightings_per_source_max;
        let (answer, rows) = state.apply(source_id, message, now, rows_max)?;
        tables.rows_written += rows.len() as u64;
        let source = tables.sources.entry(source_id).or_insert_with(|| Source::new(state.clone()));
        source.state = state;
        source.write(&rows);
        source.sweep_if_worth_it();
        Ok(answer)
    }

    fn sightings_batch(&self, ids: &[ChunkId], now: Duration) -> Result<Vec<Vec<Sighting>>> {
        let tables = self.read();
        let mut asked: Vec<_> =
            tables.sources.iter().filter(|(_, source)| source.state.is_asked(now)).collect();
        asked.sort_by_key(|(source_id, source)| (source.state.cost, **source_id));
        let of_id = |id: &ChunkId| {
            let prefix = id_prefix(id);
            let of_source = |(source_id, source): &(&SourceId, &Source)| {
                let row = source.sightings.get(&prefix).filter(|row| source.is_live(row))?;
                Some(Sighting { source: **source_id, object: row.object, place: row.place })
            };
            asked.iter().filter_map(of_source).collect()
        };
        Ok(ids.iter().map(of_id).collect())
    }

    fn objects_batch(&self, objects: &[(SourceId, ObjectNumber)]) -> Result<Vec<Option<Vec<u8>>>> {
        let tables = self.read();
        let bytes = |(source_id, object): &(SourceId, ObjectNumber)| {
            let (_, bytes) = tables.sources.get(source_id)?.live_object(*object)?;
            Some(bytes.clone())
        };
        Ok(objects.iter().map(bytes).collect())
    }

    fn replace_objects(
        &self,
        source_id: SourceId,
        objects: &[(ObjectNumber, Vec<u8>)],
    ) -> Result<()> {
        for (object, bytes) in objects {
            check_object_bytes(source_id, *object, bytes)?;
        }
        let mut tables = self.write();
        let Some(source) = tables.sources.get_mut(&source_id) else { return Ok(()) };
        let mut replaced = 0;
        for (object, bytes) in objects {
            if let Some((stamp, _)) = source.live_object(*object) {
                let row = (*stamp, bytes.clone());
                source.objects.insert(*object, row);
                replaced += 1;
            }
        }
        tables.rows_written += replaced;
        Ok(())
    }

    fn report(&self, source_id: SourceId, outcomes: &[(ChunkId, Outcome)]) -> Result<()> {
        let mut tables = self.write();
        let Some(source) = tables.sources.get_mut(&source_id) else { return Ok(()) };
        let mut dropped = 0;
        for (id, outcome) in outcomes {
            source.state.quality.note(*outcome);
            if *outcome == Outcome::False {
                source.sightings.remove(&id_prefix(id));
                dropped += 1;
            }
        }
        tables.rows_written += dropped;
        Ok(())
    }

    fn remove_source(&self, source_id: SourceId) -> Result<()> {
        let mut tables = self.write();
        if let Some(source) = tables.sources.remove(&source_id) {
            tables.epoch_floor = tables.epoch_floor.max(source.state.youngest_epoch);
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn stats(&self, now: Duration) -> Result<SightingStats> {
        let tables = self.read();
        let sources =
            tables.sources.iter().map(|(source_id, source)| source.state.stats(*source_id, now));
        let row_bytes = size_of::<(IdPrefix, StoredSighting)>() + 1;
        let memory = |source: &Source| {
            let objects = source.objects.values().map(|(_, bytes)| bytes.capacity() + 64);
            source.sightings.capacity() * row_bytes + objects.sum::<usize>()
        };
        Ok(SightingStats {
            sources: sources.collect(),
            memory_bytes: tables.sources.values().map(|source| memory(source) as u64).sum(),
            rows_written: tables.rows_written,
            ..SightingStats::default()
        })
    }
}

#[cfg(test)]
mod tests {
    //! Goal: sightings without a medium keep the contract, and dead ones do not pile up.

    use std::time::Duration;

    use proptest::test_runner::{Config, RngSeed};
    use proptest_state_machine::prop_state_machine;

    use super::{MemorySightings, SWEPT_ROWS_MIN};
    use crate::sighting_conformance::state_machine::{Comparison, CrashSubject};
    use crate::sighting_conformance::{self, SightingSubject, add, delta, hello, snapshot, source};
    use crate::sighting_feed::SourceKind::Listed;
    use crate::sighting_index::{SightingIndex, SightingLimits};

    impl SightingSubject for MemorySightings {
        fn reopen(self) -> Self {
            self
        }
    }

    impl CrashSubject for MemorySightings {
        const IS_DURABLE: bool = false;

        fn create(limits: SightingLimits) -> Self {
            Self::new(limits)
        }

        fn crash(self) -> Self {
            unreachable!("it has no life after the process")
        }

        fn compact(&self) {
            for source in self.write().sources.values_mut() {
                source.sweep();
            }
        }
    }

    type Memory = Comparison<MemorySightings, false>;

    prop_state_machine! {
        #![proptest_config(Config { rng_seed: RngSeed::Fixed(1), ..Config::default() })]
        #[test]
        fn memory_sightings_match_the_model(sequential 1..60 => Memory);
    }

    #[test]
    fn memory_sightings_conform() {
        sighting_conformance::all(MemorySightings::new);
    }

    #[test]
    fn dead_rows_do_not_pile_up() {
        let index = MemorySightings::new(SightingLimits::DEFAULT);
        let take = |message| index.apply_feed(source(1), &message, Duration::ZERO).unwrap();
        let _ = take(hello(1, Listed, 0));
        let _ = take(snapshot(1, 0, &[]));
        for seq in 1..500 {
            let chunks: Vec<_> = (seq * 100..seq * 100 + 100).collect();
            let _ = take(delta(1, seq, &[add(1, &chunks)]));
            assert!(index.read().sources[&source(1)].row_count() <= SWEPT_ROWS_MIN + 101);
        }
    }
}
