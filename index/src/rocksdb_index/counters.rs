//! Counts of lookups, by layer.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::chunk_index::LookupCounts;

/// Counted once a batch, not once an id.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) asked: AtomicU64,
    in_flight: AtomicU64,
    pub(super) by_cache: AtomicU64,
    pub(super) by_filter: AtomicU64,
    pub(super) by_row: AtomicU64,
    pub(super) novel_by_row: AtomicU64,
    pub(super) gets: AtomicU64,
    pub(super) directories_read: AtomicU64,
}

/// Length of the counts as a row of family `meta`: eight u64, little-endian.
pub(super) const COUNTS_BYTES: usize = 64;

impl Counters {
    pub(super) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn note_in_flight(&self, ids: u64) {
        self.asked.fetch_add(ids, Ordering::Relaxed);
        self.in_flight.fetch_add(ids, Ordering::Relaxed);
    }

    pub(super) fn lookups(&self) -> LookupCounts {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        LookupCounts {
            asked: value(&self.asked),
            in_flight: value(&self.in_flight),
            by_cache: value(&self.by_cache),
            by_filter: value(&self.by_filter),
            by_row: value(&self.by_row),
            novel_by_row: value(&self.novel_by_row),
            gets: value(&self.gets),
            directories_read: value(&self.directories_read),
        }
    }

    pub(super) fn to_bytes(&self) -> [u8; COUNTS_BYTES] {
        let mut bytes = [0; COUNTS_BYTES];
        for (to, counter) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.fields()) {
            *to = counter.load(Ordering::Relaxed).to_le_bytes();
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; COUNTS_BYTES]) -> Self {
        let counters = Self::default();
        for (from, counter) in bytes.as_chunks::<8>().0.iter().zip(counters.fields()) {
            counter.store(u64::from_le_bytes(*from), Ordering::Relaxed);
        }
        counters
    }

    /// In the order of the row; never renumbered.
    fn fields(&self) -> [&AtomicU64; COUNTS_BYTES / 8] {
        [
            &self.asked,
            &self.in_flight,
            &self.by_cache,
            &self.by_filter,
            &self.by_row,
            &self.novel_by_row,
            &self.gets,
            &self.directories_read,
        ]
    }
}

#[cfg(test)]
mod tests {
    //! Goal: counts survive the index being closed as they were.

    use super::Counters;

    #[test]
    fn counts_come_back_in_their_places() {
        let counters = Counters::default();
        counters.note_in_flight(1);
        for (counter, count) in counters.fields().into_iter().zip(1..) {
            Counters::add(counter, 1 << count);
        }
        let read = Counters::from_bytes(&counters.to_bytes());
        assert_eq!(read.lookups(), counters.lookups());
        assert_eq!((read.lookups().asked, read.lookups().directories_read), (3, 256));
    }
}
