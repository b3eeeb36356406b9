//! The operations: rows in the database, sources in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use gleaner_chunker::{ChunkId, ErrorKind};

use super::broom::SharedRanges;
use super::database::{Changes, Database};
use super::generation_filters::GenerationFilters;
use super::key::object_key;
use super::source_table::{Source, SourceTable};
use super::value::write_source;
use crate::error::{Error, Result};
use crate::sighting::{ObjectNumber, SourceId, id_prefix};
use crate::sighting_feed::{FeedAnswer, FeedMessage, check_object_bytes};
use crate::sighting_index::{Outcome, SightingLimits, SightingStats};
use crate::source_state::{RowChange, SourceState, next_epoch};

/// Filter bits that are set under one lock: lookups wait for no more.
const BITS_PER_LOCK: usize = 4096;

pub(super) struct Tables {
    pub(super) database: Database,
    limits: SightingLimits,
    sources: RwLock<SourceTable>,
    /// What the broom takes for live.
    ranges: SharedRanges,
    /// Held by the one write that goes on.
    writer: Mutex<Writer>,
    rows_written: AtomicU64,
}

struct Writer {
    /// What stopped all writes.
    stopped: Option<ErrorKind>,
}

impl Tables {
    /// Reads the sources, and all sightings for the filters.
    pub(super) fn load(
        database: Database,
        ranges: SharedRanges,
        limits: SightingLimits,
    ) -> Result<Self> {
        let epoch_floor = database.epoch_floor()?;
        let mut table = SourceTable { epoch_floor, ..SourceTable::default() };
        for (source, state) in database.sources()? {
            let mut filters = GenerationFilters::default();
            let expected = |rows: u64| rows.min(limits.sightings_per_source_max / 2);
            if state.older_rows > 0 {
                filters.reserve(state.oldest_epoch, expected(state.older_rows));
            }
            if state.younger_rows > 0 {
                filters.reserve(state.youngest_epoch, expected(state.younger_rows));
            }
            table.sources.insert(source, Source { state, filters });
        }
        ranges.fill(table.ranges());
        for row in database.sightings()? {
            let (prefix, source, row) = row?;
            if let Some(Source { state, filters }) = table.sources.get_mut(&source)
                && state.live_range().holds(row.stamp)
            {
                filters.insert(row.stamp.epoch, &prefix);
            }
        }
        let (sources, writer) = (RwLock::new(table), Mutex::new(Writer { stopped: None }));
        Ok(Self { database, limits, sources, ranges, writer, rows_written: AtomicU64::new(0) })
    }

    pub(super) fn apply_feed(
        &self,
        source: SourceId,
        message: &FeedMessage,
        now: Duration,
    ) -> Result<FeedAnswer> {
        message.check(source)?;
        let mut writer = self.writer()?;
        let (known, epoch_floor) = {
            let table = self.sources_read();
            (table.state(source).cloned(), table.epoch_floor)
        };
        let written = known.as_ref().map(write_source);
        let mut state = match (known, message) {
            (Some(state), _) => state,
            (None, FeedMessage::Hello(hello)) => SourceState::new(hello, next_epoch(epoch_floor)?),
            (None, _) => return Ok(FeedAnswer::SendHello),
        };
        let rows_max = self.limits.sightings_per_source_max;
        let (answer, rows) = state.apply(source, message, now, rows_max)?;
        let mut changes = self.database.changes()?;
        for row in &rows {
            changes.add(source, row);
        }
        if written != Some(write_source(&state)) {
            changes.put_source(source, &state);
        }
        self.write(&mut writer, changes)?;
        self.publish_bits(source, &state, message, &rows);
        self.publish_state(source, state);
        Ok(answer)
    }

