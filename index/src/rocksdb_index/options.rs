//! How RocksDB is set up (INDEX section 2.4).

use std::num::NonZero;
use std::thread::available_parallelism;

use rocksdb::statistics::StatsLevel;
use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, BlockBasedTablePinningTier, Cache, ChecksumType,
    DBCompactionStyle, DBCompressionType, DBRecoveryMode, LogLevel, Options,
};

use crate::index_options::{IndexMode, MemoryShares};

const MIB: usize = 1 << 20;
const SMALL_WRITE_BUFFER_BYTES: usize = MIB;

/// What of the set-up depends on the index's budget and mode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tuning {
    /// One cache for all families.
    pub(super) block_cache_bytes: usize,
    /// Each of two, for family `chunk`.
    write_buffer_bytes: usize,
    /// Whether index blocks of tables stay in memory, for one read a lookup.
    pins_index: bool,
    /// Whether RocksDB counts what it reads and writes, which costs each of them a little.
    pub(super) is_counted: bool,
}

impl Tuning {
    pub(super) fn new(mode: IndexMode, shares: &MemoryShares) -> Self {
        let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        // The families `pack` and `meta` have two small ones each.
        let small = 4 * SMALL_WRITE_BUFFER_BYTES;
        let write_buffer_bytes = bytes(shares.write_buffer_bytes).saturating_sub(small) / 2;
        Self {
            block_cache_bytes: bytes(shares.block_cache_bytes),
            write_buffer_bytes: write_buffer_bytes.max(MIB),
            pins_index: mode == IndexMode::Exact,
            is_counted: false,
        }
    }

    pub(super) fn counted(self, is_counted: bool) -> Self {
        Self { is_counted, ..self }
    }
}

/// More threads only wait for each other: levels are compacted one after another.
const THREADS_MAX: usize = 4;

/// Threads that write tables at a time.
pub(super) fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX)
}

/// Options of the database as a whole, with nothing that creates.
pub(super) fn database_options(tuning: &Tuning) -> Options {
    let mut options = Options::default();
    if tuning.is_counted {
        options.enable_statistics();
        options.set_statistics_level(StatsLevel::ExceptHistogramOrTimers);
    }
    options.set_max_open_files(-1);
    options.set_max_background_jobs(i32::try_from(threads()).unwrap_or(1));
    options.set_bytes_per_sync(MIB as u64);
    options.set_keep_log_file_num(4);
    options.set_log_level(LogLevel::Warn);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options.set_paranoid_checks(true);
    // WAL bytes go to the kernel once for each pack (`Database::write`), not once for each record.
    options.set_manual_wal_flush(true);
    options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    // One manifest record for the flush of all families: whichever prefix of the manifest is left
    // after damage, a pack row is never older or younger than the chunk rows written with it. It
    // also empties the WAL at every flush, so that its size needs no limit of its own.
    options.set_atomic_flush(true);
    options
}

/// Options of family `chunk`: point lookups of uniform keys, many of them misses.
pub(super) fn chunk_options(cache: &Cache, tuning: &Tuning) -> Options {
    let mut table = chunk_table_options(cache, tuning);
    // The index's own filter answers for novel ids, so nearly every get is a hit: the last level,
    // nine tenths of all rows, needs no filter.
    table.set_bloom_filter(10.0, false);
    table.set_optimize_filters_for_memory(true);
    let mut options = Options::default();
    options.set_compaction_style(DBCompactionStyle::Level);
    options.set_level_compaction_dynamic_level_bytes(true);
    // More files spare inserts merges and cost row hits a filter each; at 10^8 keys a level base of
    // 256 MiB would add a level (bench record 2026-11-29-index-levels).
    options.set_level_zero_file_num_compaction_trigger(5);
    options.set_max_bytes_for_level_base(512 * MIB as u64);
    options.set_target_file_size_base(64 * MIB as u64);
    options.set_write_buffer_size(tuning.write_buffer_bytes);
    options.set_max_write_buffer_number(2);
    options.set_optimize_filters_for_hits(true);
    uncompressed(&mut options);
    options.set_block_based_table_factory(&table);
    options.get_options_from_string(UNBOUND).expect("this version of RocksDB knows them")
}

/// What the binding has no calls for; neither touches what is on disk. Keys are hashes: where one
/// stands in an index block is computed from its first bytes. And the keys of a pack are written
/// in their order: each goes on from the place in the write buffer where the last one of the same
/// first byte went.
const UNBOUND: &str = "block_based_table_factory={index_block_search_type=kInterpolation;};\
                       memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.1;";

/// Options of a table of family `chunk` that is written to be on its last level.
pub(super) fn last_level_options(cache: &Cache, tuning: &Tuning) -> Options {
    let mut options = Options::default();
    uncompressed(&mut options);
    options.set_block_based_table_factory(&chunk_table_options(cache, tuning));
    options
}

/// A block is read, checked and searched for one row (docs/decisions/0009-row-reads.md): half of
/// the usual size, and without a hash index.
const CHUNK_BLOCK_BYTES: usize = 2048;

fn chunk_table_options(cache: &Cache, tuning: &Tuning) -> BlockBasedOptions {
    let mut table = table_options(cache);
    table.set_block_size(CHUNK_BLOCK_BYTES);
    table.set_block_restart_interval(16);
    if tuning.pins_index {
        // One block of each table. Tables made in the other mode have parts of them.
        table.set_unpartitioned_pinning_tier(BlockBasedTablePinningTier::All);
        table.set_partition_pinning_tier(BlockBasedTablePinningTier::All);
    } else {
        table.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
        table.set_partition_filters(true);
        table.set_metadata_block_size(4096);
    }
    table.set_top_level_index_pinning_tier(BlockBasedTablePinningTier::All);
    table
}

/// Options of the families with one row or two for each pack, read from end to end at opening.
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
