//! A storage backend in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::object_name::ObjectName;
use crate::storage::{LAYOUT_FOLDERS, Listed, Put, Storage};
use crate::storage_error::StorageError;

/// Keeps objects in a map; "durable" means until it is dropped.
///
/// A clone shares the objects; [`MemoryStorage::snapshot`] copies them. The raw access exists to
/// plant damage in tests and breaks the promises of [`Storage`] on purpose.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage {
    objects: Arc<Mutex<BTreeMap<ObjectName, Arc<[u8]>>>>,
}

impl MemoryStorage {
    /// Makes an empty storage with its layout.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An independent storage with the same objects; their bytes are shared, so it is cheap.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        Self { objects: Arc::new(Mutex::new(self.objects().clone())) }
    }

    /// The names of all objects, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<ObjectName> {
        self.objects().keys().cloned().collect()
    }

    /// The bytes of an object.
    #[must_use]
    pub fn raw(&self, name: &ObjectName) -> Option<Arc<[u8]>> {
        self.objects().get(name).cloned()
    }

    /// Gives an object other bytes, or makes it.
    pub fn replace_raw(&self, name: &ObjectName, bytes: &[u8]) {
        self.objects().insert(name.clone(), bytes.into());
    }

    /// Takes an object away if it is there.
    pub fn remove_raw(&self, name: &ObjectName) {
        self.objects().remove(name);
    }

    /// Each critical section is one call on the map, so a panic elsewhere leaves it whole.
    fn objects(&self) -> MutexGuard<'_, BTreeMap<ObjectName, Arc<[u8]>>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn object(&self, name: &ObjectName) -> Result<Arc<[u8]>, StorageError> {
        self.raw(name).ok_or_else(|| StorageError::NotFound { name: name.clone() })
    }
}

impl Storage for MemoryStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let bytes: Arc<[u8]> = parts.concat().into();
        let mut objects = self.objects();
        if objects.contains_key(name) {
            return Ok(Put::AlreadyExists);
        }
        objects.insert(name.clone(), bytes);
        Ok(Put::Created)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        Ok(self.object(name)?.len() as u64)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        let object = self.object(name)?;
        let bytes = object.len() as u64;
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        }
        Ok(object.to_vec())
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let object = self.object(name)?;
        let rest = usize::try_from(offset).ok().and_then(|start| object.get(start..));
        let Some(range) = rest.and_then(|rest| rest.get(..bytes.len())) else {
            let (expected, found) = (bytes.len() as u64, rest.map_or(0, <[u8]>::len) as u64);
            return Err(StorageError::Short { name: name.clone(), offset, expected, found });
        };
        bytes.copy_from_slice(range);
        Ok(())
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        let objects = self.objects();
        let below = objects.iter().filter(|(name, _)| name.is_below(folder));
        let listed: Vec<_> = below
            .map(|(name, bytes)| Listed { name: name.clone(), bytes: bytes.len() as u64 })
            .collect();
        let layout = BTreeSet::from(LAYOUT_FOLDERS);
        let is_known = folder.as_str().contains('/') || layout.contains(folder.as_str());
        if listed.is_empty() && !is_known {
            return Err(StorageError::NotFound { name: folder.clone() });
        }
        Ok(listed)
    }

    fn settle(&self, _names: &[ObjectName]) -> Result<(), StorageError> {
        Ok(())
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.objects().remove(name);
        Ok(())
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        let mut objects = self.objects();
        if !objects.contains_key(from) {
            return Err(StorageError::NotFound { name: from.clone() });
        }
        if objects.contains_key(to) {
            return Ok(Put::AlreadyExists);
        }
        if let Some(bytes) = objects.remove(from) {
            objects.insert(to.clone(), bytes);
        }
        Ok(Put::Created)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_conforms() {
        crate::conformance::run(&|| Arc::new(MemoryStorage::new()));
    }

    #[test]
    fn snapshot_does_not_see_later_damage() {
        let storage = MemoryStorage::new();
        let name = ObjectName::new("config").unwrap();
        storage.replace_raw(&name, b"good");
        let before = storage.snapshot();
        storage.replace_raw(&name, b"bad");
        assert_eq!(before.raw(&name).as_deref(), Some(&b"good"[..]));
        storage.remove_raw(&name);
        assert_eq!((storage.raw(&name), before.names()), (None, vec![name]));
    }
}
