//! Goal: no key ever seals two texts under one nonce, whatever a user, his crashes and his disk do
//! (RELIABILITY section 8, R18). Lost if this fails: the confidentiality of all that was sealed
//! under that key, and with it the proof that nobody altered it.
//!
//! Method: seeded histories of everything that seals: backups, also two at once, tags, prunes that
//! rewrite, copies into a second repository, key rotations, passwords; with writes that fail and
//! processes that die. Every byte that is sent to a storage, also by a call that fails, is noted
//! by key and nonce.

use std::collections::BTreeSet;
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, CopyOptions, InitOptions, PruneOptions, Repository, Run, TagChange, add_key_slot,
    change_password, check, copy, forget, retag, rotate_keys,
};
use gleaner_store::{KdfCost, MemoryStorage, SeededRandom, Snapshot};
use gleaner_tests::engine_doubles::{
    PASSWORD, back_up, change_some, create, disk_files, encrypted, open, prune_options,
    seeded_bytes, seeded_tree, write_tree,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::seal_log::SealLog;
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;
use tempfile::TempDir;

const STEPS: u64 = 60;

const EIO: i32 = Errno::IO.raw_os_error();

struct History {
    folder: TempDir,
    log: SealLog,
    /// The repository that is written, and the one that it is copied to.
    storages: [MemoryStorage; 2],
    repositories: [Repository; 2],
    faults: Faults,
    random: SeededRandom,
    seed: u64,
    done: BTreeSet<&'static str>,
}

impl History {
    fn new(seed: u64, log: &SealLog) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for source in ["a", "b"] {
            let mut tree = seeded_tree(seed, 6, 20_000);
            // Several blocks in one pack.
            tree.insert(b"large".to_vec(), seeded_bytes(seed, 3 << 20));
            write_tree(&folder.path().join(source), &tree);
        }
        let storages = [MemoryStorage::new(), MemoryStorage::new()];
        let make = |number: u64, options: InitOptions<'_>| {
            let storage = log.over(storages[usize::try_from(number).unwrap()].clone());
            create(Arc::new(storage), (seed << 32) + number, options)
        };
        let first = make(0, encrypted());
        // Of one dedup domain, or of two.
        let domain_from = seed.is_multiple_of(2).then_some(&first);
        let second = make(1, InitOptions { domain_from, ..encrypted() });
        Self {
            repositories: [first, second],
            log: log.clone(),
            faults: Faults::new(),
            random: SeededRandom::new(seed),
            seed: (seed << 32) + 2,
            done: BTreeSet::new(),
            folder,
            storages,
        }
    }

    /// Another process that works on one of the repositories.
    fn process(&mut self, number: usize) -> Repository {
        self.seed += 1;
        let faulty = FaultyStorage::new(self.storages[number].clone(), self.faults.clone());
        open(Arc::new(self.log.over(faulty)), self.seed).unwrap()
    }

    fn change(&self, source: &str) {
        let place = self.folder.path().join(source);
        let mut tree = disk_files(&place);
        match self.random.below(3) {
            0 => tree.extend(seeded_tree(self.random.next_u64(), 2, 20_000)),
            1 if tree.len() > 3 => drop(tree.pop_first()),
            _ => change_some(&mut tree, self.random.next_u64(), 300),
        }
        write_tree(&place, &tree);
    }

    fn back_up(&self, source: &str) -> gleaner_engine::Result<()> {
        back_up(&self.repositories[0], &self.folder.path().join(source)).map(drop)
    }

    fn snapshot(&self) -> Option<Snapshot> {
        let mut list = self.repositories[0].snapshots().unwrap().snapshots;
        let at = (!list.is_empty()).then(|| self.random.below(list.len() as u64))?;
        Some(list.swap_remove(usize::try_from(at).unwrap()))
    }

    fn step(&mut self) {
        let step = self.random.below(14);
        let name = match step {
            0..=2 => {
                self.change("a");
                self.back_up("a").unwrap();
                "backup"
            }
            3 => self.two_writers(),
            4..=6 => self.failing(),
            7 => {
                if let Some(snapshot) = self.snapshot() {
                    forget(&self.repositories[0], &[snapshot.id]).unwrap();
                }
                "forget"
            }
            8 => {
                let Some(snapshot) = self.snapshot() else { return };
                let change = TagChange::Add(vec![format!("tag{}", self.seed)]);
                retag(&self.repositories[0], &snapshot, &change, "host").unwrap();
                self.seed += 1;
                "retag"
            }
            9 | 10 => {
                self.prune().unwrap();
                "prune"
            }
            11 => {
                rotate_keys(&self.repositories[0]).unwrap();
                "rotate"
            }
            12 => self.copy(),
            _ => self.passwords(),
        };
        self.done.insert(name);
    }

    fn prune(&self) -> gleaner_engine::Result<()> {
        let rewrite_key_epochs = self.random.below(2) == 0;
        let options = PruneOptions { rewrite_key_epochs, ..prune_options() };
        gleaner_engine::prune(&self.repositories[0], &options, &Run::silent(), &mut |_| {})
            .map(drop)
    }

    fn two_writers(&mut self) -> &'static str {
        self.change("a");
        self.change("b");
        let other = self.process(0);
        let b = self.folder.path().join("b");
        std::thread::scope(|scope| {
            let one = scope.spawn(|| self.back_up("a").unwrap());
            let two = scope.spawn(|| back_up(&other, &b).unwrap());
            one.join().unwrap();
            two.join().unwrap();
        });
        "two writers"
    }

    /// A write of a backup, a prune or a copy fails, is not answered, or is the last one of its
    /// process.
    fn failing(&mut self) -> &'static str {
        self.repositories[0] = self.process(0);
        let reach = [Reach::Once, Reach::Onward][usize::try_from(self.random.below(2)).unwrap()];
        let is_done = self.random.below(2) == 0;
        let effect = if is_done { Effect::ErrorAfter(EIO) } else { Effect::Error(EIO) };
        let calls = &[Call::PutIfAbsent, Call::Settle];
        self.change("a");
        self.faults.arm(Fault { calls, nth: 1 + self.random.below(9), reach, effect });
        let what = self.random.below(3);
        let result = match what {
            0 => self.prune(),
            1 => self.copy_all(),
            _ => self.back_up("a"),
        };
        self.faults.disarm();
        // Whoever died takes what he knew with him.
        self.repositories = [self.process(0), self.process(1)];
        match (what, result.is_err(), reach) {
            (_, true, Reach::Onward) => "process that died",
            (_, true, Reach::Once) => "write that failed",
            (_, false, _) => "write that was done again",
        }
    }

    fn copy_all(&self) -> gleaner_engine::Result<()> {
        let [from, to] = &self.repositories;
        let snapshots = from.snapshots()?.snapshots;
        let options = CopyOptions { host: "copier".to_owned(), lease: true, dry_run: false };
        copy(from, to, &snapshots, &options, &Run::silent()).map(drop)
    }

    fn copy(&mut self) -> &'static str {
        self.copy_all().unwrap();
        "copy"
    }

    fn passwords(&mut self) -> &'static str {
        let (old, cost) = (b"another", KdfCost::TEST);
        let repository = &self.repositories[0];
        add_key_slot(repository, old, cost, "added").unwrap();
        // Back to the one that opens it here; each slot has a salt of its own.
        change_password(repository, old, PASSWORD, cost, "changed").unwrap();
        "passwords"
    }
}

