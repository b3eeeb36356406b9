//! When a check stops.

use gleaner_store::Clock;

use super::options::CheckOptions;
use super::stats::StopReason;
use crate::progress::Cancel;

/// Time and findings that are left; shared by threads.
pub(super) struct Limits<'a> {
    clock: &'a dyn Clock,
    cancel: Cancel,
    /// Monotonic.
    deadline_ns: Option<u64>,
    errors_max: Option<u64>,
}

impl<'a> Limits<'a> {
    /// The time runs from now on.
    pub(super) fn new(options: &CheckOptions, clock: &'a dyn Clock, cancel: &Cancel) -> Self {
        let deadline_ns = options.max_duration.map(|duration| {
            let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
            clock.monotonic_ns().saturating_add(ns)
        });
        let errors_max = options.max_errors.map(u64::from);
        Self { clock, cancel: cancel.clone(), deadline_ns, errors_max }
    }

    /// Why to stop after `errors` findings, if there is a reason.
    pub(super) fn reason(&self, errors: u64) -> Option<StopReason> {
        if self.cancel.is_cancelled() {
            Some(StopReason::Cancelled)
        } else if self.errors_max.is_some_and(|max| errors >= max) {
            Some(StopReason::MaxErrors)
        } else if self.deadline_ns.is_some_and(|deadline| self.clock.monotonic_ns() >= deadline) {
            Some(StopReason::MaxDuration)
        } else {
            None
        }
    }
}
