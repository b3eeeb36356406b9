//! Enters a pack: which of its chunks get rows, and under which keys.

use std::sync::Arc;

use gleaner_chunker::ChunkId;

use super::database::Changes;
use super::key::PREFIX_BYTES;
use super::lookup::IdlePacks;
use super::row_check::{PutKey, RowCheck, Rows};
use super::tables::Tables;
use crate::error::Result;
use crate::index_options::IndexMode;
use crate::pack_facts::PackFacts;
use crate::pack_table::Admitted;
use crate::row::Row;

/// A chunk with the lowest slot that it has in the pack.
type FirstSlot<'a> = (&'a ChunkId, u32);

/// No row at all.
const NONE: Rows = Rows { short: RowCheck::Absent, long: RowCheck::Absent };

impl Tables {
    pub(super) fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let admitted = self.packs().admit(&facts, ids.len())?;
        let mut changes = self.database.changes()?;
        if !admitted.new {
            // Its own rows are compared with it.
            self.enter_directory(admitted.ordinal, facts.pack, Arc::from(ids));
        }
        self.gather_rows(admitted, ids, &mut changes)?;
        if admitted.new {
            changes.put_pack(admitted.ordinal, &facts);
            watermark = watermark.with(admitted.ordinal, &facts);
        }
        self.write(&mut writer, watermark, changes)?;
        // Before the pack is in the table, so that no chunk of a known pack is novel.
        self.note_ids(ids);
        if admitted.new {
            self.packs_mut().insert(admitted.ordinal, facts);
            writer.packs_unkept = writer.packs_unkept.saturating_add(1);
        }
        if admitted.new {
            self.enter_directory(admitted.ordinal, facts.pack, Arc::from(ids));
        }
        Ok(())
    }

    /// Puts a row for each chunk that no live pack holds yet.
    fn gather_rows(
        &self,
        admitted: Admitted,
        ids: &[ChunkId],
        changes: &mut Changes<'_>,
    ) -> Result<()> {
        let firsts = first_slots(ids);
        // A chunk whose short key another chunk of this very pack took.
        let mut taken: Option<&[u8]> = None;
        for (&(id, slot), rows) in firsts.iter().zip(self.present_rows(admitted, &firsts)) {
            let short = self.width.short_key(id);
            let put_key = match rows {
                Ok(rows) => rows.put_key(admitted.live),
                // Whatever the short row is, the chunk's own is not in its way. Lookups go on to
                // fail until a rebuild, which finds the pack.
                Err(error) if error.wants_rebuild() => Some(PutKey::Long),
                Err(error) => return Err(error),
            };
            let key = match put_key {
                None => continue,
                Some(PutKey::Short) if taken != Some(short) => {
                    taken = Some(short);
                    short
                }
                Some(_) => id.as_bytes(),
            };
            changes.put_chunk(key, Row::new(admitted.ordinal, slot));
        }
        Ok(())
    }

    /// The rows that are there. Most chunks of a new pack are novel by the filter.
    fn present_rows(&self, admitted: Admitted, firsts: &[FirstSlot<'_>]) -> Vec<Result<Rows>> {
        let mut may_be_there = vec![true; firsts.len()];
        match self.mode {
            IndexMode::Exact => {
                let keys: Vec<[u8; PREFIX_BYTES]> =
                    firsts.iter().map(|(id, _)| self.width.filter_key(id)).collect();
                self.filter().may_hold_batch(&keys, &mut may_be_there);
            }
            // Hooks alone are in the filter. Rows are replaced unseen: by a live pack's, which
            // answers as well. That two different chunks share a key is for a rebuild to mend.
            IndexMode::Sparse if admitted.live => may_be_there.fill(false),
            IndexMode::Sparse => {}
        }
        let asked: Vec<&ChunkId> = firsts
            .iter()
            .zip(&may_be_there)
            .filter(|(_, hit)| **hit)
            .map(|((id, _), _)| *id)
            .collect();
        let mut rows = self.rows_of(&asked, IdlePacks::Compared).into_iter();
        let row = |hit: bool| if hit { rows.next().unwrap_or(Ok(NONE)) } else { Ok(NONE) };
        may_be_there.into_iter().map(row).collect()
    }
}

/// Ascending by id, each once.
fn first_slots(ids: &[ChunkId]) -> Vec<FirstSlot<'_>> {
    let mut firsts: Vec<FirstSlot<'_>> = ids.iter().zip(0..).collect();
    firsts.sort_unstable();
    firsts.dedup_by_key(|(id, _)| *id);
    firsts
}
