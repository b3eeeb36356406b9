//! Time as an argument.
#![expect(clippy::disallowed_methods, reason = "the one place that reads the system's clocks")]

use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime};

/// Gives labels, intervals and pauses.
///
/// Wall time is a label for people: no safety argument uses it, and it may jump in both
/// directions. Monotonic time only measures intervals within one process.
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

/// A clock that moves only when it is told to; `sleep` advances it and returns at once.
#[cfg(any(test, feature = "test-util"))]
#[derive(Debug, Default)]
pub struct ManualClock {
    wall_ns: std::sync::atomic::AtomicI64,
    monotonic_ns: std::sync::atomic::AtomicU64,
}

#[cfg(any(test, feature = "test-util"))]
impl ManualClock {
    /// Makes a clock that shows `wall_ns` and a monotonic time of zero.
    #[must_use]
    pub fn new(wall_ns: i64) -> Self {
        Self { wall_ns: wall_ns.into(), monotonic_ns: 0.into() }
    }

    /// Moves both times forward.
    ///
    /// # Panics
    /// On a duration of more than 292 years.
    pub fn advance(&self, duration: Duration) {
        use std::sync::atomic::Ordering::SeqCst;
        let ns =
            i64::try_from(duration.as_nanos()).expect("a test advances by less than 292 years");
        self.wall_ns.fetch_add(ns, SeqCst);
        self.monotonic_ns.fetch_add(ns.unsigned_abs(), SeqCst);
    }

    /// Makes the wall time jump, in either direction; monotonic time stays.
    pub fn set_wall_ns(&self, wall_ns: i64) {
        self.wall_ns.store(wall_ns, std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(any(test, feature = "test-util"))]
impl Clock for ManualClock {
    fn wall_ns(&self) -> i64 {
        self.wall_ns.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn monotonic_ns(&self) -> u64 {
        self.monotonic_ns.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(-5);
        assert_eq!((clock.wall_ns(), clock.monotonic_ns()), (-5, 0));
        clock.sleep(Duration::from_nanos(7));
        assert_eq!((clock.wall_ns(), clock.monotonic_ns()), (2, 7));
        clock.set_wall_ns(i64::MIN);
        assert_eq!((clock.wall_ns(), clock.monotonic_ns()), (i64::MIN, 7));
    }

    #[test]
    fn system_clock_never_runs_backwards() {
        let clock = SystemClock::new();
        let first = clock.monotonic_ns();
        assert!(clock.monotonic_ns() >= first);
        assert!(clock.wall_ns() > 0);
    }
}
