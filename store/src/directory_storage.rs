//! A storage backend on a local folder.
//!
//! The order of calls is that of RELIABILITY section 3.1: a temporary file in the same file system,
//! its bytes synced, then the name without replacing, then both folders synced.

mod temporary_file;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::folder_syncs::{Failures, FolderSyncs, Unsynced};
use crate::fs::{DirEntryKind, Fs, read_full_at, uninterrupted, uninterrupted_change};
use crate::object_name::ObjectName;
use crate::os_fs::OsFs;
use crate::random::{OsRandom, RandomSource};
use crate::storage::{LAYOUT_FOLDERS, Listed, Put, Storage};
use crate::storage_error::StorageError;

/// Attempts to make a name in a folder that others keep removing.
const FOLDER_ATTEMPTS_MAX: u32 = 100;

/// Keeps objects as files below a root folder.
///
/// `put_if_absent` costs a creation, an allocation, one write per part, a data sync, a rename and
/// two folder syncs (one more per folder level that is not part of the layout). It opens the file
/// anew for each read and keeps nothing in memory but the names that failed syncs poisoned. Old
/// files in `tmp/` are left to the maintenance owner: they may belong to a live process.
#[derive(Debug)]
pub struct DirectoryStorage<F: Fs = OsFs> {
    fs: F,
    random: Arc<dyn RandomSource>,
    syncs: FolderSyncs,
}

impl DirectoryStorage<OsFs> {
    /// Opens an existing root folder; what is in it is not looked at.
    ///
    /// # Errors
    /// As the operating system reports them.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(Self::new(OsFs::open(root)?, Arc::new(OsRandom)))
    }

    /// Opens a root folder after making it if it does not exist; the layout is not made.
    ///
    /// # Errors
    /// As the operating system reports them.
    pub fn create(root: &Path) -> io::Result<Self> {
        Ok(Self::new(OsFs::create(root)?, Arc::new(OsRandom)))
    }
}

impl<F: Fs> DirectoryStorage<F> {
    /// Works on any file system; `random` gives the names of temporary files.
    pub fn new(fs: F, random: Arc<dyn RandomSource>) -> Self {
        Self { fs, random, syncs: FolderSyncs::default() }
    }

    /// The file system underneath.
    pub const fn fs(&self) -> &F {
        &self.fs
    }

    /// Gives a synced temporary file its final name.
    fn publish(&self, temp: &ObjectName, name: &ObjectName) -> Result<Put, StorageError> {
        // Counted first, then looked up: a failure in between shows in the count.
        let before = self.failures_above(name);
        if self.syncs.is_poisoned(name.as_str()) {
            self.remove_temp(temp);
            return Err(self.poison(name, None));
        }
        match self.with_folders(name, || self.name_without_replacing(temp, name)) {
            Ok(()) => {
                self.sync_above(name, &before)?;
                // The object is durable by now, and others may count on it. A temporary name that a
                // crash brings back is garbage: that this failed is no reason to take it back.
                let _garbage = self.fs.sync_dir(temp.folder());
                Ok(Put::Created)
            }
            Err(error) => {
                self.remove_temp(temp);
                if error.kind() != io::ErrorKind::AlreadyExists {
                    return Err(written(name, "rename", error));
                }
                // Whoever made the name may not have synced it yet, and our caller may rely on it.
                self.sync_above(name, &before)?;
                Ok(Put::AlreadyExists)
            }
        }
    }

