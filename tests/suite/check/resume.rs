//! Runs that stop early, and the ones after them.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use gleaner_engine::{
    Cancel, CheckOptions, Credential, Environment, IndexPlace, Repository, Run, StopReason, check,
};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::subject::{Checked, Subject};

const DAY: Duration = Duration::from_hours(24);

/// No time at all: one snapshot and one pack.
fn in_no_time() -> CheckOptions {
    CheckOptions {
        max_age: Some(DAY),
        max_duration: Some(Duration::ZERO),
        ..CheckOptions::read_data()
    }
}

#[test]
fn runs_without_time_read_one_pack_each_until_all_are_verified() {
    let subject = Subject::new(1);
    let (mut runs, mut verified) = (0, 0);
    loop {
        let stats = Checked::of(&subject.with_cache(2 + runs), &in_no_time()).stats;
        subject.clock.advance(Duration::from_secs(1));
        verified += stats.packs_verified;
        assert_eq!(stats.snapshots_checked, 1);
        if stats.stopped_at.is_none() {
            assert!(stats.oldest_verified_ns.is_some(), "all were verified");
            break;
        }
        assert_eq!(stats.stopped_at, Some(StopReason::MaxDuration));
        assert_eq!(stats.packs_verified, 1);
        runs += 1;
        assert!(runs <= subject.packs(), "a pack was read twice");
    }
    assert_eq!((verified, runs), (subject.packs(), subject.packs() - 1));
}

#[test]
fn runs_without_time_look_at_all_snapshots_in_turn() {
    let subject = Subject::new(3);
    let structure =
        CheckOptions { max_duration: Some(Duration::ZERO), ..CheckOptions::structure() };
    for pack in subject.data_packs() {
        subject.storage.remove_raw(&gleaner_store::layout::pack(&pack));
    }
    let mut damaged = BTreeSet::new();
    for run in 0..3 {
        subject.clock.advance(Duration::from_secs(1));
        let stats = Checked::of(&subject.with_cache(2 + run), &structure).stats;
        assert_eq!(stats.stopped_at, Some(StopReason::MaxDuration));
        assert_eq!((stats.snapshots_checked, stats.snapshots_total), (1, 3));
        assert!(!stats.is_restorable());
        damaged.extend(stats.snapshots_damaged);
    }
    assert_eq!(damaged.len(), 3, "each run looked at another one");
}

#[test]
fn runs_that_stop_at_the_first_error_find_all_damage_in_the_end() {
    let subject = Subject::new(4);
    let packs = subject.data_packs();
    for pack in &packs {
        subject.damage(*pack);
    }
    let one_error = CheckOptions { max_errors: NonZeroU64::new(1), ..CheckOptions::read_data() };
    let mut broken = BTreeSet::new();
    for run in 0..subject.packs() {
        subject.clock.advance(Duration::from_secs(1));
        let stats = Checked::of(&subject.with_cache(2 + run), &one_error).stats;
        if stats.stopped_at.is_some() {
            assert_eq!(stats.stopped_at, Some(StopReason::MaxErrors));
            // Packs that are being read when the first error is counted are read to their end: how
            // many these are is the scheduler's.
            assert!(!stats.broken_packs.is_empty(), "it stops for an error that it has met");
        }
        broken.extend(stats.broken_packs);
        if broken.len() == packs.len() {
            return;
        }
    }
    panic!("{} of {} damaged packs were found", broken.len(), packs.len());
}

#[test]
fn as_many_errors_as_allowed_are_not_too_few() {
    let subject = Subject::new(2);
    subject.damage(subject.data_packs()[0]);
    let all = Checked::of(&subject.without_cache(2), &CheckOptions::read_data());
    assert_eq!(all.stats.num_errors, 2, "the block, and the snapshot that needs it");
    let allowed = CheckOptions { max_errors: NonZeroU64::new(3), ..CheckOptions::read_data() };
    let checked = Checked::of(&subject.without_cache(2), &allowed);
    assert_eq!(checked.stats, all.stats, "not stopped");
}

#[test]
fn warnings_do_not_count_as_errors() {
    let subject = Subject::new(1);
    let foreign = gleaner_store::ObjectName::new("data/notes").unwrap();
    subject.storage.replace_raw(&foreign, b"x");
    let one_error = CheckOptions { max_errors: NonZeroU64::new(1), ..CheckOptions::read_data() };
    let checked = Checked::of(&subject.without_cache(2), &one_error);
    assert_eq!(checked.codes(), ["X801"]);
    assert_eq!(checked.stats.stopped_at, None);
}

/// A check that is asked to stop when it reads a pack as a whole for the second time.
fn stopped_while_reading(subject: &Subject) -> gleaner_engine::CheckStats {
    let cancel = Cancel::new();
    let sizes: Vec<usize> = subject
        .storage
        .names()
        .iter()
        .filter(|name| name.as_str().starts_with("data/"))
        .map(|name| subject.storage.raw(name).unwrap().len())
        .collect();
    let hook = {
        let (cancel, reads) = (cancel.clone(), std::sync::atomic::AtomicU64::new(0));
        move |_, call: ReadingCall<'_>| {
            if let ReadingCall::Range(_, 0, bytes) = call
                && sizes.contains(&bytes)
                && reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1
            {
                cancel.cancel();
            }
            Ok(())
        }
    };
    let storage = Arc::new(HookedStorage::new(subject.storage.clone(), hook));
    let index_place = IndexPlace::CacheDir(subject.cache());
    let environment = Environment { storage, index_place, ..subject.environment(5) };
    let repository = Repository::open(environment, &Credential::None).unwrap();
    let run = Run { cancel, ..Run::silent() };
    check(&repository, &CheckOptions::read_data(), &run, &mut |_| {}).unwrap()
}

#[test]
fn a_request_to_stop_is_no_failure_and_what_was_verified_is_kept() {
    let subject = Subject::new(3);
    let stats = stopped_while_reading(&subject);
    assert_eq!(stats.stopped_at, Some(StopReason::Cancelled));
    assert_eq!((stats.packs_verified, stats.packs_total), (2, 6));
    let rest = CheckOptions { max_age: Some(DAY), ..CheckOptions::read_data() };
    let stats = Checked::of(&subject.with_cache(6), &rest).stats;
    assert_eq!((stats.packs_verified, stats.stopped_at), (4, None));
}

#[test]
fn a_request_before_the_start_stops_at_once() {
    let subject = Subject::new(1);
    let run = Run::silent();
    run.cancel.cancel();
    let options = CheckOptions::read_data();
    let stats = check(&subject.without_cache(2), &options, &run, &mut |_| {}).unwrap();
    assert_eq!(stats.stopped_at, Some(StopReason::Cancelled));
    assert_eq!((stats.packs_verified, stats.snapshots_checked), (0, 0));
    assert!(!stats.is_restorable());
}
