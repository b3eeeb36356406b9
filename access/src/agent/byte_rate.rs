//! How fast an agent reads: so that the server that it lives beside has the disk to itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// What may be read at once before the rate holds.
const BURST_NS: u64 = 1_000_000_000;

/// A limit in bytes per second, over all threads.
#[derive(Debug)]
pub struct ByteRate {
    clock: Arc<dyn Clock>,
    bytes_per_second: Option<u64>,
    /// When all that was taken is paid for.
    free_ns: Mutex<u64>,
}

impl ByteRate {
    /// `None` is no limit; 0 counts as 1.
    #[must_use]
    pub fn new(bytes_per_second: Option<u64>, clock: Arc<dyn Clock>) -> Self {
        let bytes_per_second = bytes_per_second.map(|rate| rate.max(1));
        let free_ns = Mutex::new(clock.monotonic_ns());
        Self { clock, bytes_per_second, free_ns }
    }

    /// Returns when `bytes` more may be read. What is read in any time is at most what the rate
    /// gives for it, and one second's more.
    pub fn take(&self, bytes: u64) {
        let Some(rate) = self.bytes_per_second else { return };
        let cost = u128::from(bytes).saturating_mul(1_000_000_000).div_ceil(rate.into());
        let cost = u64::try_from(cost).unwrap_or(u64::MAX);
        let now = self.clock.monotonic_ns();
        let mut free = self.free_ns.lock().unwrap_or_else(PoisonError::into_inner);
        *free = (*free).max(now).saturating_add(cost);
        let wait = free.saturating_sub(now).saturating_sub(BURST_NS);
        drop(free);
        if wait > 0 {
            self.clock.sleep(Duration::from_nanos(wait));
        }
    }
}

#[cfg(test)]
mod tests {
    //! Goal: an agent never reads faster than it may. Method: a clock that only sleeping moves. If
    //! it fails, reading slows the server down that it reads from.

    use std::sync::Arc;
    use std::time::Duration;

    use super::ByteRate;
    use crate::clock::Clock;
    use crate::manual_clock::ManualClock;

    #[test]
    fn bytes_take_the_time_that_the_rate_gives_them_but_for_one_second() {
        let clock = Arc::new(ManualClock::new());
        let rate = ByteRate::new(Some(1000), clock.clone());
        for bytes in [300, 700] {
            rate.take(bytes);
            assert_eq!(clock.monotonic_ns(), 0);
        }
        rate.take(1);
        assert_eq!(clock.monotonic_ns(), 1_000_000);
        rate.take(10_000);
        assert_eq!(clock.monotonic_ns(), 10_001_000_000);
        clock.sleep(Duration::from_hours(1));
        let before = clock.monotonic_ns();
        rate.take(1000);
        assert_eq!(clock.monotonic_ns(), before);
        rate.take(1);
        assert_eq!(clock.monotonic_ns(), before + 1_000_000, "an hour's rest saves one second");
    }

    #[test]
    fn no_limit_never_waits_and_huge_numbers_do_not_wrap() {
        let clock = Arc::new(ManualClock::new());
        ByteRate::new(None, clock.clone()).take(u64::MAX);
        assert_eq!(clock.monotonic_ns(), 0);
        let rate = ByteRate::new(Some(0), clock.clone());
        rate.take(u64::MAX);
        rate.take(u64::MAX);
        assert!(clock.monotonic_ns() > u64::MAX / 2);
    }
}
