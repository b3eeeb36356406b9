//! The RocksDB database of one index: families, rows, durability.

#[cfg(feature = "bench")]
mod measured;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use gleaner_chunker::{ChunkId, PackId};
use rocksdb::{
    Cache, ColumnFamily, ColumnFamilyDescriptor, DB, FlushOptions, IngestExternalFileOptions,
    IteratorMode, Options, ReadOptions, WriteBatch, WriteOptions,
};

use super::counters::Counters;
use super::key::{PackKey, name_key, ordinal_key, read_pack_key};
use super::options::{Tuning, chunk_options, database_options, last_level_options, small_options};
use super::value::{read_facts, read_ordinal, write_facts, write_ordinal};
use super::watermark::Watermark;
use crate::chunk_index::IndexMemory;
use crate::database_failure::{failure, open_failure};
use crate::error::{Damage, Error, Result};
use crate::pack_facts::PackFacts;
use crate::row::{Ordinal, Row};

/// 1 had whole ids as keys of family `chunk`.
const FORMAT_VERSION: u32 = 2;

const CHUNK: &str = "chunk";
const PACK: &str = "pack";
const META: &str = "meta";

/// In the order of their creation, which is also their order in RocksDB's manifest. A manifest that
/// lost its end loses `meta` first and is then refused, and loses pack rows before chunk rows: rows
/// without a pack are misses, a pack without its rows would be a lie.
const FAMILIES: [&str; 3] = [CHUNK, PACK, META];

const META_VERSION: &str = "format_version";
const META_REPOSITORY: &str = "repository_id";
const META_WATERMARK: &str = "watermark";
const META_LOOKUPS: &str = "lookups";

/// Of a row in a table, with its share of all else there.
const ROW_DISK_BYTES: u64 = 33;

/// One in so many rows has to be in the cache for it to be filled: to put a block in and drop
/// another for it costs as much as a hit saves (docs/decisions/0009-row-reads.md).
const CACHE_SHARE_MIN: u64 = 2;

/// Database of an index.
pub(super) struct Database {
    db: DB,
    cache: Cache,
    lookup_options: ReadOptions,
    /// The same, but blocks that are read do not go into the cache.
    passing_options: ReadOptions,
    /// Whether the cache holds too few of the rows' blocks to be worth filling.
    passes_cache: AtomicBool,
    write_options: WriteOptions,
    /// A database that is being built has no WAL, and is nothing until it is finished.
    has_wal: bool,
    /// What RocksDB counts into, if it does.
    #[cfg(feature = "bench")]
    counted: Option<Options>,
}

impl Database {
    /// Creates a database to be filled without WAL and [finished](Self::finish).
    pub(super) fn create(path: &Path, repository_id: &[u8; 32], tuning: &Tuning) -> Result<Self> {
        let mut options = database_options(tuning);
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_error_if_exists(true);
        let names = [rocksdb::DEFAULT_COLUMN_FAMILY_NAME].into_iter().chain(FAMILIES);
        let database =
            Self::with_families(path, &options, names, tuning, false).map_err(failure)?;
        let mut batch = WriteBatch::default();
        let meta = database.family(META)?;
        batch.put_cf(meta, META_VERSION, FORMAT_VERSION.to_le_bytes());
        batch.put_cf(meta, META_REPOSITORY, repository_id);
        batch.put_cf(meta, META_WATERMARK, Watermark::default().to_bytes());
        database.db.write_opt(batch, &database.write_options).map_err(failure)?;
        Ok(database)
    }

    /// Opens what [`create`](Self::create) and [`finish`](Self::finish) made.
    pub(super) fn open(path: &Path, repository_id: &[u8; 32], tuning: &Tuning) -> Result<Self> {
        // A newer format may have more families, and RocksDB opens all or nothing.
        let names = DB::list_cf(&Options::default(), path).map_err(open_failure)?;
        let names = names.iter().map(String::as_str);
        let opened =
            Self::with_families(path, &database_options(tuning), names.clone(), tuning, true);
        let database = opened.map_err(open_failure)?;
        database.check_meta(repository_id)?;
        for family in FAMILIES {
            database.family(family)?;
        }
        if names.count() != FAMILIES.len() + 1 {
            return Err(Error::Damaged(Damage::FamilyUnknown));
        }
        Ok(database)
    }

