//! Goal: what a power loss may take is what the rules say, no less and no more. If this fails, the
//! cases on top of this file system prove nothing.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use gleaner_store::SeededRandom;

use super::{Choice, Faults, Moment, Nodes, Recorder, UnsyncedMount, any_choice, can_mount, image};

/// The disk just after `work` in a mounted folder.
fn moment_after(work: impl FnOnce(&Path)) -> Option<Moment> {
    last_moment(Faults::none(SeededRandom::new(1), 0), work)
}

fn last_moment(faults: Faults, work: impl FnOnce(&Path)) -> Option<Moment> {
    if !can_mount() {
        return None;
    }
    let place = tempfile::TempDir::new().unwrap();
    let mount = UnsyncedMount::at(place.path(), Nodes::empty(), faults).unwrap();
    work(place.path());
    mount.with(Recorder::power_off);
    let (_, moment) = mount.with(Recorder::take_moments).pop().unwrap();
    Some(moment)
}

/// What many power losses at this moment leave, as `show` sees it.
fn seen<T: Ord>(moment: &Moment, show: impl Fn(&Nodes) -> T) -> BTreeSet<T> {
    let random = SeededRandom::new(2);
    (0..400).map(|_| show(&image(moment, any_choice(&random), &random))).collect()
}

fn sync(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

const BYTES: [u8; 10_000] = [7; 10_000];

#[test]
fn synced_file_in_a_synced_folder_survives_every_power_loss() {
    let Some(moment) = moment_after(|place| {
        std::fs::write(place.join("a"), BYTES).unwrap();
        sync(&place.join("a"));
        sync(place);
        std::fs::write(place.join("b"), b"not synced").unwrap();
    }) else {
        return;
    };
    let whole = seen(&moment, |nodes| nodes.bytes("a") == Some(&BYTES[..]));
    assert_eq!(whole, BTreeSet::from([true]));
    assert_eq!(image(&moment, Choice::Synced, &SeededRandom::new(1)).bytes("b"), None);
}

#[test]
fn unsynced_file_may_be_missing_empty_torn_zero_or_whole() {
    let Some(moment) = moment_after(|place| std::fs::write(place.join("a"), BYTES).unwrap()) else {
        return;
    };
    let states = seen(&moment, |nodes| nodes.bytes("a").map(<[u8]>::to_vec));
    let has = |is: &dyn Fn(&[u8]) -> bool| states.iter().flatten().any(|bytes| is(bytes));
    assert!(states.contains(&None), "missing");
    assert!(has(&<[u8]>::is_empty), "a name without bytes");
    assert!(has(&|bytes| bytes == BYTES), "whole");
    assert!(has(&|bytes| bytes == [0; BYTES.len()]), "the length without the bytes");
    for unit in [512, 4096] {
        assert!(has(&|bytes| bytes == &BYTES[..unit]), "torn after {unit}");
    }
    let is_whole_or_sector =
        |bytes: &Vec<u8>| bytes.len().is_multiple_of(512) || bytes.len() == BYTES.len();
    assert!(states.iter().flatten().all(is_whole_or_sector), "torn elsewhere");
}

#[test]
fn synced_file_whose_folder_is_not_synced_may_have_no_name() {
    let Some(moment) = moment_after(|place| {
        std::fs::write(place.join("a"), BYTES).unwrap();
        sync(&place.join("a"));
    }) else {
        return;
    };
    let states = seen(&moment, |nodes| nodes.bytes("a").map(<[u8]>::len));
    assert_eq!(states, BTreeSet::from([None, Some(BYTES.len())]), "all or nothing");
}

#[test]
fn rename_in_a_folder_shows_the_old_or_the_new_name() {
    let Some(moment) = moment_after(|place| {
        std::fs::write(place.join("a"), BYTES).unwrap();
        sync(&place.join("a"));
        sync(place);
        std::fs::rename(place.join("a"), place.join("b")).unwrap();
    }) else {
        return;
    };
    let names = seen(&moment, |nodes| ["a", "b"].map(|name| nodes.bytes(name).is_some()));
    assert_eq!(names, BTreeSet::from([[true, false], [false, true]]));
}

#[test]
fn rename_across_folders_shows_old_new_or_both_until_both_are_synced() {
    let rename = |synced: &'static [&'static str]| {
        moment_after(|place| {
            std::fs::create_dir(place.join("x")).unwrap();
            std::fs::create_dir(place.join("y")).unwrap();
            std::fs::write(place.join("x/a"), BYTES).unwrap();
            for path in [&place.join("x/a"), &place.join("x"), place] {
                sync(path);
            }
            std::fs::rename(place.join("x/a"), place.join("y/a")).unwrap();
            for folder in synced {
                sync(&place.join(folder));
            }
        })
    };
    let names = |moment: &Moment| {
        seen(moment, |nodes| ["x/a", "y/a"].map(|name| nodes.bytes(name).is_some()))
    };
    let (old, new, both) = ([true, false], [false, true], [true, true]);
    let Some(moment) = rename(&[]) else { return };
    assert_eq!(names(&moment), BTreeSet::from([old, new, both]));
    assert_eq!(names(&rename(&["y"]).unwrap()), BTreeSet::from([new, both]));
    assert_eq!(names(&rename(&["x"]).unwrap()), BTreeSet::from([new]), "never neither");
    assert_eq!(names(&rename(&["y", "x"]).unwrap()), BTreeSet::from([new]));
}

#[test]
fn removal_and_folder_last_once_the_folder_above_is_synced() {
    let Some(moment) = moment_after(|place| {
        std::fs::write(place.join("a"), BYTES).unwrap();
        sync(place);
        std::fs::remove_file(place.join("a")).unwrap();
        std::fs::create_dir(place.join("synced")).unwrap();
        sync(place);
        std::fs::create_dir(place.join("new")).unwrap();
    }) else {
        return;
    };
    let names = seen(&moment, |nodes| ["a", "synced", "new"].map(|name| nodes.at(name).is_some()));
    assert_eq!(names, BTreeSet::from([[false, true, false], [false, true, true]]));
}

#[test]
fn what_a_failed_sync_covered_is_never_durable() {
    let faults = Faults { failing_sync: Some(1), ..Faults::none(SeededRandom::new(1), 0) };
    let Some(moment) = last_moment(faults, |place| {
        std::fs::write(place.join("a"), BYTES).unwrap();
        let file = File::open(place.join("a")).unwrap();
        file.sync_all().unwrap_err();
        // Says that it worked.
        file.sync_all().unwrap();
        sync(place);
    }) else {
        return;
    };
    assert_eq!(image(&moment, Choice::Synced, &SeededRandom::new(1)).bytes("a"), Some(&[][..]));
}

/// A file is replaced, with which of the three syncs that this takes.
fn replaced(place: &Path, syncs: [bool; 2]) {
    std::fs::write(place.join("temporary"), BYTES).unwrap();
    if syncs[0] {
        sync(&place.join("temporary"));
    }
    std::fs::rename(place.join("temporary"), place.join("final")).unwrap();
    if syncs[1] {
        sync(place);
    }
}

#[test]
fn writer_that_leaves_out_a_sync_is_caught() {
    for syncs in [[true, true], [false, true], [true, false], [false, false]] {
        let Some(moment) = moment_after(|place| replaced(place, syncs)) else { return };
        let whole = seen(&moment, |nodes| nodes.bytes("final") == Some(&BYTES[..]));
        let may_be_lost = whole.contains(&false);
        assert_eq!(may_be_lost, syncs != [true, true], "{syncs:?}");
    }
}
