//! Goal: whatever order of operations a user and his crashes come up with, what is listed and what
//! it holds is what a map says (RELIABILITY section 8, R12).
//!
//! Method: seeded random histories against a model of 30 lines. If this fails, some sequence that
//! nobody thought of loses a snapshot.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gleaner_engine::{BackupStats, Repository, TagChange, forget, leases, retag};
use gleaner_store::{MemoryStorage, SeededRandom, SnapshotId};
use gleaner_tests::engine_doubles::{
    Tree, back_up, change_some, create, disk_files, encrypted, open, prune, seeded_tree,
    snapshot_files, snapshot_of, unencrypted, write_tree,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;
use tempfile::TempDir;

/// Steps of a history, 1 to this many.
const STEPS_MAX: u64 = 200;

/// What has to be listed: contents and tags.
type Model = BTreeMap<SnapshotId, (Tree, Vec<String>)>;

struct History {
    folder: TempDir,
    storage: MemoryStorage,
    repository: Repository,
    random: SeededRandom,
    model: Model,
    seed: u64,
}

impl History {
    fn new(seed: u64) -> Self {
        let storage = MemoryStorage::new();
        let options = if seed.is_multiple_of(2) { unencrypted() } else { encrypted() };
        let repository = create(Arc::new(storage.clone()), seed << 32, options);
        let folder = tempfile::tempdir().unwrap();
        for writer in ["a", "b"] {
            write_tree(&folder.path().join(writer), &seeded_tree(seed, 6, 6000));
        }
        let (random, model, seed) = (SeededRandom::new(seed), Model::new(), seed << 32);
        Self { folder, storage, repository, random, model, seed }
    }

    fn next_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }

    fn source(&self, writer: &str) -> PathBuf {
        self.folder.path().join(writer)
    }

    fn change(&self, writer: &str) {
        let mut tree = disk_files(&self.source(writer));
        match self.random.below(4) {
            0 => tree.extend(seeded_tree(self.random.next_u64(), 2, 6000)),
            1 if tree.len() > 3 => drop(tree.pop_first()),
            _ => change_some(&mut tree, self.random.next_u64(), 200),
        }
        write_tree(&self.source(writer), &tree);
    }

    fn reopen(&mut self) {
        let seed = self.next_seed();
        self.repository = open(Arc::new(self.storage.clone()), seed).unwrap();
    }

    fn made(&mut self, writer: &str, stats: &BackupStats) {
        let tree = disk_files(&self.source(writer));
        self.model.insert(stats.snapshot.unwrap(), (tree, Vec::new()));
    }

    fn pick(&self) -> Option<SnapshotId> {
        let count = self.model.len() as u64;
        let at = (count > 0).then(|| self.random.below(count))?;
        self.model.keys().nth(usize::try_from(at).unwrap()).copied()
    }

    fn step(&mut self) -> &'static str {
        match self.random.below(12) {
            0..=2 => {
                self.change("a");
                let stats = back_up(&self.repository, &self.source("a")).unwrap();
                self.made("a", &stats);
                "backup"
            }
            3 => {
                if let Some(id) = self.pick() {
                    forget(&self.repository, &[id]).unwrap();
                    self.model.remove(&id);
                }
                "forget"
            }
            4 => {
                self.retag();
                "retag"
            }
            5 => {
                self.reopen();
                "reopen"
            }
            6 | 7 => {
                self.crash();
                "crash"
            }
            8 => {
                self.two_writers();
                "two writers"
            }
            9 => {
                self.refused();
                "refused"
            }
            _ => {
                // Whoever crashed left a lease, which is silent by now.
                prune(&self.repository).unwrap();
                "prune"
            }
        }
    }

    fn retag(&mut self) {
        let Some(id) = self.pick() else { return };
        let (tree, _) = self.model.remove(&id).unwrap();
        let tags = vec![format!("tag{}", self.next_seed())];
        let list = self.repository.snapshots().unwrap().snapshots;
        let old = list.iter().find(|snapshot| snapshot.id == id).unwrap();
        let change = TagChange::Set(tags.clone());
        let new = retag(&self.repository, old, &change, "host").unwrap().unwrap();
        self.model.insert(new.id, (tree, tags));
    }

    /// Dies at a random put of a backup: no later call reaches the storage.
    fn crash(&mut self) {
        self.change("a");
        let faults = Faults::new();
        let (seed, nth) = (self.next_seed(), 1 + self.random.below(14));
        let storage = FaultyStorage::new(self.storage.clone(), faults.clone());
        let repository = open(Arc::new(storage), seed).unwrap();
        faults.arm(Fault {
            calls: &[Call::PutIfAbsent, Call::Delete, Call::List],
            nth,
            reach: Reach::Onward,
            effect: Effect::Error(Errno::IO.raw_os_error()),
        });
        // What the dead process did not tell may be there all the same.
        let known: Vec<SnapshotId> = self.model.keys().copied().collect();
        let result = back_up(&repository, &self.source("a"));
        self.reopen();
        let list = self.repository.snapshots().unwrap().snapshots;
        let added: Vec<SnapshotId> =
            list.iter().map(|snapshot| snapshot.id).filter(|id| !known.contains(id)).collect();
        assert!(added.len() <= 1);
        if let Ok(stats) = &result {
            assert_eq!(added, [stats.snapshot.unwrap()]);
        }
        if let [id] = added[..] {
            self.model.insert(id, (disk_files(&self.source("a")), Vec::new()));
        }
    }

    fn two_writers(&mut self) {
        self.change("b");
        let seed = self.next_seed();
        let other = open(Arc::new(self.storage.clone()), seed).unwrap();
        let (a, b) = (self.source("a"), self.source("b"));
        let repository = &self.repository;
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| back_up(repository, &a).unwrap());
            let two = scope.spawn(|| back_up(&other, &b).unwrap());
            (one.join().unwrap(), two.join().unwrap())
        });
        self.made("a", &one);
        self.made("b", &two);
    }

    /// Operations that are refused change nothing.
    fn refused(&mut self) {
        let before = self.storage.names();
        let missing = self.folder.path().join("missing");
        assert!(back_up(&self.repository, &missing).is_err());
        assert!(open(Arc::new(MemoryStorage::new()), self.next_seed()).is_err());
        assert_eq!(self.storage.names(), before);
    }

    fn assert_list(&self, case: &str) {
        let list = self.repository.snapshots().unwrap();
        assert!(list.damaged.is_empty(), "{case}: {:?}", list.damaged);
        let listed: BTreeMap<SnapshotId, &Vec<String>> =
            list.snapshots.iter().map(|snapshot| (snapshot.id, &snapshot.tags)).collect();
        let expected: BTreeMap<SnapshotId, &Vec<String>> =
            self.model.iter().map(|(id, (_, tags))| (*id, tags)).collect();
        assert_eq!(listed, expected, "{case}");
    }

    fn assert_contents(&self, case: &str) {
        for snapshot in self.repository.snapshots().unwrap().snapshots {
            let root = PathBuf::from(String::from_utf8(snapshot.roots[0].clone()).unwrap());
            let files = snapshot_files(&self.repository, &snapshot, &root)
                .unwrap_or_else(|error| panic!("{case}: {}: {error}", snapshot.id));
            assert!(files == self.model[&snapshot.id].0, "{case}: {}", snapshot.id);
        }
    }
}

