//! `gleaner repair all --undo RUN`.

use gleaner_engine::{Repository, undo_repair};
use gleaner_store::layout::QuarantineRun;

use crate::byte_text::count;
use crate::commands::prune::is_dead;
use crate::commands::recording::host_name;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, Problem, RepairSummary};

/// Puts back what a repair took out of use.
///
/// # Errors
/// The engine's; kinds `lease_busy`, and `unwritable` if something else has one of the names.
pub(super) fn undo(
    context: &Context,
    repository: &Repository,
    run: QuarantineRun,
) -> Result<(), Failure> {
    let operation = context.operation("repair")?;
    let stats = undo_repair(repository, run, &host_name(), &is_dead, &operation.run());
    drop(operation.finish());
    let (stats, output) = (stats?, &context.output);
    output.message(&Message::Repair(RepairSummary {
        applied: true,
        put_back: stats.objects,
        run_id: vec![run.to_string()],
        ..RepairSummary::default()
    }))?;
    let objects = count(stats.objects, "object");
    output.text(&format!("put back {objects}, as they were before the repair"))?;
    if stats.taken.is_empty() {
        return Ok(());
    }
    for name in &stats.taken {
        let (kind, name) = (Kind::Unwritable.row().1, name.as_str());
        let message = "something else has the name";
        output.error(Problem::new(message.to_owned(), kind, "undo", name.as_bytes()));
    }
    let left = count(stats.taken.len() as u64, "object");
    let message = format!("not put back, for something else has the name: {left}");
    Err(Failure::new(Kind::Unwritable, message).next("gleaner check"))
}
