//! Sizes of snapshots and of the repository.

use std::collections::HashSet;

use gleaner_chunker::ChunkId;
use gleaner_index::IndexStats;
use gleaner_store::{EntryKind, PackKind, Run as ChunkRun, Snapshot, TreeItem, layout};

use crate::error::Result;
use crate::progress::Run;
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// What to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatsMode {
    /// Bytes that restoring each snapshot would write.
    RestoreSize,
    /// Bytes of files that differ in content, each counted once.
    FilesByContents,
    /// Bytes of the chunks that the snapshots refer to, each counted once.
    RawData,
}

/// Sizes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct RepositoryStats {
    /// Snapshots counted.
    pub snapshots: u64,
    /// Entries counted.
    pub total_files: u64,
    /// Bytes by the mode.
    pub total_bytes: u64,
    /// Different chunks counted, in the modes that look at chunks.
    pub total_chunks: u64,
    /// Packs on storage.
    pub packs: u64,
    /// Bytes of all packs.
    pub bytes_packs: u64,
    /// Raw bytes of all data chunks stored.
    pub bytes_raw_stored: u64,
    /// Data chunks stored.
    pub chunks_stored: u64,
    /// What the index holds and uses.
    pub index: IndexStats,
}

/// Counts over snapshots, and over the packs of the whole repository.
///
/// Memory: 32 bytes per different chunk or file, in the modes that count each once.
///
/// # Errors
/// Damage of trees and directories.
pub fn stats(
    repository: &Repository,
    snapshots: &[Snapshot],
    mode: StatsMode,
    run: &Run<'_>,
) -> Result<RepositoryStats> {
    let mut stats = RepositoryStats { snapshots: snapshots.len() as u64, ..Default::default() };
    let index = repository.index(run)?;
    let mut seen = HashSet::new();
    for snapshot in snapshots {
        let mut tree = TreeReader::open(repository, std::sync::Arc::clone(&index), snapshot)?;
        let mut content = blake3::Hasher::new();
        let mut content_bytes = 0;
        while let Some(item) = tree.next_item()? {
            run.cancel.check()?;
            let (runs, more) = match item {
                TreeItem::Leave => continue,
                TreeItem::Enter(_) => {
                    stats.total_files += 1;
                    continue;
                }
                TreeItem::Content { runs, more } => (runs, more),
                TreeItem::Node(entry) => {
                    stats.total_files += 1;
                    let EntryKind::File { content, more, .. } = entry.kind else { continue };
                    (content, more)
                }
            };
            let bytes: u64 = runs.iter().map(ChunkRun::bytes).sum();
            match mode {
                StatsMode::RestoreSize => stats.total_bytes += bytes,
                StatsMode::RawData => count_chunks(&runs, &mut seen, &mut stats),
                StatsMode::FilesByContents => {
                    content.update(&gleaner_store::encode_runs(&runs));
                    content_bytes += bytes;
                    if !more {
                        let hash = *content.finalize().as_bytes();
                        if seen.insert(ChunkId::from_bytes(hash)) {
                            stats.total_bytes += content_bytes;
                        }
                        content.reset();
                        content_bytes = 0;
                    }
                }
            }
        }
    }
    stats.total_chunks = if mode == StatsMode::RawData { seen.len() as u64 } else { 0 };
    count_packs(repository, &index, &mut stats)?;
    Ok(stats)
}

fn count_chunks(runs: &[ChunkRun], seen: &mut HashSet<ChunkId>, stats: &mut RepositoryStats) {
    for run in runs {
        let ChunkRun::Chunks { chunks, .. } = run else { continue };
        for chunk in chunks {
            if seen.insert(chunk.id) {
                stats.total_bytes += u64::from(chunk.bytes);
            }
        }
    }
}

fn count_packs(
    repository: &Repository,
    index: &crate::open_index::OpenIndex,
    stats: &mut RepositoryStats,
) -> Result<()> {
    for listed in repository.storage().list(&layout::packs())? {
        let Some(id) = layout::parse_pack(&listed.name) else { continue };
        stats.packs += 1;
        stats.bytes_packs += listed.bytes;
        let directory = index.directory(id)?;
        if directory.header.kind == PackKind::Data {
            stats.chunks_stored += directory.chunks.len() as u64;
            stats.bytes_raw_stored +=
                directory.chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum::<u64>();
        }
    }
    stats.index = index.stats()?;
    Ok(())
}
