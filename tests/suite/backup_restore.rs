//! Goal: what was backed up comes back, byte for byte, and a second backup costs what changed.
//!
//! Method: seeded trees on disk, repositories in memory and in folders, restored next to the
//! source and compared. A user who loses this loses everything else with it.

mod choice;
mod history;
mod pace;
mod refusal;
mod round_trip;
mod second_copies;
mod stopped;
mod unchanged;
mod unstable;
mod unusual;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gleaner_engine::{
    BackupStats, Observer, Repository, RestoreStats, Run, Warning, WarningKind, restore,
};
use gleaner_store::{MemoryStorage, Snapshot};
use gleaner_tests::engine_doubles::{create, disk_files, join, restore_options, unencrypted};
use tempfile::TempDir;

/// A source and a target folder, and a repository in memory.
struct Place {
    folder: TempDir,
    storage: MemoryStorage,
    repository: Repository,
}

impl Place {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    /// A place no other test works beside: the times of the folders above it stay as they are.
    fn quiet() -> (MutexGuard<'static, ()>, Self) {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        (alone, Self::in_folder(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()))
    }

    fn in_folder(folder: TempDir) -> Self {
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), 1, unencrypted());
        std::fs::create_dir(folder.path().join("source")).unwrap();
        Self { folder, storage, repository }
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    /// Where the source is below the target of a whole restore.
    fn restored(&self) -> PathBuf {
        below(&self.target(), &self.source())
    }

    fn restore(&self, snapshot: &Snapshot) -> RestoreStats {
        restore_clean(&self.repository, snapshot, &self.target())
    }
}

/// The place of an absolute path below a folder.
fn below(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path.strip_prefix("/").unwrap())
}

/// Restores everything and expects that nothing goes wrong.
fn restore_clean(repository: &Repository, snapshot: &Snapshot, target: &Path) -> RestoreStats {
    let heard = Heard::default();
    let run = Run { observer: &heard, ..Run::silent() };
    let stats = restore(repository, snapshot, &restore_options(target), &run).unwrap();
    assert_eq!(heard.kinds(), [], "{:?}", heard.warnings());
    assert_eq!((stats.files_failed, stats.verify_failed, stats.verified), (0, 0, true));
    stats
}

/// The equations that CLI.md section 6.3 promises of every run.
fn assert_identities(stats: &BackupStats) {
    let BackupStats { bytes_holes, bytes_known, bytes_novel, .. } = *stats;
    assert_eq!(stats.total_bytes_processed, bytes_holes + bytes_known + bytes_novel);
    let files = stats.files_new + stats.files_changed + stats.files_unmodified;
    assert_eq!(stats.total_files_processed, files);
}

fn assert_same_files(left: &Path, right: &Path) {
    let (left, right) = (disk_files(left), disk_files(right));
    let names =
        |tree: &gleaner_tests::engine_doubles::Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for (name, bytes) in &left {
        assert!(right[name] == *bytes, "{} differs", name.escape_ascii());
    }
}

/// Remembers warnings.
#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Heard {
    fn warnings(&self) -> Vec<Warning> {
        self.0.lock().unwrap().clone()
    }

    fn kinds(&self) -> Vec<WarningKind> {
        self.warnings().iter().map(|warning| warning.kind).collect()
    }
}

impl Observer for Heard {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push(warning.clone());
    }
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(join(folder, name.as_bytes()), bytes).unwrap();
}
