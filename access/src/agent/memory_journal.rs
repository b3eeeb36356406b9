//! A journal in memory, which can lose what was not made durable.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::journal_storage::JournalStorage;

#[derive(Debug, Default)]
struct Files {
    current: Vec<u8>,
    /// Bytes of it that survive a crash.
    durable: usize,
    next: Option<Vec<u8>>,
    /// How many writes of the second journal succeed, if not all.
    next_writes_left: Option<usize>,
}

/// The journal; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Arc<Mutex<Files>>);

impl MemoryJournal {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let journal = Self::new();
        let mut files = journal.files();
        files.current = bytes.to_vec();
        files.durable = bytes.len();
        drop(files);
        journal
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All bytes, durable or not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.files().current.clone()
    }

    /// What is there after a crash that keeps `kept` bytes of those that were not durable.
    #[must_use]
    pub fn after_crash(&self, kept: usize) -> Self {
        let files = self.files();
        let len = files.durable.saturating_add(kept).min(files.current.len());
        Self::of(files.current.get(..len).unwrap_or_default())
    }

    /// Lets writes of the second journal fail after so many; `None`: lets none fail.
    pub fn fail_next_after(&self, writes: Option<usize>) {
        self.files().next_writes_left = writes;
    }

    /// Whether a second journal was begun.
    #[must_use]
    pub fn has_next(&self) -> bool {
        self.files().next.is_some()
    }

    /// Bytes that are not durable.
    #[must_use]
    pub fn volatile_bytes(&self) -> usize {
        let files = self.files();
        files.current.len().saturating_sub(files.durable)
    }
}

impl JournalStorage for MemoryJournal {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.files().current.len() as u64)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let files = self.files();
        let rest = usize::try_from(offset).ok().and_then(|from| files.current.get(from..));
        io::Read::read(&mut rest.unwrap_or_default(), buffer)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files().current.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut files = self.files();
        files.durable = files.current.len();
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut files = self.files();
        files.current.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        files.durable = files.current.len();
        Ok(())
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.files().next = Some(Vec::new());
        Ok(())
    }

    fn append_next(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.files();
        if let Some(left) = files.next_writes_left.as_mut() {
            *left = left.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
        }
        let next = files.next.as_mut().ok_or(io::ErrorKind::NotFound)?;
        next.extend_from_slice(bytes);
        Ok(())
    }

    fn drop_next(&mut self) -> io::Result<()> {
        self.files().next = None;
        Ok(())
    }

    fn replace_by_next(&mut self) -> io::Result<()> {
        let mut files = self.files();
        files.current = files.next.take().ok_or(io::ErrorKind::NotFound)?;
        files.durable = files.current.len();
        Ok(())
    }
}
