//! Goal: the contract holds on a medium, over closing, kills and compactions. Method: the
//! conformance suite, and the state machine with crashes: copies of the files of an open database.

use std::time::Duration;

use proptest::test_runner::{Config, RngSeed};
use proptest_state_machine::prop_state_machine;

use super::subject::InTemporaryFolder;
use crate::sighting_conformance::state_machine::{Comparison, CrashSubject};
use crate::sighting_conformance::{
    self, SightingSubject, chunk, hello, object, seen, snapshot, source,
};
use crate::sighting_feed::{FeedAnswer, SourceKind::Ring};
use crate::sighting_index::{SightingIndex, SightingLimits};

#[test]
fn rocksdb_sightings_conform() {
    sighting_conformance::all(InTemporaryFolder::create);
}

type OnRocksDb = Comparison<InTemporaryFolder, true>;

prop_state_machine! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(1), ..Config::default() })]
    #[test]
    fn rocksdb_sightings_match_the_model(sequential 1..60 => OnRocksDb);
}

#[test]
fn sources_are_absent_after_opening_until_their_next_message() {
    let index = InTemporaryFolder::create(SightingLimits::DEFAULT);
    let take = |index: &InTemporaryFolder, number, message| {
        index.apply_feed(source(number), &message, Duration::ZERO).unwrap()
    };
    for number in [1, 2] {
        let _ = take(&index, number, hello(1, Ring, 0));
        let _ = take(&index, number, snapshot(1, 10, &[object(1, &[1])]));
    }
    let look_up = |index: &InTemporaryFolder| {
        index.sightings_batch(&[chunk(1)], Duration::ZERO).unwrap().remove(0)
    };
    assert_eq!(look_up(&index), [seen(1, 1, 1), seen(2, 1, 1)]);
    let index = index.reopen();
    assert_eq!(look_up(&index), []);
    assert_eq!(take(&index, 2, hello(1, Ring, 0)), FeedAnswer::Following { seq: 10 });
    assert_eq!(look_up(&index), [seen(2, 1, 1)]);
}
