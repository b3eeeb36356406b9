//! Chunks of packs that a prune chose for removal: read as long as the packs are there.

use std::collections::HashSet;
use std::sync::PoisonError;

use gleaner_chunker::ChunkId;
use gleaner_index::{ChunkIndex as _, Lookup, MemoryIndex, PackFacts, PackState};
use gleaner_store::{Keys, PackDirectory, read_pack_directory};

use super::{OpenIndex, facts_of};
use crate::error::Result;

/// Chunks whose rows are in memory at a time, 50 to 90 bytes each.
const ROWS_MAX: u64 = 1 << 19;

/// Rows of condemned packs: all of them if they are few, else those of packs that answered lately.
pub(super) struct CondemnedRows {
    /// The packs, gone or not.
    packs: Vec<PackFacts>,
    rows: MemoryIndex,
    /// Chunks of the packs in `rows`.
    chunks: u64,
    rows_max: u64,
    is_whole: bool,
}

impl CondemnedRows {
    fn new(packs: Vec<PackFacts>, rows_max: u64) -> Self {
        Self { packs, rows: MemoryIndex::new(), chunks: 0, rows_max, is_whole: false }
    }

    /// Answers for the ids that are `Novel` so far. `read` gives a pack's directory, or none if it
    /// is gone by now, or damaged.
    fn look_up(
        &mut self,
        ids: &[ChunkId],
        answers: &mut [Lookup],
        read: &dyn Fn(&PackFacts) -> Option<PackDirectory>,
    ) -> Result<()> {
        if !self.is_whole && self.all() <= self.rows_max {
            for facts in &self.packs {
                if let Some(directory) = read(facts) {
                    insert(&self.rows, &directory)?;
                }
            }
            self.is_whole = true;
        }
        self.answer(ids, answers);
        if self.is_whole {
            return Ok(());
        }
        let novel = ids.iter().zip(&*answers).filter(|(_, answer)| **answer == Lookup::Novel);
        let mut sought: HashSet<ChunkId> = novel.map(|(id, _)| *id).collect();
        for facts in std::mem::take(&mut self.packs) {
            self.packs.push(facts);
            if sought.is_empty() {
                continue;
            }
            let Some(directory) = read(&facts) else { continue };
            if !directory.chunks.iter().any(|chunk| sought.contains(&chunk.id)) {
                continue;
            }
            let chunks = directory.chunks.len() as u64;
            if self.chunks + chunks > self.rows_max {
                // What was found so far is answered before it is dropped.
                self.answer(ids, answers);
                (self.rows, self.chunks) = (MemoryIndex::new(), 0);
            }
            insert(&self.rows, &directory)?;
            self.chunks += chunks;
            for chunk in &directory.chunks {
                sought.remove(&chunk.id);
            }
        }
        self.answer(ids, answers);
        Ok(())
    }

    fn all(&self) -> u64 {
        self.packs.iter().map(|facts| u64::from(facts.chunk_count)).sum()
    }

    fn answer(&self, ids: &[ChunkId], answers: &mut [Lookup]) {
        for (answer, found) in answers.iter_mut().zip(self.rows.lookup_batch(ids)) {
            if *answer == Lookup::Novel {
                *answer = found;
            }
        }
    }
}

fn insert(rows: &MemoryIndex, directory: &PackDirectory) -> Result<()> {
    let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
    Ok(rows.insert_pack(facts_of(directory), &ids)?)
}

impl OpenIndex {
    /// Answers for chunks that no live pack holds, where a condemned one does: reading may use it
    /// as long as it is there.
    ///
    /// Cost: nothing if no pack is condemned. Else their directories are read at the first call,
    /// and if they have more than 2^19 chunks, at each call that the packs of the last ones do not
    /// answer. Memory: 50 to 90 bytes for so many chunks and those of one pack.
    pub(crate) fn look_up_condemned(&self, keys: &Keys, ids: &[ChunkId], answers: &mut [Lookup]) {
        let mut rows = self.condemned_rows.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = rows.get_or_insert_with(|| {
            let mut packs = self.index.packs().unwrap_or_default();
            packs.retain(|facts| facts.state == PackState::Condemned);
            CondemnedRows::new(packs, ROWS_MAX)
        });
        let read = |facts: &PackFacts| {
            let read = read_pack_directory(&*self.storage, keys, facts.pack, facts.sealed_bytes);
            read.inspect_err(|error| tracing::debug!(%error, "a condemned pack is not readable"))
                .ok()
        };
        if let Err(error) = rows.look_up(ids, answers, &read) {
            tracing::debug!(%error, "condemned packs do not answer");
        }
    }
}

#[cfg(test)]
mod tests;
