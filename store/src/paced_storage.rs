//! A storage backend that keeps to rates.

use std::sync::Arc;

use crate::object_name::ObjectName;
use crate::rate_limit::RateLimit;
use crate::storage::{Listed, Put, Storage, Update, Version};
use crate::storage_error::StorageError;

/// Reads and writes the packs of another storage no faster than two limits allow.
///
/// Listings and the small objects beside the packs are not counted: no limit makes it slow to open
/// a repository. A pack is written at once after its share of time has passed: a limit far below
/// the size of a pack makes long pauses, not slow writes.
#[derive(Clone, Debug)]
pub struct PacedStorage {
    inner: Arc<dyn Storage>,
    /// The folder of the packs.
    packs: ObjectName,
    read_limit: Option<Arc<RateLimit>>,
    write_limit: Option<Arc<RateLimit>>,
}

impl PacedStorage {
    /// Stands before `inner`; `None` is no limit.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Storage>,
        read_limit: Option<Arc<RateLimit>>,
        write_limit: Option<Arc<RateLimit>>,
    ) -> Self {
        Self { inner, packs: crate::layout::packs(), read_limit, write_limit }
    }

    fn has_read(&self, name: &ObjectName, bytes: usize) {
        if let Some(limit) = self.read_limit.as_ref().filter(|_| self.is_pack(name)) {
            limit.take(bytes as u64);
        }
    }

    fn is_pack(&self, name: &ObjectName) -> bool {
        name.is_below(&self.packs)
    }
}

impl Storage for PacedStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        if let Some(limit) = self.write_limit.as_ref().filter(|_| self.is_pack(name)) {
            limit.take(parts.iter().map(|part| part.len() as u64).sum());
        }
        self.inner.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        let bytes = self.inner.get(name, bytes_max)?;
        self.has_read(name, bytes.len());
        Ok(bytes)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)?;
        self.has_read(name, bytes.len());
        Ok(())
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

    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.delete_all(names)
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        self.inner.rename(from, to)
    }

    fn read_latest(&self, name: &ObjectName) -> Result<Option<(Version, Vec<u8>)>, StorageError> {
        self.inner.read_latest(name)
    }

    fn update_if(
        &self,
        name: &ObjectName,
        expected: Option<Version>,
        bytes: &[u8],
    ) -> Result<Update, StorageError> {
        self.inner.update_if(name, expected, bytes)
    }

    fn delete_old_versions(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete_old_versions(name)
    }

    fn delete_versioned(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete_versioned(name)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;
    use crate::clock::{Clock, ManualClock};
    use crate::memory_storage::MemoryStorage;

    fn paced(bytes_per_second: u64) -> (Arc<ManualClock>, PacedStorage) {
        let clock = Arc::new(ManualClock::new(0));
        let rate = NonZeroU64::new(bytes_per_second).unwrap();
        let limit = || Some(Arc::new(RateLimit::new(Arc::clone(&clock) as Arc<dyn Clock>, rate)));
        let storage = PacedStorage::new(Arc::new(MemoryStorage::new()), limit(), limit());
        (clock, storage)
    }

    #[test]
    fn a_paced_storage_keeps_the_promises_of_a_storage() {
        crate::conformance::run(&|| Arc::new(paced(u64::MAX).1));
    }

    #[test]
    fn objects_take_the_time_of_the_rate_to_write_and_to_read() {
        let (clock, storage) = paced(1000);
        let name = ObjectName::new("data/00/object").unwrap();
        let seconds = || clock.monotonic_ns() / 1_000_000_000;
        assert_eq!(storage.put_if_absent(&name, &[&[0; 3000], &[1; 1000]]).unwrap(), Put::Created);
        assert_eq!(seconds(), 4);
        assert_eq!(storage.get(&name, 4000).unwrap().len(), 4000);
        assert_eq!(seconds(), 7, "the limit of reading begins with 100 ms to catch up on");
        storage.read_at(&name, 0, &mut [0; 2000]).unwrap();
        assert_eq!(seconds(), 9);
        let small = ObjectName::new("snapshots/small").unwrap();
        assert_eq!(storage.put_if_absent(&small, &[&[0; 9000]]).unwrap(), Put::Created);
        assert_eq!(storage.get(&small, 9000).unwrap().len(), 9000);
        assert_eq!(seconds(), 9, "only packs are counted");
    }
}
