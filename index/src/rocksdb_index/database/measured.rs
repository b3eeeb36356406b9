//! What only benches ask of the database.

use rocksdb::WaitForCompactOptions;
use rocksdb::statistics::Ticker;

use super::{CHUNK, Database};
use crate::database_failure::failure;
use crate::error::Result;
use crate::rocksdb_index::measured::DatabaseCounts;

impl Database {
    pub(in crate::rocksdb_index) fn has_row(&self, key: &[u8]) -> Result<bool> {
        let row = self.db.get_pinned_cf_opt(self.family(CHUNK)?, key, self.row_options());
        Ok(row.map_err(failure)?.is_some())
    }

    pub(in crate::rocksdb_index) fn settle(&self) -> Result<()> {
        self.flush()?;
        self.db.wait_for_compact(&WaitForCompactOptions::default()).map_err(failure)
    }

    pub(in crate::rocksdb_index) fn compact(&self) -> Result<()> {
        self.settle()?;
        self.db.compact_range_cf(self.family(CHUNK)?, None::<&[u8]>, None::<&[u8]>);
        self.settle()
    }

    pub(in crate::rocksdb_index) fn counts(&self) -> Option<DatabaseCounts> {
        let options = self.counted.as_ref()?;
        Some(DatabaseCounts {
            data_blocks_read: options.get_ticker_count(Ticker::BlockCacheDataMiss),
            data_blocks_cached: options.get_ticker_count(Ticker::BlockCacheDataHit),
            flushed_bytes: options.get_ticker_count(Ticker::FlushWriteBytes),
            compacted_bytes: options.get_ticker_count(Ticker::CompactWriteBytes),
            log_bytes: options.get_ticker_count(Ticker::WalFileBytes),
        })
    }
}
