//! An index of neighbours only: packs that earlier snapshots of the same source wrote
//! (`IndexPlace::Neighbors`). All others are left out until somebody has to find every chunk.

use std::collections::HashSet;
use std::sync::PoisonError;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::{ErrorKind, Lookup};
use gleaner_store::read_pack_header;

use super::{OpenIndex, list_packs};
use crate::error::Result;
use crate::progress::Run;

impl OpenIndex {
    /// Leaves packs out for now.
    pub(super) fn leave_out(&self, packs: Vec<(PackId, u64)>) {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner).extend(packs);
    }

    /// Takes in those of the packs left out that one of the sessions wrote.
    ///
    /// Cost: a header of each pack left out, and the directories of those that come in. A header
    /// that cannot be read leaves its pack out: its chunks may then be stored again.
    pub(crate) fn take_in_neighbors(
        &self,
        sessions: &HashSet<[u8; 16]>,
        run: &Run<'_>,
    ) -> Result<()> {
        let left_out = {
            let mut packs = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *packs)
        };
        let is_neighbor = |(pack, bytes): &(PackId, u64)| {
            read_pack_header(&*self.storage, &self.keys, *pack, *bytes)
                .is_ok_and(|header| sessions.contains(&header.session))
        };
        let (neighbors, others): (Vec<_>, Vec<_>) = left_out.into_iter().partition(is_neighbor);
        self.leave_out(others);
        let taken = self.take_in(&neighbors, run);
        if taken.is_err() {
            self.leave_out(neighbors);
        }
        taken.map(|_| ())
    }

    /// Those of the packs that are still there: what a prune deleted meanwhile is not unreadable.
    fn present(&self, packs: &[(PackId, u64)]) -> Result<Vec<(PackId, u64)>> {
        let listed: HashSet<(PackId, u64)> = list_packs(&*self.storage)?.into_iter().collect();
        Ok(packs.iter().filter(|pack| listed.contains(pack)).copied().collect())
    }

    /// Takes in all packs that were left out, and answers again for chunks that were not found. A
    /// chunk that is in none of them is not known to be missing if some could not be read.
    pub(super) fn locate_in_rest(&self, ids: &[ChunkId], answers: &mut [Lookup]) {
        let rest = {
            let mut packs = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *packs)
        };
        if rest.is_empty() {
            return;
        }
        let unread = match self.present(&rest).and_then(|rest| self.take_in(&rest, &Run::silent()))
        {
            Ok(left_out) if left_out.packs == 0 => None,
            Ok(left_out) => Some(left_out.unread.unwrap_or(ErrorKind::Corrupt)),
            Err(error) => {
                tracing::warn!(%error, "packs of other sources are not known");
                // They may be asked for once more.
                self.leave_out(rest);
                Some(error.kind())
            }
        };
        for (answer, found) in answers.iter_mut().zip(self.index.locate_batch(ids)) {
            *answer = match (found, unread) {
                (Lookup::Novel, Some(kind)) => Lookup::Failed { kind, pack: None },
                (found, _) => found,
            };
        }
    }
}

#[cfg(test)]
mod tests;
