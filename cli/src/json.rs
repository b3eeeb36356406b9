//! Lines of `--json` (CLI.md section 6): keys in `snake_case`, `message_type` first.

mod path_line;

mod backup;
mod check;
mod prune;
mod restore;
mod server;
mod snapshot;

use serde::Serialize;

use crate::byte_text::{lossy, twin};
use path_line::path_line;

pub(crate) use backup::{BackupSummary, SourceTotals, StageSeconds};
pub(crate) use check::{CheckSummary, Finding, FindingCodeLine, WantedLine};
pub(crate) use prune::{PruneCounts, PruneLine, PrunePackCounts};
pub(crate) use restore::{RestoreSummary, RestoredSoFar};
pub(crate) use server::{
    AgentLine, ListeningLine, MetricsLine, NewTokenLine, TenantLine, TokenLine,
};
pub(crate) use snapshot::{
    ChangeLine, DiffStatistics, ForgetGroup, KeepReason, MatchLine, Matches, NodeLine, SideTotals,
    SnapshotLine, SnapshotTotals,
};

/// One line.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "message_type", rename_all = "snake_case")]
pub(crate) enum Message<'m> {
    Status(Status),
    VerboseStatus(VerboseStatus),
    Warning(Problem),
    Error(Problem),
    ExitError(ExitError<'m>),
    Initialized(Initialized),
    #[serde(rename = "summary")]
    Backup(Box<BackupSummary>),
    #[serde(rename = "summary")]
    Restore(Box<RestoreSummary>),
    #[serde(rename = "summary")]
    Check(Box<CheckSummary>),
    Finding(Box<Finding>),
    Plan(RepairPlan),
    #[serde(rename = "summary")]
    Repair(RepairSummary),
    #[serde(rename = "plan")]
    PrunePlan(Box<PruneLine>),
    #[serde(rename = "summary")]
    Prune(Box<PruneLine>),
    #[serde(rename = "plan")]
    MigrationPlan(MigrationLine),
    FindingCode(FindingCodeLine),
    Wanted(WantedLine),
    Snapshot(SnapshotLine),
    Node(Box<NodeLine>),
    Change(ChangeLine),
    Statistics(DiffStatistics),
    Changed(Changed),
    #[serde(rename = "summary")]
    Copy(CopySummary),
    #[serde(rename = "summary")]
    Tag(TagSummary),
    Step(Step<'m>),
    Version(VersionLine),
    ConfigValue(ConfigValue<'m>),
    Fenced(FencedLine),
    KeyAdded(KeyLine),
    KeyRemoved(KeyLine),
    KeyRotated(KeyEpochLine),
    ParityStatus(ParityStatusLine),
    ParityAdded(ParityAddedLine),
    ParityRemoved(ParityRemovedLine),
    Written(WrittenLine),
    Listening(ListeningLine),
    Metrics(MetricsLine),
    AgentAllowed(AgentLine),
    AgentDenied(AgentLine),
    TenantAdded(TenantLine),
    TenantChanged(TenantLine),
    TenantRemoved(TenantLine),
    TokenMade(NewTokenLine<'m>),
    TokenRevoked(TokenLine),
}

/// Progress.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Status {
    pub(crate) verb: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) seconds_elapsed: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds_remaining: Option<f64>,
    pub(crate) percent_done: f64,
    pub(crate) total_files: u64,
    pub(crate) files_done: u64,
    pub(crate) total_bytes: u64,
    pub(crate) bytes_done: u64,
    pub(crate) error_count: u64,
    pub(crate) current_files: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current_files_b64: Option<Vec<Option<String>>>,
    #[serde(flatten)]
    pub(crate) restored: Option<RestoredSoFar>,
}

/// One entry that is done (`-v`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct VerboseStatus {
    pub(crate) action: &'static str,
    pub(crate) item: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item_b64: Option<String>,
    pub(crate) duration: f64,
    pub(crate) data_size: u64,
    pub(crate) data_size_in_repo: u64,
}

/// What went wrong with one item.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    pub(crate) error: ProblemText,
    pub(crate) during: &'static str,
    pub(crate) item: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item_b64: Option<String>,
}

/// Message and stable kind.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProblemText {
    pub(crate) message: String,
    pub(crate) kind: &'static str,
}