/// Runs one history to its end; returns its steps.
fn one_history(seed: u64) -> u64 {
    let mut history = History::new(seed);
    let steps = 1 + history.random.below(STEPS_MAX);
    for step in 0..steps {
        let what = history.step();
        let case = format!("seed {seed}, step {step} ({what})");
        history.assert_list(&case);
        if step % 20 == 19 {
            history.assert_contents(&case);
        }
    }
    history.reopen();
    history.assert_contents(&format!("seed {seed}, at the end"));
    // Only crashes leave leases, and they harm nobody.
    assert!(leases(&history.repository).unwrap().len() as u64 <= steps);
    if let Some((id, _)) = history.model.first_key_value() {
        let list = history.repository.snapshots().unwrap().snapshots;
        assert!(list.iter().any(|snapshot| snapshot.id == *id));
    }
    steps
}

#[test]
fn random_histories_agree_with_a_map() {
    let seeds = Seeds::of_quick_run(20);
    let (mut histories, mut steps) = (0, 0);
    seeds.run(|seed| {
        histories += 1;
        steps += one_history(seed);
    });
    println!("{} of {steps} steps (R12)", seeds.counted(histories, "histories"));
}

#[test]
fn model_notices_a_lost_and_a_changed_snapshot() {
    let mut history = History::new(1);
    let stats = back_up(&history.repository, &history.source("a")).unwrap();
    history.made("a", &stats);
    history.assert_list("as it is");
    let snapshot = snapshot_of(&history.repository, &stats);
    let noticed = |history: &History| {
        let check = std::panic::AssertUnwindSafe(|| {
            history.assert_list("planted");
            history.assert_contents("planted");
        });
        std::panic::catch_unwind(check).is_err()
    };
    assert!(!noticed(&history));
    history.model.get_mut(&snapshot.id).unwrap().0.pop_first();
    assert!(noticed(&history), "a file more than was backed up");
    history.model.clear();
    assert!(noticed(&history), "a snapshot that nobody made");
}
