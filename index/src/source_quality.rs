//! How far a source's sightings can be trusted.

use crate::sighting_index::Outcome;

/// Outcomes that count.
const WINDOW_OUTCOMES: u32 = 1000;

/// Below this many outcomes nothing is judged: a first miss says little.
const JUDGED_OUTCOMES_MIN: u32 = 20;

const WORDS: usize = 16;

/// The last outcomes of one source, and what they led to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Quality {
    /// One bit an outcome, 1 for verified; the latest is the lowest bit of the first word.
    window: [u64; WORDS],
    attempted: u32,
    is_resting: bool,
}

impl Quality {
    #[cfg(feature = "rocksdb")]
    pub(crate) const BYTES: usize = 8 * WORDS + 3;

    pub(crate) fn note(&mut self, outcome: Outcome) {
        let mut carry = u64::from(outcome == Outcome::Verified);
        for word in &mut self.window {
            (*word, carry) = (*word << 1 | carry, *word >> 63);
        }
        // 15 whole words and 40 bits are 1000.
        if let Some(last) = self.window.last_mut() {
            *last &= (1 << (WINDOW_OUTCOMES % 64)) - 1;
        }
        self.attempted = (self.attempted + 1).min(WINDOW_OUTCOMES);
        let judged = self.attempted >= JUDGED_OUTCOMES_MIN;
        self.is_resting |= judged && self.verified() * 2 < self.attempted;
    }

    pub(crate) fn verified(&self) -> u32 {
        self.window.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn attempted(&self) -> u32 {
        self.attempted
    }

    pub(crate) fn is_resting(&self) -> bool {
        self.is_resting
    }

    /// Window, attempted u16, resting u8; little-endian.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn to_bytes(&self) -> [u8; Self::BYTES] {
        let words = self.window.iter().flat_map(|word| word.to_le_bytes());
        // At most 1000.
        let attempted = u16::try_from(self.attempted).unwrap_or(u16::MAX).to_le_bytes();
        let all = words.chain(attempted).chain([u8::from(self.is_resting)]);
        let mut bytes = [0; Self::BYTES];
        bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        bytes
    }

    /// `None` for what the other function did not make.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let &[low, high, resting] = rest else { return None };
        let mut window = [0; WORDS];
        window.iter_mut().zip(words).for_each(|(to, from)| *to = u64::from_le_bytes(*from));
        let attempted = u16::from_le_bytes([low, high]).into();
        let is_resting = match resting {
            0 => false,
            1 => true,
            _ => return None,
        };
        let quality = Self { window, attempted, is_resting };
        (attempted <= WINDOW_OUTCOMES && quality.verified() <= attempted).then_some(quality)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a source that lies half the time is left alone, one that errs at times is not, and
    //! what lies 1000 outcomes back is forgotten.

    use super::{JUDGED_OUTCOMES_MIN, Quality, WINDOW_OUTCOMES};
    use crate::sighting_index::Outcome::{False, Verified};

    #[test]
    fn source_rests_below_half_of_at_least_twenty_outcomes() {
        let mut quality = Quality::default();
        for _ in 1..JUDGED_OUTCOMES_MIN {
            quality.note(False);
            assert!(!quality.is_resting());
        }
        quality.note(False);
        assert!(quality.is_resting());
        (0..2000).for_each(|_| quality.note(Verified));
        assert!(quality.is_resting(), "only a snapshot ends the rest");
    }

    #[test]
    fn half_verified_is_enough() {
        let mut quality = Quality::default();
        for _ in 0..600 {
            quality.note(Verified);
            quality.note(False);
        }
        assert_eq!((quality.verified(), quality.attempted()), (500, 1000));
        assert!(!quality.is_resting());
        quality.note(False);
        assert!(quality.is_resting(), "a verified outcome left the window");
    }

    #[test]
    fn window_holds_the_last_thousand() {
        let mut quality = Quality::default();
        (0..WINDOW_OUTCOMES).for_each(|_| quality.note(Verified));
        for past in 1..=500 {
            quality.note(False);
            assert_eq!(quality.verified(), WINDOW_OUTCOMES - past);
        }
        (0..500).for_each(|_| quality.note(Verified));
        assert_eq!((quality.verified(), quality.attempted()), (500, 1000));
        (0..500).for_each(|_| quality.note(Verified));
        assert_eq!(quality.verified(), WINDOW_OUTCOMES, "the false ones have left");
    }

    #[cfg(feature = "rocksdb")]
    #[test]
    fn quality_round_trips_and_impossible_bytes_are_refused() {
        let mut quality = Quality::default();
        for number in 0..1100 {
            quality.note(if number % 3 == 0 { Verified } else { False });
        }
        let bytes = quality.to_bytes();
        assert_eq!(Quality::from_bytes(&bytes), Some(quality));
        let mut more_verified_than_attempted = bytes;
        more_verified_than_attempted[128..130].copy_from_slice(&[1, 0]);
        assert_eq!(Quality::from_bytes(&more_verified_than_attempted), None);
        let mut neither = bytes;
        neither[130] = 2;
        assert_eq!(Quality::from_bytes(&neither), None);
    }
}
