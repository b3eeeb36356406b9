//! What `--delete` removes: only what the snapshot would have, had it been there.

use std::collections::HashSet;

use super::Planner;
use crate::error::Result;
use crate::progress::{Counters, EntryAction, EntryEvent, WarningKind};
use crate::target::TargetFolder;

impl Planner<'_> {
    /// Whether what the snapshot does not have may go: only where the snapshot looked. It did not
    /// look around in folders above its roots, nor in a folder on which another file system was
    /// mounted; and where entries could not be read, absence means nothing.
    pub(super) fn may_delete_in(&self, folder: &TargetFolder, path: &[u8], device: u64) -> bool {
        if !self.shared.options.delete || folder.is_made_here() {
            return false;
        }
        let above = [path, b"/"].concat();
        let is_above_root = self.shared.roots.iter().any(|root| root.starts_with(&above));
        let is_mounted_on = self
            .levels
            .last()
            .is_some_and(|parent| !parent.name.is_empty() && parent.metadata.device != device);
        if self.shared.is_whole && !is_above_root && !is_mounted_on {
            return true;
        }
        if !is_above_root {
            let message = "nothing is deleted here: the snapshot did not see all of this folder";
            self.shared.warn(path, WarningKind::Unwritable, message.to_owned());
        }
        false
    }

    pub(super) fn delete_others(
        &mut self,
        folder: &TargetFolder,
        names: &HashSet<Vec<u8>>,
    ) -> Result<()> {
        if folder.is_made_here() {
            return Ok(());
        }
        // Files of this folder may still be under their temporary names.
        self.flush();
        self.flush();
        for name in folder.names()?.iter() {
            let name = name.to_vec();
            // What was kept of a damaged file a moment ago is not rubbish.
            if !names.contains(&name) && !name.ends_with(b".gleaner-incomplete") {
                let path = folder.path_of(&name);
                match folder.remove(&name) {
                    Ok(removed) => {
                        Counters::add(&self.shared.tally.files_deleted, removed);
                        let action = EntryAction::Deleted;
                        let event = EntryEvent { path: &path, action, bytes: 0, bytes_novel: 0 };
                        self.shared.run.observer.entry(&event);
                    }
                    Err(error) => self.shared.unwritable(&path, &error),
                }
            }
        }
        Ok(())
    }
}