impl Problem {
    pub(crate) fn new(
        message: String,
        kind: &'static str,
        during: &'static str,
        item: &[u8],
    ) -> Self {
        let error = ProblemText { message, kind };
        Self { error, during, item: lossy(item), item_b64: twin(item) }
    }
}

/// Why the run does not end with 0: the last line on stderr.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ExitError<'m> {
    pub(crate) code: u8,
    pub(crate) message: &'m str,
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_command: Option<&'m str>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Initialized {
    pub(crate) id: String,
    pub(crate) repository: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository_b64: Option<String>,
    pub(crate) encrypted: bool,
    pub(crate) chunker: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Changed {
    pub(crate) old_snapshot_id: String,
    pub(crate) new_snapshot_id: Option<String>,
    pub(crate) tags: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct CopySummary {
    pub(crate) dry_run: bool,
    pub(crate) snapshots_copied: u64,
    pub(crate) snapshots_skipped: u64,
    pub(crate) snapshots_failed: u64,
    pub(crate) chunks_novel: u64,
    pub(crate) chunks_known: u64,
    pub(crate) chunks_tree_novel: u64,
    pub(crate) bytes_novel: u64,
    pub(crate) bytes_known: u64,
    pub(crate) bytes_tree_novel: u64,
    pub(crate) bytes_read: u64,
    pub(crate) bytes_stored: u64,
    pub(crate) total_duration: f64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct TagSummary {
    pub(crate) changed_snapshots: u64,
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step<'m> {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    pub(crate) detail: &'m str,
}

/// What a repair would do.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RepairPlan {
    pub(crate) steps: Vec<RepairStep>,
    pub(crate) bytes_to_write: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct RepairStep {
    pub(crate) action: &'static str,
    pub(crate) object: String,
    pub(crate) source: &'static str,
    pub(crate) bytes: u64,
}

/// What a repair did; all zeros if it was not applied.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RepairSummary {
    pub(crate) applied: bool,
    pub(crate) healed: Healed,
    pub(crate) unhealed: u64,
    pub(crate) packs: u64,
    pub(crate) chunks: u64,
    pub(crate) snapshots_written: u64,
    pub(crate) snapshots_damaged: u64,
    pub(crate) paths_lost: u64,
    pub(crate) put_back: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) quarantine: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) run_id: Vec<String>,
}

/// Chunks that were lost in their packs, by what they were healed from: `repository` is another
/// pack or another repository. `index` counts indexes.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Healed {
    pub(crate) parity: u64,
    pub(crate) repository: u64,
    pub(crate) access: u64,
    pub(crate) index: u64,
}

/// What a migration would do.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MigrationLine {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) steps: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct VersionLine {
    pub(crate) version: &'static str,
    pub(crate) format_version: u16,
    pub(crate) os: &'static str,
    pub(crate) arch: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfigValue<'m> {
    pub(crate) key: &'m str,
    pub(crate) value: Option<&'m str>,
    pub(crate) origin: &'m str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct FencedLine {
    pub(crate) lease: String,
    pub(crate) outcome: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyLine {
    pub(crate) id: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyEpochLine {
    pub(crate) key_epoch: u32,
}

/// Which packs have parity; `packs` are those asked for, else those whose sidecars are not right.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ParityStatusLine {
    pub(crate) percent: Option<u8>,
    pub(crate) packs_total: u64,
    pub(crate) packs_covered: u64,
    pub(crate) packs_bare: u64,
    pub(crate) sidecars_damaged: u64,
    pub(crate) sidecars_orphan: u64,
    pub(crate) bytes_packs: u64,
    pub(crate) bytes_parity: u64,
    pub(crate) packs: Vec<ParityPackLine>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ParityPackLine {
    pub(crate) pack: String,
    pub(crate) state: &'static str,
    pub(crate) pack_bytes: u64,
    pub(crate) parity_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_shards: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recovery_shards: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ParityAddedLine {
    pub(crate) dry_run: bool,
    pub(crate) packs_total: u64,
    pub(crate) packs_covered: u64,
    pub(crate) packs_added: u64,
    pub(crate) packs_renewed: u64,
    pub(crate) packs_damaged: Vec<String>,
    pub(crate) bytes_read: u64,
    pub(crate) bytes_written: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ParityRemovedLine {
    pub(crate) dry_run: bool,
    pub(crate) sidecars: u64,
    pub(crate) bytes: u64,
}

path_line! {
    /// A file that a verb wrote for the user.
    WrittenLine { bytes: u64, }
}
