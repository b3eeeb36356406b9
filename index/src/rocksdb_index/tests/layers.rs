//! Goal: each layer answers what it should, and none answers wrong. Method: an index over a shelf
//! of directories that counts how often it is asked. If it fails, a backup reads the disk for every
//! chunk, or calls stored chunks novel.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gleaner_chunker::{ChunkId, ErrorKind};
use tempfile::TempDir;

use super::sample::REPOSITORY;
use crate::chunk_index::{ChunkIndex, Lookup, LookupCounts};
use crate::conformance::{Seeded, Shelf, chunk, live, pack, stored};
use crate::directories::Directories;
use crate::index_options::{IndexMode, IndexOptions};
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::RocksDbIndex;

/// A shelf that counts what is taken from it.
#[derive(Default)]
struct CountedShelf {
    shelf: Shelf,
    reads: AtomicU64,
}

impl Directories for CountedShelf {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.shelf.chunk_ids(facts)
    }
}

/// An index that can be closed and opened in another way.
struct Place {
    folder: TempDir,
    shelf: Arc<CountedShelf>,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), shelf: Arc::default() }
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn open(&self) -> RocksDbIndex {
        self.open_with(&IndexOptions::default())
    }

    fn open_with(&self, options: &IndexOptions) -> RocksDbIndex {
        let directories = Arc::clone(&self.shelf) as Arc<dyn Directories>;
        RocksDbIndex::open(&self.dir(), REPOSITORY, options, directories).unwrap()
    }

    fn insert(&self, index: &impl ChunkIndex, number: u64, ids: &[ChunkId]) {
        self.shelf.shelf.put(pack(number), ids);
        index.insert_pack(live(number, ids), ids).unwrap();
    }

    /// Directories read since the last call.
    fn reads(&self) -> u64 {
        self.shelf.reads.swap(0, Ordering::Relaxed)
    }
}

fn sparse() -> IndexOptions {
    IndexOptions { mode: IndexMode::Sparse, ..IndexOptions::default() }
}

const PACK_CHUNKS: u64 = 500;

fn content(number: u64) -> Vec<ChunkId> {
    (PACK_CHUNKS * number..PACK_CHUNKS * (number + 1)).map(chunk).collect()
}

fn fill(place: &Place, index: &impl ChunkIndex, packs: std::ops::Range<u64>) {
    for number in packs {
        place.insert(index, number, &content(number));
    }
}

/// Looks all chunks of the packs up as a stream in their order, in batches of 64.
fn stream(index: &impl ChunkIndex, packs: std::ops::Range<u64>) -> Vec<Lookup> {
    let ids: Vec<ChunkId> = packs.flat_map(content).collect();
    ids.chunks(64).flat_map(|batch| index.lookup_batch(batch)).collect()
}

fn counts_of(index: &impl ChunkIndex, run: impl FnOnce()) -> LookupCounts {
    let before = index.stats().unwrap().lookups;
    run();
    let after = index.stats().unwrap().lookups;
    LookupCounts {
        asked: after.asked - before.asked,
        in_flight: after.in_flight - before.in_flight,
        by_cache: after.by_cache - before.by_cache,
        by_filter: after.by_filter - before.by_filter,
        by_row: after.by_row - before.by_row,
        novel_by_row: after.novel_by_row - before.novel_by_row,
        gets: after.gets - before.gets,
        directories_read: after.directories_read - before.directories_read,
    }
}

#[test]
fn stream_of_stored_chunks_costs_a_row_or_two_for_each_pack() {
    let place = Place::new();
    fill(&place, &place.open(), 0..100);
    let index = place.open();
    place.reads();
    let counts = counts_of(&index, || {
        let answers = stream(&index, 0..100);
        assert!(answers.iter().all(|answer| matches!(answer, Lookup::Stored(_))));
    });
    assert_eq!((counts.asked, counts.by_filter), (100 * PACK_CHUNKS, 0));
    assert_eq!(counts.by_cache + counts.by_row, counts.asked);
    assert_eq!((counts.directories_read, place.reads()), (100, 100), "each once");
    assert!(counts.gets <= 200, "{counts:?}");
}

#[test]
fn novel_chunks_are_answered_by_the_filter() {
    let place = Place::new();
    let index = place.open();
    fill(&place, &index, 0..20);
    let counts = counts_of(&index, || {
        let answers = stream(&index, 20..220);
        assert!(answers.iter().all(|answer| *answer == Lookup::Novel));
    });
    assert_eq!(counts.by_filter + counts.novel_by_row, counts.asked);
    assert!(counts.gets < counts.asked / 500, "{counts:?}");
}

