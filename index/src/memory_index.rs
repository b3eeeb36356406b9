//! The index of one process, without a medium.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gleaner_chunker::{ChunkId, PackId};

use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::error::Result;
use crate::pack_facts::{PackFacts, PackState};
use crate::pack_table::{PackTable, RowState};
use crate::row::Row;

/// An index in memory, 50 to 90 bytes a chunk; gone with the process.
///
/// For `--no-cache`, for a second process beside the one that holds the cached index, and for
/// builds without RocksDB. It has no budget of its own: the caller decides whether it fits.
#[derive(Debug, Default)]
pub struct MemoryIndex {
    tables: RwLock<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    rows: HashMap<ChunkId, Row>,
    packs: PackTable,
}

impl MemoryIndex {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    // Every change below first checks and then cannot fail, so a panic of another thread (out of
    // memory) leaves at worst rows without a pack, which are misses: the tables stay usable.
    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChunkIndex for MemoryIndex {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        let tables = self.read();
        let answer = |id| match tables.rows.get(id).map(|&row| tables.packs.row_state(row)) {
            Some(RowState::Live(location)) => Lookup::Stored(location),
            Some(RowState::Idle | RowState::Dangling) | None => Lookup::Novel,
        };
        ids.iter().map(answer).collect()
    }

    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.lookup_batch(ids)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        let mut tables = self.write();
        let Tables { rows, packs } = &mut *tables;
        let admitted = packs.admit(&facts, ids.len())?;
        for (slot, id) in (0u32..).zip(ids) {
            let row = Row::new(admitted.ordinal, slot);
            match rows.entry(*id) {
                Entry::Vacant(vacant) => {
                    vacant.insert(row);
                }
                Entry::Occupied(mut occupied) => {
                    // An earlier slot of this very pack: its ordinal is not in the table yet.
                    let own = occupied.get().ordinal() == admitted.ordinal;
                    if !own && admitted.takes_over(packs.row_state(*occupied.get())) {
                        occupied.insert(row);
                    }
                }
            }
        }
        if admitted.new {
            packs.insert(admitted.ordinal, facts);
        }
        Ok(())
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        Ok(self.read().packs.sorted())
    }

    /// Walks all rows once.
    fn remove_packs(&self, removed: &[PackId]) -> Result<()> {
        let mut tables = self.write();
        let Tables { rows, packs } = &mut *tables;
        for pack in removed {
            packs.remove(pack);
        }
        rows.retain(|_, row| packs.row_state(*row) != RowState::Dangling);
        Ok(())
    }

    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        let mut tables = self.write();
        for (ordinal, facts) in tables.packs.with_states(states)? {
            tables.packs.insert(ordinal, facts);
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    /// Not counted: every answer comes from memory.
    fn note_in_flight(&self, _ids: u64) {}

    fn stats(&self) -> Result<IndexStats> {
        let tables = self.read();
        let mut stats = tables.packs.stats();
        stats.rows_estimated = tables.rows.len() as u64;
        let row_bytes = size_of::<(ChunkId, Row)>() + 1;
        stats.memory.rows_bytes = (tables.rows.capacity() * row_bytes) as u64;
        Ok(stats)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the index without a medium keeps the contract. Method: the conformance suite.

    use super::MemoryIndex;
    use crate::conformance::{self, Subject};

    impl Subject for MemoryIndex {
        fn reopen(self) -> Self {
            self
        }
    }

    #[test]
    fn memory_index_conforms() {
        conformance::all(MemoryIndex::new);
    }
}
