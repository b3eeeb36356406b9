//! Removes entries of the target with all below them (`restore --delete`).

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, openat, unlinkat};
use rustix::io::Errno;

use super::error::TargetError;
use super::folder::{FOLDER_FLAGS, TargetFolder};
use super::place::MadeFile;
use crate::source::{NameList, Stat};

/// Levels that keep their descriptor: a tree may be deeper than a process may open files.
const LEVELS_OPEN_MAX: usize = 32;

/// A folder that is being emptied.
struct Level {
    /// `None` while many levels lie below it on the stack.
    fd: Option<OwnedFd>,
    inode: MadeFile,
    /// Its name in the level above it in the tree.
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
                match stack.last_mut() {
                    Some(above) => unlinkat(above.reopened(&done)?, &*done.name, REMOVEDIR)?,
                    None => unlinkat(self, &*done.name, REMOVEDIR)?,
                }
                count += 1;
                continue;
            };
            level.next_index += 1;
            let fd = level.fd.as_ref().ok_or(Errno::BADF)?;
            if let Some(removed) = unlink(fd, name)? {
                count += removed;
            } else {
                let below = Level::open(fd, name, device)?;
                stack.push(below);
                let far = stack.len().checked_sub(LEVELS_OPEN_MAX + 1);
                if let Some(level) = far.and_then(|far| stack.get_mut(far)) {
                    level.fd = None;
                }
            }
        }
        Ok(count)
    }
}

const REMOVEDIR: AtFlags = AtFlags::REMOVEDIR;

impl Level {
    fn open(above: impl AsFd, name: &[u8], device: u64) -> Result<Self, Errno> {
        let fd = openat(above, name, FOLDER_FLAGS, Mode::empty())?;
        let stat = Stat::of(&fd)?;
        if stat.device != device {
            return Err(Errno::XDEV);
        }
        let names = NameList::read(&fd).complete()?;
        let inode = MadeFile::of(&stat);
        Ok(Self { fd: Some(fd), inode, name: name.to_vec(), names, next_index: 0 })
    }

    /// The descriptor, opened again from the level below if it was closed. Whoever moves that
    /// level elsewhere meanwhile gains nothing: the inode must be the one that was listed.
    fn reopened(&mut self, below: &Self) -> Result<&OwnedFd, Errno> {
        if self.fd.is_none() {
            let below = below.fd.as_ref().ok_or(Errno::BADF)?;
            let fd = openat(below, c"..", FOLDER_FLAGS, Mode::empty())?;
            if MadeFile::of(&Stat::of(&fd)?) != self.inode {
                return Err(Errno::STALE);
            }
            self.fd = Some(fd);
        }
        self.fd.as_ref().ok_or(Errno::BADF)
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
