//! The end of a repair: what was healed, whether every snapshot is restorable now, what to type
//! next.

use gleaner_engine::{CheckOptions, HealSource, Repository};
use gleaner_store::layout::QuarantineRun;

use crate::byte_text::count;
use crate::commands::check::verdict::Verdict;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, RepairSummary};

/// What the parts of a repair found and did.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) summary: RepairSummary,
    /// Something is damaged.
    pub(super) is_damaged: bool,
    /// The time was up.
    pub(super) is_unfinished: bool,
    /// Something cannot be had any more, though no listed snapshot may need it.
    pub(super) is_lost: bool,
}

const UNFINISHED: &str = "not everything was looked at: the time was up";

impl Outcome {
    pub(super) fn new(applied: bool) -> Self {
        let summary = RepairSummary { applied, ..RepairSummary::default() };
        Self { summary, is_damaged: false, is_unfinished: false, is_lost: false }
    }

    /// Counts a chunk that was healed.
    pub(super) fn healed(&mut self, source: Option<HealSource>) {
        let healed = &mut self.summary.healed;
        match source {
            Some(HealSource::Repository | HealSource::OtherRepository) => healed.repository += 1,
            Some(_) => healed.parity += 1,
            None => self.summary.unhealed += 1,
        }
    }

    /// Notes the quarantine of a part.
    pub(super) fn quarantined(&mut self, run: Option<QuarantineRun>) {
        let Some(run) = run else { return };
        self.summary.quarantine.push(format!("quarantine/{run}"));
        self.summary.run_id.push(run.to_string());
    }

    /// Prints what was done so far, above all what undoes it.
    ///
    /// # Errors
    /// Those of the output.
    pub(super) fn print(&self, context: &Context) -> Result<(), Failure> {
        context.output.message(&Message::Repair(self.summary.clone()))?;
        for run in &self.summary.run_id {
            let text = format!("what was replaced is in quarantine/{run} until a later prune");
            context.output.text(&text)?;
        }
        Ok(())
    }

    /// Looks at all snapshots once more, unless nothing was changed, and says how it ended.
    ///
    /// # Errors
    /// Kinds `limit`, `damaged`, `healed`; those of the check.
    pub(super) fn end(mut self, context: &Context, repository: &Repository) -> Result<(), Failure> {
        let output = &context.output;
        if !self.summary.applied {
            output.message(&Message::Repair(self.summary))?;
            if self.is_damaged {
                output.text("nothing was changed; --apply does it")?;
                return Err(Failure::new(Kind::Damaged, "there is damage"));
            }
            if self.is_unfinished {
                return Err(Failure::new(Kind::Limit, UNFINISHED));
            }
            return output.text("nothing to repair");
        }
        let operation = context.operation("check")?;
        let options = CheckOptions::structure();
        let checked = gleaner_engine::check(repository, &options, &operation.run(), &mut |_| {});
        drop(operation.finish());
        if let Ok(stats) = &checked {
            self.summary.snapshots_damaged = stats.snapshots_damaged.len() as u64;
            self.summary.paths_lost = stats.paths_lost;
        }
        self.print(context)?;
        let stats = checked?;
        Verdict { stats: &stats, level: "structure", is_part: false, next: None }.print(context)?;
        if !stats.is_restorable() {
            let damaged = count(stats.snapshots_damaged.len() as u64, "snapshot");
            let next = "back up again while the source has the files, \
                        or `gleaner repair snapshots --drop-lost --apply`";
            let message = format!("{damaged} cannot be restored in full");
            return Err(Failure::new(Kind::Damaged, message).next(next));
        }
        if self.is_lost {
            let message = "what is left was saved, and something is lost";
            return Err(Failure::new(Kind::Damaged, message).next("gleaner check --read-data"));
        }
        if self.is_unfinished {
            return Err(Failure::new(Kind::Limit, UNFINISHED).next("gleaner repair packs --apply"));
        }
        if self.is_damaged {
            return Err(Failure::new(Kind::Healed, "what was damaged is whole again"));
        }
        Ok(())
    }
}
