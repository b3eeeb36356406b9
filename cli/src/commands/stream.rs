//! `gleaner backup --stdin` and `--stdin-from-command`.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};

use gleaner_store::PacedRead;

use super::recording::{options, report};
use gleaner_service::NearbyTotals;

use crate::args::BackupArgs;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::opening::open;

/// Saves a stream as one file.
///
/// # Errors
/// Kind `command_failed` if the command did not end with 0: there is no snapshot then.
pub(crate) fn backup_of_stream(context: &Context, args: &BackupArgs) -> Result<(), Failure> {
    let path = stream_path(&args.stdin.stdin_filename)?;
    if args.stdin.stdin_from_command {
        stream_command(args)?;
    } else if !args.paths.is_empty() {
        return Err(Failure::usage("--stdin saves what comes on stdin, and no paths"));
    }
    let repository = open(context)?;
    let options = options(context, args, &repository)?;
    let limit = options.tuning.read_limit.clone();
    let operation = context.operation("backup")?;
    let run = operation.run();
    let result = if args.stdin.stdin_from_command {
        let (program, arguments) = stream_command(args)?;
        let mut output = CommandOutput::start(program, arguments)?;
        let mut paced = PacedRead::new(&mut output, limit.as_deref());
        let result = gleaner_engine::backup_stream(&repository, &options, &path, &mut paced, &run);
        match output.end() {
            Some(failure) => Err(failure),
            None => result.map_err(Failure::from),
        }
    } else {
        let mut stdin = PacedRead::new(std::io::stdin(), limit.as_deref());
        gleaner_engine::backup_stream(&repository, &options, &path, &mut stdin, &run)
            .map_err(Failure::from)
    };
    drop(run);
    let reporter = operation.finish();
    report(context, args, &result?, &NearbyTotals::default(), reporter.error_count())
}

/// Absolute path in the snapshot.
fn stream_path(name: &OsStr) -> Result<Vec<u8>, Failure> {
    let mut path = name.as_bytes().to_vec();
    if !path.starts_with(b"/") {
        path.insert(0, b'/');
    }
    let is_legal = path.split(|&byte| byte == b'/').skip(1).all(gleaner_store::is_legal_name);
    if is_legal {
        Ok(path)
    } else {
        Err(Failure::usage(format!("--stdin-filename {}: not the name of a file", name.display())))
    }
}

/// What a command writes to stdout. Its end counts only if it ended well.
struct CommandOutput {
    name: String,
    child: Child,
    stdout: ChildStdout,
    failure: Option<String>,
    is_at_end: bool,
}

impl CommandOutput {
    fn start(program: &OsStr, arguments: &[OsString]) -> Result<Self, Failure> {
        let name = program.display().to_string();
        let failure = |text: String| Failure::new(Kind::CommandFailed, text);
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failure(format!("command `{name}`: {error}")))?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| failure(format!("command `{name}` has no stdout")))?;
        Ok(Self { name, child, stdout, failure: None, is_at_end: false })
    }

    /// Why the command failed, if it did. Stops it if it is still running.
    fn end(mut self) -> Option<Failure> {
        if !self.is_at_end {
            // The backup failed or was stopped: its own error is the cause.
            drop(self.child.kill());
            drop(self.child.wait());
            return None;
        }
        self.failure.take().map(|text| Failure::new(Kind::CommandFailed, text))
    }
}

impl Read for CommandOutput {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.stdout.read(buffer)?;
        if bytes > 0 || buffer.is_empty() {
            return Ok(bytes);
        }
        if !self.is_at_end {
            self.is_at_end = true;
            let status = self.child.wait()?;
            if !status.success() {
                self.failure = Some(format!("command `{}`: {status}; no snapshot", self.name));
            }
        }
        match &self.failure {
            Some(failure) => Err(std::io::Error::other(failure.clone())),
            None => Ok(0),
        }
    }
}

/// The command behind `--stdin-from-command --`.
fn stream_command(args: &BackupArgs) -> Result<(&OsString, &[OsString]), Failure> {
    args.paths
        .split_first()
        .ok_or_else(|| Failure::usage("--stdin-from-command is followed by -- and a command"))
}