    fn name_without_replacing(&self, temp: &ObjectName, name: &ObjectName) -> io::Result<()> {
        match self.fs.rename_noreplace(temp.as_str(), name.as_str()) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.fs.link(temp.as_str(), name.as_str())?;
                self.remove_temp(temp);
                Ok(())
            }
            result => result,
        }
    }

    /// As [`Self::name_without_replacing`], but the old name is no garbage if it stays.
    fn move_name(&self, from: &ObjectName, to: &ObjectName) -> io::Result<()> {
        match self.fs.rename_noreplace(from.as_str(), to.as_str()) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.fs.link(from.as_str(), to.as_str())?;
                uninterrupted_change(io::ErrorKind::NotFound, || self.fs.unlink(from.as_str()))
            }
            result => result,
        }
    }

    fn poison(&self, name: &ObjectName, source: Option<io::Error>) -> StorageError {
        self.syncs.poison(name.as_str());
        StorageError::Poisoned { name: name.clone(), source }
    }

    fn failures_above(&self, name: &ObjectName) -> Vec<Failures> {
        unsettled_folders(name).map(|folder| self.syncs.failures(folder)).collect()
    }

    /// Syncs the folder of a name and those above it that are not part of the layout: somebody may
    /// have made them a moment ago. A failure poisons the name and the folder that hangs on it.
    fn sync_above(&self, name: &ObjectName, before: &[Failures]) -> Result<(), StorageError> {
        let mut entry = name.as_str();
        for (folder, before) in unsettled_folders(name).zip(before) {
            let sync = || self.fs.sync_dir(folder);
            match self.syncs.sync(folder, *before, &[entry, name.as_str()], sync) {
                Ok(()) => entry = folder,
                // Deleted with its folder since: there is nothing left to make durable.
                Err(Unsynced::Gone) => return Ok(()),
                Err(unsynced) => return Err(self.poison(name, unsynced.into_source())),
            }
        }
        Ok(())
    }

    /// Runs `call` again after making the folders of `name`, while it finds one missing: others
    /// remove folders that they find empty.
    fn with_folders<T>(
        &self,
        name: &ObjectName,
        mut call: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        let mut attempts = 0;
        loop {
            match call() {
                Err(error)
                    if error.kind() == io::ErrorKind::NotFound
                        && attempts < FOLDER_ATTEMPTS_MAX =>
                {
                    attempts += 1;
                    self.make_folders(name.folder())?;
                }
                result => return result,
            }
        }
    }

    /// Makes a folder and those above it. A folder of the layout is durable then; for the others
    /// `sync_above` sees to it after the name is made.
    fn make_folders(&self, folder: &str) -> io::Result<()> {
        if folder.is_empty() {
            return Ok(());
        }
        let above = folder_of(folder);
        self.make_folders(above)?;
        match uninterrupted_change(io::ErrorKind::AlreadyExists, || self.fs.mkdir(folder)) {
            Ok(()) if is_layout(folder) => self.sync_layout(above, &[folder]),
            // Removed again by others: the next attempt finds out.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    }

    /// Syncs a folder whose entries were made as a part of the layout.
    fn sync_layout(&self, folder: &str, entries: &[&str]) -> io::Result<()> {
        let before = self.syncs.failures(folder);
        let synced = self.syncs.sync(folder, before, entries, || self.fs.sync_dir(folder));
        synced.map_err(|unsynced| {
            unsynced.into_source().unwrap_or_else(|| io::ErrorKind::Other.into())
        })
    }

    fn open_object(&self, name: &ObjectName) -> Result<(F::File, u64), StorageError> {
        let file = uninterrupted(|| self.fs.open(name.as_str()))
            .map_err(|error| StorageError::from_io(name, "open", error))?;
        let bytes = uninterrupted(|| self.fs.bytes(&file))
            .map_err(|error| StorageError::from_io(name, "open", error))?;
        Ok((file, bytes))
    }

    fn read_exact(
        &self,
        name: &ObjectName,
        file: &F::File,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let found = read_full_at(&self.fs, file, offset, bytes)
            .map_err(|error| StorageError::from_io(name, "read", error))?;
        if found == bytes.len() {
            return Ok(());
        }
        let (expected, found) = (bytes.len() as u64, found as u64);
        Err(StorageError::Short { name: name.clone(), offset, expected, found })
    }

    /// Appends the objects below `folder`; a folder that vanished meanwhile is empty.
    fn list_into(&self, folder: &ObjectName, listed: &mut Vec<Listed>) -> Result<(), StorageError> {
        let entries = match uninterrupted(|| self.fs.list(folder.as_str())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_deep(folder) => {
                return Ok(());
            }
            entries => entries.map_err(|error| StorageError::from_io(folder, "list", error))?,
        };
        for entry in entries {
            let Ok(name) = folder.join(&entry.name) else { continue };
            match entry.kind {
                DirEntryKind::File { bytes } => listed.push(Listed { name, bytes }),
                DirEntryKind::Folder => self.list_into(&name, listed)?,
                DirEntryKind::Other => {}
            }
        }
        Ok(())
    }

    /// Removes a name and, outside of the layout, its folder if that is empty now; returns the
    /// folder that has to be synced.
    fn unlink_name<'name>(
        &self,
        name: &'name ObjectName,
    ) -> Result<Option<&'name str>, StorageError> {
        match uninterrupted_change(io::ErrorKind::NotFound, || self.fs.unlink(name.as_str())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            result => result.map_err(|error| StorageError::from_io(name, "delete", error))?,
        }
        Ok(Some(self.folder_without(name)))
    }

    /// Removes the folder of a name that is gone, if it is empty now and no part of the layout;
    /// returns the folder that has to be synced.
    fn folder_without<'name>(&self, name: &'name ObjectName) -> &'name str {
        let folder = name.folder();
        // Most of the time it is not empty, and an empty folder does no harm.
        let is_gone = !is_layout(folder) && self.fs.remove_dir(folder).is_ok();
        if is_gone { folder_of(folder) } else { folder }
    }

    fn sync_deletion(&self, name: &ObjectName, folder: &str) -> Result<(), StorageError> {
        let before = self.syncs.failures(folder);
        match self.syncs.sync(folder, before, &[], || self.fs.sync_dir(folder)) {
            // Somebody else's failure poisons names, not removals: our own sync came after ours.
            Ok(()) | Err(Unsynced::SeenByAnother) => Ok(()),
            // Others removed the folder that we had emptied; then that must be durable.
            Err(Unsynced::Gone) => self.sync_deletion(name, folder_of(folder)),
            Err(Unsynced::Failed(error)) => Err(StorageError::from_io(name, "sync_dir", error)),
        }
    }
}

