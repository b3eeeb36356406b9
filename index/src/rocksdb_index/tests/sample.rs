//! Packs with known contents, and a check that an index says nothing wrong about them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use crate::chunk_index::{ChunkIndex, Lookup};
use crate::conformance::{chunk, live, pack};
use crate::directories::Directories;
use crate::error::{Error, Result};
use crate::index_options::IndexOptions;
use crate::pack_facts::PackFacts;
use crate::rocksdb_index::RocksDbIndex;

pub(super) const REPOSITORY: [u8; 32] = [0x5a; 32];

/// Packs by number that the directories know.
const NUMBERS: u64 = 20_000;

/// Chunks of a pack, unless a test says otherwise.
pub(super) const CHUNKS: u64 = 40;

/// The directories of [`content`].
pub(super) struct Contents;

impl Directories for Contents {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        ContentsOf(CHUNKS).chunk_ids(facts)
    }
}

/// The directories of packs of so many chunks each.
pub(super) struct ContentsOf(pub(super) u64);

impl Directories for ContentsOf {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        static BY_PACK: LazyLock<HashMap<PackId, u64>> =
            LazyLock::new(|| (0..NUMBERS).map(|number| (pack(number), number)).collect());
        let number = BY_PACK.get(&facts.pack).ok_or(ErrorKind::Corrupt)?;
        Ok(content_of(self.0, *number))
    }
}

/// Opens the index in `dir`.
pub(super) fn open(dir: &Path) -> Result<RocksDbIndex> {
    open_of(dir, REPOSITORY)
}

/// Opens the index of a repository.
pub(super) fn open_of(dir: &Path, repository: [u8; 32]) -> Result<RocksDbIndex> {
    RocksDbIndex::open(dir, repository, &IndexOptions::default(), Arc::new(Contents))
}

/// Rebuilds the index in `dir`.
pub(super) fn rebuild(
    dir: &Path,
    repository: [u8; 32],
    packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>)>>,
) -> Result<RocksDbIndex> {
    let options = IndexOptions::default();
    RocksDbIndex::rebuild(dir, repository, &options, Arc::new(Contents), packs)
}

/// The error of opening.
pub(super) fn refusal(dir: &Path) -> Error {
    open(dir).expect_err("the index must not open")
}

/// Forty chunks; the first eight are the last eight of the pack before.
pub(super) fn content(number: u64) -> Vec<ChunkId> {
    content_of(CHUNKS, number)
}

/// So many chunks; the first fifth is the last one of the pack before.
pub(super) fn content_of(chunks: u64, number: u64) -> Vec<ChunkId> {
    let first = chunks / 5 * 4 * number;
    (first..first + chunks).map(chunk).collect()
}

/// Inserts packs by their numbers.
pub(super) fn insert_all(index: &impl ChunkIndex, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let ids = content(number);
        index.insert_pack(live(number, &ids), &ids).expect("insert");
    }
}

/// The packs of some numbers as [`RocksDbIndex::rebuild`] takes them.
pub(super) fn packs_of(
    numbers: impl IntoIterator<Item = u64>,
) -> impl Iterator<Item = Result<(PackFacts, Vec<ChunkId>)>> {
    numbers.into_iter().map(|number| {
        let ids = content(number);
        Ok((live(number, &ids), ids))
    })
}

/// What a check found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) packs: usize,
    pub(super) stored: usize,
    pub(super) failed: usize,
}

/// Checks every chunk of the packs `1..=highest` and of one beyond: a location is right, a chunk of
/// a known pack is never novel, a failure is damage, and each known pack is as it was inserted.
pub(super) fn assert_never_wrong(index: &impl ChunkIndex, highest: u64) -> Found {
    assert_never_wrong_of(CHUNKS, index, highest)
}

/// As [`assert_never_wrong`], of packs of so many chunks.
pub(super) fn assert_never_wrong_of(chunks: u64, index: &impl ChunkIndex, highest: u64) -> Found {
    let content = |number| content_of(chunks, number);
    let contents: HashMap<PackId, (u64, Vec<ChunkId>)> =
        (1..=highest).map(|number| (pack(number), (number, content(number)))).collect();
    let packs = index.packs().expect("packs");
    let known: HashSet<PackId> = packs.iter().map(|facts| facts.pack).collect();
    let mut must_be_known = HashMap::new();
    for facts in &packs {
        let (number, ids) = &contents[&facts.pack];
        assert_eq!(*facts, live(*number, ids));
        must_be_known.extend(ids.iter().map(|id| (*id, *number)));
    }
    let mut found = Found { packs: packs.len(), ..Found::default() };
    let asked: Vec<_> = (1..=highest + 1).flat_map(content).collect();
    for (id, answer) in asked.iter().zip(index.lookup_batch(&asked)) {
        match answer {
            Lookup::Stored(at) => {
                assert!(known.contains(&at.pack), "{at:?} is not known");
                assert_eq!(contents[&at.pack].1[usize::try_from(at.slot).unwrap()], *id);
                found.stored += 1;
            }
            Lookup::Novel => assert_eq!(must_be_known.get(id), None, "{id} is novel"),
            Lookup::Failed { kind, .. } => {
                assert_eq!(kind, ErrorKind::Corrupt);
                found.failed += 1;
            }
        }
    }
    found
}
