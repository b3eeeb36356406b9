//! What writers left behind that died between a temporary name and the final one.

use std::collections::HashSet;
use std::time::Duration;

use gleaner_store::{Listed, ObjectName, Storage};

use super::Prune;
use crate::error::Result;

/// Small objects are written without a lease: a temporary name that stays for so long is none of
/// theirs. If it is, on a storage that hangs, that call fails, and nothing was acknowledged.
const PATIENCE: Duration = Duration::from_secs(2);

/// Temporary objects that are there now.
pub(super) fn temporary(storage: &dyn Storage) -> Result<Vec<Listed>> {
    Ok(storage.list(&ObjectName::new("tmp").map_err(gleaner_store::StorageError::from)?)?)
}

impl Prune<'_> {
    /// Removes temporary objects that were `seen` when this run began, unless other sessions live.
    /// Whoever writes packs had a lease before.
    pub(super) fn remove_temporary(&mut self, seen: &[Listed]) -> Result<()> {
        if seen.is_empty() || self.is_over() || !self.watch.others(self.run)?.is_empty() {
            return Ok(());
        }
        self.repository.env.clock.sleep(PATIENCE);
        let storage = self.repository.storage();
        let seen: HashSet<(&ObjectName, u64)> =
            seen.iter().map(|listed| (&listed.name, listed.bytes)).collect();
        let mut left = temporary(storage)?;
        left.retain(|listed| seen.contains(&(&listed.name, listed.bytes)));
        if self.watch.others(self.run)?.is_empty() {
            let names: Vec<ObjectName> = left.into_iter().map(|listed| listed.name).collect();
            storage.delete_all(&names)?;
        }
        Ok(())
    }
}
