//! Lines of `--json` (CLI.md section 6): keys in `snake_case`, `message_type` first.

use serde::Serialize;

use crate::byte_text::{lossy, twin};

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
}

/// A path and, if its bytes are not UTF-8, its exact twin. Flattened into the lines that have one.
macro_rules! path_line {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize)]
        pub(crate) struct $name {
            pub(crate) path: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) path_b64: Option<String>,
            $($(#[$field_meta])* pub(crate) $field: $kind,)*
        }
    };
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

/// What the status of `restore` has in addition.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RestoredSoFar {
    pub(crate) files_restored: u64,
    pub(crate) files_skipped: u64,
    pub(crate) files_deleted: u64,
    pub(crate) bytes_restored: u64,
    pub(crate) bytes_skipped: u64,
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

/// Where the bytes of a backup came from; access servers come later.
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

/// A snapshot, as `snapshots --json` and the first line of `ls --json` have it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SnapshotLine {
    pub(crate) id: String,
    pub(crate) short_id: String,
    pub(crate) time: String,
    pub(crate) hostname: String,
    pub(crate) username: String,
    pub(crate) paths: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths_b64: Option<Vec<Option<String>>>,
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) program_version: String,
    pub(crate) summary: SnapshotTotals,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SnapshotTotals {
    pub(crate) files: u64,
    pub(crate) folders: u64,
    pub(crate) others: u64,
    pub(crate) bytes: u64,
    pub(crate) bytes_holes: u64,
    pub(crate) chunks_novel: u64,
    pub(crate) bytes_novel: u64,
    pub(crate) bytes_stored: u64,
    pub(crate) files_failed: u64,
}

/// An entry of a snapshot.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NodeLine {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name_b64: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_b64: Option<String>,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) user: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) permissions: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) atime: Option<String>,
    pub(crate) mtime: String,
    pub(crate) ctime: String,
    pub(crate) inode: u64,
    pub(crate) links: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linktarget: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linktarget_b64: Option<String>,
}

path_line! {
    /// One entry that differs between two snapshots.
    ChangeLine { modifier: char, }
}

path_line! {
    /// An entry that `find` found.
    MatchLine {
        #[serde(rename = "type")]
        kind: &'static str,
        size: u64,
        mode: u32,
        permissions: String,
        mtime: String,
        uid: u32,
        gid: u32,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        chunks: Vec<String>,
    }
}

/// What `find` found in one snapshot.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Matches {
    pub(crate) snapshot: String,
    pub(crate) hits: u64,
    #[serde(rename = "matches")]
    pub(crate) entries: Vec<MatchLine>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct SideTotals {
    pub(crate) files: u64,
    pub(crate) dirs: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct DiffStatistics {
    pub(crate) source_snapshot: String,
    pub(crate) target_snapshot: String,
    pub(crate) changed_files: u64,
    pub(crate) added: SideTotals,
    pub(crate) removed: SideTotals,
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
}

/// Objects that were healed, by what they were healed from; `index` counts indexes.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Healed {
    pub(crate) parity: u64,
    pub(crate) repository: u64,
    pub(crate) access: u64,
    pub(crate) index: u64,
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

/// One group of `forget --json`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ForgetGroup {
    pub(crate) tags: Vec<String>,
    pub(crate) host: String,
    pub(crate) paths: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths_b64: Option<Vec<Option<String>>>,
    pub(crate) keep: Vec<SnapshotLine>,
    pub(crate) remove: Vec<SnapshotLine>,
    pub(crate) reasons: Vec<KeepReason>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeepReason {
    pub(crate) snapshot: String,
    pub(crate) matches: Vec<String>,
}

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
    pub(crate) remove: u64,
}
