//! Calls of a storage that are made of others.

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

/// A storage whose calls about versioned objects are those steps that make them up for any storage,
/// whatever it has of its own: for what is longer than a message.
#[derive(Debug)]
pub(crate) struct StepByStep<'s, S>(pub(crate) &'s S);

impl<S: Storage> Storage for StepByStep<'_, S> {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.0.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.0.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.0.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.0.get(name, bytes_max)
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        self.0.read_at(name, offset, to)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.0.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.0.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.0.delete(name)
    }
}
