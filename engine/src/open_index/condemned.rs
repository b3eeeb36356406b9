//! Packs that a prune chose for removal: passed over by lookups, read as long as they are there.

use std::sync::PoisonError;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::{ChunkIndex as _, Lookup, MemoryIndex, PackFacts, PackState};
use gleaner_store::Keys;

use super::found_packs::UNFINISHED;
use super::{OpenIndex, facts_of, is_gone_or_damaged};
use crate::condemned::Condemned;
use crate::error::Result;
use crate::progress::Run;

impl OpenIndex {
    /// Treats exactly these packs as condemned: lookups miss them from now on, unless a live pack
    /// holds the chunk too. What another session of this process knows of a later epoch stays: a
    /// miss too many costs bytes, a hit too many a snapshot.
    ///
    /// Cost: nothing if the states are those already; else the directories of all live packs are
    /// read, since rows of condemned packs give way only to packs that are inserted afterwards. The
    /// packs that a list names as holders would not do: sessions that came after its plan stored
    /// the chunks too. An interruption in between repeats that. When the epoch moved on since the
    /// index was compared with the storage, or a pack is not condemned any more, that is done
    /// first: it may have been rescued, or deleted.
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
        let changed: Vec<(PackId, PackState)> = known
            .iter()
            .filter(|facts| state(facts) != facts.state)
            .map(|facts| (facts.pack, state(facts)))
            .collect();
        let is_interrupted = known.iter().any(|facts| facts.pack == UNFINISHED.pack);
        if !changed.is_empty() || is_interrupted {
            self.index.insert_pack(UNFINISHED, &[])?;
            self.index.set_pack_states(&changed)?;
            let live: Vec<(PackId, u64)> = known
                .iter()
                .filter(|facts| state(facts) == PackState::Live)
                .map(|facts| (facts.pack, facts.sealed_bytes))
                .collect();
            if self.take_in(&live, run)?.packs == 0 {
                self.index.remove_packs(&[UNFINISHED.pack])?;
            }
        }
        Ok(())
    }

    /// Answers for chunks that no live pack holds, where a condemned one does: reading may use it
    /// as long as it is there.
    ///
    /// Cost: nothing if no pack is condemned. Else their directories are read at the first call,
    /// and 50 to 90 bytes a chunk stay in memory. A storage that does not answer is asked again at
    /// the next call; until then nobody knows what those packs hold.
    pub(crate) fn look_up_condemned(&self, keys: &Keys, ids: &[ChunkId], answers: &mut [Lookup]) {
        let mut kept = self.condemned_rows.lock().unwrap_or_else(PoisonError::into_inner);
        let (rows, unread) = match kept.take() {
            Some(rows) => (rows, None),
            None => self.condemned_rows(keys),
        };
        for (answer, found) in answers.iter_mut().zip(rows.lookup_batch(ids)) {
            if *answer == Lookup::Novel {
                *answer = match (found, unread) {
                    (Lookup::Novel, Some(failed)) => failed,
                    (found, _) => found,
                };
            }
        }
        *kept = unread.is_none().then_some(rows);
    }

    /// Packs that are gone by now, or damaged, have no rows. If others could not be read, also what
    /// to answer for a chunk that may be in them.
    fn condemned_rows(&self, keys: &Keys) -> (MemoryIndex, Option<Lookup>) {
        let rows = MemoryIndex::new();
        let known = match self.index.packs() {
            Ok(known) => known,
            Err(error) => return (rows, Some(Lookup::Failed { kind: error.kind(), pack: None })),
        };
        let mut unread = None;
        for facts in known.iter().filter(|facts| facts.state == PackState::Condemned) {
            let entered = self.directory(keys, facts.pack).and_then(|directory| {
                let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
                Ok(rows.insert_pack(facts_of(&directory), &ids)?)
            });
            if let Err(error) = entered {
                tracing::debug!(%error, "a condemned pack is not readable");
                if !is_gone_or_damaged(error.kind()) {
                    let (kind, pack) = (error.kind(), Some(facts.pack));
                    unread = Some(Lookup::Failed { kind, pack });
                }
            }
        }
        (rows, unread)
    }
}

#[cfg(test)]
mod tests;
