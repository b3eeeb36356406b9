//! What a backup records of itself, and how it reports: the same for files and for streams.

use std::sync::Arc;

use gleaner_engine::source::KeepAll;
use gleaner_engine::{BackupOptions, BackupStats, BackupTuning, Parent, ParentGroup, Repository};

use gleaner_service::{FoundTotals, NearbyTotals};

use crate::args::{BackupArgs, FilterArgs, GroupBy, rfc3339};
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{BackupSummary, Message, SourceTotals, StageSeconds};
use crate::layers::variable;
use crate::opening::{read_limit, snapshot};
use crate::snapshot_view::short_id;

/// Options that backups of files and of streams share.
///
/// # Errors
/// Those of looking up `--parent`.
pub(crate) fn options(
    context: &Context,
    args: &BackupArgs,
    repository: &Repository,
) -> Result<BackupOptions, Failure> {
    let GroupBy { host, paths: roots, tags } = args.group_by;
    let parent = match &args.parent {
        _ if args.force => Parent::None,
        Some(spec) => Parent::Id(snapshot(repository, spec, &FilterArgs::default())?.id),
        None => Parent::LatestOf(ParentGroup { host, roots, tags }),
    };
    Ok(BackupOptions {
        roots: Vec::new(),
        host: args.host.clone().unwrap_or_else(host_name),
        user: user_name(),
        tags: split_tags(&args.tags),
        time_ns: args.time,
        parent,
        ignore_inode: args.ignore_inode,
        ignore_ctime: args.ignore_ctime,
        with_atime: args.with_atime,
        xattrs: !args.no_xattrs,
        one_file_system: args.selection.one_file_system,
        selection: Arc::new(KeepAll),
        skip_if_unchanged: args.skip_if_unchanged,
        dry_run: args.dry_run,
        map_files: args.mmap,
        nearby: None,
        compression_level: args.compression,
        tuning: BackupTuning {
            pack_target_bytes: args.pack_size,
            reader_threads: args.read_concurrency.map(usize::from),
            read_limit: read_limit(&context.global),
        },
        program: concat!("gleaner ", env!("CARGO_PKG_VERSION")).to_owned(),
    })
}

/// Splits lists of tags at commas.
pub(crate) fn split_tags(lists: &[String]) -> Vec<String> {
    let tags = lists.iter().flat_map(|list| list.split(','));
    tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// This machine's name.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Name of the user, or the number where there is none.
pub(crate) fn user_name() -> String {
    let name = variable("USER").or_else(|| variable("LOGNAME"));
    name.map_or_else(
        || rustix::process::geteuid().as_raw().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Prints the summary and decides the exit code.
///
/// # Errors
/// Kind `unreadable` if something was left out.
pub(crate) fn report(
    context: &Context,
    args: &BackupArgs,
    stats: &BackupStats,
    nearby: &NearbyTotals,
    errors: u64,
) -> Result<(), Failure> {
    context.output.message(&Message::Backup(Box::new(summary(stats, nearby, args.dry_run))))?;
    let id = stats.snapshot.map(|id| id.to_string());
    for line in summary_text(stats, args.dry_run, id.as_deref()) {
        context.output.text(&line)?;
    }
    for (source, found) in &nearby.found {
        let (bytes, chunks) = (amount(found.bytes), count(found.chunks, "chunk"));
        context.output.text(&format!("{bytes} in {chunks} came from source {source}, not sent"))?;
    }
    let left_out = errors.max(stats.files_failed);
    if left_out > 0 {
        let left_out = count(left_out, "path");
        let message = match &id {
            Some(id) => {
                format!("{left_out} could not be read; snapshot {} is without", short_id(id))
            }
            None => format!("{left_out} could not be read"),
        };
        return Err(Failure::new(Kind::Unreadable, message));
    }
    if id.is_some() {
        context.output.next("gleaner snapshots");
    }
    Ok(())
}

fn summary_text(stats: &BackupStats, dry_run: bool, id: Option<&str>) -> Vec<String> {
    let verb = if dry_run { "would save" } else { "saved" };
    let changed = stats.files_new + stats.files_changed;
    let end = match id {
        Some(id) => format!("; snapshot {}", short_id(id)),
        None if stats.unchanged_skipped => "; nothing changed, no snapshot was written".to_owned(),
        None => String::new(),
    };
    let mut lines = vec![
        format!("{} changed or new", count(changed, "file")),
        format!(
            "{verb} {} in {}: {} novel, {} known, {} stored{end}",
            amount(stats.total_bytes_processed),
            count(stats.total_files_processed, "file"),
            amount(stats.bytes_novel),
            amount(stats.bytes_known),
            amount(stats.bytes_stored),
        ),
    ];
    if dry_run {
        lines.push("nothing was changed".to_owned());
    }
    lines
}

fn summary(stats: &BackupStats, nearby: &NearbyTotals, dry_run: bool) -> BackupSummary {
    let source = |(source, found): (&u16, &FoundTotals)| SourceTotals {
        name: source.to_string(),
        kind: "access",
        chunks: found.chunks,
        bytes: found.bytes,
        mismatches: 0,
    };
    let sources: Vec<SourceTotals> = nearby.found.iter().map(source).collect();
    let chunks_found: u64 = sources.iter().map(|source| source.chunks).sum();
    let bytes_found: u64 = sources.iter().map(|source| source.bytes).sum();
    let [scan, read, chunk, hash, lookup, seal, write] = stats.stage_seconds;
    BackupSummary {
        dry_run,
        files_new: stats.files_new,
        files_changed: stats.files_changed,
        files_unmodified: stats.files_unmodified,
        dirs_new: stats.dirs_new,
        dirs_changed: stats.dirs_changed,
        dirs_unmodified: stats.dirs_unmodified,
        files_failed: stats.files_failed,
        // For the engine what was found is stored before the file is read.
        chunks_novel: stats.chunks_novel + chunks_found,
        chunks_known: stats.chunks_known.saturating_sub(chunks_found),
        chunks_from_access: chunks_found,
        chunks_sent: stats.chunks_novel,
        chunks_tree_novel: stats.chunks_tree_novel,
        total_files_processed: stats.total_files_processed,
        total_bytes_processed: stats.total_bytes_processed,
        bytes_read: stats.bytes_read,
        bytes_holes: stats.bytes_holes,
        bytes_known: stats.bytes_known.saturating_sub(bytes_found),
        bytes_novel: stats.bytes_novel + bytes_found,
        bytes_from_access: bytes_found,
        bytes_stored: stats.bytes_stored,
        bytes_sent: stats.bytes_novel,
        bytes_tree_novel: stats.bytes_tree_novel,
        sources,
        state: "complete",
        backup_start: rfc3339(stats.start_ns),
        backup_end: rfc3339(stats.end_ns),
        total_duration: seconds_between(stats.start_ns, stats.end_ns),
        stage_seconds: StageSeconds { scan, read, chunk, hash, lookup, seal, write },
        snapshot_id: stats.snapshot.map(|id| id.to_string()),
        ..BackupSummary::default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds for people")]
fn seconds_between(start_ns: i64, end_ns: i64) -> f64 {
    end_ns.saturating_sub(start_ns).max(0) as f64 / 1e9
}
