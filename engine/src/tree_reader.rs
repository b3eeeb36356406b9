//! Reads the tree stream of a snapshot, item by item and checked.

use std::collections::VecDeque;
use std::sync::Arc;

use gleaner_store::{
    ChunkRef, Defect, Domain, Run as ChunkRun, Snapshot, TreeDecoder, TreeItem, decode_runs, layout,
};

use crate::chunk_reader::ChunkReader;
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::repository::Repository;

/// Levels of a tree reference: each divides a list by about 500, so five exceed 2^64 bytes.
const TREE_LEVEL_MAX: u8 = 8;
/// Longest encoded chunk list of one level that is read into memory.
const LIST_BYTES_MAX: u64 = 1 << 30;

/// A tree stream that is being read. Memory: one chunk, one item, and the stream's chunk list.
pub(crate) struct TreeReader<'a> {
    chunks: ChunkReader<'a>,
    rest: VecDeque<(Domain, ChunkRef)>,
    decoder: TreeDecoder,
    buffer: Vec<u8>,
    snapshot: gleaner_store::SnapshotId,
    is_ended: bool,
}

impl<'a> TreeReader<'a> {
    /// Prepares to read; resolves the reference, which reads chunks only for large trees.
    pub(crate) fn open(
        repository: &'a Repository,
        index: Arc<OpenIndex>,
        snapshot: &Snapshot,
    ) -> Result<Self> {
        Self::open_with(repository, index, snapshot, |_, _| {})
    }

    /// As [`TreeReader::open`], and shows `see` the chunks of the stream, at all levels of its
    /// reference.
    pub(crate) fn open_with(
        repository: &'a Repository,
        index: Arc<OpenIndex>,
        snapshot: &Snapshot,
        mut see: impl FnMut(Domain, &ChunkRef),
    ) -> Result<Self> {
        let mut chunks = ChunkReader::new(repository, index);
        let mut runs = snapshot.tree.runs.clone();
        let bad = |defect| {
            let name = layout::snapshot(snapshot.id);
            Error::from(gleaner_store::Error::Damaged { name, offset: 0, defect })
        };
        if snapshot.tree.level > TREE_LEVEL_MAX {
            let (value, max) = (u64::from(snapshot.tree.level), u64::from(TREE_LEVEL_MAX));
            return Err(bad(Defect::Limit { what: "level of a tree", value, max }));
        }
        for _ in 0..snapshot.tree.level {
            let value: u64 = runs.iter().map(ChunkRun::bytes).sum();
            if value > LIST_BYTES_MAX {
                let max = LIST_BYTES_MAX;
                return Err(bad(Defect::Limit { what: "chunk list of a tree", value, max }));
            }
            let mut bytes = Vec::new();
            show(&runs, &mut see);
            chunks.read_runs(&runs, &mut bytes)?;
            runs = decode_runs(&bytes).map_err(bad)?;
        }
        show(&runs, &mut see);
        let mut rest = VecDeque::new();
        for run in runs {
            match run {
                ChunkRun::Chunks { domain, chunks } => {
                    rest.extend(chunks.into_iter().map(|chunk| (domain, chunk)));
                }
                ChunkRun::Hole { .. } => {
                    return Err(bad(Defect::Inconsistent { what: "hole in a tree" }));
                }
            }
        }
        let (decoder, buffer) = (TreeDecoder::new(), Vec::new());
        Ok(Self { chunks, rest, decoder, buffer, snapshot: snapshot.id, is_ended: false })
    }

    /// The next item, `None` at the end of a stream that was complete and in order.
    pub(crate) fn next_item(&mut self) -> Result<Option<TreeItem>> {
        while !self.is_ended {
            let item = self.decoder.next_item().map_err(|defect| self.damaged(defect))?;
            if item.is_some() {
                return Ok(item);
            }
            let Some((domain, chunk)) = self.rest.pop_front() else {
                self.decoder.finish().map_err(|defect| self.damaged(defect))?;
                self.is_ended = true;
                break;
            };
            self.buffer.clear();
            self.chunks.read(domain, &chunk, &mut self.buffer)?;
            self.decoder.feed(&self.buffer);
        }
        Ok(None)
    }

    fn damaged(&self, defect: Defect) -> Error {
        let name = layout::snapshot(self.snapshot);
        gleaner_store::Error::Damaged { name, offset: 0, defect }.into()
    }
}

fn show(runs: &[ChunkRun], see: &mut impl FnMut(Domain, &ChunkRef)) {
    for run in runs {
        if let ChunkRun::Chunks { domain, chunks } = run {
            for chunk in chunks {
                see(*domain, chunk);
            }
        }
    }
}
