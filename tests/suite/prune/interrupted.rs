//! A prune that ends in the middle, at any call.

use std::sync::Arc;

use gleaner_engine::{Error, PruneOptions, PruneStats, Repository, Run, rotate_keys};
use gleaner_store::{ErrorKind, Storage as _, layout};
use gleaner_tests::engine_doubles::{
    credential, environment, open, prune, prune_options, seeded_tree,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;

use super::Place;

/// Garbage of both kinds: packs of which nothing is needed, and of which something is.
fn garbage(seed: u64) -> Place {
    let mut place = Place::new(seed);
    let tree = |number, files| seeded_tree(seed << 3 | number, files, 8000);
    let kept = tree(1, 4);
    let mut all = kept.clone();
    all.extend(tree(2, 4));
    let first = place.add("a", &all);
    place.add("a", &kept);
    let other = place.add("b", &tree(3, 3));
    place.add("c", &tree(4, 3));
    place.forget(first);
    place.forget(other);
    place
}

/// What two runs that are interrupted are to do.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Work {
    /// Free what is not needed.
    Free,
    /// And rewrite what is sealed under old keys, which is all that there is.
    Rekey,
}

impl Work {
    fn prepare(self, seed: u64) -> Place {
        let place = garbage(seed);
        if self == Self::Rekey {
            rotate_keys(&place.repository).unwrap();
        }
        place
    }

    fn run(self, repository: &Repository) -> Result<PruneStats, Error> {
        let rewrite_key_epochs = self == Self::Rekey;
        let options = PruneOptions { rewrite_key_epochs, ..prune_options() };
        gleaner_engine::prune(repository, &options, &Run::silent(), &mut |_| {})
    }
}

fn faulty(place: &Place, faults: &Faults, seed: u64) -> Repository {
    let storage = FaultyStorage::new(place.storage.clone(), faults.clone());
    Repository::open(environment(Arc::new(storage), seed), &credential()).unwrap()
}

/// Runs two prunes whose `nth` call fails, and all after it if the process dies there. Returns
/// whether the call was reached.
fn fails_at(work: Work, seed: u64, nth: u64, reach: Reach, effect: Effect) -> bool {
    let case = format!("{work:?}, call {nth}, {reach:?}, {effect:?}");
    let mut place = work.prepare(seed);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, seed + 7);
    let calls = &[Call::PutIfAbsent, Call::Delete, Call::List, Call::Get, Call::Settle];
    faults.arm(Fault { calls, nth, reach, effect });
    let mut results = Vec::new();
    for _ in 0..2 {
        results.push(work.run(&repository));
    }
    let is_reached = faults.hits() > 0;
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_ne!(error.kind(), ErrorKind::Bug, "{case}: {error}");
    }
    faults.disarm();
    drop(repository);
    place.repository = open(Arc::new(place.storage.clone()), seed + 8).unwrap();
    place.assert_whole(&case);
    // The next runs go on where the dead one stopped.
    for _ in 0..3 {
        work.run(&place.repository).unwrap_or_else(|error| panic!("{case}: {error}"));
    }
    place.assert_whole(&case);
    let leases = gleaner_engine::leases(&place.repository).unwrap();
    assert_eq!(leases, [], "{case}");
    let planned =
        gleaner_engine::plan_prune(&place.repository, &prune_options(), &Run::silent()).unwrap();
    assert_eq!((planned.bytes_in_trash, planned.packs.unused), (0, 0), "{case}");
    let epoch = u32::from(work == Work::Rekey);
    assert!(place.key_epochs().into_keys().eq([epoch]), "{case}: {:?}", place.key_epochs());
    is_reached
}

/// Every seventh call; which of the seven says the seed, and what is backed up too.
const STEP: u64 = 7;