impl<F: Fs> Storage for DirectoryStorage<F> {
    fn create_layout(&self) -> Result<(), StorageError> {
        let make = |folder: &ObjectName| match uninterrupted(|| self.fs.mkdir(folder.as_str())) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result.map_err(|error| StorageError::from_io(folder, "mkdir", error)),
        };
        for folder in LAYOUT_FOLDERS {
            make(&ObjectName::new(folder)?)?;
        }
        let data = ObjectName::new("data")?;
        for shard in 0..=u8::MAX {
            make(&data.join(&format!("{shard:02x}"))?)?;
        }
        // Also when nothing was missing: whoever made them may have crashed before this.
        for (folder, entries) in [("data", &["data"][..]), ("", &LAYOUT_FOLDERS)] {
            let synced = self.sync_layout(folder, entries);
            let is_poisoned = entries.iter().any(|entry| self.syncs.is_poisoned(entry));
            if synced.is_err() || is_poisoned {
                return Err(StorageError::Poisoned { name: data, source: synced.err() });
            }
        }
        Ok(())
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let temp = self.write_temp(parts).map_err(|error| renamed(error, name))?;
        self.publish(&temp, name)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        Ok(self.open_object(name)?.1)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        let (file, bytes) = self.open_object(name)?;
        let length = usize::try_from(bytes).ok().filter(|_| bytes <= bytes_max);
        let Some(length) = length else {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        };
        let mut content = vec![0; length];
        self.read_exact(name, &file, 0, &mut content)?;
        Ok(content)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let (file, object_bytes) = self.open_object(name)?;
        let expected = bytes.len() as u64;
        if offset.checked_add(expected).is_none_or(|end| end > object_bytes) {
            let found = object_bytes.saturating_sub(offset);
            return Err(StorageError::Short { name: name.clone(), offset, expected, found });
        }
        self.read_exact(name, &file, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        let mut listed = Vec::new();
        self.list_into(folder, &mut listed)?;
        listed.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        // One sync of a folder settles all names in it.
        let mut settled = BTreeSet::new();
        for name in names {
            if settled.insert(name.folder()) {
                let before = self.failures_above(name);
                self.sync_above(name, &before)?;
            }
            if self.syncs.is_poisoned(name.as_str()) {
                return Err(StorageError::Poisoned { name: name.clone(), source: None });
            }
        }
        Ok(())
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        match self.unlink_name(name)? {
            Some(folder) => self.sync_deletion(name, folder),
            None => Ok(()),
        }
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        // Or a missing object would look like a missing folder of the new name.
        self.bytes(from)?;
        let before = self.failures_above(to);
        if self.syncs.is_poisoned(to.as_str()) {
            return Err(self.poison(to, None));
        }
        match self.with_folders(to, || self.move_name(from, to)) {
            Ok(()) => {
                self.sync_above(to, &before)?;
                self.sync_deletion(from, self.folder_without(from))?;
                Ok(Put::Created)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.sync_above(to, &before)?;
                Ok(Put::AlreadyExists)
            }
            Err(error) => Err(written(to, "rename", error)),
        }
    }

    /// One folder sync for each run of names in one folder.
    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        let mut unsynced: Option<(&ObjectName, &str)> = None;
        for name in names {
            let Some(folder) = self.unlink_name(name)? else { continue };
            if let Some((earlier, earlier_folder)) = unsynced.replace((name, folder))
                && earlier_folder != folder
            {
                self.sync_deletion(earlier, earlier_folder)?;
            }
        }
        unsynced.map_or(Ok(()), |(name, folder)| self.sync_deletion(name, folder))
    }
}

/// The folder above a path; empty for the root.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_deep(folder: &ObjectName) -> bool {
    folder.as_str().contains('/')
}

/// The root, its folders and the shards: made and synced by `create_layout`, never removed.
fn is_layout(folder: &str) -> bool {
    match folder.split_once('/') {
        None => true,
        Some((top, below)) => top == "data" && !below.contains('/'),
    }
}

/// The folder of a name, then each above it whose own name may be new.
fn unsettled_folders(name: &ObjectName) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name.folder()), |folder| {
        (!is_layout(folder)).then(|| folder_of(folder))
    })
}

/// The error of a writing call: a folder that is missing does not say that the object is.
fn written(name: &ObjectName, operation: &'static str, source: io::Error) -> StorageError {
    match source.kind() {
        io::ErrorKind::NotFound => StorageError::Io { name: name.clone(), operation, source },
        _ => StorageError::from_io(name, operation, source),
    }
}

/// An error about the temporary file is one about the object: its name helps nobody.
fn renamed(error: StorageError, name: &ObjectName) -> StorageError {
    let name = name.clone();
    match error {
        StorageError::Io { operation, source, .. } => StorageError::Io { name, operation, source },
        StorageError::Full { source, .. } => StorageError::Full { name, source },
        StorageError::Denied { operation, source, .. } => {
            StorageError::Denied { name, operation, source }
        }
        StorageError::Poisoned { source, .. } => StorageError::Poisoned { name, source },
        other => other,
    }
}

#[cfg(test)]
mod tests;