#[test]
fn counts_and_in_flight_ids_survive_a_checkpoint() {
    let place = Place::new();
    let index = place.open();
    fill(&place, &index, 0..2);
    stream(&index, 0..3);
    index.note_in_flight(7);
    index.checkpoint().unwrap();
    let counts = index.stats().unwrap().lookups;
    assert_eq!((counts.asked, counts.in_flight), (3 * PACK_CHUNKS + 7, 7));
    drop(index);
    assert_eq!(place.open().stats().unwrap().lookups, counts);
}

#[test]
fn filter_on_disk_spares_the_directories_at_opening() {
    let place = Place::new();
    let index = place.open();
    fill(&place, &index, 0..5);
    index.checkpoint().unwrap();
    drop(index);
    drop(place.open());
    assert_eq!(place.reads(), 0);

    let index = place.open();
    fill(&place, &index, 5..8);
    drop(index);
    let index = place.open();
    assert_eq!(place.reads(), 3, "the newer packs'");
    assert!(stream(&index, 0..8).iter().all(|answer| matches!(answer, Lookup::Stored(_))));
}

fn filter_file(place: &Place) -> PathBuf {
    place.dir().join("id-filter")
}

#[test]
fn missing_and_damaged_filters_are_made_anew_from_the_rows() {
    let changes: [fn(&Path); 3] = [
        |file| fs::remove_file(file).unwrap(),
        |file| fs::write(file, b"not a filter").unwrap(),
        |file| {
            let mut bytes = fs::read(file).unwrap();
            bytes[1 << 20] ^= 4;
            fs::write(file, bytes).unwrap();
        },
    ];
    for change in changes {
        let place = Place::new();
        let index = place.open();
        fill(&place, &index, 0..5);
        index.checkpoint().unwrap();
        drop(index);
        change(&filter_file(&place));
        let index = place.open();
        assert_eq!(place.reads(), 0, "the rows are enough");
        assert!(stream(&index, 0..5).iter().all(|answer| matches!(answer, Lookup::Stored(_))));
        let counts = counts_of(&index, || drop(stream(&index, 5..15)));
        assert!(counts.by_filter > counts.asked * 9 / 10, "it filters: {counts:?}");
    }
}

/// Ordinals that the filter counts as known are given out again, when damage takes back the rows of
/// the last packs.
#[test]
fn filter_that_is_ahead_of_the_rows_is_not_relied_on() {
    let place = Place::new();
    fill(&place, &place.open(), 0..2);
    let earlier = TempDir::new().unwrap();
    for entry in fs::read_dir(place.dir()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), earlier.path().join(entry.file_name())).unwrap();
    }
    let index = place.open();
    fill(&place, &index, 2..6);
    index.checkpoint().unwrap();
    drop(index);
    let ahead = fs::read(filter_file(&place)).unwrap();
    fs::remove_dir_all(place.dir()).unwrap();
    fs::create_dir(place.dir()).unwrap();
    for entry in fs::read_dir(earlier.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), place.dir().join(entry.file_name())).unwrap();
    }
    fs::write(filter_file(&place), ahead).unwrap();

    let index = place.open();
    fill(&place, &index, 10..13);
    drop(index);
    let index = place.open();
    for packs in [0..2, 10..13] {
        assert!(stream(&index, packs).iter().all(|answer| matches!(answer, Lookup::Stored(_))));
    }
}

#[test]
fn unreadable_directory_fails_with_its_pack_and_the_chunk_can_be_stored_again() {
    let place = Place::new();
    fill(&place, &place.open(), 0..2);
    let index = place.open();
    place.shelf.shelf.take(pack(0));
    let failed = Lookup::Failed { kind: ErrorKind::Corrupt, pack: Some(pack(0)) };
    assert_eq!(index.lookup_batch(&content(0)[..2]), [failed; 2]);
    assert_eq!(index.lookup_batch(&content(1)[..1]), [stored(1, 0)]);

    place.insert(&index, 7, &content(0)[..1]);
    assert_eq!(index.lookup_batch(&content(0)[..2]), [stored(7, 0), failed]);
    drop(index);
    let index = place.open();
    assert_eq!(index.lookup_batch(&content(0)[..2]), [stored(7, 0), failed]);
}

#[test]
fn condemned_pack_leaves_the_cache_at_once() {
    let place = Place::new();
    let index = place.open();
    fill(&place, &index, 0..2);
    assert_eq!(index.lookup_batch(&content(0)[..1]), [stored(0, 0)]);
    index.set_pack_states(&[(pack(0), PackState::Condemned)]).unwrap();
    assert_eq!(index.lookup_batch(&content(0)[..1]), [Lookup::Novel]);
    index.set_pack_states(&[(pack(0), PackState::Live)]).unwrap();
    assert_eq!(index.lookup_batch(&content(0)[..1]), [stored(0, 0)]);
}

