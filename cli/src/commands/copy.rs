//! `gleaner copy`.

use std::path::Path;

use gleaner_engine::{CopyOptions, CopyStats};

use super::recording::host_name;
use crate::args::CopyArgs;
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{CopySummary, Message};
use crate::observer::Reporter;
use crate::opening::{open, open_at, snapshots};
use crate::password::PasswordSource;
use crate::place::{Place, local_path};
use crate::snapshot_view::short_id;

/// Copies snapshots of another repository into the one that the flags name.
///
/// # Errors
/// Kind `unreadable` if snapshots could not be read: the others are copied all the same.
pub(crate) fn copy(context: &Context, args: &CopyArgs) -> Result<(), Failure> {
    let Some(url) = &args.from_repo else {
        return Err(Failure::usage("name the repository to copy from with --from-repo"));
    };
    let source = PasswordSource {
        file: args.from_password_file.as_deref(),
        command: args.from_password_command.as_deref(),
        from_variable: false,
    };
    let path = local_path(url.as_encoded_bytes())?;
    Place::of(&context.global)?.folder().map_or(Ok(()), |to| refuse_same(&path, to))?;
    let (from, _) = open_at(context, &Place::Folder(path.clone()), source)?;
    let to = open(context)?;
    let unreadable = from.snapshots()?.damaged.len() as u64;
    let wanted = snapshots(context, &from, &args.snapshots, &args.filter)?;
    let options = CopyOptions {
        host: host_name(),
        lease: !args.dry_run && !context.global.no_lock,
        dry_run: args.dry_run,
    };
    let operation = context.operation("copy")?;
    let result = gleaner_engine::copy(&from, &to, &wanted, &options, &operation.run());
    let reporter = operation.finish();
    let stats = result?;
    // A manifest that cannot be read is one snapshot that was asked for by asking for all.
    let unreadable = if args.snapshots.is_empty() { unreadable } else { 0 };
    let failed = stats.snapshots_failed + unreadable;
    let summary = summary(&stats, failed, args, &reporter);
    context.output.message(&Message::Copy(summary.clone()))?;
    print_text(context, args, &stats, &summary)?;
    if failed > 0 {
        let failed = count(failed, "snapshot");
        let message = format!("{failed} could not be read and are not copied");
        let next = format!("gleaner check --read-data -r {}", path.display());
        return Err(Failure::new(Kind::Unreadable, message).next(next));
    }
    Ok(())
}

/// A repository holds its own snapshots already, and would wait for its own index.
fn refuse_same(from: &Path, to: &Path) -> Result<(), Failure> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if real(from) == real(to) {
        return Err(Failure::usage("--from-repo and -r name the same repository"));
    }
    Ok(())
}

fn summary(
    stats: &CopyStats,
    snapshots_failed: u64,
    args: &CopyArgs,
    reporter: &Reporter,
) -> CopySummary {
    CopySummary {
        dry_run: args.dry_run,
        snapshots_copied: stats.snapshots_copied,
        snapshots_skipped: stats.snapshots_skipped,
        snapshots_failed,
        chunks_novel: stats.chunks_novel,
        chunks_known: stats.chunks_known,
        chunks_tree_novel: stats.chunks_tree_novel,
        bytes_novel: stats.bytes_novel,
        bytes_known: stats.bytes_known,
        bytes_tree_novel: stats.bytes_tree_novel,
        bytes_read: stats.bytes_read,
        bytes_stored: stats.bytes_stored,
        total_duration: reporter.seconds(),
    }
}

fn print_text(
    context: &Context,
    args: &CopyArgs,
    stats: &CopyStats,
    summary: &CopySummary,
) -> Result<(), Failure> {
    for copied in &stats.copied {
        let (old, new) = (copied.source.to_string(), copied.copy.to_string());
        context.output.text(&format!("{} -> {}", short_id(&old), short_id(&new)))?;
    }
    let verb = if args.dry_run { "would copy" } else { "copied" };
    context.output.text(&format!(
        "{verb} {}, {} already there: {} novel, {} known, {} stored",
        count(summary.snapshots_copied, "snapshot"),
        summary.snapshots_skipped,
        amount(summary.bytes_novel),
        amount(summary.bytes_known),
        amount(summary.bytes_stored),
    ))?;
    if args.dry_run { context.output.text("nothing was changed") } else { Ok(()) }
}
