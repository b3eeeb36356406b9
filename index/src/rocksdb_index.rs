//! The index in the cache directory, on RocksDB.

mod options;
mod key;
mod value;
mod watermark;
mod database;
mod tables;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use gleaner_chunker::{ChunkId, PackId};

use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::error::{Error, Result};
use crate::locked_folder::LockedFolder;
use crate::pack_facts::{PackFacts, PackState};
use database::Database;
use tables::Tables;

/// An index that outlives the process, in a folder of its own.
///
/// One holder at a time: a second one, in this process or another, gets
/// [`Locked`](Error::Locked). Beside the folder `NAME` it uses `NAME.lock`, and `NAME.new` and
/// `NAME.old` while it builds or removes. About 60 bytes a chunk on disk; 40 MiB of caches and
/// buffers, and about 2 bytes a chunk for filters beyond 10^7 chunks.
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
    /// Creating is all or nothing. Reads every pack row: about 1 s for 10^6 packs.
    ///
    /// # Errors
    ///
    /// [`Locked`](Error::Locked), [`NewerVersion`](Error::NewerVersion),
    /// [`OlderVersion`](Error::OlderVersion), [`WrongRepository`](Error::WrongRepository), those of
    /// kind `Corrupt`, and the medium's.
    pub fn open(dir: &Path, repository_id: [u8; 32]) -> Result<Self> {
        let folder = LockedFolder::lock(dir)?;
        if folder.is_vacant()? {
            build(&folder, &repository_id, std::iter::empty::<Result<_>>())?;
        }
        Self::load(folder, &repository_id)
    }

    /// Builds the index anew from all packs, each with the ids of its directory in slot order, and
    /// puts it in the place of what `dir` holds, whatever that is.
    ///
    /// Built in a side folder and renamed: an error, the iterator's own included, or an
    /// interruption leaves the old index or none. Durable on return.
    ///
    /// # Errors
    ///
    /// [`Locked`](Error::Locked), those of [`insert_pack`](ChunkIndex::insert_pack), and the
    /// iterator's, at which it stops.
    pub fn rebuild<E: From<Error>>(
        dir: &Path,
        repository_id: [u8; 32],
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<Self, E> {
        let folder = LockedFolder::lock(dir)?;
        build(&folder, &repository_id, packs)?;
        Ok(Self::load(folder, &repository_id)?)
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

    fn load(folder: LockedFolder, repository_id: &[u8; 32]) -> Result<Self> {
        let tables = Tables::load(Database::open(folder.dir(), repository_id)?)?;
        Ok(Self { tables, folder })
    }
}

fn build<E: From<Error>>(
    folder: &LockedFolder,
    repository_id: &[u8; 32],
    packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
) -> Result<(), E> {
    let tables = Tables::load(Database::create(&folder.side(), repository_id)?)?;
    for pack in packs {
        let (facts, ids) = pack?;
        tables.insert_pack(facts, &ids)?;
    }
    tables.finish()?;
    Ok(folder.install_side()?)
}

impl ChunkIndex for RocksDbIndex {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.tables.lookup_batch(ids)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        self.tables.insert_pack(facts, ids)
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        Ok(self.tables.packs())
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

    fn stats(&self) -> Result<IndexStats> {
        Ok(IndexStats { disk_bytes: self.folder.file_bytes()?, ..self.tables.stats()? })
    }
}

impl fmt::Debug for RocksDbIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksDbIndex").field("dir", &self.folder.dir()).finish_non_exhaustive()
    }
}
