//! Backups and prunes go on while a check runs.

use std::path::Path;
use std::sync::{Arc, Mutex};

use gleaner_chunker::PackId;
use gleaner_engine::{CheckOptions, Repository, Run, backup_stream, forget};
use gleaner_store::{
    CondemnedList, Epoch, MemoryStorage, ObjectName, Outcome, Snapshot, SnapshotId, Storage as _,
    Version, encode_condemned, encode_epoch, encode_outcome, layout,
};
use gleaner_tests::engine_doubles::{backup_options, seeded_bytes};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::subject::{Checked, Subject};

/// A check of a fresh opening during which `disturb` is called before reading call number `at`.
/// `None` if the check ended before that.
fn disturbed(
    subject: &Subject,
    at: u64,
    disturb: impl FnOnce() + Send + 'static,
) -> Option<Checked> {
    let disturb = Arc::new(Mutex::new(Some(disturb)));
    let hook = {
        let disturb = Arc::clone(&disturb);
        move |number, _: ReadingCall<'_>| {
            if number >= at
                && let Some(disturb) = disturb.lock().unwrap().take()
            {
                disturb();
            }
            Ok(())
        }
    };
    let storage = HookedStorage::new(subject.storage.clone(), hook);
    let repository = subject.over(Arc::new(storage), 50);
    let checked = Checked::of(&repository, &CheckOptions::read_data());
    let is_over = disturb.lock().unwrap().is_some();
    (!is_over).then_some(checked)
}

/// Calls `run` for each call at which a check can be disturbed.
fn at_every_call(mut run: impl FnMut(u64) -> Option<Checked>) {
    let mut at = 0;
    while let Some(checked) = run(at) {
        assert_eq!(checked.stats.num_errors, 0, "call {at}: {:#?}", checked.findings);
        assert_eq!(checked.stats.num_warnings, 0, "call {at}: {:#?}", checked.findings);
        assert!(checked.stats.is_restorable(), "call {at}");
        at += 1;
    }
    assert!(at > 20, "{at} calls were disturbed");
}

#[test]
fn backup_at_any_call_is_no_finding() {
    at_every_call(|at| {
        let subject = Arc::new(Subject::new(2));
        let other = Arc::clone(&subject);
        disturbed(&subject, at, move || {
            other.save(&other.without_cache(60), 7);
        })
    });
}

