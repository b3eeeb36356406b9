//! What the index says of packs, for those who compare it with the storage.

use std::sync::PoisonError;

use gleaner_chunker::PackId;
use gleaner_index::PackState;

use super::OpenIndex;
use super::found_packs::{NEVER_WAS, UNFINISHED};
use crate::error::Result;

impl OpenIndex {
    /// All packs that the index knows, in order of their ids.
    pub(crate) fn known_packs(&self) -> Result<Vec<(PackId, PackState)>> {
        let marks = [NEVER_WAS.pack, UNFINISHED.pack];
        let known = self.index.packs()?.into_iter().filter(|facts| !marks.contains(&facts.pack));
        Ok(known.map(|facts| (facts.pack, facts.state)).collect())
    }

    /// Whether this pack vanished without a prune since the index was opened last, or after that.
    pub(crate) fn has_vanished(&self, pack: &PackId) -> bool {
        self.vanished.lock().unwrap_or_else(PoisonError::into_inner).contains(pack)
    }

    /// Notes packs that vanished.
    pub(super) fn note_vanished(&self, packs: &[PackId]) {
        self.vanished.lock().unwrap_or_else(PoisonError::into_inner).extend(packs);
    }
}
