//! Old repositories are read and written on.

use std::path::Path;

use gleaner_engine::target::OwnerMode;
use gleaner_engine::{
    BackupOptions, CheckOptions, Parent, Repository, RestoreOptions, Run, Visit, backup, check,
    leases, restore, walk_tree,
};
use gleaner_store::{EntryKind, Snapshot, SnapshotObject, layout};
use gleaner_tests::engine_doubles::{backup_options, restore_options};
use gleaner_tests::independent_reader;

use super::description::describe;
use super::{Copied, ENCRYPTED, Old, PLAIN, digest};

/// Where the source was when it was saved.
const ROOT: &str = "/gleaner-v1/source";

#[test]
fn committed_files_are_those_that_were_made() {
    for old in [ENCRYPTED, PLAIN] {
        assert_eq!(digest(&old.committed()), old.digest, "{} was edited", old.name);
    }
}

fn snapshots(repository: &Repository) -> Vec<Snapshot> {
    let list = repository.snapshots().unwrap();
    assert!(list.damaged.is_empty(), "{:?}", list.damaged);
    list.snapshots
}

/// Restores a snapshot and describes what came out.
fn restored(copied: &Copied, repository: &Repository, snapshot: &Snapshot) -> String {
    let target = copied.folder.path().join(snapshot.tags.join("-"));
    let options = RestoreOptions { owners: OwnerMode::Restorer, ..restore_options(&target) };
    let stats = restore(repository, snapshot, &options, &Run::silent()).unwrap();
    // Where there are no extended attributes, the one that was saved is named and left out.
    assert_eq!((stats.files_failed, stats.chunks_damaged, stats.paths_lost_count), (0, 0, 0));
    describe(&target.join(Path::new(ROOT).strip_prefix("/").unwrap()))
}

fn assert_restores(old: &Old) {
    let copied = old.copied();
    let repository = copied.open().unwrap();
    let snapshots = snapshots(&repository);
    let tags: Vec<&[String]> = snapshots.iter().map(|snapshot| &snapshot.tags[..]).collect();
    assert_eq!(tags, [&["first"][..], &["kept", "second"], &["third"]], "{}", old.name);
    for (snapshot, name) in snapshots.iter().zip(["first", "second", "third"]) {
        let expected = old.committed().join(format!("{name}.txt"));
        let expected = std::fs::read_to_string(expected).unwrap();
        assert_eq!(restored(&copied, &repository, snapshot), expected, "{} {name}", old.name);
        assert_eq!(snapshot.roots, [ROOT.as_bytes()]);
        assert_eq!((&*snapshot.host, &*snapshot.user), ("host", "user"));
    }
    let times: Vec<i64> = snapshots.iter().map(|snapshot| snapshot.time_ns).collect();
    assert_eq!(times, [1, 2, 4].map(|n| 1_700_000_000_000_000_000 + n));
    assert!(snapshots[1].original.is_some() && snapshots[0].original.is_none());
    assert_eq!((snapshots[0].epoch, snapshots[2].epoch), (0, 2));
}

#[test]
fn encrypted_repository_of_version_1_is_restored_to_what_was_saved() {
    assert_restores(&ENCRYPTED);
}

#[test]
fn plain_repository_of_version_1_is_restored_to_what_was_saved() {
    assert_restores(&PLAIN);
}

#[test]
fn check_reads_every_byte_and_finds_no_damage() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let repository = copied.open().unwrap();
        let mut found = Vec::new();
        let options = CheckOptions::read_data();
        let stats = check(&repository, &options, &Run::silent(), &mut |finding| {
            found.push(format!("{finding:?}"));
        })
        .unwrap();
        assert_eq!((stats.num_errors, stats.chunks_missing), (0, 0), "{found:#?}");
        assert_eq!((stats.packs_verified, stats.snapshots_damaged.len()), (stats.packs_total, 0));
    }
}

