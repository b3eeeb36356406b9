//! Packs that a prune chose for removal: passed over by lookups.

use std::sync::PoisonError;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::{PackFacts, PackState};
use gleaner_store::PackDirectory;

use super::OpenIndex;
use super::found_packs::UNFINISHED;
use crate::chunk_filter::ChunkFilter;
use crate::condemned::Condemned;
use crate::error::Result;
use crate::progress::Run;

impl OpenIndex {
    /// Treats exactly these packs as condemned: lookups miss them from now on, unless a live pack
    /// holds the chunk too. What another session of this process knows of a later epoch stays: a
    /// miss too many costs bytes, a hit too many a snapshot.
    ///
    /// Cost: nothing if the states are those already; else the directories of all live packs are
    /// read, since rows of condemned packs give way only to packs that are inserted afterwards:
    /// those that hold some of their chunks. The packs that a list names as holders would not do:
    /// sessions that came after its plan stored the chunks too. An interruption in between repeats
    /// that, for all packs. When the epoch moved on since the index was compared with the storage,
    /// or a pack is not condemned any more, that is done first: it may have been rescued, or
    /// deleted.
    ///
    /// # Errors
    /// The storage's, the index's.
    pub(crate) fn follow(&self, condemned: &Condemned, run: &Run<'_>) -> Result<()> {
        {
            let mut present = self.condemned.lock().unwrap_or_else(PoisonError::into_inner);
            if condemned.epoch < present.epoch {
                return Ok(());
            }
            present.clone_from(condemned);
        }
        *self.condemned_rows.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let compared_at = *self.compared_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_released = |facts: &PackFacts| {
            facts.state == PackState::Condemned && !condemned.packs.contains(&facts.pack)
        };
        if condemned.epoch > compared_at || self.index.packs()?.iter().any(is_released) {
            self.catch_up(run)?;
            *self.compared_at.lock().unwrap_or_else(PoisonError::into_inner) = condemned.epoch;
        }
        let known = self.index.packs()?;
        let sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = |facts: &PackFacts| match (facts.state, condemned.packs.contains(&facts.pack)) {
            (PackState::Live, true) => PackState::Condemned,
            // One that is gone stays what it is. Those that are there were listed just now.
            (PackState::Condemned, false) if sizes.contains_key(&facts.pack) => PackState::Live,
            (state, _) => state,
        };
        let changed: Vec<&PackFacts> =
            known.iter().filter(|facts| state(facts) != facts.state).collect();
        let is_interrupted = known.iter().any(|facts| facts.pack == UNFINISHED.pack);
        if !changed.is_empty() || is_interrupted {
            self.index.insert_pack(UNFINISHED, &[])?;
            let states: Vec<_> = changed.iter().map(|facts| (facts.pack, state(facts))).collect();
            self.index.set_pack_states(&states)?;
            let live: Vec<(PackId, u64)> = known
                .iter()
                .filter(|facts| state(facts) == PackState::Live)
                .map(|facts| (facts.pack, facts.sealed_bytes))
                .collect();
            let displaced = if is_interrupted { None } else { self.displaced(&changed) };
            let may_take_over = |directory: &PackDirectory| {
                let Some(displaced) = &displaced else { return true };
                displaced.may_hold_batch(&directory.chunks).contains(&true)
            };
            if self.take_in_if(&live, run, may_take_over)?.packs == 0 {
                self.index.remove_packs(&[UNFINISHED.pack])?;
            }
        }
        Ok(())
    }

    /// The chunks of packs that were live and are not any more: other packs without any of them
    /// need not be entered once more. None if a pack became live, or one cannot be read.
    fn displaced(&self, changed: &[&PackFacts]) -> Option<ChunkFilter> {
        if changed.iter().any(|facts| facts.state != PackState::Live) {
            return None;
        }
        let expected = changed.iter().map(|facts| u64::from(facts.chunk_count)).sum();
        let packs: Vec<(PackId, u64)> =
            changed.iter().map(|facts| (facts.pack, facts.sealed_bytes)).collect();
        let mut displaced = ChunkFilter::for_keys(expected);
        self.with_directories(&packs, |directories| {
            for directory in directories {
                let directory = directory.ok()?;
                let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
                displaced.insert_batch(&ids);
            }
            Some(displaced)
        })
    }
}

#[cfg(test)]
mod tests;
