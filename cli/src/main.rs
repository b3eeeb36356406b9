//! The `gleaner` command: arguments, printing, progress and exit codes around the engine.
//!
//! The only crate that reads the environment and writes to the terminal. Modules, in the order in
//! which they build on each other: words (`exit_code`, `byte_text`, `json`), streams (`output`),
//! the command line and what lies below it (`args`, `profile`, `layers`), what an operation is
//! watched by (`progress`, `signals`, `observer`, `context`), and the verbs (`commands`).

#![forbid(unsafe_code)]

mod exit_code;
mod exit_codes_page;
mod byte_text;
mod json;
mod output;

mod agent_config;
mod args;
mod profile;
mod verb_words;
mod layers;

mod pattern;
mod ignore_files;
mod selection;
mod password;
mod place;
mod server_config;

mod progress;
mod signals;
mod observer;
mod context;

mod server_session;
mod opening;
mod snapshot_view;

mod commands;
mod debug_log;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use context::Context;
use exit_code::{Failure, Kind};
use layers::{Layered, Request, read_layers};
use output::Output;
use signals::SignalWatch;

fn main() -> ExitCode {
    raise_open_files_limit();
    let argv: Vec<OsString> = std::env::args_os().collect();
    let (output, result) = match read_layers(&argv) {
        Ok(Request::Text(text)) => {
            let output = Output::new(false, true);
            let printed = output.data(text.as_bytes());
            (output, printed)
        }
        Ok(Request::Run(layered)) => {
            let global = &layered.cli.global;
            let mut output = Output::new(global.json, layered.cli.verb.is_listing());
            output.quiet = global.quiet;
            output.verbose = global.verbose;
            let result = run(&output, &layered);
            (output, result)
        }
        Err(failure) => (Output::new(asks_for_json(&argv), true), Err(failure)),
    };
    let flushed = output.flush();
    match result.and(flushed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.kind == Kind::ClosedOutput => ExitCode::SUCCESS,
        Err(failure) => {
            output.exit_error(&failure);
            ExitCode::from(failure.kind.code())
        }
    }
}

fn run(output: &Output, layered: &Layered) -> Result<(), Failure> {
    let global = layered.cli.global.clone();
    if let Some(path) = &global.log_file {
        debug_log::start(path)?;
    }
    if global.idle {
        rustix::process::nice(19).map_err(|error| Failure::io("--idle", &error.into()))?;
    }
    let signals = SignalWatch::start(output)?;
    let (output, line) = (output.clone(), Arc::default());
    let context = Context { output, global, signals: signals.clone(), line };
    commands::run(&context, layered).map_err(|mut failure| {
        // A server that cannot be reached looks like damage to whoever only sees reads fail.
        let ended = context.line.get().and_then(|line| line.ended());
        if let Some(error) = ended.filter(|_| signals.kind().is_none()) {
            let Failure { kind, message, .. } = Failure::from(&*error);
            let message = format!("{message}; before that: {}", failure.message);
            failure = Failure::new(kind, message);
        }
        // The engine knows that it was stopped, the watch knows by which signal. Whoever was
        // waiting for a server gave up by it.
        let gave_up = context.line.get().is_some_and(|line| line.ended().is_some());
        let is_by_signal = failure.kind == Kind::Interrupted || gave_up;
        if let Some(kind) = signals.kind().filter(|_| is_by_signal) {
            failure.kind = kind;
        }
        failure
    })
}

/// Raises the soft limit of open files to the hard one: it is low for programs that use `select`,
/// and a walk holds a descriptor for each level. Best effort: what fails then names its path.
fn raise_open_files_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        let _unchanged = setrlimit(Resource::Nofile, limit).is_err();
    }
}

/// Whether a command line that cannot be parsed asks for JSON: the last of both words wins.
fn asks_for_json(argv: &[OsString]) -> bool {
    let words = argv.iter().skip(1).take_while(|word| *word != "--");
    let last = words.filter(|word| *word == "--json" || *word == "--no-json").last();
    last.is_some_and(|word| word == "--json")
}
