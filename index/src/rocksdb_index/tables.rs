//! The parts of the index and how they change together: rows and filter, packs and directories.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use super::counters::Counters;
use super::database::{Changes, Database};
use super::kept_filter::KeptFilter;
use super::key::{PREFIX_BYTES, PrefixWidth};
use super::rebuild_mark::RebuildMark;
use super::watermark::Watermark;
use crate::chunk_index::IndexStats;
use crate::directories::Directories;
use crate::error::{Error, Result};
use crate::id_filter::IdFilter;
use crate::index_options::{IndexMode, IndexOptions, MemoryShares};
use crate::locality_cache::LocalityCache;
use crate::pack_facts::{PackFacts, PackState};
use crate::pack_table::PackTable;
use crate::row::Ordinal;

/// Keys that are told to the filter at a time.
const FILTER_KEYS: usize = 4096;

/// Directories that may be read at a time.
const LOADS_AT_ONCE: usize = 16;

/// The layers below the in-flight table, top down: directories in memory, the filter, the rows.
///
/// Locks are taken in this order: `writer`, `loading`, then one of `packs`, the cache's and
/// `filter`, but for the cache's, which may be held while `packs` is read.
pub(super) struct Tables {
    pub(super) database: Database,
    pub(super) cache: LocalityCache,
    pub(super) counters: Counters,
    pub(super) mode: IndexMode,
    pub(super) width: PrefixWidth,
    memory_bytes: u64,
    filter: RwLock<IdFilter>,
    kept_filter: KeptFilter,
    pub(super) mark: RebuildMark,
    packs: RwLock<PackTable>,
    directories: Arc<dyn Directories>,
    /// Held while a directory is read, so that nobody reads it a second time meanwhile.
    loading: [Mutex<()>; LOADS_AT_ONCE],
    /// Held by the one write that goes on.
    writer: Mutex<Writer>,
}

pub(super) struct Writer {
    /// What stopped all writes.
    pub(super) stopped: Option<ErrorKind>,
    /// As in the database.
    pub(super) watermark: Watermark,
    /// Packs that the filter on disk does not know.
    pub(super) packs_unkept: u64,
}

impl Tables {
    /// Reads the pack rows and the filter, or makes the filter anew.
    pub(super) fn load(
        database: Database,
        directories: Arc<dyn Directories>,
        kept_filter: KeptFilter,
        options: &IndexOptions,
        width: PrefixWidth,
    ) -> Result<Self> {
        let (rows, watermark) = database.pack_rows()?;
        let packs = PackTable::new(watermark.ordinals_given, rows);
        let counters = database.lookup_counts()?;
        let tables = Self {
            database,
            cache: LocalityCache::new(0),
            counters,
            mode: options.mode,
            width,
            memory_bytes: options.memory_bytes,
            filter: RwLock::new(IdFilter::for_keys(0)),
            mark: RebuildMark::new(kept_filter.own_folder()),
            kept_filter,
            packs: RwLock::new(packs),
            directories,
            loading: Default::default(),
            writer: Mutex::new(Writer { stopped: None, watermark, packs_unkept: 0 }),
        };
        tables.load_filter()?;
        tables.divide_memory();
        Ok(tables)
    }

    /// Takes the filter from disk and adds what came after it. Reads the rows instead if that
    /// fails for whatever reason, or would read more than a tenth of all directories.
    fn load_filter(&self) -> Result<()> {
        let mut writer = self.writer()?;
        let given = writer.watermark.ordinals_given;
        if let Some((from, mut filter)) = self.kept_filter.load(self.mode, given) {
            let packs = self.packs();
            let newer: Vec<PackFacts> = packs.since(from).copied().collect();
            let few = newer.len() as u64 <= 16 + packs.len() as u64 / 10;
            drop(packs);
            if few && self.add_packs(&newer, &mut filter).is_ok() {
                writer.packs_unkept = newer.len() as u64;
                *self.filter_mut() = filter;
                return Ok(());
            }
        }
        // Ordinals that the old filter counts may have been lost with the rows' last packs; then
        // they are given out again, and the old filter must not be found beside them.
        self.kept_filter.discard()?;
        *self.filter_mut() = self.filter_of_rows(self.database.rows_estimated()?)?;
        writer.packs_unkept = u64::MAX;
        self.keep_filter(&mut writer);
        Ok(())
    }

    fn add_packs(&self, packs: &[PackFacts], filter: &mut IdFilter) -> Result<(), ErrorKind> {
        for facts in packs {
            let ids = self.directories.chunk_ids(facts)?;
            self.add_ids(&ids, filter);
        }
        Ok(())
    }

