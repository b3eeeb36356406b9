//! Goal: no order of storage calls of backups, prunes and forgetting loses what was acknowledged
//! (RELIABILITY section 8, R13).
//!
//! Method: the engine itself, each session on threads of its own, one storage call at a time; the
//! order comes from a seed, and so does whose process dies in the middle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gleaner_engine::{
    BackupOptions, BackupStats, CheckOptions, Environment, Error, IndexPlace, Parent, PruneStats,
    Repository, Run, Severity, backup, check, forget,
};
use gleaner_store::{ErrorKind, MemoryStorage, SeededRandom, SnapshotId};
use gleaner_tests::engine_doubles::{
    self as doubles, Tree, back_up, backup_options, create, environment, open, seeded_bytes,
    unencrypted, write_tree,
};
use gleaner_tests::seeds::Seeds;
use gleaner_tests::turns::{Order, TurnClock, TurnStorage, Turns};

use super::assert_restores;

/// What all schedules begin with.
struct Base {
    _folder: tempfile::TempDir,
    storage: MemoryStorage,
    sources: [PathBuf; 2],
    trees: [Tree; 2],
    /// Both may be forgotten while a schedule runs.
    forgotten: [SnapshotId; 2],
    kept: BTreeMap<SnapshotId, (PathBuf, Tree)>,
}

impl Base {
    /// The first snapshot has chunks that the others lack, in one pack with chunks they share; the
    /// sources have them too.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), 1, unencrypted());
        let file = |name: &str, seed| (name.as_bytes().to_vec(), seeded_bytes(seed, 1500));
        let (x, y, z) = (file("x", 1), file("y", 2), file("z", 3));
        let source = folder.path().join("base");
        let snapshot = |files: &[&(Vec<u8>, Vec<u8>)]| {
            let tree: Tree = files.iter().map(|file| (*file).clone()).collect();
            write_tree(&source, &tree);
            let id = back_up(&repository, &source).unwrap().snapshot.unwrap();
            (id, (source.clone(), tree))
        };
        let (first, _) = snapshot(&[&x, &y]);
        let (second, _) = snapshot(&[&x, &z]);
        let kept = BTreeMap::from([snapshot(&[&y, &z])]);
        let trees = [Tree::from([x.clone(), file("w", 4)]), Tree::from([x, y, z])];
        let sources = ["a", "b"].map(|name| folder.path().join(name));
        for (source, tree) in sources.iter().zip(&trees) {
            write_tree(source, tree);
        }
        Self { _folder: folder, storage, sources, trees, forgotten: [first, second], kept }
    }
}

/// Parties: two backups, one that forgets, one or two that prune.
const WRITERS: usize = 2;
const FORGETS: usize = 2;

/// How often things happened that not every schedule shows.
#[derive(Debug, Default)]
struct Tally {
    backups_refused: u64,
    prunes_refused: u64,
    killed: u64,
    fenced: u64,
    rescued: u64,
    deleted: u64,
}

/// What a seed decides.
struct Schedule {
    storage: MemoryStorage,
    turns: Turns,
    prunes: usize,
    dies: bool,
    is_patient: bool,
    parent: Parent,
    seeds: Vec<u64>,
}

impl Schedule {
    fn new(base: &Base, seed: u64) -> Self {
        let random = SeededRandom::new(seed);
        let order = if seed.is_multiple_of(2) { Order::Random } else { Order::Priorities };
        let prunes = 1 + usize::try_from(random.below(2)).unwrap();
        let turns = Turns::new(random.next_u64(), WRITERS + 1 + prunes, order);
        let dies = random.below(3) == 0;
        if dies {
            let whose = usize::try_from(random.below((WRITERS + 1 + prunes) as u64)).unwrap();
            turns.kill_after(whose, random.below(90));
        }
        let storage = base.storage.snapshot();
        // A prune that finds garbage at once condemns what the backups are just counting on, which
        // is what is rescued.
        if random.below(2) == 0 {
            let mine = open(Arc::new(storage.clone()), random.next_u64() | 1 << 40).unwrap();
            forget(&mine, &base.forgotten).unwrap();
        }
        Self {
            storage,
            turns,
            prunes,
            dies,
            // Whoever waits for the dead, or for one who waits for him, has to lose his patience.
            is_patient: !dies && prunes == 1 && random.below(4) > 0,
            parent: if random.below(2) == 0 { Parent::None } else { Parent::Auto },
            seeds: (0..5).map(|_| random.next_u64() | 1 << 40).collect(),
        }
    }

    /// A party's repository. Its process dies if the turns say so.
    fn open(&self, number: usize) -> Result<Repository, Error> {
        let storage = TurnStorage::new(self.storage.clone(), self.turns.clone(), number);
        let step = Duration::from_secs(if self.is_patient { 0 } else { 25 });
        let environment = Environment {
            clock: Arc::new(TurnClock::new(self.turns.clone(), number, step)),
            index_place: IndexPlace::Memory,
            threads: 1,
            ..environment(Arc::new(storage), self.seeds[number])
        };
        Repository::open(environment, &gleaner_engine::Credential::None)
    }

    fn back_up(&self, base: &Base, number: usize) -> Result<BackupStats, Error> {
        let source = &base.sources[number];
        let options = BackupOptions { parent: self.parent, ..backup_options(&[source]) };
        let made = self.open(number).and_then(|mine| backup(&mine, &options, &Run::silent()));
        self.turns.done(number);
        made
    }

