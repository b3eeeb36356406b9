//! Goal: a key that was inserted is never novel, whatever sizes the filter went through, and novel
//! keys are seen as such at the promised rate, with the promised memory.
//! Method: boundaries first; then keys from a seed against a set of them.
//! If it fails: chunks are stored twice, or the database is asked for chunks that nobody has.

use std::collections::HashSet;

use super::segment::{GROUP, SMALL_KEYS};
use super::{IdFilter, SEGMENTS_MAX};
use crate::conformance::Seeded;

fn key(seeded: &mut Seeded) -> [u8; 16] {
    (u128::from(seeded.word()) << 64 | u128::from(seeded.word())).to_le_bytes()
}

fn keys(seed: u64, count: usize) -> Vec<[u8; 16]> {
    let mut seeded = Seeded::new(seed);
    (0..count).map(|_| key(&mut seeded)).collect()
}

fn answers(filter: &IdFilter, keys: &[[u8; 16]]) -> Vec<bool> {
    let mut answers = vec![false; keys.len()];
    filter.may_hold_batch(keys, &mut answers);
    answers
}

fn single(filter: &IdFilter, key: &[u8; 16]) -> bool {
    filter.all().any(|segment| segment.may_hold(key))
}

/// Inserts novel keys until the filter has that many.
fn fill(filter: &mut IdFilter, seeded: &mut Seeded, count: u64) {
    while filter.keys() < count {
        filter.insert(&key(seeded));
    }
}

#[test]
fn smallest_filter_is_2_mib_with_16_bits_a_key() {
    for expected in [0, 1, SMALL_KEYS - 1, SMALL_KEYS] {
        let filter = IdFilter::for_keys(expected);
        assert_eq!((filter.capacity(), filter.memory_bytes()), (SMALL_KEYS, 2 << 20));
        assert_eq!((filter.keys(), filter.segments(), filter.wants_merge()), (0, 1, false));
    }
    let above = IdFilter::for_keys(SMALL_KEYS + 1);
    assert_eq!((above.capacity(), above.memory_bytes()), (SMALL_KEYS + 1, (3 << 19) + 64));
}

#[test]
fn novel_key_beyond_the_capacity_appends_a_segment_and_a_known_one_does_not() {
    let mut seeded = Seeded::new(1);
    for capacity in [1, 2, 3, 64, 1000] {
        let mut filter = IdFilter::of_one_segment(capacity);
        fill(&mut filter, &mut seeded, capacity - 1);
        assert_eq!((filter.segments(), filter.capacity()), (1, capacity));
        let last = key(&mut seeded);
        filter.insert(&last);
        fill(&mut filter, &mut seeded, capacity);
        assert_eq!((filter.segments(), filter.capacity()), (1, capacity));
        assert!(filter.insert(&last), "it is there");
        assert_eq!(filter.segments(), 1, "a known key takes no room");
        fill(&mut filter, &mut seeded, capacity + 1);
        let appended = (capacity / 2).max(1);
        assert_eq!((filter.segments(), filter.capacity()), (2, capacity + appended));
        assert!(answers(&filter, &[last])[0]);
    }
}

#[test]
fn capacity_stays_within_one_and_a_half_counts_and_merging_is_asked_for_in_time() {
    let mut seeded = Seeded::new(2);
    let mut filter = IdFilter::of_one_segment(64);
    fill(&mut filter, &mut seeded, 64);
    while filter.segments() < 8 {
        assert!(2 * filter.capacity() <= 3 * filter.keys(), "{filter:?}");
        let third_is_full = filter.segments() == SEGMENTS_MAX && filter.keys() == filter.capacity();
        assert_eq!(filter.wants_merge(), filter.segments() > SEGMENTS_MAX || third_is_full);
        let keys = filter.keys();
        fill(&mut filter, &mut seeded, keys + 1);
    }
}

#[test]
fn filter_at_its_real_size_grows_by_halves_of_12_bit_segments() {
    let mut filter = IdFilter::for_keys(0);
    filter.insert_batch(&keys(3, 2 << 20));
    assert_eq!((filter.segments(), filter.capacity()), (3, SMALL_KEYS / 4 * 9));
    assert_eq!(filter.memory_bytes(), (2 << 20) + (3 << 18) + (9 << 17));
    assert!(filter.keys() > SMALL_KEYS / 1000 * 1990, "{filter:?}");
    assert!(!filter.wants_merge());
}

