//! A storage backend that fails on command.

use std::io;

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

use crate::fault::{Call, Effect, Faults};

/// Passes calls on to another storage unless the switchboard says otherwise.
///
/// Versioned objects go through the primitive calls, so each of their steps is counted. An error
/// number becomes the variant that the directory backend would report; `Short` makes `read_at`
/// report a short object.
#[derive(Clone, Debug)]
pub struct FaultyStorage<S> {
    inner: S,
    faults: Faults,
}

impl<S> FaultyStorage<S> {
    /// Wraps a storage.
    pub const fn new(inner: S, faults: Faults) -> Self {
        Self { inner, faults }
    }

    /// The storage underneath.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    fn pass<T>(
        &self,
        call: Call,
        name: &ObjectName,
        make: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let error = |number| {
            StorageError::from_io(name, operation(call), io::Error::from_raw_os_error(number))
        };
        match self.faults.count(call) {
            None | Some(Effect::Short | Effect::LostSync) => make(),
            Some(Effect::Error(number)) => Err(error(number)),
            Some(Effect::ErrorAfter(number)) => {
                make()?;
                Err(error(number))
            }
        }
    }
}

/// The word that errors carry.
const fn operation(call: Call) -> &'static str {
    match call {
        Call::PutIfAbsent => "put",
        Call::List => "list",
        Call::Delete => "delete",
        Call::CreateLayout => "mkdir",
        Call::Settle => "sync_dir",
        _ => "read",
    }
}

impl<S: Storage> Storage for FaultyStorage<S> {
    fn create_layout(&self) -> Result<(), StorageError> {
        let name = ObjectName::new("data")?;
        self.pass(Call::CreateLayout, &name, || self.inner.create_layout())
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.pass(Call::PutIfAbsent, name, || self.inner.put_if_absent(name, parts))
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.pass(Call::Bytes, name, || self.inner.bytes(name))
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.pass(Call::Get, name, || self.inner.get(name, bytes_max))
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let error =
            |number| StorageError::from_io(name, "read", io::Error::from_raw_os_error(number));
        match self.faults.count(Call::ReadAt) {
            None | Some(Effect::LostSync) => self.inner.read_at(name, offset, bytes),
            Some(Effect::Short) => {
                let (expected, found) = (bytes.len() as u64, bytes.len() as u64 / 2);
                Err(StorageError::Short { name: name.clone(), offset, expected, found })
            }
            Some(Effect::Error(number) | Effect::ErrorAfter(number)) => Err(error(number)),
        }
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.pass(Call::List, folder, || self.inner.list(folder))
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        match names.first() {
            Some(name) => self.pass(Call::Settle, name, || self.inner.settle(names)),
            None => Ok(()),
        }
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.pass(Call::Delete, name, || self.inner.delete(name))
    }
}

#[cfg(test)]
mod tests {
    //! Goal: without a fault it is a storage like any other; with one, each step of a conditional
    //! update can fail and nothing is lost. What a user loses if it fails: an epoch.

    use std::sync::Arc;

    use gleaner_store::{MemoryStorage, Update, Version, conformance};
    use rustix::io::Errno;

    use super::*;
    use crate::fault::fault_loop;

    #[test]
    fn faulty_storage_without_a_fault_conforms() {
        conformance::run(&|| Arc::new(FaultyStorage::new(MemoryStorage::new(), Faults::new())));
    }

    #[test]
    fn update_with_a_fault_at_any_call_keeps_the_old_or_shows_the_new_state() {
        let epoch = ObjectName::new("epoch").unwrap();
        for effect in [Effect::Error, Effect::ErrorAfter] {
            let runs = fault_loop(&[], effect(Errno::IO.raw_os_error()), |faults, fault| {
                let memory = MemoryStorage::new();
                assert_eq!(
                    memory.update_if(&epoch, None, b"old").unwrap(),
                    Update::Written(Version(1))
                );
                let storage = FaultyStorage::new(memory.clone(), faults.clone());
                let update = storage.update_if(&epoch, Some(Version(1)), b"new");
                let latest = memory.read_latest(&epoch).unwrap().unwrap();
                match (&latest.1[..], &update) {
                    (b"old", Err(_)) | (b"new", _) => {}
                    other => panic!("{fault:?}: {other:?}"),
                }
            });
            assert!(runs >= 4, "listing, creation, listing: {runs} faults were hit");
        }
    }
}
