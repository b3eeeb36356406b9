//! Goal: a process that backs up, forgets, prunes and checks for hours, beside others that are
//! killed, needs as many descriptors and as much memory at the end as at the beginning
//! (RELIABILITY section 8, R21).
//!
//! Method: this test binary starts itself as a process that does so and looks at itself in `/proc`
//! after each round; `GLEANER_SOAK_SECONDS` says for how long. If this fails, a backup service dies
//! in its second week.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use gleaner_engine::{CheckOptions, PruneOptions, Repository, Run, Severity, check, forget};
use gleaner_store::SeededRandom;
use gleaner_tests::engine_doubles::{back_up, prune_options, write_tree};
use gleaner_tests::seeds::Seeds;

use super::kill_loop::{Life, assert_ledger, repository, run_and_kill, tree};

const FOLDER: &str = "GLEANER_SOAK_FOLDER";
const SEED: &str = "GLEANER_SOAK_SEED";
const SECONDS: &str = "GLEANER_SOAK_SECONDS";
/// The index fills its caches first, up to its budget: a minute or two, as measured.
const SECONDS_OF_A_STEADY_RUN: u64 = 240;
const SECONDS_OF_QUICK_RUN: u64 = 10;

const SNAPSHOTS_MAX: usize = 6;
/// Rounds from one killed process to the next, and from one check to the next.
const KILL_EVERY: u64 = 3;
const CHECK_EVERY: u64 = 8;
/// What an allocator and caches may have grown by from one third of the rounds to the next.
const GROWTH_BYTES_MAX: u64 = 16 << 20;

/// What a process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    descriptors: u64,
    resident_bytes: u64,
}

impl Held {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count() as u64;
        Self { descriptors, resident_bytes: kib << 10 }
    }

    /// The most of several.
    fn most(all: &[Self]) -> Self {
        let descriptors = all.iter().map(|held| held.descriptors).max().unwrap();
        let resident_bytes = all.iter().map(|held| held.resident_bytes).max().unwrap();
        Self { descriptors, resident_bytes }
    }
}

/// A repository in use, and what was reported of it.
struct Soak {
    folder: PathBuf,
    repository: Repository,
    random: SeededRandom,
    ledger: BTreeMap<String, u64>,
    kills: u64,
    checks: u64,
    logical_bytes: u64,
}

impl Soak {
    fn round(&mut self, round: u64) {
        let number = 1 + 1000 * round;
        let content = tree(number);
        write_tree(&self.folder.join("source"), &content);
        let stats = back_up(&self.repository, &self.folder.join("source")).unwrap();
        self.ledger.insert(stats.snapshot.unwrap().to_string(), number);
        self.logical_bytes += content.values().map(|bytes| bytes.len() as u64).sum::<u64>();
        if round % KILL_EVERY == KILL_EVERY - 1 {
            let then = Duration::from_micros(self.random.below(40_000));
            let life = Life { reports: self.random.below(2), then };
            run_and_kill(&self.folder, number + 1, &life, &mut self.ledger);
            self.kills += 1;
        }
        self.forget_and_prune();
        if round % CHECK_EVERY == CHECK_EVERY - 1 {
            self.check();
        }
    }

    fn forget_and_prune(&mut self) {
        let list = self.repository.snapshots().unwrap().snapshots;
        let surplus = list.len().saturating_sub(SNAPSHOTS_MAX);
        let old: Vec<_> = list.iter().take(surplus).map(|snapshot| snapshot.id).collect();
        forget(&self.repository, &old).unwrap();
        for id in old {
            self.ledger.remove(&id.to_string());
        }
        // Whoever else held a lease was killed.
        let options = PruneOptions { is_dead: &|_| true, ..prune_options() };
        gleaner_engine::prune(&self.repository, &options, &Run::silent(), &mut |_| {}).unwrap();
    }

    fn check(&mut self) {
        let mut errors = Vec::new();
        check(&self.repository, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
            if finding.severity == Severity::Error {
                errors.push(format!("{:?} {}", finding.code, finding.message));
            }
        })
        .unwrap();
        assert_eq!(errors, Vec::<String>::new());
        assert_ledger(&self.folder, &self.ledger, false);
        self.checks += 1;
    }
}

/// Not a test: the body of the process that soaks. Ends at once when nobody asked for it.
#[test]
fn process_soaks() {
    let (Some(folder), Ok(seed)) = (std::env::var_os(FOLDER), std::env::var(SEED)) else { return };
    let seconds = std::env::var(SECONDS).map_or(SECONDS_OF_QUICK_RUN, |s| s.parse().unwrap());
    let folder = PathBuf::from(folder);
    let mut soak = Soak {
        repository: repository(&folder),
        folder,
        random: SeededRandom::new(seed.parse().unwrap()),
        ledger: BTreeMap::new(),
        kills: 0,
        checks: 0,
        logical_bytes: 0,
    };
    let (began, mut held) = (Instant::now(), Vec::new());
    while began.elapsed() < Duration::from_secs(seconds) || held.len() < 12 {
        soak.round(held.len() as u64);
        held.push(Held::now());
    }
    soak.check();
    let rounds = held.len();
    let (before, after) =
        (Held::most(&held[rounds / 3..rounds * 2 / 3]), Held::most(&held[rounds * 2 / 3..]));
    let Soak { kills, checks, logical_bytes, .. } = soak;
    println!("\nsoaked {rounds} rounds: {kills} kills, {checks} checks, {logical_bytes} bytes");
    println!("held {before:?}, then {after:?}");
    assert!(after.descriptors <= before.descriptors, "{before:?} {after:?}");
    if seconds >= SECONDS_OF_A_STEADY_RUN {
        assert!(
            after.resident_bytes <= before.resident_bytes + GROWTH_BYTES_MAX,
            "{before:?} {after:?}"
        );
    }
}

/// Starts the process that soaks; returns its rounds.
fn soaked(folder: &Path, seed: u64) -> u64 {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["soak::process_soaks", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&ran.stderr));
    let of = |word: &str| stdout.lines().find(|line| line.starts_with(word)).unwrap();
    println!("\n{}; {}", of("soaked "), of("held "));
    of("soaked ").split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn process_holds_as_much_after_many_rounds_as_before() {
    let seeds = Seeds::of_quick_run(1);
    let mut rounds = 0;
    seeds.run(|seed| {
        let folder = tempfile::tempdir().unwrap();
        rounds += soaked(folder.path(), seed);
    });
    println!("{} (R21)", seeds.counted(rounds, "rounds of a soak"));
}
