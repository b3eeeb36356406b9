//! The result as Markdown. MB are 10^6 bytes.

use std::fmt::Write;
use std::time::Duration;

use gleaner_chunker::ChunkerParams;

use crate::Measured;

/// Bytes that a pack holds for a chunk beside its content: a row in its block and one in the
/// pack's directory.
const PACK_BYTES_PER_CHUNK: u64 = 72;
/// Bytes that a tree holds for each chunk of a file; ids do not compress.
const TREE_BYTES_PER_REFERENCE: u64 = 36;
/// An index row of 24 bytes as `RocksDB` has it on disk, measured after backups of 90,000 to
/// 126,000 chunks.
const INDEX_BYTES_PER_CHUNK: u64 = 54;

const COLUMNS: [&str; 16] = [
    "parameters",
    "references",
    "distinct",
    "mean KiB",
    "dup in A MB",
    "novel in B MB",
    "novel %",
    "A zstd MB",
    "B zstd MB",
    "lists MB",
    "index MB",
    "total MB",
    "restore reads MB",
    "cut ns/KiB",
    "hash ns/KiB",
    "zstd s",
];

/// What was measured, and the head of the table.
pub(crate) fn head(folders: &[&String], measured: [&Measured; 2]) -> String {
    let (first, later) = folders.split_at(folders.len().min(1));
    let mut text = String::new();
    for (name, folders, measured) in [("A", first, measured[0]), ("B", later, measured[1])] {
        let folders: Vec<&str> = folders.iter().map(|folder| folder.as_str()).collect();
        let (folders, files) = (folders.join(" "), measured.files);
        let megabytes = megabytes(measured.bytes);
        let _infallible = writeln!(text, "- {name}: {folders}, {files} files, {megabytes} MB");
    }
    let columns = COLUMNS.join(" | ");
    let rule = "---:|".repeat(COLUMNS.len() - 1);
    let _infallible = write!(text, "\n| {columns} |\n|---|{rule}");
    text
}

/// One line: all versions under one choice of parameters.
pub(crate) fn row(params: ChunkerParams, a: &Measured, b: &Measured) -> String {
    let bytes = a.bytes + b.bytes;
    let references = a.references + b.references;
    let distinct = a.novel_chunks + b.novel_chunks;
    let lists = distinct * PACK_BYTES_PER_CHUNK + references * TREE_BYTES_PER_REFERENCE;
    let index = distinct * INDEX_BYTES_PER_CHUNK;
    let total = a.compressed_bytes + b.compressed_bytes + lists + index;
    let cells = [
        params.to_string(),
        references.to_string(),
        distinct.to_string(),
        format!("{:.1}", ratio(bytes, references) / 1024.0),
        megabytes(a.bytes - a.novel_bytes),
        megabytes(b.novel_bytes),
        format!("{:.2}", 100.0 * ratio(b.novel_bytes, b.bytes)),
        megabytes(a.compressed_bytes),
        megabytes(b.compressed_bytes),
        megabytes(lists),
        megabytes(index),
        megabytes(total),
        megabytes(b.restore_read_bytes),
        pace(a.times.cut + b.times.cut, bytes),
        pace(a.times.hash + b.times.hash, bytes),
        format!("{:.1}", (a.compress_time + b.compress_time).as_secs_f64()),
    ];
    format!("| {} |", cells.join(" | "))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", ratio(bytes, 1_000_000))
}

/// Nanoseconds of thread time for a KiB of input.
fn pace(time: Duration, bytes: u64) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e9 / ratio(bytes, 1024))
}

#[expect(clippy::cast_precision_loss, reason = "both are far below 2^52")]
fn ratio(numerator: u64, denominator: u64) -> f64 {
    numerator as f64 / denominator.max(1) as f64
}
