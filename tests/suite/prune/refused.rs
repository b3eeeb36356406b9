//! When a prune must not touch anything.

use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{Error, PruneOptions, PruneStats, Run};
use gleaner_store::{
    Lease, LeaseKind, LeaseState, ObjectName, Put, SessionId, Storage as _, StorageError, Update,
    encode_lease, layout,
};
use gleaner_tests::engine_doubles::{open, prune, prune_options, seeded_tree};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};
use rustix::io::Errno;

use super::Place;

fn prune_with(place: &Place, options: &PruneOptions<'_>) -> Result<PruneStats, Error> {
    gleaner_engine::prune(&place.repository, options, &Run::silent(), &mut |_| {})
}

/// Objects that a prune writes when it condemns.
fn condemned(place: &Place) -> Vec<ObjectName> {
    let names = place.storage.names();
    names.into_iter().filter(|name| layout::parse_condemned(name).is_some()).collect()
}

fn damage(place: &Place, name: &ObjectName, at: usize) {
    let mut bytes = place.storage.raw(name).unwrap().to_vec();
    let at = at % bytes.len();
    bytes[at] ^= 1;
    place.storage.replace_raw(name, &bytes);
}

#[test]
fn damage_of_what_says_what_is_needed_stops_it_before_anything_is_condemned() {
    for case in ["manifest", "tree", "lease", "tombstone name is enough"] {
        let mut place = Place::new(20);
        let first = place.add("a", &seeded_tree(1, 5, 20_000));
        let second = place.add("b", &seeded_tree(2, 5, 20_000));
        place.forget(first);
        let tree_pack = || {
            let sized = |pack: &PackId| place.storage.bytes(&layout::pack(pack)).unwrap();
            layout::pack(&place.packs().into_iter().min_by_key(sized).unwrap())
        };
        match case {
            "manifest" => damage(&place, &layout::snapshot(second), 150),
            // Which of the two tree packs it is does not matter.
            "tree" => damage(&place, &tree_pack(), 300),
            "lease" => {
                let name = layout::lease(SessionId([9; 16])).join("00000000000000000001").unwrap();
                place.storage.replace_raw(&name, b"no lease");
            }
            _ => damage(&place, &layout::tombstone(first), 100),
        }
        // The index must not know what the storage does not say any more.
        place.repository = place.other();
        let result = prune(&place.repository);
        if case.starts_with("tombstone") {
            assert!(result.unwrap().packs_condemned > 0);
            continue;
        }
        if case == "tree" && result.is_ok() {
            // The damaged one was the forgotten snapshot's: nobody needs it.
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(error.kind(), gleaner_store::ErrorKind::Corrupt, "{case}: {error}");
        assert_eq!(condemned(&place), [], "{case}");
    }
}

#[test]
fn pack_whose_directory_is_damaged_stays_and_the_rest_goes() {
    let mut place = Place::new(26);
    let mut kept = Vec::new();
    for seed in 0..2 {
        let before = place.packs();
        kept.push(place.add("a", &seeded_tree(seed, 5, 20_000)));
        let sized = |pack: &&PackId| place.storage.bytes(&layout::pack(pack)).unwrap();
        let packs = place.packs();
        let new = packs.iter().filter(|pack| !before.contains(pack));
        let name = layout::pack(new.max_by_key(sized).unwrap());
        if seed == 0 {
            let bytes = usize::try_from(place.storage.bytes(&name).unwrap()).unwrap();
            damage(&place, &name, bytes - 120);
        }
    }
    place.forget(kept[0]);
    place.repository = place.other();
    let condemned = prune(&place.repository).unwrap();
    assert_eq!(condemned.packs_damaged, 1);
    assert!(condemned.packs_condemned > 0);
    let deleted = prune(&place.repository).unwrap();
    assert_eq!((deleted.packs_damaged, deleted.packs_deleted), (1, condemned.packs_condemned));
    let fresh = place.other();
    super::assert_restores(&fresh, &place.expected, "what is needed is there");
}

#[test]
fn snapshots_that_vanished_without_being_forgotten_stop_it() {
    let mut place = Place::new(21);
    place.add("a", &seeded_tree(1, 5, 20_000));
    let second = place.add("b", &seeded_tree(2, 10, 20_000));
    prune(&place.repository).unwrap();
    let lists = condemned(&place).len();
    place.storage.remove_raw(&layout::snapshot(second));
    let error = prune(&place.repository).unwrap_err();
    assert!(matches!(error, Error::LiveSetShrank { before, now } if now < before), "{error}");
    assert_eq!(condemned(&place).len(), lists, "nothing more was said");
    let allowed = PruneOptions { allow_shrink: true, ..prune_options() };
    assert!(prune_with(&place, &allowed).unwrap().packs_condemned > 0);
}

pub(super) fn open_lease(place: &Place, kind: LeaseKind, epoch: u64) -> Lease {
    let lease = Lease {
        session: SessionId([5; 16]),
        nonce: [1; 16],
        kind,
        epoch: gleaner_store::Epoch(epoch),
        counter: 0,
        reserved: None,
        roots: Vec::new(),
        state: LeaseState::Open,
        host: "other".to_owned(),
        process: 1,
        started_ns: 0,
    };
    let name = layout::lease(lease.session);
    let written = place.storage.update_if(&name, None, &encode_lease(&lease)).unwrap();
    assert!(matches!(written, Update::Written(_)));
    lease
}

#[test]
fn at_once_is_refused_while_another_session_is_open() {
    let mut place = Place::new(22);
    let first = place.add("a", &seeded_tree(1, 5, 20_000));
    place.forget(first);
    let lease = open_lease(&place, LeaseKind::Write, 0);
    let now = PruneOptions { now: true, ..prune_options() };
    let error = prune_with(&place, &now).unwrap_err();
    assert!(matches!(error, Error::SessionsLive { session } if session == lease.session));
    assert_eq!(condemned(&place), []);
    // One whose process is known to be dead is fenced.
    let now = PruneOptions { is_dead: &|lease| lease.host == "other", ..now };
    let stats = prune_with(&place, &now).unwrap();
    assert_eq!((stats.sessions_fenced, stats.bytes_in_trash), (1, 0));
    assert!(stats.bytes_freed > 0 && place.packs().is_empty());
    place.assert_whole("at once");
}

#[test]
fn two_runs_of_maintenance_do_not_go_together() {
    let place = Place::new(23);
    let lease = open_lease(&place, LeaseKind::Maintenance, 0);
    let name = layout::lease(lease.session);
    // A clock that does not move while the other one shows signs of life.
    let beat = |counter: u64| {
        let (version, _) = place.storage.read_latest(&name).unwrap().unwrap();
        let lease = Lease { counter, ..lease.clone() };
        let beaten = place.storage.update_if(&name, Some(version), &encode_lease(&lease));
        assert!(matches!(beaten, Ok(Update::Written(_))));
    };
    let counter = std::sync::atomic::AtomicU64::new(0);
    let is_dead = |_: &Lease| {
        beat(counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
        false
    };
    let options = PruneOptions { is_dead: &is_dead, ..prune_options() };
    let error = prune_with(&place, &options).unwrap_err();
    assert!(matches!(error, Error::MaintenanceRuns { session } if session == lease.session));
    // A silent one is taken for dead after a while.
    assert_eq!(prune(&place.repository).unwrap().epoch, 1);
}

#[test]
fn list_that_another_run_wrote_for_the_epoch_is_not_replaced() {
    let mut place = Place::new(24);
    let first = place.add("a", &seeded_tree(1, 5, 20_000));
    place.forget(first);
    let epoch = gleaner_store::Epoch(0);
    let list = gleaner_store::CondemnedList {
        epoch,
        owner_token: 7,
        victims: place.packs(),
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    let (storage, name) = (place.storage.clone(), layout::condemned_list(epoch, 0));
    let mut racing = move |_: &gleaner_engine::PrunePlan| {
        let bytes = gleaner_store::encode_condemned(&list);
        assert_eq!(storage.put_if_absent(&name, &[&bytes]).unwrap(), Put::Created);
    };
    let options = prune_options();
    let run = Run::silent();
    let error = gleaner_engine::prune(&place.repository, &options, &run, &mut racing).unwrap_err();
    assert!(matches!(error, Error::EpochTaken { epoch: 0 }), "{error}");
    // The next run finishes what the other one began.
    let stats = prune(&place.repository).unwrap();
    assert_eq!((stats.epoch, stats.packs_condemned), (2, 0));
    assert_eq!(place.packs(), [], "and deletes, as the epoch is two above");
    place.assert_whole("finished");
}

#[test]
fn list_that_no_mark_has_seen_is_never_deleted() {
    let mut place = Place::new(25);
    place.add("a", &seeded_tree(1, 5, 20_000));
    let packs = place.packs();
    // Somebody who woke up late adds a second list to an epoch that is decided.
    prune(&place.repository).unwrap();
    let list = gleaner_store::CondemnedList {
        epoch: gleaner_store::Epoch(0),
        owner_token: 0,
        victims: packs.clone(),
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    let name = layout::condemned_list(list.epoch, 1);
    place.storage.replace_raw(&name, &gleaner_store::encode_condemned(&list));
    place.repository = open(Arc::new(place.storage.clone()), 99).unwrap();
    // To the mark they look lost, which it reports.
    assert!(matches!(prune(&place.repository), Err(Error::LiveSetShrank { .. })));
    let allowed = PruneOptions { allow_shrink: true, ..prune_options() };
    for _ in 0..3 {
        prune_with(&place, &allowed).unwrap();
    }
    assert!(packs.iter().all(|pack| place.packs().contains(pack)));
    place.assert_whole("still there");
}

/// What cannot be read just now may be a marker, which has to stay for ever.
#[test]
fn forgotten_manifest_that_cannot_be_read_is_deleted_by_a_later_run() {
    let mut place = Place::new(28);
    let first = place.add("a", &seeded_tree(1, 5, 20_000));
    place.add("b", &seeded_tree(2, 5, 20_000));
    place.forget(first);
    prune(&place.repository).unwrap();
    let (manifest, packs) = (layout::snapshot(first), place.packs().len());
    let unreadable = manifest.clone();
    let hooked = HookedStorage::new(place.storage.clone(), move |_, call| match call {
        ReadingCall::Object(name) if *name == unreadable => {
            let error = std::io::Error::from_raw_os_error(Errno::IO.raw_os_error());
            Err(StorageError::from_io(name, "read", error))
        }
        _ => Ok(()),
    });
    let error = prune(&open(Arc::new(hooked), 99).unwrap()).unwrap_err();
    assert_ne!(error.kind(), gleaner_store::ErrorKind::Corrupt, "{error}");
    assert!(place.packs().len() < packs, "it came so far");
    assert!(place.storage.raw(&manifest).is_some());
    place.assert_whole("not all was deleted");
    // A damaged one is no loss.
    damage(&place, &manifest, 150);
    let freed = prune(&place.repository).unwrap();
    assert_eq!((freed.manifests_deleted, freed.bytes_in_trash), (1, 0));
    assert!(place.storage.raw(&manifest).is_none());
    place.assert_whole("deleted");
}
