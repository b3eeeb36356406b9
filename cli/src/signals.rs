//! Signals: the first SIGINT or SIGTERM stops at the next safe point, the second at once; SIGUSR1
//! prints one status line.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gleaner_engine::{Cancel, Counters};
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use crate::exit_code::{Failure, Kind};
use crate::json::Message;
use crate::output::Output;
use crate::progress::{status_now, status_text};

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

    /// What SIGUSR1 prints: who reads JSON reads JSON on stderr too.
    fn status_line(&self, output: &Output) -> String {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(Running { verb, counters, start }) = running else {
            let idle = status_now("gleaner", &Counters::default(), Duration::ZERO);
            let text = || "gleaner: nothing to report".to_owned();
            return output.json_line(&Message::Status(idle)).unwrap_or_else(text);
        };
        let status = status_now(verb, &counters, start.elapsed());
        let text = || status_text(verb, &counters, start.elapsed());
        output.json_line(&Message::Status(status)).unwrap_or_else(text)
    }

    fn receive(&self, signal: i32, output: &Output) {
        if signal == SIGUSR1 {
            write_stderr(&self.status_line(output));
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
