//! The operating system's files below one root.
//!
//! A path is resolved by the kernel and cannot leave the root: `openat2` refuses links, `..` and
//! other file systems; where it is missing, each part is opened on its own with `O_NOFOLLOW`.
//! Nothing waits: pipes are opened without waiting for a writer and then refused.

mod open;
mod file;
mod folder;
mod watcher;
mod spool;

use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat, unlinkat};

use crate::error::Error;
use crate::files::access_fs::{
    AccessFs, FileStat, FolderEntry, FsFile, FsFolder, FsRoot, FsWatcher, RootIdentity, split_path,
};

use self::file::RootedFile;
use self::folder::RootedFolder;
use self::open::{mount_id_of, stat_at, stat_of};
use self::watcher::InotifyWatcher;

pub use self::spool::RootedSpool;

/// The files below one root of the operating system.
#[derive(Debug, Clone)]
pub struct RootedFs {
    root: PathBuf,
}

impl RootedFs {
    /// The files below `root`, which need not exist yet. Its own path is the operator's and may
    /// lead through links.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl AccessFs for RootedFs {
    fn open_root(&self) -> Result<Arc<dyn FsRoot>, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = openat(CWD, &self.root, flags, Mode::empty())?;
        let stat = stat_of(&fd)?;
        let mount_id = mount_id_of(&fd)?;
        let identity = RootIdentity { dev: stat.dev, ino: stat.ino, mount_id };
        Ok(Arc::new(OpenRoot { fd: Arc::new(fd), identity }))
    }
}

#[derive(Debug)]
struct OpenRoot {
    fd: Arc<OwnedFd>,
    identity: RootIdentity,
}

impl OpenRoot {
    fn folder(&self, path: &[u8]) -> Result<RootedFolder, Error> {
        RootedFolder::open(&self.fd, path, &self.identity)
    }
}

impl FsRoot for OpenRoot {
    fn identity(&self) -> RootIdentity {
        self.identity
    }

    fn open_folder(&self, path: &[u8]) -> Result<Box<dyn FsFolder>, Error> {
        Ok(Box::new(self.folder(path)?))
    }

    fn open_file(&self, path: &[u8]) -> Result<Arc<dyn FsFile>, Error> {
        Ok(Arc::new(RootedFile::open(&self.fd, path, &self.identity)?))
    }

    fn watcher(&self, modifications: bool) -> Result<Box<dyn FsWatcher>, Error> {
        let watcher = InotifyWatcher::new(Arc::clone(&self.fd), self.identity, modifications)?;
        Ok(Box::new(watcher))
    }

    fn link(&self, path: &[u8], stat: &FileStat, spool: &Path, name: &str) -> Result<(), Error> {
        let (folder, file_name) = split_path(path);
        let folder = self.folder(folder)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let spool = openat(CWD, spool, flags, Mode::empty())?;
        linkat(folder.fd(), file_name, &spool, name, AtFlags::empty())?;
        let linked = stat_at(&spool, name.as_bytes());
        if linked.as_ref().is_ok_and(|linked| (linked.dev, linked.ino) == (stat.dev, stat.ino)) {
            return Ok(());
        }
        unlinkat(&spool, name, AtFlags::empty())?;
        linked.and(Err(Error::Changed))
    }
}

impl FsFolder for RootedFolder {
    fn read(&self, each: &mut dyn FnMut(FolderEntry<'_>) -> ControlFlow<()>) -> Result<(), Error> {
        self.read_names(each)
    }

    fn stat(&self, name: &[u8]) -> Result<FileStat, Error> {
        stat_at(self.fd(), name)
    }

    fn open_file(&self, name: &[u8]) -> Result<Arc<dyn FsFile>, Error> {
        Ok(Arc::new(RootedFile::open(self.fd(), name, self.identity())?))
    }
}

#[cfg(test)]
mod tests;
