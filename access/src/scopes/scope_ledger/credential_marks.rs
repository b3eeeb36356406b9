//! Which objects were asked for with credentials: such objects are not public, whatever their
//! source declares.
//!
//! A filter of fixed size that never forgets one, and may take an object for another: that makes an
//! object less public, never more. One that is full holds all.

use crate::error::Error;
use crate::scopes::log_key::LogKey;

/// Bits of the filter, 512 KiB. With 10^5 marks one object in 15,000 is taken for another.
const BITS: usize = 1 << 22;
const PROBES: usize = 4;

/// The marks. As long as it is not known that none is missing, everything is marked.
#[derive(Debug, Default)]
pub(super) struct CredentialMarks {
    words: Vec<u64>,
    are_complete: bool,
}

impl CredentialMarks {
    /// Says that no object was asked for with credentials but those that are marked.
    pub(super) fn complete(&mut self) {
        self.are_complete = true;
    }

    /// Says that some may be missing.
    pub(super) fn lose(&mut self) {
        self.are_complete = false;
    }

    pub(super) fn mark(&mut self, key: LogKey) {
        self.words.resize(BITS / 64, 0);
        for (word, bit) in places(key) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn holds(&self, key: LogKey) -> bool {
        let mut are_set = true;
        for (word, bit) in places(key) {
            are_set &= self.words.get(word).is_some_and(|word| word & bit != 0);
        }
        are_set || !self.are_complete
    }

    /// All marks; `None` if some may be missing.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = || self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.are_complete.then(bytes)
    }

    /// Takes back what [`bytes`](Self::bytes) gave, beside what was marked since.
    pub(super) fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (words, rest) = bytes.as_chunks::<8>();
        let is_whole = rest.is_empty() && (words.is_empty() || words.len() == BITS / 64);
        if !is_whole {
            return Err(Error::Corrupt("marks of another length"));
        }
        let len = self.words.len().max(words.len());
        self.words.resize(len, 0);
        for (word, saved) in self.words.iter_mut().zip(words) {
            *word |= u64::from_le_bytes(*saved);
        }
        self.are_complete = true;
        Ok(())
    }
}

/// The bits of a key, which is a hash already.
fn places(key: LogKey) -> impl Iterator<Item = (usize, u64)> {
    let (words, _) = key.as_bytes().as_chunks::<4>();
    let numbers: [usize; PROBES] = std::array::from_fn(|probe| {
        let word = words.get(probe).copied().unwrap_or_default();
        usize::try_from(u32::from_le_bytes(word)).unwrap_or_default() % BITS
    });
    numbers.into_iter().map(|bit| (bit / 64, 1 << (bit % 64)))
}
