//! Where a journal lies.

use std::fmt::Debug;
use std::io;

/// Where a journal lies: a file, and one that may take its place.
///
/// What `append` wrote may be lost, or be there in part, until `sync` returned; a crash of the
/// machine keeps a prefix.
pub trait JournalStorage: Send + Debug {
    /// Bytes of the journal, 0 if there is none yet.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn len(&mut self) -> io::Result<u64>;

    /// True if there are no bytes.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn is_empty(&mut self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills a prefix of `buffer`; 0 at the end.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Adds bytes at the end.
    ///
    /// # Errors
    ///
    /// What the storage gives; then some of the bytes may be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was appended durable.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts what follows `len`, durably.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn truncate(&mut self, len: u64) -> io::Result<()>;

    /// Begins a second, empty journal; one that was begun before is thrown away.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn begin_next(&mut self) -> io::Result<()>;

    /// Adds bytes to the second journal.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn append_next(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Throws the second journal away, if there is one.
    ///
    /// # Errors
    ///
    /// What the storage gives.
    fn drop_next(&mut self) -> io::Result<()>;

    /// Puts the second journal durably in the place of the first, all or nothing.
    ///
    /// # Errors
    ///
    /// What the storage gives; then either may be there.
    fn replace_by_next(&mut self) -> io::Result<()>;
}
