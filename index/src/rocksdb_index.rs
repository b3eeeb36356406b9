//! The index in the cache directory, on RocksDB.

mod options;
mod key;
mod value;
mod watermark;
mod database;
mod counters;
mod kept_filter;
mod rebuild_mark;
mod row_check;
mod tables;
mod lookup;
mod insert;
mod rebuild;
mod view;
#[cfg(feature = "bench")]
mod measured;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};

use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::directories::Directories;
use crate::error::{Error, Result};
use crate::index_options::{IndexOptions, MemoryShares};
use crate::locked_folder::LockedFolder;
use crate::pack_facts::{PackFacts, PackState};
use database::Database;
use kept_filter::KeptFilter;
use key::PrefixWidth;
#[cfg(feature = "bench")]
pub use measured::DatabaseCounts;
use options::Tuning;
use rebuild::{Rebuild, SPILL_BYTES};
use rebuild_mark::RebuildMark;
use tables::Tables;
pub use view::RocksDbView;

/// An index that outlives the process, in a folder of its own.
///
/// One holder at a time: a second one, in this process or another, gets
/// [`Locked`](Error::Locked), and may open a [`RocksDbView`]. Beside the folder `NAME` it uses
/// `NAME.lock`, and `NAME.new`, `NAME.replaced` and `NAME.old` while it builds or removes. About 36
/// bytes a chunk on disk; memory as [`IndexOptions`] say.
///
/// Never repairs: what is damaged is an error that [wants a rebuild](Error::wants_rebuild).
pub struct RocksDbIndex {
    tables: Tables,
    // After the tables: the folder is unlocked when the database is closed.
    folder: LockedFolder,
}

impl RocksDbIndex {
    /// Opens the index of a repository, or creates an empty one where `dir` is absent or empty.
    ///
    /// What the last holder returned is there; see the contract for what a power loss takes.
    /// Creating is all or nothing. Reads every pack row and the filter: about 1 s for 10^6 packs,
    /// and the directories of packs that are newer than the filter on disk.
    ///
    /// # Errors
    ///
    /// [`Locked`](Error::Locked), [`NewerVersion`](Error::NewerVersion),
    /// [`OlderVersion`](Error::OlderVersion), [`WrongRepository`](Error::WrongRepository), those of
    /// kind `Corrupt`, and the medium's.
    pub fn open(
        dir: &Path,
        repository_id: [u8; 32],
        options: &IndexOptions,
        directories: Arc<dyn Directories>,
    ) -> Result<Self> {
        Opening::new(repository_id, options, directories).open(dir)
    }

    /// Builds the index anew from all packs, each with the ids of its directory in slot order, and
    /// puts it in the place of what `dir` holds, whatever that is.
    ///
    /// Built in a side folder and renamed: an error, the iterator's own included, or an
    /// interruption leaves what was there. Durable on return. A pack that comes twice counts
    /// once. Ids are sorted and written once, so that 10^7 of them take some seconds, in 64 MiB,
    /// 0.3 bytes a chunk more for two threads, and the filter; beside the index, 40 bytes a chunk
    /// on disk.
    ///
    /// # Errors
    ///
    /// [`Locked`](Error::Locked), those of [`insert_pack`](ChunkIndex::insert_pack), and the
    /// iterator's, at which it stops.
    pub fn rebuild<E: From<Error>>(
        dir: &Path,
        repository_id: [u8; 32],
        options: &IndexOptions,
        directories: Arc<dyn Directories>,
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<Self, E> {
        Opening::new(repository_id, options, directories).rebuild(dir, packs)
    }

    /// Removes the index in `dir`, readable or not; nothing is left but the lock file.
    ///
    /// Renamed aside first, so that an interruption leaves no half of it.
    ///
    /// # Errors
    ///
    /// [`Locked`](Error::Locked), and the medium's.
    pub fn move_aside(dir: &Path) -> Result<()> {
        LockedFolder::lock(dir)?.remove()
    }
}

/// For what a rebuild writes aside, in the side folder.
const REBUILD_FOLDER: &str = "sorting";

/// What opening needs beside the folder.
struct Opening {
    repository_id: [u8; 32],
    options: IndexOptions,
    directories: Arc<dyn Directories>,
    width: PrefixWidth,
    /// See [`SPILL_BYTES`].
    spill_bytes: usize,
}

impl Opening {
    fn new(
        repository_id: [u8; 32],
        options: &IndexOptions,
        directories: Arc<dyn Directories>,
    ) -> Self {
        let (width, spill_bytes) = (PrefixWidth::FULL, SPILL_BYTES);
        Self { repository_id, options: *options, directories, width, spill_bytes }
    }

