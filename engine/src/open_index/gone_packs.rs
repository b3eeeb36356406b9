//! Packs that the index knows and the storage does not have any more.
//!
//! Most were deleted by a prune, which says where what was needed of them is now. Any other that
//! vanished is damage: then chunks of earlier snapshots may be missing, for good.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

use gleaner_chunker::PackId;
use gleaner_index::{PackFacts, PackState};

use super::OpenIndex;
use super::found_packs::UNFINISHED;
use crate::condemned::condemned_of;
use crate::error::Result;
use crate::progress::Run;

/// Why packs are gone.
#[derive(Default)]
struct Reasons {
    /// A prune deleted them, or may have done so.
    pruned: Vec<PackId>,
    /// Nobody said that they would go.
    vanished: Vec<PackId>,
}

impl OpenIndex {
    /// Compares what the index knew with the packs that were on storage afterwards, in order of
    /// their ids. Gives up what is gone, and returns what was unknown.
    ///
    /// A pack that a prune deleted is forgotten. One that vanished stays listed as trash, so that
    /// every later run doubts too. Lookups miss both at once; but they are given up only when the
    /// packs that hold copies of their chunks were entered once more: an interruption in between
    /// repeats that.
    pub(super) fn compare_with(
        &self,
        known: Vec<PackFacts>,
        packs: &[(PackId, u64)],
        run: &Run<'_>,
    ) -> Result<Vec<(PackId, u64)>> {
        let sizes: HashMap<PackId, u64> = packs.iter().copied().collect();
        let is_there = |facts: &PackFacts| sizes.get(&facts.pack) == Some(&facts.sealed_bytes);
        let (there, gone): (Vec<PackFacts>, Vec<PackFacts>) =
            known.into_iter().partition(|facts| is_there(facts));
        // Others may come meanwhile: packs that this process stores.
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).extend(&sizes);
        let gone_ids: Vec<PackId> = gone.iter().map(|facts| facts.pack).collect();
        self.drop_directories(&gone_ids);
        if gone.iter().any(|facts| facts.state == PackState::Trash) {
            self.doubt_parents();
        }
        let newly_gone: Vec<PackId> = gone
            .iter()
            .filter(|facts| facts.state != PackState::Trash)
            .map(|facts| facts.pack)
            .collect();
        let returned: Vec<PackId> = there
            .iter()
            .filter(|facts| facts.state == PackState::Trash)
            .map(|facts| facts.pack)
            .collect();
        if !newly_gone.is_empty() || !returned.is_empty() {
            let there: Vec<(PackId, u64)> =
                there.iter().map(|facts| (facts.pack, facts.sealed_bytes)).collect();
            self.give_up(&newly_gone, &returned, &there, run)?;
        }
        let known: HashSet<PackId> = there.iter().map(|facts| facts.pack).collect();
        Ok(packs.iter().filter(|(pack, _)| !known.contains(pack)).copied().collect())
    }

    /// Gives up packs that this process has just deleted. While others may not have taken over
    /// their rows they stay, condemned, until the index is compared with the storage again.
    pub(crate) fn forget(&self, packs: &[PackId]) -> Result<()> {
        self.drop_directories(packs);
        if self.index.packs()?.iter().any(|facts| facts.pack == UNFINISHED.pack) {
            return Ok(());
        }
        Ok(self.index.remove_packs(packs)?)
    }

    fn drop_directories(&self, packs: &[PackId]) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|pack| !packs.contains(pack));
        drop(own);
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut directories = self.directories.lock();
        for pack in packs {
            sizes.remove(pack);
            directories.forget(pack);
        }
    }

    fn give_up(
        &self,
        gone: &[PackId],
        returned: &[PackId],
        there: &[(PackId, u64)],
        run: &Run<'_>,
    ) -> Result<()> {
        self.set_states(gone, PackState::Condemned)?;
        self.set_states(returned, PackState::Live)?;
        let reasons = self.reasons(gone)?;
        self.note_vanished(&reasons.vanished);
        if !reasons.vanished.is_empty() || !returned.is_empty() {
            self.doubt_parents();
        }
        // Rows of a pack that is gone give way to those of a pack that holds the same chunk.
        if self.take_in(there, run)?.packs == 0 {
            self.set_states(&reasons.vanished, PackState::Trash)?;
            self.index.remove_packs(&reasons.pruned)?;
        }
        Ok(())
    }

    fn reasons(&self, gone: &[PackId]) -> Result<Reasons> {
        let mut reasons = Reasons::default();
        if gone.is_empty() {
            return Ok(reasons);
        }
        let victims = condemned_of(&*self.storage, gone)?;
        (reasons.pruned, reasons.vanished) = gone.iter().partition(|pack| victims.contains(pack));
        Ok(reasons)
    }

    pub(super) fn set_states(&self, packs: &[PackId], state: PackState) -> Result<()> {
        let states: Vec<_> = packs.iter().map(|pack| (*pack, state)).collect();
        Ok(self.index.set_pack_states(&states)?)
    }
}
