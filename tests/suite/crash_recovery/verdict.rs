//! Whether what is on a disk after a crash keeps what was promised before it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gleaner_engine::{Credential, Error, Repository, current_key_epoch, leases};
use gleaner_store::{DirectoryStorage, SeededRandom, Snapshot, Storage};
use gleaner_tests::crash_image::CrashImage;
use gleaner_tests::engine_doubles::{
    back_up, disk_files, environment, open, snapshot_files, snapshot_of,
};
use zeroize::Zeroizing;

use super::workload::{SECOND_PASSWORD, Workload, prune_alone, repair_alone};

/// What was promised, by the words of the log.
#[derive(Default)]
struct Promises {
    is_created: bool,
    has_second_key: bool,
    key_epoch: u32,
    /// Snapshots that have to be there, and their trees.
    must: BTreeMap<String, usize>,
    /// Snapshots that must not be listed.
    gone: BTreeSet<String>,
    /// A snapshot that is there under this id, or as a copy of it.
    either: BTreeMap<String, usize>,
}

impl Promises {
    fn read<'w>(words: impl Iterator<Item = &'w String>) -> Self {
        let mut promises = Self::default();
        for what in words {
            let mut words = what.split(' ').map(str::to_owned);
            let verb = words.next().unwrap();
            let id = words.next().unwrap_or_default();
            let tree = words.next().map(|word| word.parse().unwrap());
            match verb.as_str() {
                "init" => promises.is_created = true,
                "key" => promises.has_second_key = true,
                // It promises what it leaves alone.
                "pruned" | "repaired" => {}
                "rotated" => promises.key_epoch = id.parse().unwrap(),
                "made" => {
                    // A copy of a retagged snapshot ends the time in which it could be either.
                    promises.either.clear();
                    promises.must.insert(id, tree.unwrap());
                }
                "forgetting" => drop(promises.must.remove(&id)),
                "retagging" => {
                    promises.must.remove(&id);
                    promises.either.insert(id, tree.unwrap());
                }
                "forgot" => drop(promises.gone.insert(id)),
                other => panic!("no promise: {other}"),
            }
        }
        promises
    }
}

/// One image in so many also gets a backup and prunes, after which everything is judged again.
const NEXT_BACKUP_EVERY: u64 = 8;

/// Judges images of one workload.
pub(super) struct Judge<'a> {
    workload: &'a Workload,
    /// Promises from before the log of these images.
    promised: Vec<String>,
    seed: u64,
    /// Which of the images get a backup.
    phase: u64,
    /// Packs are damaged: a repair comes before the verdict.
    pub(super) is_damaged: bool,
    /// Images that held a repository.
    pub(super) mounted: u64,
}

impl<'a> Judge<'a> {
    pub(super) fn new(workload: &'a Workload, seed: u64) -> Self {
        let (promised, phase) = (Vec::new(), seed % NEXT_BACKUP_EVERY);
        let (seed, is_damaged) = (seed << 32 | 1 << 31, false);
        Self { workload, promised, seed, phase, is_damaged, mounted: 0 }
    }

    /// As [`Judge::new`], for images of what a process did after a crash that left `promised`.
    pub(super) fn after(workload: &'a Workload, promised: &[String], seed: u64) -> Self {
        let promised = promised.to_vec();
        Self { promised, ..Self::new(workload, seed) }
    }

