//! The RocksDB database of sightings: families, rows, durability.

use std::path::Path;

use rocksdb::{
    Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBPinnableSlice, FlushOptions, IteratorMode,
    Options, ReadOptions, WriteBatch, WriteOptions,
};

use super::broom::{BroomFactory, SharedRanges, Swept};
use super::key::{
    ObjectKey, SightingKey, object_key, read_sighting_key, read_source_key, sighting_key,
    source_key,
};
use super::options::{
    block_cache, database_options, object_options, sighting_options, small_options,
};
use super::value::{
    read_object, read_sighting, read_source, write_object, write_sighting, write_source,
};
use crate::database_failure::{failure, open_failure};
use crate::error::{Damage, Error, Result};
use crate::sighting::{IdPrefix, SourceId, Stamp, StoredSighting, id_prefix};
use crate::source_state::{RowChange, SourceState};

const FORMAT_VERSION: u32 = 1;

const SIGHTING: &str = "sighting";
const OBJECT: &str = "object";
const SOURCE: &str = "source";
const META: &str = "meta";
const FAMILIES: [&str; 4] = [SIGHTING, OBJECT, SOURCE, META];

const META_VERSION: &str = "format_version";
const META_EPOCH_FLOOR: &str = "epoch_floor";

/// A row as RocksDB's iterators give it.
type KeyValue = (Box<[u8]>, Box<[u8]>);

/// Database of sightings.
pub(super) struct Database {
    db: DB,
    cache: Cache,
    lookup_options: ReadOptions,
    write_options: WriteOptions,
}

impl Database {
    /// Creates an empty database, durable on return.
    pub(super) fn create(path: &Path) -> Result<()> {
        let mut options = database_options();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_error_if_exists(true);
        let names = [rocksdb::DEFAULT_COLUMN_FAMILY_NAME].into_iter().chain(FAMILIES);
        let ranges = SharedRanges::default();
        let database = Self::with_families(path, &options, names, &ranges).map_err(failure)?;
        let mut changes = database.changes()?;
        changes.batch.put_cf(changes.meta, META_VERSION, FORMAT_VERSION.to_le_bytes());
        changes.put_epoch_floor(0);
        database.write(changes)?;
        let families = FAMILIES.map(|family| database.family(family));
        let families = families.into_iter().collect::<Result<Vec<_>>>()?;
        let families: Vec<_> = families.iter().collect();
        database.db.flush_cfs_opt(&families, &FlushOptions::default()).map_err(failure)
    }

    /// Opens what [`create`](Self::create) made. The broom follows `ranges`, which know of no dead
    /// row until they are published.
    pub(super) fn open(path: &Path, ranges: &SharedRanges) -> Result<Self> {
        // A newer format may have more families, and RocksDB opens all or nothing.
        let names = DB::list_cf(&Options::default(), path).map_err(open_failure)?;
        let names = names.iter().map(String::as_str);
        let opened = Self::with_families(path, &database_options(), names.clone(), ranges);
        let database = opened.map_err(open_failure)?;
        database.check_version()?;
        for family in FAMILIES {
            database.family(family)?;
        }
        if names.count() != FAMILIES.len() + 1 {
            return Err(Error::Damaged(Damage::FamilyUnknown));
        }
        Ok(database)
    }

