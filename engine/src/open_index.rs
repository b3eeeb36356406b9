//! The index of an open repository, brought up to the packs that are on storage.

mod condemned;
mod condemned_rows;
mod directory_cache;
mod found_packs;
mod gone_packs;
mod known_packs;
mod neighbors;
#[cfg(feature = "rocksdb")]
mod pack_directories;
#[cfg(feature = "rocksdb")]
mod building;
#[cfg(feature = "rocksdb")]
mod place;
#[cfg(not(feature = "rocksdb"))]
mod place_in_memory;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use gleaner_index::{ChunkIndex, Lookup, PackFacts, PackState};
use gleaner_store::{
    Epoch, Keys, ObjectName, PackDirectory, RepositoryConfig, Storage, layout, read_pack_directory,
};

use crate::condemned::Condemned;
use crate::environment::{Environment, IndexPlace};
use crate::error::{Error, Result};
use crate::progress::Run;
use crate::session::read_epoch;
use crate::work_ahead::in_order;

use condemned_rows::CondemnedRows;
pub(crate) use directory_cache::SharedDirectories;
pub(crate) use found_packs::Directory;
use found_packs::{DIRECTORIES_AHEAD, NEVER_WAS, facts_of, readable};
#[cfg(feature = "rocksdb")]
pub use place::IndexState;
#[cfg(feature = "rocksdb")]
pub(crate) use place::Place;
#[cfg(not(feature = "rocksdb"))]
pub(crate) use place_in_memory::Place;

/// Packs that were not taken in.
#[derive(Debug, Default)]
struct LeftOut {
    packs: u64,
    /// Why one of them could not be read, if it is neither gone nor damaged.
    unread: Option<ErrorKind>,
}

/// Whether a pack that fails like this holds nothing any more, as opposed to nobody knows what.
pub(crate) const fn is_gone_or_damaged(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Corrupt)
}

/// An index and the directories behind it.
pub(crate) struct OpenIndex {
    index: Box<dyn ChunkIndex>,
    storage: Arc<dyn Storage>,
    keys: Arc<Keys>,
    threads: usize,
    sizes: Mutex<HashMap<PackId, u64>>,
    directories: SharedDirectories,
    /// Packs that this process stored. The writers of all others may not be sure of them yet, and
    /// take back what they cannot make durable.
    own: Mutex<HashSet<PackId>>,
    /// Packs on storage that the index does not know on purpose, with their lengths.
    left_out: Mutex<Vec<(PackId, u64)>>,
    /// What is condemned, also of packs that become known later.
    condemned: Mutex<Condemned>,
    /// Epoch at which the index was compared with the storage.
    compared_at: Mutex<Epoch>,
    /// Rows of condemned packs, for reading; made when they are first asked for.
    condemned_rows: Mutex<Option<CondemnedRows>>,
    /// True if chunks of earlier snapshots may be missing: the index knew packs that are gone,
    /// or knew nothing at all, or packs are being condemned. Then chunks reused from a parent are
    /// looked up one by one.
    doubts_parents: AtomicBool,
    /// Packs that were known, and vanished without a prune since the last opening or in this one.
    vanished: Mutex<HashSet<PackId>>,
}

impl std::fmt::Debug for OpenIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenIndex")
            .field("doubts_parents", &self.doubts_parents)
            .finish_non_exhaustive()
    }
}

impl OpenIndex {
    pub(crate) fn open(
        env: &Environment,
        config: &RepositoryConfig,
        keys: &Arc<Keys>,
        run: &Run<'_>,
    ) -> Result<Self> {
        // One that cannot be read says nothing of what changed since.
        let compared_at = read_epoch(&*env.storage).unwrap_or_default();
        let packs = list_packs(&*env.storage)?;
        let directories = SharedDirectories::default();
        let kept = &directories;
        let place = Place { env, repository: config.id, keys, packs: &packs, kept };
        let (index, built) = place.open(run)?;
        // An index that is made anew beside packs that are there cannot know what vanished before:
        // it gets a row for a pack that never was.
        let is_new = !packs.is_empty() && index.packs()?.is_empty();
        if is_new {
            index.insert_pack(NEVER_WAS, &[])?;
        }
        let open = Self {
            index,
            storage: Arc::clone(&env.storage),
            keys: Arc::clone(keys),
            threads: env.threads,
            sizes: Mutex::default(),
            directories,
            own: Mutex::default(),
            left_out: Mutex::default(),
            condemned: Mutex::default(),
            compared_at: Mutex::new(compared_at),
            condemned_rows: Mutex::default(),
            doubts_parents: AtomicBool::new(is_new),
            vanished: Mutex::default(),
        };
        let unknown: Vec<(PackId, u64)> = open
            .compare_with(open.index.packs()?, &packs, run)?
            .into_iter()
            .filter(|(pack, _)| !built.left_out.contains(pack))
            .collect();
        if matches!(env.index_place, IndexPlace::Neighbors) {
            open.leave_out(unknown);
        } else if open.take_in(&unknown, run)?.packs > 0 {
            open.doubt_parents();
        }
        Ok(open)
    }

