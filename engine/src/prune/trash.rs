//! The only place that deletes packs: step 7 of docs/gc.md.

use std::collections::{BTreeMap, HashSet};

use gleaner_chunker::PackId;
use gleaner_store::{
    CondemnedList, Epoch, ErrorKind, Lease, ObjectName, Put, SnapshotId, SnapshotObject,
    encode_gone, layout,
};

use super::Prune;
use crate::condemned::{CondemnedEpoch, read_epochs};
use crate::error::Result;
use crate::parity::{Pair, list_pairs, orphans};
use crate::session::read_epoch;

/// A list is deleted once the epoch is so much above its own.
pub(super) const EPOCHS_IN_TRASH: u64 = 2;

impl Prune<'_> {
    /// Deletes what earlier runs condemned, as far as no session may need it.
    pub(super) fn delete_what_is_due(&mut self) -> Result<()> {
        let storage = self.repository.storage();
        let epoch = read_epoch(storage)?;
        // After the epoch: a session that comes later has this epoch at least.
        let leases = self.watch.others(self.run)?;
        self.stats.waits_for.clear();
        for (of, said) in read_epochs(storage, epoch)? {
            if said.is_gone || said.outcome.is_none() {
                continue;
            }
            let Some(list) = said.list() else { continue };
            let blocking: Vec<_> =
                leases.iter().filter(|lease| lease.epoch.0 <= of.0 + 1).collect();
            if of.0 + EPOCHS_IN_TRASH > epoch.0 {
                continue;
            }
            if blocking.is_empty() {
                self.delete(of, &said, list, &leases)?;
            } else if !list.victims.is_empty() {
                let sessions = blocking.iter().map(|lease| lease.session);
                let known: HashSet<_> = self.stats.waits_for.iter().copied().collect();
                self.stats.waits_for.extend(sessions.filter(|session| !known.contains(session)));
            }
        }
        self.clear_quarantine(epoch)?;
        let present = list_pairs(self.repository.storage())?;
        self.delete_orphans(&present)?;
        self.count_trash(&present)
    }

    /// Deletes parity sidecars whose packs are gone, which nothing can need.
    fn delete_orphans(&mut self, present: &BTreeMap<PackId, Pair>) -> Result<()> {
        let storage = self.repository.storage();
        let orphans = orphans(storage, present)?;
        let names: Vec<ObjectName> = orphans.iter().map(|(pack, _)| layout::parity(pack)).collect();
        storage.delete_all(&names)?;
        self.stats.bytes_freed += orphans.iter().map(|(_, bytes)| bytes).sum::<u64>();
        Ok(())
    }

    fn delete(
        &mut self,
        epoch: Epoch,
        said: &CondemnedEpoch,
        list: &CondemnedList,
        leases: &[Lease],
    ) -> Result<()> {
        let storage = self.repository.storage();
        // Of other lists, which no mark has seen, nothing is deleted.
        let packs: HashSet<PackId> = said.packs();
        let victims: Vec<PackId> =
            list.victims.iter().copied().filter(|pack| packs.contains(pack)).collect();
        let present = list_pairs(storage)?;
        let going: HashSet<PackId> = victims.iter().copied().collect();
        let present = present.iter().filter(|(pack, _)| going.contains(pack));
        let bytes: u64 = present.clone().map(|(_, pair)| pair.bytes()).sum();
        let count = present.filter(|(_, pair)| pair.pack_bytes.is_some()).count() as u64;
        let packs = victims.iter().map(layout::pack);
        let names: Vec<ObjectName> = packs.chain(victims.iter().map(layout::parity)).collect();
        storage.delete_all(&names)?;
        self.delete_manifests(&list.forgotten, leases)?;
        let (name, gone) = (layout::gone(epoch), encode_gone(epoch));
        let (Put::Created | Put::AlreadyExists) =
            self.with_reserve(|_| Ok(storage.put_if_absent(&name, &[&gone])?))?;
        self.stats.packs_deleted += count;
        self.stats.bytes_freed += bytes;
        self.index.forget(&victims)
    }

    /// Manifests of forgotten snapshots go with the packs. A fence marker stays for ever.
    fn delete_manifests(&mut self, forgotten: &[SnapshotId], leases: &[Lease]) -> Result<()> {
        let storage = self.repository.storage();
        let named: HashSet<SnapshotId> =
            leases.iter().flat_map(|lease| lease.roots.iter().copied()).collect();
        let mut names = Vec::new();
        for id in forgotten.iter().filter(|id| !named.contains(id)) {
            match self.repository.read_snapshot(*id) {
                Ok(SnapshotObject::FenceMarker) => {}
                Ok(SnapshotObject::Manifest(_)) => names.push(layout::snapshot(*id)),
                Err(error) => match error.kind() {
                    ErrorKind::NotFound => {}
                    // One that is damaged is no loss: it was forgotten.
                    ErrorKind::Corrupt => names.push(layout::snapshot(*id)),
                    // It may be anything, a marker too: the next run looks again.
                    _ => return Err(error),
                },
            }
        }
        storage.delete_all(&names)?;
        self.stats.manifests_deleted += names.len() as u64;
        Ok(())
    }

    fn count_trash(&mut self, present: &BTreeMap<PackId, Pair>) -> Result<()> {
        let said = read_epochs(self.repository.storage(), Epoch(u64::MAX))?;
        let condemned: HashSet<PackId> = said.values().flat_map(CondemnedEpoch::packs).collect();
        let in_trash = present.iter().filter(|(pack, _)| condemned.contains(pack));
        self.stats.bytes_in_trash = in_trash.filter_map(|(_, pair)| pair.pack_bytes).sum();
        Ok(())
    }
}
