//! Ends the quarantine of what repairs took out of use.

use gleaner_store::{Epoch, ObjectName, SnapshotId, StorageError, layout};

use super::Prune;
use super::trash::EPOCHS_IN_TRASH;
use crate::error::Result;
use crate::maintenance::forget;
use crate::quarantine::quarantined;

impl Prune<'_> {
    /// Deletes what was put into quarantine so many epochs ago that its packs would be deleted, had
    /// they been condemned then. All that could be read of it is in other packs.
    ///
    /// Not what was put there in the epoch in which this run began: one that moves the epoch twice
    /// would end the quarantine before anybody had a run to look at what the repair left.
    pub(super) fn clear_quarantine(&mut self, epoch: Epoch) -> Result<()> {
        let began = self.session.epoch();
        let (mut names, mut snapshots): (Vec<ObjectName>, Vec<SnapshotId>) = Default::default();
        for object in quarantined(self.repository)? {
            let since = object.run.epoch;
            if since < began && since.0 + EPOCHS_IN_TRASH <= epoch.0 {
                self.stats.bytes_freed += object.bytes;
                snapshots.extend(layout::parse_snapshot(&object.before));
                names.push(object.name);
            }
        }
        self.bury(&snapshots)?;
        Ok(self.repository.storage().delete_all(&names)?)
    }

    /// Gives snapshots tombstones whose manifests are about to be deleted: a check that has seen
    /// them learns from these that they did not vanish. One that has its name again stays.
    fn bury(&mut self, snapshots: &[SnapshotId]) -> Result<()> {
        for id in snapshots {
            match self.repository.storage().bytes(&layout::snapshot(*id)) {
                Err(StorageError::NotFound { .. }) => {
                    self.with_reserve(|prune| forget(prune.repository, &[*id]))?;
                }
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