    fn forget(&self, base: &Base) {
        if let Ok(mine) = self.open(FORGETS) {
            for id in base.forgotten {
                // Dead, if it does not.
                let _forgotten = forget(&mine, &[id]);
            }
        }
        self.turns.done(FORGETS);
    }

    fn prune(&self, number: usize) -> Vec<Result<PruneStats, Error>> {
        let runs = match self.open(number) {
            Ok(mine) => (0..3).map(|_| doubles::prune(&mine)).collect(),
            Err(_) => Vec::new(),
        };
        self.turns.done(number);
        runs
    }

    /// Runs all parties to their end.
    fn run(&self, base: &Base) -> Ended {
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|number| scope.spawn(move || self.back_up(base, number)))
                .collect();
            scope.spawn(|| self.forget(base));
            let prunes: Vec<_> = (FORGETS + 1..=FORGETS + self.prunes)
                .map(|number| scope.spawn(move || self.prune(number)))
                .collect();
            let made = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
            let pruned = prunes.into_iter().flat_map(|prune| prune.join().unwrap()).collect();
            Ended { made, pruned }
        })
    }
}

/// How backups and prunes ended.
struct Ended {
    made: Vec<Result<BackupStats, Error>>,
    pruned: Vec<Result<PruneStats, Error>>,
}

fn one_schedule(base: &Base, seed: u64, tally: &mut Tally) {
    let schedule = Schedule::new(base, seed);
    let dies = schedule.dies;
    tally.killed += u64::from(dies);
    let Ended { made, pruned } = schedule.run(base);
    let mut expected = base.kept.clone();
    for (number, made) in made.into_iter().enumerate() {
        match made {
            Ok(stats) => {
                let place = (base.sources[number].clone(), base.trees[number].clone());
                expected.insert(stats.snapshot.unwrap(), place);
            }
            Err(error) => {
                let is_fenced = matches!(error, Error::Store(gleaner_store::Error::Fenced));
                assert!(is_fenced || error.kind() == ErrorKind::Retry || dies, "{seed}: {error}");
                tally.backups_refused += 1;
            }
        }
    }
    for result in pruned {
        match result {
            Ok(stats) => {
                tally.fenced += stats.sessions_fenced;
                tally.rescued += stats.packs_rescued;
                tally.deleted += stats.packs_deleted;
            }
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::Corrupt, "seed {seed}: {error}");
                let is_fenced = matches!(error, Error::Store(gleaner_store::Error::Fenced));
                let is_typed = matches!(error.kind(), ErrorKind::Retry | ErrorKind::Locked);
                assert!(
                    is_typed || is_fenced || dies || schedule.prunes > 1,
                    "seed {seed}: {error}"
                );
                tally.prunes_refused += 1;
            }
        }
    }
    verify(&schedule.storage, base, expected, dies, seed);
}

/// What was acknowledged is there, now and after more runs that nothing disturbs.
fn verify(
    storage: &MemoryStorage,
    base: &Base,
    mut expected: BTreeMap<SnapshotId, (PathBuf, Tree)>,
    dies: bool,
    seed: u64,
) {
    let fresh = open(Arc::new(storage.clone()), seed | 1 << 50).unwrap();
    let case = format!("seed {seed}");
    for snapshot in fresh.snapshots().unwrap().snapshots {
        // Whoever died may have committed, or not forgotten everything.
        let place = place_of(base, &snapshot.roots[0]);
        if let (true, Some(place)) = (dies && !expected.contains_key(&snapshot.id), place) {
            expected.insert(snapshot.id, place);
        } else if dies && base.forgotten.contains(&snapshot.id) {
            forget(&fresh, &[snapshot.id]).unwrap();
        }
    }
    assert_restores(&fresh, &expected, &case);
    for run in 0..3 {
        doubles::prune(&fresh).unwrap_or_else(|error| panic!("{case}: {error}"));
        let reopened = open(Arc::new(storage.clone()), seed | run << 51).unwrap();
        assert_restores(&reopened, &expected, &case);
    }
    let mut errors = 0;
    check(&fresh, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
        errors += u64::from(finding.severity == Severity::Error);
    })
    .unwrap();
    assert_eq!(errors, 0, "{case}");
}

fn place_of(base: &Base, root: &[u8]) -> Option<(PathBuf, Tree)> {
    let root = String::from_utf8(root.to_vec()).unwrap();
    let number = base.sources.iter().position(|source| source == Path::new(&root))?;
    Some((base.sources[number].clone(), base.trees[number].clone()))
}

#[test]
fn no_order_of_calls_loses_what_was_acknowledged() {
    let base = Base::new();
    let seeds = Seeds::of_quick_run(400);
    let mut tally = Tally::default();
    let mut schedules = 0;
    seeds.run(|seed| {
        one_schedule(&base, seed, &mut tally);
        schedules += 1;
    });
    println!("{} (R13): {tally:?}", seeds.counted(schedules, "schedules"));
    if schedules >= 400 {
        // Schedules that show none of these would prove nothing.
        assert!(tally.backups_refused > 0 && tally.fenced > 0 && tally.killed > 0, "{tally:?}");
        assert!(tally.deleted > 0 && tally.rescued > 0, "{tally:?}");
    }
}
