//! `gleaner stats`.

use gleaner_engine::{RepositoryStats, StatsMode};

use crate::args::{Mode, StatsArgs};
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::opening::{open, refuse_damaged, snapshots};

/// Sizes and ratios; in JSON one document.
///
/// # Errors
/// Those of reading trees and packs.
pub(crate) fn stats(context: &Context, args: &StatsArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let chosen = snapshots(context, &repository, &args.snapshots, &args.filter)?;
    let operation = context.listing();
    let (mode, name) = match args.mode {
        Mode::RestoreSize => (StatsMode::RestoreSize, "restore-size"),
        Mode::FilesByContents => (StatsMode::FilesByContents, "files-by-contents"),
        Mode::RawData => (StatsMode::RawData, "raw-data"),
    };
    let stats = gleaner_engine::stats(&repository, &chosen, mode, &operation.run())?;
    let is_encrypted = repository.config().domain_key.is_some();
    let output = &context.output;
    output.document(&serde_json::json!({
        "mode": name,
        "snapshots_count": stats.snapshots,
        "encrypted": is_encrypted,
        "total_file_count": stats.total_files,
        "total_size": stats.total_bytes,
        "total_chunk_count": stats.total_chunks,
        "packs_total": stats.packs,
        "chunks_stored": stats.chunks_stored,
        "total_uncompressed_size": stats.bytes_raw_stored,
        "bytes_stored": stats.bytes_packs,
        "compression_ratio": ratio(stats.bytes_raw_stored, stats.bytes_packs),
        "index_memory_bytes": stats.index_memory_bytes,
        "index_disk_bytes": stats.index_disk_bytes,
    }))?;
    print_text(context, &stats, name, is_encrypted)?;
    output.flush()?;
    refuse_damaged(&repository)
}

fn print_text(
    context: &Context,
    stats: &RepositoryStats,
    mode: &str,
    is_encrypted: bool,
) -> Result<(), Failure> {
    let output = &context.output;
    let seal = if is_encrypted { "" } else { ", not encrypted" };
    output.listing(&format!("{} ({mode}{seal})", count(stats.snapshots, "snapshot")))?;
    let (files, bytes) = (count(stats.total_files, "file"), amount(stats.total_bytes));
    output.listing(&format!("  {files}, {bytes}"))?;
    let (chunks, packs) = (count(stats.chunks_stored, "chunk"), count(stats.packs, "pack"));
    let (raw, stored) = (amount(stats.bytes_raw_stored), amount(stats.bytes_packs));
    output.listing(&format!("  stored: {chunks} of {raw} in {packs} of {stored}"))?;
    let (memory, disk) = (amount(stats.index_memory_bytes), amount(stats.index_disk_bytes));
    output.listing(&format!("  index: {memory} in memory, {disk} on disk"))
}

/// `None` where nothing is divided.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(whole: u64, part: u64) -> Option<f64> {
    (part > 0).then(|| whole as f64 / part as f64)
}
