//! Randomness as an argument.

use std::fmt::Debug;
use std::io;

/// Gives random bytes.
///
/// Names, keys and pack ids come from here, so a source for real repositories must be
/// cryptographically strong and must never repeat after a fork or a restart.
pub trait RandomSource: Send + Sync + Debug {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// Whatever the source reports; the buffer must not be used then.
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()>;
}

/// The random source of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl RandomSource for OsRandom {
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes)
            .map_err(|error| error.raw_os_error().map_or_else(|| io::Error::other(error), errno))
    }
}

fn errno(raw: i32) -> io::Error {
    io::Error::from_raw_os_error(raw)
}

/// A reproducible source for tests: `SplitMix64` over a counter (Steele, Lea, Flood 2014).
///
/// Predictable, therefore never a source of keys or names in a real repository. Threads may
/// share it; the bytes are then reproducible only if the order of calls is.
#[cfg(any(test, feature = "test-util"))]
#[derive(Debug)]
pub struct SeededRandom {
    state: std::sync::atomic::AtomicU64,
}

#[cfg(any(test, feature = "test-util"))]
impl SeededRandom {
    /// Makes the source that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed.into() }
    }

    /// The next eight bytes as a number.
    pub fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.state.fetch_add(STEP, std::sync::atomic::Ordering::Relaxed);
        let mut z = state.wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`, with a bias of less than 2^-32 for the small bounds of tests.
    ///
    /// # Panics
    /// When `bound` is zero.
    pub fn below(&self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no member");
        self.next_u64() % bound
    }
}

#[cfg(any(test, feature = "test-util"))]
impl RandomSource for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        for part in bytes.chunks_mut(8) {
            let number = self.next_u64().to_le_bytes();
            part.iter_mut().zip(number).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_random_repeats_for_a_seed_and_differs_between_seeds() {
        let draw = |seed: u64| {
            let mut bytes = [0; 21];
            SeededRandom::new(seed).fill(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn splitmix64_matches_its_published_first_value() {
        // First output for seed 0, as in the reference implementation by S. Vigna.
        assert_eq!(SeededRandom::new(0).next_u64(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn os_random_does_not_repeat() {
        let (mut a, mut b) = ([0; 32], [0; 32]);
        OsRandom.fill(&mut a).unwrap();
        OsRandom.fill(&mut b).unwrap();
        assert_ne!(a, b);
    }
}