    /// Tells the filter of a pack's chunks.
    fn add_ids(&self, ids: &[ChunkId], filter: &mut IdFilter) {
        let keys = ids.iter().map(|id| self.width.filter_key(id));
        let keys: Vec<_> = keys.filter(|key| self.is_in_filter(key)).collect();
        filter.insert_batch(&keys);
    }

    fn is_in_filter(&self, key: &[u8; PREFIX_BYTES]) -> bool {
        self.mode == IndexMode::Exact || is_hook(key)
    }

    /// A filter made from all rows there are.
    fn filter_of_rows(&self, expected: u64) -> Result<IdFilter> {
        let rows = match self.mode {
            IndexMode::Exact => expected,
            IndexMode::Sparse => expected / HOOK_RATE,
        };
        // With room for half as many again: the next merge comes at 3.4 times the rows.
        let mut filter = IdFilter::for_keys(rows + rows / 2);
        let mut keys = Vec::with_capacity(FILTER_KEYS);
        self.database.visit_chunk_keys(|key| {
            keys.extend(
                [self.width.filter_key_of(key)].iter().filter(|key| self.is_in_filter(key)),
            );
            if keys.len() == FILTER_KEYS {
                filter.insert_batch(&keys);
                keys.clear();
            }
        })?;
        filter.insert_batch(&keys);
        Ok(filter)
    }

    /// Chunk ids of a live pack, from memory or read anew.
    pub(super) fn directory(
        &self,
        ordinal: Ordinal,
        facts: &PackFacts,
    ) -> Result<Arc<[ChunkId]>, ErrorKind> {
        let resident = || self.cache.read().directory(ordinal);
        if let Some(ids) = resident() {
            return Ok(ids);
        }
        let number = usize::try_from(ordinal.number() % LOADS_AT_ONCE as u64).unwrap_or_default();
        let turn = self.loading.get(number).map(Mutex::lock);
        if let Some(ids) = resident() {
            return Ok(ids);
        }
        let ids: Arc<[ChunkId]> = self.directories.chunk_ids(facts)?.into();
        if ids.len() != facts.chunk_count as usize {
            return Err(ErrorKind::Corrupt);
        }
        Counters::add(&self.counters.directories_read, 1);
        self.enter_directory(ordinal, facts.pack, Arc::clone(&ids));
        drop(turn);
        Ok(ids)
    }

    /// Puts the directory of a pack into the cache, unless the pack is live no more.
    pub(super) fn enter_directory(&self, ordinal: Ordinal, pack: PackId, ids: Arc<[ChunkId]>) {
        let is_live =
            || self.packs().facts(ordinal).is_some_and(|facts| facts.state == PackState::Live);
        self.cache.insert(ordinal, pack, ids, is_live);
    }

    /// Tells the filter of chunks whose rows are written, and renews the shares of memory if it
    /// grew.
    pub(super) fn note_ids(&self, ids: &[ChunkId]) {
        let mut filter = self.filter_mut();
        let before = filter.memory_bytes();
        self.add_ids(ids, &mut filter);
        let grew = filter.memory_bytes() != before;
        drop(filter);
        if grew {
            self.divide_memory();
        }
    }

    fn divide_memory(&self) {
        let shares = MemoryShares::new(self.memory_bytes, self.filter().memory_bytes());
        self.cache.set_bytes_max(shares.locality_cache_bytes);
        let block_cache = usize::try_from(shares.block_cache_bytes).unwrap_or(usize::MAX);
        self.database.set_block_cache_bytes(block_cache);
    }

    pub(super) fn packs_sorted(&self) -> Vec<PackFacts> {
        self.packs().sorted()
    }

    pub(super) fn remove_packs(&self, removed: &[PackId]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let mut changes = self.database.changes()?;
        // Each once, or the watermark would lose it twice.
        for pack in removed.iter().collect::<BTreeSet<_>>() {
            if let Some((ordinal, facts)) = self.packs().get(pack) {
                changes.remove_pack(ordinal, pack);
                watermark = watermark.without(ordinal, facts);
            }
        }
        self.write(&mut writer, watermark, changes)?;
        self.forget_packs(removed);
        Ok(())
    }

    /// Forgets packs in memory only.
    pub(super) fn forget_packs(&self, removed: &[PackId]) {
        let mut packs = self.packs_mut();
        let ordinals: Vec<Ordinal> =
            removed.iter().filter_map(|pack| Some(packs.get(pack)?.0)).collect();
        for pack in removed {
            packs.remove(pack);
        }
        drop(packs);
        self.cache.remove(ordinals);
    }