    /// Opens what another process holds open, as it is now, to be read only. `own_folder` takes
    /// RocksDB's log of that.
    pub(super) fn open_view(
        path: &Path,
        own_folder: &Path,
        repository_id: &[u8; 32],
        tuning: &Tuning,
    ) -> Result<Self> {
        let cache = Cache::new_hyper_clock_cache(tuning.block_cache_bytes, 0);
        let names = [rocksdb::DEFAULT_COLUMN_FAMILY_NAME].into_iter().chain(FAMILIES);
        let families = names.map(|name| descriptor(name, &cache, tuning));
        let options = database_options(tuning);
        let db = DB::open_cf_descriptors_as_secondary(&options, path, own_folder, families);
        let database = Self::new(db.map_err(open_failure)?, cache, false);
        database.check_meta(repository_id)?;
        Ok(database)
    }

    fn with_families<'a>(
        path: &Path,
        options: &Options,
        names: impl Iterator<Item = &'a str>,
        tuning: &Tuning,
        has_wal: bool,
    ) -> Result<Self, rocksdb::Error> {
        let cache = Cache::new_hyper_clock_cache(tuning.block_cache_bytes, 0);
        let families = names.map(|name| descriptor(name, &cache, tuning));
        let db = DB::open_cf_descriptors(options, path, families)?;
        let database = Self::new(db, cache, has_wal);
        #[cfg(feature = "bench")]
        let database = Self { counted: tuning.is_counted.then(|| options.clone()), ..database };
        Ok(database)
    }

    fn new(db: DB, cache: Cache, has_wal: bool) -> Self {
        let lookup_options = || {
            let mut options = ReadOptions::default();
            options.set_verify_checksums(true);
            options
        };
        let mut passing_options = lookup_options();
        passing_options.fill_cache(false);
        let mut write_options = WriteOptions::default();
        write_options.disable_wal(!has_wal);
        Self {
            db,
            cache,
            lookup_options: lookup_options(),
            passing_options,
            passes_cache: AtomicBool::new(false),
            write_options,
            has_wal,
            #[cfg(feature = "bench")]
            counted: None,
        }
    }

    fn check_meta(&self, repository_id: &[u8; 32]) -> Result<()> {
        let meta = self.family(META)?;
        let version: [u8; 4] = self.meta_row(meta, META_VERSION)?;
        let found = u32::from_le_bytes(version);
        let supported = FORMAT_VERSION;
        if found > supported {
            return Err(Error::NewerVersion { found, supported });
        }
        if found < supported {
            return Err(Error::OlderVersion { found, supported });
        }
        let found = self.meta_row(meta, META_REPOSITORY)?;
        if found != *repository_id {
            return Err(Error::WrongRepository { expected: *repository_id, found });
        }
        Ok(())
    }

    fn meta_row<const N: usize>(&self, meta: &ColumnFamily, name: &'static str) -> Result<[u8; N]> {
        let row = self.db.get_cf_opt(meta, name, &self.lookup_options).map_err(open_failure)?;
        let bytes = row.and_then(|row| row.try_into().ok());
        bytes.ok_or(Error::Damaged(Damage::MetaRow { name }))
    }

    fn family(&self, family: &'static str) -> Result<&ColumnFamily> {
        self.db.cf_handle(family).ok_or(Error::Damaged(Damage::FamilyMissing { family }))
    }

    /// One result for each id, in the order given, which is ascending. `key` is the part of an id
    /// that is asked for.
    pub(super) fn chunk_rows(
        &self,
        sorted: &[&ChunkId],
        key: impl Fn(&ChunkId) -> &[u8],
    ) -> Vec<Result<Option<Row>>> {
        let Ok(chunk) = self.family(CHUNK) else {
            let missing = || Err(Error::Damaged(Damage::FamilyMissing { family: CHUNK }));
            return sorted.iter().map(|_| missing()).collect();
        };
        let keys = sorted.iter().map(|id| key(id));
        let found = self.db.batched_multi_get_cf_opt(chunk, keys, true, self.row_options());
        let decode = |(id, found): (&&ChunkId, Result<Option<rocksdb::DBPinnableSlice<'_>>, _>)| {
            let Some(bytes) = found.map_err(failure)? else { return Ok(None) };
            let malformed = Error::Damaged(Damage::ChunkRow { chunk: **id });
            Row::from_bytes(&bytes).map(Some).ok_or(malformed)
        };
        sorted.iter().zip(found).map(decode).collect()
    }

    /// How rows of family `chunk` are read.
    fn row_options(&self) -> &ReadOptions {
        if self.passes_cache.load(Ordering::Relaxed) {
            &self.passing_options
        } else {
            &self.lookup_options
        }
    }

    /// Calls `visit` with the key of each row of family `chunk`. About 10^7 rows a second.
    pub(super) fn visit_chunk_keys(&self, mut visit: impl FnMut(&[u8])) -> Result<()> {
        let mut rows = self.db.raw_iterator_cf_opt(self.family(CHUNK)?, scan_options());
        rows.seek_to_first();
        while let Some(key) = rows.key() {
            visit(key);
            rows.next();
        }
        rows.status().map_err(failure)
    }

    /// All packs, and the watermark that covers them. Each pack must have both its rows, and they
    /// must agree.
    pub(super) fn pack_rows(&self) -> Result<(Vec<(Ordinal, PackFacts)>, Watermark)> {
        let mut names = HashMap::new();
        let mut packs = Vec::new();
        let malformed = || Error::Damaged(Damage::PackRow);
        for row in self.db.iterator_cf_opt(self.family(PACK)?, scan_options(), IteratorMode::Start)
        {
            let (key, value) = row.map_err(open_failure)?;
            match read_pack_key(&key).ok_or_else(malformed)? {
                PackKey::Name(pack) => {
                    names.insert(pack, read_ordinal(&value).ok_or_else(malformed)?);
                }
                PackKey::Ordinal(ordinal) => {
                    packs.push((ordinal, read_facts(&value).ok_or_else(malformed)?));
                }
            }
        }
        for (ordinal, facts) in &packs {
            if names.remove(&facts.pack) != Some(*ordinal) {
                return Err(Error::Damaged(Damage::PackRowsDisagree { pack: facts.pack }));
            }
        }
        if let Some(pack) = names.into_keys().next() {
            return Err(Error::Damaged(Damage::PackRowsDisagree { pack }));
        }
        let watermark = self.meta_row(self.family(META)?, META_WATERMARK)?;
        let watermark = Watermark::from_bytes(watermark);
        if !watermark.covers(&packs) {
            return Err(Error::Damaged(Damage::PackRowsLost));
        }
        Ok((packs, watermark))
    }

    /// Rows to be written together.
    pub(super) fn changes(&self) -> Result<Changes<'_>> {
        let (chunk, pack) = (self.family(CHUNK)?, self.family(PACK)?);
        Ok(Changes { batch: WriteBatch::default(), chunk, pack, meta: self.family(META)? })
    }

    /// Writes all changes or none, and hands them to the kernel: they survive this process.
    pub(super) fn write(&self, changes: Changes<'_>) -> Result<()> {
        self.db.write_opt(changes.batch, &self.write_options).map_err(failure)?;
        if self.has_wal {
            self.db.flush_wal(false).map_err(failure)?;
        }
        Ok(())
    }

    /// Counts of all lookups so far; none where there is no sound row of them, as they decide
    /// nothing.
    pub(super) fn lookup_counts(&self) -> Result<Counters> {
        let row = self.db.get_cf_opt(self.family(META)?, META_LOOKUPS, &self.lookup_options);
        let row = row.map_err(failure)?.and_then(|row| row.try_into().ok());
        Ok(row.map(|bytes| Counters::from_bytes(&bytes)).unwrap_or_default())
    }

    pub(super) fn put_lookup_counts(&self, counters: &Counters) -> Result<()> {
        let (meta, bytes) = (self.family(META)?, counters.to_bytes());
        self.db.put_cf_opt(meta, META_LOOKUPS, bytes, &self.write_options).map_err(failure)
    }

    /// Makes all that was written survive a power loss.
    pub(super) fn sync(&self) -> Result<()> {
        if self.has_wal { self.db.flush_wal(true).map_err(failure) } else { self.flush() }
    }

    /// How tables of family `chunk` are written for [`ingest`](Self::ingest).
    pub(super) fn table_options(&self, tuning: &Tuning) -> Options {
        last_level_options(&self.cache, tuning)
    }

    /// Moves tables that share no keys into family `chunk`, which is empty: they become its last
    /// level. Durable on return.
    pub(super) fn ingest(&self, tables: Vec<PathBuf>) -> Result<()> {
        if tables.is_empty() {
            return Ok(());
        }
        let mut options = IngestExternalFileOptions::default();
        options.set_move_files(true);
        // Tables that overlap would need it, and so would rows that are there.
        options.set_allow_global_seqno(false);
        options.set_allow_blocking_flush(false);
        let chunk = self.family(CHUNK)?;
        self.db.ingest_external_file_cf_opts(chunk, &options, tables).map_err(failure)
    }

    /// Tables of family `chunk` on each level.
    #[cfg(test)]
    pub(super) fn tables_by_level(&self) -> Vec<u64> {
        let chunk = self.family(CHUNK).unwrap();
        let count = |level| {
            let name = format!("rocksdb.num-files-at-level{level}");
            self.db.property_value_cf(chunk, &name).unwrap()?.parse().ok()
        };
        (0..).map_while(count).collect()
    }

    /// Ends building: everything is in tables, durable, and the database closed.
    pub(super) fn finish(self) -> Result<()> {
        self.flush()
    }

    fn flush(&self) -> Result<()> {
        let families = [self.family(CHUNK)?, self.family(PACK)?, self.family(META)?];
        self.db.flush_cfs_opt(&families.each_ref(), &FlushOptions::default()).map_err(failure)
    }

    /// Rows of family `chunk`, estimated.
    pub(super) fn rows_estimated(&self) -> Result<u64> {
        self.sum_of_properties("rocksdb.estimate-num-keys", &[CHUNK])
    }

    /// Fills in the database's parts.
    pub(super) fn add_memory(&self, memory: &mut IndexMemory) -> Result<()> {
        memory.write_buffer_bytes =
            self.sum_of_properties("rocksdb.size-all-mem-tables", &FAMILIES)?;
        let readers = self.sum_of_properties("rocksdb.estimate-table-readers-mem", &FAMILIES)?;
        let (all, pinned) = (self.cache.get_usage() as u64, self.cache.get_pinned_usage() as u64);
        memory.pinned_bytes = pinned + readers;
        memory.data_block_bytes = all.saturating_sub(pinned);
        Ok(())
    }

    /// Changes the budget of the cache for blocks, and whether rows that are read fill it: keys are
    /// uniform, so a cache answers for no more than its share of all rows.
    pub(super) fn set_block_cache_bytes(&self, bytes: usize) {
        self.cache.clone().set_capacity(bytes);
        let row_bytes = self.rows_estimated().unwrap_or_default().saturating_mul(ROW_DISK_BYTES);
        let passes = bytes as u64 * CACHE_SHARE_MIN < row_bytes;
        self.passes_cache.store(passes, Ordering::Relaxed);
    }

    fn sum_of_properties(&self, name: &str, families: &[&'static str]) -> Result<u64> {
        let property = |family| {
            let value = self.db.property_int_value_cf(self.family(family)?, name);
            Ok(value.map_err(failure)?.unwrap_or(0))
        };
        families.iter().map(|family| property(family)).sum()
    }
}

