//! `gleaner prune`.

use gleaner_engine::{PruneChunks, PruneOptions, PrunePlan, PruneStats, Repository, plan_prune};
use gleaner_store::Lease;

use super::recording::host_name;
use crate::args::PruneArgs;
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, PruneCounts, PruneLine, PrunePackCounts};
use crate::opening::open;

/// Prints the plan, and unless it is a dry run carries it out.
///
/// # Errors
/// Kinds `lease_busy`, `damaged`, `guard`; `limit` if the run stopped before its end.
pub(crate) fn prune(context: &Context, args: &PruneArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let options = PruneOptions {
        max_unused: args.max_unused,
        max_repack_bytes: args.max_repack_size.unwrap_or(u64::MAX),
        repack_smaller_than: args.repack_smaller_than,
        rewrite_key_epochs: args.rewrite_key_epochs,
        now: args.now,
        max_duration: args.max_duration,
        allow_shrink: args.unsafe_allow_shrink,
        host: host_name(),
        is_dead: &is_dead,
    };
    if args.dry_run {
        let operation = context.operation("prune")?;
        let plan = plan_prune(&repository, &options, &operation.run());
        let reporter = operation.finish();
        print_plan(context, &plan?, true, reporter.seconds())?;
        return context.output.text("nothing was changed");
    }
    run(context, &repository, &options)
}

/// Prunes as `forget --prune` does: without any flag.
///
/// # Errors
/// As [`prune`].
pub(super) fn prune_after_forgetting(
    context: &Context,
    repository: &Repository,
) -> Result<(), Failure> {
    let options = PruneOptions {
        max_unused: gleaner_engine::MaxUnused::Percent(5.0),
        max_repack_bytes: u64::MAX,
        repack_smaller_than: None,
        rewrite_key_epochs: false,
        now: false,
        max_duration: None,
        allow_shrink: false,
        host: host_name(),
        is_dead: &is_dead,
    };
    run(context, repository, &options)
}

fn run(
    context: &Context,
    repository: &Repository,
    options: &PruneOptions<'_>,
) -> Result<(), Failure> {
    let operation = context.operation("prune")?;
    let mut shown = Ok(PrunePlan::default());
    let stats = gleaner_engine::prune(repository, options, &operation.run(), &mut |plan| {
        shown = print_plan(context, plan, false, 0.0).map(|()| plan.clone());
    });
    let reporter = operation.finish();
    let (stats, plan) = (stats?, shown?);
    print_summary(context, &plan, &stats, reporter.seconds())?;
    if stats.is_unfinished {
        let message = "not all was done: a limit came first, or there was no room";
        return Err(Failure::new(Kind::Limit, message).next("gleaner prune"));
    }
    if stats.packs_damaged > 0 {
        let packs = count(stats.packs_damaged, "pack");
        let message = format!("{packs} cannot be read, and stay as they are");
        return Err(Failure::new(Kind::Damaged, message).next("gleaner check --read-data"));
    }
    Ok(())
}

/// Whether the process behind a lease of this host is gone. A number that was given to another
/// process since looks alive, and then the lease has to fall silent first.
pub(super) fn is_dead(lease: &Lease) -> bool {
    let process = i32::try_from(lease.process).ok().and_then(rustix::process::Pid::from_raw);
    lease.host == host_name()
        && process.is_some_and(|process| {
            rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
        })
}

fn print_plan(
    context: &Context,
    plan: &PrunePlan,
    dry_run: bool,
    total_duration: f64,
) -> Result<(), Failure> {
    let output = &context.output;
    let line = line(plan, &PruneStats::default(), dry_run, total_duration);
    output.message(&Message::PrunePlan(Box::new(line)))?;
    output.text(&format!(
        "{} in {}: {} needed, {} stored twice, {} not needed",
        amount(plan.bytes.total),
        count(plan.packs.total, "pack"),
        amount(plan.bytes.used),
        amount(plan.bytes.duplicate),
        amount(plan.bytes.unused),
    ))?;
    let would = if dry_run { "would remove" } else { "removing" };
    let rewrite = if dry_run { "rewrite" } else { "rewriting" };
    output.text(&format!(
        "{would} {} with {}, and {rewrite} {} with {}, for which {} are needed meanwhile",
        count(plan.packs.remove, "pack"),
        amount(plan.bytes.remove),
        count(plan.packs.repack, "pack"),
        amount(plan.bytes.repack),
        amount(plan.bytes_rewritten),
    ))?;
    if plan.packs.rekey > 0 {
        let packs = count(plan.packs.rekey, "pack");
        output.text(&format!("{packs} of these are sealed under older key epochs"))?;
    }
    if plan.bytes_in_trash > 0 && dry_run {
        output.text(&format!("{} were removed by the last run", amount(plan.bytes_in_trash)))?;
    }
    Ok(())
}

fn print_summary(
    context: &Context,
    plan: &PrunePlan,
    stats: &PruneStats,
    total_duration: f64,
) -> Result<(), Failure> {
    let output = &context.output;
    output.message(&Message::Prune(Box::new(line(plan, stats, false, total_duration))))?;
    output.text(&format!(
        "freed {} now; the next run frees {}",
        amount(stats.bytes_freed),
        amount(stats.bytes_in_trash),
    ))?;
    if stats.packs_rescued > 0 {
        let packs = count(stats.packs_rescued, "pack");
        output.text(&format!("{packs} kept: a backup that ended meanwhile needs them"))?;
    }
    for session in &stats.waits_for {
        output.text(&format!("what the last run removed stays until session {session} ends"))?;
    }
    Ok(())
}

fn line(plan: &PrunePlan, stats: &PruneStats, dry_run: bool, total_duration: f64) -> PruneLine {
    let packs = &plan.packs;
    PruneLine {
        dry_run,
        chunks: counts(&plan.chunks),
        bytes: counts(&plan.bytes),
        packs: PrunePackCounts {
            used: packs.used,
            partly_used: packs.partly_used,
            unused: packs.unused,
            total: packs.total,
            keep: packs.keep,
            repack: packs.repack,
            rekey: packs.rekey,
            remove: packs.remove,
        },
        epoch: stats.epoch.max(plan.epoch),
        bytes_condemned: plan.bytes_condemned.max(stats.bytes_condemned),
        bytes_in_trash: plan.bytes_in_trash.max(stats.bytes_in_trash),
        bytes_rewritten: stats.bytes_rewritten,
        bytes_extra_needed: plan.bytes_rewritten,
        bytes_freed: stats.bytes_freed,
        packs_deleted: stats.packs_deleted,
        packs_rescued: stats.packs_rescued,
        packs_damaged: stats.packs_damaged,
        sessions_fenced: stats.sessions_fenced,
        waits_for: stats.waits_for.iter().map(ToString::to_string).collect(),
        seconds_estimated: plan.seconds_estimated,
        total_duration,
    }
}

const fn counts(counts: &PruneChunks) -> PruneCounts {
    PruneCounts {
        used: counts.used,
        duplicate: counts.duplicate,
        unused: counts.unused,
        total: counts.total,
        repack: counts.repack,
        repack_remove: counts.repack_remove,
        remove: counts.remove,
        remove_total: counts.remove_total,
        remaining: counts.remaining,
    }
}
