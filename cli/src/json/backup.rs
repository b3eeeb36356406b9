//! Lines of `backup`.

use serde::Serialize;

/// Bytes of a backup that came from an access server.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SourceTotals {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) chunks: u64,
    pub(crate) bytes: u64,
    pub(crate) mismatches: u64,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct StageSeconds {
    pub(crate) scan: f64,
    pub(crate) read: f64,
    pub(crate) chunk: f64,
    pub(crate) hash: f64,
    pub(crate) lookup: f64,
    pub(crate) seal: f64,
    pub(crate) write: f64,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct BackupSummary {
    pub(crate) dry_run: bool,
    pub(crate) files_new: u64,
    pub(crate) files_changed: u64,
    pub(crate) files_unmodified: u64,
    pub(crate) dirs_new: u64,
    pub(crate) dirs_changed: u64,
    pub(crate) dirs_unmodified: u64,
    pub(crate) files_failed: u64,
    pub(crate) chunks_novel: u64,
    pub(crate) chunks_known: u64,
    pub(crate) chunks_from_access: u64,
    pub(crate) chunks_regenerated: u64,
    pub(crate) chunks_deferred: u64,
    pub(crate) chunks_sent: u64,
    pub(crate) chunks_tree_novel: u64,
    pub(crate) total_files_processed: u64,
    pub(crate) total_bytes_processed: u64,
    pub(crate) bytes_read: u64,
    pub(crate) bytes_holes: u64,
    pub(crate) bytes_known: u64,
    pub(crate) bytes_novel: u64,
    pub(crate) bytes_stored: u64,
    pub(crate) bytes_from_access: u64,
    pub(crate) bytes_regenerated: u64,
    pub(crate) bytes_deferred: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_tree_novel: u64,
    pub(crate) bytes_wire_up: u64,
    pub(crate) bytes_wire_down: u64,
    pub(crate) sources: Vec<SourceTotals>,
    pub(crate) state: &'static str,
    pub(crate) backup_start: String,
    pub(crate) backup_end: String,
    pub(crate) total_duration: f64,
    pub(crate) stage_seconds: StageSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) snapshot_id: Option<String>,
}
