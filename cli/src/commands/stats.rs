//! `gleaner stats`.

use gleaner_engine::{IndexMode, IndexStats, RepositoryStats, StatsMode};

use crate::args::{IndexModeName, Mode, StatsArgs};
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
        "index_memory_bytes": stats.index.memory.total_bytes(),
        "index_disk_bytes": stats.index.disk_bytes,
        "index": index(&stats.index, mode_name(context, stats.index.mode)),
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
    let index = &stats.index;
    let (memory, disk) = (amount(index.memory.total_bytes()), amount(index.disk_bytes));
    let (mode, rows) = (mode_name(context, index.mode), count(index.rows_estimated, "row"));
    output
        .listing(&format!("  index ({mode}): about {rows}, {memory} in memory, {disk} on disk"))?;
    match index.memory.beyond_budget_bytes {
        0 => Ok(()),
        beyond => {
            let beyond = amount(beyond);
            output.listing(&format!("  {beyond} beyond its memory; consider --index-mode sparse"))
        }
    }
}

/// The index in JSON: keys, bytes per key, and who answered the lookups since it was built.
fn index(stats: &IndexStats, mode: &str) -> serde_json::Value {
    let (memory, lookups, rows) = (&stats.memory, &stats.lookups, stats.rows_estimated);
    serde_json::json!({
        "mode": mode,
        "packs_live": stats.packs_live,
        "packs_other": stats.packs_other,
        "chunks_listed": stats.chunks_listed,
        "keys": rows,
        "key_memory_bytes": memory.key_bytes(),
        "memory_bytes_per_key": ratio(memory.key_bytes(), rows),
        "disk_bytes": stats.disk_bytes,
        "disk_bytes_per_key": ratio(stats.disk_bytes, rows),
        "memory": {
            "budget_bytes": memory.budget_bytes,
            "beyond_budget_bytes": memory.beyond_budget_bytes,
            "total_bytes": memory.total_bytes(),
            "packs_bytes": memory.packs_bytes,
            "rows_bytes": memory.rows_bytes,
            "locality_cache_bytes": memory.locality_cache_bytes,
            "filter_bytes": memory.filter_bytes,
            "pinned_bytes": memory.pinned_bytes,
            "data_block_bytes": memory.data_block_bytes,
            "write_buffer_bytes": memory.write_buffer_bytes,
        },
        "lookups": {
            "asked": lookups.asked,
            "in_flight": lookups.in_flight,
            "by_cache": lookups.by_cache,
            "by_filter": lookups.by_filter,
            "by_row": lookups.by_row,
            "novel_by_row": lookups.novel_by_row,
            "gets": lookups.gets,
            "directories_read": lookups.directories_read,
            "share_in_flight": ratio(lookups.in_flight, lookups.asked),
            "share_by_cache": ratio(lookups.by_cache, lookups.asked),
            "share_by_filter": ratio(lookups.by_filter, lookups.asked),
            "share_by_row": ratio(lookups.by_row + lookups.novel_by_row, lookups.asked),
            "gets_per_chunk": ratio(lookups.gets, lookups.asked),
        },
    })
}

/// As `--index-mode` names it.
fn mode_name(context: &Context, mode: IndexMode) -> &'static str {
    match (context.global.index_mode, mode) {
        (Some(IndexModeName::Neighbor), _) => "neighbor",
        (_, IndexMode::Sparse) => "sparse",
        _ => "exact",
    }
}

/// `None` where nothing is divided.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(whole: u64, part: u64) -> Option<f64> {
    (part > 0).then(|| whole as f64 / part as f64)
}
