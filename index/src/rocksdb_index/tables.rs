//! The operations of the index: rows in the database, packs in memory.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use super::database::{Changes, Database};
use super::value::ChunkValue;
use super::watermark::Watermark;
use crate::chunk_index::{IndexStats, Lookup};
use crate::error::{Damage, Error, Result};
use crate::pack_facts::{PackFacts, PackState};
use crate::pack_table::{Admitted, PackTable, RowState};
use crate::row::Row;

/// Ids that one multi-get takes: bounds the cache blocks that it holds at a time.
const LOOKUP_IDS_MAX: usize = 1024;

pub(super) struct Tables {
    database: Database,
    packs: RwLock<PackTable>,
    /// Held by the one write that goes on.
    writer: Mutex<Writer>,
}

struct Writer {
    /// What stopped all writes.
    stopped: Option<ErrorKind>,
    /// As in the database.
    watermark: Watermark,
}

impl Tables {
    /// Reads the pack rows.
    pub(super) fn load(database: Database) -> Result<Self> {
        let (rows, watermark) = database.pack_rows()?;
        let packs = RwLock::new(PackTable::new(watermark.ordinals_given, rows));
        Ok(Self { database, packs, writer: Mutex::new(Writer { stopped: None, watermark }) })
    }

    pub(super) fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        let mut answers = vec![Lookup::Novel; ids.len()];
        let visited = self.visit_rows(ids, |same_id, found| {
            let answer = match found {
                Ok(Some(RowState::Live(location))) => Lookup::Stored(location),
                Ok(Some(RowState::Idle | RowState::Dangling) | None) => Lookup::Novel,
                Err(error) => Lookup::Failed(error.kind()),
            };
            for &(_, position) in same_id {
                if let Some(place) = answers.get_mut(position) {
                    *place = answer;
                }
            }
        });
        match visited {
            Ok(()) => answers,
            Err(error) => vec![Lookup::Failed(error.kind()); ids.len()],
        }
    }

    /// Calls `visit` once for each different id, with all its positions in ascending order and the
    /// state of its row.
    fn visit_rows(
        &self,
        ids: &[ChunkId],
        mut visit: impl FnMut(&[(&ChunkId, usize)], Result<Option<RowState>>),
    ) -> Result<()> {
        let mut sorted: Vec<_> = ids.iter().zip(0..).collect();
        sorted.sort_unstable();
        let groups: Vec<_> = sorted.chunk_by(|(one, _), (other, _)| one == other).collect();
        for batch in groups.chunks(LOOKUP_IDS_MAX) {
            let first_ids = batch.iter().filter_map(|same_id| same_id.first()).map(|(id, _)| *id);
            let rows = self.database.chunk_rows(first_ids.clone())?;
            // Taken after the rows were read: a row that is there may name a pack that is not in
            // the table yet (a miss, as before the insert), never one that is still missing.
            let packs = self.packs_read();
            for ((same_id, id), row) in batch.iter().zip(first_ids).zip(rows) {
                let state = row.and_then(|row| row.map(|row| resolve(&packs, id, row)).transpose());
                visit(same_id, state);
            }
        }
        Ok(())
    }

    pub(super) fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let admitted = self.packs_read().admit(&facts, ids.len())?;
        let mut changes = self.database.changes()?;
        self.gather_rows(admitted, &facts.pack, ids, &mut changes)?;
        if admitted.new {
            changes.put_pack(admitted.ordinal, &facts);
            watermark = watermark.with(admitted.ordinal, &facts);
        }
        self.write(&mut writer, watermark, changes)?;
        if admitted.new {
            self.packs_write().insert(admitted.ordinal, facts);
        }
        Ok(())
    }

    /// Puts a row for each id that has none or one to be taken over.
    fn gather_rows(
        &self,
        admitted: Admitted,
        pack: &PackId,
        ids: &[ChunkId],
        changes: &mut Changes<'_>,
    ) -> Result<()> {
        let mut unreadable = None;
        self.visit_rows(ids, |same_id, present| match present {
            Err(error) => unreadable = Some(error),
            Ok(Some(state)) if !admitted.takes_over(state) => {}
            Ok(_) => {
                for &(id, position) in same_id.iter().take(1) {
                    let slot = u32::try_from(position).expect("an admitted pack has 24-bit slots");
                    let row = Row::new(admitted.ordinal, slot);
                    changes.put_chunk(id, ChunkValue::new(row, pack));
                }
            }
        })?;
        unreadable.map_or(Ok(()), Err)
    }

    pub(super) fn packs(&self) -> Vec<PackFacts> {
        self.packs_read().sorted()
    }

    pub(super) fn remove_packs(&self, removed: &[PackId]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let mut changes = self.database.changes()?;
        // Each once, or the watermark would lose it twice.
        for pack in removed.iter().collect::<BTreeSet<_>>() {
            if let Some((ordinal, facts)) = self.packs_read().get(pack) {
                changes.remove_pack(ordinal, pack);
                watermark = watermark.without(ordinal, facts);
            }
        }
        self.write(&mut writer, watermark, changes)?;
        let mut packs = self.packs_write();
        for pack in removed {
            packs.remove(pack);
        }
        Ok(())
    }

    pub(super) fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let renewed = self.packs_read().with_states(states)?;
        let mut changes = self.database.changes()?;
        for (ordinal, facts) in &renewed {
            if let Some(present) = self.packs_read().facts(*ordinal) {
                watermark = watermark.without(*ordinal, present).with(*ordinal, facts);
            }
            changes.put_pack(*ordinal, facts);
        }
        self.write(&mut writer, watermark, changes)?;
        let mut packs = self.packs_write();
        for (ordinal, facts) in renewed {
            packs.insert(ordinal, facts);
        }
        Ok(())
    }

    pub(super) fn checkpoint(&self) -> Result<()> {
        let mut writer = self.writer()?;
        self.database.sync().inspect_err(|error| writer.stopped = Some(error.kind()))
    }

    pub(super) fn stats(&self) -> Result<IndexStats> {
        let mut stats = self.packs_read().stats();
        stats.rows_estimated = self.database.rows_estimated()?;
        stats.memory_bytes += self.database.memory_bytes()?;
        Ok(stats)
    }

    pub(super) fn finish(self) -> Result<()> {
        self.database.finish()
    }

    /// Writes the changes together with the watermark that holds after them.
    fn write(
        &self,
        writer: &mut Writer,
        watermark: Watermark,
        mut changes: Changes<'_>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        changes.put_watermark(watermark);
        self.database.write(changes).inspect_err(|error| writer.stopped = Some(error.kind()))?;
        writer.watermark = watermark;
        Ok(())
    }

    /// Waits for the write that goes on.
    fn writer(&self) -> Result<MutexGuard<'_, Writer>> {
        // A panic inside a write leaves the database before or after a whole batch, and the pack
        // table behind it at worst; the ordinal could then be given out again, so writes stop.
        let Ok(writer) = self.writer.lock() else {
            return Err(Error::WritesStopped { kind: ErrorKind::Bug });
        };
        match writer.stopped {
            Some(kind) => Err(Error::WritesStopped { kind }),
            None => Ok(writer),
        }
    }

    // Changes of the pack table are single calls that cannot stop half-way in a way that matters.
    fn packs_read(&self) -> RwLockReadGuard<'_, PackTable> {
        self.packs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn packs_write(&self) -> RwLockWriteGuard<'_, PackTable> {
        self.packs.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn resolve(packs: &PackTable, id: &ChunkId, value: ChunkValue) -> Result<RowState> {
    match packs.facts(value.row.ordinal()) {
        Some(facts) if !value.is_of(&facts.pack) => Ok(RowState::Dangling),
        Some(facts) if value.row.slot() >= facts.chunk_count => {
            Err(Error::Damaged(Damage::ChunkRow { chunk: *id }))
        }
        _ => Ok(packs.row_state(value.row)),
    }
}
