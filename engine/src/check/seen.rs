//! The snapshots that are there, beside those that an earlier check on this machine saw.

use std::collections::HashSet;

use gleaner_store::{Epoch, SnapshotId, layout};

use super::Check;
use super::finding::{Finding, FindingCode};
use super::memory::SnapshotMemory;
use super::snapshots::ListedSnapshot;
use crate::error::{Error, Result};
use crate::progress::Counters;
use crate::quarantine::quarantined;
use crate::session::read_epoch;

impl Check<'_> {
    /// Lists what is to be looked at, in the order in which it is.
    ///
    /// # Errors
    /// [`Error::NoSuchSnapshot`] if the options name one that is not listed.
    pub(super) fn list_snapshots(&mut self) -> Result<Vec<ListedSnapshot>> {
        let storage = self.repository.storage();
        let forgotten: HashSet<SnapshotId> = storage
            .list(&layout::forgotten())?
            .iter()
            .filter_map(|listed| layout::parse_tombstone(&listed.name))
            .collect();
        self.seen_before = self.memory.snapshots(self.now_ns);
        let mut listed = Vec::new();
        for name in storage.list(&layout::snapshots())?.into_iter().map(|listed| listed.name) {
            let Some(id) = layout::parse_snapshot(&name) else {
                self.foreign(&name);
                continue;
            };
            let seen = &self.seen_before.snapshots;
            let remembered = seen.binary_search_by_key(&id, |(id, _)| *id).ok();
            let checked_ns = remembered.and_then(|at| seen.get(at)?.1);
            listed.push(ListedSnapshot { id, is_forgotten: forgotten.contains(&id), checked_ns });
        }
        let mut explained = forgotten;
        explained.extend(
            quarantined(self.repository)?
                .iter()
                .filter_map(|object| layout::parse_snapshot(&object.before)),
        );
        self.went_back(&listed, &explained);
        self.seen_now = listed.iter().filter(|s| !s.is_forgotten).map(|s| s.id).collect();
        if !self.options.snapshots.is_empty() {
            listed.retain(|s| !s.is_forgotten && self.options.snapshots.contains(&s.id));
            if self.options.snapshots.iter().any(|id| !listed.iter().any(|s| s.id == *id)) {
                return Err(Error::NoSuchSnapshot);
            }
        }
        listed.sort_by_key(|s| (s.is_forgotten, s.checked_ns, s.id));
        self.stats.snapshots_total = listed.iter().filter(|s| !s.is_forgotten).count() as u64;
        Counters::add(&self.run.counters.files_total, self.stats.snapshots_total);
        Ok(listed)
    }

    /// Reports snapshots that were there and are gone without a tombstone or a repair, and an epoch
    /// that was higher: only an old copy of the repository, or somebody who deletes, has these.
    fn went_back(&mut self, listed: &[ListedSnapshot], explained: &HashSet<SnapshotId>) {
        let is_there: HashSet<SnapshotId> = listed.iter().map(|listed| listed.id).collect();
        let seen = self.seen_before.snapshots.iter().map(|(id, _)| *id);
        self.seen_lost =
            seen.filter(|id| !is_there.contains(id) && !explained.contains(id)).collect();
        for id in self.seen_lost.clone() {
            self.snapshots_damaged.insert(id);
            let name = layout::snapshot(id);
            let message = format!("{}: a snapshot is gone", FindingCode::S405.what());
            let finding = Finding::of(FindingCode::S405, &name, message);
            self.report(&Finding { snapshots: vec![id], ..finding });
        }
        // A damaged epoch is a finding of its own.
        let Ok(epoch) = read_epoch(self.repository.storage()) else {
            self.epoch = self.seen_before.epoch;
            return;
        };
        self.epoch = epoch.max(self.seen_before.epoch);
        if epoch < self.seen_before.epoch {
            let (Epoch(found), Epoch(seen)) = (epoch, self.seen_before.epoch);
            let what = FindingCode::S405.what();
            let message = format!("{what}: epoch {found}, and it was {seen}");
            self.report(&Finding::of(FindingCode::S405, &layout::epoch(), message));
        }
    }

    /// Remembers the snapshots, those that are lost among them: they are reported until somebody
    /// removes the memory of them.
    pub(super) fn keep_snapshots(&self) {
        let time = |id: &SnapshotId| {
            let seen = &self.seen_before.snapshots;
            let before = || seen.get(seen.binary_search_by_key(id, |(id, _)| *id).ok()?)?.1;
            self.checked_now.get(id).copied().or_else(before)
        };
        let there = self.seen_now.iter().filter(|id| !self.fence_markers.contains(id));
        let mut snapshots: Vec<_> =
            there.chain(&self.seen_lost).map(|id| (*id, time(id))).collect();
        snapshots.sort_unstable();
        let memory = SnapshotMemory { epoch: self.epoch, snapshots };
        if memory != self.seen_before {
            self.warn_unkept(self.memory.keep_snapshots(&memory));
        }
    }
}
