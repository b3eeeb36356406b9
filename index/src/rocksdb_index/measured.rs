//! One layer at a time: for benches, which name what a row of a report measures. An operation asks
//! for whole batches through [`ChunkIndex`](crate::ChunkIndex).

use gleaner_chunker::ChunkId;

use super::RocksDbIndex;
use super::key::PREFIX_BYTES;
use crate::error::Result;

/// What RocksDB counted since the index was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseCounts {
    /// Blocks of rows that were read from the files.
    pub data_blocks_read: u64,
    /// Blocks of rows that were in the block cache.
    pub data_blocks_cached: u64,
    /// Bytes of tables that flushes wrote.
    pub flushed_bytes: u64,
    /// Bytes of tables that compactions wrote.
    pub compacted_bytes: u64,
    /// Bytes of the write-ahead log.
    pub log_bytes: u64,
}

impl RocksDbIndex {
    /// Asks the filter alone: overwrites each answer, false if the chunk is novel.
    ///
    /// # Panics
    /// If there are not as many answers as ids.
    pub fn may_hold_batch(&self, ids: &[ChunkId], answers: &mut [bool]) {
        let width = self.tables.width;
        let keys: Vec<[u8; PREFIX_BYTES]> = ids.iter().map(|id| width.filter_key(id)).collect();
        self.tables.filter().may_hold_batch(&keys, answers);
    }

    /// Reads the rows of ascending ids by one multi-get of RocksDB, and tells how many there are;
    /// holds none against the directory of its pack.
    ///
    /// # Errors
    /// As of a lookup: the medium's, and those of malformed rows.
    pub fn count_rows(&self, sorted: &[&ChunkId]) -> Result<usize> {
        let width = self.tables.width;
        let rows = self.tables.database.chunk_rows(sorted, |id| width.short_key(id));
        rows.into_iter().try_fold(0, |count, row| Ok(count + usize::from(row?.is_some())))
    }

    /// Whether there is a row of that id, by one get of RocksDB.
    ///
    /// # Errors
    /// The medium's.
    pub fn has_row(&self, id: &ChunkId) -> Result<bool> {
        self.tables.database.has_row(self.tables.width.short_key(id))
    }

    /// Writes out all that is in write buffers and waits until no compaction is due.
    ///
    /// # Errors
    /// The medium's.
    pub fn settle(&self) -> Result<()> {
        self.tables.database.settle()
    }

    /// Merges all rows into one level.
    ///
    /// # Errors
    /// The medium's.
    pub fn compact(&self) -> Result<()> {
        self.tables.database.compact()
    }

    /// What RocksDB counted; `None` unless the index was opened with
    /// [`IndexOptions::counted`](crate::IndexOptions::counted).
    #[must_use]
    pub fn database_counts(&self) -> Option<DatabaseCounts> {
        self.tables.database.counts()
    }
}
