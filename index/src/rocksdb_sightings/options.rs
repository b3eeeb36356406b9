//! How RocksDB is set up (INDEX section 2.4, row `sighting`). A server has one such database.

use std::num::NonZero;
use std::thread::available_parallelism;

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, BlockBasedTablePinningTier, Cache, ChecksumType,
    DBCompactionStyle, DBCompressionType, DBRecoveryMode, LogLevel, Options,
};

use super::broom::BroomFactory;

const MIB: usize = 1 << 20;
const BLOCK_CACHE_BYTES: usize = 64 * MIB;
const ROWS_WRITE_BUFFER_BYTES: usize = 16 * MIB;
const SMALL_WRITE_BUFFER_BYTES: usize = MIB;

const THREADS_MAX: usize = 4;

/// Each file is compacted at least that often, so that dead rows in quiet files are met.
const PERIODIC_COMPACTION_SECONDS: u64 = 24 * 60 * 60;

/// One cache for all families.
pub(super) fn block_cache() -> Cache {
    Cache::new_hyper_clock_cache(BLOCK_CACHE_BYTES, 0)
}

/// Options of the database as a whole, with nothing that creates.
pub(super) fn database_options() -> Options {
    let threads = available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    let mut options = Options::default();
    options.set_max_open_files(-1);
    options.set_max_background_jobs(i32::try_from(threads).unwrap_or(1));
    options.set_bytes_per_sync(MIB as u64);
    options.set_keep_log_file_num(4);
    options.set_log_level(LogLevel::Warn);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options.set_paranoid_checks(true);
    // WAL bytes go to the kernel once for each message, not once for each record.
    options.set_manual_wal_flush(true);
    options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    // The rows of a message and the cursor that covers them stay together in tables too.
    options.set_atomic_flush(true);
    options
}

/// Options of family `sighting`. The sources' own filters answer for absent ids, so nearly every
/// get is a hit: the oldest tables, most of all rows, need no filter. Index blocks and the filters
/// of the others stay in memory, or they and the rows would drive each other out of the cache: 0.2
/// to 0.8 bytes a sighting.
pub(super) fn sighting_options(cache: &Cache, broom: BroomFactory) -> Options {
    let mut table = swept_table_options(cache);
    table.set_unpartitioned_pinning_tier(BlockBasedTablePinningTier::All);
    let mut options = swept_options(broom);
    options.set_optimize_filters_for_hits(true);
    options.set_block_based_table_factory(&table);
    options
}

/// Options of family `object`.
pub(super) fn object_options(cache: &Cache, broom: BroomFactory) -> Options {
    let mut table = swept_table_options(cache);
    table.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    table.set_partition_filters(true);
    table.set_metadata_block_size(4096);
    let mut options = swept_options(broom);
    options.set_block_based_table_factory(&table);
    options
}

/// Of the families of many rows, which the broom sweeps.
fn swept_options(broom: BroomFactory) -> Options {
    let mut options = Options::default();
    options.set_compaction_style(DBCompactionStyle::Universal);
    options.set_compaction_filter_factory(broom);
    options.set_periodic_compaction_seconds(PERIODIC_COMPACTION_SECONDS);
    options.set_write_buffer_size(ROWS_WRITE_BUFFER_BYTES);
    options.set_max_write_buffer_number(2);
    uncompressed(&mut options);
    options
}

fn swept_table_options(cache: &Cache) -> BlockBasedOptions {
    let mut table = table_options(cache);
    table.set_bloom_filter(10.0, false);
    table.set_optimize_filters_for_memory(true);
    table
}

/// Options of the families of a few rows: `source` and `meta`.
pub(super) fn small_options(cache: &Cache) -> Options {
    let mut options = Options::default();
    options.set_write_buffer_size(SMALL_WRITE_BUFFER_BYTES);
    options.set_max_write_buffer_number(2);
    uncompressed(&mut options);
    options.set_block_based_table_factory(&table_options(cache));
    options
}

fn table_options(cache: &Cache) -> BlockBasedOptions {
    let mut table = BlockBasedOptions::default();
    table.set_block_size(4096);
    // From version 6 on the footer has a checksum, and each checksum covers the block's place.
    table.set_format_version(6);
    table.set_checksum_type(ChecksumType::XXH3);
    table.set_block_cache(cache);
    table.set_cache_index_and_filter_blocks(true);
    table
}

/// Ids are random bytes, and no compression library is linked.
fn uncompressed(options: &mut Options) {
    options.set_compression_type(DBCompressionType::None);
    options.set_bottommost_compression_type(DBCompressionType::None);
}
