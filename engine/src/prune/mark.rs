//! Which chunks are needed.
//!
//! A filter, not a set: 2 bytes a chunk instead of 50. It never says "not needed" of a chunk that
//! is; of others it says "needed" for less than one in a hundred, which then stay as garbage.

use std::sync::Arc;

use gleaner_chunker::ChunkId;
use gleaner_index::IdFilter;
use gleaner_store::{ChunkRef, EntryKind, Run as ChunkRun, Snapshot, TreeItem};

use crate::error::Result;
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// Bytes of an id by which the filter knows it.
const KEY_BYTES: usize = 16;
/// Keys inserted at once.
const BATCH: usize = 4096;

/// The chunks that some snapshots need.
pub(super) struct Mark {
    filter: IdFilter,
    keys: Vec<[u8; KEY_BYTES]>,
}

impl Mark {
    /// Reads the trees of the snapshots. `expected` is about the number of chunks there are.
    ///
    /// # Errors
    /// A tree that cannot be read as a whole.
    pub(super) fn of(
        repository: &Repository,
        index: &Arc<OpenIndex>,
        snapshots: &[&Snapshot],
        expected: u64,
        run: &Run<'_>,
    ) -> Result<Self> {
        let mut mark = Self { filter: IdFilter::for_keys(expected), keys: Vec::new() };
        for snapshot in snapshots {
            mark.snapshot(repository, index, snapshot, run)?;
            Counters::add(&run.counters.files_done, 1);
        }
        mark.flush();
        Ok(mark)
    }

    fn snapshot(
        &mut self,
        repository: &Repository,
        index: &Arc<OpenIndex>,
        snapshot: &Snapshot,
        run: &Run<'_>,
    ) -> Result<()> {
        let index = Arc::clone(index);
        let mut tree = TreeReader::open_with(repository, index, snapshot, |_, chunk| {
            self.add(chunk);
        })?;
        while let Some(item) = tree.next_item()? {
            run.cancel.check()?;
            match item {
                TreeItem::Node(entry) => {
                    if let EntryKind::File { content, .. } = &entry.kind {
                        self.add_runs(content);
                    }
                }
                TreeItem::Content { runs, .. } => self.add_runs(&runs),
                TreeItem::Enter(_) | TreeItem::Leave => {}
            }
        }
        Ok(())
    }

    fn add_runs(&mut self, runs: &[ChunkRun]) {
        for run in runs {
            if let ChunkRun::Chunks { chunks, .. } = run {
                for chunk in chunks {
                    self.add(chunk);
                }
            }
        }
    }

    fn add(&mut self, chunk: &ChunkRef) {
        self.keys.push(key(&chunk.id));
        if self.keys.len() == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.filter.insert_batch(&self.keys);
        self.keys.clear();
    }

    /// For each chunk, whether it may be needed.
    pub(super) fn holds(&self, chunks: &[ChunkRef]) -> Vec<bool> {
        let keys: Vec<_> = chunks.iter().map(|chunk| key(&chunk.id)).collect();
        let mut answers = vec![false; keys.len()];
        self.filter.may_hold_batch(&keys, &mut answers);
        answers
    }
}

/// Chunks that were seen before, nearly: for estimates only.
pub(super) struct Repeats(IdFilter);

impl Repeats {
    pub(super) fn new(expected: u64) -> Self {
        Self(IdFilter::for_keys(expected))
    }

    /// Whether the chunk was probably seen before.
    pub(super) fn is_repeat(&mut self, id: &ChunkId) -> bool {
        self.0.insert(&key(id))
    }
}

fn key(id: &ChunkId) -> [u8; KEY_BYTES] {
    let (key, _) = id.as_bytes().split_first_chunk().expect("an id has 32 bytes");
    *key
}
