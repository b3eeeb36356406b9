//! Time as an argument.
#![expect(clippy::disallowed_methods, reason = "the one place that reads the system's clocks")]

use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime};

/// Gives wall time, which labels, and monotonic time, which measures.
///
/// The store has a trait of its own of this name: this crate may not import it.
pub trait Clock: Send + Sync + Debug {
    /// Nanoseconds since 1970-01-01T00:00:00Z, negative before; clamped to what `i64` holds.
    fn wall_ns(&self) -> i64;

    /// Nanoseconds since an arbitrary instant before the first call; never decreases.
    fn monotonic_ns(&self) -> u64;

    /// Returns when `monotonic_ns` has advanced by at least `duration`.
    fn sleep(&self, duration: Duration);
}

/// The clocks of the operating system.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Makes a clock whose monotonic time begins now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn wall_ns(&self) -> i64 {
        let ns = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => ns(after),
            Err(before) => -ns(before.duration()),
        }
    }

    fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}
