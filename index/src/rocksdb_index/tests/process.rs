//! Goal: what an insert returned survives the process, and two processes never write one index.
//! Method: this test binary starts itself as a child that runs one function here, and kills it. If
//! it fails, two backups at once destroy each other's index, or a crash makes packs half known.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};

use gleaner_chunker::ErrorKind;
use tempfile::TempDir;

use super::sample::{REPOSITORY, assert_never_wrong, insert_all, open, packs_of, rebuild, refusal};
use crate::chunk_index::ChunkIndex;
use crate::conformance::Seeded;
use crate::error::{Error, Result};
use crate::index_options::{IndexMode, IndexOptions, MemoryShares};
use crate::rocksdb_index::RocksDbIndex;
use crate::rocksdb_index::database::Database;
use crate::rocksdb_index::options::Tuning;

const FOLDER_VARIABLE: &str = "GLEANER_TEST_INDEX_FOLDER";

/// A child that runs one test. Its words come over stderr: the test harness writes to
/// stdout.
pub(super) struct Other {
    child: Child,
    words: BufReader<ChildStderr>,
    stdin: ChildStdin,
}

impl Other {
    pub(super) fn start(function: &str, dir: &Path) -> Self {
        Self::start_in("process", function, dir)
    }

    /// Starts a function of another file of these tests.
    pub(super) fn start_in(module: &str, function: &str, dir: &Path) -> Self {
        let name = format!("rocksdb_index::tests::{module}::{function}");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(FOLDER_VARIABLE, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let words = BufReader::new(child.stderr.take().unwrap());
        let stdin = child.stdin.take().unwrap();
        Self { child, words, stdin }
    }

    /// The next number that the child reports.
    pub(super) fn number(&mut self) -> u64 {
        let mut line = String::new();
        self.words.read_line(&mut line).unwrap();
        line.trim().parse().unwrap_or_else(|_| panic!("the child said {line:?}"))
    }

    /// Ends it by SIGKILL, and gives the last number that it reported.
    pub(super) fn kill(mut self, mut last: u64) -> u64 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut rest = String::new();
        self.words.read_to_string(&mut rest).unwrap();
        // The last line may be cut.
        for line in rest.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            last = line.trim().parse().unwrap();
        }
        last
    }
}

pub(super) fn folder_of_the_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from)
}

pub(super) fn report(number: u64) {
    let line = format!("{number}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Child: goes on inserting packs where the index ends.
#[test]
fn child_that_inserts() {
    let Some(dir) = folder_of_the_child() else { return };
    let index = open(&dir).unwrap();
    let next = index.packs().unwrap().len() as u64 + 1;
    for number in next.. {
        insert_all(&index, [number]);
        if number % 7 == 0 {
            index.checkpoint().unwrap();
        }
        report(number);
    }
}

/// Child: rebuilds from packs without end.
#[test]
fn child_that_rebuilds() {
    let Some(dir) = folder_of_the_child() else { return };
    let packs = packs_of(1..).zip(1..).map(|(pack, number)| {
        report(number);
        pack
    });
    let rebuilt: Result<_> = rebuild(&dir, REPOSITORY, packs);
    unreachable!("{rebuilt:?}");
}

/// Child: holds the index until its input ends.
#[test]
fn child_that_holds() {
    let Some(dir) = folder_of_the_child() else { return };
    let _index = open(&dir).unwrap();
    report(1);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn killed_process_leaves_whole_packs_and_all_that_returned() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let mut seeded = Seeded::new(9);
    let mut packs = 0;
    for round in 0..12 {
        let mut other = Other::start("child_that_inserts", &dir);
        let mut last = packs;
        for _ in 0..seeded.below(30) {
            last = other.number();
        }
        last = other.kill(last);

        let index = open(&dir).unwrap();
        let found = assert_never_wrong(&index, last + 2);
        packs = found.packs as u64;
        // One more may have been written and not yet reported. With the check above: the packs
        // are exactly the first ones.
        assert!(packs == last || packs == last + 1, "round {round}: {last} returned, {found:?}");
        assert_eq!(found.failed, 0);
        let mut known: Vec<_> = (1..=packs).map(crate::conformance::pack).collect();
        known.sort();
        let listed: Vec<_> = index.packs().unwrap().into_iter().map(|facts| facts.pack).collect();
        assert_eq!(listed, known, "a prefix");
    }
    assert!(packs > 50, "the children did something");
}

#[test]
fn killed_rebuild_leaves_the_old_index() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    for reports in [1, 40] {
        let mut other = Other::start("child_that_rebuilds", &dir);
        for _ in 0..reports {
            other.number();
        }
        other.kill(0);
        assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
    }
}

#[test]
fn index_held_by_another_process_is_locked() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    let mut other = Other::start("child_that_holds", &dir);
    assert_eq!(other.number(), 1);

    let rebuilt = rebuild(&dir, REPOSITORY, packs_of(1..=1)).map(drop);
    let refusals =
        [refusal(&dir), rebuilt.unwrap_err(), RocksDbIndex::move_aside(&dir).unwrap_err()];
    for error in refusals {
        assert!(matches!(error, Error::Locked { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!(!error.wants_rebuild());
    }
    let shares = MemoryShares::new(IndexOptions::MEMORY_BYTES_MIN, 0);
    let tuning = Tuning::new(IndexMode::Exact, &shares);
    // The second net, should the lock file be deleted: RocksDB's own lock.
    let error = Database::open(&dir, &REPOSITORY, &tuning).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");

    drop(other.stdin);
    assert!(other.child.wait().unwrap().success());
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
}

#[test]
fn index_open_twice_in_one_process_is_locked() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let index = open(&dir).unwrap();
    assert!(matches!(refusal(&dir), Error::Locked { .. }));
    let shares = MemoryShares::new(IndexOptions::MEMORY_BYTES_MIN, 0);
    let tuning = Tuning::new(IndexMode::Exact, &shares);
    let error = Database::open(&dir, &REPOSITORY, &tuning).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
    drop(index);
    open(&dir).unwrap();
}
