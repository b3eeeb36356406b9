//! Lines of `check`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct CheckSummary {
    pub(crate) level: &'static str,
    pub(crate) num_errors: u64,
    pub(crate) broken_packs: Vec<String>,
    pub(crate) suggest_repair_index: bool,
    pub(crate) suggest_prune: bool,
    pub(crate) packs_total: u64,
    pub(crate) packs_verified: u64,
    pub(crate) packs_skipped: u64,
    pub(crate) bytes_verified: u64,
    pub(crate) chunks_missing: u64,
    pub(crate) chunks_damaged: u64,
    pub(crate) snapshots_damaged: u64,
    pub(crate) paths_lost: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oldest_verified: Option<String>,
    pub(crate) restorable: bool,
    pub(crate) stopped_at: Option<&'static str>,
    pub(crate) seconds_elapsed: f64,
    pub(crate) next_command: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    pub(crate) code: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pack: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chunk: Option<String>,
    pub(crate) snapshots: Vec<String>,
    pub(crate) paths: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths_b64: Option<Vec<Option<String>>>,
    pub(crate) paths_truncated: u64,
    pub(crate) healable_from: Vec<&'static str>,
    pub(crate) next_command: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct FindingCodeLine {
    pub(crate) code: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) cure: &'static str,
}

/// A line of the file that `check --wanted` writes: a chunk that a repair looks for elsewhere.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WantedLine {
    pub(crate) chunk: String,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pack: Option<String>,
}
