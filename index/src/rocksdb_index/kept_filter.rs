//! The filter's copy on disk, in the index's folder.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::id_filter::{IdFilter, SnapshotHeader};
use crate::index_options::IndexMode;

/// For each new pack at most that many bytes are written: a sixteenth of a pack of 64 MiB.
const BYTES_PER_PACK: u64 = 4 << 20;

/// Where the filter is kept between openings.
#[derive(Debug)]
pub(super) struct KeptFilter {
    folder: PathBuf,
    repository_id: [u8; 32],
    /// False in a view of another process's index: read, not written.
    is_ours: bool,
}

impl KeptFilter {
    pub(super) fn new(folder: &Path, repository_id: &[u8; 32], is_ours: bool) -> Self {
        Self { folder: folder.to_owned(), repository_id: *repository_id, is_ours }
    }

    /// The index's folder, if it is ours to write into.
    pub(super) fn own_folder(&self) -> Option<&Path> {
        self.is_ours.then_some(&*self.folder)
    }

    /// The filter, and the first ordinal that it does not know. `None` if there is none, or if it
    /// cannot be relied on.
    pub(super) fn load(&self, mode: IndexMode, ordinals_given: u64) -> Option<(u64, IdFilter)> {
        let (header, filter) = IdFilter::load_snapshot(&self.folder).ok()?;
        let is_for_us = header.repository_id == self.repository_id
            && header.generation == generation(mode)
            // A view may be older than the filter, which then knows more than it needs to.
            && (header.next_ordinal <= ordinals_given || !self.is_ours);
        is_for_us.then_some((header.next_ordinal, filter))
    }

    /// Removes the filter that was refused, so that no later opening takes it for good.
    pub(super) fn discard(&self) -> Result<()> {
        if self.is_ours { IdFilter::remove_snapshot(&self.folder) } else { Ok(()) }
    }

    /// Whether so many new packs are worth writing it.
    pub(super) fn is_due(&self, packs_unkept: u64, filter_bytes: u64) -> bool {
        self.is_ours
            && packs_unkept > 0
            && filter_bytes <= packs_unkept.saturating_mul(BYTES_PER_PACK)
    }

    /// Writes the filter in the place of the one before; durable on return.
    pub(super) fn keep(
        &self,
        filter: &IdFilter,
        mode: IndexMode,
        ordinals_given: u64,
    ) -> Result<()> {
        let header = SnapshotHeader {
            repository_id: self.repository_id,
            next_ordinal: ordinals_given,
            generation: generation(mode),
        };
        filter.store_snapshot(&self.folder, header)
    }
}

/// On-disk values, never renumbered: the filters of the modes hold different chunks.
fn generation(mode: IndexMode) -> u64 {
    match mode {
        IndexMode::Exact => 1,
        IndexMode::Sparse => 2,
    }
}
