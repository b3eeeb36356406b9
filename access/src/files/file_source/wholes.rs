//! Objects that are made of parts in several files: what was told of them, and when they are told
//! again.
//!
//! A whole that grows part by part is another object after each, and whoever hears of it reads it
//! from its beginning. So that all this reading is a small multiple of the whole, it is told again
//! only once it has changed by half of what was told, is complete, or stands still.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::object::ObjectKey;

use super::table::{KnownPart, ShortGeneration};

/// A whole of which no part came or went for so long stands still.
pub(super) const STILL: Duration = Duration::from_secs(10);

/// After what time a whole is looked at again that could not be.
const RETRY: Duration = Duration::from_secs(10);

/// The longest that a change of a whole waits to be told.
const WAIT_MAX: Duration = Duration::from_mins(5);

/// One whole.
#[derive(Debug, Default)]
struct Whole {
    /// Bytes of its parts now, and of all there is if that is known.
    bytes: u64,
    total: Option<u64>,
    told: Option<ShortGeneration>,
    told_bytes: u64,
    /// It is told even as it was told before.
    is_untold: bool,
    /// Monotonic time from which on it is looked at again after it could not be.
    retry_ns: Option<u64>,
    /// Monotonic times of the first and the last change that was not told.
    untold_since_ns: Option<u64>,
    changed_ns: u64,
}

impl Whole {
    fn change(&mut self, now_ns: u64) {
        self.untold_since_ns.get_or_insert(now_ns);
        self.changed_ns = now_ns;
    }

    fn is_due(&self, now_ns: u64) -> bool {
        let is_complete = self.total == Some(self.bytes) && self.told_bytes != self.bytes;
        let difference = self.bytes.abs_diff(self.told_bytes);
        let is_over = |since_ns: u64, time: Duration| {
            u128::from(now_ns.saturating_sub(since_ns)) >= time.as_nanos()
        };
        if let Some(retry_ns) = self.retry_ns {
            return now_ns >= retry_ns;
        }
        // What did not change is looked at and told to nobody.
        self.told.is_none()
            || self.is_untold
            || self.untold_since_ns.is_none()
            || is_complete
            || difference.saturating_mul(2) >= self.told_bytes
            || is_over(self.changed_ns, STILL)
            || self.untold_since_ns.is_some_and(|since| is_over(since, WAIT_MAX))
    }
}

/// All wholes: at most one for each part that is remembered, whose row counts its bytes.
#[derive(Debug, Default)]
pub(super) struct Wholes {
    by_key: HashMap<ObjectKey, Whole>,
    /// Those of which a part came, went or was looked at again.
    touched: BTreeSet<ObjectKey>,
}

impl Wholes {
    pub(super) fn part_came(&mut self, key: &ObjectKey, part: &KnownPart, now_ns: u64) {
        let whole = self.by_key.entry(key.clone()).or_default();
        whole.bytes = whole.bytes.saturating_add(part.len);
        whole.total = part.total;
        whole.change(now_ns);
        self.touched.insert(key.clone());
    }

    pub(super) fn part_went(&mut self, key: &ObjectKey, part: &KnownPart, now_ns: u64) {
        let whole = self.by_key.entry(key.clone()).or_default();
        whole.bytes = whole.bytes.saturating_sub(part.len);
        whole.change(now_ns);
        self.touched.insert(key.clone());
    }

    /// A part was found to be as it was.
    pub(super) fn part_seen(&mut self, key: &ObjectKey) {
        self.touched.insert(key.clone());
    }

    /// The wholes that may have to be told; those that are not due stay for the next time.
    pub(super) fn take_due(&mut self, now_ns: u64, retell: bool) -> BTreeSet<ObjectKey> {
        let mut due = std::mem::take(&mut self.touched);
        let by_key = &self.by_key;
        let is_due = |key: &ObjectKey| by_key.get(key).is_none_or(|whole| whole.is_due(now_ns));
        let waiting = due.extract_if(.., |key| !retell && !is_due(key));
        self.touched = waiting.collect();
        due
    }

    /// Wholes that changed and are not due.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &ObjectKey> {
        self.touched.iter()
    }

    pub(super) fn told(&self, key: &ObjectKey) -> Option<ShortGeneration> {
        self.by_key.get(key).and_then(|whole| whole.told)
    }

    pub(super) fn set_told(&mut self, key: &ObjectKey, generation: ShortGeneration) {
        if let Some(whole) = self.by_key.get_mut(key) {
            whole.told = Some(generation);
            (whole.is_untold, whole.retry_ns) = (false, None);
            whole.told_bytes = whole.bytes;
            whole.untold_since_ns = None;
        }
    }

    /// Whether a whole is told even as it was told before.
    pub(super) fn is_untold(&self, key: &ObjectKey) -> bool {
        self.by_key.get(key).is_some_and(|whole| whole.is_untold)
    }

    /// A whole of which a part could not be looked at where all is told anew.
    pub(super) fn set_untold(&mut self, key: &ObjectKey) {
        if let Some(whole) = self.by_key.get_mut(key) {
            whole.is_untold = true;
        }
    }

    /// A whole that is due cannot be looked at: it is tried again, and told then. True if it could
    /// be looked at the last time.
    pub(super) fn try_again(&mut self, key: &ObjectKey, now_ns: u64) -> bool {
        let Some(whole) = self.by_key.get_mut(key) else { return false };
        let retry_ns = u64::try_from(RETRY.as_nanos()).unwrap_or(u64::MAX);
        let before = whole.retry_ns.replace(now_ns.saturating_add(retry_ns));
        whole.is_untold = true;
        self.touched.insert(key.clone());
        before.is_none()
    }

    /// A whole without parts.
    pub(super) fn forget(&mut self, key: &ObjectKey) {
        self.by_key.remove(key);
    }
}
