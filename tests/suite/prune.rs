//! Goal: a prune frees what nobody needs and nothing else, whatever goes on beside it and wherever
//! it is interrupted (RELIABILITY section 4, docs/gc.md).
//!
//! Method: real backups of seeded trees; the storage is in memory, so that every object can be
//! counted, taken away and damaged. If this fails, a user's only copy goes with the garbage.

mod beside_others;
mod choice;
mod interrupted;
mod read_faults;
mod refused;
mod rekeyed;
mod schedules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{CheckOptions, Repository, Run, Severity, check};
use gleaner_store::{MemoryStorage, SnapshotId, Storage as _, layout, read_pack_directory};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, encrypted, open, prune, seeded_tree, snapshot_files, write_tree,
};
use tempfile::TempDir;

/// A repository, and what each of its snapshots must hold.
struct Place {
    folder: TempDir,
    storage: MemoryStorage,
    repository: Repository,
    expected: BTreeMap<SnapshotId, (PathBuf, Tree)>,
    seed: u64,
}

impl Place {
    fn new(seed: u64) -> Self {
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), seed << 32, encrypted());
        let (folder, expected) = (tempfile::tempdir().unwrap(), BTreeMap::new());
        Self { folder, storage, repository, expected, seed: seed << 32 }
    }

    fn source(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Backs up a tree as the only content of source `name`.
    fn add(&mut self, name: &str, tree: &Tree) -> SnapshotId {
        let source = self.source(name);
        write_tree(&source, tree);
        let id = back_up(&self.repository, &source).unwrap().snapshot.unwrap();
        self.expected.insert(id, (source, tree.clone()));
        id
    }

    fn forget(&mut self, id: SnapshotId) {
        gleaner_engine::forget(&self.repository, &[id]).unwrap();
        self.expected.remove(&id);
    }

    /// Another process, which has seen nothing yet.
    fn other(&mut self) -> Repository {
        self.seed += 1;
        open(Arc::new(self.storage.clone()), self.seed).unwrap()
    }

    fn packs(&self) -> Vec<PackId> {
        self.storage.names().iter().filter_map(layout::parse_pack).collect()
    }

    /// Numbers of packs by the key epoch that they are sealed under.
    fn key_epochs(&self) -> BTreeMap<u32, usize> {
        let mut packs = BTreeMap::new();
        for pack in self.packs() {
            let bytes = self.storage.bytes(&layout::pack(&pack)).unwrap();
            let keys = self.repository.keys();
            let directory = read_pack_directory(&self.storage, keys, pack, bytes).unwrap();
            *packs.entry(directory.header.key_epoch).or_default() += 1;
        }
        packs
    }

    fn pack_bytes(&self) -> u64 {
        self.packs().iter().map(|pack| self.storage.bytes(&layout::pack(pack)).unwrap()).sum()
    }

    /// Everything that must be there is, says the process that pruned, one that comes new, and a
    /// check of every byte.
    fn assert_whole(&mut self, case: &str) {
        let fresh = self.other();
        assert_restores(&self.repository, &self.expected, case);
        assert_restores(&fresh, &self.expected, case);
        let mut errors = Vec::new();
        check(&fresh, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
            if finding.severity == Severity::Error {
                errors.push(format!("{:?} {}", finding.code, finding.message));
            }
        })
        .unwrap();
        assert_eq!(errors, Vec::<String>::new(), "{case}");
    }
}

fn assert_restores(
    repository: &Repository,
    expected: &BTreeMap<SnapshotId, (PathBuf, Tree)>,
    case: &str,
) {
    let list = repository.snapshots().unwrap();
    assert!(list.damaged.is_empty(), "{case}");
    let ids: Vec<SnapshotId> = list.snapshots.iter().map(|snapshot| snapshot.id).collect();
    assert_eq!(ids.len(), expected.len(), "{case}: {ids:?}");
    for snapshot in &list.snapshots {
        let (source, tree) = &expected[&snapshot.id];
        let files = snapshot_files(repository, snapshot, source)
            .unwrap_or_else(|error| panic!("{case}: {}: {error}", snapshot.id));
        assert!(files == *tree, "{case}: {}", snapshot.id);
    }
}

fn tree_of(folder: &Path) -> Tree {
    gleaner_tests::engine_doubles::disk_files(folder)
}

#[test]
fn what_one_run_condemns_the_next_deletes() {
    let mut place = Place::new(1);
    let first = place.add("a", &seeded_tree(1, 10, 20_000));
    place.add("b", &seeded_tree(2, 10, 20_000));
    let before = place.pack_bytes();
    place.forget(first);
    let condemned = prune(&place.repository).unwrap();
    assert_eq!((condemned.bytes_freed, condemned.epoch), (0, 1));
    assert!(condemned.bytes_condemned > 0 && condemned.bytes_in_trash == condemned.bytes_condemned);
    assert!(place.pack_bytes() >= before, "nothing is deleted yet");
    place.assert_whole("after the first run");
    let freed = prune(&place.repository).unwrap();
    assert_eq!(freed.bytes_freed, condemned.bytes_condemned);
    assert_eq!((freed.bytes_in_trash, freed.bytes_condemned, freed.epoch), (0, 0, 2));
    assert_eq!(place.pack_bytes(), before - condemned.bytes_condemned + condemned.bytes_rewritten);
    place.assert_whole("after the second run");
    // The manifest of the forgotten snapshot went with its packs, its tombstone stays.
    assert_eq!(freed.manifests_deleted, 1);
    let names = place.storage.names();
    assert!(!names.contains(&layout::snapshot(first)) && names.contains(&layout::tombstone(first)));
}

#[test]
fn nothing_is_lost_when_nothing_is_garbage() {
    let mut place = Place::new(2);
    place.add("a", &seeded_tree(1, 10, 20_000));
    let packs = place.packs();
    for epoch in 1..5 {
        let stats = prune(&place.repository).unwrap();
        assert_eq!((stats.packs_condemned, stats.packs_deleted, stats.epoch), (0, 0, epoch));
    }
    assert_eq!(place.packs(), packs);
    place.assert_whole("after four runs");
}

#[test]
fn everything_goes_when_all_is_forgotten() {
    let mut place = Place::new(3);
    let ids = [1, 2, 3].map(|seed| place.add("a", &seeded_tree(seed, 5, 20_000)));
    for id in ids {
        place.forget(id);
    }
    prune(&place.repository).unwrap();
    prune(&place.repository).unwrap();
    assert_eq!(place.packs(), []);
    place.assert_whole("empty");
    place.add("a", &seeded_tree(1, 5, 20_000));
    place.assert_whole("and used again");
}

#[test]
fn backups_after_a_prune_find_what_was_copied() {
    let mut place = Place::new(4);
    let shared = seeded_tree(1, 10, 20_000);
    let mut both = shared.clone();
    both.extend(seeded_tree(2, 10, 20_000));
    let first = place.add("a", &both);
    place.add("a", &shared);
    place.forget(first);
    for runs in 0..3 {
        let source = place.source("a");
        for repository in [&place.other(), &place.repository] {
            let stats = back_up(repository, &source).unwrap();
            assert_eq!((stats.bytes_novel, stats.files_unmodified), (0, 10), "after {runs} runs");
            place.expected.insert(stats.snapshot.unwrap(), (source.clone(), shared.clone()));
        }
        prune(&place.repository).unwrap();
    }
    place.assert_whole("in the end");
}
