//! Files of one snapshot that cannot be restored.

use gleaner_chunker::ChunkId;

use super::FINDING_PATHS_MAX;

/// Files that need chunks which cannot be had.
#[derive(Default)]
pub(super) struct LostFiles {
    /// The first of the chunks.
    pub(super) chunk: Option<ChunkId>,
    /// The file that was counted last; all chunks of a file come one after the other.
    last: Vec<u8>,
    /// At most [`FINDING_PATHS_MAX`].
    pub(super) paths: Vec<Vec<u8>>,
    pub(super) total: u64,
}

impl LostFiles {
    pub(super) fn add(&mut self, chunk: ChunkId, path: &[u8]) {
        self.chunk.get_or_insert(chunk);
        if self.last == path {
            return;
        }
        self.last = path.to_vec();
        self.total += 1;
        if self.paths.len() < FINDING_PATHS_MAX {
            self.paths.push(path.to_vec());
        }
    }
}
