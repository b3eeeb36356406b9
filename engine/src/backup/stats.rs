//! What a backup reports.

use gleaner_store::SnapshotId;

/// What a backup did. Data chunks only, unless a name says otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct BackupStats {
    /// Files that the parent does not have.
    pub files_new: u64,
    /// Files that the parent has otherwise.
    pub files_changed: u64,
    /// Files taken over from the parent.
    pub files_unmodified: u64,
    /// Folders that the parent does not have.
    pub dirs_new: u64,
    /// Folders whose metadata differs from the parent's.
    pub dirs_changed: u64,
    /// Folders as in the parent.
    pub dirs_unmodified: u64,
    /// Links, pipes, sockets, devices.
    pub others: u64,
    /// Entries that could not be read.
    pub files_failed: u64,
    /// Files that changed while they were read.
    pub files_unstable: u64,
    /// Entries that were saved without some of their extended attributes, which could not be read.
    pub attributes_failed: u64,
    /// Chunks first stored by this run.
    pub chunks_novel: u64,
    /// Chunks that were stored already, or repeat inside this run.
    pub chunks_known: u64,
    /// Tree chunks first stored by this run.
    pub chunks_tree_novel: u64,
    /// Regular files in the snapshot.
    pub total_files_processed: u64,
    /// Bytes of all files, holes included.
    pub total_bytes_processed: u64,
    /// Bytes read from the source.
    pub bytes_read: u64,
    /// Bytes in holes.
    pub bytes_holes: u64,
    /// Raw bytes of chunks that were known.
    pub bytes_known: u64,
    /// Raw bytes of novel chunks.
    pub bytes_novel: u64,
    /// Bytes of the packs written.
    pub bytes_stored: u64,
    /// Raw bytes of novel tree chunks.
    pub bytes_tree_novel: u64,
    /// Seconds of scan, read, chunk, hash, lookup, seal, write, summed over threads.
    pub stage_seconds: [f64; 7],
    /// The snapshot; `None` if none was written.
    pub snapshot: Option<SnapshotId>,
    /// True if no snapshot was written because nothing changed.
    pub unchanged_skipped: bool,
    /// Start by the clock, nanoseconds since 1970.
    pub start_ns: i64,
    /// End by the clock, nanoseconds since 1970.
    pub end_ns: i64,
}
