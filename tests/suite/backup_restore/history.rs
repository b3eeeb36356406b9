//! Snapshots as a list: naming, forgetting, tags, passwords.

use std::sync::Arc;

use gleaner_engine::{
    BackupOptions, Credential, Error, Repository, Run, SnapshotFilter, TagChange, add_key_slot,
    backup, change_password, forget, key_slots, remove_key_slot, retag,
};
use gleaner_store::{KdfCost, MemoryStorage};
use gleaner_tests::engine_doubles::{
    PASSWORD, back_up, backup_options, create, encrypted, environment, open, snapshot_files,
    snapshot_of,
};
use zeroize::Zeroizing;

use super::{Place, write};

#[test]
fn forgotten_snapshot_is_listed_no_more_and_stays_forgotten() {
    let place = Place::new();
    write(&place.source(), "file", "1");
    let first = back_up(&place.repository, &place.source()).unwrap();
    write(&place.source(), "file", "22");
    let second = back_up(&place.repository, &place.source()).unwrap();
    let first = snapshot_of(&place.repository, &first);
    forget(&place.repository, &[first.id]).unwrap();
    forget(&place.repository, &[first.id]).unwrap();
    let reopened = open(Arc::new(place.storage.clone()), 2).unwrap();
    let listed = reopened.snapshots().unwrap().snapshots;
    assert_eq!(listed.iter().map(|s| Some(s.id)).collect::<Vec<_>>(), [second.snapshot]);
    let by_id = reopened.resolve(&first.id.to_string(), &SnapshotFilter::default());
    assert!(matches!(by_id, Err(Error::NoSuchSnapshot)));
    // Its bytes are still there, and the other one needs nothing of it that would be gone.
    let files = snapshot_files(&reopened, &listed[0], &place.source()).unwrap();
    assert_eq!(files[&b"file"[..]], b"22");
}

#[test]
fn retagged_snapshot_keeps_its_content_under_a_new_id() {
    let place = Place::new();
    write(&place.source(), "file", "content");
    let options = BackupOptions {
        tags: vec!["b".into(), "a".into(), "b".into()],
        ..backup_options(&[place.source()])
    };
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    let old = snapshot_of(&place.repository, &stats);
    assert_eq!(old.tags, ["a", "b"]);
    let change =
        |snapshot, change: &TagChange| retag(&place.repository, snapshot, change, "host").unwrap();
    assert_eq!(change(&old, &TagChange::Add(vec!["a".into()])), None);
    let new = change(&old, &TagChange::Remove(vec!["a".into()])).unwrap();
    assert_eq!((&new.tags[..], new.original), (&["b".to_owned()][..], Some(old.id)));
    let newest = change(&new, &TagChange::Set(vec!["c".into()])).unwrap();
    assert_eq!(newest.original, Some(old.id), "the first one, not the one before");
    let listed = place.repository.snapshots().unwrap().snapshots;
    assert_eq!(listed, std::slice::from_ref(&newest));
    let files = snapshot_files(&place.repository, &newest, &place.source()).unwrap();
    assert_eq!(files[&b"file"[..]], b"content");
    let gone = retag(&place.repository, &old, &TagChange::Set(vec![]), "host");
    assert!(matches!(gone, Err(Error::NoSuchSnapshot)));
    // A retagged snapshot is a parent like any other.
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!(stats.files_unmodified, 1);
}

