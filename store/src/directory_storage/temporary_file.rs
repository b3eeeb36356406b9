//! The file that gets an object's name once its bytes are durable.

use std::io;

use super::{DirectoryStorage, written};
use crate::fs::{Fs, uninterrupted, write_all_at};
use crate::object_name::ObjectName;
use crate::storage_error::StorageError;

/// Random names tried for a temporary file; one is enough unless the random source is broken.
const TEMP_ATTEMPTS_MAX: u32 = 8;

impl<F: Fs> DirectoryStorage<F> {
    /// Writes a synced temporary file; leaves none behind on an error, as far as possible.
    pub(super) fn write_temp(&self, parts: &[&[u8]]) -> Result<ObjectName, StorageError> {
        let (temp, file) = self.create_temp()?;
        let written = self.fill_temp(&temp, &file, parts);
        drop(file);
        match written {
            Ok(()) => Ok(temp),
            Err(error) => {
                self.remove_temp(&temp);
                Err(error)
            }
        }
    }

    fn create_temp(&self) -> Result<(ObjectName, F::File), StorageError> {
        let mut attempts = 0;
        loop {
            let mut random = [0; 16];
            self.random.fill(&mut random).map_err(|source| StorageError::Random { source })?;
            let temp = ObjectName::new(&format!("tmp/{:032x}", u128::from_le_bytes(random)))?;
            let create = || uninterrupted(|| self.fs.create_new(temp.as_str()));
            match self.with_folders(&temp, create) {
                Ok(file) => return Ok((temp, file)),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists
                        && attempts < TEMP_ATTEMPTS_MAX =>
                {
                    attempts += 1;
                }
                Err(error) => return Err(written(&temp, "create", error)),
            }
        }
    }

    fn fill_temp(
        &self,
        temp: &ObjectName,
        file: &F::File,
        parts: &[&[u8]],
    ) -> Result<(), StorageError> {
        let bytes: u64 = parts.iter().map(|part| part.len() as u64).sum();
        if bytes > 0 {
            // Makes a full disk show before the first byte; not every file system can.
            match uninterrupted(|| self.fs.allocate(file, bytes)) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
                result => {
                    result.map_err(|error| StorageError::from_io(temp, "allocate", error))?;
                }
            }
        }
        let mut offset = 0;
        for part in parts {
            write_all_at(&self.fs, file, offset, part)
                .map_err(|error| StorageError::from_io(temp, "write", error))?;
            offset += part.len() as u64;
        }
        debug_assert_eq!(offset, bytes, "every part was written");
        self.fs
            .sync_data(file)
            .map_err(|error| StorageError::Poisoned { name: temp.clone(), source: Some(error) })
    }

    /// Nobody but us knows the name, and what stays behind is garbage that maintenance removes: the
    /// error that brought us here says more than one from here.
    pub(super) fn remove_temp(&self, temp: &ObjectName) {
        drop(uninterrupted(|| self.fs.unlink(temp.as_str())));
    }
}
