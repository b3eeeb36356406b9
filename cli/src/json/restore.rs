//! Lines of `restore`.

use serde::Serialize;

/// What the status of `restore` has in addition.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RestoredSoFar {
    pub(crate) files_restored: u64,
    pub(crate) files_skipped: u64,
    pub(crate) files_deleted: u64,
    pub(crate) bytes_restored: u64,
    pub(crate) bytes_skipped: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct RestoreSummary {
    pub(crate) total_files: u64,
    pub(crate) files_restored: u64,
    pub(crate) files_skipped: u64,
    pub(crate) files_deleted: u64,
    pub(crate) files_failed: u64,
    pub(crate) total_bytes: u64,
    pub(crate) bytes_restored: u64,
    pub(crate) bytes_skipped: u64,
    pub(crate) bytes_from_target: u64,
    pub(crate) bytes_read_packs: u64,
    pub(crate) pack_reads: u64,
    pub(crate) chunks_damaged: u64,
    pub(crate) paths_lost: u64,
    pub(crate) verified: bool,
    pub(crate) dry_run: bool,
    pub(crate) seconds_elapsed: f64,
}
