//! How far the benchmark is, for people at a terminal, and whether it is to stop.

use std::sync::Arc;

use gleaner_engine::{Cancel, Counters};
use indicatif::ProgressBar;

use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::output::Output;
use crate::progress::ProgressPlan;

/// A bar, and the signal to stop.
#[derive(Debug)]
pub(super) struct Watch {
    cancel: Cancel,
    output: Output,
    bar: Option<ProgressBar>,
}

impl Watch {
    /// From now on a signal stops the run at the next call of [`at`](Self::at).
    ///
    /// # Errors
    /// As [`ProgressPlan::new`].
    pub(super) fn start(context: &Context) -> Result<Self, Failure> {
        let bar = ProgressPlan::new(&context.global)?.bar();
        context.output.set_bar(bar.clone());
        context.signals.operation_starts("bench", &Arc::new(Counters::default()));
        Ok(Self { cancel: context.signals.cancel.clone(), output: context.output.clone(), bar })
    }

    /// Begins a phase of `total` steps.
    pub(super) fn begin(&self, phase: &'static str, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total.max(1));
            bar.set_position(0);
            bar.set_message(phase);
        }
    }

    /// So many steps are done.
    ///
    /// # Errors
    /// Kind `interrupted` after a signal.
    pub(super) fn at(&self, done: u64) -> Result<(), Failure> {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
        if self.cancel.is_cancelled() {
            return Err(Failure::new(Kind::Interrupted, "stopped by a signal"));
        }
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.output.set_bar(None);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
