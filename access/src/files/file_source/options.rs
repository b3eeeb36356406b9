//! What an operator decides of a source of files.

use std::time::Duration;

use crate::limits::Limits;
use crate::object::SourceId;
use crate::scope::ScopePolicy;

/// How a source of files is looked at.
#[derive(Debug, Clone)]
pub struct FileSourceOptions {
    /// The source's number.
    pub id: SourceId,
    /// Who may learn of its objects.
    pub scope: ScopePolicy,
    /// How much of one object is looked at.
    pub limits: Limits,
    /// Whether the kernel's events are used, if there are any.
    pub use_events: bool,
    /// Time between two listings where there are no events.
    pub poll_interval: Duration,
    /// Time between two listings beside events, for what events do not tell.
    pub audit_interval: Duration,
    /// Bytes that may be remembered of the source's files (about 400 for each). What does not fit
    /// is left out and counted.
    pub table_bytes_max: usize,
    /// The epoch to begin with; it has to be higher than any that this source had before. By
    /// default the wall time in nanoseconds.
    pub first_epoch: Option<u64>,
}

impl FileSourceOptions {
    /// Events, a poll every ten seconds, an audit every hour, 256 MiB of memory.
    #[must_use]
    pub fn new(id: SourceId, scope: ScopePolicy) -> Self {
        Self {
            id,
            scope,
            limits: Limits::default(),
            use_events: true,
            poll_interval: Duration::from_secs(10),
            audit_interval: Duration::from_hours(1),
            table_bytes_max: 256 << 20,
            first_epoch: None,
        }
    }
}
