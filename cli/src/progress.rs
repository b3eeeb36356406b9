//! Progress (CLI.md section 8): a bar on a terminal, status lines in JSON or on a descriptor.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gleaner_engine::Counters;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::Global;
use crate::byte_text::{amount, count, lossy_all, printable, twin_all};
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, RestoredSoFar, Status};
use crate::layers::variable;
use crate::output::Output;

/// Stretch of the past from which the rest is estimated.
const ESTIMATE_FROM: Duration = Duration::from_secs(30);

/// Where progress goes, and how often.
#[derive(Debug)]
pub(crate) struct ProgressPlan {
    has_bar: bool,
    has_lines: bool,
    descriptor: Option<File>,
    interval: Duration,
}

impl ProgressPlan {
    /// Looks at terminal, flags and `GLEANER_PROGRESS_FPS`.
    ///
    /// # Errors
    /// Kind `config` for a wrong variable or a descriptor that is not open for writing.
    pub(crate) fn new(global: &Global) -> Result<Self, Failure> {
        let per_second = frames_per_second()?;
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let has_terminal = std::io::stderr().is_terminal() && !is_dumb;
        let is_asked = has_terminal || per_second.is_some();
        let descriptor = global.progress_fd.map(open_descriptor).transpose()?;
        let has_bar = has_terminal && !global.quiet && !global.json;
        let default = if has_bar { 10.0 } else { 1.0 };
        Ok(Self {
            has_bar,
            has_lines: is_asked && !global.quiet && !has_bar,
            descriptor,
            interval: Duration::from_secs_f64(1.0 / per_second.unwrap_or(default)),
        })
    }

    /// A bar for whoever counts by himself; `None` where nobody looks at one.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn bar(&self) -> Option<ProgressBar> {
        self.has_bar.then(|| new_bar(self.interval))
    }

    /// Reports on `counters` until the answer is dropped.
    pub(crate) fn start(
        self,
        output: &Output,
        verb: &'static str,
        counters: &Arc<Counters>,
    ) -> Progress {
        if !(self.has_bar || self.has_lines || self.descriptor.is_some()) {
            return Progress::none();
        }
        let (stop, stopped) = channel::<()>();
        let bar = self.has_bar.then(|| new_bar(self.interval));
        output.set_bar(bar.clone());
        let (output, counters) = (output.clone(), Arc::clone(counters));
        let mut reporter =
            Reporter { verb, counters, start: Instant::now(), percent: 0.0, past: VecDeque::new() };
        let thread = std::thread::spawn(move || {
            let mut descriptor = self.descriptor;
            while stopped.recv_timeout(self.interval) == Err(RecvTimeoutError::Timeout) {
                let status = reporter.status();
                if let Some(bar) = &bar {
                    bar.set_position(permille(status.percent_done));
                    bar.set_message(reporter.bar_text(&status));
                }
                if let Some(file) = &mut descriptor {
                    let line = serde_json::to_string(&Message::Status(status.clone()));
                    // Whoever gave the descriptor may close it.
                    drop(writeln!(file, "{}", line.unwrap_or_default()));
                }
                if self.has_lines && output.json {
                    drop(output.message(&Message::Status(status)));
                } else if self.has_lines {
                    let elapsed = reporter.start.elapsed();
                    output.stderr(&status_text(verb, &reporter.counters, elapsed));
                }
            }
            output.set_bar(None);
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        Progress { stop: Some(stop), thread: Some(thread) }
    }
}

/// Reporting that runs; ends when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Reports nothing.
    pub(crate) const fn none() -> Self {
        Self { stop: None, thread: None }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A reporter that panicked has nothing more to say.
            drop(thread.join());
        }
    }
}

fn frames_per_second() -> Result<Option<f64>, Failure> {
    let Some(text) = variable("GLEANER_PROGRESS_FPS") else { return Ok(None) };
    let number = text.to_str().and_then(|text| text.parse::<f64>().ok());
    let number = number.filter(|number| (0.01..=60.0).contains(number));
    number.map(Some).ok_or_else(|| {
        Failure::new(Kind::Config, "GLEANER_PROGRESS_FPS is a number from 0.01 to 60")
    })
}

fn open_descriptor(number: i32) -> Result<File, Failure> {
    // A second opening of the same file by its descriptor: no unsafe code is needed for it.
    let path = format!("/proc/self/fd/{number}");
    File::options()
        .append(true)
        .open(path)
        .map_err(|error| Failure::new(Kind::Usage, format!("--progress-fd {number}: {error}")))
}

