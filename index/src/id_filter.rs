//! The filter in RAM that knows almost every novel chunk for novel (INDEX section 2.5).
//!
//! A false positive costs one lookup in the database. A false negative could only store a chunk
//! twice, and there is none: a bit that was set stays set.
//!
//! **Shape.** One segment or several, each a split-block Bloom filter: 12 bit for each key of its
//! capacity, 16 while the whole filter's capacity is at most 2^20 keys. Keys are the first 16 bytes
//! of ids, which are uniform already, so nothing is hashed.
//!
//! **Growth.** A segment never takes more keys than it has room for. When the last one is full,
//! one of half the present count is appended, so that the capacity of all is at most 1.5 times the
//! count: 2.25 bytes a key just after the step, 1.5 just before.
//!
//! **False positives.** A key that was never inserted asks each segment, and segments hold
//! different keys, so their rates add up. A full segment of 12 bit has 0.42 % (Poisson, 42.7 keys a
//! block; 0.09 % at 16 bit and 32 keys), one that is filled to two thirds 0.05 %. Hence:
//!
//! | state | rate |
//! |---|---|
//! | one segment, full | 0.42 % |
//! | two full, three full: when [`IdFilter::wants_merge`] | 0.84 %, 1.27 % |
//! | merged into one for 1.5 times the count | 0.05 % |
//! | a fourth full, fifth full, when the budget forbids to merge | 1.69 %, 2.11 % |
//!
//! Each segment costs a novel key one cache miss too.

mod block;
mod segment;
mod snapshot;
mod snapshot_file;

use std::fmt;

use segment::{GROUP, SMALL_KEYS, Segment};

pub use snapshot::{SnapshotDefect, SnapshotHeader};

/// Segments after which a filter is merged rather than extended.
const SEGMENTS_MAX: usize = 3;

/// Tells keys that were never inserted from keys that probably were.
///
/// A key is the first 16 bytes of an id. Reading takes `&self` from any number of threads.
#[derive(PartialEq, Eq)]
pub struct IdFilter {
    /// In the order of their making; each has as many keys as it has room for.
    full: Vec<Segment>,
    /// Takes the next key, unless it is full too.
    open: Segment,
}

impl IdFilter {
    /// An empty filter of one segment, with room for `expected` keys and for 2^20 at least. Takes
    /// all its memory now: 1.5 bytes a key, or 2 MiB.
    ///
    /// For a merge, `expected` is the number of rows or more. With 1.5 times as many the next merge
    /// comes at 3.4 times the rows, so that a key is inserted 1.4 times on average.
    ///
    /// # Panics
    /// If that is more than the address space.
    #[must_use]
    pub fn for_keys(expected: u64) -> Self {
        Self::of_one_segment(expected.max(SMALL_KEYS))
    }

    /// As [`Self::for_keys`] without the least room: for many small filters.
    pub(crate) fn of_one_segment(capacity: u64) -> Self {
        Self { full: Vec::new(), open: Segment::new(capacity, capacity) }
    }

    /// Inserts a key, and a segment before it if all are full; never fails.
    ///
    /// Returns whether the key was possibly there: then all its bits were set, and it does not
    /// count.
    pub fn insert(&mut self, key: &[u8; 16]) -> bool {
        if self.full.iter().any(|segment| segment.may_hold(key)) {
            return true;
        }
        if self.open.is_full() {
            if self.open.may_hold(key) {
                return true;
            }
            self.append_segment();
        }
        self.open.insert(key)
    }

    /// Inserts keys in their order as [`Self::insert`] does, faster.
    pub fn insert_batch(&mut self, keys: &[[u8; 16]]) {
        let (groups, rest) = keys.as_chunks();
        for group in groups {
            // Also brings the blocks into L1, all at once.
            let known = self.answers(group);
            for (key, _) in group.iter().zip(known).filter(|(_, known)| !known) {
                self.insert(key);
            }
        }
        for key in rest {
            self.insert(key);
        }
    }

    /// Overwrites each answer: false if the key was never inserted, true if it probably was.
    ///
    /// # Panics
    /// If there are not as many answers as keys.
    pub fn may_hold_batch(&self, keys: &[[u8; 16]], answers: &mut [bool]) {
        assert_eq!(keys.len(), answers.len(), "each key has one answer");
        let (groups, rest) = keys.as_chunks();
        let (group_answers, rest_answers) = answers.as_chunks_mut();
        for (answers, keys) in group_answers.iter_mut().zip(groups) {
            *answers = self.answers(keys);
        }
        if !rest.is_empty() {
            let mut padded = [[0; 16]; GROUP];
            padded.iter_mut().zip(rest).for_each(|(to, key)| *to = *key);
            let answers = self.answers(&padded);
            rest_answers.iter_mut().zip(answers).for_each(|(to, answer)| *to = answer);
        }
    }

    fn answers(&self, keys: &[[u8; 16]; GROUP]) -> [bool; GROUP] {
        let mut answers = [false; GROUP];
        for segment in self.all() {
            segment.add_answers(keys, &mut answers);
        }
        answers
    }

    fn append_segment(&mut self) {
        let keys = self.keys();
        let capacity = (keys / 2).max(1);
        let appended = Segment::new(capacity, keys.saturating_add(capacity));
        self.full.push(std::mem::replace(&mut self.open, appended));
    }

    fn all(&self) -> impl Iterator<Item = &Segment> {
        self.full.iter().chain([&self.open])
    }

    /// Keys inserted, less those that were possibly there.
    #[must_use]
    pub fn keys(&self) -> u64 {
        self.all().map(Segment::keys).sum()
    }

    /// Keys that fit before the next segment is appended, and those that are in.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.all().map(Segment::capacity).sum()
    }

    /// Segments, at least one.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.full.len() + 1
    }

    /// Memory that the filter holds.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.all().map(|segment| size_of_val(segment.blocks()) as u64).sum()
    }

    /// Whether the next novel key appends a fourth segment, or there are four already.
    ///
    /// Then the caller makes a filter by [`Self::for_keys`] and inserts the ids of all its rows. If
    /// both filters do not fit into its budget it keeps this one, which goes on growing.
    #[must_use]
    pub fn wants_merge(&self) -> bool {
        self.segments() > SEGMENTS_MAX || self.segments() == SEGMENTS_MAX && self.open.is_full()
    }
}

/// Sizes, without the bits.
impl fmt::Debug for IdFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdFilter")
            .field("keys", &self.keys())
            .field("capacity", &self.capacity())
            .field("segments", &self.segments())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
