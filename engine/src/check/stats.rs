//! What a check saw.

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::SnapshotId;

/// Why a check ended before it had looked at everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The time was up.
    MaxDuration,
    /// There were enough findings.
    MaxErrors,
    /// The caller asked to stop.
    Cancelled,
}

/// What is wrong with a chunk that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WantedState {
    /// A snapshot needs it, and no pack has it.
    Missing,
    /// Its bytes are damaged in this pack.
    Damaged(PackId),
}

/// A chunk that a repair looks for elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WantedChunk {
    /// The chunk.
    pub id: ChunkId,
    /// What is wrong with it.
    pub state: WantedState,
}

/// What a check saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckStats {
    /// Findings of severity error.
    pub num_errors: u64,
    /// Findings of severity warning: harmless each.
    pub num_warnings: u64,
    /// Packs on storage.
    pub packs_total: u64,
    /// Packs whose every byte was read by this run and is right.
    pub packs_verified: u64,
    /// Packs that this run did not read as a whole.
    pub packs_skipped: u64,
    /// Packs with a finding.
    pub broken_packs: Vec<PackId>,
    /// Bytes of the packs verified.
    pub bytes_verified: u64,
    /// Label time at which the pack that was verified least recently was, by this or by an earlier
    /// run; `None` if a pack was never verified.
    pub oldest_verified_ns: Option<i64>,
    /// Different chunks that snapshots need and no pack has.
    pub chunks_missing: u64,
    /// Different chunks whose bytes are damaged.
    pub chunks_damaged: u64,
    /// Missing and damaged chunks, sorted.
    pub wanted: Vec<WantedChunk>,
    /// Snapshots that were to be looked at.
    pub snapshots_total: u64,
    /// Snapshots whose trees this run read to the end, or failed to.
    pub snapshots_checked: u64,
    /// Snapshots that cannot be restored as a whole.
    pub snapshots_damaged: Vec<SnapshotId>,
    /// Files that cannot be restored, over all snapshots.
    pub paths_lost: u64,
    /// Some of them, each once: at most [`super::FINDING_PATHS_MAX`].
    pub lost_paths: Vec<Vec<u8>>,
    /// The index is behind or wrong; `repair index` builds it anew.
    pub suggest_repair_index: bool,
    /// There are packs that no snapshot needs.
    pub suggest_prune: bool,
    /// Why the run ended early; `None` if it did not.
    pub stopped_at: Option<StopReason>,
}

impl CheckStats {
    /// Whether every snapshot was looked at and none has a finding. Bytes that were not read may
    /// still be damaged.
    #[must_use]
    pub const fn is_restorable(&self) -> bool {
        self.snapshots_damaged.is_empty() && self.snapshots_checked >= self.snapshots_total
    }
}