#[test]
fn least_memory_is_held_and_reported_by_its_parts() {
    let place = Place::new();
    let memory_bytes = IndexOptions::MEMORY_BYTES_MIN;
    let index = place.open_with(&IndexOptions { memory_bytes, ..IndexOptions::default() });
    for number in 0..400 {
        place.insert(&index, number, &content(number));
        let memory = index.stats().unwrap().memory;
        assert!(memory.total_bytes() <= memory_bytes, "pack {number}: {memory:?}");
        assert_eq!((memory.budget_bytes, memory.beyond_budget_bytes), (memory_bytes, 0));
    }
    let mut seeded = Seeded::new(3);
    let anywhere: Vec<ChunkId> =
        (0..2000).map(|_| chunk(seeded.below(400 * PACK_CHUNKS))).collect();
    let answers = index.lookup_batch(&anywhere);
    assert!(answers.iter().all(|answer| matches!(answer, Lookup::Stored(_))));
    let memory = index.stats().unwrap().memory;
    assert!(memory.total_bytes() <= memory_bytes + memory_bytes / 8, "{memory:?}");
    assert!(memory.filter_bytes > 0 && memory.locality_cache_bytes > 0, "{memory:?}");
}

#[test]
fn cache_too_small_for_the_rows_is_left_alone_and_all_rows_are_found() {
    let place = Place::new();
    fill(&place, &place.open(), 0..40);
    // Opening puts the rows into a table.
    let index = place.open();
    let database = &index.tables.database;
    let found = |packs: std::ops::Range<u64>| {
        let mut ids: Vec<ChunkId> = packs.flat_map(content).collect();
        ids.sort_unstable();
        let rows = database.chunk_rows(&ids.iter().collect::<Vec<_>>(), |id| &id.as_bytes()[..16]);
        rows.into_iter().filter(|row| row.as_ref().unwrap().is_some()).count() as u64
    };
    let cached = || index.stats().unwrap().memory.data_block_bytes;
    let row_bytes = 40 * PACK_CHUNKS * 24;

    database.set_block_cache_bytes(256 << 10);
    let before = cached();
    assert_eq!((found(0..40), found(40..80)), (40 * PACK_CHUNKS, 0));
    assert_eq!(cached(), before);

    database.set_block_cache_bytes(16 << 20);
    assert_eq!((found(0..40), found(40..80)), (40 * PACK_CHUNKS, 0));
    assert!(cached() > before + row_bytes, "{} {before}", cached());
    database.set_block_cache_bytes(256 << 10);
    assert_eq!((found(0..40), found(40..80)), (40 * PACK_CHUNKS, 0));
}

#[test]
fn sparse_index_recognises_streams_and_locates_every_chunk() {
    let place = Place::new();
    let index = place.open_with(&sparse());
    assert_eq!(index.stats().unwrap().mode, IndexMode::Sparse);
    fill(&place, &index, 0..100);
    index.checkpoint().unwrap();
    drop(index);

    let index = place.open_with(&sparse());
    let answers = stream(&index, 0..100);
    let found = answers.iter().filter(|answer| matches!(answer, Lookup::Stored(_))).count();
    // What precedes a pack's first hook in a batch slips through.
    assert!(found as u64 * 100 > 95 * 100 * PACK_CHUNKS, "{found}");
    for number in 0..100 {
        for (slot, answer) in (0..).zip(index.locate_batch(&content(number))) {
            assert_eq!(answer, stored(number, slot));
        }
    }
    let novel: Vec<ChunkId> = (100..110).flat_map(content).collect();
    assert!(index.lookup_batch(&novel).iter().all(|answer| *answer == Lookup::Novel));
    assert!(index.locate_batch(&novel).iter().all(|answer| *answer == Lookup::Novel));
}

#[test]
fn index_may_be_opened_in_another_mode_each_time() {
    let place = Place::new();
    for (mode, packs) in [(sparse(), 0..10), (IndexOptions::default(), 10..20), (sparse(), 20..30)]
    {
        let index = place.open_with(&mode);
        fill(&place, &index, packs);
        index.checkpoint().unwrap();
    }
    let index = place.open();
    let answers = stream(&index, 0..30);
    assert!(answers.iter().all(|answer| matches!(answer, Lookup::Stored(_))));
}

/// A batch this large once overflowed the size of its waves.
#[test]
fn batch_of_many_absent_chunks_is_answered() {
    let place = Place::new();
    let index = place.open_with(&sparse());
    fill(&place, &index, 0..1);
    let absent: Vec<ChunkId> = (0..60_000).map(|number| chunk(1_000_000 + number)).collect();
    assert!(index.locate_batch(&absent).iter().all(|answer| *answer == Lookup::Novel));
    drop(index);
    let index = place.open();
    fill(&place, &index, 1..130);
    let packs: Vec<_> = (0..130).map(|number| (pack(number), PackState::Condemned)).collect();
    index.set_pack_states(&packs).unwrap();
    let idle: Vec<ChunkId> = (0..130).flat_map(content).collect();
    assert!(index.lookup_batch(&idle).iter().all(|answer| *answer == Lookup::Novel));
}
