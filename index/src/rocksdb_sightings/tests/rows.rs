//! Goal: what dies costs one row, not one row a sighting, and the rows of the dead go when they are
//! met. If it fails, a flush of a large cache stops the server, or its disk fills with the dead.

use std::time::Duration;

use super::subject::InTemporaryFolder;
use crate::sighting::{SourceId, id_prefix};
use crate::sighting_conformance::state_machine::CrashSubject;
use crate::sighting_conformance::{
    SightingSubject, add, chunk, delta, evict, hello, object, snapshot, source,
};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage,
    SourceKind::{Listed, Ring},
};
use crate::sighting_index::{SightingIndex, SightingLimits};

const CHUNKS: u64 = 100_000;

fn take(index: &impl SightingIndex, id: SourceId, message: &FeedMessage) -> FeedAnswer {
    index.apply_feed(id, message, Duration::ZERO).unwrap()
}

fn numbers(range: std::ops::Range<u64>) -> Vec<u64> {
    range.collect()
}

/// Source 1 with 10^5 sightings in a hundred objects, source 2 with ten of them in a ring.
fn announced() -> InTemporaryFolder {
    let index = InTemporaryFolder::create(SightingLimits::DEFAULT);
    let per_object = CHUNKS / 100;
    let objects: Vec<_> = (0..100)
        .map(|number| object(number, &numbers(number * per_object..(number + 1) * per_object)))
        .collect();
    for (number, kind, objects) in
        [(1, Listed, &objects[..]), (2, Ring, &[object(7, &numbers(0..10))])]
    {
        let _ = take(&index, source(number), &hello(1, kind, number.into()));
        let _ = take(&index, source(number), &snapshot(1, 10, objects));
    }
    index
}

fn live(index: &impl SightingIndex) -> usize {
    let ids: Vec<_> = (0..CHUNKS).map(chunk).collect();
    let found = |ids| index.sightings_batch(ids, Duration::ZERO).unwrap();
    ids.chunks(4096).flat_map(found).map(|found| found.len()).sum()
}

#[test]
fn flush_kills_a_hundred_thousand_sightings_with_one_row_written() {
    let index = announced();
    assert_eq!(live(&index), 100_010);
    let rows = index.rows_written(|| {
        assert_eq!(take(&index, source(1), &hello(2, Listed, 1)), FeedAnswer::SendSnapshot);
    });
    assert_eq!(rows, 1);
    assert_eq!(live(&index), 10);
    assert_eq!(live(&index.crash()), 0, "and nothing is left after a kill");
}

#[test]
fn eviction_writes_the_object_and_the_cursor_alone() {
    let index = announced();
    let rows = index.rows_written(|| {
        let _ = take(&index, source(1), &delta(1, 11, &[evict(3)]));
    });
    assert_eq!(rows, 2);
    assert_eq!(live(&index), 99_010);
    let rows = index.rows_written(|| index.remove_source(source(1)).unwrap());
    assert_eq!(rows, 2, "the source and the floor");
    assert_eq!(live(&index), 10);
}

#[test]
fn sign_of_life_writes_nothing() {
    let index = announced();
    let rows = index.rows_written(|| {
        let _ = take(&index, source(1), &FeedMessage::Lease { epoch: 1 });
        let _ = take(&index, source(1), &hello(1, Listed, 1));
        let _ = take(&index, source(1), &delta(1, 13, &[evict(3)]));
        let _ = take(&index, source(1), &snapshot(1, 9, &[]));
    });
    assert_eq!(rows, 0);
}

#[test]
fn compaction_drops_dead_rows_and_never_live_ones() {
    let index = announced();
    index.compact();
    assert_eq!((index.stored_rows("sighting"), index.stored_rows("object")), (100_010, 101));

    let _ = take(&index, source(1), &snapshot(2, 5, &[object(1, &[20_000, 20_001])]));
    assert_eq!(index.stored_rows("sighting"), 100_010, "two took the place of two");
    index.compact();
    assert_eq!((index.stored_rows("sighting"), index.stored_rows("object")), (12, 2));
    assert_eq!(live(&index), 12);

    let changes = vec![add(11, &[30_000]), add(12, &[30_001])];
    let position = Delta { epoch: 1, first_seq: 11, low_seq: 12, changes };
    let _ = take(&index, source(2), &FeedMessage::Delta(position));
    index.compact();
    assert_eq!((index.stored_rows("sighting"), index.stored_rows("object")), (3, 2));
    assert_eq!(live(&index), 3);

    index.remove_source(source(1)).unwrap();
    index.compact();
    assert_eq!((index.stored_rows("sighting"), index.stored_rows("object")), (1, 1));
    let index = index.reopen();
    let _ = take(&index, source(2), &hello(1, Ring, 2));
    assert_eq!(live(&index), 1);
}

#[test]
fn absent_ids_cost_no_get() {
    let index = announced();
    let asked = |numbers: std::ops::Range<u64>| {
        let prefixes: Vec<_> = numbers.map(|number| id_prefix(&chunk(number))).collect();
        let table = index.index.tables.sources_read();
        table.candidates(&prefixes, &table.asked(Duration::ZERO)).len()
    };
    assert!(asked(0..10_000) >= 10_010);
    let gets = asked(CHUNKS..CHUNKS + 10_000);
    assert!(gets < 300, "{gets} gets for 10000 absent ids and two sources");
    let _ = take(&index, source(1), &hello(2, Listed, 1));
    let gets = asked(0..10_000);
    assert!(gets < 150, "a flush drops its filters: {gets}");
}

#[test]
fn filters_are_there_again_after_opening() {
    let index = announced().reopen();
    for (number, kind) in [(1, Listed), (2, Ring)] {
        let _ = take(&index, source(number), &hello(1, kind, number.into()));
    }
    assert_eq!(live(&index), 100_010);
    let bytes = index.stats(Duration::ZERO).unwrap().filter_bytes;
    assert!((100_000..400_000).contains(&bytes), "{bytes}");
}

#[test]
fn rows_beyond_the_write_buffers_are_found_after_opening() {
    let index = announced();
    let id = source(1);
    for round in 0..8u64 {
        let first = CHUNKS * (round + 1);
        let changes: [Change; 1] = [add(1000 + round, &numbers(first..first + CHUNKS))];
        let answer = take(&index, id, &delta(1, 11 + round, &changes));
        assert_eq!(answer, FeedAnswer::Following { seq: 11 + round });
    }
    index.checkpoint().unwrap();
    let index = index.reopen();
    let _ = take(&index, id, &hello(1, Listed, 1));
    let ids: Vec<_> = (0..CHUNKS * 9).map(chunk).collect();
    for ids in ids.chunks(4096) {
        let found = index.sightings_batch(ids, Duration::ZERO).unwrap();
        assert!(found.iter().all(|found| found.len() == 1));
    }
}