    /// From now on, chunks reused from a parent are looked up one by one.
    pub(crate) fn doubt_parents(&self) {
        self.doubts_parents.store(true, Ordering::Relaxed);
    }

    /// Whether chunks of earlier snapshots may be missing.
    pub(crate) fn doubts_parents(&self) -> bool {
        self.doubts_parents.load(Ordering::Relaxed)
    }

    /// Reads the directories of packs that the index does not know yet and inserts them.
    ///
    /// They may not be durable yet: a commit that relies on one [settles](Self::settle) it.
    ///
    /// A pack that cannot be read is warned of and left out: its chunks are novel again for a
    /// backup, and `check` names it. Returns what was left out.
    fn take_in(&self, packs: &[(PackId, u64)], run: &Run<'_>) -> Result<LeftOut> {
        self.take_in_if(packs, run, |_| true)
    }

    /// As [`Self::take_in`], but inserts only those of which `is_wanted` says so.
    fn take_in_if(
        &self,
        packs: &[(PackId, u64)],
        run: &Run<'_>,
        is_wanted: impl Fn(&PackDirectory) -> bool,
    ) -> Result<LeftOut> {
        let mut left_out = LeftOut::default();
        self.read_directories(packs, |directories| {
            for directory in directories {
                run.cancel.check()?;
                let failed = directory.as_ref().err().map(gleaner_store::Error::kind);
                match readable(directory, run)? {
                    Some(directory) if is_wanted(&directory) => self.insert(&directory)?,
                    Some(_) => {}
                    None => {
                        left_out.packs += 1;
                        let unread = failed.filter(|kind| !is_gone_or_damaged(*kind));
                        left_out.unread = left_out.unread.or(unread);
                    }
                }
            }
            Ok(left_out)
        })
    }

    /// Makes the chunks of a pack findable that somebody made for this repository: it counts as
    /// another's, of which a commit makes sure first.
    pub(crate) fn take_in_pack(&self, directory: &PackDirectory) -> Result<()> {
        self.insert(directory)
    }

    /// Makes sure before a commit that the packs that were relied on are still there, and those of
    /// others durable, whoever took them into the index, and whenever.
    ///
    /// Cost: a sync of the folders of those of others, and one listing.
    ///
    /// # Errors
    /// [`Error::PackVanished`], after which lookups miss the pack.
    pub(crate) fn settle(&self, relied: &HashSet<PackId>) -> Result<()> {
        if relied.is_empty() {
            return Ok(());
        }
        let foreign: Vec<ObjectName> = {
            let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            relied.difference(&own).map(layout::pack).collect()
        };
        self.storage.settle(&foreign)?;
        // Afterwards: one that its writer took back by then was not made durable.
        let mut absent = relied.clone();
        for listed in self.storage.list(&layout::packs())? {
            if let Some(pack) = layout::parse_pack(&listed.name) {
                absent.remove(&pack);
            }
        }
        let Some(pack) = absent.iter().next().copied() else { return Ok(()) };
        let known = self.index.packs()?.into_iter().map(|facts| facts.pack);
        let gone: Vec<PackId> = known.filter(|pack| absent.contains(pack)).collect();
        self.set_states(&gone, PackState::Trash)?;
        self.doubt_parents();
        Err(Error::PackVanished { pack })
    }

    /// Takes in packs that others stored since the index was opened, and gives up those that are
    /// gone. If the storage did not give away the directory of one, says of what kind that was: a
    /// chunk may be in there.
    ///
    /// Cost: one listing, and the directories of the packs that came.
    pub(crate) fn catch_up(&self, run: &Run<'_>) -> Result<Option<ErrorKind>> {
        // In this order: what comes in between is not taken for gone.
        let known = self.index.packs()?;
        let packs = list_packs(&*self.storage)?;
        let unknown = self.compare_with(known, &packs, run)?;
        let left_out: HashSet<PackId> = {
            let left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
            left_out.iter().map(|(pack, _)| *pack).collect()
        };
        let unknown: Vec<(PackId, u64)> =
            unknown.into_iter().filter(|(pack, _)| !left_out.contains(pack)).collect();
        Ok(self.take_in(&unknown, run)?.unread)
    }