/// Seven seeds see every call.
fn every_call(work: Work, base: u64, reach: Reach, effect: Effect) {
    let seeds = Seeds::of_quick_run(1);
    let mut runs = 0;
    seeds.run(|seed| {
        let mut nth = 1 + seed % STEP;
        while fails_at(work, base + 4 * seed, nth, reach, effect) {
            runs += 1;
            nth += STEP;
        }
        assert!(nth > 40, "a prune makes more calls than {nth}");
    });
    let what = format!("faults in prunes, {work:?}, {reach:?}, {effect:?}");
    println!("{} (R3, R4)", seeds.counted(runs, &what));
}

const EIO: Effect = Effect::Error(Errno::IO.raw_os_error());

#[test]
fn process_that_dies_at_any_call_loses_nothing() {
    every_call(Work::Free, 30, Reach::Onward, EIO);
}

#[test]
fn process_that_dies_while_it_rewrites_old_key_epochs_loses_nothing() {
    every_call(Work::Rekey, 38, Reach::Onward, EIO);
}

#[test]
fn call_that_fails_once_loses_nothing() {
    every_call(Work::Free, 31, Reach::Once, EIO);
}

#[test]
fn reply_that_is_lost_loses_nothing() {
    every_call(Work::Free, 32, Reach::Once, Effect::ErrorAfter(Errno::IO.raw_os_error()));
}

#[test]
fn process_that_dies_after_a_call_was_done_loses_nothing() {
    every_call(Work::Free, 33, Reach::Onward, Effect::ErrorAfter(Errno::IO.raw_os_error()));
}

#[test]
fn storage_without_room_for_copies_still_gives_back_dead_packs() {
    let mut place = garbage(34);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, 40);
    // The lease is written, the first pack is not.
    let full = Effect::Error(Errno::NOSPC.raw_os_error());
    let calls = &[Call::PutIfAbsent];
    faults.arm(Fault { calls, nth: 2, reach: Reach::Once, effect: full });
    let first = prune(&repository).unwrap();
    assert!(first.is_unfinished && first.packs_condemned > 0 && first.bytes_rewritten == 0);
    assert_eq!(faults.hits(), 1);
    let second = prune(&repository).unwrap();
    assert!(second.bytes_freed > 0 && second.bytes_rewritten > 0, "now there was room");
    place.assert_whole("after a full storage");
}

#[test]
fn without_room_for_its_lease_it_takes_the_reserve() {
    let mut place = garbage(35);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, 41);
    assert!(place.storage.bytes(&layout::reserve()).is_ok(), "made with the repository");
    let full = Effect::Error(Errno::NOSPC.raw_os_error());
    faults.arm(Fault { calls: &[Call::PutIfAbsent], nth: 1, reach: Reach::Once, effect: full });
    let stats = prune(&repository).unwrap();
    assert!(stats.bytes_freed > 0, "a full disk is no time to wait for another run");
    assert_eq!((stats.bytes_in_trash, stats.epoch), (0, 2));
    assert!(place.storage.bytes(&layout::reserve()).is_ok(), "and puts it back");
    place.assert_whole("after the reserve was used");
}

#[test]
fn time_limit_stops_it_and_the_next_run_goes_on() {
    let mut place = garbage(36);
    let no_time = Some(std::time::Duration::ZERO);
    let options = PruneOptions { max_duration: no_time, ..prune_options() };
    let run = Run::silent();
    let stats = gleaner_engine::prune(&place.repository, &options, &run, &mut |_| {}).unwrap();
    assert!(stats.is_unfinished && stats.packs_condemned == 0);
    place.assert_whole("stopped");
    assert!(prune(&place.repository).unwrap().packs_condemned > 0);
    place.assert_whole("gone on");
}

#[test]
fn request_to_stop_is_heeded() {
    let mut place = garbage(37);
    let run = Run::silent();
    run.cancel.cancel();
    let result = gleaner_engine::prune(&place.repository, &prune_options(), &run, &mut |_| {});
    assert!(matches!(result, Err(Error::Cancelled)));
    assert_eq!(gleaner_engine::leases(&place.repository).unwrap(), []);
    place.assert_whole("stopped");
}
