//! The folder of one level of the tree stream. Only the innermost levels keep a descriptor: a tree
//! may be deeper than a process may open files.

use crate::target::{ParkedFolder, RestoreTarget, TargetError, TargetFolder};

/// Levels that may keep their descriptor.
const LEVELS_OPEN_MAX: usize = 32;

/// The folder of a level, if it has one.
#[derive(Default)]
pub(super) enum LevelFolder {
    /// There is none.
    #[default]
    Absent,
    Open(TargetFolder),
    Parked(ParkedFolder),
}

impl LevelFolder {
    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The folder, opened again if need be.
    pub(super) fn open(
        &mut self,
        target: Option<&RestoreTarget>,
    ) -> Result<Option<TargetFolder>, TargetError> {
        if let (Self::Parked(parked), Some(target)) = (&*self, target) {
            *self = Self::Open(target.resume_folder(parked)?);
        }
        match self {
            Self::Open(folder) => Ok(Some(folder.clone())),
            Self::Absent | Self::Parked(_) => Ok(None),
        }
    }

    /// Closes the descriptor. Best effort: a folder that cannot be looked at stays open.
    fn park(&mut self) {
        if let Self::Open(folder) = self
            && let Ok(parked) = folder.park()
        {
            *self = Self::Parked(parked);
        }
    }
}

/// Closes the descriptor of the level that lies too far above the innermost one.
pub(super) fn park_far_level<'a>(levels: impl DoubleEndedIterator<Item = &'a mut LevelFolder>) {
    if let Some(far) = levels.rev().nth(LEVELS_OPEN_MAX) {
        far.park();
    }
}
