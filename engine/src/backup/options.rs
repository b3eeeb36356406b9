//! What to back up and how.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_store::{RateLimit, SnapshotId};

use crate::nearby::Nearby;
use crate::source::{KeepAll, Selection};

/// Which earlier snapshot tells unchanged files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// The latest of the same host and roots.
    Auto,
    /// The latest that agrees in what is named here.
    LatestOf(ParentGroup),
    /// None: every file is read.
    None,
    /// This one.
    Id(SnapshotId),
}

/// In what a snapshot has to agree to be taken for the parent. Nothing at all takes the latest of
/// the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentGroup {
    /// The host name.
    pub host: bool,
    /// The roots, all of them and in the same order.
    pub roots: bool,
    /// The tags, all of them and no others.
    pub tags: bool,
}

/// How a backup uses the machine. The default is right unless somebody measured otherwise.
#[derive(Debug, Clone, Default)]
pub struct BackupTuning {
    /// Size in bytes at which this run closes a data pack; `None` takes the repository's. Two
    /// packs of this size are in memory at a time.
    pub pack_target_bytes: Option<u32>,
    /// Threads that read, cut and hash files, at least 1; `None` takes the environment's.
    pub reader_threads: Option<usize>,
    /// Limit on reading files of the source; a stream is the caller's to slow down.
    pub read_limit: Option<Arc<RateLimit>>,
}

/// What to back up and how.
#[derive(Clone)]
pub struct BackupOptions {
    /// Absolute paths. Those inside another one add nothing.
    pub roots: Vec<PathBuf>,
    /// Host name to record.
    pub host: String,
    /// User name to record.
    pub user: String,
    /// Tags to record.
    pub tags: Vec<String>,
    /// Time to record in nanoseconds since 1970; `None` takes the clock's.
    pub time_ns: Option<i64>,
    /// Which earlier snapshot tells unchanged files.
    pub parent: Parent,
    /// Take files with another inode for unchanged if size and times agree.
    pub ignore_inode: bool,
    /// Take files with another status-change time for unchanged. Their metadata is read anew.
    pub ignore_ctime: bool,
    /// Record times of last access.
    pub with_atime: bool,
    /// Record extended attributes. A later run that records them reads those of all entries, also
    /// of files that did not change since.
    pub xattrs: bool,
    /// Stay on the file systems of the roots.
    pub one_file_system: bool,
    /// What is taken.
    pub selection: Arc<dyn Selection>,
    /// Write no snapshot if the tree equals the parent's, at and below the roots.
    pub skip_if_unchanged: bool,
    /// Count, and write nothing. What repeats within the run counts once, unless 2^20 novel chunks
    /// lie in between.
    pub dry_run: bool,
    /// Map large files into memory instead of reading them. Only for files that nobody writes
    /// while the backup runs: a file that shrinks under a mapping kills the process.
    pub map_files: bool,
    /// Who may have the bytes of files nearer to the storage; not asked by a dry run.
    pub nearby: Option<Arc<dyn Nearby>>,
    /// zstd level for this run; `None` takes the repository's.
    pub compression_level: Option<i32>,
    /// How the run uses the machine.
    pub tuning: BackupTuning,
    /// Name and version of the calling program.
    pub program: String,
}

impl BackupOptions {
    /// Everything below `roots`, attributes included, recorded for `host` against the latest
    /// snapshot of the same host and roots. User and tags are empty; the rest is off.
    pub fn new(host: impl Into<String>, roots: Vec<PathBuf>) -> Self {
        Self {
            roots,
            host: host.into(),
            user: String::new(),
            tags: Vec::new(),
            time_ns: None,
            parent: Parent::Auto,
            ignore_inode: false,
            ignore_ctime: false,
            with_atime: false,
            xattrs: true,
            one_file_system: false,
            selection: Arc::new(KeepAll),
            skip_if_unchanged: false,
            dry_run: false,
            map_files: false,
            nearby: None,
            compression_level: None,
            tuning: BackupTuning::default(),
            program: concat!("gleaner-engine ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
