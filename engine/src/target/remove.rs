//! Removes entries of the target with all below them (`restore --delete`).

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, openat, unlinkat};
use rustix::io::Errno;

use super::error::TargetError;
use super::folder::{FOLDER_FLAGS, TargetFolder};
use crate::source::{NameList, Stat};

/// A folder that is being emptied.
struct Level {
    fd: OwnedFd,
    /// Its name in the level below it on the stack.
    name: Vec<u8>,
    names: NameList,
    next_index: usize,
}

impl TargetFolder {
    /// Removes the entry `name`, a folder with all below it. No link is followed, and what
    /// another file system is mounted on is left alone. Returns how many entries went; 0 if there
    /// was none.
    ///
    /// # Errors
    /// `IllegalName`, or what a system call answers (`EXDEV` at a mount point); entries may have
    /// been removed.
    pub fn remove(&self, name: &[u8]) -> Result<u64, TargetError> {
        self.check_name(name)?;
        self.remove_tree(name).map_err(|errno| self.io_error(name, "unlinkat", errno))
    }

    fn remove_tree(&self, name: &[u8]) -> Result<u64, Errno> {
        if let Some(count) = unlink(self, name)? {
            return Ok(count);
        }
        let device = Stat::of(self)?.device;
        let mut count = 0;
        let mut stack = vec![Level::open(self, name, device)?];
        while let Some(level) = stack.last_mut() {
            let Some(name) = level.names.get(level.next_index) else {
                let Some(done) = stack.pop() else { break };
                let above = stack.last().map_or(self.as_fd(), |level| level.fd.as_fd());
                unlinkat(above, &*done.name, AtFlags::REMOVEDIR)?;
                count += 1;
                continue;
            };
            level.next_index += 1;
            if let Some(removed) = unlink(&level.fd, name)? {
                count += removed;
            } else {
                let below = Level::open(&level.fd, name, device)?;
                stack.push(below);
            }
        }
        Ok(count)
    }
}

impl Level {
    fn open(above: impl AsFd, name: &[u8], device: u64) -> Result<Self, Errno> {
        let fd = openat(above, name, FOLDER_FLAGS, Mode::empty())?;
        if Stat::of(&fd)?.device != device {
            return Err(Errno::XDEV);
        }
        let names = NameList::read(&fd).complete()?;
        Ok(Self { fd, name: name.to_vec(), names, next_index: 0 })
    }
}

/// Removes anything but a folder; `None` for a folder.
fn unlink(dir: impl AsFd, name: &[u8]) -> Result<Option<u64>, Errno> {
    match unlinkat(&dir, name, AtFlags::empty()) {
        Ok(()) => Ok(Some(1)),
        Err(Errno::NOENT) => Ok(Some(0)),
        Err(Errno::ISDIR) => Ok(None),
        Err(errno) => Err(errno),
    }
}
