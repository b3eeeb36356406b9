//! What a tail of a log saw, and whether it saw all.

/// What a tail saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TailCounters {
    /// Lines handed over.
    pub lines: u64,
    /// Lines given up because they were longer than [`LINE_BYTES_MAX`](super::LINE_BYTES_MAX).
    pub over_long: u64,
    /// Times the log was a new file.
    pub rotations: u64,
    /// Times the file was shorter than before, or written anew.
    pub restarts: u64,
    /// Logs that were to be read and are not there, or cannot be read. Where it cannot be told
    /// whether there were any, because the log was given a name that no rotation gives, or names of
    /// two forms, or was moved away or cut without a copy, that is one.
    pub gaps: u64,
}

/// Whether a tail has handed over all there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum History {
    /// All of it, as far as can be told, or all but what the next polls bring.
    Whole,
    /// Lines may be missing: see [`TailCounters::gaps`]. Told once for each gap;
    /// [`ScopeLedger::lose_history`](crate::ScopeLedger::lose_history) is what follows from it.
    Missing,
}