#[test]
fn no_key_seals_two_texts_under_one_nonce() {
    let log = SealLog::default();
    let mut done = BTreeSet::new();
    let seeds = Seeds::of_quick_run(12);
    let mut histories = 0;
    seeds.run(|seed| {
        histories += 1;
        let mut history = History::new(seed, &log);
        for step in 0..STEPS {
            history.step();
            assert_eq!(log.repeated(), Vec::<String>::new(), "seed {seed}, step {step}");
        }
        assert_eq!(log.malformed(), Vec::<String>::new(), "seed {seed}");
        for repository in &history.repositories {
            let options = CheckOptions::read_data();
            let checked = check(repository, &options, &Run::silent(), &mut |_| ()).unwrap();
            assert_eq!(checked.num_errors, 0, "seed {seed}");
        }
        done.extend(history.done);
    });
    let (pairs, keys, again) = (log.pairs(), log.keys(), log.sent_again());
    let counted = seeds.counted(histories, "histories under the nonce log");
    println!("{counted} (R18): {pairs} pairs of {keys} keys, {again} sent again; {done:?}");
    if histories >= 12 {
        assert_eq!(done.len(), 11, "{done:?}");
        assert!(pairs > 2000 && pairs > keys + 500, "{pairs} pairs of {keys} keys");
    }
}
