//! The sightings of a server, on RocksDB. A database of its own, away from every chunk index:
//! `docs/decisions/0006-sightings-in-a-database-of-their-own.md`.

mod options;
mod key;
mod value;
mod broom;
mod generation_filters;
mod source_table;
mod database;
mod tables;
mod lookup;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use gleaner_chunker::ChunkId;

use crate::error::Result;
use crate::locked_folder::LockedFolder;
use crate::sighting::{ObjectNumber, Sighting, SourceId};
use crate::sighting_feed::{FeedAnswer, FeedMessage};
use crate::sighting_index::{Outcome, SightingIndex, SightingLimits, SightingStats};
use broom::SharedRanges;
use database::Database;
use tables::Tables;

/// Sightings that outlive the process, in a folder of their own.
///
/// One holder at a time: a second one, in this process or another, gets
/// [`Locked`](crate::Error::Locked). About 55 bytes a sighting on disk, 1.5 bytes a sighting of
/// filters, and about 100 MiB of caches and buffers. Dead rows take space until compactions have
/// met them; those of evicted objects until the next snapshot, flush or end of their generation.
pub struct RocksDbSightings {
    tables: Tables,
    // After the tables: the folder is unlocked when the database is closed.
    folder: LockedFolder,
}

impl RocksDbSightings {
    /// Opens the sightings in `dir`, or creates an empty set where it is absent or empty.
    ///
    /// All sources are absent until their next message. Creating is all or nothing. Reads every
    /// row, to fill the filters: about 1 s for several 10^6 sightings.
    ///
    /// # Errors
    ///
    /// [`Locked`](crate::Error::Locked), [`NewerVersion`](crate::Error::NewerVersion),
    /// [`OlderVersion`](crate::Error::OlderVersion), those of kind `Corrupt`, and the medium's.
    pub fn open(dir: &Path, limits: SightingLimits) -> Result<Self> {
        let folder = LockedFolder::lock(dir)?;
        if folder.is_vacant()? {
            Database::create(&folder.side())?;
            folder.install_side()?;
        }
        let ranges = SharedRanges::default();
        let database = Database::open(folder.dir(), &ranges)?;
        Ok(Self { tables: Tables::load(database, ranges, limits)?, folder })
    }

    /// Removes the sightings in `dir`, readable or not; nothing is left but the lock file.
    ///
    /// # Errors
    ///
    /// [`Locked`](crate::Error::Locked), and the medium's.
    pub fn remove(dir: &Path) -> Result<()> {
        LockedFolder::lock(dir)?.remove()
    }
}

impl SightingIndex for RocksDbSightings {
    fn apply_feed(
        &self,
        source: SourceId,
        message: &FeedMessage,
        now: Duration,
    ) -> Result<FeedAnswer> {
        self.tables.apply_feed(source, message, now)
    }

    fn sightings_batch(&self, ids: &[ChunkId], now: Duration) -> Result<Vec<Vec<Sighting>>> {
        self.tables.sightings_batch(ids, now)
    }

    fn objects_batch(&self, objects: &[(SourceId, ObjectNumber)]) -> Result<Vec<Option<Vec<u8>>>> {
        self.tables.objects_batch(objects)
    }

    fn replace_objects(&self, source: SourceId, objects: &[(ObjectNumber, Vec<u8>)]) -> Result<()> {
        self.tables.replace_objects(source, objects)
    }

    fn report(&self, source: SourceId, outcomes: &[(ChunkId, Outcome)]) -> Result<()> {
        self.tables.report(source, outcomes)
    }

    fn remove_source(&self, source: SourceId) -> Result<()> {
        self.tables.remove_source(source)
    }

    fn checkpoint(&self) -> Result<()> {
        self.tables.checkpoint()
    }

    fn stats(&self, now: Duration) -> Result<SightingStats> {
        Ok(SightingStats { disk_bytes: self.folder.file_bytes()?, ..self.tables.stats(now)? })
    }
}

impl fmt::Debug for RocksDbSightings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksDbSightings").field("dir", &self.folder.dir()).finish_non_exhaustive()
    }
}
