//! Snapshots and what is in them: lines of the verbs that list, compare and choose them.

use serde::Serialize;

use super::path_line::path_line;

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
