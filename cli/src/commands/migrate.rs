//! `gleaner migrate`.

use gleaner_engine::{MigrationStep, plan_migration};

use crate::args::MigrateArgs;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Message, MigrationLine};
use crate::opening::open;

/// Says what would be migrated, and with `--apply` migrates it.
///
/// # Errors
/// Kinds `newer_format`, which names the object; `damaged`; `unconfirmed`.
pub(crate) fn migrate(context: &Context, args: MigrateArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let operation = context.operation("migrate")?;
    let plan = plan_migration(&repository, &operation.run());
    drop(operation.finish());
    let plan = plan?;
    let output = &context.output;
    output.message(&Message::MigrationPlan(MigrationLine {
        from: plan.from,
        to: plan.to,
        steps: plan.steps.iter().map(|step| step.name()).collect(),
    }))?;
    if plan.steps.is_empty() {
        let text = format!("format version {} is the newest: nothing is to be migrated", plan.to);
        return output.text(&text);
    }
    if !args.apply {
        return output.text("nothing was changed; --apply does it");
    }
    let steps = plan.steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(", ");
    context.confirm(&format!("migrate from version {} to {}: {steps}?", plan.from, plan.to))?;
    let apply = |step: MigrationStep| step.apply(&repository);
    plan.steps.into_iter().try_for_each(apply).map_err(Failure::from)
}
