//! Claims about the feed.

use std::time::Duration;

use gleaner_chunker::ErrorKind;

use super::subject::{
    LEASE, add, announce, chunk, delta, evict, feed, hello, live, look_up, object, seen, snapshot,
    source,
};
use crate::error::Error;
use crate::sighting::{LENGTH_MAX, SEQ_MAX};
use crate::sighting_feed::{
    Change, FeedAnswer, FeedMessage, SeenObject, SnapshotPart,
    SourceKind::{Listed, Ring},
};
use crate::sighting_index::SightingIndex;

/// Whatever comes before a hello changes nothing.
pub fn unknown_source_has_to_introduce_itself(index: &impl SightingIndex) {
    for message in
        [snapshot(1, 0, &[object(1, &[1])]), delta(1, 1, &[]), FeedMessage::Lease { epoch: 1 }]
    {
        assert_eq!(feed(index, 1, &message), FeedAnswer::SendHello);
    }
    assert_eq!(index.stats(Duration::ZERO).expect("stats").sources, []);
    assert_eq!(live(index, 10), []);
}

/// Any message of a higher epoch is a flush; changes are not taken before a snapshot.
pub fn new_epoch_asks_for_a_snapshot(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let messages = [
        delta(2, 11, &[add(2, &[2])]),
        FeedMessage::Lease { epoch: 3 },
        hello(4, Listed, 1),
        delta(4, 1, &[add(2, &[2])]),
    ];
    for message in messages {
        assert_eq!(feed(index, 1, &message), FeedAnswer::SendSnapshot, "{message:?}");
        assert_eq!(live(index, 10), []);
    }
    let answer = feed(index, 1, &snapshot(5, 3, &[object(3, &[3])]));
    assert_eq!(answer, FeedAnswer::Following { seq: 3 }, "a snapshot is a new epoch's best start");
    assert_eq!(live(index, 10), [3]);
}

/// A lost change may have been an eviction.
pub fn delta_with_a_gap_asks_for_a_snapshot(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let late = LEASE / 2;
    let gap = delta(1, 12, &[add(2, &[2])]);
    let answer = index.apply_feed(source(1), &gap, late).expect("an answer");
    assert_eq!(answer, FeedAnswer::SendSnapshot);
    assert_eq!(live(index, 10), [1]);
    let after = index.sightings_batch(&[chunk(1)], LEASE).expect("a lookup");
    assert_eq!(after, [[]], "the lease was not renewed");
    assert_eq!(feed(index, 1, &delta(1, 11, &[evict(1)])), FeedAnswer::Following { seq: 11 });
    assert_eq!(feed(index, 1, &gap), FeedAnswer::Following { seq: 12 });
    assert_eq!(live(index, 10), [2]);
}

/// A source that does not know how far we are may start early.
pub fn overlapping_delta_is_taken_from_where_the_feed_stands(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[]);
    let changes = [add(1, &[1]), add(2, &[2]), evict(1), add(3, &[3])];
    assert_eq!(feed(index, 1, &delta(1, 11, &changes[..2])), FeedAnswer::Following { seq: 12 });
    assert_eq!(feed(index, 1, &delta(1, 11, &changes)), FeedAnswer::Following { seq: 14 });
    assert_eq!(live(index, 10), [2, 3]);
    assert_eq!(feed(index, 1, &delta(1, 15, &[])), FeedAnswer::Following { seq: 14 });
    let touch = Change::Touch(object(2, &[]).object);
    assert_eq!(feed(index, 1, &delta(1, 15, &[touch])), FeedAnswer::Following { seq: 15 });
    assert_eq!(live(index, 10), [2, 3]);
}

/// An old connection's message.
pub fn lower_epoch_is_refused_and_changes_nothing(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let _ = feed(index, 1, &snapshot(3, 5, &[object(1, &[2])]));
    for message in [
        hello(2, Ring, 0),
        snapshot(2, 9, &[object(1, &[3])]),
        delta(1, 6, &[evict(1)]),
        FeedMessage::Lease { epoch: 0 },
    ] {
        let refused = index.apply_feed(source(1), &message, LEASE / 2).expect_err("an old epoch");
        assert_eq!(refused.kind(), ErrorKind::FixInput);
        assert!(matches!(refused, Error::EpochTooOld { expected: 3, found, .. }
            if found == message.epoch()));
    }
    assert_eq!(look_up(index, 2), [seen(1, 1, 2)]);
    let after = index.sightings_batch(&[chunk(2)], LEASE).expect("a lookup");
    assert_eq!(after, [[]], "the lease was not renewed");
}

