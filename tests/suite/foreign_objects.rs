//! Goal: nothing of one repository passes for a part of another, not even of one with the same
//! password, the same dedup domain and the same files (RELIABILITY section 6.2, row 10, and R18).
//! Lost if this fails: whoever can write to two storages decides what a restore gives.
//!
//! Method: two such repositories in memory; each kind of sealed object of one is put into the
//! other, under its own name and in the place of one that is there.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, Finding, InitOptions, Repository, Run, Severity, check, current_key_epoch,
    rotate_keys,
};
use gleaner_store::{
    Defect, Error as StoreError, ErrorKind, MemoryStorage, ObjectName, layout, read_pack_directory,
};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, encrypted, open, seeded_tree, snapshot_files, write_tree,
};
use tempfile::TempDir;

/// Two repositories that hold the same.
struct Pair {
    _folder: TempDir,
    source: PathBuf,
    tree: Tree,
    ours: MemoryStorage,
    theirs: MemoryStorage,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        let tree = seeded_tree(1, 5, 20_000);
        write_tree(&source, &tree);
        let (ours, theirs) = (MemoryStorage::new(), MemoryStorage::new());
        let first = create(Arc::new(ours.clone()), 1, encrypted());
        let shared = InitOptions { domain_from: Some(&first), ..encrypted() };
        let second = create(Arc::new(theirs.clone()), 2, shared);
        for repository in [&first, &second] {
            assert_eq!(rotate_keys(repository).unwrap(), 1);
            back_up(repository, &source).unwrap();
        }
        Self { _folder: folder, source, tree, ours, theirs }
    }

    fn opened(&self) -> Repository {
        open(Arc::new(self.ours.clone()), 9).unwrap()
    }

    /// Their objects whose names `is_one` recognises.
    fn their(&self, is_one: impl Fn(&ObjectName) -> bool) -> Vec<(ObjectName, Arc<[u8]>)> {
        let names = self.theirs.names().into_iter().filter(|name| is_one(name));
        let objects = names.map(|name| (name.clone(), self.theirs.raw(&name).unwrap()));
        let objects: Vec<_> = objects.collect();
        assert!(!objects.is_empty());
        objects
    }

    fn assert_restores(&self) {
        let repository = self.opened();
        let list = repository.snapshots().unwrap();
        let [snapshot] = &list.snapshots[..] else { panic!("{:?}", list.snapshots) };
        assert!(snapshot_files(&repository, snapshot, &self.source).unwrap() == self.tree);
    }
}

fn errors(repository: &Repository) -> Vec<Finding> {
    let mut errors = Vec::new();
    check(repository, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
        if finding.severity == Severity::Error {
            errors.push(finding.clone());
        }
    })
    .unwrap();
    errors
}

#[test]
fn their_packs_are_none_of_ours() {
    let pair = Pair::new();
    let packs = pair.their(|name| layout::parse_pack(name).is_some());
    for (name, bytes) in &packs {
        pair.ours.replace_raw(name, bytes);
        let (repository, pack) = (pair.opened(), layout::parse_pack(name).unwrap());
        let read = read_pack_directory(&pair.ours, repository.keys(), pack, bytes.len() as u64);
        assert_eq!(read.unwrap_err().defect(), Some(&Defect::Commitment));
        let found = errors(&repository);
        assert!(found.iter().any(|finding| finding.object.as_ref() == Some(name)), "{found:?}");
    }
    pair.assert_restores();
    // In the place of ours: the name inside is another, and nothing of them is restored.
    let ours: Vec<ObjectName> = pair.ours.names();
    for name in ours.iter().filter(|name| layout::parse_pack(name).is_some()) {
        pair.ours.replace_raw(name, &packs[0].1);
    }
    let repository = pair.opened();
    let snapshot = repository.snapshots().unwrap().snapshots.remove(0);
    let read = snapshot_files(&repository, &snapshot, &pair.source);
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn their_snapshots_are_none_of_ours() {
    let pair = Pair::new();
    for (name, bytes) in pair.their(|name| layout::parse_snapshot(name).is_some()) {
        pair.ours.replace_raw(&name, &bytes);
        let damaged = pair.opened().snapshots().unwrap().damaged;
        let [(id, error)] = &damaged[..] else { panic!("{damaged:?}") };
        assert_eq!(layout::snapshot(*id), name);
        assert_eq!(error.defect(), Some(&Defect::Commitment));
    }
    pair.assert_restores();
}

#[test]
fn their_key_epoch_of_the_same_name_keeps_ours_from_being_written() {
    let pair = Pair::new();
    let is_epoch = |name: &ObjectName| layout::parse_key_epoch(name).is_some();
    for (name, bytes) in pair.their(is_epoch) {
        assert_ne!(pair.ours.raw(&name).unwrap(), bytes, "else there is nothing to see");
        pair.ours.replace_raw(&name, &bytes);
    }
    let repository = pair.opened();
    assert_eq!(current_key_epoch(&repository).unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(back_up(&repository, &pair.source).unwrap_err().kind(), ErrorKind::Corrupt);
    pair.assert_restores();
}

#[test]
fn their_config_does_not_open_with_our_key_slot_and_ours_not_with_theirs() {
    let is_config = |name: &ObjectName| [layout::config(), layout::config_copy()].contains(name);
    let is_slot = |name: &ObjectName| layout::parse_key_slot(name).is_some();
    let pair = Pair::new();
    for (name, bytes) in pair.their(is_config) {
        pair.ours.replace_raw(&name, &bytes);
    }
    let refused = |pair: &Pair| match open(Arc::new(pair.ours.clone()), 9) {
        Err(gleaner_engine::Error::Store(StoreError::Damaged { name, defect, .. })) => {
            (name, defect)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&pair), (layout::config(), Defect::Commitment));
    // The other way round: our config, and a slot that the same password opens to their key.
    let pair = Pair::new();
    let ours: Vec<ObjectName> = pair.ours.names().into_iter().filter(is_slot).collect();
    for name in &ours {
        pair.ours.remove_raw(name);
    }
    for (name, bytes) in pair.their(is_slot) {
        pair.ours.replace_raw(&name, &bytes);
    }
    assert_eq!(refused(&pair), (layout::config(), Defect::Commitment));
}
