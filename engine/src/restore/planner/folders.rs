//! Folders of the snapshot as they are entered and left.

use std::collections::HashSet;

use gleaner_store::{Entry, Metadata};

use super::super::Choice;
use super::super::level_folder::{LevelFolder, park_far_level};
use super::Planner;
use crate::error::Result;
use crate::progress::Counters;
use crate::target::{RestoreTarget, TargetError, TargetFolder};

/// A folder of the snapshot that is open.
pub(super) struct Level {
    pub(super) name: Vec<u8>,
    pub(super) metadata: Metadata,
    pub(super) choice: Choice,
    /// Made when something in it is needed.
    pub(super) folder: LevelFolder,
    /// Making it failed: what is below it cannot be restored.
    is_broken: bool,
    /// Names that the snapshot has here, with `--delete`.
    pub(super) names: HashSet<Vec<u8>>,
}

impl Level {
    /// The level of the target folder itself.
    pub(super) fn top(target: Option<&RestoreTarget>) -> Self {
        Self {
            name: Vec::new(),
            metadata: Metadata::default(),
            choice: Choice::Pass,
            folder: target.map_or(LevelFolder::Absent, |target| LevelFolder::Open(target.root())),
            is_broken: false,
            names: HashSet::new(),
        }
    }
}

impl Planner<'_> {
    pub(super) fn enter(&mut self, entry: Entry) {
        let path = self.absolute();
        self.shared.run.counters.set_current(&path);
        let choice = self.choose(&path, true);
        if let Some(above) = self.levels.last_mut() {
            above.names.insert(entry.name.clone());
        }
        self.levels.push(Level {
            name: entry.name,
            metadata: entry.metadata,
            choice,
            folder: LevelFolder::Absent,
            is_broken: false,
            names: HashSet::new(),
        });
        if choice == Choice::Take {
            self.stats.total_files += 1;
            if self.folder().is_some() {
                Counters::add(&self.shared.tally.files_restored, 1);
            }
        }
    }

    /// The folder of the current level, made with those above it if needed.
    pub(super) fn folder(&mut self) -> Option<TargetFolder> {
        let first = self.levels.iter().rposition(|level| level.folder.is_there())?;
        for index in first + 1..self.levels.len() {
            let (above, rest) = self.levels.split_at_mut(index);
            let (above, level) = (above.last_mut()?, rest.first_mut()?);
            if level.is_broken {
                return None;
            }
            let made = match above.folder.open(self.target) {
                Ok(parent) => parent?.create_folder(&level.name),
                Err(error) => Err(error),
            };
            match made {
                Ok(folder) => {
                    level.folder = LevelFolder::Open(folder);
                    self.descriptors += 1;
                }
                Err(error) => return self.broken(index, &error),
            }
            park_far_level(self.levels.iter_mut().take(index + 1).map(|level| &mut level.folder));
        }
        let index = self.levels.len() - 1;
        match self.levels.last_mut()?.folder.open(self.target) {
            Ok(folder) => folder,
            Err(error) => self.broken(index, &error),
        }
    }

    /// What is below this level cannot be restored.
    fn broken(&mut self, index: usize, error: &TargetError) -> Option<TargetFolder> {
        if let Some(level) = self.levels.get_mut(index) {
            level.is_broken = true;
            level.folder = LevelFolder::Absent;
        }
        let path = self.absolute();
        self.shared.unwritable(&path, error);
        None
    }

    pub(super) fn leave(&mut self) -> Result<()> {
        let Some(mut level) = self.levels.pop() else { return Ok(()) };
        let path = [self.absolute().as_slice(), b"/", level.name.as_slice()].concat();
        self.descriptors += usize::from(matches!(level.folder, LevelFolder::Parked(_)));
        match level.folder.open(self.target) {
            Ok(Some(folder)) => {
                if level.choice == Choice::Take
                    && self.may_delete_in(&folder, &path, level.metadata.device)
                {
                    self.delete_others(&folder, &level.names)?;
                }
                self.afterwards.folders.push((folder, level.metadata));
            }
            Ok(None) => {}
            Err(error) => self.shared.unwritable(&path, &error),
        }
        self.flush_if_full();
        Ok(())
    }

    /// The folder that became the top: a target that this run made gets its metadata; one that
    /// was there is the user's.
    pub(super) fn leave_top(&mut self) -> Result<()> {
        let Some(folder) = self.target.map(RestoreTarget::root) else { return Ok(()) };
        let device = self.top_metadata.as_ref().map_or(0, |metadata| metadata.device);
        let path = crate::tree_walk::normalised(&self.shared.options.subpath);
        if self.may_delete_in(&folder, &path, device) {
            let names = self.levels.first_mut().map(|level| std::mem::take(&mut level.names));
            self.delete_others(&folder, &names.unwrap_or_default())?;
        }
        if let Some(metadata) = self.top_metadata.take()
            && folder.is_made_here()
        {
            self.afterwards.folders.push((folder, metadata));
        }
        Ok(())
    }
}
