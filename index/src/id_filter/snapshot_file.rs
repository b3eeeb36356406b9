//! The file that keeps a filter between two processes.

#![expect(
    clippy::disallowed_methods,
    reason = "the index lives in the cache directory, which no Storage stands for"
)]

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::{IdFilter, SnapshotDefect, SnapshotHeader};
use crate::error::{Error, Result};

const NAME: &str = "id-filter";
const NAME_UNFINISHED: &str = "id-filter.new";

impl IdFilter {
    /// Replaces the snapshot in a folder. On return it is durable; whenever the machine stops
    /// before, the older one is there. One caller at a time.
    ///
    /// # Errors
    /// [`Error::Io`]. Then the older snapshot is there, or the new one if only the folder's own
    /// fsync failed.
    pub fn store_snapshot(&self, folder: &Path, header: SnapshotHeader) -> Result<()> {
        let unfinished = folder.join(NAME_UNFINISHED);
        let written = File::create(&unfinished).and_then(|mut file| {
            self.write_snapshot(&mut file, header)?;
            file.sync_all()
        });
        if let Err(source) = written {
            // Perhaps the medium is full. The next snapshot would overwrite it anyway.
            drop(fs::remove_file(&unfinished));
            return Err(Error::Io { path: unfinished, source });
        }
        let replaced = fs::rename(&unfinished, folder.join(NAME))
            .and_then(|()| File::open(folder))
            .and_then(|folder| folder.sync_all());
        replaced.map_err(|source| Error::Io { path: folder.to_owned(), source })
    }

    /// Removes the snapshot of a folder, if there is one. Durable on return.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn remove_snapshot(folder: &Path) -> Result<()> {
        let removed = match fs::remove_file(folder.join(NAME)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            removed => removed,
        };
        let removed = removed.and_then(|()| File::open(folder)).and_then(|open| open.sync_all());
        removed.map_err(|source| Error::Io { path: folder.to_owned(), source })
    }

    /// Reads the snapshot of a folder.
    ///
    /// # Errors
    /// [`SnapshotDefect::Absent`] without one, the others as [`Self::read_snapshot`].
    pub fn load_snapshot(folder: &Path) -> Result<(SnapshotHeader, Self), SnapshotDefect> {
        let mut file = File::open(folder.join(NAME)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SnapshotDefect::Absent,
            _ => SnapshotDefect::Io(error),
        })?;
        let bytes = file.metadata()?.len();
        Self::read_snapshot(&mut file, bytes)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a folder has the last snapshot that was stored whole, whatever came after it.
    //! If it fails: a start rebuilds the filter, or knows chunks of packs that are gone.

    use super::{IdFilter, NAME, NAME_UNFINISHED, SnapshotDefect, SnapshotHeader};
    use crate::error::Error;

    fn header(generation: u64) -> SnapshotHeader {
        SnapshotHeader { repository_id: [7; 32], next_ordinal: 5, generation }
    }

    #[test]
    fn folder_keeps_the_last_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let mut filter = IdFilter::of_one_segment(8);
        assert!(matches!(IdFilter::load_snapshot(folder.path()), Err(SnapshotDefect::Absent)));
        for generation in 0..3 {
            filter.insert(&[u8::try_from(generation).unwrap(); 16]);
            filter.store_snapshot(folder.path(), header(generation)).unwrap();
            let (found, loaded) = IdFilter::load_snapshot(folder.path()).unwrap();
            assert_eq!((found, &loaded), (header(generation), &filter));
        }
        assert!(!folder.path().join(NAME_UNFINISHED).exists());
    }

    #[test]
    fn removed_snapshot_is_absent_and_removing_none_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        IdFilter::remove_snapshot(folder.path()).unwrap();
        IdFilter::of_one_segment(8).store_snapshot(folder.path(), header(1)).unwrap();
        IdFilter::remove_snapshot(folder.path()).unwrap();
        assert!(matches!(IdFilter::load_snapshot(folder.path()), Err(SnapshotDefect::Absent)));
    }

    #[test]
    fn unfinished_snapshot_is_not_read_and_not_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let filter = IdFilter::of_one_segment(8);
        filter.store_snapshot(folder.path(), header(1)).unwrap();
        std::fs::write(folder.path().join(NAME_UNFINISHED), [0; 10_000]).unwrap();
        assert_eq!(IdFilter::load_snapshot(folder.path()).unwrap().0, header(1));
        filter.store_snapshot(folder.path(), header(2)).unwrap();
        assert_eq!(IdFilter::load_snapshot(folder.path()).unwrap().0, header(2));
    }

    #[test]
    fn snapshot_that_cannot_be_stored_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let filter = IdFilter::of_one_segment(8);
        let absent = folder.path().join("absent");
        assert!(matches!(filter.store_snapshot(&absent, header(1)), Err(Error::Io { .. })));
        // A folder that holds the name cannot be replaced by a file.
        std::fs::create_dir(folder.path().join(NAME)).unwrap();
        assert!(matches!(filter.store_snapshot(folder.path(), header(1)), Err(Error::Io { .. })));
        assert!(matches!(IdFilter::load_snapshot(folder.path()), Err(SnapshotDefect::Io(_))));
    }
}