#[test]
fn inserted_key_is_never_novel() {
    for seed in 0..20 {
        let mut seeded = Seeded::new(seed);
        let mut filter = IdFilter::of_one_segment(1 + seeded.below(2000));
        let (mut model, mut inserted) = (HashSet::new(), Vec::new());
        for _ in 0..60 {
            let count = usize::try_from(seeded.below(200)).unwrap();
            let mut batch: Vec<[u8; 16]> = (0..count).map(|_| key(&mut seeded)).collect();
            // Some are known, some come twice in one batch.
            batch.extend(inserted.iter().step_by(7).take(count));
            batch.extend_from_within(..count / 3);
            if seeded.below(2) == 0 {
                filter.insert_batch(&batch);
            } else {
                for key in &batch {
                    let known = filter.insert(key);
                    assert!(known || !model.contains(key), "seed {seed}: counted twice");
                }
            }
            model.extend(batch.iter().copied());
            inserted.extend(batch);
            assert!(answers(&filter, &inserted).iter().all(|answer| *answer), "seed {seed}");
            assert!(filter.keys() <= model.len() as u64, "seed {seed}: counted twice");
        }
    }
}

#[test]
fn inserting_a_batch_is_inserting_its_keys() {
    for capacity in [1, 31, 32, 33, 1000, 4000] {
        let mut keys = keys(4, 3000);
        keys.extend_from_within(500..1500);
        keys.extend([[0; 16], [0xff; 16], [0; 16]]);
        let mut by_batch = IdFilter::of_one_segment(capacity);
        let mut by_key = IdFilter::of_one_segment(capacity);
        by_batch.insert_batch(&keys);
        for key in &keys {
            by_key.insert(key);
        }
        assert!(by_batch == by_key, "{by_batch:?}, {by_key:?}");
    }
}

#[test]
fn batch_answers_are_single_answers() {
    let mut filter = IdFilter::of_one_segment(300);
    filter.insert_batch(&keys(5, 700));
    assert_eq!(filter.segments(), 4);
    // Known and novel in turn; enough false positives to tell a shifted answer.
    let asked: Vec<[u8; 16]> =
        keys(5, 700).into_iter().zip(keys(6, 700)).flat_map(|pair| [pair.0, pair.1]).collect();
    for length in [0, 1, GROUP - 1, GROUP, GROUP + 1, 1000] {
        for asked in asked.windows(length.max(1)).step_by(97).map(|window| &window[..length]) {
            let expected: Vec<bool> = asked.iter().map(|key| single(&filter, key)).collect();
            assert_eq!(answers(&filter, asked), expected, "length {length}");
            let mut overwritten = vec![true; length];
            filter.may_hold_batch(asked, &mut overwritten);
            assert_eq!(overwritten, expected, "answers are overwritten");
        }
    }
}

#[test]
#[should_panic(expected = "each key has one answer")]
fn batch_refuses_another_number_of_answers() {
    IdFilter::of_one_segment(1).may_hold_batch(&[[0; 16]; 2], &mut [false; 3]);
}

fn false_positive_rate(filter: &IdFilter) -> f64 {
    let novel = keys(8, 1_000_000);
    let found = answers(filter, &novel).into_iter().filter(|answer| *answer).count();
    f64::from(u32::try_from(found).unwrap()) / 1_000_000.0
}

#[test]
fn false_positives_of_a_full_filter_stay_within_their_rate() {
    for (expected, rate_max) in [(SMALL_KEYS, 0.0011), (SMALL_KEYS + 1, 0.0046)] {
        let mut filter = IdFilter::for_keys(expected);
        fill(&mut filter, &mut Seeded::new(7), expected);
        let rate = false_positive_rate(&filter);
        assert!(rate < rate_max, "{expected} keys: {rate}");
        assert!(rate > rate_max / 2.0, "{expected} keys: {rate} is too good to be true");
    }
}

#[test]
fn false_positives_of_segments_add_up() {
    let mut filter = IdFilter::for_keys(SMALL_KEYS + 1);
    fill(&mut filter, &mut Seeded::new(7), (SMALL_KEYS + 1) / 4 * 9);
    assert_eq!(filter.segments(), SEGMENTS_MAX);
    let rate = false_positive_rate(&filter);
    assert!(rate < 3.0 * 0.0046, "{rate}");
}
