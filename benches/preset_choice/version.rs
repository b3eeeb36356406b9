//! One version of the data: its files, and what a backup of them adds to what is stored.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::block_store::BlockStore;
use crate::cutter::{CutTimes, Cutter};

/// A restore plans file content in windows of this many bytes and opens each block once in a
/// window (docs/architecture.md).
const RESTORE_WINDOW_BYTES: u64 = 64 << 20;

/// Counts of one version, or of several in turn; what was stored before counts as known.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    /// Chunks that the files refer to, repetitions included.
    pub(crate) references: u64,
    pub(crate) novel_chunks: u64,
    pub(crate) novel_bytes: u64,
    /// Of the novel chunks, in blocks.
    pub(crate) compressed_bytes: u64,
    /// Compressed bytes of the blocks that a restore opens, over all its windows.
    pub(crate) restore_read_bytes: u64,
    pub(crate) times: CutTimes,
    pub(crate) compress_time: Duration,
}

impl Measured {
    /// Adds a later version; what a restore reads is that of the last.
    pub(crate) fn add_later(&mut self, later: &Self) {
        self.files += later.files;
        self.bytes += later.bytes;
        self.references += later.references;
        self.novel_chunks += later.novel_chunks;
        self.novel_bytes += later.novel_bytes;
        self.compressed_bytes += later.compressed_bytes;
        self.restore_read_bytes = later.restore_read_bytes;
        self.times.cut += later.times.cut;
        self.times.hash += later.times.hash;
        self.compress_time += later.compress_time;
    }
}

/// The regular files below a folder, in path order; links are not followed.
pub(crate) fn file_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut folders, mut paths) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let file_type = entry.file_type()?;
            if file_type.is_dir() {
                folders.push(entry.path());
            } else if file_type.is_file() {
                paths.push(entry.path());
            }
        }
    }
    // By component, which is the order of a depth-first walk.
    paths.sort();
    Ok(paths)
}

/// Cuts all files and stores what is novel.
pub(crate) fn measure(
    paths: &[PathBuf],
    cutter: &Cutter,
    blocks: &mut BlockStore,
) -> io::Result<Measured> {
    let mut measured = Measured { files: paths.len(), ..Measured::default() };
    let (bytes_before, time_before) = (blocks.bytes(), blocks.compress_time);
    let mut places = Vec::new();
    let mut times = CutTimes::default();
    for path in paths {
        let file_bytes = cutter.cut_file(path, &mut times, |id, chunk| {
            let placed = blocks.add(id, chunk)?;
            let chunk_bytes = chunk.len() as u64;
            places.push((placed.block, chunk_bytes));
            if placed.is_novel {
                measured.novel_chunks += 1;
                measured.novel_bytes += chunk_bytes;
            }
            Ok(())
        })?;
        measured.bytes += file_bytes;
    }
    blocks.close_block()?;
    measured.references = places.len() as u64;
    measured.compressed_bytes = blocks.bytes() - bytes_before;
    measured.restore_read_bytes = restore_read_bytes(&places, blocks);
    measured.times = times;
    measured.compress_time = blocks.compress_time.saturating_sub(time_before);
    Ok(measured)
}

/// `places` are block and length of each chunk, in stream order.
fn restore_read_bytes(places: &[(usize, u64)], blocks: &BlockStore) -> u64 {
    let (mut window_bytes, mut read_bytes) = (0, 0);
    let mut opened = HashSet::new();
    for (block, chunk_bytes) in places {
        if window_bytes + chunk_bytes > RESTORE_WINDOW_BYTES {
            window_bytes = 0;
            opened.clear();
        }
        window_bytes += chunk_bytes;
        if opened.insert(*block) {
            read_bytes += blocks.block_bytes(*block);
        }
    }
    read_bytes
}
