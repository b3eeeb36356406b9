//! Which chunks are needed.
//!
//! A filter, not a set: a pack holds hundreds of chunks, and one that seems needed is enough to
//! keep a pack that nobody needs from going as it is. It never says "not needed" of one that is.

use std::sync::Arc;

use gleaner_chunker::ChunkId;
use gleaner_store::{ChunkRef, EntryKind, Run as ChunkRun, Snapshot, TreeItem};

use crate::chunk_filter::ChunkFilter;
use crate::error::Result;
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// Keys inserted at once.
const BATCH: usize = 4096;

/// The chunks that some snapshots need.
pub(super) struct Mark {
    filter: ChunkFilter,
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
        Self { filter: ChunkFilter::for_keys(expected), ids: Vec::new() }
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
pub(super) struct Repeats(ChunkFilter);

impl Repeats {
    pub(super) fn new(expected: u64) -> Self {
        Self(ChunkFilter::for_keys(expected))
    }

    /// Whether the chunk was probably seen before.
    pub(super) fn is_repeat(&mut self, id: &ChunkId) -> bool {
        self.0.insert(id)
    }
}

#[cfg(test)]
mod tests;
