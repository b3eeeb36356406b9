//! A file system that fails on command.
#![expect(clippy::indexing_slicing, reason = "a wrong index is a failing test")]

use std::io;

use gleaner_store::{DirEntry, Fs};

use crate::fault::{Call, Effect, Faults};

/// Passes calls on to another file system unless the switchboard says otherwise.
///
/// To see failed syncs in a log, put it below the recording file system; to lose the replies of
/// naming calls, put it above.
#[derive(Clone, Debug)]
pub struct FaultyFs<F> {
    inner: F,
    faults: Faults,
}

impl<F> FaultyFs<F> {
    /// Wraps a file system.
    pub const fn new(inner: F, faults: Faults) -> Self {
        Self { inner, faults }
    }

    /// The file system underneath.
    pub const fn inner(&self) -> &F {
        &self.inner
    }

    /// Counts a call without special effects and makes it, or not.
    fn pass<T>(&self, call: Call, make: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.faults.count(call) {
            None | Some(Effect::Short | Effect::LostSync) => make(),
            Some(Effect::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(Effect::ErrorAfter(number)) => {
                make()?;
                Err(io::Error::from_raw_os_error(number))
            }
        }
    }

    fn sync(&self, call: Call, make: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.faults.count(call) {
            None | Some(Effect::Short) => make(),
            Some(Effect::LostSync) => Ok(()),
            Some(Effect::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(Effect::ErrorAfter(number)) => {
                make()?;
                Err(io::Error::from_raw_os_error(number))
            }
        }
    }

    /// Makes a call on up to `bytes` bytes, told how many it may handle.
    fn transfer(
        &self,
        call: Call,
        bytes: usize,
        make: impl FnOnce(usize) -> io::Result<usize>,
    ) -> io::Result<usize> {
        match self.faults.count(call) {
            None | Some(Effect::LostSync) => make(bytes),
            Some(Effect::Short) => make(bytes.div_ceil(2)),
            Some(Effect::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(Effect::ErrorAfter(number)) => {
                make(bytes)?;
                Err(io::Error::from_raw_os_error(number))
            }
        }
    }
}

impl<F: Fs> Fs for FaultyFs<F> {
    type File = F::File;

    fn create_new(&self, path: &str) -> io::Result<F::File> {
        self.pass(Call::CreateNew, || self.inner.create_new(path))
    }

    fn open(&self, path: &str) -> io::Result<F::File> {
        self.pass(Call::Open, || self.inner.open(path))
    }

    fn write_at(&self, file: &F::File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(Call::WriteAt, bytes.len(), |count| {
            self.inner.write_at(file, offset, &bytes[..count])
        })
    }

    fn read_at(&self, file: &F::File, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.transfer(Call::ReadAt, bytes.len(), |count| {
            self.inner.read_at(file, offset, &mut bytes[..count])
        })
    }

    fn bytes(&self, file: &F::File) -> io::Result<u64> {
        self.pass(Call::Bytes, || self.inner.bytes(file))
    }

    fn allocate(&self, file: &F::File, bytes: u64) -> io::Result<()> {
        self.pass(Call::Allocate, || self.inner.allocate(file, bytes))
    }

    fn sync_data(&self, file: &F::File) -> io::Result<()> {
        self.sync(Call::SyncData, || self.inner.sync_data(file))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.sync(Call::SyncDir, || self.inner.sync_dir(path))
    }

    fn rename_noreplace(&self, from: &str, to: &str) -> io::Result<()> {
        self.pass(Call::RenameNoreplace, || self.inner.rename_noreplace(from, to))
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        self.pass(Call::Link, || self.inner.link(from, to))
    }

    fn unlink(&self, path: &str) -> io::Result<()> {
        self.pass(Call::Unlink, || self.inner.unlink(path))
    }

    fn mkdir(&self, path: &str) -> io::Result<()> {
        self.pass(Call::Mkdir, || self.inner.mkdir(path))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        self.pass(Call::RemoveDir, || self.inner.remove_dir(path))
    }

    fn list(&self, path: &str) -> io::Result<Vec<DirEntry>> {
        self.pass(Call::List, || self.inner.list(path))
    }
}

#[cfg(test)]
mod tests;
