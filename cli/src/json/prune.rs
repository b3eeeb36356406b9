//! Lines of `prune`.

use serde::Serialize;

/// What a prune is going to do, or did.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PruneLine {
    pub(crate) dry_run: bool,
    pub(crate) chunks: PruneCounts,
    pub(crate) bytes: PruneCounts,
    pub(crate) packs: PrunePackCounts,
    pub(crate) epoch: u64,
    pub(crate) bytes_condemned: u64,
    pub(crate) bytes_in_trash: u64,
    pub(crate) bytes_rewritten: u64,
    pub(crate) bytes_extra_needed: u64,
    pub(crate) bytes_freed: u64,
    pub(crate) packs_deleted: u64,
    pub(crate) packs_rescued: u64,
    /// Packs that cannot be read, and stay.
    pub(crate) packs_damaged: u64,
    pub(crate) sessions_fenced: u64,
    pub(crate) waits_for: Vec<String>,
    pub(crate) seconds_estimated: f64,
    pub(crate) total_duration: f64,
}

/// Chunks or bytes by what becomes of them, with restic's keys.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PruneCounts {
    pub(crate) used: u64,
    pub(crate) duplicate: u64,
    pub(crate) unused: u64,
    pub(crate) total: u64,
    pub(crate) repack: u64,
    pub(crate) repack_remove: u64,
    pub(crate) remove: u64,
    pub(crate) remove_total: u64,
    pub(crate) remaining: u64,
}

/// Packs by what becomes of them, with restic's keys.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PrunePackCounts {
    pub(crate) used: u64,
    pub(crate) partly_used: u64,
    pub(crate) unused: u64,
    pub(crate) total: u64,
    pub(crate) keep: u64,
    pub(crate) repack: u64,
    /// Of those, sealed under an older key epoch.
    pub(crate) rekey: u64,
    pub(crate) remove: u64,
}