    /// Makes the chunks of a pack findable that this process made durable.
    pub(crate) fn insert_own(&self, directory: &PackDirectory) -> Result<()> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.id());
        self.insert(directory)
    }

    fn insert(&self, directory: &PackDirectory) -> Result<()> {
        let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
        let condemned = self.condemned.lock().unwrap_or_else(PoisonError::into_inner);
        let is_condemned = condemned.packs.contains(&directory.id());
        let state = if is_condemned { PackState::Condemned } else { PackState::Live };
        self.index.insert_pack(PackFacts { state, ..facts_of(directory) }, &ids)?;
        drop(condemned);
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.insert(directory.id(), directory.pack_bytes);
        Ok(())
    }

    /// Looks up ids, in input order.
    pub(crate) fn lookup(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.index.lookup_batch(ids)
    }

    /// Looks up chunks that a parent's tree names, in input order. What is not recognised is read
    /// from the source once more, which costs less than the directories of all other sources.
    pub(crate) fn recognise(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.index.locate_batch(ids)
    }

    /// Counts ids that were found among the chunks of open packs.
    pub(crate) fn note_in_flight(&self, ids: usize) {
        self.index.note_in_flight(ids as u64);
    }

    /// Finds chunks, in input order, also those that the index's mode or place would not recognise.
    pub(crate) fn locate(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        let mut answers = self.index.locate_batch(ids);
        if answers.contains(&Lookup::Novel) {
            self.locate_in_rest(ids, &mut answers);
        }
        answers
    }

    /// Makes the index remember what was inserted.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        Ok(self.index.checkpoint()?)
    }

    /// Numbers of the index.
    pub(crate) fn stats(&self) -> Result<gleaner_index::IndexStats> {
        Ok(self.index.stats()?)
    }

    /// Directory of a pack, from memory or from storage.
    pub(crate) fn directory(&self, pack: PackId) -> Result<Arc<PackDirectory>> {
        let known = self.sizes.lock().unwrap_or_else(PoisonError::into_inner).get(&pack).copied();
        let bytes = match known {
            Some(bytes) => bytes,
            None => self.storage.bytes(&layout::pack(&pack))?,
        };
        Ok(self.directory_of(pack, bytes)?)
    }

    /// Calls `take` with the directories of packs of these lengths, in their order, as the storage
    /// has them now; several threads read them ahead of it. They are kept in memory.
    pub(crate) fn read_directories<T>(
        &self,
        packs: &[(PackId, u64)],
        take: impl FnOnce(&mut dyn Iterator<Item = Directory>) -> T,
    ) -> T {
        let read = |(pack, bytes): &(PackId, u64)| self.read_directory(*pack, *bytes);
        in_order(packs, self.threads, DIRECTORIES_AHEAD, read, take)
    }

    /// As [`Self::read_directories`], but those that are in memory are not read, which may be gone
    /// or damaged by now.
    pub(crate) fn with_directories<T>(
        &self,
        packs: &[(PackId, u64)],
        take: impl FnOnce(&mut dyn Iterator<Item = Directory>) -> T,
    ) -> T {
        let find = |(pack, bytes): &(PackId, u64)| self.directory_of(*pack, *bytes);
        in_order(packs, self.threads, DIRECTORIES_AHEAD, find, take)
    }

    /// As [`Self::directory`], of a pack of this length.
    pub(crate) fn directory_of(&self, pack: PackId, bytes: u64) -> Directory {
        let kept = self.directories.lock().get(pack);
        kept.map_or_else(|| self.read_directory(pack, bytes), Ok)
    }

    fn read_directory(&self, pack: PackId, bytes: u64) -> Directory {
        let directory = Arc::new(read_pack_directory(&*self.storage, &self.keys, pack, bytes)?);
        self.directories.lock().keep(pack, &directory);
        Ok(directory)
    }
}

/// All packs on storage with their lengths, in order of their ids.
pub(crate) fn list_packs(storage: &dyn Storage) -> Result<Vec<(PackId, u64)>> {
    let listed = storage.list(&layout::packs())?;
    let pack =
        |listed: &gleaner_store::Listed| Some((layout::parse_pack(&listed.name)?, listed.bytes));
    let mut packs: Vec<(PackId, u64)> = listed.iter().filter_map(pack).collect();
    packs.sort_unstable();
    Ok(packs)
}