    fn with_families<'a>(
        path: &Path,
        options: &Options,
        names: impl Iterator<Item = &'a str>,
        ranges: &SharedRanges,
    ) -> Result<Self, rocksdb::Error> {
        let cache = block_cache();
        let broom = |swept| BroomFactory { ranges: ranges.clone(), swept };
        let descriptor = |name| {
            let options = match name {
                SIGHTING => sighting_options(&cache, broom(Swept::Sightings)),
                OBJECT => object_options(&cache, broom(Swept::Objects)),
                _ => small_options(&cache),
            };
            ColumnFamilyDescriptor::new(name, options)
        };
        let db = DB::open_cf_descriptors(options, path, names.map(descriptor))?;
        let mut lookup_options = ReadOptions::default();
        lookup_options.set_verify_checksums(true);
        Ok(Self { db, cache, lookup_options, write_options: WriteOptions::default() })
    }

    fn check_version(&self) -> Result<()> {
        let found = self.meta_row(META_VERSION)?;
        let supported = FORMAT_VERSION;
        if found > supported {
            return Err(Error::NewerVersion { found, supported });
        }
        if found < supported {
            return Err(Error::OlderVersion { found, supported });
        }
        Ok(())
    }

    fn meta_row(&self, name: &'static str) -> Result<u32> {
        let meta = self.family(META)?;
        let row = self.db.get_cf_opt(meta, name, &self.lookup_options).map_err(open_failure)?;
        let bytes = row.and_then(|row| row.try_into().ok());
        bytes.map(u32::from_le_bytes).ok_or(Error::Damaged(Damage::MetaRow { name }))
    }

    fn family(&self, family: &'static str) -> Result<&ColumnFamily> {
        self.db.cf_handle(family).ok_or(Error::Damaged(Damage::FamilyMissing { family }))
    }

    /// No row of a source that was removed has a higher epoch.
    pub(super) fn epoch_floor(&self) -> Result<u32> {
        self.meta_row(META_EPOCH_FLOOR)
    }

    pub(super) fn sources(&self) -> Result<Vec<(SourceId, SourceState)>> {
        let source = |(key, value): KeyValue| {
            let source = read_source_key(&key).zip(read_source(&value));
            source.ok_or(Error::Damaged(Damage::SourceRow))
        };
        self.rows(SOURCE)?.map(|row| source(row?)).collect()
    }

    /// All sightings, dead ones included, in order of their ids.
    pub(super) fn sightings(
        &self,
    ) -> Result<impl Iterator<Item = Result<(IdPrefix, SourceId, StoredSighting)>>> {
        let sighting = |(key, value): KeyValue| {
            let key = read_sighting_key(&key).zip(read_sighting(&value));
            let row = key.map(|((prefix, source), row)| (prefix, source, row));
            row.ok_or(Error::Damaged(Damage::SightingRow))
        };
        Ok(self.rows(SIGHTING)?.map(move |row| sighting(row?)))
    }

    fn rows(&self, family: &'static str) -> Result<impl Iterator<Item = Result<KeyValue>>> {
        let mut read = ReadOptions::default();
        read.set_verify_checksums(true);
        read.fill_cache(false);
        let rows = self.db.iterator_cf_opt(self.family(family)?, read, IteratorMode::Start);
        Ok(rows.map(|row| row.map_err(open_failure)))
    }

    /// One row for each key; `sorted` is ascending.
    pub(super) fn sighting_rows<'a>(
        &self,
        sorted: impl Iterator<Item = &'a SightingKey>,
    ) -> Result<Vec<Option<StoredSighting>>> {
        let malformed = || Error::Damaged(Damage::SightingRow);
        self.get(SIGHTING, sorted, |row| read_sighting(row).ok_or_else(malformed))
    }

    /// What `read` makes of the row of each object; `sorted` is ascending.
    pub(super) fn object_rows<'a, T>(
        &self,
        sorted: impl Iterator<Item = &'a ObjectKey>,
        read: impl Fn(Stamp, &[u8]) -> T,
    ) -> Result<Vec<Option<T>>> {
        let malformed = || Error::Damaged(Damage::ObjectRow);
        self.get(OBJECT, sorted, |row| {
            read_object(row).map(|(stamp, bytes)| read(stamp, bytes)).ok_or_else(malformed)
        })
    }

    fn get<'a, const N: usize, T>(
        &self,
        family: &'static str,
        sorted: impl Iterator<Item = &'a [u8; N]>,
        read: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<Vec<Option<T>>> {
        let family = self.family(family)?;
        let found = self.db.batched_multi_get_cf_opt(family, sorted, true, &self.lookup_options);
        let decode = |found: Result<Option<DBPinnableSlice<'_>>, rocksdb::Error>| {
            found.map_err(failure)?.map(|row| read(&row)).transpose()
        };
        found.into_iter().map(decode).collect()
    }

    /// Rows to be written together.
    pub(super) fn changes(&self) -> Result<Changes<'_>> {
        let [sighting, object, source, meta] = FAMILIES.map(|family| self.family(family));
        let batch = WriteBatch::default();
        Ok(Changes { batch, sighting: sighting?, object: object?, source: source?, meta: meta? })
    }

    /// Writes all changes or none, and hands them to the kernel: they survive this process.
    pub(super) fn write(&self, changes: Changes<'_>) -> Result<()> {
        self.db.write_opt(changes.batch, &self.write_options).map_err(failure)?;
        self.db.flush_wal(false).map_err(failure)
    }

    /// Makes all that was written survive a power loss.
    pub(super) fn sync(&self) -> Result<()> {
        self.db.flush_wal(true).map_err(failure)
    }

    /// Cache and write buffers, bytes.
    pub(super) fn memory_bytes(&self) -> Result<u64> {
        let mut bytes = self.cache.get_usage() as u64;
        for name in ["rocksdb.size-all-mem-tables", "rocksdb.estimate-table-readers-mem"] {
            for family in FAMILIES {
                let value = self.db.property_int_value_cf(self.family(family)?, name);
                bytes += value.map_err(failure)?.unwrap_or(0);
            }
        }
        Ok(bytes)
    }

    /// Sweeps both families as a whole.
    #[cfg(test)]
    pub(super) fn compact(&self) {
        for family in [SIGHTING, OBJECT] {
            let family = self.family(family).unwrap();
            self.db.compact_range_cf(family, None::<&[u8]>, None::<&[u8]>);
        }
    }

    /// Puts a row as it is.
    #[cfg(test)]
    pub(super) fn put_raw(&self, family: &'static str, key: &[u8], value: &[u8]) {
        self.db.put_cf(self.family(family).unwrap(), key, value).unwrap();
    }

    /// Number of rows, dead ones included.
    #[cfg(test)]
    pub(super) fn count_rows(&self, family: &'static str) -> usize {
        self.rows(family).unwrap().count()
    }
}

