//! `gleaner restore`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use gleaner_engine::target::{OverwritePolicy, OwnerMode};
use gleaner_engine::{Choice, RestoreOptions, RestoreStats, Select};

use super::ls::normal_path;
use super::recording::host_name;
use crate::args::{Address, Overwrite, RestoreArgs};
use crate::byte_text::{amount, count, printable};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, RestoreSummary};
use crate::observer::Reporter;
use crate::opening::{open, snapshot, write_limit};
use crate::pattern::{Pattern, PatternList};

/// Writes entries of a snapshot below the target.
///
/// # Errors
/// Kind `damaged` if content is lost, `unwritable` if entries could not be written: the rest is
/// restored all the same.
pub(crate) fn restore(context: &Context, args: &RestoreArgs) -> Result<(), Failure> {
    let address = Address::parse(&args.address)?;
    let Some(target) = &args.target else {
        return Err(Failure::usage("name the folder to restore into with -t, --target"));
    };
    let options = RestoreOptions {
        target: target.clone(),
        subpath: normal_path(address.path.as_deref().unwrap_or_default()),
        select: selector(args)?,
        overwrite: match args.overwrite {
            Overwrite::Always => OverwritePolicy::Always,
            Overwrite::IfChanged => OverwritePolicy::IfChanged,
            Overwrite::IfNewer => OverwritePolicy::IfNewer,
            Overwrite::Never => OverwritePolicy::Never,
        },
        delete: args.delete,
        sparse: args.sparse,
        verify: args.verify,
        owners: owners(args),
        special_files: !args.no_special_files,
        xattrs: true,
        dry_run: args.dry_run,
        lease: !args.dry_run && !context.global.no_lock,
        host: host_name(),
        write_limit: write_limit(&context.global),
    };
    let repository = open(context)?;
    let snapshot = snapshot(&repository, &address.snapshot, &args.filter)?;
    if args.delete && !args.dry_run {
        let place = target.display();
        context.confirm(&format!("remove from {place} what is not in the snapshot?"))?;
    }
    let operation = context.operation("restore")?;
    let result = gleaner_engine::restore(&repository, &snapshot, &options, &operation.run());
    let reporter = operation.finish();
    let stats = result?;
    let summary = summary(&stats, args, reporter.seconds());
    context.output.message(&Message::Restore(Box::new(summary.clone())))?;
    print_text(context, args, &summary)?;
    judge(context, &stats, &reporter)
}

/// As root by recorded owners, else as whoever restores.
fn owners(args: &RestoreArgs) -> OwnerMode {
    if args.numeric_owner {
        OwnerMode::Numeric
    } else if rustix::process::geteuid().is_root() {
        OwnerMode::ByName
    } else {
        OwnerMode::Restorer
    }
}

fn selector(args: &RestoreArgs) -> Result<Arc<Select>, Failure> {
    let list = |exact: &[OsString], ignoring: &[OsString]| -> Result<PatternList, Failure> {
        let mut list = PatternList::default();
        for (patterns, ignores_case) in [(exact, false), (ignoring, true)] {
            for pattern in patterns {
                list.push(Pattern::new(pattern.as_bytes(), ignores_case)?);
            }
        }
        Ok(list)
    };
    let included = list(&args.include, &args.iinclude)?;
    let excluded = list(&args.exclude, &args.iexclude)?;
    Ok(Arc::new(move |path, is_folder| {
        if excluded.matches_with_content(path) {
            Choice::Skip
        } else if included.is_empty() || included.matches_with_content(path) {
            Choice::Take
        } else if is_folder && included.may_match_below(path) {
            Choice::Pass
        } else {
            Choice::Skip
        }
    }))
}

fn summary(stats: &RestoreStats, args: &RestoreArgs, seconds_elapsed: f64) -> RestoreSummary {
    RestoreSummary {
        total_files: stats.total_files,
        files_restored: stats.files_restored,
        files_skipped: stats.files_skipped,
        files_deleted: stats.files_deleted,
        files_failed: stats.files_failed,
        total_bytes: stats.total_bytes,
        bytes_restored: stats.bytes_restored,
        bytes_skipped: stats.bytes_skipped,
        bytes_from_target: stats.bytes_from_target,
        bytes_read_packs: stats.bytes_read_packs,
        pack_reads: stats.pack_reads,
        chunks_damaged: stats.chunks_damaged,
        paths_lost: stats.paths_lost_count,
        verified: stats.verified,
        dry_run: args.dry_run,
        seconds_elapsed,
    }
}

fn print_text(
    context: &Context,
    args: &RestoreArgs,
    summary: &RestoreSummary,
) -> Result<(), Failure> {
    let verb = if args.dry_run { "would restore" } else { "restored" };
    let verified = if summary.verified { ", read back and compared" } else { "" };
    context.output.text(&format!(
        "{verb} {} ({}), skipped {}, removed {}{verified}",
        count(summary.files_restored, "entry").replace("entrys", "entries"),
        amount(summary.bytes_restored),
        summary.files_skipped,
        summary.files_deleted,
    ))?;
    if args.dry_run { context.output.text("nothing was changed") } else { Ok(()) }
}

fn judge(context: &Context, stats: &RestoreStats, reporter: &Reporter) -> Result<(), Failure> {
    let hostile = reporter.hostile_count();
    if hostile > 0 {
        let message = format!("{} refused: do not trust this snapshot", count(hostile, "path"));
        return Err(Failure::new(Kind::HostileTree, message).next("gleaner check"));
    }
    let (errors, damaged) = (reporter.error_count(), reporter.damaged_count());
    for path in &stats.paths_lost {
        if !context.output.json {
            context.output.stderr(&format!("lost: {}", printable(path)));
        }
    }
    if stats.chunks_damaged > 0 || stats.paths_lost_count > 0 || damaged > 0 {
        let lost = count(stats.paths_lost_count.max(damaged), "path");
        let message = format!("content of {lost} is lost; the rest is restored");
        return Err(Failure::new(Kind::Damaged, message).next("gleaner check --read-data"));
    }
    let failed = stats.files_failed.max(errors) + stats.metadata_failed + stats.verify_failed;
    if failed > 0 {
        let failed = count(failed, "path");
        let message = format!("{failed} could not be written as recorded; the rest is restored");
        return Err(Failure::new(Kind::Unwritable, message));
    }
    Ok(())
}
