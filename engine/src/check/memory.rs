//! What earlier checks on this machine remember: when each pack and each snapshot was looked at,
//! and how far the repository was.
//!
//! It lies in the cache folder and is worth nothing but time: what is missing, damaged or of
//! another repository counts as nothing remembered. Of two checks at once, the one that ends last
//! is remembered. Only a snapshot that was there and is gone
//! without a tombstone, or an epoch that went back, cannot be seen without it.

mod record_file;

use std::path::PathBuf;

use gleaner_chunker::PackId;
use gleaner_store::{Epoch, SnapshotId};

use crate::environment::IndexPlace;
use crate::repository::Repository;
use record_file::{Record, RecordKind, Records};

/// Name of the file with the packs.
const PACKS: &str = "checked-packs";
/// Name of the file with the snapshots.
const SNAPSHOTS: &str = "checked-snapshots";

/// When a pack was read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackMemory {
    pub(super) id: PackId,
    /// Label time.
    pub(super) read_ns: i64,
    /// Whether it had no finding then.
    pub(super) was_sound: bool,
}

/// What is remembered of a repository's snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SnapshotMemory {
    /// Epoch at the last check.
    pub(super) epoch: Epoch,
    /// Snapshots that were there, sorted by id, and the label time at which each was looked at
    /// last; `None` if it never was.
    pub(super) snapshots: Vec<(SnapshotId, Option<i64>)>,
}

/// Where a repository's memory is kept.
#[derive(Debug)]
pub(super) struct CheckMemory {
    /// `None` where no cache is kept.
    folder: Option<PathBuf>,
    repository: [u8; 32],
}

impl CheckMemory {
    pub(super) fn of(repository: &Repository) -> Self {
        let folder = match &repository.env.index_place {
            IndexPlace::CacheDir(cache) => Some(cache.join(repository.id_hex())),
            IndexPlace::Memory | IndexPlace::Neighbors => None,
        };
        Self { folder, repository: repository.config().id }
    }

    /// The file whose removal makes it forget the snapshots.
    pub(super) fn snapshots_file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(SNAPSHOTS))
    }

    /// Packs sorted by id. A time after `now_ns` is none: the clock was wrong then or is now.
    pub(super) fn packs(&self, now_ns: i64) -> Vec<PackMemory> {
        let records = self.load(PACKS, RecordKind::Packs);
        let memory = |record: &Record, was_sound| PackMemory {
            id: PackId::from_bytes(record.id),
            read_ns: record.time_ns,
            was_sound,
        };
        let sound = records.first.iter().map(|record| memory(record, true));
        let damaged = records.second.iter().map(|record| memory(record, false));
        let mut packs: Vec<PackMemory> =
            sound.chain(damaged).filter(|pack| pack.read_ns <= now_ns).collect();
        packs.sort_unstable_by_key(|pack| pack.id);
        packs
    }

    /// Replaces what is remembered of packs. Does nothing without a cache.
    ///
    /// # Errors
    /// The operating system's, with the path; what was remembered before may be kept.
    pub(super) fn keep_packs(&self, packs: &[PackMemory]) -> Result<(), (PathBuf, std::io::Error)> {
        let record = |pack: &PackMemory| Record { id: *pack.id.as_bytes(), time_ns: pack.read_ns };
        let of = |is_sound: bool| {
            packs.iter().filter(|pack| pack.was_sound == is_sound).map(record).collect()
        };
        let records = Records { number: 0, first: of(true), second: of(false) };
        self.keep(PACKS, &records, RecordKind::Packs)
    }

    /// What is remembered of snapshots; times as in [`Self::packs`].
    pub(super) fn snapshots(&self, now_ns: i64) -> SnapshotMemory {
        let records = self.load(SNAPSHOTS, RecordKind::Snapshots);
        let looked_at = records.first.iter().map(|record| {
            (SnapshotId(record.id), Some(record.time_ns).filter(|time| *time <= now_ns))
        });
        let never = records.second.iter().map(|record| (SnapshotId(record.id), None));
        let mut snapshots: Vec<_> = looked_at.chain(never).collect();
        snapshots.sort_unstable();
        SnapshotMemory { epoch: Epoch(records.number), snapshots }
    }

    /// Replaces what is remembered of snapshots.
    ///
    /// # Errors
    /// As [`Self::keep_packs`].
    pub(super) fn keep_snapshots(
        &self,
        memory: &SnapshotMemory,
    ) -> Result<(), (PathBuf, std::io::Error)> {
        let mut records = Records { number: memory.epoch.0, ..Records::default() };
        for (id, time_ns) in &memory.snapshots {
            match time_ns {
                Some(time_ns) => records.first.push(Record { id: id.0, time_ns: *time_ns }),
                None => records.second.push(Record { id: id.0, time_ns: 0 }),
            }
        }
        self.keep(SNAPSHOTS, &records, RecordKind::Snapshots)
    }

    fn load(&self, name: &str, kind: RecordKind) -> Records {
        let Some(folder) = &self.folder else { return Records::default() };
        record_file::load(&folder.join(name), kind, &self.repository).unwrap_or_else(|reason| {
            tracing::debug!(name, %reason, "nothing is remembered");
            Records::default()
        })
    }

    fn keep(
        &self,
        name: &str,
        records: &Records,
        kind: RecordKind,
    ) -> Result<(), (PathBuf, std::io::Error)> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let bytes = records.encode(kind, &self.repository);
        let kept = record_file::store(folder, name, &bytes);
        kept.map_err(|error| (folder.join(name), error))
    }
}