    /// # Panics
    /// When the image breaks a promise.
    pub(super) fn judge(&mut self, image: &CrashImage) {
        let before = self.workload.settled.iter().chain(&self.promised);
        let promises = Promises::read(before.chain(&image.acknowledged));
        self.seed += 2;
        let storage =
            DirectoryStorage::new(image.fs.clone(), Arc::new(SeededRandom::new(self.seed)));
        let case = format!("seed {}, call {}: {}", self.seed, image.point, image.state);
        let storage: Arc<dyn Storage> = Arc::new(storage);
        let repository = match open(Arc::clone(&storage), self.seed + 1) {
            Ok(repository) => repository,
            Err(error) => {
                assert!(!promises.is_created, "{case}: {error}");
                let is_named = matches!(
                    error,
                    Error::NotARepository { .. }
                        | Error::Store(gleaner_store::Error::NoRepository { .. })
                );
                assert!(is_named, "{case}: half a repository: {error}");
                return;
            }
        };
        if promises.has_second_key {
            let second = Credential::Password(Zeroizing::new(SECOND_PASSWORD.to_vec()));
            assert!(self.opens(&storage, &second), "{case}: the second password is lost");
        }
        let key_epoch = current_key_epoch(&repository);
        let key_epoch = key_epoch.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert!(key_epoch >= promises.key_epoch, "{case}: a rotation is lost");
        self.mounted += 1;
        if self.is_damaged {
            let repaired = repair_alone(&repository);
            let stats = repaired.unwrap_or_else(|error| panic!("{case}: repair: {error}"));
            assert!(stats.unhealed.is_empty(), "{case}: {stats:?}");
        }
        self.judge_list(&repository, &promises, &case);
        if self.mounted % NEXT_BACKUP_EVERY == self.phase {
            self.next_backup(&repository, &promises, &case);
            self.next_prunes(&storage, &promises, &case);
        }
    }

    /// Two runs that finish what the crash left, as seen by the one that ran and by one that comes
    /// new; a third has nothing to do.
    fn next_prunes(&mut self, storage: &Arc<dyn Storage>, promises: &Promises, case: &str) {
        self.seed += 2;
        let repository = open(Arc::clone(storage), self.seed).unwrap();
        for run in 1..=3 {
            let stats = prune_alone(&repository)
                .unwrap_or_else(|error| panic!("{case}: prune {run}: {error}"));
            self.judge_list(&repository, promises, case);
            self.seed += 2;
            self.judge_list(&open(Arc::clone(storage), self.seed).unwrap(), promises, case);
            assert!(run < 3 || stats.packs_condemned == 0, "{case}: {stats:?}");
        }
        assert_eq!(leases(&repository).unwrap(), [], "{case}");
    }

    fn opens(&self, storage: &Arc<dyn Storage>, credential: &Credential) -> bool {
        let environment = environment(Arc::clone(storage), self.seed + 1);
        Repository::open(environment, credential).is_ok()
    }

    fn judge_list(&self, repository: &Repository, promises: &Promises, case: &str) {
        let list = repository.snapshots().unwrap_or_else(|error| panic!("{case}: {error}"));
        assert!(list.damaged.is_empty(), "{case}: {:?}", list.damaged);
        let mut missing = promises.must.clone();
        let mut either = promises.either.clone();
        for snapshot in &list.snapshots {
            let id = snapshot.id.to_string();
            assert!(!promises.gone.contains(&id), "{case}: {id} is back");
            let key = self.tree_of(repository, snapshot, case);
            if let Some(promised) = missing.remove(&id) {
                assert_eq!(self.trees(promised), self.trees(key), "{case}: {id}");
            }
            // One copy stands for the original, and so does a copy of a copy.
            either.retain(|old, tree| *old != id && self.trees(*tree) != self.trees(key));
        }
        assert!(missing.is_empty(), "{case}: lost {missing:?}");
        assert!(either.is_empty(), "{case}: lost while retagging {either:?}");
    }

    fn trees(&self, key: usize) -> &gleaner_tests::engine_doubles::Tree {
        &self.workload.trees[key]
    }

    /// The tree that a snapshot holds: one that was backed up, whole.
    fn tree_of(&self, repository: &Repository, snapshot: &Snapshot, case: &str) -> usize {
        let files = snapshot_files(repository, snapshot, &self.workload.source())
            .unwrap_or_else(|error| panic!("{case}: {}: {error}", snapshot.id));
        let key = self.workload.trees.iter().position(|tree| *tree == files);
        key.unwrap_or_else(|| panic!("{case}: {} holds what never was", snapshot.id))
    }

    fn next_backup(&self, repository: &Repository, promises: &Promises, case: &str) {
        let source = self.workload.source();
        if !source.exists() {
            return;
        }
        let stats = back_up(repository, &source)
            .unwrap_or_else(|error| panic!("{case}: the next backup: {error}"));
        let snapshot = snapshot_of(repository, &stats);
        let files = snapshot_files(repository, &snapshot, &source).unwrap();
        assert_eq!(files, disk_files(&source), "{case}");
        self.judge_list(repository, promises, case);
    }
}
