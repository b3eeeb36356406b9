//! A storage backend that does something before a call, and counts those that write.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

/// A call that only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingCall<'a> {
    /// `bytes` or `get`.
    Object(&'a ObjectName),
    /// `read_at` of so many bytes from an offset.
    Range(&'a ObjectName, u64, usize),
    /// `list`.
    List(&'a ObjectName),
}

/// Told each reading call before it is made, with its number from 0; an error takes its place.
pub type Hook = dyn Fn(u64, ReadingCall<'_>) -> Result<(), StorageError> + Send + Sync;

/// Passes calls on to another storage.
pub struct HookedStorage<S> {
    inner: S,
    hook: Box<Hook>,
    reads: AtomicU64,
    writes: Arc<AtomicU64>,
}

impl<S> fmt::Debug for HookedStorage<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedStorage").finish_non_exhaustive()
    }
}

impl<S> HookedStorage<S> {
    /// Wraps a storage.
    pub fn new(
        inner: S,
        hook: impl Fn(u64, ReadingCall<'_>) -> Result<(), StorageError> + Send + Sync + 'static,
    ) -> Self {
        let (reads, writes) = (AtomicU64::new(0), Arc::default());
        Self { inner, hook: Box::new(hook), reads, writes }
    }

    /// Number of reading calls so far.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }

    /// Number of writing calls so far, those that failed or changed nothing among them.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    fn before(&self, call: ReadingCall<'_>) -> Result<(), StorageError> {
        (self.hook)(self.reads.fetch_add(1, Ordering::SeqCst), call)
    }

    fn writing(&self) -> &S {
        self.writes.fetch_add(1, Ordering::SeqCst);
        &self.inner
    }
}

impl<S: Storage> Storage for HookedStorage<S> {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.writing().create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.writing().put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.before(ReadingCall::Object(name))?;
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.before(ReadingCall::Object(name))?;
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.before(ReadingCall::Range(name, offset, bytes.len()))?;
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.before(ReadingCall::List(folder))?;
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.writing().settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.writing().delete(name)
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        self.writing().rename(from, to)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gleaner_store::{MemoryStorage, ObjectName, Storage as _, StorageError, conformance};

    use super::HookedStorage;

    #[test]
    fn hooked_storage_conforms_and_counts() {
        conformance::run(&|| Arc::new(HookedStorage::new(MemoryStorage::new(), |_, _| Ok(()))));
        let name = ObjectName::new("data/00/x").unwrap();
        let storage = HookedStorage::new(MemoryStorage::new(), {
            let name = name.clone();
            move |number, _| match number {
                0 => Ok(()),
                _ => Err(StorageError::NotFound { name: name.clone() }),
            }
        });
        let _put = storage.put_if_absent(&name, &[b"x"]).unwrap();
        assert_eq!(storage.bytes(&name).unwrap(), 1);
        assert!(storage.get(&name, 9).is_err());
        assert_eq!((storage.reads(), storage.writes()), (2, 1));
    }
}
