//! Goal: a process that is killed at any moment loses nothing that it reported, and the next one
//! goes on (RELIABILITY section 8, R6).
//!
//! Method: this test binary starts itself as a child that backs up in a loop, reports each
//! snapshot, and forgets and prunes after every second; the parent keeps the ledger, kills the
//! child with SIGKILL at seeded random moments, and reads every reported snapshot. With RocksDB
//! the index is a real one on disk. If this fails, pulling the plug costs a user a backup that he
//! was told he had.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gleaner_engine::{Environment, IndexPlace, PruneOptions, Repository, Run, forget};
use gleaner_store::SeededRandom;
use gleaner_tests::engine_doubles::{
    Tree, back_up, credential, encrypted, prune_options, seeded_tree, snapshot_files, snapshot_of,
    write_tree,
};
use gleaner_tests::seeds::Seeds;

const FOLDER: &str = "GLEANER_KILL_LOOP_FOLDER";
const FIRST: &str = "GLEANER_KILL_LOOP_FIRST";

/// A seed is a new repository and so many kills, so that the ledger stays readable in time.
const KILLS_PER_REPOSITORY: u64 = 20;
/// A child lives for at most so many microseconds after its last awaited report: a prune and a
/// backup.
const THEN_US_MAX: u64 = 40_000;

/// The content of the source at a backup: mostly the same, and one file with its number.
pub(super) fn tree(number: u64) -> Tree {
    let mut tree = seeded_tree(1, 8, 20_000);
    tree.extend(seeded_tree(number, 2, 60_000));
    tree.insert(b"number".to_vec(), number.to_string().into_bytes());
    tree
}

pub(super) fn repository(folder: &Path) -> Repository {
    let index = IndexPlace::CacheDir(folder.join("cache"));
    let place = folder.join("repository");
    if place.exists() {
        return Repository::open(Environment::local(&place, index).unwrap(), &credential())
            .unwrap();
    }
    Repository::create(Environment::create_local(&place, index).unwrap(), &encrypted()).unwrap()
}

/// Not a test: the body of the child process. Ends at once when nobody asked for it.
#[test]
fn child_backs_up_until_it_is_killed() {
    let (Some(folder), Some(first)) = (std::env::var_os(FOLDER), std::env::var_os(FIRST)) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let first: u64 = first.to_str().unwrap().parse().unwrap();
    let repository = repository(&folder);
    println!("\nopen");
    for number in first.. {
        write_tree(&folder.join("source"), &tree(number));
        let stats = back_up(&repository, &folder.join("source")).unwrap();
        println!("\nmade {} {number} .", stats.snapshot.unwrap());
        if number.is_multiple_of(2) {
            forget_and_prune(&repository);
        }
    }
}

/// Forgets the oldest snapshot of several, and prunes.
fn forget_and_prune(repository: &Repository) {
    let list = repository.snapshots().unwrap().snapshots;
    if list.len() > 2 {
        println!("\nforgetting {} .", list[0].id);
        forget(repository, &[list[0].id]).unwrap();
    }
    // Whoever held a lease before this process was killed.
    let options = PruneOptions { is_dead: &|_| true, ..prune_options() };
    gleaner_engine::prune(repository, &options, &Run::silent(), &mut |_| {}).unwrap();
}

/// Hands on what a child reports, line by line; the channel closes when it is dead.
fn reports(stdout: std::process::ChildStdout) -> Receiver<String> {
    let (sender, reports) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    reports
}

/// When a child is killed: so many reports after its start, and then at most so much later.
pub(super) struct Life {
    pub(super) reports: u64,
    pub(super) then: Duration,
}

/// Runs a child from a backup number on and kills it after a while; what it reported goes into the
/// ledger.
pub(super) fn run_and_kill(
    folder: &Path,
    first: u64,
    life: &Life,
    ledger: &mut BTreeMap<String, u64>,
) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill_loop::child_backs_up_until_it_is_killed", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let reports = reports(child.stdout.take().unwrap());
    let mut note = |line: &str| {
        // A line that the kill cut short is no report.
        if let ["made", id, number, "."] = line.split(' ').collect::<Vec<_>>()[..] {
            ledger.insert(id.to_owned(), number.parse().unwrap());
            return true;
        }
        if let ["forgetting", id, "."] = line.split(' ').collect::<Vec<_>>()[..] {
            ledger.remove(id);
        }
        false
    };
    while reports.recv().expect("the child opens the repository") != "open" {}
    let mut heard = 0;
    while heard < life.reports {
        let line = reports.recv().expect("the child lives until it is killed");
        heard += u64::from(note(&line));
    }
    // Somewhere in the next backup, or at its end.
    if let Ok(line) = reports.recv_timeout(life.then) {
        note(&line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in reports {
        note(&line);
    }
}

/// Reads every snapshot that was reported, and any other that is listed: whole or not there.
pub(super) fn assert_ledger(folder: &Path, ledger: &BTreeMap<String, u64>, is_last: bool) {
    let repository = repository(folder);
    let list = repository.snapshots().unwrap();
    assert!(list.damaged.is_empty(), "{:?}", list.damaged);
    let mut missing: Vec<&String> = ledger.keys().collect();
    let source = folder.join("source");
    let newest = list.snapshots.len().saturating_sub(3);
    for (position, snapshot) in list.snapshots.iter().enumerate() {
        missing.retain(|id| **id != snapshot.id.to_string());
        // All of them at the end of a repository, the newest after each kill.
        if is_last || position >= newest {
            let files = snapshot_files(&repository, snapshot, &source).unwrap();
            let number = String::from_utf8(files[&b"number"[..]].clone()).unwrap();
            let number: u64 = number.parse().unwrap();
            assert!(files == tree(number), "{} of backup {number}", snapshot.id);
            if let Some(reported) = ledger.get(&snapshot.id.to_string()) {
                assert_eq!(*reported, number);
            }
        }
    }
    assert!(missing.is_empty(), "lost: {missing:?}");
    if is_last {
        let stats = back_up(&repository, &source).unwrap();
        let snapshot = snapshot_of(&repository, &stats);
        let files = snapshot_files(&repository, &snapshot, &source).unwrap();
        assert!(files == gleaner_tests::engine_doubles::disk_files(&source));
    }
}

#[test]
fn killed_at_random_moments_every_reported_snapshot_is_whole() {
    let seeds = Seeds::of_quick_run(10);
    let (mut kills, mut reported) = (0, 0);
    seeds.run(|seed| {
        let random = SeededRandom::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = BTreeMap::new();
        repository(folder.path());
        for kill in 1..=KILLS_PER_REPOSITORY {
            let then = Duration::from_micros(random.below(THEN_US_MAX));
            let life = Life { reports: random.below(3), then };
            // No two children of a repository back up the same.
            let first = 1 + 1000 * (seed * KILLS_PER_REPOSITORY + kill);
            run_and_kill(folder.path(), first, &life, &mut ledger);
            assert_ledger(folder.path(), &ledger, kill == KILLS_PER_REPOSITORY);
            kills += 1;
        }
        assert!(!ledger.is_empty(), "no child lived long enough to report");
        reported += ledger.len();
    });
    println!("{} (R6): {reported} reported snapshots, all whole", seeds.counted(kills, "kills"));
}
