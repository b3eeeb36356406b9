//! A repair, and an undo, that stop at any storage call: nothing that could be had before is lost,
//! and the next run ends the work.

use std::sync::Arc;

use gleaner_engine::{PackRepairOptions, Repository, Run, quarantine_runs, repair_packs};
use gleaner_store::{PACK_HEADER_BYTES, PackKind};
use gleaner_tests::engine_doubles::open;
use gleaner_tests::fault::{Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;

use super::{Place, options};

/// All packs are damaged, and no chunk is lost.
fn damaged(seed: u64) -> Place {
    let mut place = Place::new(seed);
    for packs in [PackKind::Data, PackKind::Tree].map(|kind| place.of_kind(kind)) {
        for (number, pack) in packs.into_iter().enumerate() {
            place.change(pack, |bytes| match number {
                0 => bytes.truncate(bytes.len() - 1),
                _ => bytes[PACK_HEADER_BYTES] ^= 1,
            });
        }
    }
    place
}

fn faulty(place: &mut Place, faults: &Faults) -> Repository {
    place.seed += 1;
    open(Arc::new(FaultyStorage::new(place.storage.clone(), faults.clone())), place.seed).unwrap()
}

/// What may happen at a call: the process dies there, or it is told of a failure, or the call was
/// done and its reply is lost.
const WAYS: [(Reach, Effect); 4] = [
    (Reach::Onward, Effect::Error(Errno::IO.raw_os_error())),
    (Reach::Once, Effect::Error(Errno::IO.raw_os_error())),
    (Reach::Once, Effect::ErrorAfter(Errno::IO.raw_os_error())),
    (Reach::Onward, Effect::ErrorAfter(Errno::IO.raw_os_error())),
];
/// Every fifth call; which of the five says the seed.
const STEP: usize = 5;

#[test]
fn a_repair_that_fails_at_any_call_loses_nothing_and_the_next_one_ends_it() {
    let seeds = Seeds::of_quick_run(1);
    let mut cases = 0;
    seeds.run(|seed| cases += failing_repairs(seed));
    println!("{} (R3, R4)", seeds.counted(cases, "failing calls of repairs"));
    assert!(!seeds.is_quick() || cases > 100, "a repair makes more calls: {cases}");
}

fn failing_repairs(seed: u64) -> u64 {
    let (sound, mut cases) = (damaged(20 + seed), 0);
    let first = 1 + seed % STEP as u64;
    for (reach, effect) in WAYS {
        for nth in (first..).step_by(STEP) {
            let mut place = sound.copy();
            let faults = Faults::new();
            let repository = faulty(&mut place, &faults);
            faults.arm(Fault { calls: &[], nth, reach, effect });
            drop(repair_packs(&repository, &options(&[]), &Run::silent(), &mut |_| {}));
            if faults.hits() == 0 {
                break;
            }
            cases += 1;
            let case = format!("call {nth}, {reach:?}, {effect:?}");
            assert!(place.repair().unhealed.is_empty(), "{case}");
            place.assert_whole(&case);
        }
    }
    cases
}

#[test]
fn an_undo_that_fails_at_any_call_is_ended_by_the_next() {
    let mut sound = damaged(21);
    let names = sound.packs();
    let run = sound.repair().run.unwrap();
    let mut cases = 0;
    for (reach, effect) in WAYS {
        for nth in (1..).step_by(STEP) {
            let mut place = sound.copy();
            let faults = Faults::new();
            let repository = faulty(&mut place, &faults);
            faults.arm(Fault { calls: &[], nth, reach, effect });
            let undo = |repository: &Repository| {
                gleaner_engine::undo_repair(repository, run, "host", &|_| false, &Run::silent())
            };
            drop(undo(&repository));
            if faults.hits() == 0 {
                break;
            }
            cases += 1;
            let case = format!("call {nth}, {reach:?}, {effect:?}");
            // Nothing to put back is what a finished undo says.
            drop(undo(&place.process()));
            assert!(quarantine_runs(&place.process()).unwrap().is_empty(), "{case}");
            assert!(names.iter().all(|name| place.packs().contains(name)), "{case}");
            place.assert_restores(&case);
        }
    }
    println!("R3/R4: undo: {cases} failing calls");
    assert!(cases > 20, "an undo makes more calls: {cases}");
}

#[test]
fn a_time_limit_stops_it_between_two_packs_and_the_next_run_goes_on() {
    let mut place = damaged(22);
    let max_duration = Some(std::time::Duration::ZERO);
    let stats = place.repair_with(&PackRepairOptions { max_duration, ..options(&[]) });
    assert!(stats.is_unfinished && stats.packs_quarantined <= 1);
    assert_eq!(place.repair().packs_quarantined, 4 - stats.packs_quarantined);
    place.assert_whole("gone on");
}
