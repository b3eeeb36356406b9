//! Claims about lookups.

use std::time::Duration;

use super::subject::{
    SightingSubject, add, announce, chunk, delta, evict, feed, hello, live, look_up, object,
    object_row, seen, snapshot, source,
};
use crate::sighting::{
    LENGTH_MAX, OBJECT_BYTES_MAX, ObjectNumber, Place, SEQ_MAX, SeenChunk, Sighting,
};
use crate::sighting_feed::{
    FeedAnswer, FeedMessage, SeenObject, SnapshotPart,
    SourceKind::{Listed, Ring},
};
use crate::sighting_index::SightingIndex;

/// Input order and repeated ids, whatever the order of rows is.
pub fn answers_follow_the_question(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(7, &[30, 10]), object(8, &[20])]);
    let asked = [20, 99, 10, 20, 30, 99, 10].map(chunk);
    let answers = index.sightings_batch(&asked, Duration::ZERO).expect("a lookup");
    let (in_7, in_8) = (|number| vec![seen(1, 7, number)], vec![seen(1, 8, 20)]);
    let expected = [in_8.clone(), vec![], in_7(10), in_8, in_7(30), vec![], in_7(10)];
    assert_eq!(answers, expected);
}

/// Lengths around those at which implementations may cut batches, nothing included.
pub fn batch_of_any_length_is_answered(index: &impl SightingIndex) {
    assert_eq!(index.sightings_batch(&[], Duration::ZERO).expect("a lookup"), [[]; 0]);
    assert_eq!(index.objects_batch(&[]).expect("a lookup"), [None; 0]);
    let numbers: Vec<_> = (0..2500).collect();
    announce(index, 1, Ring, &[object(1, &numbers)]);
    for count in [1, 2, 31, 32, 33, 1023, 1024, 1025, 2049, 4097, 5000] {
        let asked: Vec<_> = (5000 - count..5000).map(chunk).collect();
        let answers = index.sightings_batch(&asked, Duration::ZERO).expect("a lookup");
        assert_eq!(answers.len() as u64, count);
        for (number, found) in (5000 - count..).zip(answers) {
            let expected = if number < 2500 { vec![seen(1, 1, number)] } else { vec![] };
            assert_eq!(found, expected);
        }
    }
}

/// By cost, among equals by id; an absent source is left out.
pub fn cheapest_source_comes_first(index: &impl SightingIndex) {
    for (number, kind, cost) in [(5, Listed, 3), (2, Ring, 9), (9, Listed, 1), (7, Ring, 3)] {
        let _ = feed(index, number, &hello(1, kind, cost));
        let _ = feed(index, number, &snapshot(1, 0, &[object(u64::from(number), &[40])]));
    }
    let order = || -> Vec<_> {
        look_up(index, 40).into_iter().map(|found| found.source.number()).collect()
    };
    assert_eq!(order(), [9, 5, 7, 2]);
    let _ = feed(index, 2, &hello(1, Ring, 0));
    let _ = feed(index, 5, &delta(1, 1, &[evict(5)]));
    assert_eq!(order(), [2, 9, 7]);
}

/// Each field at its limits.
pub fn each_field_comes_back_as_given(index: &impl SightingIndex) {
    let places = [
        Place { representation: 0, flags: 0, offset: 0, length: 0 },
        Place { representation: 255, flags: 254, offset: SEQ_MAX, length: LENGTH_MAX },
        Place { representation: 1, flags: 2, offset: 0x0605_0403_0201, length: 0x09_0807 },
    ];
    for (number, place) in (0..).zip(places) {
        let object = ObjectNumber::new(u64::MAX - number);
        let bytes = vec![7; if number == 1 { OBJECT_BYTES_MAX } else { 0 }];
        let chunks = vec![SeenChunk { chunk: chunk(number), place }];
        let objects = vec![(SEQ_MAX, SeenObject { object, bytes: bytes.clone(), chunks })];
        let source_id = source(u16::MAX - u16::try_from(number).expect("small"));
        let part = SnapshotPart {
            epoch: u32::MAX,
            low_seq: SEQ_MAX,
            high_seq: SEQ_MAX,
            part: 0,
            is_last: true,
            chunks_expected: u64::MAX,
            objects,
        };
        let _ = feed(index, source_id.number(), &hello(u32::MAX, Ring, u32::MAX));
        let answer = feed(index, source_id.number(), &FeedMessage::Snapshot(part));
        assert_eq!(answer, FeedAnswer::Following { seq: SEQ_MAX });
        assert_eq!(look_up(index, number), [Sighting { source: source_id, object, place }]);
        assert_eq!(object_row(index, source_id.number(), object.number()), Some(bytes));
    }
}

/// Closing loses leases and nothing else.
pub fn reopened_set_answers_the_same(index: impl SightingSubject) {
    announce(&index, 1, Listed, &[object(1, &[1, 2]), object(2, &[2, 3])]);
    announce(&index, 2, Ring, &[object(1, &[1])]);
    let _ = feed(&index, 1, &delta(1, 11, &[evict(1), add(3, &[4])]));
    index.checkpoint().expect("a checkpoint");
    let _ = feed(&index, 2, &delta(1, 11, &[add(3, &[4, 5])]));
    let asked: Vec<_> = (0..6).map(chunk).collect();
    let lookup = |index: &dyn SightingIndex| {
        index.sightings_batch(&asked, Duration::ZERO).expect("a lookup")
    };
    let answers = lookup(&index);
    assert_eq!(answers[4], [seen(1, 3, 4), seen(2, 3, 4)]);

    let index = index.reopen();
    assert_eq!(feed(&index, 1, &hello(1, Listed, 1)), FeedAnswer::Following { seq: 12 });
    assert_eq!(feed(&index, 2, &hello(1, Ring, 2)), FeedAnswer::Following { seq: 11 });
    assert_eq!(lookup(&index), answers);
    assert_eq!(object_row(&index, 1, 1), None);
    assert_eq!(object_row(&index, 1, 3), Some(3u64.to_le_bytes().to_vec()));
}

/// One thread feeds two sources, two look up: a sighting names an object that holds the chunk.
pub fn lookups_beside_feeds_are_never_wrong(index: &impl SightingIndex) {
    const ROUNDS: u64 = 60;
    let chunks_of = |object: u64| -> Vec<u64> { (object * 5..object * 5 + 10).collect() };
    announce(index, 1, Listed, &[]);
    announce(index, 2, Ring, &[]);
    let feeding = || {
        for seq in 11..11 + ROUNDS {
            let _ = feed(index, 1, &delta(1, seq, &[add(seq, &chunks_of(seq))]));
            let _ = feed(index, 2, &delta(1, seq, &[add(seq, &chunks_of(seq))]));
        }
        let _ = feed(index, 1, &hello(2, Listed, 1));
    };
    let look_up_all = || {
        let asked: Vec<_> = (0..400).map(chunk).collect();
        while index.stats(Duration::ZERO).expect("stats").sources[0].epoch < 2 {
            let answers = index.sightings_batch(&asked, Duration::ZERO).expect("a lookup");
            for (number, found) in (0..).zip(answers) {
                for sighting in found {
                    let object = sighting.object.number();
                    assert!(chunks_of(object).contains(&number), "chunk {number}: {sighting:?}");
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(feeding);
        scope.spawn(look_up_all);
        scope.spawn(look_up_all);
    });
    let held: Vec<_> = (55..55 + ROUNDS * 5 + 5).collect();
    assert_eq!(live(index, 400), held, "the ring's are left");
}
