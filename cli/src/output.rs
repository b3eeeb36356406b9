//! Where text goes: data to stdout, everything else to stderr, and nobody panics when a reader
//! closes its end.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use serde::Serialize;

use crate::exit_code::{Failure, Kind};
use crate::json::{ExitError, Message, Problem};

/// The two streams and how to write on them. Shared by threads; a line is never torn.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// JSON lines instead of text.
    pub(crate) json: bool,
    /// Nothing but errors.
    pub(crate) quiet: bool,
    /// Number of `-v`.
    pub(crate) verbose: u8,
    /// A closed stdout ends the run (listing verbs) or is ignored (working verbs).
    ends_when_closed: bool,
    streams: Arc<Mutex<Streams>>,
}

#[derive(Debug)]
struct Streams {
    out: BufWriter<io::Stdout>,
    is_closed: bool,
    /// Hidden while a line is written.
    bar: Option<ProgressBar>,
}

impl Output {
    pub(crate) fn new(json: bool, ends_when_closed: bool) -> Self {
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        let streams = Arc::new(Mutex::new(Streams { out, is_closed: false, bar: None }));
        Self { json, quiet: false, verbose: 0, ends_when_closed, streams }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines are written above this bar from now on.
    pub(crate) fn set_bar(&self, bar: Option<ProgressBar>) {
        self.streams().bar = bar;
    }

    /// Writes data to stdout, as it is.
    pub(crate) fn data(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut streams = self.streams();
        if streams.is_closed {
            return Ok(());
        }
        let bar = streams.bar.clone();
        let mut write = || {
            streams.out.write_all(bytes)?;
            if self.ends_when_closed { Ok(()) } else { streams.out.flush() }
        };
        let written = match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        self.judge(&mut streams, written)
    }

    fn judge(&self, streams: &mut Streams, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                streams.is_closed = true;
                if self.ends_when_closed {
                    Err(Failure::new(Kind::ClosedOutput, "stdout was closed"))
                } else {
                    Ok(())
                }
            }
            Err(error) => {
                streams.is_closed = true;
                Err(Failure::io("stdout", &error))
            }
        }
    }

    /// Writes a line of text to stdout, unless JSON or silence was asked for.
    pub(crate) fn text(&self, line: &str) -> Result<(), Failure> {
        if self.json || self.quiet { Ok(()) } else { self.data(format!("{line}\n").as_bytes()) }
    }

    /// Writes a line of a listing to stdout: it is what the user asked for, so also with `-q`.
    pub(crate) fn listing(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.data(format!("{line}\n").as_bytes()) }
    }

    /// Writes a secret that is shown this once, also with `-q`: whoever closed stdout has not got
    /// it.
    ///
    /// # Errors
    /// Kind `io`.
    pub(crate) fn secret(&self, line: &str) -> Result<(), Failure> {
        let mut streams = self.streams();
        let written = writeln!(streams.out, "{line}").and_then(|()| streams.out.flush());
        written.map_err(|error| Failure { kind: Kind::Io, ..Failure::io("stdout", &error) })
    }

    /// Writes a message as a JSON line, if JSON was asked for.
    pub(crate) fn message(&self, message: &Message<'_>) -> Result<(), Failure> {
        if self.json { self.data(json_line(message).as_bytes()) } else { Ok(()) }
    }

    /// The line of a message, without its end; `None` unless JSON was asked for.
    pub(crate) fn json_line(&self, message: &Message<'_>) -> Option<String> {
        self.json.then(|| json_line(message).trim_end().to_owned())
    }

    /// Writes one JSON document, if JSON was asked for.
    pub(crate) fn document<T: Serialize>(&self, document: &T) -> Result<(), Failure> {
        if self.json { self.data(json_line(document).as_bytes()) } else { Ok(()) }
    }

    /// Writes out what is still in the buffer.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        let mut streams = self.streams();
        if streams.is_closed {
            return Ok(());
        }
        let flushed = streams.out.flush();
        self.judge(&mut streams, flushed)
    }

    /// Writes a line to stderr. Who closed stderr does not want to read it.
    pub(crate) fn stderr(&self, line: &str) {
        let streams = self.streams();
        let write = || drop(writeln!(io::stderr().lock(), "{line}"));
        match &streams.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Something that costs no data: a line on stderr, or in JSON a `warning` on stdout.
    pub(crate) fn warning(&self, problem: Problem) {
        if self.json {
            // A closed stdout shows at the next line of data.
            drop(self.message(&Message::Warning(problem)));
        } else if !self.quiet {
            self.stderr(&format!("warning: {}", problem_text(&problem)));
        }
    }

    /// Something that was left out: always on stderr.
    pub(crate) fn error(&self, problem: Problem) {
        if self.json {
            self.stderr(json_line(&Message::Error(problem)).trim_end());
        } else {
            self.stderr(&format!("error: {}", problem_text(&problem)));
        }
    }

    /// Advice on what to type next: only for people at a terminal.
    pub(crate) fn next(&self, command: &str) {
        if !self.json && !self.quiet && io::stderr().is_terminal() {
            self.stderr(&format!("next: {command}"));
        }
    }

    /// The last line on stderr of a run that does not end with 0.
    pub(crate) fn exit_error(&self, failure: &Failure) {
        self.stderr(&self.exit_line(failure));
        if let Some(command) = failure.next_command.as_ref().filter(|_| !self.json) {
            self.stderr(&format!("next: {command}"));
        }
    }

    /// The line that says why the run does not end with 0.
    pub(crate) fn exit_line(&self, failure: &Failure) -> String {
        let Failure { kind, message, next_command } = failure;
        if !self.json {
            return format!("gleaner: {message}");
        }
        let (code, kind) = kind.row();
        let next_command = next_command.as_deref();
        let error = ExitError { code, message, kind, next_command };
        json_line(&Message::ExitError(error)).trim_end().to_owned()
    }
}

fn problem_text(problem: &Problem) -> String {
    // The message of most errors begins with the path already.
    problem.error.message.clone()
}

fn json_line<T: Serialize>(value: &T) -> String {
    let mut line = serde_json::to_string(value).expect("our messages have string keys only");
    line.push('\n');
    line
}
