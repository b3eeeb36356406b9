//! What a repair took out of use is put back, or goes with a prune.

use std::collections::BTreeMap;
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, Environment, Error, Finding, IndexPlace, PruneOptions, Repository, Run,
    SnapshotRepairOptions, UndoStats, check, quarantine_runs, repair_snapshots, undo_repair,
};
use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{Epoch, ObjectName, PackKind, SessionId};
use gleaner_tests::engine_doubles::{credential, environment, prune, prune_options};

use super::Place;

/// All objects with their bytes.
fn objects(place: &Place) -> BTreeMap<ObjectName, Vec<u8>> {
    let names = place.storage.names();
    names
        .into_iter()
        .map(|name| (name.clone(), place.storage.raw(&name).unwrap().to_vec()))
        .collect()
}

fn damaged() -> Place {
    let mut place = Place::new(1);
    for pack in place.of_kind(PackKind::Data) {
        place.change(pack, |bytes| bytes.truncate(bytes.len() - 9));
    }
    place
}

fn undo(place: &mut Place, run: QuarantineRun) -> gleaner_engine::Result<u64> {
    undo_all(place, run).map(|stats| stats.objects)
}

fn undo_all(place: &mut Place, run: QuarantineRun) -> gleaner_engine::Result<UndoStats> {
    undo_repair(&place.process(), run, "host", &|_| false, &Run::silent())
}

#[test]
fn undone_every_byte_is_where_it_was() {
    let mut place = damaged();
    let before = objects(&place);
    let run = place.repair().run.unwrap();
    let runs = quarantine_runs(&place.process()).unwrap();
    let bytes = before.iter().filter(|(n, _)| layout::parse_pack(n).is_some());
    assert!(runs[&run].0 == 2 && runs[&run].1 < bytes.map(|(_, b)| b.len() as u64).sum());
    assert_eq!(undo(&mut place, run).unwrap(), 2);
    let after = objects(&place);
    for (name, bytes) in &before {
        assert_eq!(after.get(name), Some(bytes), "{name}");
    }
    // New are only the packs that the repair wrote.
    let new: Vec<_> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    assert!(!new.is_empty() && new.iter().all(|n| layout::parse_pack(n).is_some()));
    // The damage is back as well, and what the repair wrote makes up for it.
    assert!(place.checked().0.num_errors > 0);
    place.assert_restores("undone");
    assert!(matches!(undo(&mut place, run), Err(Error::NoSuchRun)));
}

#[test]
fn a_run_that_never_was_is_named() {
    let mut place = damaged();
    let run = QuarantineRun { epoch: Epoch(0), session: SessionId([7; 16]) };
    assert!(matches!(undo(&mut place, run), Err(Error::NoSuchRun)));
    place.repair();
    assert!(matches!(undo(&mut place, run), Err(Error::NoSuchRun)));
}

#[test]
fn both_names_of_a_crash_become_one_and_another_object_is_not_replaced() {
    let mut place = damaged();
    let before = objects(&place);
    let run = place.repair().run.unwrap();
    let quarantined = place.quarantined();
    let names: Vec<_> =
        quarantined.iter().map(|name| layout::parse_quarantined(name).unwrap().1).collect();
    let bytes = place.storage.raw(&quarantined[0]).unwrap();
    place.storage.replace_raw(&names[0], &bytes);
    place.storage.replace_raw(&names[1], b"something else");
    let stats = undo_all(&mut place, run).unwrap();
    assert_eq!((stats.objects, stats.taken), (1, vec![names[1].clone()]));
    assert_eq!(place.storage.raw(&names[1]).as_deref(), Some(&b"something else"[..]));
    // As long as the name is taken it is said again.
    assert_eq!(undo_all(&mut place, run).unwrap().taken, [names[1].clone()]);
    place.storage.remove_raw(&names[1]);
    assert_eq!(undo(&mut place, run).unwrap(), 1);
    for name in &names {
        assert_eq!(place.storage.raw(name).as_deref(), before.get(name).map(Vec::as_slice));
    }
    assert_eq!(place.quarantined(), []);
}

