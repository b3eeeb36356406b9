//! `gleaner stats`.

use std::collections::HashSet;

use gleaner_chunker::ChunkId;
use gleaner_engine::{Repository, Run, Visit, walk_tree};
use gleaner_store::{EntryKind, PackKind, Run as ChunkRun, Snapshot};

use super::list::{directory, packs};
use crate::args::{Mode, StatsArgs};
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::opening::{open, refuse_damaged, snapshots};

/// What was counted.
#[derive(Debug, Default)]
struct Totals {
    files: u64,
    bytes: u64,
    chunks: u64,
    packs: u64,
    /// Raw bytes of the chunks in the packs counted.
    bytes_raw: u64,
    /// Bytes of the packs counted.
    bytes_stored: u64,
}

/// Sizes and ratios; in JSON one document.
///
/// # Errors
/// Those of reading trees and packs.
pub(crate) fn stats(context: &Context, args: &StatsArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let chosen = snapshots(context, &repository, &args.snapshots, &args.filter)?;
    let operation = context.listing();
    let run = operation.run();
    let (name, totals) = match args.mode {
        Mode::RestoreSize => ("restore-size", files(&repository, &chosen, false, &run)?),
        Mode::FilesByContents => ("files-by-contents", files(&repository, &chosen, true, &run)?),
        Mode::RawData => ("raw-data", stored(&repository, true)?),
        Mode::Chunks => ("chunks", stored(&repository, false)?),
    };
    let is_encrypted = repository.config().domain_key.is_some();
    let output = &context.output;
    output.document(&serde_json::json!({
        "mode": name,
        "snapshots_count": chosen.len(),
        "encrypted": is_encrypted,
        "total_file_count": totals.files,
        "total_size": totals.bytes,
        "total_chunk_count": totals.chunks,
        "packs_total": totals.packs,
        "total_uncompressed_size": totals.bytes_raw,
        "bytes_stored": totals.bytes_stored,
        "compression_ratio": ratio(totals.bytes_raw, totals.bytes_stored),
    }))?;
    let seal = if is_encrypted { "" } else { ", not encrypted" };
    output.listing(&format!("{} ({name}{seal})", count(chosen.len() as u64, "snapshot")))?;
    output.listing(&format!("  {}, {}", count(totals.files, "file"), amount(totals.bytes)))?;
    if totals.packs > 0 {
        let (chunks, packs) = (count(totals.chunks, "chunk"), count(totals.packs, "pack"));
        let (raw, stored) = (amount(totals.bytes_raw), amount(totals.bytes_stored));
        output.listing(&format!("  {chunks} of {raw} in {packs} of {stored}"))?;
    }
    output.flush()?;
    refuse_damaged(&repository)
}

/// Files of all snapshots, each content once if `unique`.
fn files(
    repository: &Repository,
    snapshots: &[Snapshot],
    unique: bool,
    run: &Run<'_>,
) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let mut seen: HashSet<(u64, Vec<ChunkId>)> = HashSet::new();
    for snapshot in snapshots {
        walk_tree(repository, snapshot, b"", run, &mut |_, entry| {
            let EntryKind::File { bytes, content, .. } = &entry.kind else {
                return Visit::Continue;
            };
            // The first part of the list is enough to tell contents of equal length apart, but
            // for large files that differ only far behind their beginning.
            if !unique || seen.insert((*bytes, chunk_ids(content))) {
                totals.files += 1;
                totals.bytes += bytes;
            }
            Visit::Continue
        })?;
    }
    Ok(totals)
}

fn chunk_ids(content: &[ChunkRun]) -> Vec<ChunkId> {
    let chunks = content.iter().flat_map(|run| match run {
        ChunkRun::Chunks { chunks, .. } => chunks.as_slice(),
        ChunkRun::Hole { .. } => &[],
    });
    chunks.map(|chunk| chunk.id).collect()
}

/// What is in the packs, by their directories; without `with_trees` only chunks of files.
fn stored(repository: &Repository, with_trees: bool) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    for (pack, pack_bytes) in packs(repository)? {
        let directory = directory(repository, (pack, pack_bytes))?;
        if directory.header.kind == PackKind::Data || with_trees {
            totals.packs += 1;
            totals.bytes_stored += pack_bytes;
            totals.chunks += directory.chunks.len() as u64;
            totals.bytes_raw +=
                directory.chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum::<u64>();
        }
    }
    totals.bytes = totals.bytes_stored;
    Ok(totals)
}

/// `None` where nothing is divided.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(whole: u64, part: u64) -> Option<f64> {
    (part > 0).then(|| whole as f64 / part as f64)
}
