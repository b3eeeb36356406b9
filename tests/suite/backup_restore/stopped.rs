//! A backup that fails or is stopped ends, whatever its stages wait for.
//!
//! A hang of these tests is the failure that they look for.

use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupStats, Cancel, Credential, EntryEvent, Environment, Error, InitOptions, Observer,
    Repository, Run, Silent, backup,
};
use gleaner_store::{ErrorKind, MemoryStorage, Storage};
use gleaner_tests::engine_doubles::{
    backup_options, create, environment, open, seeded_bytes, unencrypted,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use rustix::io::Errno;
use tempfile::TempDir;

use super::write;

/// Enough files to fill every queue, each of more parts than may wait for the sequencer.
fn large_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..14 {
        write(folder.path(), &format!("{number:02}"), seeded_bytes(number, 6 << 20));
    }
    folder
}

fn back_up(
    repository: &Repository,
    source: &TempDir,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<BackupStats, Error> {
    let run = Run { observer, cancel: cancel.clone(), ..Run::silent() };
    backup(repository, &backup_options(&[source.path()]), &run)
}

#[test]
fn backup_of_large_files_ends_when_the_storage_is_full() {
    let source = large_files();
    // Many threads with large blocks fill the budget of blocks before the queues.
    let (default, large) = (ChunkerParams::DEFAULT, ChunkerParams::LARGE);
    for (threads, chunker) in [(1, default), (2, default), (3, default), (16, large)] {
        let storage = MemoryStorage::new();
        let options = InitOptions { pack_target_bytes: 1 << 20, chunker, ..unencrypted() };
        create(Arc::new(storage.clone()), 1, options);
        for nth in [2, 5, 9] {
            let faults = Faults::new();
            let faulty = Arc::new(FaultyStorage::new(storage.clone(), faults.clone()));
            let environment = Environment { threads, ..environment(faulty, nth << 32) };
            let repository = Repository::open(environment, &Credential::None).unwrap();
            faults.arm(Fault {
                calls: &[Call::PutIfAbsent],
                nth,
                reach: Reach::Onward,
                effect: Effect::Error(Errno::NOSPC.raw_os_error()),
            });
            let error = back_up(&repository, &source, &Silent, &Cancel::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Full, "{error}");
        }
    }
}

#[test]
fn backup_of_large_files_ends_when_it_is_cancelled() {
    struct Stopper(Cancel);
    impl Observer for Stopper {
        fn entry(&self, _event: &EntryEvent<'_>) {
            self.0.cancel();
        }
    }
    let source = large_files();
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    create(Arc::clone(&storage), 1, unencrypted());
    let repository = open(storage, 2).unwrap();
    let cancel = Cancel::new();
    let result = back_up(&repository, &source, &Stopper(cancel.clone()), &cancel);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
}
