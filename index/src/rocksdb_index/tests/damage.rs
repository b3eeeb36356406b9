//! Goal: damage to any file of the index is noticed, or harmless. Method: an index that was opened
//! several times, with packs in tables and in the WAL; each file is cut, flipped or deleted in a
//! copy, which is then opened, asked and written to. If it fails, a backup refers to a chunk that
//! is not where it says, or `prune` deletes what it takes for unknown.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gleaner_chunker::ErrorKind;
use tempfile::TempDir;

use super::sample::{
    Found, REPOSITORY, assert_never_wrong, content, insert_all, open, packs_of, rebuild, refusal,
};
use crate::chunk_index::ChunkIndex;
use crate::conformance::{Seeded, live};
use crate::error::{Damage, Error};

const PACKS: u64 = 10;

/// Three times opened: packs 1-4 and 5-8 in tables, 9 and 10 in the WAL.
fn sample() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=4);
    insert_all(&open(&dir).unwrap(), 5..=8);
    insert_all(&open(&dir).unwrap(), 9..=10);
    (folder, dir)
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    fs::read_dir(dir).unwrap().map(|entry| file(entry.unwrap())).collect()
}

/// Kinds of files that matter; the others are written for people.
fn kind(name: &str) -> Option<&'static str> {
    let kinds =
        [("CURRENT", "CURRENT"), ("MANIFEST", "MANIFEST"), (".sst", "table"), (".log", "WAL")];
    kinds.iter().find(|(part, _)| name.contains(part)).map(|(_, kind)| *kind)
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Refused,
    Opened(Found),
}

/// Opens a copy with one file changed (`None`: deleted).
fn outcome(files: &BTreeMap<String, Vec<u8>>, name: &str, bytes: Option<&[u8]>) -> Outcome {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    fs::create_dir(&dir).unwrap();
    for (other, content) in files {
        let content = if other == name { bytes } else { Some(&content[..]) };
        if let Some(content) = content {
            fs::write(dir.join(other), content).unwrap();
        }
    }
    let index = match open(&dir) {
        Ok(index) => index,
        Err(error) => {
            assert!(error.wants_rebuild(), "{name}: {error:?}");
            return Outcome::Refused;
        }
    };
    let found = assert_never_wrong(&index, PACKS);
    // New packs get ordinals that lost ones may have had.
    for number in PACKS + 1..=PACKS + 4 {
        let ids = content(number);
        if let Err(error) = index.insert_pack(live(number, &ids), &ids) {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{name}: {error:?}");
            break;
        }
    }
    assert_never_wrong(&index, PACKS + 4);
    Outcome::Opened(found)
}

fn whole() -> Outcome {
    let chunks = usize::try_from(PACKS * 40 + 8).unwrap();
    Outcome::Opened(Found { packs: 10, stored: chunks, failed: 0 })
}

#[test]
fn undamaged_copy_is_whole() {
    let (_folder, dir) = sample();
    let files = files(&dir);
    for kind_wanted in ["CURRENT", "MANIFEST", "table", "WAL"] {
        assert!(files.keys().any(|name| kind(name) == Some(kind_wanted)), "{:?}", files.keys());
    }
    assert_eq!(outcome(&files, "", None), whole());
}

#[test]
fn deleted_files_are_noticed_or_take_whole_packs() {
    let (_folder, dir) = sample();
    let files = files(&dir);
    for name in files.keys() {
        let outcome = outcome(&files, name, None);
        match kind(name) {
            Some("WAL") => assert_ne!(outcome, whole(), "{name}"),
            Some(_) => assert_eq!(outcome, Outcome::Refused, "{name}"),
            None => assert_eq!(outcome, whole(), "{name}"),
        }
    }
}

#[test]
fn truncated_files_are_noticed_or_take_whole_packs() {
    let (_folder, dir) = sample();
    let files = files(&dir);
    for (name, bytes) in &files {
        let stride = match kind(name) {
            None => continue,
            Some("CURRENT") => 1,
            Some("MANIFEST") => bytes.len() / 60,
            Some("WAL") => bytes.len() / 30,
            Some(_) => bytes.len() / 8,
        };
        let lengths = (0..bytes.len()).step_by(stride.max(1)).chain([1, bytes.len() - 1]);
        for length in lengths {
            let outcome = outcome(&files, name, Some(&bytes[..length]));
            match kind(name) {
                Some("table" | "CURRENT") => {
                    assert_eq!(outcome, Outcome::Refused, "{name} {length}");
                }
                Some("WAL") => assert_ne!(outcome, whole(), "{name} {length}"),
                // Its last records may say nothing about packs.
                _ => {}
            }
        }
    }
}

#[test]
fn flipped_bits_are_noticed_or_harmless() {
    let (_folder, dir) = sample();
    let files = files(&dir);
    let mut seeded = Seeded::new(4);
    let mut noticed: BTreeMap<_, u32> = BTreeMap::new();
    for (name, bytes) in &files {
        let Some(kind) = kind(name) else { continue };
        let stride = if kind == "CURRENT" { 1 } else { bytes.len() as u64 / 40 };
        let mut at = seeded.below(stride);
        while let Some(offset) = usize::try_from(at).ok().filter(|offset| *offset < bytes.len()) {
            let mut changed = bytes.clone();
            changed[offset] ^= 1 << seeded.below(8);
            if outcome(&files, name, Some(&changed)) != whole() {
                *noticed.entry(kind).or_default() += 1;
            }
            at += 1 + seeded.below(2 * stride);
        }
    }
    assert!(noticed.len() == 4 && noticed.values().all(|&count| count >= 10), "{noticed:?}");
}

/// One bit in the first rows of the largest table.
fn flip_in_first_block(dir: &Path) {
    let (name, mut bytes) = files(dir)
        .into_iter()
        .filter(|(name, _)| kind(name) == Some("table"))
        .max_by_key(|(_, bytes)| bytes.len())
        .unwrap();
    bytes[100] ^= 1;
    fs::write(dir.join(name), bytes).unwrap();
}

#[test]
fn damage_that_only_a_lookup_or_an_insert_meets_asks_for_a_rebuild_at_the_next_opening() {
    for meets_by_insert in [false, true] {
        let folder = TempDir::new().unwrap();
        let dir = folder.path().join("index");
        drop(rebuild(&dir, REPOSITORY, packs_of(1..=PACKS)).unwrap());
        flip_in_first_block(&dir);
        let index = open(&dir).unwrap();
        if meets_by_insert {
            // A backup stores again what it cannot look up, and its pack comes in.
            let ids: Vec<_> = (1..=PACKS).flat_map(content).collect();
            index.insert_pack(live(PACKS + 1, &ids), &ids).unwrap();
        } else {
            let found = assert_never_wrong(&index, PACKS);
            assert!(found.failed > 0, "{found:?}");
        }
        drop(index);
        let error = refusal(&dir);
        assert!(matches!(error, Error::Damaged(Damage::Marked)), "{error:?}");
        assert!(error.wants_rebuild());
        let index = rebuild(&dir, REPOSITORY, packs_of(1..=PACKS)).unwrap();
        assert_eq!(assert_never_wrong(&index, PACKS).failed, 0);
        drop(index);
        open(&dir).unwrap();
    }
}