/// Condemns packs as a prune run that is over: list, epoch, outcome.
fn condemn(storage: &MemoryStorage, victims: &[PackId], drained: bool) {
    let (epoch, victims) = (Epoch(0), victims.to_vec());
    let list = CondemnedList {
        epoch,
        owner_token: 1,
        victims,
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    storage.replace_raw(&layout::condemned_list(epoch, 0), &encode_condemned(&list));
    let next = encode_epoch(Epoch(1));
    let _updated = storage.update_if(&layout::epoch(), Some(Version(1)), &next).unwrap();
    if drained {
        let outcome = Outcome { epoch, drained: true, rescued: Vec::new(), holders: Vec::new() };
        storage.replace_raw(&layout::outcome(epoch), &encode_outcome(&outcome));
    }
}

/// Backs up a stream: unlike folders it has the same tree each time, and so the same chunks.
fn save_stream(repository: &Repository) {
    let (bytes, options) = (seeded_bytes(7, 100_000), backup_options::<&Path>(&[]));
    backup_stream(repository, &options, b"/stream", &mut &bytes[..], &Run::silent()).unwrap();
}

/// Packs of another backup of the same stream into the same repository.
fn copies(subject: &Subject) -> Vec<(ObjectName, Arc<[u8]>)> {
    let apart = MemoryStorage::new();
    for name in subject.storage.names() {
        if layout::parse_pack(&name).is_none() && layout::parse_snapshot(&name).is_none() {
            apart.replace_raw(&name, &subject.storage.raw(&name).unwrap());
        }
    }
    save_stream(&subject.over(Arc::new(apart.clone()), 70));
    let packs = apart.names().into_iter().filter(|name| layout::parse_pack(name).is_some());
    packs.map(|name| (name.clone(), apart.raw(&name).unwrap())).collect()
}

#[test]
fn prune_that_moves_what_a_snapshot_needs_at_any_call_is_no_finding() {
    at_every_call(|at| {
        let subject = Subject::new(0);
        save_stream(&subject.without_cache(3));
        let (storage, copies) = (subject.storage.clone(), copies(&subject));
        let old: Vec<PackId> = storage.names().iter().filter_map(layout::parse_pack).collect();
        assert_eq!((old.len(), copies.len()), (2, 2));
        disturbed(&subject, at, move || {
            for (name, bytes) in &copies {
                storage.replace_raw(name, bytes);
            }
            condemn(&storage, &old, true);
            for pack in &old {
                storage.remove_raw(&layout::pack(pack));
            }
        })
    });
}

#[test]
fn prune_of_what_was_forgotten_meanwhile_is_no_finding() {
    at_every_call(|at| {
        let subject = Arc::new(Subject::new(2));
        let storage = subject.storage.clone();
        let other = Arc::clone(&subject);
        disturbed(&subject, at, move || {
            let repository = other.without_cache(60);
            let before = storage.names();
            let ids: Vec<SnapshotId> =
                repository.snapshots().unwrap().snapshots.iter().map(|s| s.id).collect();
            forget(&repository, &ids).unwrap();
            let packs: Vec<PackId> = before.iter().filter_map(layout::parse_pack).collect();
            condemn(&storage, &packs, true);
            for pack in &packs {
                storage.remove_raw(&layout::pack(pack));
            }
        })
    });
}

#[test]
fn damage_is_named_with_its_paths_also_if_other_packs_vanish_meanwhile() {
    for at in 0.. {
        let subject = Arc::new(Subject::new(2));
        let snapshots = subject.without_cache(60).snapshots().unwrap().snapshots;
        let [gone, kept] = &snapshots[..] else { panic!("two snapshots") };
        let is_of = |pack: &PackId, id: &Snapshot| subject.session_of(*pack) == id.session;
        let names = subject.storage.names();
        let packs: Vec<PackId> = names.iter().filter_map(layout::parse_pack).collect();
        let packs_gone: Vec<PackId> = packs.into_iter().filter(|p| is_of(p, gone)).collect();
        let damaged = subject.data_packs().into_iter().find(|pack| is_of(pack, kept)).unwrap();
        subject.damage(damaged);
        let (other, id) = (Arc::clone(&subject), gone.id);
        let checked = disturbed(&subject, at, move || {
            forget(&other.without_cache(61), &[id]).unwrap();
            condemn(&other.storage, &packs_gone, true);
            for pack in &packs_gone {
                other.storage.remove_raw(&layout::pack(pack));
            }
        });
        let Some(checked) = checked else { break };
        assert_eq!(checked.stats.num_errors, 2, "call {at}: {:#?}", checked.findings);
        assert_eq!(checked.one("P204").paths_total, 3, "call {at}: {:#?}", checked.findings);
        assert_eq!(checked.one("S403").snapshots, [kept.id], "call {at}");
    }
}

#[test]
fn needed_packs_that_vanish_meanwhile_are_found() {
    let mut found = 0;
    for at in 0.. {
        let subject = Subject::new(1);
        let (storage, pack) = (subject.storage.clone(), subject.data_packs()[0]);
        let checked = disturbed(&subject, at, move || storage.remove_raw(&layout::pack(&pack)));
        let Some(checked) = checked else { break };
        // Once the pack was read, its chunks count as verified.
        if checked.stats.num_errors > 0 {
            assert_eq!(checked.one("S402").paths_total, 3, "{:#?}", checked.findings);
            found += 1;
        } else {
            assert!(checked.stats.packs_verified >= 1, "call {at}: {:#?}", checked.findings);
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn index_that_names_a_pack_which_vanished_is_told_of_with_all_its_chunks() {
    let mut found = 0;
    for (at, twin) in (0..).flat_map(|at| [(at, 0), (at, 1)]) {
        let subject = Subject::new(0);
        save_stream(&subject.without_cache(3));
        // Another pack holds all the chunks.
        for (name, bytes) in copies(&subject) {
            subject.storage.replace_raw(&name, &bytes);
        }
        let (storage, pack) = (subject.storage.clone(), subject.data_packs()[twin]);
        let chunks = subject.directory(pack).chunks.len();
        assert!(chunks > 1);
        let checked = disturbed(&subject, at, move || storage.remove_raw(&layout::pack(&pack)));
        let Some(checked) = checked else { break };
        assert!(checked.stats.is_restorable(), "call {at}: {:#?}", checked.findings);
        if checked.codes().contains(&"I301") {
            let message = &checked.one("I301").message;
            assert!(message.contains(&format!("({chunks} chunks)")), "call {at}: {message}");
            assert!(checked.stats.suggest_repair_index);
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn no_condemned_pack_is_needed_where_a_pack_that_stays_holds_its_chunks() {
    for is_copy_condemned in [false, true] {
        let subject = Subject::new(0);
        save_stream(&subject.without_cache(3));
        let packs = || subject.storage.names().iter().filter_map(layout::parse_pack).collect();
        let old: Vec<PackId> = packs();
        for (name, bytes) in copies(&subject) {
            subject.storage.replace_raw(&name, &bytes);
        }
        let mut condemned: Vec<PackId> = packs();
        condemned.retain(|pack| old.contains(pack) != is_copy_condemned);
        assert_eq!(condemned.len(), 2);
        condemn(&subject.storage, &condemned, true);
        let checked = Checked::of(&subject.without_cache(4), &CheckOptions::read_data());
        assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
    }
}

#[test]
fn condemned_packs_are_read_and_asked_for_as_long_as_they_are_there() {
    for drained in [false, true] {
        let subject = Subject::new(2);
        let repository = subject.without_cache(3);
        let gone = repository.snapshots().unwrap().snapshots[0].clone();
        forget(&repository, &[gone.id]).unwrap();
        let is_of_it = |pack: &PackId| subject.session_of(*pack) == gone.session;
        let forgotten: Vec<PackId> = subject.data_packs().into_iter().filter(is_of_it).collect();
        assert_eq!(forgotten.len(), 1);
        condemn(&subject.storage, &forgotten, drained);
        // A later session makes the index pass over what is condemned.
        subject.save(&repository, 9);
        let checked = Checked::of(&repository, &CheckOptions::read_data());
        assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
        assert!(checked.stats.is_restorable());
        // Damage in it harms nobody.
        subject.damage(forgotten[0]);
        let checked = Checked::of(&repository, &CheckOptions::read_data());
        assert_eq!(checked.codes(), ["P204"]);
        assert_eq!((checked.stats.num_errors, checked.stats.num_warnings), (0, 1));
    }
}
