//! Which chunks are needed.
//!
//! A filter, not a set: 3 bytes a chunk instead of 50. It never says "not needed" of a chunk that
//! is. Of others it says "needed" for less than one in 30,000: a pack holds hundreds of chunks, and
//! one of them is enough to keep a pack that nobody needs from going as it is.

use std::sync::Arc;

use gleaner_chunker::ChunkId;
use gleaner_index::IdFilter;
use gleaner_store::{ChunkRef, EntryKind, Run as ChunkRun, Snapshot, TreeItem};

use crate::error::Result;
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// Bytes of an id by which one filter knows it.
const KEY_BYTES: usize = 16;
/// Keys inserted at once.
const BATCH: usize = 4096;

/// A filter for each half of the ids: what one says wrongly of a chunk, the other says of one in
/// 240 such chunks. One of twice the size would be wrong five times as often.
struct Halves([IdFilter; 2]);

impl Halves {
    fn for_keys(expected: u64) -> Self {
        Self([IdFilter::for_keys(expected), IdFilter::for_keys(expected)])
    }

    fn insert_batch(&mut self, ids: &[ChunkId]) {
        for (half, filter) in self.0.iter_mut().enumerate() {
            let keys: Vec<_> = ids.iter().map(|id| key(id, half)).collect();
            filter.insert_batch(&keys);
        }
    }

    /// Returns whether the id was possibly there.
    fn insert(&mut self, id: &ChunkId) -> bool {
        let [first, second] = &mut self.0;
        let (first, second) = (first.insert(&key(id, 0)), second.insert(&key(id, 1)));
        first && second
    }

    fn may_hold_batch(&self, chunks: &[ChunkRef]) -> Vec<bool> {
        let mut held = vec![true; chunks.len()];
        let mut answers = vec![false; chunks.len()];
        for (half, filter) in self.0.iter().enumerate() {
            let keys: Vec<_> = chunks.iter().map(|chunk| key(&chunk.id, half)).collect();
            filter.may_hold_batch(&keys, &mut answers);
            held.iter_mut().zip(&answers).for_each(|(held, answer)| *held &= *answer);
        }
        held
    }
}

/// The chunks that some snapshots need.
pub(super) struct Mark {
    filter: Halves,
    ids: Vec<ChunkId>,
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
        let mut mark = Self::empty(expected);
        for snapshot in snapshots {
            mark.snapshot(repository, index, snapshot, run)?;
            Counters::add(&run.counters.files_done, 1);
        }
        mark.flush();
        Ok(mark)
    }

    fn empty(expected: u64) -> Self {
        Self { filter: Halves::for_keys(expected), ids: Vec::new() }
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
        self.ids.push(chunk.id);
        if self.ids.len() == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.filter.insert_batch(&self.ids);
        self.ids.clear();
    }

    /// For each chunk, whether it may be needed.
    pub(super) fn holds(&self, chunks: &[ChunkRef]) -> Vec<bool> {
        self.filter.may_hold_batch(chunks)
    }
}

/// Chunks that were seen before, nearly: for estimates only. A pack without waste in which a chunk
/// seems to be repeated is rewritten in vain, by those who allow no waste.
pub(super) struct Repeats(Halves);

impl Repeats {
    pub(super) fn new(expected: u64) -> Self {
        Self(Halves::for_keys(expected))
    }

    /// Whether the chunk was probably seen before.
    pub(super) fn is_repeat(&mut self, id: &ChunkId) -> bool {
        self.0.insert(id)
    }
}

fn key(id: &ChunkId, half: usize) -> [u8; KEY_BYTES] {
    let (halves, _) = id.as_bytes().as_chunks();
    *halves.get(half).expect("an id has 32 bytes")
}

#[cfg(test)]
mod tests;
