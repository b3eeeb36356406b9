//! Goal: SIGKILL at any moment of opening, inserting, a checkpoint or a rebuild loses no chunk of a
//! pack whose insert returned, and never makes an answer wrong. Method: over 500 children, killed
//! after a random time; after each kill every chunk is asked for and compared with the model, which
//! is that the packs are the first ones in their order. If it fails, a crash during a backup makes
//! a later one refer to chunks that are not where it says.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use super::process::{Other, folder_of_the_child, report};
use super::sample::{ContentsOf, Found, REPOSITORY, assert_never_wrong_of, content_of};
use crate::chunk_index::{ChunkIndex, Lookup};
use crate::conformance::{Seeded, live, pack};
use crate::error::Error;
use crate::index_options::IndexOptions;
use crate::rocksdb_index::rebuild::SPILL_BYTES;
use crate::rocksdb_index::{Opening, RocksDbIndex};

/// Kills in each of the three tests.
const KILLS: u64 = 170;

/// Kills that one index survives before the next begins.
const KILLS_PER_INDEX: u64 = 12;

/// The filter is written at nearly every checkpoint.
const SMALL_PACK: u64 = 40;

/// A write buffer is flushed after ten of them, so that compactions run too.
const LARGE_PACK: u64 = 2000;

const REBUILT_PACK: u64 = 300;

/// As many chunks as a pack of 64 MiB has.
const SERVER_PACK: u64 = 1024;

fn opening(pack_chunks: u64) -> Opening {
    let memory_bytes = IndexOptions::MEMORY_BYTES_MIN;
    let options = IndexOptions { memory_bytes, ..IndexOptions::default() };
    Opening::new(REPOSITORY, &options, Arc::new(ContentsOf(pack_chunks)))
}

fn open(dir: &Path, pack_chunks: u64) -> RocksDbIndex {
    opening(pack_chunks).open(dir).unwrap()
}

fn insert_without_end(pack_chunks: u64, packs_per_checkpoint: u64) {
    let Some(dir) = folder_of_the_child() else { return };
    let index = open(&dir, pack_chunks);
    let next = index.packs().unwrap().len() as u64 + 1;
    for number in next.. {
        let ids = content_of(pack_chunks, number);
        index.insert_pack(live(number, &ids), &ids).unwrap();
        report(number);
        if number % packs_per_checkpoint == 0 {
            index.checkpoint().unwrap();
        }
    }
}

/// Child.
#[test]
fn child_with_small_packs_and_many_checkpoints() {
    insert_without_end(SMALL_PACK, 3);
}

/// Child.
#[test]
fn child_with_large_packs() {
    insert_without_end(LARGE_PACK, 20);
}

/// Child: replaces the index by one with a pack more, without end, by turns through files.
#[test]
fn child_that_replaces() {
    let Some(dir) = folder_of_the_child() else { return };
    let next = open(&dir, REBUILT_PACK).packs().unwrap().len() as u64 + 1;
    for count in next.. {
        let packs = (1..=count).map(|number| {
            let ids = content_of(REBUILT_PACK, number);
            Ok::<_, Error>((live(number, &ids), ids))
        });
        let spill_bytes = if count % 2 == 0 { 20_000 } else { SPILL_BYTES };
        let opening = Opening { spill_bytes, ..opening(REBUILT_PACK) };
        drop(opening.rebuild(&dir, packs).unwrap());
        report(count);
    }
}

/// Child: a server's budget, whose write buffers hold a million rows, and no checkpoint.
#[test]
fn child_with_large_write_buffers() {
    let Some(dir) = folder_of_the_child() else { return };
    let index = server_opening().open(&dir).unwrap();
    for number in 1.. {
        let ids = content_of(SERVER_PACK, number);
        index.insert_pack(live(number, &ids), &ids).unwrap();
        report(number);
    }
}

