//! `gleaner repair snapshots`.

use gleaner_engine::{Repository, SnapshotRepairOptions, SnapshotRepairPlan, plan_snapshot_repair};
use gleaner_store::layout;

use super::outcome::Outcome;
use crate::args::RepairSnapshotsArgs;
use crate::byte_text::{count, printable};
use crate::commands::prune::is_dead;
use crate::commands::recording::host_name;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Message, RepairPlan, RepairStep};
use crate::snapshot_view::short_id;

/// Lost paths of one snapshot that are shown.
const PATHS_SHOWN: usize = 10;

/// Prints the plan, and with `--apply` carries it out.
///
/// # Errors
/// Kinds `unconfirmed`, `lease_busy`; the storage's.
pub(super) fn repair_snapshots(
    context: &Context,
    repository: &Repository,
    args: &RepairSnapshotsArgs,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let operation = context.operation("repair")?;
    if !args.apply {
        let plan = plan_snapshot_repair(repository, &operation.run());
        drop(operation.finish());
        let plan = plan?;
        outcome.is_damaged |= is_damaged(&plan);
        return print_plan(context, &plan, args.drop_lost, "would");
    }
    context.confirm("put damaged manifests aside, and write what was asked for?")?;
    let host = host_name();
    let options = SnapshotRepairOptions { drop_lost: args.drop_lost, host, is_dead: &is_dead };
    let mut shown = Ok(());
    let stats =
        gleaner_engine::repair_snapshots(repository, &options, &operation.run(), &mut |plan| {
            outcome.is_damaged |= is_damaged(plan);
            shown = print_plan(context, plan, args.drop_lost, "will");
        });
    drop(operation.finish());
    let stats = stats?;
    shown?;
    outcome.quarantined(stats.run);
    outcome.is_lost |= stats.manifests_quarantined > 0;
    let written = stats.written.iter().map(|pair| (pair, "has"));
    for ((old, new), has) in written.chain(stats.present.iter().map(|pair| (pair, "already has"))) {
        let (old, new) = (old.to_string(), new.to_string());
        context.output.text(&format!(
            "{} {has} what is left of {}; forget the old one when you do not need it",
            short_id(&new),
            short_id(&old),
        ))?;
    }
    outcome.summary.snapshots_written += stats.written.len() as u64;
    Ok(())
}

fn is_damaged(plan: &SnapshotRepairPlan) -> bool {
    !plan.manifests_damaged.is_empty() || !plan.damaged.is_empty()
}

fn print_plan(
    context: &Context,
    plan: &SnapshotRepairPlan,
    drop_lost: bool,
    verb: &str,
) -> Result<(), Failure> {
    let output = &context.output;
    let step = |action, id, source| RepairStep {
        action,
        object: layout::snapshot(id).to_string(),
        source,
        bytes: 0,
    };
    let aside = plan.manifests_damaged.iter().map(|id| step("quarantine_manifest", *id, "none"));
    let written = plan.damaged.iter().filter(|_| drop_lost);
    let written = written.map(|damaged| step("write_rest", damaged.id, "snapshot"));
    let steps = aside.chain(written).collect();
    output.message(&Message::Plan(RepairPlan { steps, bytes_to_write: 0 }))?;
    for id in &plan.manifests_damaged {
        let name = layout::snapshot(*id);
        output.text(&format!("{verb} put {name} aside: it cannot be read"))?;
    }
    for damaged in &plan.damaged {
        let id = damaged.id.to_string();
        let lost = count(damaged.paths_lost, "path");
        let what = if drop_lost { "write the rest of it" } else { "leave it as it is" };
        output.text(&format!("snapshot {} lost {lost}; {verb} {what}", short_id(&id)))?;
        for path in damaged.paths.iter().take(PATHS_SHOWN) {
            output.text(&format!("  {}", printable(path)))?;
        }
        if let Some(path) = &damaged.ends_behind {
            output.text(&format!("  and all that comes behind {}", printable(path)))?;
        }
    }
    Ok(())
}