/// A batch that is written as a whole.
pub(super) struct Changes<'a> {
    batch: WriteBatch,
    sighting: &'a ColumnFamily,
    object: &'a ColumnFamily,
    source: &'a ColumnFamily,
    meta: &'a ColumnFamily,
}

impl Changes<'_> {
    pub(super) fn add(&mut self, source: SourceId, row: &RowChange<'_>) {
        match *row {
            RowChange::PutSighting { seen, object, stamp } => {
                let row = StoredSighting { stamp, object, place: seen.place };
                let key = sighting_key(&id_prefix(&seen.chunk), source);
                self.batch.put_cf(self.sighting, key, write_sighting(&row));
            }
            RowChange::PutObject { object, stamp, bytes } => {
                let row = write_object(stamp, bytes);
                self.batch.put_cf(self.object, object_key(source, object), row);
            }
            RowChange::RemoveObject { object } => {
                self.batch.delete_cf(self.object, object_key(source, object));
            }
        }
    }

    pub(super) fn replace_object(&mut self, key: &ObjectKey, stamp: Stamp, bytes: &[u8]) {
        self.batch.put_cf(self.object, key, write_object(stamp, bytes));
    }

    pub(super) fn remove_sighting(&mut self, source: SourceId, prefix: &IdPrefix) {
        self.batch.delete_cf(self.sighting, sighting_key(prefix, source));
    }

    pub(super) fn put_source(&mut self, source: SourceId, state: &SourceState) {
        self.batch.put_cf(self.source, source_key(source), write_source(state));
    }

    pub(super) fn remove_source(&mut self, source: SourceId) {
        self.batch.delete_cf(self.source, source_key(source));
    }

    pub(super) fn put_epoch_floor(&mut self, epoch: u32) {
        self.batch.put_cf(self.meta, META_EPOCH_FLOOR, epoch.to_le_bytes());
    }

    pub(super) fn row_count(&self) -> u64 {
        self.batch.len() as u64
    }
}