    pub(super) fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        let mut writer = self.writer()?;
        let mut watermark = writer.watermark;
        let renewed = self.packs().with_states(states)?;
        let mut changes = self.database.changes()?;
        for (ordinal, facts) in &renewed {
            if let Some(present) = self.packs().facts(*ordinal) {
                watermark = watermark.without(*ordinal, present).with(*ordinal, facts);
            }
            changes.put_pack(*ordinal, facts);
        }
        self.write(&mut writer, watermark, changes)?;
        self.enter_states(&renewed);
        Ok(())
    }

    /// Changes packs in memory only.
    pub(super) fn enter_states(&self, renewed: &BTreeMap<Ordinal, PackFacts>) {
        let mut packs = self.packs_mut();
        for (ordinal, facts) in renewed {
            packs.insert(*ordinal, *facts);
        }
        drop(packs);
        let idle = renewed.iter().filter(|(_, facts)| facts.state != PackState::Live);
        self.cache.remove(idle.map(|(ordinal, _)| *ordinal));
    }

    /// Makes rows durable first: the filter that is then kept must not know of packs that a power
    /// loss takes back, whose ordinals would be given out again. Before that the segments of the
    /// filter are merged if there are too many, which reads all rows and holds the old filter
    /// beside the new one meanwhile.
    pub(super) fn checkpoint(&self) -> Result<()> {
        let mut writer = self.writer()?;
        let counted = self.database.put_lookup_counts(&self.counters);
        counted
            .and_then(|()| self.database.sync())
            .inspect_err(|error| writer.stopped = Some(error.kind()))?;
        let (wants_merge, keys) = {
            let filter = self.filter();
            (filter.wants_merge(), filter.keys())
        };
        if wants_merge {
            let merged = self.filter_of_rows(keys).inspect_err(|error| self.mark.note(error))?;
            *self.filter_mut() = merged;
            self.divide_memory();
            writer.packs_unkept = u64::MAX;
        }
        self.keep_filter(&mut writer);
        Ok(())
    }

    /// Writes the filter to disk if enough came in since. That it cannot be written (a full disk)
    /// costs the next opening the directories of these packs, so it is not an error.
    fn keep_filter(&self, writer: &mut Writer) {
        let filter = self.filter();
        if self.kept_filter.is_due(writer.packs_unkept, filter.memory_bytes()) {
            let given = writer.watermark.ordinals_given;
            if self.kept_filter.keep(&filter, self.mode, given).is_ok() {
                writer.packs_unkept = 0;
            }
        }
    }

    pub(super) fn stats(&self) -> Result<IndexStats> {
        let mut stats = self.packs().stats();
        stats.mode = self.mode;
        stats.rows_estimated = self.database.rows_estimated()?;
        stats.lookups = self.counters.lookups();
        self.database.add_memory(&mut stats.memory)?;
        stats.memory.budget_bytes = self.memory_bytes;
        stats.memory.locality_cache_bytes = self.cache.read().bytes();
        stats.memory.filter_bytes = self.filter().memory_bytes();
        stats.memory.beyond_budget_bytes =
            stats.memory.total_bytes().saturating_sub(self.memory_bytes);
        Ok(stats)
    }

    /// Writes the changes together with the watermark that holds after them.
    pub(super) fn write(
        &self,
        writer: &mut Writer,
        watermark: Watermark,
        mut changes: Changes<'_>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        changes.put_watermark(watermark);
        self.database.write(changes).inspect_err(|error| writer.stopped = Some(error.kind()))?;
        writer.watermark = watermark;
        Ok(())
    }

    /// Waits for the write that goes on.
    pub(super) fn writer(&self) -> Result<MutexGuard<'_, Writer>> {
        // A panic inside a write leaves the database before or after a whole batch, and the pack
        // table behind it at worst; the ordinal could then be given out again, so writes stop.
        let Ok(writer) = self.writer.lock() else {
            return Err(Error::WritesStopped { kind: ErrorKind::Bug });
        };
        match writer.stopped {
            Some(kind) => Err(Error::WritesStopped { kind }),
            None => Ok(writer),
        }
    }

    // Changes of the pack table are single calls that cannot stop half-way in a way that matters.
    pub(super) fn packs(&self) -> RwLockReadGuard<'_, PackTable> {
        self.packs.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn packs_mut(&self) -> RwLockWriteGuard<'_, PackTable> {
        self.packs.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn filter(&self) -> RwLockReadGuard<'_, IdFilter> {
        self.filter.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn filter_mut(&self) -> RwLockWriteGuard<'_, IdFilter> {
        self.filter.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One chunk of so many is a hook (INDEX section 2.11).
pub(super) const HOOK_RATE: u64 = 64;

/// Whether mode `Sparse` knows the chunk by itself.
pub(super) fn is_hook(key: &[u8; PREFIX_BYTES]) -> bool {
    let [.., last] = *key;
    u64::from(last).is_multiple_of(HOOK_RATE)
}
