//! How a long operation is watched and stopped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};

/// Asks an operation to stop at its next safe point; clones share one flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A request that was not made yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the request. Safe in a signal handler.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the request was made.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Turns a request into [`Error::Cancelled`].
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Counters that a caller may read at any time while an operation runs.
#[derive(Debug, Default)]
pub struct Counters {
    /// Entries found so far; grows while scanning.
    pub files_total: AtomicU64,
    /// Entries done.
    pub files_done: AtomicU64,
    /// Bytes found so far; grows while scanning.
    pub bytes_total: AtomicU64,
    /// Bytes done.
    pub bytes_done: AtomicU64,
    /// Raw bytes of novel chunks.
    pub bytes_novel: AtomicU64,
    /// Bytes of packs written.
    pub bytes_stored: AtomicU64,
    /// Warnings.
    pub errors: AtomicU64,
    /// True once the totals are final.
    pub scan_finished: AtomicBool,
    current: Mutex<Vec<u8>>,
    restored: Mutex<RestoreCounters>,
}

/// What a restore did to the target so far, as [`crate::RestoreStats`] counts it in the end.
/// Clones share the counters.
#[derive(Debug, Clone, Default)]
pub struct RestoreCounters {
    /// Entries made.
    pub files_restored: Arc<AtomicU64>,
    /// Entries left as they were.
    pub files_skipped: Arc<AtomicU64>,
    /// Entries removed.
    pub files_deleted: Arc<AtomicU64>,
    /// Bytes written.
    pub bytes_restored: Arc<AtomicU64>,
    /// Bytes of files left as they were.
    pub bytes_skipped: Arc<AtomicU64>,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, by: u64) {
        // Sizes of sparse files add up to more than there is; a counter that wraps would say less.
        let saturating = |count: u64| Some(count.saturating_add(by));
        let _always = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, saturating);
    }

    pub(crate) fn set_current(&self, path: &[u8]) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.clear();
        current.extend_from_slice(path);
    }

    /// What the restore that runs, or ran last, did so far; zeros for other operations.
    #[must_use]
    pub fn restored(&self) -> RestoreCounters {
        self.restored.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_restored(&self, counters: RestoreCounters) {
        *self.restored.lock().unwrap_or_else(PoisonError::into_inner) = counters;
    }

    /// Path of the entry that is worked on.
    #[must_use]
    pub fn current(&self) -> Vec<u8> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What kind of trouble a warning reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// An entry could not be read.
    Unreadable,
    /// An entry vanished while the backup ran.
    Vanished,
    /// A file changed while it was read; it was saved as read.
    Changed,
    /// An attribute of an entry could not be read or set.
    Metadata,
    /// An entry could not be written.
    Unwritable,
    /// Content is lost: a chunk is missing or damaged.
    Damaged,
    /// The entry's name is not legal, or the tree is hostile.
    HostileTree,
    /// Another process holds the index; this run works in memory.
    IndexBusy,
    /// The index was damaged and is being rebuilt.
    IndexRebuilt,
}

impl WarningKind {
    /// Stable word for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Vanished => "vanished",
            Self::Changed => "changed",
            Self::Metadata => "metadata",
            Self::Unwritable => "unwritable",
            Self::Damaged => "damaged",
            Self::HostileTree => "hostile_tree",
            Self::IndexBusy => "index_busy",
            Self::IndexRebuilt => "index_rebuilt",
        }
    }
}

/// Something that did not stop the operation.
#[derive(Debug, Clone)]
pub struct Warning {
    /// Path concerned, as bytes; may be empty.
    pub path: Vec<u8>,
    /// Stage in which it happened: `scan`, `read`, `restore`, `copy`, `open`.
    pub during: &'static str,
    /// What kind of trouble.
    pub kind: WarningKind,
    /// One line for people.
    pub message: String,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryAction {
    /// Not in the parent snapshot.
    New,
    /// As in the parent snapshot.
    Unchanged,
    /// Differs from the parent snapshot.
    Modified,
    /// Written to the target.
    Restored,
    /// Left as it was in the target.
    Skipped,
    /// Removed from the target.
    Deleted,
}

/// One entry that is done.
#[derive(Debug, Clone, Copy)]
pub struct EntryEvent<'a> {
    /// Absolute path in the snapshot, as bytes.
    pub path: &'a [u8],
    /// What became of it.
    pub action: EntryAction,
    /// Bytes of its content.
    pub bytes: u64,
    /// Raw bytes of its content that were novel.
    pub bytes_novel: u64,
}

/// Receives what happens; called from the operation's threads, one call at a time per thread.
pub trait Observer: Send + Sync {
    /// Something that did not stop the operation.
    fn warning(&self, warning: &Warning) {
        let _ = warning;
    }

    /// An entry is done.
    fn entry(&self, event: &EntryEvent<'_>) {
        let _ = event;
    }
}

/// Ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}

/// How one run is watched and stopped.
#[derive(Clone)]
pub struct Run<'a> {
    /// Receives warnings and entries.
    pub observer: &'a dyn Observer,
    /// Counters to read while it runs.
    pub counters: Arc<Counters>,
    /// Stops the run.
    pub cancel: Cancel,
}

impl Run<'static> {
    /// A run that nobody watches.
    #[must_use]
    pub fn silent() -> Self {
        Self { observer: &Silent, counters: Arc::default(), cancel: Cancel::new() }
    }
}

impl Run<'_> {
    pub(crate) fn warn(&self, warning: &Warning) {
        Counters::add(&self.counters.errors, 1);
        self.observer.warning(warning);
    }
}