    /// Sets the filter bits of rows that were written. Until the state is published they are asked
    /// for in vain; a row without them would be missed for long.
    fn publish_bits(
        &self,
        source: SourceId,
        state: &SourceState,
        message: &FeedMessage,
        rows: &[RowChange<'_>],
    ) {
        for rows in rows.chunks(BITS_PER_LOCK) {
            let mut table = self.sources_write();
            let Some(Source { filters, .. }) = table.sources.get_mut(&source) else { return };
            if let FeedMessage::Snapshot(part) = message {
                let expected = part.chunks_expected.min(self.limits.sightings_per_source_max / 2);
                filters.reserve(state.youngest_epoch, expected);
            }
            for row in rows {
                if let RowChange::PutSighting { seen, stamp, .. } = row
                    && stamp.epoch >= state.oldest_epoch
                {
                    filters.insert(stamp.epoch, &id_prefix(&seen.chunk));
                }
            }
        }
    }

    fn publish_state(&self, source: SourceId, state: SourceState) {
        let mut table = self.sources_write();
        let oldest_epoch = state.oldest_epoch;
        self.ranges.set(source, state.live_range());
        match table.sources.get_mut(&source) {
            Some(present) => {
                present.state = state;
                present.filters.drop_below(oldest_epoch);
            }
            None => {
                let filters = GenerationFilters::default();
                table.sources.insert(source, Source { state, filters });
            }
        }
    }

    pub(super) fn replace_objects(
        &self,
        source: SourceId,
        objects: &[(ObjectNumber, Vec<u8>)],
    ) -> Result<()> {
        for (object, bytes) in objects {
            check_object_bytes(source, *object, bytes)?;
        }
        let mut writer = self.writer()?;
        let range = self.sources_read().state(source).map(SourceState::live_range);
        let Some(range) = range else { return Ok(()) };
        // In order of the keys, and of two for one object the latter.
        let objects: BTreeMap<_, _> =
            objects.iter().map(|(object, bytes)| (object_key(source, *object), bytes)).collect();
        let stamps = self.database.object_rows(objects.keys(), |stamp, _| stamp)?;
        let mut changes = self.database.changes()?;
        for ((key, bytes), stamp) in objects.iter().zip(stamps) {
            if let Some(stamp) = stamp.filter(|stamp| range.holds(*stamp)) {
                changes.replace_object(key, stamp, bytes);
            }
        }
        self.write(&mut writer, changes)
    }

    pub(super) fn report(&self, source: SourceId, outcomes: &[(ChunkId, Outcome)]) -> Result<()> {
        let mut writer = self.writer()?;
        let state = self.sources_read().state(source).cloned();
        let Some(mut state) = state else { return Ok(()) };
        let mut changes = self.database.changes()?;
        for (id, outcome) in outcomes {
            state.quality.note(*outcome);
            if *outcome == Outcome::False {
                changes.remove_sighting(source, &id_prefix(id));
            }
        }
        changes.put_source(source, &state);
        self.write(&mut writer, changes)?;
        self.publish_state(source, state);
        Ok(())
    }

    pub(super) fn remove_source(&self, source: SourceId) -> Result<()> {
        let mut writer = self.writer()?;
        let floor = {
            let table = self.sources_read();
            let Some(state) = table.state(source) else { return Ok(()) };
            table.epoch_floor.max(state.youngest_epoch)
        };
        let mut changes = self.database.changes()?;
        changes.remove_source(source);
        changes.put_epoch_floor(floor);
        self.write(&mut writer, changes)?;
        let mut table = self.sources_write();
        table.sources.remove(&source);
        table.epoch_floor = floor;
        self.ranges.remove(source, floor);
        Ok(())
    }

    pub(super) fn checkpoint(&self) -> Result<()> {
        let mut writer = self.writer()?;
        self.database.sync().inspect_err(|error| writer.stopped = Some(error.kind()))
    }

    pub(super) fn stats(&self, now: Duration) -> Result<SightingStats> {
        let table = self.sources_read();
        let sources = table.sources.iter().map(|(id, source)| source.state.stats(*id, now));
        let filter_bytes = table.filter_bytes();
        Ok(SightingStats {
            sources: sources.collect(),
            filter_bytes,
            memory_bytes: filter_bytes + self.database.memory_bytes()?,
            disk_bytes: 0,
            rows_written: self.rows_written.load(Ordering::Relaxed),
        })
    }

    fn write(&self, writer: &mut Writer, changes: Changes<'_>) -> Result<()> {
        let count = changes.row_count();
        if count == 0 {
            return Ok(());
        }
        self.database.write(changes).inspect_err(|error| writer.stopped = Some(error.kind()))?;
        self.rows_written.fetch_add(count, Ordering::Relaxed);
        Ok(())
    }

    /// Waits for the write that goes on.
    fn writer(&self) -> Result<MutexGuard<'_, Writer>> {
        // A panic inside a write leaves the database before or after a whole batch, and the table
        // of sources behind it at worst: epochs could be used twice, so writes stop.
        let Ok(writer) = self.writer.lock() else {
            return Err(Error::WritesStopped { kind: ErrorKind::Bug });
        };
        match writer.stopped {
            Some(kind) => Err(Error::WritesStopped { kind }),
            None => Ok(writer),
        }
    }

    // Changes of the table are single calls that cannot stop half-way in a way that matters.
    pub(super) fn sources_read(&self) -> RwLockReadGuard<'_, SourceTable> {
        self.sources.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn sources_write(&self) -> RwLockWriteGuard<'_, SourceTable> {
        self.sources.write().unwrap_or_else(PoisonError::into_inner)
    }
}
