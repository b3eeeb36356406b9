//! `gleaner repair index`: the index in the cache folder, built anew from the packs.

use gleaner_engine::{IndexPlan, IndexRepair, IndexState, plan_index, rebuild_index};

use crate::args::RepairIndexArgs;
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Healed, Message, RepairPlan, RepairStep, RepairSummary};
use crate::opening::open;

/// Prints the plan, and with `--apply` carries it out.
///
/// # Errors
/// Kind `usage` without an index on disk, `unconfirmed`, `lease_busy` if another process has the
/// index open, `healed` if the index was damaged, `damaged` if packs cannot be read.
pub(crate) fn repair_index(context: &Context, args: &RepairIndexArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let plan = plan_index(&repository)?;
    let output = &context.output;
    print_plan(context, &plan, args.apply)?;
    if !args.apply {
        output.message(&Message::Repair(RepairSummary::default()))?;
        return output.text("nothing was changed; --apply does it");
    }
    context.confirm("build the index anew?")?;
    let operation = context.operation("repair")?;
    let repaired = rebuild_index(&repository, &operation.run());
    drop(operation.finish());
    let repaired = repaired?;
    print_summary(context, &repaired)?;
    verdict(&repaired)
}

fn print_plan(context: &Context, plan: &IndexPlan, is_applied: bool) -> Result<(), Failure> {
    let object = plan.folder.display().to_string();
    let (packs, bytes) = (count(plan.packs, "pack"), plan.bytes_to_write);
    let verb = if is_applied { "building" } else { "would build" };
    let text = format!("{verb} the index {object} anew from {packs}, about {}", amount(bytes));
    let step = RepairStep { action: "rebuild_index", object, source: "packs", bytes };
    let plan = RepairPlan { steps: vec![step], bytes_to_write: bytes };
    context.output.message(&Message::Plan(plan))?;
    context.output.text(&text)
}

fn print_summary(context: &Context, repaired: &IndexRepair) -> Result<(), Failure> {
    let &IndexRepair { packs, chunks, packs_left_out, .. } = repaired;
    let healed = u64::from(repaired.was != IndexState::Opened);
    context.output.message(&Message::Repair(RepairSummary {
        applied: true,
        healed: Healed { index: healed, ..Healed::default() },
        unhealed: packs_left_out,
        packs,
        chunks,
        ..RepairSummary::default()
    }))?;
    let (packs, chunks) = (count(packs, "pack"), count(chunks, "chunk"));
    context.output.text(&format!("the index has {packs} and {chunks}"))
}

fn verdict(repaired: &IndexRepair) -> Result<(), Failure> {
    if repaired.packs_left_out > 0 {
        let packs = count(repaired.packs_left_out, "pack");
        let message = format!("{packs} cannot be read and left out of the index");
        return Err(Failure::new(Kind::Damaged, message).next("gleaner check"));
    }
    if repaired.was == IndexState::Unusable {
        return Err(Failure::new(Kind::Healed, "the index was damaged, and is whole again"));
    }
    Ok(())
}
