//! What a copy did.

use gleaner_store::SnapshotId;

/// A snapshot and its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopiedSnapshot {
    /// Id in the repository that was read.
    pub source: SnapshotId,
    /// Id in the repository that was written.
    pub copy: SnapshotId,
}

/// What a copy did; a dry run counts what it would do. Chunks and bytes are of the snapshots that
/// were copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyStats {
    /// Snapshots that were copied.
    pub snapshots_copied: u64,
    /// Snapshots that the target had already.
    pub snapshots_skipped: u64,
    /// Snapshots that could not be read in the source.
    pub snapshots_failed: u64,
    /// Chunks of files first seen by this run, in the target's terms.
    pub chunks_novel: u64,
    /// Chunks of files that were in the target, or came more than once.
    pub chunks_known: u64,
    /// Raw bytes of the novel chunks.
    pub bytes_novel: u64,
    /// Raw bytes of the known chunks.
    pub bytes_known: u64,
    /// Chunks of trees first seen by this run.
    pub chunks_tree_novel: u64,
    /// Raw bytes of those.
    pub bytes_tree_novel: u64,
    /// Raw bytes of file chunks that were read and verified in the source.
    pub bytes_read: u64,
    /// Bytes of the packs written, sealed and with directories.
    pub bytes_stored: u64,
    /// The copies, in the order in which they were made; none in a dry run.
    pub copied: Vec<CopiedSnapshot>,
}

impl CopyStats {
    /// Adds the chunks and bytes of one snapshot.
    pub(super) fn add(&mut self, copied: &Self) {
        self.chunks_novel += copied.chunks_novel;
        self.chunks_known += copied.chunks_known;
        self.bytes_novel += copied.bytes_novel;
        self.bytes_known += copied.bytes_known;
        self.chunks_tree_novel += copied.chunks_tree_novel;
        self.bytes_tree_novel += copied.bytes_tree_novel;
        self.bytes_read += copied.bytes_read;
        self.bytes_stored += copied.bytes_stored;
    }
}