fn descriptor(name: &str, cache: &Cache, tuning: &Tuning) -> ColumnFamilyDescriptor {
    let options = if name == CHUNK { chunk_options(cache, tuning) } else { small_options(cache) };
    ColumnFamilyDescriptor::new(name, options)
}

/// For reading a family from end to end.
fn scan_options() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.set_verify_checksums(true);
    options.fill_cache(false);
    options.set_readahead_size(1 << 20);
    options
}

/// A batch that is written as a whole.
pub(super) struct Changes<'a> {
    batch: WriteBatch,
    chunk: &'a ColumnFamily,
    pack: &'a ColumnFamily,
    meta: &'a ColumnFamily,
}

impl Changes<'_> {
    pub(super) fn put_chunk(&mut self, key: &[u8], row: Row) {
        self.batch.put_cf(self.chunk, key, row.to_bytes());
    }

    pub(super) fn put_pack(&mut self, ordinal: Ordinal, facts: &PackFacts) {
        self.batch.put_cf(self.pack, ordinal_key(ordinal), write_facts(facts));
        self.batch.put_cf(self.pack, name_key(&facts.pack), write_ordinal(ordinal));
    }

    pub(super) fn remove_pack(&mut self, ordinal: Ordinal, pack: &PackId) {
        self.batch.delete_cf(self.pack, ordinal_key(ordinal));
        self.batch.delete_cf(self.pack, name_key(pack));
    }

    /// Goes with every change of pack rows.
    pub(super) fn put_watermark(&mut self, watermark: Watermark) {
        self.batch.put_cf(self.meta, META_WATERMARK, watermark.to_bytes());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }
}