#[test]
fn what_a_restore_to_disk_cannot_show_is_in_the_tree() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let repository = copied.open().unwrap();
        let snapshot = &snapshots(&repository)[0];
        assert_eq!((snapshot.stats.files, snapshot.stats.files_failed), (10, 0));
        assert!(snapshot.stats.bytes_holes >= 2 << 20, "{:?}", snapshot.stats);
        let mut seen = 0;
        walk_tree(&repository, snapshot, ROOT.as_bytes(), &Run::silent(), &mut |path, entry| {
            let name = path.strip_prefix(ROOT.as_bytes()).unwrap();
            if name == b"/folder/small" {
                let attribute = (b"user.gleaner".to_vec(), b"value".to_vec());
                assert!(entry.metadata.xattrs.contains(&attribute), "{entry:?}");
                seen += 1;
            }
            if name == b"/zeros" {
                let EntryKind::File { more, .. } = entry.kind else { panic!("{entry:?}") };
                assert_eq!(more, old.name == PLAIN.name, "a list of two items");
                seen += 1;
            }
            Visit::Continue
        })
        .unwrap();
        assert_eq!(seen, 2);
    }
}

#[test]
fn every_password_opens_and_another_does_not() {
    let copied = ENCRYPTED.copied();
    for password in ENCRYPTED.passwords {
        assert_eq!(snapshots(&copied.open_with(Some(password)).unwrap()).len(), 3);
    }
    assert!(copied.open_with(Some("guess")).is_err());
    assert!(copied.open_with(None).is_err());
}

/// Marker, tombstones, lease, condemned list and outcome are what they were written as.
#[test]
fn coordination_objects_are_understood() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let repository = copied.open().unwrap();
        let [lease] = &leases(&repository).unwrap()[..] else { panic!("one lease was left") };
        let reserved = lease.reserved.unwrap();
        let marker = repository.read_snapshot(reserved).unwrap();
        assert!(matches!(marker, SnapshotObject::FenceMarker));
        let count = |folder| repository.storage().list(&folder).unwrap().len();
        assert_eq!(count(layout::forgotten()), 2);
        assert_eq!(count(layout::condemned()), 3);
        assert_eq!(count(layout::epoch()), 3);
    }
}

#[test]
fn program_of_today_goes_on_where_the_old_one_stopped() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let repository = copied.open().unwrap();
        let before = snapshots(&repository);
        let target = copied.folder.path().join("target");
        let options = RestoreOptions { owners: OwnerMode::Restorer, ..restore_options(&target) };
        restore(&repository, &before[2], &options, &Run::silent()).unwrap();
        let source = target.join(Path::new(ROOT).strip_prefix("/").unwrap());
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
        let stats = backup(&repository, &options, &Run::silent()).unwrap();
        assert_eq!((stats.chunks_novel, stats.bytes_novel), (0, 0), "cut and named as before");
        assert_eq!(snapshots(&repository).len(), 4);
        let again = copied.open().unwrap();
        let options = CheckOptions::read_data();
        let checked = check(&again, &options, &Run::silent(), &mut |_| ()).unwrap();
        assert_eq!(checked.num_errors, 0);
    }
}

#[test]
fn second_reader_extracts_the_same() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let reader = independent_reader::Repository::open(&copied.place, copied.password).unwrap();
        let totals = reader.verify_packs().unwrap();
        assert!(old.name == PLAIN.name || totals.blocks >= totals.packs + 2, "{totals:?}");
        let listed = reader.snapshots().unwrap();
        assert_eq!(listed.len(), 3);
        for snapshot in listed {
            let target = copied.folder.path().join(snapshot.tags.join("-"));
            std::fs::create_dir(&target).unwrap();
            reader.extract(&snapshot.id, &target).unwrap();
            let found = describe(&target.join(Path::new(ROOT).strip_prefix("/").unwrap()));
            let name = snapshot.tags.last().unwrap();
            let expected = std::fs::read_to_string(old.committed().join(format!("{name}.txt")));
            assert_eq!(contents(&found), contents(&expected.unwrap()));
        }
    }
}

/// Lines of files, names and contents alone: the second reader sets no metadata.
fn contents(description: &str) -> Vec<(&str, &str)> {
    let file = |line: &'_ str| line.contains(": file ");
    let lines = description.lines().filter(|line| file(line));
    lines.map(|line| (line.split(": ").next().unwrap(), line.rsplit(' ').next().unwrap())).collect()
}
