//! Goal: building, replacing and removing an index are all or nothing. If it fails, a kill leaves
//! half an index that looks whole.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, ErrorKind};
use rocksdb::{DB, IteratorMode, Options};
use tempfile::TempDir;

use super::sample::{
    ContentsOf, REPOSITORY, assert_never_wrong, content, content_of, insert_all, open, open_of,
    packs_of, rebuild, refusal,
};
use crate::chunk_index::{ChunkIndex, Lookup};
use crate::conformance::{live, pack};
use crate::error::{Error, Result};
use crate::id_filter::IdFilter;
use crate::index_options::IndexOptions;
use crate::locked_folder::LockedFolder;
use crate::memory_index::MemoryIndex;
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::rebuild::SPILL_BYTES;
use crate::rocksdb_index::{Opening, REBUILD_FOLDER, RocksDbIndex};

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

/// Fifty packs of four hundred chunks, each with eighty of the one before.
fn larger_packs() -> impl Iterator<Item = Result<(PackFacts, Vec<ChunkId>)>> {
    (1..=50).map(|number| {
        let ids = content_of(400, number);
        Ok((live(number, &ids), ids))
    })
}

/// All rows, in their order.
fn rows(dir: &Path) -> Vec<[Box<[u8]>; 2]> {
    let names = ["default", "chunk", "pack", "meta"];
    let database = DB::open_cf_for_read_only(&Options::default(), dir, names, false).unwrap();
    let rows = |name| {
        let family = database.cf_handle(name).unwrap();
        database.iterator_cf(family, IteratorMode::Start).map(|row| row.unwrap().into())
    };
    rows("chunk").chain(rows("pack")).chain(rows("meta")).collect()
}

fn opening() -> Opening {
    Opening::new(REPOSITORY, &IndexOptions::default(), Arc::new(ContentsOf(400)))
}

#[test]
fn rebuild_through_files_gives_the_rows_of_one_in_memory() {
    let folder = TempDir::new().unwrap();
    let rows_with = |spill_bytes: usize| {
        let dir = folder.path().join(spill_bytes.to_string());
        let opening = Opening { spill_bytes, ..opening() };
        drop(opening.rebuild(&dir, larger_packs()).unwrap());
        rows(&dir)
    };
    let in_memory = rows_with(SPILL_BYTES);
    // Each chunk once, two rows for each pack, and three about all.
    assert_eq!(in_memory.len(), 50 * 320 + 80 + 2 * 50 + 3);
    for spill_bytes in [0, 100_000] {
        assert!(rows_with(spill_bytes) == in_memory, "{spill_bytes}");
    }
}

#[test]
fn rebuilt_rows_are_on_the_last_level_and_the_filter_beside_them() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let locked = LockedFolder::lock(&dir).unwrap();
    opening().build(&locked, larger_packs()).unwrap();
    // Before it is opened, which would make one.
    let (header, filter) = IdFilter::load_snapshot(&dir).unwrap();
    assert_eq!((header.next_ordinal, filter.segments()), (50, 1));
    assert!((16_000..=16_080).contains(&filter.keys()), "{filter:?}");

    let index = opening().load(locked).unwrap();
    let levels = index.tables.database.tables_by_level();
    let (last, others) = levels.split_last().unwrap();
    assert!(*last > 0 && others.iter().all(|tables| *tables == 0), "{levels:?}");
    assert_eq!(index.stats().unwrap().rows_estimated, 16_080);
}

#[test]
fn pack_that_comes_twice_counts_once_and_must_be_the_same() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let index = rebuild(&dir, REPOSITORY, packs_of([1, 2, 1])).unwrap();
    assert_eq!(assert_never_wrong(&index, 2).packs, 2);
    drop(index);

    let other = PackFacts { sealed_bytes: 7, ..live(1, &content(1)) };
    let packs = packs_of([1, 2]).chain([Ok((other, content(1)))]);
    let error = rebuild(&dir, REPOSITORY, packs).unwrap_err();
    assert!(matches!(error, Error::PackDiffers { .. }), "{error:?}");
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 2).packs, 2);
}

#[test]
fn full_disk_while_building_leaves_the_old_index_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    let names_of_files: [fn(u8) -> String; 2] =
        [|number| format!("partition-{number:02x}"), |number| format!("table-{number:02x}")];
    for name in names_of_files {
        let sorting = folder.path().join("index.new").join(REBUILD_FOLDER);
        // After the first pack, every file of that kind is on a full device.
        let fill = || {
            for number in 0..=255 {
                symlink("/dev/full", sorting.join(name(number))).unwrap();
            }
        };
        let packs = larger_packs().enumerate().inspect(|(number, _)| {
            if *number == 1 {
                fill();
            }
        });
        let opening = Opening { spill_bytes: 300_000, ..opening() };
        let error = opening.rebuild(&dir, packs.map(|(_, pack)| pack)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Full, "{error:?}");
        assert_eq!(names(&folder), ["index", "index.lock"]);
        assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
    }
}

#[test]
fn index_that_was_being_replaced_is_put_back() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=3);
    let replaced = folder.path().join("index.replaced");
    fs::rename(&dir, &replaced).unwrap();
    fs::create_dir(folder.path().join("index.new")).unwrap();
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
    assert_eq!(names(&folder), ["index", "index.lock"]);
    // The new one is in place.
    fs::create_dir(&replaced).unwrap();
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 3).packs, 3);
    assert_eq!(names(&folder), ["index", "index.lock"]);
}
