//! Ends the quarantine of what repairs took out of use.

use gleaner_store::{Epoch, ObjectName};

use super::Prune;
use super::trash::EPOCHS_IN_TRASH;
use crate::error::Result;
use crate::quarantine::quarantined;

impl Prune<'_> {
    /// Deletes what was put into quarantine so many epochs ago that its packs would be deleted, had
    /// they been condemned then. All that could be read of it is in other packs.
    pub(super) fn clear_quarantine(&mut self, epoch: Epoch) -> Result<()> {
        let mut names: Vec<ObjectName> = Vec::new();
        for object in quarantined(self.repository)? {
            if object.run.epoch.0 + EPOCHS_IN_TRASH <= epoch.0 {
                self.stats.bytes_freed += object.bytes;
                names.push(object.name);
            }
        }
        Ok(self.repository.storage().delete_all(&names)?)
    }
}
