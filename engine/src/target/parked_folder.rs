//! Folders without a descriptor: a restore remembers more folders than a process may hold open.

use std::sync::Arc;

use super::error::TargetError;
use super::folder::TargetFolder;
use super::place::MadeFile;
use super::restore_target::RestoreTarget;
use crate::source::Stat;

/// Where a folder of the target is, and which inode it is. Give it back to
/// [`RestoreTarget::resume_folder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ParkedFolder {
    path: Arc<[u8]>,
    inode: MadeFile,
    is_made_here: bool,
}

impl TargetFolder {
    /// What is needed to open this folder again once all its handles are dropped.
    ///
    /// # Errors
    /// What `statx` answers.
    pub fn park(&self) -> Result<ParkedFolder, TargetError> {
        let stat = Stat::of(self).map_err(|errno| self.io_error(b".", "statx", errno))?;
        let (path, is_made_here) = (self.shared_path(), self.is_made_here());
        Ok(ParkedFolder { path, inode: MadeFile::of(&stat), is_made_here })
    }
}

impl ParkedFolder {
    /// True if it was parked from this folder.
    #[must_use]
    pub fn is(&self, folder: &TargetFolder) -> bool {
        *self.path == *folder.path()
    }
}

impl RestoreTarget {
    /// Opens a folder of this target again. Costs what [`RestoreTarget::open_folder`] costs; a
    /// link on the way is refused.
    ///
    /// # Errors
    /// `Contended` if another folder took its place, or what opening answers.
    pub fn resume_folder(&self, parked: &ParkedFolder) -> Result<TargetFolder, TargetError> {
        let root = self.root();
        let below = parked.path.strip_prefix(root.path()).unwrap_or_default();
        let names: Vec<&[u8]> =
            below.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).collect();
        let folder = self.open_folder(&names)?;
        let stat = Stat::of(&folder).map_err(|errno| folder.io_error(b".", "statx", errno))?;
        if MadeFile::of(&stat) != parked.inode {
            return Err(TargetError::Contended { path: parked.path.to_vec() });
        }
        Ok(folder.with_origin(parked.is_made_here))
    }
}
