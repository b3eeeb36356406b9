//! Claims about the life of sightings, objects and sources.

use std::time::Duration;

use gleaner_chunker::ErrorKind;

use super::subject::{
    LEASE, add, announce, chunk, delta, evict, feed, hello, live, look_up, object, object_row,
    seen, snapshot, source,
};
use crate::error::Error;
use crate::sighting::{OBJECT_BYTES_MAX, ObjectNumber};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage,
    SourceKind::{Listed, Ring},
};
use crate::sighting_index::{Outcome, SightingIndex};

/// One message, and another source keeps its own.
pub fn flush_kills_all_of_one_source(index: &impl SightingIndex) {
    let numbers: Vec<_> = (0..500).collect();
    announce(index, 1, Listed, &[object(1, &numbers)]);
    announce(index, 2, Ring, &[object(1, &[7])]);
    assert_eq!(live(index, 500).len(), 500);
    assert_eq!(feed(index, 1, &hello(2, Listed, 1)), FeedAnswer::SendSnapshot);
    assert_eq!(live(index, 500), [7]);
    assert_eq!(object_row(index, 1, 1), None);
    assert!(object_row(index, 2, 1).is_some());
    let _ = feed(index, 1, &hello(2, Ring, 1));
    assert_eq!(live(index, 500), [7], "another kind revives nothing");
}

/// Only the object is named.
pub fn eviction_kills_an_object_with_its_chunks(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1, 2]), object(2, &[2, 3])]);
    assert_eq!(look_up(index, 2), [seen(1, 2, 2)], "the latest counts");
    let _ = feed(index, 1, &delta(1, 11, &[evict(2), evict(77)]));
    assert_eq!(live(index, 10), [1], "the earlier sighting of chunk 2 does not come back");
    assert_eq!(object_row(index, 1, 2), None);
}

/// Numbers of objects may be used again, within one message too.
pub fn object_added_again_does_not_revive_its_old_chunks(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1, 2])]);
    let _ = feed(index, 1, &delta(1, 11, &[evict(1)]));
    let _ = feed(index, 1, &delta(1, 12, &[add(1, &[2, 3])]));
    assert_eq!(live(index, 10), [2, 3]);
    let _ = feed(index, 1, &delta(1, 13, &[add(1, &[4])]));
    assert_eq!(live(index, 10), [4], "an object takes the place of its namesake");
    let _ = feed(index, 1, &delta(1, 14, &[add(1, &[5]), evict(1), add(1, &[6])]));
    assert_eq!(live(index, 10), [6]);
    let _ = feed(index, 1, &delta(1, 17, &[add(2, &[7]), evict(2)]));
    assert_eq!(live(index, 10), [6]);
}

/// 4096 bytes are stored, 4097 refused; bytes are replaced where there is an object, nowhere else.
pub fn object_rows_are_limited_and_never_revived(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let replace = |number, count| {
        let bytes = vec![7; count];
        index.replace_objects(source(1), &[(ObjectNumber::new(number), bytes)])
    };
    for count in [0, 1, OBJECT_BYTES_MAX - 1, OBJECT_BYTES_MAX] {
        replace(1, count).expect("small enough");
        assert_eq!(object_row(index, 1, 1).expect("a row").len(), count);
        assert_eq!(live(index, 10), [1]);
    }
    let mut long = object(2, &[2]);
    long.bytes = vec![0; OBJECT_BYTES_MAX + 1];
    let message = delta(1, 11, &[evict(1), Change::Add(long.clone())]);
    for refused in [
        replace(1, OBJECT_BYTES_MAX + 1).expect_err("too long"),
        index.apply_feed(source(1), &message, LEASE).expect_err("too long"),
        index.apply_feed(source(1), &snapshot(1, 11, &[long]), LEASE).expect_err("too long"),
    ] {
        assert_eq!(refused.kind(), ErrorKind::FixInput);
        assert!(matches!(refused, Error::ObjectTooLong { found: 4097, max: 4096, .. }));
    }
    assert_eq!(object_row(index, 1, 1).expect("a row").len(), OBJECT_BYTES_MAX);

    let _ = feed(index, 1, &delta(1, 11, &[evict(1)]));
    replace(1, 5).expect("passed over");
    replace(9, 5).expect("passed over");
    index.replace_objects(source(9), &[]).expect("passed over");
    assert_eq!((object_row(index, 1, 1), object_row(index, 1, 9)), (None, None));
    assert_eq!(live(index, 10), []);
}

/// First in, first out: no object is named.
pub fn ring_position_kills_what_is_below(index: &impl SightingIndex) {
    announce(index, 1, Ring, &[object(1, &[0])]);
    let move_on = |first_seq, low_seq, changes: &[Change]| {
        let changes = changes.to_vec();
        feed(index, 1, &FeedMessage::Delta(Delta { epoch: 1, first_seq, low_seq, changes }))
    };
    let _ = move_on(11, 0, &[add(11, &[1]), add(12, &[2]), add(13, &[3])]);
    assert_eq!(live(index, 10), [0, 1, 2, 3]);
    let _ = move_on(14, 12, &[]);
    assert_eq!(live(index, 10), [2, 3]);
    assert_eq!((object_row(index, 1, 11), object_row(index, 1, 12).is_some()), (None, true));
    let _ = move_on(14, 5, &[add(14, &[4])]);
    assert_eq!(live(index, 10), [2, 3, 4], "the position never falls");
    let _ = move_on(15, 0, &[evict(13)]);
    assert_eq!(live(index, 10), [2, 3, 4], "only the position counts");
    assert_eq!(object_row(index, 1, 13), None);
    let _ = move_on(16, 16, &[]);
    assert_eq!(live(index, 10), []);
}

