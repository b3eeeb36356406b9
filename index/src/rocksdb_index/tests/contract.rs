//! Goal: the contract holds on a medium, in one buffer and over many files. Method: the conformance
//! suite, and sizes that make RocksDB flush and compact. If it fails, chunks are stored twice or a
//! restore stops at a wrong chunk.

use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use tempfile::TempDir;

use super::sample::{REPOSITORY, open};
use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::conformance::{self, Seeded, Subject, live, stored};
use crate::error::{Error, Result};
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::RocksDbIndex;

struct InTemporaryFolder {
    index: RocksDbIndex,
    folder: TempDir,
}

impl InTemporaryFolder {
    fn create() -> Self {
        let folder = TempDir::new().unwrap();
        Self { index: open(&folder.path().join("index")).unwrap(), folder }
    }
}

impl Subject for InTemporaryFolder {
    fn reopen(self) -> Self {
        drop(self.index);
        Self { index: open(&self.folder.path().join("index")).unwrap(), folder: self.folder }
    }
}

impl ChunkIndex for InTemporaryFolder {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.index.lookup_batch(ids)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
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

    fn stats(&self) -> Result<IndexStats> {
        self.index.stats()
    }
}

#[test]
fn rocksdb_index_conforms() {
    conformance::all(InTemporaryFolder::create);
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
    assert!(stats.disk_bytes > 44 * PACKS * CHUNKS, "{stats:?}");
    assert!(stats.disk_bytes < 120 * PACKS * CHUNKS, "{stats:?}");
    assert!(stats.memory_bytes < 48 << 20, "{stats:?}");
}

#[test]
fn after_a_failed_write_lookups_go_on_and_writes_stop() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let index = open(&dir).unwrap();
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
        let refused = RocksDbIndex::open(&dir, REPOSITORY).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FixInput, "{dir:?}: {refused:?}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"not an index");
}
