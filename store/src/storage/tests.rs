//! Goal: a conditional update knows its outcome whatever others do between its steps. Method: a
//! storage that lets a rival act just before or after the creation of a version. What a user loses
//! if one fails: two owners of one epoch.

use std::sync::Mutex;

use super::*;
use crate::memory_storage::MemoryStorage;

type Act = Box<dyn FnOnce(&MemoryStorage) + Send>;

/// Lets a rival act once, around the next creation.
struct Meddled {
    inner: MemoryStorage,
    before: Mutex<Option<Act>>,
    after: Mutex<Option<Act>>,
}

impl Debug for Meddled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl Storage for Meddled {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }
    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let act = |act: &Mutex<Option<Act>>| {
            if let Some(act) = act.lock().unwrap().take() {
                act(&self.inner);
            }
        };
        act(&self.before);
        let put = self.inner.put_if_absent(name, parts);
        act(&self.after);
        put
    }
    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }
    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }
    fn read_at(&self, name: &ObjectName, at: u64, bytes: &mut [u8]) -> Result<(), StorageError> {
        self.inner.read_at(name, at, bytes)
    }
    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }
    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }
    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

fn epoch() -> ObjectName {
    ObjectName::new("epoch").unwrap()
}

/// Advances the epoch by `count` and drops old versions, as a rival would.
fn advance(storage: &MemoryStorage, count: u64) {
    for _ in 0..count {
        let latest = storage.read_latest(&epoch()).unwrap().map(|(version, _)| version);
        assert!(matches!(storage.update_if(&epoch(), latest, b"rival"), Ok(Update::Written(_))));
        storage.delete_old_versions(&epoch()).unwrap();
    }
}

/// Epoch 5, then an update by us around which a rival advances.
fn race(before: u64, after: u64) -> (Result<Update, StorageError>, MemoryStorage) {
    let inner = MemoryStorage::new();
    advance(&inner, 5);
    let act = |count: u64| -> Mutex<Option<Act>> {
        Mutex::new(Some(Box::new(move |storage: &MemoryStorage| advance(storage, count))))
    };
    let storage = Meddled { inner: inner.clone(), before: act(before), after: act(after) };
    (storage.update_if(&epoch(), Some(Version(5)), b"we"), inner)
}

#[test]
fn update_that_others_built_on_is_reported_as_written() {
    for after in 0..VERSIONS_KEPT {
        assert!(matches!(race(0, after).0, Ok(Update::Written(Version(6)))), "{after}");
    }
}

#[test]
fn update_that_comes_late_is_a_conflict_while_its_number_is_kept() {
    for before in 1..=VERSIONS_KEPT {
        let (update, storage) = race(before, 0);
        assert!(matches!(update, Ok(Update::Conflict)), "{before}: {update:?}");
        assert_eq!(storage.read_latest(&epoch()).unwrap().unwrap().1, b"rival");
    }
}

#[test]
fn update_that_slept_through_all_kept_versions_says_that_it_does_not_know() {
    for (before, after) in [(VERSIONS_KEPT + 1, 0), (VERSIONS_KEPT + 9, 1), (0, VERSIONS_KEPT)] {
        let (update, storage) = race(before, after);
        assert!(matches!(update, Err(StorageError::Contended { .. })), "{update:?}");
        let (version, bytes) = storage.read_latest(&epoch()).unwrap().unwrap();
        assert_eq!(bytes, b"rival");
        assert!(version >= Version(6 + VERSIONS_KEPT));
        let late = ObjectName::new("epoch/00000000000000000006").unwrap();
        assert!(storage.raw(&late).is_none(), "nothing stays below the kept versions");
    }
}