/// The lease ends at its last nanosecond, and silence deletes nothing.
pub fn silent_source_is_absent_and_hello_revives_it(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let start = Duration::from_hours(1);
    let sign = |message: &FeedMessage, now| {
        let _ = index.apply_feed(source(1), message, now).expect("taken");
    };
    let is_live = |now| {
        let answers = index.sightings_batch(&[chunk(1)], now).expect("a lookup");
        let present = index.stats(now).expect("stats").sources[0].is_present;
        assert_eq!(present, !answers[0].is_empty());
        present
    };
    let before = |time: Duration| time.saturating_sub(Duration::from_nanos(1));
    assert!(!is_live(start));
    sign(&FeedMessage::Lease { epoch: 1 }, start);
    assert!(is_live(before(start + LEASE)));
    assert!(!is_live(start + LEASE));
    assert!(object_row(index, 1, 1).is_some(), "absent, not forgotten");
    sign(&hello(1, Listed, 1), start + 3 * LEASE);
    assert!(is_live(before(start + 4 * LEASE)) && !is_live(start + 4 * LEASE));
    sign(&delta(1, 11, &[]), start + 5 * LEASE);
    assert!(is_live(before(start + 6 * LEASE)) && !is_live(start + 6 * LEASE));
    sign(&delta(1, 9, &[]), start + 6 * LEASE);
    assert!(is_live(before(start + 7 * LEASE)), "a repeated message is a sign of life");
    sign(&FeedMessage::Lease { epoch: 1 }, Duration::MAX);
}

/// A false one goes at once; below half of the outcomes the source is not asked any more.
pub fn false_sighting_is_dropped_and_a_lying_source_rests(index: &impl SightingIndex) {
    let numbers: Vec<_> = (0..50).collect();
    announce(index, 1, Listed, &[object(1, &numbers)]);
    announce(index, 2, Listed, &[object(1, &numbers)]);
    let report = |outcome, numbers: std::ops::Range<u64>| {
        let outcomes: Vec<_> = numbers.map(|number| (chunk(number), outcome)).collect();
        index.report(source(1), &outcomes).expect("report");
    };
    let quality = || {
        let stats = index.stats(Duration::ZERO).expect("stats").sources[0];
        (stats.verified, stats.attempted, stats.is_resting)
    };
    report(Outcome::Verified, 0..10);
    report(Outcome::False, 10..20);
    assert_eq!(quality(), (10, 20, false));
    assert_eq!(look_up(index, 9), [seen(1, 1, 9), seen(2, 1, 9)]);
    assert_eq!(look_up(index, 10), [seen(2, 1, 10)]);
    report(Outcome::False, 20..21);
    assert_eq!(quality(), (10, 21, true));
    assert_eq!(look_up(index, 9), [seen(2, 1, 9)]);

    report(Outcome::Verified, 0..50);
    assert_eq!(feed(index, 1, &delta(1, 11, &[add(2, &[60])])), FeedAnswer::Following { seq: 11 });
    assert_eq!(look_up(index, 60), [], "the feed goes on, the rest too");
    let _ = feed(index, 1, &snapshot(1, 11, &[object(2, &[60])]));
    assert_eq!(quality(), (0, 0, false));
    assert_eq!(look_up(index, 60), [seen(1, 2, 60)]);
    index.report(source(9), &[(chunk(1), Outcome::False)]).expect("passed over");
}

/// Not even with the same numbers, and without a rise of its epoch.
pub fn removed_source_comes_back_empty(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    announce(index, 2, Ring, &[object(1, &[2])]);
    for number in [1, 2, 3] {
        index.remove_source(source(number)).expect("remove");
    }
    assert_eq!(index.stats(Duration::ZERO).expect("stats").sources, []);
    assert_eq!((live(index, 10), object_row(index, 1, 1)), (vec![], None));
    assert_eq!(feed(index, 2, &delta(1, 11, &[])), FeedAnswer::SendHello);
    announce(index, 2, Ring, &[]);
    announce(index, 1, Listed, &[object(3, &[3])]);
    assert_eq!(live(index, 10), [3]);
    assert_eq!(object_row(index, 1, 1), None);
}

/// The set was made with that limit.
pub fn cap_is_held_and_the_oldest_are_forgotten(index: &impl SightingIndex, limit: u64) {
    const CHUNKS: u64 = 300;
    announce(index, 2, Listed, &[object(1, &[CHUNKS])]);
    announce(index, 1, Listed, &[]);
    let sightings = || index.stats(Duration::ZERO).expect("stats").sources[0].sightings_max;
    let mut most = 0;
    for number in 0..CHUNKS {
        let _ = feed(index, 1, &delta(1, 11 + number, &[add(number, &[number])]));
        let live = live(index, CHUNKS);
        let count = live.len() as u64;
        assert_eq!(count, sightings());
        let youngest: Vec<_> = (number + 1 - count..=number).collect();
        assert_eq!(live, youngest, "the oldest go first");
        most = most.max(count);
    }
    let limit = limit.max(2);
    assert!(most == limit || most == limit - 1, "{most} of {limit}");
    let numbers: Vec<_> = (0..CHUNKS).collect();
    let _ = feed(index, 1, &snapshot(1, 1000, &[object(1, &numbers)]));
    assert_eq!(live(index, CHUNKS).len() as u64, sightings(), "a snapshot beyond the limit");
    assert!((most / 2..=most).contains(&sightings()));
    assert_eq!(look_up(index, CHUNKS), [seen(2, 1, CHUNKS)], "other sources lose nothing");
}
