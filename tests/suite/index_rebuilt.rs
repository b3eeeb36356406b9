//! Goal: an index that is missing, damaged or of no use is built from the packs, and a backup then
//! recognises every chunk again. Lost if this fails: everything is stored a second time, or a
//! snapshot refers to chunks that are nowhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use gleaner_engine::{
    BackupOptions, BackupStats, Cancel, Environment, IndexPlace, IndexState, InitOptions, Observer,
    Parent, Repository, Run, Warning, WarningKind, backup, plan_index, rebuild_index,
};
use gleaner_store::DirectoryStorage;
use gleaner_tests::engine_doubles::{
    backup_options, credential, encrypted, environment, seeded_tree, write_tree,
};
use tempfile::TempDir;

/// Kinds and messages of what was warned of.
#[derive(Default)]
struct Heard(Mutex<Vec<(WarningKind, String)>>);

impl Observer for Heard {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push((warning.kind, warning.message.clone()));
    }
}

impl Heard {
    fn run(&self) -> Run<'_> {
        Run { observer: self, counters: Arc::default(), cancel: Cancel::new() }
    }

    fn take(&self) -> Vec<(WarningKind, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A repository of several packs with one source.
struct Place {
    folder: TempDir,
    heard: Heard,
}

impl Place {
    fn with_packs() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), heard: Heard::default() };
        write_tree(&place.path("source"), &seeded_tree(3, 60, 100_000));
        let options = InitOptions { pack_target_bytes: 512 << 10, ..encrypted() };
        let repository = Repository::create(place.environment(1), &options).unwrap();
        assert!(place.back_up(&repository).chunks_novel > 40);
        let packs = place.packs();
        assert!(packs.len() > 3, "{packs:?}");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn environment(&self, seed: u64) -> Environment {
        let storage = DirectoryStorage::create(&self.path("repository")).unwrap();
        let index_place = IndexPlace::CacheDir(self.path("cache"));
        Environment { index_place, ..environment(Arc::new(storage), seed) }
    }

    fn open(&self, seed: u64) -> Repository {
        Repository::open(self.environment(seed), &credential()).unwrap()
    }

    /// Every file is read: the parent's tree does not help.
    fn back_up(&self, repository: &Repository) -> BackupStats {
        let options = backup_options(&[self.path("source")]);
        let options = BackupOptions { parent: Parent::None, ..options };
        backup(repository, &options, &self.heard.run()).unwrap()
    }

    /// Packs by length.
    fn packs(&self) -> Vec<PathBuf> {
        let mut packs: Vec<_> = files(&self.path("repository/data")).into_iter().collect();
        packs.sort_by_key(|(_, bytes)| bytes.len());
        packs.into_iter().map(|(path, _)| path).collect()
    }

    fn index_file(&self, part: &str) -> PathBuf {
        let mut files: Vec<_> = files(&self.path("cache")).into_iter().collect();
        files.retain(|(path, _)| path.to_string_lossy().contains(part));
        files.into_iter().max_by_key(|(_, bytes)| bytes.len()).expect("such a file").0
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(&entry.path()));
        } else {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn replace(file: &Path, bytes: &[u8]) {
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
}

/// What is done to an index, how, and the warnings that follow.
type Case = (&'static str, fn(&Place), usize);

#[test]
fn index_that_is_missing_empty_or_damaged_knows_every_chunk_again() {
    let place = Place::with_packs();
    let cases: [Case; 3] = [
        ("missing", |place| fs::remove_dir_all(place.path("cache")).unwrap(), 0),
        ("empty", |place| replace(&place.index_file("CURRENT"), b""), 1),
        ("damaged", |place| replace(&place.index_file("MANIFEST"), &[7; 500]), 1),
    ];
    for ((case, damage, rebuilt), seed) in cases.into_iter().zip(2..) {
        damage(&place);
        let repository = place.open(seed);
        assert_eq!(place.back_up(&repository).chunks_novel, 0, "{case}");
        let heard = place.heard.take();
        let kinds: Vec<_> = heard.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, vec![WarningKind::IndexRebuilt; rebuilt], "{case}: {heard:?}");
        drop(repository);
        assert_eq!(place.back_up(&place.open(seed + 10)).chunks_novel, 0, "{case}, opened again");
        assert_eq!(place.heard.take(), [], "{case}");
    }
}

#[test]
fn pack_that_cannot_be_read_is_warned_of_once_and_its_chunks_are_stored_again() {
    let place = Place::with_packs();
    fs::remove_dir_all(place.path("cache")).unwrap();
    let pack = place.packs().pop().unwrap();
    replace(&pack, b"rubbish");
    let repository = place.open(2);
    let stored_again = place.back_up(&repository).chunks_novel;
    assert!(stored_again > 0);
    let heard = place.heard.take();
    let name = pack.file_name().unwrap().to_str().unwrap();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].0 == WarningKind::Damaged && heard[0].1.contains(name), "{heard:?}");
    assert_eq!(place.back_up(&repository).chunks_novel, 0, "the others were known");
}

#[test]
fn stopped_build_leaves_no_half_of_an_index() {
    let place = Place::with_packs();
    fs::remove_dir_all(place.path("cache")).unwrap();
    let run = place.heard.run();
    run.cancel.cancel();
    assert!(rebuild_index(&place.open(2), &run).is_err());
    let left = files(&place.path("cache"));
    assert!(left.keys().all(|path| path.ends_with("index.lock")), "{:?}", left.keys());
    assert_eq!(place.back_up(&place.open(3)).chunks_novel, 0);
}

#[test]
fn damage_that_a_backup_meets_costs_a_second_copy_and_the_next_run_mends_it() {
    let place = Place::with_packs();
    // Rows in a table, of which opening reads the end only.
    rebuild_index(&place.open(2), &place.heard.run()).unwrap();
    let table = place.index_file(".sst");
    let mut bytes = fs::read(&table).unwrap();
    bytes[100] ^= 1;
    replace(&table, &bytes);

    let met = place.back_up(&place.open(3));
    assert!(met.chunks_novel > 0, "the rows were read");
    assert_eq!(place.heard.take(), [], "the backup went on");
    assert_eq!(place.back_up(&place.open(4)).chunks_novel, 0);
    let heard = place.heard.take();
    assert_eq!((heard.len(), heard[0].0), (1, WarningKind::IndexRebuilt), "{heard:?}");
    assert_eq!(place.back_up(&place.open(5)).chunks_novel, 0);
    assert_eq!(place.heard.take(), []);
}

#[test]
fn repair_says_what_was_there_and_what_came_in() {
    let place = Place::with_packs();
    let packs = place.packs().len() as u64;
    let repair = |seed| rebuild_index(&place.open(seed), &place.heard.run()).unwrap();
    let plan = plan_index(&place.open(2)).unwrap();
    assert_eq!(plan.packs, packs);
    assert!(plan.folder.starts_with(place.path("cache")) && plan.bytes_to_write > 0);

    let sound = repair(3);
    assert_eq!((sound.was, sound.packs, sound.packs_left_out), (IndexState::Opened, packs, 0));
    assert!(sound.chunks > 40, "{sound:?}");
    fs::remove_file(place.index_file("CURRENT")).unwrap();
    assert_eq!(repair(4).was, IndexState::Unusable);
    fs::remove_dir_all(place.path("cache")).unwrap();
    replace(&place.packs().pop().unwrap(), b"rubbish");
    let rest = repair(5);
    let expected = (IndexState::Absent, packs - 1, 1);
    assert_eq!((rest.was, rest.packs, rest.packs_left_out), expected);
}
