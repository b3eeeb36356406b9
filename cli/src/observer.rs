//! Prints what an operation of the engine reports, and counts what decides the exit code.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use gleaner_engine::{EntryAction, EntryEvent, Observer, Warning, WarningKind};

use crate::byte_text::{lossy, printable, twin};
use crate::json::{Message, Problem, VerboseStatus};
use crate::output::Output;

/// Observer of all operations.
#[derive(Debug)]
pub(crate) struct Reporter {
    output: Output,
    start: Instant,
    /// Entries that were left out.
    errors: AtomicU64,
    /// Entries whose content is lost.
    damaged: AtomicU64,
    /// Entries that no backup of ours writes.
    hostile: AtomicU64,
}

impl Reporter {
    pub(crate) fn new(output: Output) -> Self {
        let zero = || AtomicU64::new(0);
        let (errors, damaged, hostile) = (zero(), zero(), zero());
        Self { output, start: Instant::now(), errors, damaged, hostile }
    }

    /// Number of entries that were left out.
    pub(crate) fn error_count(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Number of entries whose content is lost.
    pub(crate) fn damaged_count(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Number of entries that no backup of ours writes.
    pub(crate) fn hostile_count(&self) -> u64 {
        self.hostile.load(Ordering::Relaxed)
    }

    /// Seconds since the operation began.
    pub(crate) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

impl Observer for Reporter {
    fn warning(&self, warning: &Warning) {
        let Warning { path, during, kind, message } = warning;
        let problem = Problem::new(message.clone(), kind.as_str(), during, path);
        match kind {
            WarningKind::Changed
            | WarningKind::Metadata
            | WarningKind::IndexBusy
            | WarningKind::IndexRebuilt => self.output.warning(problem),
            WarningKind::Damaged => {
                self.damaged.fetch_add(1, Ordering::Relaxed);
                self.output.error(problem);
            }
            WarningKind::HostileTree => {
                self.hostile.fetch_add(1, Ordering::Relaxed);
                self.output.error(problem);
            }
            _ => {
                self.errors.fetch_add(1, Ordering::Relaxed);
                self.output.error(problem);
            }
        }
    }

    fn entry(&self, event: &EntryEvent<'_>) {
        let action = match event.action {
            EntryAction::New => "new",
            EntryAction::Modified => "modified",
            EntryAction::Restored => "restored",
            EntryAction::Deleted => "deleted",
            EntryAction::Unchanged | EntryAction::Skipped => "unchanged",
        };
        let level = if action == "unchanged" { 2 } else { 1 };
        if self.output.verbose < level || self.output.quiet {
            return;
        }
        // A closed stdout shows at the summary.
        if self.output.json {
            drop(self.output.message(&Message::VerboseStatus(VerboseStatus {
                action,
                item: lossy(event.path),
                item_b64: twin(event.path),
                duration: self.seconds(),
                data_size: event.bytes,
                data_size_in_repo: event.bytes_novel,
            })));
        } else {
            drop(self.output.text(&format!("{action:<9} {}", printable(event.path))));
        }
    }
}
