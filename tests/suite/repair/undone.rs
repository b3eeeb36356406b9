//! What a repair took out of use is put back, or goes with a prune.

use std::collections::BTreeMap;

use gleaner_engine::{Error, Run, quarantine_runs, undo_repair};
use gleaner_store::layout::QuarantineRun;
use gleaner_store::{Epoch, ObjectName, PackKind, SessionId};
use gleaner_tests::engine_doubles::prune;

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
    undo_repair(&place.process(), run, "host", &|_| false, &Run::silent()).map(|s| s.objects)
}

#[test]
fn undone_every_byte_is_where_it_was() {
    let mut place = damaged();
    let before = objects(&place);
    let run = place.repair().run.unwrap();
    let runs = quarantine_runs(&place.process()).unwrap();
    let bytes = before.iter().filter(|(n, _)| gleaner_store::layout::parse_pack(n).is_some());
    assert!(runs[&run].0 == 2 && runs[&run].1 < bytes.map(|(_, b)| b.len() as u64).sum());
    assert_eq!(undo(&mut place, run).unwrap(), 2);
    let after = objects(&place);
    for (name, bytes) in &before {
        assert_eq!(after.get(name), Some(bytes), "{name}");
    }
    // New are only the packs that the repair wrote.
    let new: Vec<_> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    assert!(!new.is_empty() && new.iter().all(|n| gleaner_store::layout::parse_pack(n).is_some()));
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
    let names: Vec<_> = quarantined
        .iter()
        .map(|name| gleaner_store::layout::parse_quarantined(name).unwrap().1)
        .collect();
    let bytes = place.storage.raw(&quarantined[0]).unwrap();
    place.storage.replace_raw(&names[0], &bytes);
    place.storage.replace_raw(&names[1], b"something else");
    let refused = undo(&mut place, run);
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
    assert_eq!(place.storage.raw(&names[1]).as_deref(), Some(&b"something else"[..]));
    place.storage.remove_raw(&names[1]);
    undo(&mut place, run).unwrap();
    for name in &names {
        assert_eq!(place.storage.raw(name).as_deref(), before.get(name).map(Vec::as_slice));
    }
    assert_eq!(place.quarantined(), []);
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
