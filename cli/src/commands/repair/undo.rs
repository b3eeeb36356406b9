//! `gleaner repair all --undo RUN`.

use gleaner_engine::{Repository, undo_repair};
use gleaner_store::layout::QuarantineRun;

use crate::byte_text::count;
use crate::commands::prune::is_dead;
use crate::commands::recording::host_name;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Message, RepairSummary};

/// Puts back what a repair took out of use.
///
/// # Errors
/// The engine's; kind `lease_busy`.
pub(super) fn undo(
    context: &Context,
    repository: &Repository,
    run: QuarantineRun,
) -> Result<(), Failure> {
    let operation = context.operation("repair")?;
    let stats = undo_repair(repository, run, &host_name(), &is_dead, &operation.run());
    drop(operation.finish());
    let stats = stats?;
    context.output.message(&Message::Repair(RepairSummary {
        applied: true,
        put_back: stats.objects,
        run_id: vec![run.to_string()],
        ..RepairSummary::default()
    }))?;
    let objects = count(stats.objects, "object");
    context.output.text(&format!("put back {objects}, as they were before the repair"))
}
