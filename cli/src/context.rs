//! What every verb is given.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::{Arc, OnceLock};

use gleaner_engine::{Counters, Run};
use gleaner_service::Line;

use crate::args::Global;
use crate::exit_code::{Failure, Kind};
use crate::observer::Reporter;
use crate::output::Output;
use crate::progress::{Progress, ProgressPlan};
use crate::signals::SignalWatch;

/// Streams, flags of every verb, signals.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) global: Global,
    pub(crate) signals: SignalWatch,
    /// The line to the server, if there is one.
    pub(crate) line: Arc<OnceLock<Arc<Line>>>,
}

/// An operation of the engine that is watched: reporter, counters, progress.
pub(crate) struct Operation {
    pub(crate) reporter: Reporter,
    counters: Arc<Counters>,
    signals: SignalWatch,
    progress: Progress,
}

impl Context {
    /// Starts to watch an operation; signals stop it at its safe points from now on.
    ///
    /// # Errors
    /// As [`ProgressPlan::new`].
    pub(crate) fn operation(&self, verb: &'static str) -> Result<Operation, Failure> {
        let counters = Arc::new(Counters::default());
        let progress = ProgressPlan::new(&self.global)?.start(&self.output, verb, &counters);
        self.signals.operation_starts(verb, &counters);
        let reporter = Reporter::new(self.output.clone());
        Ok(Operation { reporter, counters, signals: self.signals.clone(), progress })
    }

    /// An operation of a listing verb: warnings are printed, and there is no progress.
    pub(crate) fn listing(&self) -> Operation {
        Operation {
            reporter: Reporter::new(self.output.clone()),
            counters: Arc::new(Counters::default()),
            signals: self.signals.clone(),
            progress: Progress::none(),
        }
    }

    /// Asks a moderate question.
    ///
    /// # Errors
    /// Kind `unconfirmed` unless the answer is yes, by `--yes` or on a terminal.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.global.yes {
            return Ok(());
        }
        match self.ask(&format!("{question} [y/N] "))? {
            Some(answer) if matches!(answer.as_str(), "y" | "Y" | "yes") => Ok(()),
            Some(_) => Err(Failure::new(Kind::Unconfirmed, "not confirmed")),
            None => {
                let message = format!("{question} (no terminal to ask; --yes answers)");
                Err(Failure::new(Kind::Unconfirmed, message))
            }
        }
    }

    /// Asks a severe question: the answer is `name`, on a terminal or by `given`.
    ///
    /// # Errors
    /// Kind `unconfirmed`.
    pub(crate) fn confirm_severe(
        &self,
        question: &str,
        name: &str,
        given: Option<&str>,
    ) -> Result<(), Failure> {
        let answer = match given {
            Some(given) => Some(given.to_owned()),
            None => self.ask(&format!("{question}; type `{name}` to go on: "))?,
        };
        match answer {
            Some(answer) if answer == name => Ok(()),
            Some(_) => Err(Failure::new(Kind::Unconfirmed, format!("not confirmed: {question}"))),
            None => Err(Failure::new(
                Kind::Unconfirmed,
                format!("{question} (no terminal to ask; --yes-destroy {name} confirms)"),
            )),
        }
    }

    fn ask(&self, question: &str) -> Result<Option<String>, Failure> {
        if self.global.no_input || !std::io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut stderr = std::io::stderr();
        drop(write!(stderr, "{question}").and_then(|()| stderr.flush()));
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.map_err(|error| Failure::io("stdin", &error))?;
        Ok(Some(answer.trim().to_owned()))
    }
}

impl Operation {
    /// As the engine takes it.
    pub(crate) fn run(&self) -> Run<'_> {
        Run {
            observer: &self.reporter,
            counters: Arc::clone(&self.counters),
            cancel: self.signals.cancel.clone(),
        }
    }

    /// Takes the progress away, so that the summary stands alone.
    pub(crate) fn finish(self) -> Reporter {
        drop(self.progress);
        self.reporter
    }
}
