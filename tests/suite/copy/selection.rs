//! Which snapshots are copied, and what is left as it was.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_engine::{CopyOptions, CopyStats, Run, TagChange, copy, forget, leases, retag};
use gleaner_store::{MemoryStorage, SnapshotId};
use gleaner_tests::engine_doubles::{
    Tree, encrypted, open, seeded_tree, snapshot_files, unencrypted, write_tree,
};
use tempfile::TempDir;

use super::{Place, assert_is_copy, copy_all, options};

/// Two snapshots of one folder.
struct History {
    _folder: TempDir,
    source: PathBuf,
    from: Place,
    trees: [Tree; 2],
}

fn history(from: Place) -> History {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let trees = [1, 2].map(|seed| {
        let tree = seeded_tree(seed, 5, 20_000);
        write_tree(&source, &tree);
        from.back_up(&source);
        tree
    });
    History { _folder: folder, source, from, trees }
}

#[test]
fn snapshots_come_in_order_and_a_second_copy_copies_nothing() {
    let history = history(Place::new(1, encrypted()));
    let to = Place::new(2, encrypted());
    let from = &history.from;
    let mut wanted = from.snapshots();
    wanted.reverse();
    wanted.push(wanted[0].clone());
    let run = Run::silent();
    let stats = copy(&from.repository, &to.repository, &wanted, &options(), &run).unwrap();
    assert_eq!((stats.snapshots_copied, stats.snapshots_skipped), (2, 0));
    let copies = to.snapshots();
    assert!(copies[0].sequence < copies[1].sequence);
    for ((source, copy), tree) in from.snapshots().iter().zip(&copies).zip(&history.trees) {
        assert_is_copy(from, source, &to, copy);
        let files = snapshot_files(&to.repository, copy, &history.source).unwrap();
        assert!(files == *tree);
    }
    assert_eq!(leases(&to.repository).unwrap(), []);
    assert_eq!(leases(&from.repository).unwrap(), []);
    let before = to.objects();
    let again = copy_all(&from.repository, &to.repository).unwrap();
    assert_eq!((again.snapshots_copied, again.snapshots_skipped), (0, 2));
    assert_eq!((again.bytes_read, again.bytes_stored), (0, 0));
    assert!(to.objects() == before, "nothing was written");
}

#[test]
fn copy_of_a_copy_goes_back_to_the_first_and_home_is_where_it_is_known() {
    let history = history(Place::new(1, encrypted()));
    let (second, third) = (Place::new(2, unencrypted()), Place::new(3, encrypted()));
    copy_all(&history.from.repository, &second.repository).unwrap();
    copy_all(&second.repository, &third.repository).unwrap();
    let originals = |place: &Place| -> Vec<Option<SnapshotId>> {
        place.snapshots().iter().map(|snapshot| snapshot.original).collect()
    };
    let ids: Vec<_> = history.from.snapshots().iter().map(|s| Some(s.id)).collect();
    assert_eq!(originals(&second), ids);
    assert_eq!(originals(&third), ids);
    for (from, to) in [(&third, &history.from), (&history.from, &third), (&third, &second)] {
        let stats = copy_all(&from.repository, &to.repository).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_skipped), (0, 2));
    }
}

#[test]
fn tags_changed_on_either_side_make_no_second_copy() {
    let history = history(Place::new(1, encrypted()));
    let to = Place::new(2, encrypted());
    copy_all(&history.from.repository, &to.repository).unwrap();
    for place in [&history.from, &to] {
        let change = TagChange::Add(vec!["kept".to_owned()]);
        retag(&place.repository, &place.snapshots()[0], &change, "host").unwrap().unwrap();
        let stats = copy_all(&history.from.repository, &to.repository).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_skipped), (0, 2));
    }
}

#[test]
fn what_was_forgotten_in_the_target_is_copied_again_and_read_only_where_it_must_be() {
    let history = history(Place::new(1, encrypted()));
    let to = Place::new(2, encrypted());
    let stats = copy_all(&history.from.repository, &to.repository).unwrap();
    forget(&to.repository, &[stats.copied[0].copy]).unwrap();
    let again = copy_all(&history.from.repository, &to.repository).unwrap();
    assert_eq!((again.snapshots_copied, again.snapshots_skipped), (1, 1));
    assert_eq!((again.bytes_novel, again.bytes_stored), (0, 0));
    assert_eq!(to.snapshots().len(), 2);
}

#[test]
fn dry_run_counts_alike_and_writes_nothing_on_either_side() {
    for (from, to) in [(encrypted(), encrypted()), (unencrypted(), unencrypted())] {
        let history = history(Place::new(1, from));
        let to = Place::new(2, to);
        let before = (history.from.objects(), to.objects());
        let from = &history.from;
        let options = CopyOptions { dry_run: true, lease: false, ..options() };
        let run = Run::silent();
        let dry =
            copy(&from.repository, &to.repository, &from.snapshots(), &options, &run).unwrap();
        assert!((from.objects(), to.objects()) == before);
        let real = copy_all(&from.repository, &to.repository).unwrap();
        let counts = |stats: &CopyStats| {
            (stats.snapshots_copied, stats.chunks_novel, stats.bytes_novel, stats.bytes_known)
        };
        assert_eq!(counts(&dry), counts(&real));
        assert!(dry.copied.is_empty() && dry.bytes_stored == 0);
    }
}

#[test]
fn without_a_lease_nothing_is_written_where_it_is_read() {
    let history = history(Place::new(1, encrypted()));
    let read_only = history.from.storage.snapshot();
    let from = open(Arc::new(read_only.clone()), 9).unwrap();
    let (to, before) = (Place::new(2, encrypted()), history.from.objects());
    let options = CopyOptions { lease: false, ..options() };
    let wanted = from.snapshots().unwrap().snapshots;
    copy(&from, &to.repository, &wanted, &options, &Run::silent()).unwrap();
    let after = Place { storage: read_only, repository: from };
    assert!(after.objects() == before);
}

#[test]
fn empty_repository_is_copied_into_nothing() {
    let storage = MemoryStorage::new();
    let from = gleaner_tests::engine_doubles::create(Arc::new(storage), 1, encrypted());
    let to = Place::new(2, encrypted());
    let before = to.objects();
    assert_eq!(copy_all(&from, &to.repository).unwrap(), CopyStats::default());
    assert!(to.objects() == before);
}
