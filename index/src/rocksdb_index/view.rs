//! The index of a process beside the one that holds it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};

use super::database::Database;
use super::kept_filter::KeptFilter;
use super::key::PrefixWidth;
use super::options::Tuning;
use super::tables::Tables;
use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::directories::Directories;
use crate::error::{Error, Result};
use crate::index_options::{IndexOptions, MemoryShares};
use crate::locked_folder::LockedFolder;
use crate::memory_index::MemoryIndex;
use crate::pack_facts::{PackFacts, PackState};

/// Views of one index that may be open at a time.
const VIEWS_MAX: u32 = 64;

/// Attempts at a view between two writes of the holder.
const ATTEMPTS_MAX: u32 = 5;

/// The index that another process holds, as it was at opening, and above it what this process
/// inserts, 50 to 90 bytes a chunk.
///
/// Nothing goes back into the holder's index: it finds the packs of others on the storage. States
/// and removals hold for this view only. Packs that the holder enters later are unknown here until
/// they are inserted here too.
///
/// Uses RocksDB's secondary mode; its log is kept in `NAME.view-N` beside the index, in the first
/// such folder that nobody else uses.
pub struct RocksDbView {
    tables: Tables,
    overlay: MemoryIndex,
    /// For the database's own log. After the tables: unlocked when the database is closed.
    folder: LockedFolder,
}

impl RocksDbView {
    /// Opens a view of the index in `dir`.
    ///
    /// # Errors
    ///
    /// Those of kind `Corrupt` also while the holder creates or replaces the index; then, as for
    /// any other error, an index in memory is the way on. [`Locked`](Error::Locked) if 64 views are
    /// open.
    pub fn open(
        dir: &Path,
        repository_id: [u8; 32],
        options: &IndexOptions,
        directories: &Arc<dyn Directories>,
    ) -> Result<Self> {
        let folder = own_folder(dir)?;
        let mut attempts = 1;
        let tables = loop {
            // A flush of the holder between reading its manifest and its WAL looks like damage.
            match load(dir, folder.dir(), &repository_id, options, directories) {
                Err(error) if error.wants_rebuild() && attempts < ATTEMPTS_MAX => attempts += 1,
                loaded => break loaded?,
            }
        };
        Ok(Self { tables, overlay: MemoryIndex::new(), folder })
    }

    /// Answers of the view first: a chunk's first row is kept while its pack is live.
    fn with_overlay(&self, ids: &[ChunkId], mut answers: Vec<Lookup>) -> Vec<Lookup> {
        let is_open = |answer: &Lookup| !matches!(answer, Lookup::Stored(_));
        let asked: Vec<ChunkId> = ids
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| is_open(answer))
            .map(|(id, _)| *id)
            .collect();
        let open = answers.iter_mut().filter(|answer| is_open(answer));
        for (answer, found) in open.zip(self.overlay.lookup_batch(&asked)) {
            if !is_open(&found) {
                *answer = found;
            }
        }
        answers
    }

    fn is_in_overlay(&self, pack: &PackId) -> Result<bool> {
        Ok(self.overlay.packs()?.iter().any(|facts| facts.pack == *pack))
    }
}

fn own_folder(dir: &Path) -> Result<LockedFolder> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    for number in 0..VIEWS_MAX {
        let folder = dir.with_file_name(format!("{name}.view-{number}"));
        match LockedFolder::lock(&folder) {
            Err(Error::Locked { .. }) => {}
            locked => return locked,
        }
    }
    Err(Error::Locked { dir: dir.to_owned() })
}

fn load(
    dir: &Path,
    own_folder: &Path,
    repository_id: &[u8; 32],
    options: &IndexOptions,
    directories: &Arc<dyn Directories>,
) -> Result<Tables> {
    let tuning = Tuning::new(options.mode, &MemoryShares::new(options.memory_bytes, 0));
    let database = Database::open_view(dir, own_folder, repository_id, &tuning)?;
    let kept_filter = KeptFilter::new(dir, repository_id, false);
    Tables::load(database, Arc::clone(directories), kept_filter, options, PrefixWidth::FULL)
}

impl ChunkIndex for RocksDbView {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.with_overlay(ids, self.tables.lookup_batch(ids, false))
    }

    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.with_overlay(ids, self.tables.lookup_batch(ids, true))
    }

    /// Not written anywhere. A pack that the view knows takes memory only if some of its chunks are
    /// not found in it.
    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        self.tables.packs().admit(&facts, ids.len())?;
        let known = self.tables.packs().get(&facts.pack).map(|(_, known)| known.state);
        let is_found = |answer: &Lookup| matches!(answer, Lookup::Stored(_));
        if known.is_some() && self.tables.lookup_batch(ids, true).iter().all(is_found) {
            return Ok(());
        }
        self.overlay.insert_pack(PackFacts { state: known.unwrap_or(facts.state), ..facts }, ids)
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        let mut packs = self.overlay.packs()?;
        packs.extend(self.tables.packs_sorted());
        packs.sort_by_key(|facts| facts.pack);
        packs.dedup_by_key(|facts| facts.pack);
        Ok(packs)
    }

    fn remove_packs(&self, packs: &[PackId]) -> Result<()> {
        self.tables.forget_packs(packs);
        self.overlay.remove_packs(packs)
    }

    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        let (mut below, mut above) = (Vec::new(), Vec::new());
        for &(pack, state) in states {
            let is_below = self.tables.packs().get(&pack).is_some();
            let is_above = self.is_in_overlay(&pack)?;
            if !is_below && !is_above {
                return Err(Error::UnknownPack { pack });
            }
            below.extend(is_below.then_some((pack, state)));
            above.extend(is_above.then_some((pack, state)));
        }
        let renewed = self.tables.packs().with_states(&below)?;
        self.tables.enter_states(&renewed);
        self.overlay.set_pack_states(&above)
    }

    /// Does nothing: there is nothing to be durable.
    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn note_in_flight(&self, ids: u64) {
        self.tables.counters.note_in_flight(ids);
    }

    fn stats(&self) -> Result<IndexStats> {
        let (mut stats, overlay) = (self.tables.stats()?, self.overlay.stats()?);
        stats.packs_live += overlay.packs_live;
        stats.packs_other += overlay.packs_other;
        stats.chunks_listed += overlay.chunks_listed;
        stats.rows_estimated += overlay.rows_estimated;
        stats.memory.packs_bytes += overlay.memory.packs_bytes;
        stats.memory.rows_bytes += overlay.memory.rows_bytes;
        Ok(stats)
    }
}

impl fmt::Debug for RocksDbView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksDbView").field("folder", &self.folder.dir()).finish_non_exhaustive()
    }
}
