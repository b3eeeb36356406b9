//! Goal: the contract holds on a medium, in one buffer and over many files. Method: the conformance
//! suite, and sizes that make RocksDB flush and compact. If it fails, chunks are stored twice or a
//! restore stops at a wrong chunk.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use tempfile::TempDir;

use super::sample::{REPOSITORY, open};
use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::conformance::{self, Seeded, Shelf, Subject, live, stored};
use crate::error::{Error, Result};
use crate::index_options::IndexOptions;
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::key::PrefixWidth;
use crate::rocksdb_index::rebuild::SPILL_BYTES;
use crate::rocksdb_index::{Opening, RocksDbIndex};

struct InTemporaryFolder {
    index: RocksDbIndex,
    shelf: Shelf,
    width: PrefixWidth,
    folder: TempDir,
}

impl InTemporaryFolder {
    fn create() -> Self {
        Self::with(PrefixWidth::FULL)
    }

    /// Chunks share their keys with many others.
    fn with_cut_keys() -> Self {
        Self::with(PrefixWidth::CUT)
    }

    fn with(width: PrefixWidth) -> Self {
        let (folder, shelf) = (TempDir::new().unwrap(), Shelf::default());
        Self { index: opened(&folder, &shelf, width), shelf, width, folder }
    }
}

fn opening(shelf: &Shelf, width: PrefixWidth) -> Opening {
    let directories = Arc::new(shelf.clone());
    Opening { width, ..Opening::new(REPOSITORY, &IndexOptions::default(), directories) }
}

fn opened(folder: &TempDir, shelf: &Shelf, width: PrefixWidth) -> RocksDbIndex {
    opening(shelf, width).open(&folder.path().join("index")).unwrap()
}

/// Built of all packs at once, with so many bytes of them in memory.
fn built(
    packs: Vec<(PackFacts, Vec<ChunkId>)>,
    width: PrefixWidth,
    spill_bytes: usize,
) -> InTemporaryFolder {
    let (folder, shelf) = (TempDir::new().unwrap(), Shelf::default());
    for (facts, ids) in &packs {
        shelf.put(facts.pack, ids);
    }
    let opening = Opening { spill_bytes, ..opening(&shelf, width) };
    let index =
        opening.rebuild(&folder.path().join("index"), packs.into_iter().map(Ok::<_, Error>));
    InTemporaryFolder { index: index.unwrap(), shelf, width, folder }
}

impl Subject for InTemporaryFolder {
    fn reopen(self) -> Self {
        let Self { index, shelf, width, folder } = self;
        drop(index);
        Self { index: opened(&folder, &shelf, width), shelf, width, folder }
    }
}

impl ChunkIndex for InTemporaryFolder {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.index.lookup_batch(ids)
    }

    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.index.locate_batch(ids)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        self.shelf.put(facts.pack, ids);
        self.index.insert_pack(facts, ids)
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        self.index.packs()
    }

    fn remove_packs(&self, packs: &[PackId]) -> Result<()> {
        self.index.remove_packs(packs)
    }

    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        self.index.set_pack_states(states)
    }

    fn checkpoint(&self) -> Result<()> {
        self.index.checkpoint()
    }

    fn note_in_flight(&self, ids: u64) {
        self.index.note_in_flight(ids);
    }

    fn stats(&self) -> Result<IndexStats> {
        self.index.stats()
    }
}

#[test]
fn rocksdb_index_conforms() {
    conformance::all(InTemporaryFolder::create);
}

#[test]
fn chunks_that_share_a_key_do_not_hide_each_other() {
    conformance::all(InTemporaryFolder::with_cut_keys);
}

#[test]
fn index_built_at_once_goes_on_as_one_that_grew() {
    for seed in 1..=8 {
        for width in [PrefixWidth::FULL, PrefixWidth::CUT] {
            for spill_bytes in [0, SPILL_BYTES] {
                let build = |packs| built(packs, width, spill_bytes);
                conformance::built_index_matches_the_model(build, seed, 30);
            }
        }
    }
}

const PACKS: u64 = 600;
const CHUNKS: u64 = 1000;

fn ids(number: u64) -> Vec<ChunkId> {
    let mut seeded = Seeded::new(number);
    (0..CHUNKS).map(|_| ChunkId::from_bytes(seeded.bytes())).collect()
}

fn assert_all_found(index: &impl ChunkIndex) {
    for number in 1..=PACKS {
        let answers = index.lookup_batch(&ids(number));
        assert!(answers.into_iter().zip(0..).all(|(answer, slot)| answer == stored(number, slot)));
    }
    assert!(index.lookup_batch(&ids(0)).into_iter().all(|answer| answer == Lookup::Novel));
}

#[test]
fn index_larger_than_its_write_buffers_answers_exactly() {
    let subject = InTemporaryFolder::create();
    for number in 1..=PACKS {
        let ids = ids(number);
        subject.insert_pack(live(number, &ids), &ids).unwrap();
    }
    assert_all_found(&subject);
    let subject = subject.reopen();
    assert_all_found(&subject);

    let stats = subject.stats().unwrap();
    assert_eq!((stats.packs_live, stats.chunks_listed), (PACKS, PACKS * CHUNKS));
    let about = PACKS * CHUNKS * 9 / 10..PACKS * CHUNKS * 11 / 10;
    assert!(about.contains(&stats.rows_estimated), "{stats:?}");
    assert!(stats.disk_bytes > 24 * PACKS * CHUNKS, "{stats:?}");
    assert!(stats.disk_bytes < 80 * PACKS * CHUNKS, "{stats:?}");
    assert!(stats.memory.total_bytes() < 112 << 20, "{stats:?}");
    assert_eq!(stats.memory.beyond_budget_bytes, 0);
}

#[test]
fn after_a_failed_write_lookups_go_on_and_writes_stop() {
    let subject = InTemporaryFolder::create();
    let (folder, index) = (&subject.folder, &subject);
    let dir = folder.path().join("index");
    let first = ids(1);
    index.insert_pack(live(1, &first), &first).unwrap();

    // The next WAL file has no folder to be created in.
    std::fs::rename(&dir, folder.path().join("elsewhere")).unwrap();
    let refused = (2..=PACKS).find_map(|number| {
        let ids = ids(number);
        index.insert_pack(live(number, &ids), &ids).err().map(|error| (number, error))
    });
    let (failed, error) = refused.expect("a full write buffer needs a new file");
    assert!(matches!(error, Error::Database { .. }), "{error:?}");

    let again = ids(failed);
    let stopped = index.insert_pack(live(failed, &again), &again).unwrap_err();
    assert!(matches!(stopped, Error::WritesStopped { .. }), "{stopped:?}");
    assert!(matches!(index.checkpoint(), Err(Error::WritesStopped { .. })));
    assert_eq!(index.packs().unwrap().len() as u64, failed - 1);
    for (slot, answer) in (0..).zip(index.lookup_batch(&first)) {
        assert_eq!(answer, stored(1, slot));
    }
}

#[test]
fn paths_that_cannot_hold_an_index_are_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not an index").unwrap();
    for dir in [file.clone(), file.join("below"), folder.path().join("..")] {
        let refused = open(&dir).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FixInput, "{dir:?}: {refused:?}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"not an index");
}