fn server_opening() -> Opening {
    let options = IndexOptions { memory_bytes: 768 << 20, ..IndexOptions::default() };
    Opening::new(REPOSITORY, &options, Arc::new(ContentsOf(SERVER_PACK)))
}

/// Bytes of the logs that RocksDB has to read again when it opens.
fn log_bytes(dir: &Path) -> u64 {
    let mut bytes = 0;
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "log") {
                // One that is gone by now is not read again.
                bytes += entry.metadata().map_or(0, |metadata| metadata.len());
            }
        }
    }
    bytes
}

/// Says how long the opening took: a number for a record, not a claim.
#[test]
#[expect(clippy::print_stdout, reason = "what the test is run for by hand")]
fn kill_with_much_in_the_log_loses_no_pack() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let mut other = Other::start_in("kills", "child_with_large_write_buffers", &dir);
    let mut last = other.number();
    while log_bytes(&dir) < 16 << 20 {
        last = other.number();
    }
    let last = other.kill(last);
    let log = log_bytes(&dir);
    assert!(log >= 16 << 20, "a flush came between, and {log} bytes are left");
    let clock = std::time::Instant::now();
    let index = server_opening().open(&dir).unwrap();
    println!("{last} packs, {} MiB of log: opened in {:?}", log >> 20, clock.elapsed());
    assert!(index.packs().unwrap().len() as u64 >= last);
    for number in [1, last / 2, last] {
        let ids = content_of(SERVER_PACK, number);
        let answers = index.lookup_batch(&ids);
        assert!(answers.iter().all(|answer| matches!(answer, Lookup::Stored(_))), "pack {number}");
    }
}

/// Kills children that add packs, and checks what each left.
fn kill_often(child: &str, pack_chunks: u64, seed: u64) {
    let mut seeded = Seeded::new(seed);
    let (mut folder, mut packs) = (TempDir::new().unwrap(), 0);
    let (mut idle, mut busy) = (0, 0);
    for kill in 0..KILLS {
        if kill % KILLS_PER_INDEX == 0 {
            (folder, packs) = (TempDir::new().unwrap(), 0);
        }
        let dir = folder.path().join("index");
        let mut other = Other::start_in("kills", child, &dir);
        let mut last = packs;
        // One in two is killed at work, however long this machine takes to start it.
        if seeded.below(2) == 0 {
            last = other.number();
        }
        sleep(Duration::from_micros(seeded.below(50_000)));
        last = other.kill(last);
        let place = format!("seed {seed}, kill {kill}: {last} packs returned");
        if last == packs {
            idle += 1;
        } else {
            busy += 1;
        }

        let index = open(&dir, pack_chunks);
        let found = assert_never_wrong_of(pack_chunks, &index, last + 1);
        // One more may be in and not reported.
        packs = found.packs as u64;
        assert!(packs == last || packs == last + 1, "{place}: {found:?}");
        let mut first: Vec<_> = (1..=packs).map(pack).collect();
        first.sort();
        let listed: Vec<_> = index.packs().unwrap().iter().map(|facts| facts.pack).collect();
        assert_eq!(listed, first, "{place}: the first ones");
        // All of the packs, and those that the next one would share.
        let chunks = pack_chunks * packs + pack_chunks / 5 * packs.min(1);
        let all = Found { stored: usize::try_from(chunks).unwrap(), failed: 0, ..found };
        assert_eq!(found, all, "{place}");
    }
    assert!(busy >= KILLS / 4, "seed {seed}: {idle} killed before work, {busy} at work");
}

#[test]
fn kills_beside_many_checkpoints_lose_no_chunk() {
    kill_often("child_with_small_packs_and_many_checkpoints", SMALL_PACK, 1);
}

#[test]
fn kills_beside_flushes_of_large_packs_lose_no_chunk() {
    kill_often("child_with_large_packs", LARGE_PACK, 2);
}

#[test]
fn kills_during_rebuilds_leave_the_old_index_or_the_new_one() {
    kill_often("child_that_replaces", REBUILT_PACK, 3);
}
