//! Filters over the ids of one source, one for each epoch, so that an absent id costs no get.

use crate::id_filter::IdFilter;
use crate::sighting::IdPrefix;

/// Room of a filter of which nothing is known beforehand.
const ROOM_MIN: u64 = 4096;

/// A filter that grows by further segments, each as large as all before it.
#[derive(Debug)]
struct GrowingFilter {
    segments: Vec<IdFilter>,
    keys: u64,
    room: u64,
}

impl GrowingFilter {
    fn for_keys(expected: u64) -> Self {
        let room = expected.max(ROOM_MIN);
        Self { segments: vec![IdFilter::of_one_segment(room)], keys: 0, room }
    }

    fn insert(&mut self, key: &IdPrefix) {
        if self.keys == self.room {
            self.segments.push(IdFilter::of_one_segment(self.room));
            self.room *= 2;
        }
        self.keys += 1;
        if let Some(segment) = self.segments.last_mut() {
            segment.insert(key);
        }
    }
}

/// The filters of one source.
#[derive(Debug, Default)]
pub(super) struct GenerationFilters {
    /// At most a few: the older and the younger epoch, and what a message in progress adds.
    by_epoch: Vec<(u32, GrowingFilter)>,
}

impl GenerationFilters {
    /// Makes room for an epoch, unless it has some. Less than is inserted costs time alone.
    pub(super) fn reserve(&mut self, epoch: u32, expected: u64) {
        if !self.by_epoch.iter().any(|(present, _)| *present == epoch) {
            self.by_epoch.push((epoch, GrowingFilter::for_keys(expected)));
        }
    }

    pub(super) fn insert(&mut self, epoch: u32, key: &IdPrefix) {
        match self.by_epoch.iter_mut().rev().find(|(present, _)| *present == epoch) {
            Some((_, filter)) => filter.insert(key),
            None => {
                self.reserve(epoch, ROOM_MIN);
                self.insert(epoch, key);
            }
        }
    }

    /// Drops the filters of epochs below that one.
    pub(super) fn drop_below(&mut self, epoch: u32) {
        self.by_epoch.retain(|(present, _)| *present >= epoch);
    }

    /// Sets each answer for the key in the same place; `scratch` is as long as they are.
    pub(super) fn may_hold_batch(
        &self,
        keys: &[IdPrefix],
        answers: &mut [bool],
        scratch: &mut [bool],
    ) {
        answers.fill(false);
        for segment in self.by_epoch.iter().flat_map(|(_, filter)| &filter.segments) {
            segment.may_hold_batch(keys, scratch);
            answers.iter_mut().zip(&*scratch).for_each(|(answer, held)| *answer |= held);
        }
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        let segments = self.by_epoch.iter().flat_map(|(_, filter)| &filter.segments);
        segments.map(IdFilter::memory_bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a filter that grows denies nothing that is in it, few others are affirmed, and its
    //! memory follows the keys; a dropped epoch is denied.

    use super::{GenerationFilters, IdPrefix};
    use crate::conformance::Seeded;

    fn held(filters: &GenerationFilters, keys: &[IdPrefix]) -> usize {
        let (mut answers, mut scratch) = (vec![true; keys.len()], vec![false; keys.len()]);
        filters.may_hold_batch(keys, &mut answers, &mut scratch);
        answers.iter().filter(|held| **held).count()
    }

    #[test]
    fn filters_grow_and_are_dropped_by_epoch() {
        let mut seeded = Seeded::new(3);
        let mut keys = |count: usize| -> Vec<IdPrefix> {
            (0..count).map(|_| *seeded.bytes().first_chunk().unwrap()).collect()
        };
        let (old, young, absent) = (keys(30_000), keys(30_000), keys(30_000));
        let mut filters = GenerationFilters::default();
        for key in &old {
            filters.insert(4, key);
        }
        filters.reserve(5, 30_000);
        for key in &young {
            filters.insert(5, key);
        }
        assert_eq!((held(&filters, &old), held(&filters, &young)), (30_000, 30_000));
        let wrong = held(&filters, &absent);
        assert!(wrong < 1500, "{wrong} of 30000");
        let bits_per_key = filters.memory_bytes() * 8 / 60_000;
        assert!((11..20).contains(&bits_per_key), "{bits_per_key}");

        filters.drop_below(5);
        assert_eq!(held(&filters, &young), 30_000);
        assert!(held(&filters, &old) < 600);
        filters.drop_below(6);
        assert_eq!(held(&filters, &young), 0);
        assert_eq!(filters.memory_bytes(), 0);
    }
}
