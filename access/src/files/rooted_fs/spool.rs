//! The operating system's folder for links.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use crate::error::Error;
use crate::files::access_fs::{FsFile, RootIdentity, SpoolFolder};

use super::file::RootedFile;
use super::open::{mount_id_of, stat_of};

/// A folder of the operating system that holds nothing but links of one process.
#[derive(Debug)]
pub struct RootedSpool {
    path: PathBuf,
}

impl RootedSpool {
    /// The spool folder at `path`, made if it is not there. It belongs to this process alone:
    /// [`SpoolFolder::sweep`] removes every file in it.
    ///
    /// # Errors
    ///
    /// What making it gives.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        match mkdirat(CWD, &path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => Ok(Self { path }),
            Err(errno) => Err(errno.into()),
        }
    }

    fn open(&self) -> Result<rustix::fd::OwnedFd, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(openat(CWD, &self.path, flags, Mode::empty())?)
    }
}

impl SpoolFolder for RootedSpool {
    fn path(&self) -> &Path {
        &self.path
    }

    fn open_file(&self, name: &str) -> Result<Arc<dyn FsFile>, Error> {
        let folder = self.open()?;
        let stat = stat_of(&folder)?;
        let mount_id = mount_id_of(&folder)?;
        let identity = RootIdentity { dev: stat.dev, ino: stat.ino, mount_id };
        Ok(Arc::new(RootedFile::open(&folder, name.as_bytes(), &identity)?))
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        Ok(unlinkat(self.open()?, name, AtFlags::empty())?)
    }

    fn sweep(&self) -> Result<u64, Error> {
        let folder = self.open()?;
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                names.push(entry.file_name().to_owned());
            }
        }
        let removed =
            names.iter().filter(|name| unlinkat(&folder, *name, AtFlags::empty()).is_ok());
        Ok(removed.count() as u64)
    }
}
