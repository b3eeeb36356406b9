//! A clock that a test sets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Clock;

/// The wall time at which a manual clock begins, 2026-01-01T00:00:00Z, in nanoseconds.
const FIRST_WALL_NS: i64 = 1_767_225_600_000_000_000;

/// Time that stands still until somebody sleeps or moves it.
#[derive(Debug, Default)]
pub struct ManualClock {
    elapsed_ns: AtomicU64,
}

impl ManualClock {
    /// A clock at its first instant.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.elapsed_ns.fetch_add(ns, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn wall_ns(&self) -> i64 {
        let elapsed = i64::try_from(self.monotonic_ns()).unwrap_or(i64::MAX);
        FIRST_WALL_NS.saturating_add(elapsed)
    }

    fn monotonic_ns(&self) -> u64 {
        self.elapsed_ns.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}
