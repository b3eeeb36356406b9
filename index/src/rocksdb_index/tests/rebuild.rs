//! Goal: building, replacing and removing an index are all or nothing. If it fails, a kill leaves
//! half an index that looks whole.

use std::fs;

use tempfile::TempDir;

use super::sample::{
    REPOSITORY, assert_never_wrong, content, insert_all, open, open_of, packs_of, rebuild, refusal,
};
use crate::chunk_index::{ChunkIndex, Lookup};
use crate::conformance::{live, pack};
use crate::error::Error;
use crate::memory_index::MemoryIndex;
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::RocksDbIndex;

#[test]
fn rebuilt_index_answers_as_one_that_grew() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let grown = MemoryIndex::new();
    insert_all(&grown, 1..=30);
    let rebuilt = rebuild(&dir, REPOSITORY, packs_of(1..=30)).unwrap();
    let asked: Vec<_> = (0..=31).flat_map(content).collect();
    let is_stored = |index: &dyn ChunkIndex| -> Vec<bool> {
        let answers = index.lookup_batch(&asked);
        answers.iter().map(|answer| matches!(answer, Lookup::Stored(_))).collect()
    };
    assert_eq!(is_stored(&rebuilt), is_stored(&grown));
    assert_never_wrong(&rebuilt, 30);
    assert_eq!(rebuilt.packs().unwrap(), grown.packs().unwrap());

    insert_all(&rebuilt, 31..=31);
    drop(rebuilt);
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 31).packs, 31);
}

#[test]
fn rebuild_keeps_states() {
    let folder = TempDir::new().unwrap();
    let ids = content(1);
    let facts = PackFacts { state: PackState::Condemned, ..live(1, &ids) };
    let packs = [Ok::<_, Error>((facts, ids.clone()))];
    let index = rebuild(&folder.path().join("i"), REPOSITORY, packs).unwrap();
    assert_eq!(index.packs().unwrap(), [facts]);
    assert!(index.lookup_batch(&ids).into_iter().all(|answer| answer == Lookup::Novel));
}

#[test]
fn rebuild_replaces_a_damaged_index_and_one_of_another_repository() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    fs::write(dir.join("CURRENT"), "").unwrap();
    assert!(refusal(&dir).wants_rebuild());
    let index = rebuild(&dir, REPOSITORY, packs_of(1..=2)).unwrap();
    assert_eq!(assert_never_wrong(&index, 3).packs, 2);
    drop(index);

    assert!(open_of(&dir, [1; 32]).unwrap_err().wants_rebuild());
    drop(rebuild(&dir, [1; 32], packs_of([])).unwrap());
    assert!(matches!(refusal(&dir), Error::WrongRepository { .. }));
}

#[test]
fn failed_rebuild_leaves_the_old_index() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    let unreadable = || Error::UnknownPack { pack: pack(9) };
    let packs = packs_of(1..=2).chain([Err(unreadable())]);
    let error = rebuild(&dir, REPOSITORY, packs).unwrap_err();
    assert!(matches!(error, Error::UnknownPack { .. }), "the iterator's own error");
    let wrong = [Ok::<_, Error>((live(1, &[]), content(1)))];
    let error = rebuild(&dir, REPOSITORY, wrong).unwrap_err();
    assert!(matches!(error, Error::ChunkCount { .. }));
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
    assert_eq!(names(&folder), ["index", "index.lock"]);
}

#[test]
fn leftovers_of_interrupted_holders_are_cleared() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let leave = || {
        for name in ["index.new", "index.old"] {
            fs::create_dir_all(folder.path().join(name).join("deeper")).unwrap();
            fs::write(folder.path().join(name).join("CURRENT"), "half").unwrap();
        }
    };
    leave();
    let index = open(&dir).unwrap();
    assert_eq!(index.packs().unwrap(), [], "interrupted before the first index");
    insert_all(&index, 1..=2);
    drop(index);
    leave();
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 2).packs, 2);
    assert_eq!(names(&folder), ["index", "index.lock"]);
    leave();
    let index = rebuild(&dir, REPOSITORY, packs_of(1..=1)).unwrap();
    assert_eq!(assert_never_wrong(&index, 2).packs, 1);
    assert_eq!(names(&folder), ["index", "index.lock"]);
}

#[test]
fn moved_aside_index_is_gone_and_the_next_is_empty() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("cache").join("index");
    RocksDbIndex::move_aside(&dir).unwrap();
    insert_all(&open(&dir).unwrap(), 1..=2);
    RocksDbIndex::move_aside(&dir).unwrap();
    assert!(!dir.exists());
    let index = open(&dir).unwrap();
    assert_eq!(index.packs().unwrap(), []);
    assert_eq!(index.lookup_batch(&content(1)[..1]), [Lookup::Novel]);
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
