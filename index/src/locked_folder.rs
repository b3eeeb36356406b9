//! The index's folder, its lock, and the side folders of building and removing.

#![expect(
    clippy::disallowed_methods,
    reason = "the index lives in the cache directory, which no Storage stands for"
)]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A locked folder. The lock is a file beside it, so that it holds while the folder itself is
/// replaced, and goes with the process.
#[derive(Debug)]
pub(crate) struct LockedFolder {
    dir: PathBuf,
    lock: File,
}

impl LockedFolder {
    /// Takes the lock, creates the parent if needed, and clears what an interrupted holder left.
    pub(crate) fn lock(dir: &Path) -> Result<Self> {
        let lock_path = beside(dir, ".lock")?;
        if let Some(parent) = lock_path.parent() {
            fs::create_dir_all(parent).map_err(io_error(parent))?;
        }
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&lock_path);
        let lock = lock.map_err(io_error(&lock_path))?;
        lock.try_lock().map_err(|refused| match refused {
            TryLockError::WouldBlock => Error::Locked { dir: dir.to_owned() },
            TryLockError::Error(source) => Error::Io { path: lock_path, source },
        })?;
        let folder = Self { dir: dir.to_owned(), lock };
        folder.put_back_replaced()?;
        for leftover in [folder.side(), folder.removed(), folder.replaced()] {
            remove_all(&leftover)?;
        }
        Ok(folder)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where a new index is built.
    pub(crate) fn side(&self) -> PathBuf {
        self.dir.with_file_name(self.name_with(".new"))
    }

    /// Removes what was built there.
    pub(crate) fn clear_side(&self) -> Result<()> {
        remove_all(&self.side())
    }

    /// What is to be removed.
    fn removed(&self) -> PathBuf {
        self.dir.with_file_name(self.name_with(".old"))
    }

    /// What makes room for the side folder.
    fn replaced(&self) -> PathBuf {
        self.dir.with_file_name(self.name_with(".replaced"))
    }

    fn name_with(&self, suffix: &str) -> OsString {
        // `lock` refused a path without a name.
        let mut name = self.dir.file_name().unwrap_or_default().to_owned();
        name.push(suffix);
        name
    }

    /// Whether there is nothing: no folder, or an empty one.
    pub(crate) fn is_vacant(&self) -> Result<bool> {
        match fs::read_dir(&self.dir) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(io_error(&self.dir)(error)),
        }
    }

    /// Puts the side folder in place. Whoever is interrupted between the two renames, the next
    /// holder undoes the first: there is always the old index or the new one.
    pub(crate) fn install_side(&self) -> Result<()> {
        self.rename_to(&self.replaced())?;
        fs::rename(self.side(), &self.dir).map_err(io_error(&self.dir))?;
        self.sync_parent()?;
        remove_all(&self.replaced())
    }

    /// Undoes the first half of [`install_side`](Self::install_side).
    fn put_back_replaced(&self) -> Result<()> {
        if fs::symlink_metadata(&self.dir).is_ok() {
            return Ok(());
        }
        match fs::rename(self.replaced(), &self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(io_error(&self.dir)(error))
            }
            _ => Ok(()),
        }
    }

    /// Leaves no index.
    pub(crate) fn remove(&self) -> Result<()> {
        self.rename_to(&self.removed())?;
        self.sync_parent()?;
        remove_all(&self.removed())
    }

    fn rename_to(&self, aside: &Path) -> Result<()> {
        match fs::rename(&self.dir, aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(io_error(&self.dir)(error))
            }
            _ => Ok(()),
        }
    }

    fn sync_parent(&self) -> Result<()> {
        let parent = match self.dir.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(io_error(parent))
    }

    /// Length of all files in the folder. A file may vanish meanwhile: compactions delete some.
    pub(crate) fn file_bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.dir).map_err(io_error(&self.dir))? {
            match entry.and_then(|entry| entry.metadata()) {
                Ok(metadata) => bytes += metadata.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&self.dir)(error)),
            }
        }
        Ok(bytes)
    }
}

/// Closing the file would leave the lock to a child of this process that another thread has just
/// forked, until it runs its program.
impl Drop for LockedFolder {
    fn drop(&mut self) {
        drop(self.lock.unlock());
    }
}

fn beside(dir: &Path, suffix: &str) -> Result<PathBuf> {
    let nameless = || io_error(dir)(io::ErrorKind::InvalidFilename.into());
    let mut name = dir.file_name().ok_or_else(nameless)?.to_owned();
    name.push(suffix);
    Ok(dir.with_file_name(name))
}

fn remove_all(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path)(error)),
        _ => Ok(()),
    }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { path: path.to_owned(), source }
}