#[test]
fn a_name_that_is_taken_keeps_no_other_object_in_quarantine() {
    let mut place = damaged();
    let run = place.repair().run.unwrap();
    let quarantined = place.quarantined();
    // The first that is put back.
    let (_, taken) = layout::parse_quarantined(&quarantined[0]).unwrap();
    place.storage.replace_raw(&taken, b"something else");
    let stats = undo_all(&mut place, run).unwrap();
    assert_eq!((stats.objects, stats.taken), (1, vec![taken]));
    assert_eq!(place.quarantined(), [quarantined[0].clone()]);
}

#[test]
fn a_prune_that_deletes_at_once_leaves_the_quarantine_to_the_next() {
    let mut place = damaged();
    let run = place.repair().run.unwrap();
    let at_once = PruneOptions { now: true, ..prune_options() };
    gleaner_engine::prune(&place.process(), &at_once, &Run::silent(), &mut |_| {}).unwrap();
    assert_eq!(place.quarantined().len(), 2);
    let mut undone = place.copy();
    assert_eq!(undo(&mut undone, run).unwrap(), 2);
    assert!(prune(&place.process()).unwrap().bytes_freed > 0);
    assert_eq!(place.quarantined(), []);
    place.assert_whole("after both");
}

#[test]
fn a_check_that_never_saw_the_quarantine_of_a_manifest_calls_nothing_lost_when_it_is_cleared() {
    for is_back in [false, true] {
        let mut place = Place::new(2);
        let cache = tempfile::tempdir().unwrap();
        let checked = |place: &Place, seed| {
            let storage = Arc::new(place.storage.clone());
            let index_place = IndexPlace::CacheDir(cache.path().to_path_buf());
            let environment = Environment { index_place, ..environment(storage, seed) };
            let repository = Repository::open(environment, &credential()).unwrap();
            let mut codes = Vec::new();
            let mut emit = |finding: &Finding| codes.push(finding.code);
            check(&repository, &CheckOptions::structure(), &Run::silent(), &mut emit).unwrap();
            codes
        };
        assert_eq!(checked(&place, 700), []);
        let id = *place.expected.first_key_value().unwrap().0;
        let name = layout::snapshot(id);
        let sound = place.storage.raw(&name).unwrap();
        place.storage.replace_raw(&name, b"rubbish");
        let options = SnapshotRepairOptions {
            drop_lost: false,
            host: "host".to_owned(),
            is_dead: &|_| false,
        };
        let repaired = repair_snapshots(&place.process(), &options, &Run::silent(), &mut |_| {});
        assert_eq!(repaired.unwrap().manifests_quarantined, 1);
        if is_back {
            // As an undo that was cut short leaves it, or somebody who had a copy.
            place.storage.replace_raw(&name, &sound);
        }
        let shrunk = PruneOptions { allow_shrink: true, ..prune_options() };
        for _ in 0..2 {
            gleaner_engine::prune(&place.process(), &shrunk, &Run::silent(), &mut |_| {}).unwrap();
        }
        assert_eq!(place.quarantined(), []);
        assert_eq!(checked(&place, 701), []);
        let listed = place.process().snapshots().unwrap().snapshots;
        assert_eq!(listed.iter().any(|snapshot| snapshot.id == id), is_back);
    }
}

#[test]
fn a_prune_clears_the_quarantine_an_epoch_after_the_next() {
    let mut place = damaged();
    let run = place.repair().run.unwrap();
    prune(&place.process()).unwrap();
    assert_eq!(place.quarantined().len(), 2, "the first prune keeps it");
    let stats = prune(&place.process()).unwrap();
    assert_eq!(place.quarantined(), []);
    assert!(stats.bytes_freed > 0);
    assert!(matches!(undo(&mut place, run), Err(Error::NoSuchRun)));
    place.assert_whole("after both");
}
