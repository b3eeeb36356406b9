//! Signals: the first SIGINT or SIGTERM stops at the next safe point, the second at once; SIGUSR1
//! prints one status line.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gleaner_engine::{Cancel, Counters};
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use crate::exit_code::{Failure, Kind};
use crate::output::Output;
use crate::progress::status_text;

/// What signals do to this run.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignalWatch {
    /// Handed to the engine.
    pub(crate) cancel: Cancel,
    has_safe_points: Arc<AtomicBool>,
    caught: Arc<AtomicI32>,
    running: Arc<Mutex<Option<Running>>>,
}

/// The operation that SIGUSR1 reports on.
#[derive(Debug, Clone)]
struct Running {
    verb: &'static str,
    counters: Arc<Counters>,
    start: Instant,
}

impl SignalWatch {
    /// Starts to listen, on a thread that lives as long as the process.
    ///
    /// # Errors
    /// Kind `io` if the system refuses.
    pub(crate) fn start(output: &Output) -> Result<Self, Failure> {
        let watch = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGUSR1])
            .map_err(|error| Failure::io("signals", &error))?;
        let (listener, output) = (watch.clone(), output.clone());
        std::thread::spawn(move || {
            for signal in signals.forever() {
                listener.receive(signal, &output);
            }
        });
        Ok(watch)
    }

    /// From now on the run looks at `cancel` and stops by itself.
    pub(crate) fn operation_starts(&self, verb: &'static str, counters: &Arc<Counters>) {
        let running = Running { verb, counters: Arc::clone(counters), start: Instant::now() };
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        self.has_safe_points.store(true, Ordering::Relaxed);
    }

    /// The kind of failure that the caught signal stands for.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.caught.load(Ordering::Relaxed) {
            0 => None,
            SIGTERM => Some(Kind::Terminated),
            _ => Some(Kind::Interrupted),
        }
    }

    fn receive(&self, signal: i32, output: &Output) {
        if signal == SIGUSR1 {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let text = running.map_or_else(
                || "gleaner: nothing to report".to_owned(),
                |running| status_text(running.verb, &running.counters, running.start.elapsed()),
            );
            write_stderr(&text);
            return;
        }
        let is_first = self.caught.swap(signal, Ordering::Relaxed) == 0;
        self.cancel.cancel();
        if is_first && self.has_safe_points.load(Ordering::Relaxed) {
            if !output.json {
                write_stderr("stopping at the next safe point; once more to stop at once");
            }
            return;
        }
        let kind = self.kind().unwrap_or(Kind::Interrupted);
        let failure = Failure::new(kind, "stopped by a signal");
        write_stderr(&output.exit_line(&failure));
        signal_hook::low_level::exit(i32::from(kind.code()));
    }
}

/// Past the lock of [`Output`], which a writer to a full pipe may hold.
fn write_stderr(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