#[test]
fn snapshots_are_named_by_prefix_age_and_filter() {
    let place = Place::new();
    write(&place.source(), "file", "1");
    let mut ids = Vec::new();
    for (host, tag) in [("one", "x"), ("two", "x"), ("one", "y")] {
        let options = BackupOptions {
            host: host.to_owned(),
            tags: vec![tag.to_owned()],
            ..backup_options(&[place.source()])
        };
        ids.push(backup(&place.repository, &options, &Run::silent()).unwrap().snapshot.unwrap());
    }
    let all = SnapshotFilter::default();
    let named = |spec: &str, filter: &SnapshotFilter| {
        place.repository.resolve(spec, filter).map(|snapshot| snapshot.id)
    };
    assert_eq!(named("latest", &all).unwrap(), ids[2]);
    assert_eq!(named("latest~2", &all).unwrap(), ids[0]);
    assert!(matches!(named("latest~3", &all), Err(Error::NoSuchSnapshot)));
    let two = SnapshotFilter { hosts: vec!["two".into()], ..SnapshotFilter::default() };
    assert_eq!(named("latest", &two).unwrap(), ids[1]);
    let tags = SnapshotFilter { tags: vec![vec!["x".into()]], ..SnapshotFilter::default() };
    assert_eq!(named("latest", &tags).unwrap(), ids[1]);
    let hex = ids[1].to_string();
    assert_eq!(named(&hex, &all).unwrap(), ids[1]);
    assert_eq!(named(&hex[..8].to_uppercase(), &all).unwrap(), ids[1]);
    for spec in [&hex[..3], "", "latest~", "latest~x", "zzzzzz", "latest~99999999999999999999"] {
        assert!(matches!(named(spec, &all), Err(Error::NoSuchSnapshot)), "{spec}");
    }
}

#[test]
fn prefix_of_two_snapshots_is_refused_with_both() {
    let place = Place::new();
    write(&place.source(), "file", "1");
    let mut ids = Vec::new();
    // 40 snapshots: two share their first 4 digits with a chance of 1 %, so plant a pair instead.
    for _ in 0..2 {
        ids.push(back_up(&place.repository, &place.source()).unwrap().snapshot.unwrap());
    }
    let mut twin = ids[0];
    twin.0[31] ^= 1;
    let snapshot = gleaner_store::Snapshot {
        id: twin,
        ..place.repository.resolve(&ids[0].to_string(), &SnapshotFilter::default()).unwrap()
    };
    let bytes = gleaner_store::encode_snapshot(&snapshot, place.repository.keys()).unwrap();
    place.storage.replace_raw(&gleaner_store::layout::snapshot(twin), &bytes);
    let result = place.repository.resolve(&ids[0].to_string()[..10], &SnapshotFilter::default());
    let Err(Error::AmbiguousSnapshot { mut candidates }) = result else { panic!("{result:?}") };
    candidates.sort();
    let mut expected = [ids[0], twin];
    expected.sort();
    assert_eq!(candidates, expected);
    assert!(place.repository.resolve(&ids[1].to_string(), &SnapshotFilter::default()).is_ok());
}

fn opens(storage: &MemoryStorage, password: &[u8]) -> bool {
    let credential = Credential::Password(Zeroizing::new(password.to_vec()));
    match Repository::open(environment(Arc::new(storage.clone()), 9), &credential) {
        Ok(_) => true,
        Err(Error::Store(
            gleaner_store::Error::WrongSecret { .. } | gleaner_store::Error::NoUsableSlot { .. },
        )) => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn passwords_are_added_changed_and_removed_and_never_the_last_by_mistake() {
    let storage = MemoryStorage::new();
    let repository = create(Arc::new(storage.clone()), 1, encrypted());
    let second = add_key_slot(&repository, b"second", KdfCost::TEST, "2").unwrap();
    assert!(opens(&storage, PASSWORD) && opens(&storage, b"second"));
    change_password(&repository, PASSWORD, b"third", KdfCost::TEST, "3").unwrap();
    assert!(!opens(&storage, PASSWORD));
    assert!(opens(&storage, b"second") && opens(&storage, b"third"));
    remove_key_slot(&repository, &second, false).unwrap();
    assert!(!opens(&storage, b"second"));
    let refused = remove_key_slot(&repository, &second, false);
    assert!(matches!(refused, Err(Error::NoSuchKeySlot)));
    let [last] = &key_slots(&repository).unwrap()[..] else { panic!("one slot is left") };
    let refused = remove_key_slot(&repository, &last.id, false);
    assert!(matches!(refused, Err(Error::LastKeySlot)));
    assert!(opens(&storage, b"third"));
    let wrong = change_password(&repository, b"wrong", b"x", KdfCost::TEST, "");
    assert!(matches!(wrong, Err(Error::Store(gleaner_store::Error::WrongSecret { .. }))));
    remove_key_slot(&repository, &last.id, true).unwrap();
    assert!(!opens(&storage, b"third"));
}
