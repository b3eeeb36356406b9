//! Which objects were asked for with credentials: such objects are not public, whatever their
//! source declares.
//!
//! A filter of fixed size that never forgets one within the window, and may take an object for
//! another: that makes an object less public, never more.

use std::time::Duration;

use crate::log_key::LogKey;

/// Bits of each of two filters, 512 KiB. With 10^5 marks one object in 60,000 is taken for another.
const BITS: usize = 1 << 22;
const PROBES: usize = 4;

/// The marks of this window, and of the one before.
#[derive(Debug)]
pub(super) struct CredentialMarks {
    young: Vec<u64>,
    old: Vec<u64>,
    window_ns: i64,
    young_since_ns: Option<i64>,
}

impl CredentialMarks {
    pub(super) fn new(window: Duration) -> Self {
        let window_ns = i64::try_from(window.as_nanos()).unwrap_or(i64::MAX);
        Self { young: Vec::new(), old: Vec::new(), window_ns, young_since_ns: None }
    }

    /// Marks an object for one window at least, two at most.
    pub(super) fn mark(&mut self, key: LogKey, now_ns: i64) {
        let since = *self.young_since_ns.get_or_insert(now_ns);
        if now_ns.saturating_sub(since) > self.window_ns {
            self.old = std::mem::take(&mut self.young);
            self.young_since_ns = Some(now_ns);
        }
        self.young.resize(BITS / 64, 0);
        for (word, bit) in places(key) {
            if let Some(word) = self.young.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn holds(&self, key: LogKey) -> bool {
        let holds = |words: &[u64]| {
            let mut are_set = true;
            for (word, bit) in places(key) {
                are_set &= words.get(word).is_some_and(|word| word & bit != 0);
            }
            are_set
        };
        // Both, always: how long it takes says nothing.
        holds(&self.young) | holds(&self.old)
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
