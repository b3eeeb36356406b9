//! Goal: wherever the index is, backups recognise what they should and restores find every chunk.
//! Lost if this fails: a snapshot that cannot be read back in the place it was made with.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_engine::{
    BackupOptions, BackupStats, Environment, IndexMode, IndexPlace, Parent, Repository, Run,
    SnapshotFilter, backup,
};
use gleaner_store::DirectoryStorage;
use gleaner_tests::engine_doubles::{
    Tree, backup_options, credential, encrypted, environment, seeded_tree, snapshot_files,
    write_tree,
};
use tempfile::TempDir;

/// A repository and two sources.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn environment(&self, seed: u64, place: IndexPlace, mode: IndexMode) -> Environment {
        let storage = DirectoryStorage::create(&self.path("repository")).unwrap();
        let mut environment = environment(Arc::new(storage), seed);
        environment.index_place = place;
        environment.index_options.mode = mode;
        environment
    }

    fn cached(&self, seed: u64, mode: IndexMode) -> Environment {
        self.environment(seed, IndexPlace::CacheDir(self.path("cache")), mode)
    }

    fn neighbors(&self, seed: u64) -> Environment {
        self.environment(seed, IndexPlace::Neighbors, IndexMode::Exact)
    }

    fn write(&self, source: &str, files: &Tree) {
        write_tree(&self.path(source), files);
    }

    /// Every file is read: the parent's tree does not help.
    fn back_up(&self, repository: &Repository, source: &str) -> BackupStats {
        let options = backup_options(&[self.path(source)]);
        let options = BackupOptions { parent: Parent::None, ..options };
        backup(repository, &options, &Run::silent()).unwrap()
    }

    fn assert_latest_is(&self, repository: &Repository, source: &str, files: &Tree) {
        let snapshot = repository.resolve("latest", &SnapshotFilter::default()).unwrap();
        let found = snapshot_files(repository, &snapshot, &self.path(source)).unwrap();
        assert_eq!(&found, files);
    }
}

fn reopen(environment: Environment) -> Repository {
    Repository::open(environment, &credential()).unwrap()
}

#[test]
fn neighbors_are_the_packs_of_the_same_source_only() {
    let place = Place::new();
    let files = seeded_tree(7, 30, 60_000);
    place.write("a", &files);
    place.write("b", &files);
    let repository = Repository::create(place.neighbors(1), &encrypted()).unwrap();
    let first = place.back_up(&repository, "a");
    assert!(first.chunks_novel > 20, "{first:?}");

    let repository = reopen(place.neighbors(2));
    assert_eq!(place.back_up(&repository, "a").chunks_novel, 0, "its own packs are known");
    let repository = reopen(place.neighbors(3));
    let other = place.back_up(&repository, "b");
    assert_eq!(other.chunks_novel, first.chunks_novel, "those of another source are not");
    let repository = reopen(place.neighbors(4));
    place.assert_latest_is(&repository, "b", &files);
    let exact = reopen(place.cached(5, IndexMode::Exact));
    assert_eq!(place.back_up(&exact, "b").chunks_novel, 0);
}

#[test]
fn chunks_of_other_sources_are_found_by_a_reader_of_neighbors() {
    let place = Place::new();
    let files = seeded_tree(8, 30, 60_000);
    place.write("a", &files);
    place.write("b", &files);
    // With all packs known, the second snapshot refers to the first one's packs.
    let exact = Repository::create(place.cached(1, IndexMode::Exact), &encrypted()).unwrap();
    place.back_up(&exact, "a");
    assert_eq!(place.back_up(&exact, "b").chunks_novel, 0);
    drop(exact);

    let repository = reopen(place.neighbors(2));
    place.assert_latest_is(&repository, "b", &files);
    // A parent whose chunks are elsewhere costs a second copy, never the files.
    let repository = reopen(place.neighbors(3));
    let options = backup_options(&[place.path("b")]);
    backup(&repository, &options, &Run::silent()).unwrap();
    place.assert_latest_is(&repository, "b", &files);
}

#[test]
fn sparse_index_of_a_repository_recognises_a_second_generation_and_restores_it() {
    let place = Place::new();
    let mut files = seeded_tree(9, 400, 60_000);
    place.write("a", &files);
    let env = |seed| place.cached(seed, IndexMode::Sparse);
    let repository = Repository::create(env(1), &encrypted()).unwrap();
    let first = place.back_up(&repository, "a");
    drop(repository);

    let changed: Vec<Vec<u8>> = files.keys().step_by(50).cloned().collect();
    for (number, name) in changed.iter().enumerate() {
        files.insert(name.clone(), format!("changed {number}").into_bytes());
    }
    place.write("a", &files);
    let repository = reopen(env(2));
    let second = place.back_up(&repository, "a");
    assert!(second.chunks_novel * 4 < first.chunks_novel, "{second:?} after {first:?}");
    place.assert_latest_is(&repository, "a", &files);
    drop(repository);
    place.assert_latest_is(&reopen(env(3)), "a", &files);
    place.assert_latest_is(&reopen(place.cached(4, IndexMode::Exact)), "a", &files);
}
