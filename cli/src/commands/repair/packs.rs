//! `gleaner repair packs`.

use std::path::Path;

use gleaner_engine::{
    HealSource, LostChunk, PackRepairOptions, PackRepairPlan, Repository, plan_pack_repair,
};
use gleaner_store::layout;

use super::outcome::Outcome;
use super::wanted_list;
use crate::args::{HealFromArgs, RepairPacksArgs};
use crate::byte_text::{amount, count};
use crate::commands::prune::is_dead;
use crate::commands::recording::host_name;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Message, RepairPlan, RepairStep};
use crate::opening::open_at;
use crate::password::PasswordSource;
use crate::place::{Place, local_path};

/// Prints the plan, and with `--apply` carries it out.
///
/// # Errors
/// Kinds `usage`, `unconfirmed`, `lease_busy`; the storage's.
pub(super) fn repair_packs(
    context: &Context,
    repository: &Repository,
    args: &RepairPacksArgs,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let wanted = args.wanted.as_deref().map(wanted_list::read).transpose()?;
    let from = heal_from(context, &args.from)?;
    let options = PackRepairOptions {
        wanted,
        parity: !args.from.no_parity,
        from: &from,
        max_duration: args.max_duration,
        host: host_name(),
        is_dead: &is_dead,
    };
    let operation = context.operation("repair")?;
    if !args.apply {
        let plan = plan_pack_repair(repository, &options, &operation.run());
        drop(operation.finish());
        let plan = plan?;
        outcome.is_damaged |= is_damaged(&plan);
        outcome.is_unfinished |= plan.is_unfinished;
        return print_plan(context, &plan, false);
    }
    context.confirm("empty damaged packs into new ones, and move them to quarantine?")?;
    let mut shown = Ok(());
    let stats = gleaner_engine::repair_packs(repository, &options, &operation.run(), &mut |plan| {
        outcome.is_damaged |= is_damaged(plan);
        outcome.is_lost |= !plan.packs_unreadable.is_empty();
        shown = print_plan(context, plan, true);
    });
    drop(operation.finish());
    let stats = stats?;
    shown?;
    outcome.is_unfinished |= stats.is_unfinished;
    outcome.quarantined(stats.run);
    outcome.summary.packs += stats.packs_quarantined;
    outcome.summary.chunks += stats.chunks_salvaged;
    for LostChunk { source, .. } in stats.healed {
        outcome.healed(source);
    }
    outcome.summary.unhealed += stats.unhealed.len() as u64;
    Ok(())
}

fn is_damaged(plan: &PackRepairPlan) -> bool {
    !plan.packs.is_empty() || !plan.lost.is_empty() || !plan.packs_unreadable.is_empty()
}

/// The repositories to heal from, all under one password.
fn heal_from(context: &Context, args: &HealFromArgs) -> Result<Vec<Repository>, Failure> {
    let own = Place::of(&context.global)?;
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut repositories = Vec::new();
    for url in &args.repositories {
        let path = local_path(url.as_encoded_bytes())?;
        if own.folder().is_some_and(|own| real(&path) == real(own)) {
            return Err(Failure::usage("--from-repo and -r name the same repository"));
        }
        let source = PasswordSource {
            file: args.password_file.as_deref(),
            command: args.password_command.as_deref(),
            from_variable: false,
        };
        repositories.push(open_at(context, &Place::Folder(path), source)?.0);
    }
    Ok(repositories)
}

fn print_plan(context: &Context, plan: &PackRepairPlan, is_applied: bool) -> Result<(), Failure> {
    let output = &context.output;
    let packs = plan.packs.iter().map(|pack| RepairStep {
        action: "empty_pack",
        object: layout::pack(&pack.id).to_string(),
        source: "pack",
        bytes: pack.bytes,
    });
    let lost = plan.lost.iter().map(|lost| RepairStep {
        action: "heal_chunk",
        object: lost.id.to_string(),
        source: lost.source.map_or("none", HealSource::as_str),
        bytes: 0,
    });
    let steps = packs.chain(lost).collect();
    output.message(&Message::Plan(RepairPlan { steps, bytes_to_write: plan.bytes_to_write }))?;
    let verb = if is_applied { "emptying" } else { "would empty" };
    for pack in &plan.packs {
        let readable = count(pack.chunks_readable, "chunk");
        let lost = pack.chunks_lost.map_or_else(
            || "its list of chunks is lost".to_owned(),
            |lost| format!("{} cannot be read", count(lost, "chunk")),
        );
        let name = layout::pack(&pack.id);
        output.text(&format!("{verb} {name}: {readable} can be read, {lost}"))?;
    }
    for pack in &plan.packs_condemned {
        let name = layout::pack(pack);
        output.text(&format!("{name} is damaged and condemned: prune deletes it"))?;
    }
    for pack in &plan.packs_unreadable {
        let name = layout::pack(pack);
        output.text(&format!("{name}: not a byte can be read; look after the medium"))?;
    }
    if plan.lost.is_empty() {
        return Ok(());
    }
    let had = plan.lost.iter().filter(|lost| lost.source.is_some()).count() as u64;
    let nowhere = plan.lost.len() as u64 - had;
    output.text(&format!(
        "{} elsewhere, {} nowhere: the next backup stores {} again; about {} to write",
        count(had, "lost chunk"),
        nowhere,
        if nowhere == 1 { "it" } else { "them" },
        amount(plan.bytes_to_write),
    ))
}