    fn open(self, dir: &Path) -> Result<RocksDbIndex> {
        let folder = LockedFolder::lock(dir)?;
        if folder.is_vacant()? {
            self.build(&folder, std::iter::empty::<Result<_>>())?;
        }
        self.load(folder)
    }

    fn rebuild<E: From<Error>>(
        self,
        dir: &Path,
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<RocksDbIndex, E> {
        let folder = LockedFolder::lock(dir)?;
        self.build(&folder, packs)?;
        Ok(self.load(folder)?)
    }

    fn load(self, folder: LockedFolder) -> Result<RocksDbIndex> {
        RebuildMark::check(folder.dir())?;
        let database = Database::open(folder.dir(), &self.repository_id, &self.tuning())?;
        let kept_filter = KeptFilter::new(folder.dir(), &self.repository_id, true);
        let tables =
            Tables::load(database, self.directories, kept_filter, &self.options, self.width)?;
        Ok(RocksDbIndex { tables, folder })
    }

    fn build<E: From<Error>>(
        &self,
        folder: &LockedFolder,
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<(), E> {
        let built =
            self.build_side(&folder.side(), packs).and_then(|()| Ok(folder.install_side()?));
        // Perhaps the medium is full. The next holder would clear it anyway.
        built.inspect_err(|_| drop(folder.clear_side()))
    }

    fn build_side<E: From<Error>>(
        &self,
        side: &Path,
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<(), E> {
        let tuning = self.tuning();
        let database = Database::create(side, &self.repository_id, &tuning)?;
        let rebuild = Rebuild {
            database: &database,
            tuning: &tuning,
            mode: self.options.mode,
            width: self.width,
            folder: &side.join(REBUILD_FOLDER),
            spill_bytes: self.spill_bytes,
        };
        let (filter, ordinals_given) = rebuild.fill(packs)?;
        database.finish()?;
        // Without it the filter is made from the rows at opening.
        let kept_filter = KeptFilter::new(side, &self.repository_id, true);
        drop(kept_filter.keep(&filter, self.options.mode, ordinals_given));
        Ok(())
    }

    fn tuning(&self) -> Tuning {
        let shares = MemoryShares::new(self.options.memory_bytes, 0);
        Tuning::new(self.options.mode, &shares).counted(self.options.is_counted)
    }
}

impl ChunkIndex for RocksDbIndex {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.tables.lookup_batch(ids, false)
    }

    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.tables.lookup_batch(ids, true)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        self.tables.insert_pack(facts, ids)
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        Ok(self.tables.packs_sorted())
    }

    /// Leaves the rows where they are; they are dead, and a rebuild drops them.
    fn remove_packs(&self, packs: &[PackId]) -> Result<()> {
        self.tables.remove_packs(packs)
    }

    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        self.tables.set_pack_states(states)
    }

    fn checkpoint(&self) -> Result<()> {
        self.tables.checkpoint()
    }

    fn note_in_flight(&self, ids: u64) {
        self.tables.counters.note_in_flight(ids);
    }

    fn stats(&self) -> Result<IndexStats> {
        Ok(IndexStats { disk_bytes: self.folder.file_bytes()?, ..self.tables.stats()? })
    }
}

impl fmt::Debug for RocksDbIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksDbIndex").field("dir", &self.folder.dir()).finish_non_exhaustive()
    }
}
