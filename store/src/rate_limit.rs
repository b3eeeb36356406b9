//! Keeps reading and writing below a rate.

use std::io::Read;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// Idle time that may be caught up on, so that a short pause costs no throughput.
const CATCH_UP_NS: u64 = 100_000_000;
/// The largest and the smallest piece that [`PacedRead`] reads at once.
const PIECE_BYTES: std::ops::RangeInclusive<u64> = 4 << 10..=1 << 20;

/// A rate in bytes per second that all threads together keep to.
#[derive(Debug)]
pub struct RateLimit {
    clock: Arc<dyn Clock>,
    bytes_per_second: NonZeroU64,
    /// Monotonic time at which all bytes taken so far fit the rate.
    fits_ns: Mutex<u64>,
}

impl RateLimit {
    /// A limit by which nothing was taken yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, bytes_per_second: NonZeroU64) -> Self {
        let fits_ns = Mutex::new(clock.monotonic_ns());
        Self { clock, bytes_per_second, fits_ns }
    }

    /// Accounts for `bytes` and returns when they fit the rate: sleeps, in one piece, for as long
    /// as they and what was taken before take at that rate.
    pub fn take(&self, bytes: u64) {
        let cost_ns = u128::from(bytes) * 1_000_000_000 / u128::from(self.bytes_per_second.get());
        let cost_ns = u64::try_from(cost_ns).unwrap_or(u64::MAX);
        let now_ns = self.clock.monotonic_ns();
        let wait_ns = {
            let mut fits_ns = self.fits_ns.lock().unwrap_or_else(PoisonError::into_inner);
            let start_ns = (*fits_ns).max(now_ns.saturating_sub(CATCH_UP_NS));
            *fits_ns = start_ns.saturating_add(cost_ns);
            fits_ns.saturating_sub(now_ns)
        };
        if wait_ns > 0 {
            self.clock.sleep(Duration::from_nanos(wait_ns));
        }
    }

    /// What takes about a quarter of a second.
    fn piece_bytes(&self) -> usize {
        let piece =
            (self.bytes_per_second.get() / 4).clamp(*PIECE_BYTES.start(), *PIECE_BYTES.end());
        usize::try_from(piece).unwrap_or(usize::MAX)
    }
}

/// Reads no faster than a limit; as fast as it can without one.
#[derive(Debug)]
pub struct PacedRead<'l, R> {
    inner: R,
    limit: Option<&'l RateLimit>,
}

impl<'l, R: Read> PacedRead<'l, R> {
    /// Reads from `inner`.
    pub fn new(inner: R, limit: Option<&'l RateLimit>) -> Self {
        Self { inner, limit }
    }
}

impl<R: Read> Read for PacedRead<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(limit) = self.limit else { return self.inner.read(buffer) };
        let piece = buffer.len().min(limit.piece_bytes());
        let bytes = self.inner.read(buffer.get_mut(..piece).unwrap_or_default())?;
        limit.take(bytes as u64);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    const SECOND_NS: u64 = 1_000_000_000;

    fn limit(bytes_per_second: u64) -> (Arc<ManualClock>, RateLimit) {
        let clock = Arc::new(ManualClock::new(0));
        let rate = NonZeroU64::new(bytes_per_second).unwrap();
        let limit = RateLimit::new(Arc::clone(&clock) as Arc<dyn Clock>, rate);
        (clock, limit)
    }

    #[test]
    fn what_is_taken_takes_as_long_as_the_rate_says() {
        let (clock, limit) = limit(1000);
        limit.take(0);
        assert_eq!(clock.monotonic_ns(), 0);
        for second in 1..=3 {
            limit.take(999);
            limit.take(1);
            assert_eq!(clock.monotonic_ns(), second * SECOND_NS);
        }
    }

    #[test]
    fn a_short_pause_is_caught_up_on_and_a_long_one_is_not_saved_up() {
        let (clock, limit) = limit(1000);
        limit.take(1000);
        clock.advance(Duration::from_nanos(CATCH_UP_NS));
        limit.take(1000);
        assert_eq!(clock.monotonic_ns(), 2 * SECOND_NS);
        clock.advance(Duration::from_mins(1));
        limit.take(1000);
        assert_eq!(clock.monotonic_ns(), 63 * SECOND_NS - CATCH_UP_NS);
    }

    #[test]
    fn amounts_beyond_all_measure_do_not_overflow() {
        let (clock, limit) = limit(u64::MAX);
        limit.take(u64::MAX);
        assert_eq!(clock.monotonic_ns(), SECOND_NS);
    }

    #[test]
    fn a_reader_yields_the_same_bytes_in_the_time_of_the_rate() {
        let (clock, limit) = limit(10_000);
        let data: Vec<u8> = (0..=255).cycle().take(50_000).collect();
        let mut read = Vec::new();
        PacedRead::new(data.as_slice(), Some(&limit)).read_to_end(&mut read).unwrap();
        assert!(read == data);
        assert_eq!(clock.monotonic_ns(), 5 * SECOND_NS);
        read.clear();
        PacedRead::new(data.as_slice(), None).read_to_end(&mut read).unwrap();
        assert!(read == data);
        assert_eq!(clock.monotonic_ns(), 5 * SECOND_NS);
    }
}
