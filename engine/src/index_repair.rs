//! Builds a repository's index anew from its packs.

use std::path::PathBuf;

use gleaner_chunker::{ChunkerParams, PackId};
use gleaner_index::ChunkIndex as _;

use crate::error::{Error, Result};
use crate::open_index::{IndexState, Place, SharedDirectories, list_packs};
use crate::progress::Run;
use crate::repository::Repository;

/// Bytes of a row and its share of blocks around it.
const ROW_BYTES: u64 = 32;

/// What [`rebuild_index`] would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexPlan {
    /// Folder of the index.
    pub folder: PathBuf,
    /// Packs whose directories would be read.
    pub packs: u64,
    /// Length of the new index, estimated by the nominal size of chunks.
    pub bytes_to_write: u64,
}

/// What became of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexRepair {
    /// What was there.
    pub was: IndexState,
    /// Packs that are in the index now.
    pub packs: u64,
    /// Chunks of these packs; one in two packs counts twice.
    pub chunks: u64,
    /// Packs that are not: their directories cannot be read.
    pub packs_left_out: u64,
}

/// Says what [`rebuild_index`] would do. Touches nothing, the index included: that it is damaged
/// shows when it is opened.
///
/// Cost: one listing.
///
/// # Errors
/// [`Error::IndexInMemory`]; the storage's.
pub fn plan_index(repository: &Repository) -> Result<IndexPlan> {
    let packs = list_packs(repository.storage())?;
    let folder = place(repository, &packs, &SharedDirectories::default())
        .folder()
        .ok_or(Error::IndexInMemory)?;
    let bytes: u64 = packs.iter().map(|(_, bytes)| bytes).sum();
    let chunk_bytes = match repository.config().chunker {
        ChunkerParams::FastCdc { avg, .. } => avg,
        ChunkerParams::Fixed { bytes } => bytes,
    };
    let chunks = bytes.div_ceil(u64::from(chunk_bytes.max(1)));
    Ok(IndexPlan { folder, packs: packs.len() as u64, bytes_to_write: chunks * ROW_BYTES })
}

/// Builds the index in the cache folder anew from the directories of all packs, whatever is there;
/// the old one stays until the new one is durable. Packs whose directories cannot be read are
/// warned of and left out.
///
/// Cost: a directory of each pack.
///
/// # Errors
/// [`Error::IndexInMemory`]; an index of kind `Locked` if somebody has it open, this repository
/// included; a pack of a newer format; the storage's.
pub fn rebuild_index(repository: &Repository, run: &Run<'_>) -> Result<IndexRepair> {
    let packs = list_packs(repository.storage())?;
    let (index, built, was) =
        place(repository, &packs, &SharedDirectories::default()).rebuild(run)?;
    let stats = index.stats()?;
    Ok(IndexRepair {
        was,
        packs: stats.packs_live,
        chunks: stats.chunks_listed,
        packs_left_out: built.left_out.len() as u64,
    })
}

fn place<'a>(
    repository: &'a Repository,
    packs: &'a [(PackId, u64)],
    kept: &'a SharedDirectories,
) -> Place<'a> {
    let (id, keys) = (repository.config().id, repository.shared_keys());
    Place { env: &repository.env, repository: id, keys, packs, kept }
}