/// At-least-once delivery: each message twice, and the last ones once more.
pub fn messages_sent_twice_change_nothing(index: &impl SightingIndex) {
    let messages = [
        hello(1, Listed, 1),
        part(0, false, &[object(1, &[1])]),
        part(1, true, &[object(2, &[2])]),
        delta(1, 21, &[add(3, &[3]), evict(1)]),
        delta(1, 23, &[evict(3), add(4, &[4])]),
        FeedMessage::Lease { epoch: 1 },
    ];
    for message in &messages {
        let answer = feed(index, 1, message);
        assert_eq!(feed(index, 1, message), answer, "{message:?}");
    }
    for message in &messages[2..] {
        assert_eq!(feed(index, 1, message), FeedAnswer::Following { seq: 24 }, "{message:?}");
    }
    assert_eq!(live(index, 10), [2, 4]);
}

fn part(number: u32, is_last: bool, objects: &[SeenObject]) -> FeedMessage {
    FeedMessage::Snapshot(SnapshotPart {
        epoch: 1,
        low_seq: 0,
        high_seq: 20,
        part: number,
        is_last,
        chunks_expected: 4,
        objects: objects.iter().map(|object| (20, object.clone())).collect(),
    })
}

/// What the snapshot does not name is gone, in the same epoch too.
pub fn snapshot_replaces_what_was_announced_before(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1]), object(2, &[2])]);
    announce(index, 2, Listed, &[object(1, &[5])]);
    let _ = feed(index, 1, &snapshot(1, 12, &[object(2, &[2, 3])]));
    assert_eq!(live(index, 10), [2, 3, 5]);
    let answer = feed(index, 1, &snapshot(1, 11, &[]));
    assert_eq!(answer, FeedAnswer::Following { seq: 12 }, "an older snapshot comes too late");
    assert_eq!(live(index, 10), [2, 3, 5]);
}

/// A snapshot is in when its last part is; a new connection begins it anew.
pub fn snapshot_in_parts_needs_each_part(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(9, &[9])]);
    let parts = [
        part(0, false, &[object(1, &[1])]),
        part(1, false, &[object(2, &[2])]),
        part(2, true, &[object(3, &[3])]),
    ];
    assert_eq!(feed(index, 1, &parts[1]), FeedAnswer::SendSnapshot);
    assert_eq!(live(index, 10), [9]);
    assert_eq!(feed(index, 1, &parts[0]), FeedAnswer::SendPart { part: 1 });
    assert_eq!(live(index, 10), [1], "the first part replaces all");
    assert_eq!(feed(index, 1, &parts[2]), FeedAnswer::SendSnapshot);
    assert_eq!(feed(index, 1, &delta(1, 21, &[evict(1)])), FeedAnswer::SendSnapshot);
    assert_eq!(feed(index, 1, &FeedMessage::Lease { epoch: 1 }), FeedAnswer::SendPart { part: 1 });
    assert_eq!(feed(index, 1, &parts[1]), FeedAnswer::SendPart { part: 2 });
    assert_eq!(live(index, 10), [1, 2]);

    assert_eq!(feed(index, 1, &hello(1, Listed, 1)), FeedAnswer::SendSnapshot);
    assert_eq!(feed(index, 1, &parts[2]), FeedAnswer::SendSnapshot);
    for message in &parts[..2] {
        let _ = feed(index, 1, message);
    }
    assert_eq!(feed(index, 1, &parts[2]), FeedAnswer::Following { seq: 20 });
    assert_eq!(live(index, 10), [1, 2, 3]);
}

/// What rows have no room for is refused before anything is written.
pub fn fields_without_room_are_refused(index: &impl SightingIndex) {
    announce(index, 1, Listed, &[object(1, &[1])]);
    let changed = |change: &dyn Fn(&mut SeenObject)| {
        let mut object = object(2, &[2, 3]);
        change(&mut object);
        delta(1, 11, &[evict(1), Change::Add(object)])
    };
    let mut beyond = snapshot(1, 12, &[object(2, &[2])]);
    if let FeedMessage::Snapshot(part) = &mut beyond {
        part.objects[0].0 = 13;
    }
    for (field, message) in [
        ("seq", delta(1, SEQ_MAX, &[evict(1)])),
        ("high_seq", snapshot(1, SEQ_MAX + 1, &[])),
        ("offset", changed(&|object| object.chunks[1].place.offset = SEQ_MAX + 1)),
        ("length", changed(&|object| object.chunks[1].place.length = LENGTH_MAX + 1)),
        ("seq", beyond),
    ] {
        let refused = index.apply_feed(source(1), &message, LEASE / 2).expect_err("no room");
        assert!(matches!(refused, Error::FeedField { field: f, .. } if f == field), "{refused:?}");
        assert_eq!(refused.kind(), ErrorKind::FixInput);
    }
    assert_eq!(live(index, 10), [1]);
    assert_eq!(feed(index, 1, &delta(1, 11, &[])), FeedAnswer::Following { seq: 10 });
}
