//! Numbers that count once.

use std::collections::{HashSet, VecDeque};
use std::fmt;

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 32;

/// A number that was never used before: 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; NONCE_BYTES]);

impl Nonce {
    /// Takes bytes of a random source, or of a message.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; NONCE_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; NONCE_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

/// Why a nonce does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NonceRefused {
    /// It was there before.
    #[error("it was used before")]
    Used,
    /// It was made too long ago, or later than now: whether it was used nobody knows any more.
    #[error("it is too old, or of the future")]
    OutOfTime,
    /// Too many came within the time that they are remembered for.
    #[error("too many at a time")]
    Full,
}

/// Remembers nonces for as long as a message with them would be taken.
///
/// A message names the time at which it was made; older ones than `lifetime` are refused, so that
/// nothing needs to be remembered for longer. Memory: about 100 bytes for each, `capacity` of them.
/// Times are the receiver's clock in nanoseconds; a clock that is set back makes newer nonces
/// out of time until it has caught up, and forgets none.
#[derive(Debug)]
pub struct NonceStore {
    lifetime_ns: i64,
    capacity: usize,
    used: HashSet<Nonce>,
    /// In the order in which they are forgotten: with the time from which on they are.
    by_end: VecDeque<(i64, Nonce)>,
}

impl NonceStore {
    /// Remembers up to `capacity` nonces.
    #[must_use]
    pub fn new(lifetime_ns: i64, capacity: usize) -> Self {
        Self { lifetime_ns, capacity, used: HashSet::new(), by_end: VecDeque::new() }
    }

    /// Takes the nonce of a message that was made at `made_ns` and came at `now_ns`. Clocks may
    /// differ by the lifetime in either direction.
    ///
    /// # Errors
    /// [`NonceRefused`]; then the message is to be refused as well.
    pub fn take(&mut self, nonce: Nonce, made_ns: i64, now_ns: i64) -> Result<(), NonceRefused> {
        self.forget(now_ns);
        if made_ns.abs_diff(now_ns) > self.lifetime_ns.unsigned_abs() {
            return Err(NonceRefused::OutOfTime);
        }
        if self.used.contains(&nonce) {
            return Err(NonceRefused::Used);
        }
        if self.used.len() >= self.capacity {
            return Err(NonceRefused::Full);
        }
        self.used.insert(nonce);
        // A message of the future is taken until its time and the lifetime are over.
        let end = made_ns.max(now_ns).saturating_add(self.lifetime_ns);
        let at = self.by_end.partition_point(|(other, _)| *other <= end);
        self.by_end.insert(at, (end, nonce));
        Ok(())
    }

    fn forget(&mut self, now_ns: i64) {
        while let Some((_, nonce)) = self.by_end.pop_front_if(|(end, _)| *end < now_ns) {
            self.used.remove(&nonce);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce(number: u8) -> Nonce {
        Nonce::from_bytes([number; NONCE_BYTES])
    }

    #[test]
    fn nonce_counts_once_for_as_long_as_its_message_would_be_taken() {
        let mut store = NonceStore::new(100, 10);
        for made in [900, 950, 1000, 1050, 1100] {
            let number = u8::try_from(made / 50).unwrap();
            store.take(nonce(number), made, 1000).unwrap();
            // At every later moment it is refused: first as used, then as too old.
            for now in 1000..1300 {
                let refused = store.take(nonce(number), made, now).unwrap_err();
                let is_in_time = now - made <= 100;
                let expected =
                    if is_in_time { NonceRefused::Used } else { NonceRefused::OutOfTime };
                assert_eq!(refused, expected, "made {made}, now {now}");
            }
            store = NonceStore::new(100, 10);
        }
    }

    #[test]
    fn messages_of_other_times_are_refused() {
        let mut store = NonceStore::new(100, 10);
        for made in [i64::MIN, 0, 899, 1101, i64::MAX] {
            assert_eq!(store.take(nonce(1), made, 1000), Err(NonceRefused::OutOfTime), "{made}");
        }
        store.take(nonce(1), 900, 1000).unwrap();
        store.take(nonce(2), 1100, 1000).unwrap();
    }

    #[test]
    fn full_store_refuses_and_forgets_nothing_before_its_time() {
        let mut store = NonceStore::new(100, 3);
        for number in 0..3 {
            store.take(nonce(number), 1000, 1000).unwrap();
        }
        assert_eq!(store.take(nonce(9), 1000, 1050), Err(NonceRefused::Full));
        assert_eq!(store.take(nonce(0), 1000, 1100), Err(NonceRefused::Used));
        store.take(nonce(9), 1101, 1101).unwrap();
        assert_eq!(store.used.len(), 1);
        assert_eq!(store.by_end.len(), 1);
    }

    #[test]
    fn clock_that_is_set_back_makes_no_used_nonce_good_again() {
        let mut store = NonceStore::new(100, 10);
        store.take(nonce(1), 1000, 1000).unwrap();
        for now in (0..1000).rev() {
            assert!(store.take(nonce(1), 1000, now).is_err(), "{now}");
        }
        assert_eq!(store.take(nonce(1), 1000, 1000), Err(NonceRefused::Used));
    }
}
