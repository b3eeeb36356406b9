//! Gives a finished temporary entry its own name.

use rustix::fs::{AtFlags, RenameFlags, linkat, renameat, renameat_with, unlinkat};
use rustix::io::Errno;

use super::error::TargetError;
use super::folder::{ATTEMPTS_MAX, TargetFolder};
use super::metadata::MetadataWarning;
use super::overwrite::{Decision, Wanted};
use crate::source::{FileKind, Stat};

/// Proof that this run made a file, or found its content right: hard links may lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MadeFile {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl MadeFile {
    pub(super) fn of(stat: &Stat) -> Self {
        Self { device: stat.device, inode: stat.inode }
    }
}

/// What became of an entry.
#[derive(Debug)]
#[must_use]
pub enum Placed {
    /// It has its name.
    Made {
        /// Identity, for hard links.
        made: MadeFile,
        /// Parts of its metadata that are missing.
        warnings: Vec<MetadataWarning>,
    },
    /// The policy kept what stands there.
    Kept,
    /// A fifo, socket or device, which the options leave out.
    SkippedSpecial,
}

/// A temporary entry that waits for its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting<'a> {
    pub(super) temp_name: &'a [u8],
    pub(super) made: MadeFile,
    pub(super) wanted: Wanted,
}

impl TargetFolder {
    /// Renames a temporary entry to `name`, which was checked. An existing entry is replaced in
    /// one step where the policy allows it; a folder is not, unless it is empty. False if the
    /// policy kept what was there; the temporary entry is the caller's to remove then.
    pub(super) fn place(&self, waiting: Waiting<'_>, name: &[u8]) -> Result<bool, TargetError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.rename_to_free_place(waiting.temp_name, name) {
                Ok(()) => return Ok(true),
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(self.io_error(name, "renameat2", errno)),
            }
            if self.is_made_here() {
                return Err(TargetError::Collision { path: self.path_of(name) });
            }
            let Some(existing) = self.look(name)? else { continue };
            let policy = self.shared().options.overwrite;
            match policy.decide(Some(&existing), &waiting.wanted) {
                Decision::Create => {}
                Decision::Keep => return Ok(false),
                Decision::Replace | Decision::Compare => {
                    if self.replace(waiting, name, &existing)? {
                        return Ok(true);
                    }
                }
            }
        }
        Err(TargetError::Contended { path: self.path_of(name) })
    }

    /// False if the place has to be looked at again.
    fn replace(
        &self,
        waiting: Waiting<'_>,
        name: &[u8],
        existing: &Stat,
    ) -> Result<bool, TargetError> {
        if existing.kind == FileKind::Directory {
            self.clear_empty_folder(name)?;
            return Ok(false);
        }
        match renameat(self, waiting.temp_name, self, name) {
            Ok(()) => {
                // Two names of one inode: the rename did nothing, and said so to nobody.
                if MadeFile::of(existing) == waiting.made {
                    self.unlink_temp(waiting.temp_name);
                }
                Ok(true)
            }
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(errno) => Err(self.io_error(name, "renameat", errno)),
        }
    }

    /// Renames without replacing: `EXIST` if the place is taken.
    fn rename_to_free_place(&self, temp_name: &[u8], name: &[u8]) -> Result<(), Errno> {
        match renameat_with(self, temp_name, self, name, RenameFlags::NOREPLACE) {
            // The file system, or the kernel, does not know the flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            answer => return answer,
        }
        match linkat(self, temp_name, self, name, AtFlags::empty()) {
            Ok(()) => return unlinkat(self, temp_name, AtFlags::empty()),
            Err(Errno::EXIST) => return Err(Errno::EXIST),
            // No hard links either.
            Err(_) => {}
        }
        // Not one step: an entry that comes into being between the two is replaced.
        match Stat::at(self, name) {
            Err(Errno::NOENT) => renameat(self, temp_name, self, name),
            Ok(_) => Err(Errno::EXIST),
            Err(errno) => Err(errno),
        }
    }

    /// Removes a temporary entry. If that fails it stays behind under its telling name.
    pub(super) fn unlink_temp(&self, temp_name: &[u8]) {
        let _stays = unlinkat(self, temp_name, AtFlags::empty()).is_err();
    }
}
