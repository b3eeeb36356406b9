//! Sightings in a temporary folder, which can be closed, killed and opened again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gleaner_chunker::ChunkId;
use tempfile::TempDir;

use crate::error::Result;
use crate::rocksdb_sightings::RocksDbSightings;
use crate::sighting::{ObjectNumber, Sighting, SourceId};
use crate::sighting_conformance::SightingSubject;
use crate::sighting_conformance::state_machine::CrashSubject;
use crate::sighting_feed::{FeedAnswer, FeedMessage};
use crate::sighting_index::{Outcome, SightingIndex, SightingLimits, SightingStats};

pub(super) struct InTemporaryFolder {
    pub(super) index: RocksDbSightings,
    limits: SightingLimits,
    folder: TempDir,
}

impl InTemporaryFolder {
    pub(super) fn dir(&self) -> PathBuf {
        self.folder.path().join("sightings")
    }

    /// Closes it; the folder stays.
    pub(super) fn close(self) -> (TempDir, PathBuf) {
        let dir = self.dir();
        drop(self.index);
        (self.folder, dir)
    }

    fn open(folder: TempDir, limits: SightingLimits) -> Self {
        let index = RocksDbSightings::open(&folder.path().join("sightings"), limits).unwrap();
        Self { index, limits, folder }
    }

    pub(super) fn stored_rows(&self, family: &'static str) -> usize {
        self.index.tables.database.count_rows(family)
    }

    /// Rows put and deleted by `change`.
    pub(super) fn rows_written(&self, change: impl FnOnce()) -> u64 {
        let rows = || self.stats(Duration::ZERO).unwrap().rows_written;
        let before = rows();
        change();
        rows() - before
    }
}

impl SightingSubject for InTemporaryFolder {
    fn reopen(self) -> Self {
        drop(self.index);
        Self::open(self.folder, self.limits)
    }
}

impl CrashSubject for InTemporaryFolder {
    const IS_DURABLE: bool = true;

    fn create(limits: SightingLimits) -> Self {
        Self::open(TempDir::new().unwrap(), limits)
    }

    /// The files as the kernel has them, which is what a kill leaves.
    fn crash(self) -> Self {
        let copy = TempDir::new().unwrap();
        copy_files(&self.dir(), &copy.path().join("sightings"));
        Self::open(copy, self.limits)
    }

    fn compact(&self) {
        self.index.tables.database.compact();
    }
}

/// Copies a folder as it was at one moment: compactions in the background make and delete files,
/// and then it is copied once more.
fn copy_files(from: &Path, to: &Path) {
    const ATTEMPTS_MAX: u32 = 1000;
    for _ in 0..ATTEMPTS_MAX {
        let names = file_names(from);
        fs::create_dir(to).unwrap();
        let copied = names.iter().all(|name| fs::copy(from.join(name), to.join(name)).is_ok());
        if copied && file_names(from) == names {
            return;
        }
        fs::remove_dir_all(to).unwrap();
    }
    panic!("the folder does not come to rest");
}

fn file_names(folder: &Path) -> BTreeSet<OsString> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

impl SightingIndex for InTemporaryFolder {
    fn apply_feed(
        &self,
        source: SourceId,
        message: &FeedMessage,
        now: Duration,
    ) -> Result<FeedAnswer> {
        self.index.apply_feed(source, message, now)
    }

    fn sightings_batch(&self, ids: &[ChunkId], now: Duration) -> Result<Vec<Vec<Sighting>>> {
        self.index.sightings_batch(ids, now)
    }

    fn objects_batch(&self, objects: &[(SourceId, ObjectNumber)]) -> Result<Vec<Option<Vec<u8>>>> {
        self.index.objects_batch(objects)
    }

    fn replace_objects(&self, source: SourceId, objects: &[(ObjectNumber, Vec<u8>)]) -> Result<()> {
        self.index.replace_objects(source, objects)
    }

    fn report(&self, source: SourceId, outcomes: &[(ChunkId, Outcome)]) -> Result<()> {
        self.index.report(source, outcomes)
    }

    fn remove_source(&self, source: SourceId) -> Result<()> {
        self.index.remove_source(source)
    }

    fn checkpoint(&self) -> Result<()> {
        self.index.checkpoint()
    }

    fn stats(&self, now: Duration) -> Result<SightingStats> {
        self.index.stats(now)
    }
}