fn new_bar(interval: Duration) -> ProgressBar {
    let frames = (1.0 / interval.as_secs_f64()).clamp(1.0, 60.0);
    #[expect(clippy::cast_possible_truncation, reason = "1 to 60")]
    #[expect(clippy::cast_sign_loss, reason = "1 to 60")]
    let target = ProgressDrawTarget::stderr_with_hz(frames as u8);
    let bar = ProgressBar::with_draw_target(Some(1000), target);
    let style = ProgressStyle::with_template("[{elapsed_precise}] {bar:20} {wide_msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

struct Reporter {
    verb: &'static str,
    counters: Arc<Counters>,
    start: Instant,
    percent: f64,
    /// Elapsed seconds and bytes done.
    past: VecDeque<(f64, u64)>,
}

impl Reporter {
    fn status(&mut self) -> Status {
        let mut status = status_now(self.verb, &self.counters, self.start.elapsed());
        self.percent = self.percent.max(status.percent_done);
        status.percent_done = self.percent;
        self.past.push_back((status.seconds_elapsed, status.bytes_done));
        let oldest = status.seconds_elapsed - ESTIMATE_FROM.as_secs_f64();
        while self.past.front().is_some_and(|(seconds, _)| *seconds < oldest) {
            self.past.pop_front();
        }
        if status.phase != "scan" {
            status.seconds_remaining = self.remaining(status.bytes_done, status.total_bytes);
        }
        status
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn remaining(&self, bytes_done: u64, total_bytes: u64) -> Option<f64> {
        let (first, last) = (self.past.front()?, self.past.back()?);
        let rate = last.1.saturating_sub(first.1) as f64 / (last.0 - first.0);
        (rate.is_finite() && rate > 0.0)
            .then(|| total_bytes.saturating_sub(bytes_done) as f64 / rate)
    }

    fn bar_text(&self, status: &Status) -> String {
        let mark = if status.phase == "scan" { "+" } else { "" };
        let rest = status.seconds_remaining.map(|seconds| format!(", {seconds:.0} s left"));
        format!(
            "{:.0}{mark} %  {}, {} of {}{mark}{}  {}",
            status.percent_done * 100.0,
            count(status.files_done, "file"),
            amount(status.bytes_done),
            amount(status.total_bytes),
            rest.unwrap_or_default(),
            printable(&self.counters.current()),
        )
    }
}

/// How far an operation is, without the estimate that looks back.
pub(crate) fn status_now(verb: &'static str, counters: &Counters, elapsed: Duration) -> Status {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (total_bytes, bytes_done) = (read(&counters.bytes_total), read(&counters.bytes_done));
    let is_final = counters.scan_finished.load(Ordering::Relaxed);
    let current = counters.current();
    let current = if current.is_empty() { Vec::new() } else { vec![current] };
    Status {
        verb,
        phase: if is_final { "process" } else { "scan" },
        seconds_elapsed: elapsed.as_secs_f64(),
        seconds_remaining: None,
        percent_done: ratio(bytes_done, total_bytes),
        total_files: read(&counters.files_total),
        files_done: read(&counters.files_done),
        total_bytes,
        bytes_done,
        error_count: read(&counters.errors),
        current_files: lossy_all(&current),
        current_files_b64: twin_all(&current),
        restored: (verb == "restore").then(|| {
            let restored = counters.restored();
            RestoredSoFar {
                files_restored: read(&restored.files_restored),
                files_skipped: read(&restored.files_skipped),
                files_deleted: read(&restored.files_deleted),
                bytes_restored: read(&restored.bytes_restored),
                bytes_skipped: read(&restored.bytes_skipped),
            }
        }),
    }
}

/// One line that says how far an operation is.
pub(crate) fn status_text(verb: &str, counters: &Counters, elapsed: Duration) -> String {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mark = if counters.scan_finished.load(Ordering::Relaxed) { "" } else { "+" };
    format!(
        "{verb}: {:.0} s, {} of {}{mark}, {} of {}{mark}, {}, at {}",
        elapsed.as_secs_f64(),
        count(read(&counters.files_done), "file"),
        read(&counters.files_total),
        amount(read(&counters.bytes_done)),
        amount(read(&counters.bytes_total)),
        count(read(&counters.errors), "error"),
        printable(&counters.current()),
    )
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

#[expect(clippy::cast_possible_truncation, reason = "0 to 1000")]
#[expect(clippy::cast_sign_loss, reason = "0 to 1000")]
fn permille(ratio: f64) -> u64 {
    (ratio * 1000.0) as u64
}
