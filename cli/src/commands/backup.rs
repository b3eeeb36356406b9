//! `gleaner backup`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::source::KeepAll;
use gleaner_engine::{BackupOptions, BackupStats, Parent, Repository};

use super::stream;
use crate::args::{BackupArgs, FilterArgs, rfc3339};
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{BackupSummary, Message, Problem, StageSeconds};
use crate::layers::variable;
use crate::opening::{open, snapshot};
use crate::selection::{FileSelection, has_lists, listed_paths};
use crate::snapshot_view::short_id;

/// Saves files and folders, or a stream.
///
/// # Errors
/// Kind `unreadable` if something was left out: the snapshot is written all the same.
pub(crate) fn backup(context: &Context, args: &BackupArgs) -> Result<(), Failure> {
    if args.stdin.stdin || args.stdin.stdin_from_command {
        return stream::backup_of_stream(context, args);
    }
    let mut wanted: Vec<PathBuf> = args.paths.iter().map(PathBuf::from).collect();
    wanted.append(&mut listed_paths(&args.selection)?);
    if wanted.is_empty() {
        let message = if has_lists(&args.selection) {
            "the lists name nothing to save"
        } else {
            "nothing to save: name a path, or use --files-from or --stdin"
        };
        return Err(Failure::usage(message));
    }
    let selection = FileSelection::new(&args.selection)?;
    let repository = open(context)?;
    let (roots, missing) = existing(context, &wanted)?;
    let mut options = options(context, args, &repository)?;
    options.roots = roots;
    options.selection = Arc::new(selection);
    let operation = context.operation("backup")?;
    let result = gleaner_engine::backup(&repository, &options, &operation.run());
    let reporter = operation.finish();
    report(context, args, &result?, missing + reporter.error_count())
}

/// Options that backups of files and of streams share.
///
/// # Errors
/// Those of looking up `--parent`.
pub(crate) fn options(
    context: &Context,
    args: &BackupArgs,
    repository: &Repository,
) -> Result<BackupOptions, Failure> {
    let parent = match &args.parent {
        _ if args.force => Parent::None,
        Some(spec) => Parent::Id(snapshot(repository, spec, &FilterArgs::default())?.id),
        None => Parent::Auto,
    };
    let _ = context;
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
        compression_level: args.compression,
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

/// Absolute paths of those that exist, and the number of those that do not.
fn existing(context: &Context, wanted: &[PathBuf]) -> Result<(Vec<PathBuf>, u64), Failure> {
    let (mut roots, mut missing) = (Vec::new(), 0);
    for path in wanted {
        let path = absolute(path)?;
        match path.symlink_metadata() {
            Ok(_) => roots.push(path),
            Err(error) => {
                missing += 1;
                let message = format!("{}: {error}", path.display());
                let item = path.as_os_str().as_encoded_bytes();
                context.output.error(Problem::new(message, "no_such_path", "scan", item));
            }
        }
    }
    if roots.is_empty() {
        let message = "none of the paths exists";
        return Err(Failure::new(Kind::NoSuchPath, message));
    }
    Ok((roots, missing))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::io(path.display(), &error))
}

/// Prints the summary and decides the exit code.
///
/// # Errors
/// Kind `unreadable` if something was left out.
pub(crate) fn report(
    context: &Context,
    args: &BackupArgs,
    stats: &BackupStats,
    errors: u64,
) -> Result<(), Failure> {
    context.output.message(&Message::Backup(Box::new(summary(stats, args.dry_run))))?;
    let id = stats.snapshot.map(|id| id.to_string());
    for line in summary_text(stats, args.dry_run, id.as_deref()) {
        context.output.text(&line)?;
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

fn summary(stats: &BackupStats, dry_run: bool) -> BackupSummary {
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
        chunks_novel: stats.chunks_novel,
        chunks_known: stats.chunks_known,
        // Without a server everything that is novel was sent.
        chunks_sent: stats.chunks_novel,
        chunks_tree_novel: stats.chunks_tree_novel,
        total_files_processed: stats.total_files_processed,
        total_bytes_processed: stats.total_bytes_processed,
        bytes_read: stats.bytes_read,
        bytes_holes: stats.bytes_holes,
        bytes_known: stats.bytes_known,
        bytes_novel: stats.bytes_novel,
        bytes_stored: stats.bytes_stored,
        bytes_sent: stats.bytes_novel,
        bytes_tree_novel: stats.bytes_tree_novel,
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

/// The command behind `--stdin-from-command --`.
pub(crate) fn stream_command(args: &BackupArgs) -> Result<(&OsString, &[OsString]), Failure> {
    args.paths
        .split_first()
        .ok_or_else(|| Failure::usage("--stdin-from-command is followed by -- and a command"))
}
