//! How much a tenant's repository may take.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gleaner_store::{LAYOUT_FOLDERS, ObjectName, Storage, StorageError, layout};

/// Bytes of a tenant's objects, over all of its sessions, while there is a limit.
///
/// What goes is not taken off: it shows when all is counted again, at the next login after
/// something went. So nobody gets room by saying that something went, and at worst a tenant has
/// less room than it should until then.
#[derive(Debug, Default)]
pub(super) struct Quota {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Version of the tenant's record that the limit is from.
    version: u64,
    bytes_max: Option<u64>,
    used: Option<u64>,
    /// Rooms that are neither kept nor given back yet.
    on_the_way: u64,
    /// Kept since the last count began.
    kept: u64,
    /// Counts that began so far.
    count: u64,
    /// Whether a new count would say something else.
    is_stale: bool,
}

/// Room for an object, given back when this is dropped unless it was kept.
#[derive(Debug)]
pub(super) struct Room {
    quota: Arc<Quota>,
    bytes: u64,
    is_kept: bool,
}

impl Quota {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the limit of that version of the tenant's record; an older one does not count. Cost: a
    /// listing of all that is there, if something went since the last one, or it is the first.
    ///
    /// # Errors
    /// The storage's, if that cannot be listed; then what was counted before stays.
    pub(super) fn limit(
        &self,
        version: u64,
        bytes_max: Option<u64>,
        storage: &dyn Storage,
    ) -> Result<(), StorageError> {
        let mut state = self.state();
        if version < state.version {
            return Ok(());
        }
        (state.version, state.bytes_max) = (version, bytes_max);
        if bytes_max.is_none() {
            state.used = None;
            return Ok(());
        }
        if state.used.is_some() && !state.is_stale {
            return Ok(());
        }
        (state.kept, state.is_stale) = (0, false);
        state.count += 1;
        let count = state.count;
        drop(state);
        // Not under the lock: sessions of the tenant go on meanwhile.
        let listed = used_bytes(storage);
        let mut state = self.state();
        match listed {
            // Another one began later and knows more.
            Ok(_) if state.count != count => Ok(()),
            // What was kept meanwhile may have been listed too.
            Ok(listed) => {
                state.used = Some(listed.saturating_add(state.kept));
                state.is_stale |= state.kept > 0;
                Ok(())
            }
            Err(error) => {
                state.is_stale = true;
                Err(error)
            }
        }
    }

    /// Room for so many bytes, up to `slack` above the limit; `None` if there is not so much.
    pub(super) fn take(self: &Arc<Self>, bytes: u64, slack: u64) -> Option<Room> {
        let mut state = self.state();
        if let (Some(bytes_max), Some(used)) = (state.bytes_max, state.used) {
            let after = used.saturating_add(state.on_the_way).saturating_add(bytes);
            if after > bytes_max.saturating_add(slack) {
                return None;
            }
        }
        state.on_the_way = state.on_the_way.saturating_add(bytes);
        drop(state);
        Some(Room { quota: Arc::clone(self), bytes, is_kept: false })
    }

    /// An object of so many bytes went that was counted, and that nobody else takes off.
    pub(super) fn give_back(&self, bytes: u64) {
        let mut state = self.state();
        state.used = state.used.map(|used| used.saturating_sub(bytes));
    }

    /// Something went, or nobody knows whether it is there.
    pub(super) fn count_again(&self) {
        self.state().is_stale = true;
    }
}

impl Room {
    /// The object is there.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut state = self.quota.state();
        state.on_the_way = state.on_the_way.saturating_sub(self.bytes);
        if self.is_kept {
            state.kept = state.kept.saturating_add(self.bytes);
            state.used = state.used.map(|used| used.saturating_add(self.bytes));
        }
    }
}

fn used_bytes(storage: &dyn Storage) -> Result<u64, StorageError> {
    let mut used: u64 = 0;
    for folder in LAYOUT_FOLDERS.into_iter().filter(|folder| !folder.contains('/')) {
        match storage.list(&ObjectName::new(folder)?) {
            Ok(listed) => {
                let bytes = listed.iter().map(|object| object.bytes);
                used = bytes.fold(used, u64::saturating_add);
            }
            Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    for name in [layout::config(), layout::reserve()] {
        match storage.bytes(&name) {
            Ok(bytes) => used = used.saturating_add(bytes),
            Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use gleaner_store::MemoryStorage;

    use super::*;

    fn put(storage: &MemoryStorage, name: &str, bytes: usize) {
        storage.replace_raw(&ObjectName::new(name).unwrap(), &vec![0; bytes]);
    }

    fn has_room(quota: &Arc<Quota>, bytes: u64) -> bool {
        quota.take(bytes, 0).is_some()
    }

    #[test]
    fn room_is_what_is_left_of_the_limit_and_comes_back_unless_it_is_kept() {
        let storage = MemoryStorage::new();
        put(&storage, "data/00/a", 30);
        put(&storage, "snapshots/a", 10);
        let quota = Arc::new(Quota::default());
        assert!(has_room(&quota, u64::MAX), "no limit");
        quota.limit(1, Some(100), &storage).unwrap();
        assert!(!has_room(&quota, 61));
        drop(quota.take(60, 0).unwrap());
        quota.take(60, 0).unwrap().keep();
        assert!(!has_room(&quota, 1));
        quota.take(20, 20).unwrap().keep();
        assert!(quota.take(1, 20).is_none());
        quota.limit(2, Some(121), &storage).unwrap();
        assert!(has_room(&quota, 1) && !has_room(&quota, 2), "counted on from what was counted");
        quota.limit(1, Some(500), &storage).unwrap();
        assert!(!has_room(&quota, 2), "an older record does not count");
        quota.limit(3, None, &storage).unwrap();
        assert!(has_room(&quota, u64::MAX));
    }

    #[test]
    fn what_went_gives_room_once_it_is_counted_and_saying_so_gives_none() {
        let storage = MemoryStorage::new();
        put(&storage, "data/00/a", 90);
        let quota = Arc::new(Quota::default());
        quota.limit(1, Some(100), &storage).unwrap();
        for _ in 0..1000 {
            quota.count_again();
        }
        assert!(!has_room(&quota, 11));
        quota.limit(1, Some(100), &storage).unwrap();
        assert!(!has_room(&quota, 11));
        storage.delete(&ObjectName::new("data/00/a").unwrap()).unwrap();
        quota.limit(1, Some(100), &storage).unwrap();
        assert!(!has_room(&quota, 11), "not listed again for nothing");
        quota.count_again();
        quota.limit(1, Some(100), &storage).unwrap();
        assert!(has_room(&quota, 100));
    }

    #[test]
    fn room_that_is_on_its_way_counts_through_a_count() {
        let storage = MemoryStorage::new();
        let quota = Arc::new(Quota::default());
        let of_before = quota.take(50, 0).unwrap();
        put(&storage, "data/00/a", 40);
        put(&storage, "config", 10);
        quota.limit(1, Some(100), &storage).unwrap();
        assert!(!has_room(&quota, 1));
        for _ in 0..3 {
            quota.count_again();
            quota.limit(1, Some(100), &storage).unwrap();
            assert!(!has_room(&quota, 1));
        }
        drop(of_before);
        assert!(has_room(&quota, 50) && !has_room(&quota, 51));
        quota.take(50, 0).unwrap().keep();
        assert!(!has_room(&quota, 1));
        quota.give_back(20);
        assert!(has_room(&quota, 20) && !has_room(&quota, 21));
    }
}
