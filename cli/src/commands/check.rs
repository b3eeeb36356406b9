//! `gleaner check`.

mod next_command;
pub(super) mod verdict;
mod wanted_file;

use gleaner_engine::{
    CheckOptions, CheckStats, DataRead, Finding as EngineFinding, FindingCode, Repository,
    Severity, StopReason, seen_snapshots_file,
};

use crate::args::{CheckArgs, FilterArgs};
use crate::byte_text::{count, lossy_all, printable, twin_all};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Finding, FindingCodeLine, Message};
use crate::opening::{open, snapshot};
use crate::snapshot_view::short_id;
use next_command::NextCommand;
use verdict::Verdict;
use wanted_file::WantedFile;

/// Verifies the repository and changes nothing in it.
///
/// # Errors
/// Kind `damaged` if there are findings of severity error (a warning is harmless), `limit` if the
/// run stopped early without one, `interrupted` by a signal.
pub(crate) fn check(context: &Context, args: &CheckArgs) -> Result<(), Failure> {
    if args.list_codes {
        return list_codes(context);
    }
    let repository = open(context)?;
    let options = options(&repository, args)?;
    let wanted = args.wanted.as_deref().map(|path| WantedFile::create(&context.global, path));
    let wanted = wanted.transpose()?;
    let next = NextCommand::new(&repository, &context.global)?;
    let operation = context.operation("check")?;
    let mut printed = Ok(());
    let mut next_of_first = None;
    let result = gleaner_engine::check(&repository, &options, &operation.run(), &mut |finding| {
        let command = next.of(finding);
        let line = print_finding(context, finding, &command);
        if finding.severity == Severity::Error {
            next_of_first.get_or_insert(command);
        }
        if printed.is_ok() {
            printed = line;
        }
    });
    let reporter = operation.finish();
    let stats = result?;
    printed?;
    let next = match next.of_run(&stats, next_of_first) {
        None if stats.stopped_at.is_some() => Some(next.again(args)),
        next => next,
    };
    let (level, is_part) = (level(args), !options.snapshots.is_empty());
    let verdict = Verdict { stats: &stats, level, is_part, next: next.as_deref() };
    let summary = verdict.summary(reporter.seconds());
    context.output.message(&Message::Check(Box::new(summary)))?;
    verdict.print(context)?;
    if let Some(wanted) = wanted {
        wanted.finish(&stats.wanted)?;
    }
    end(&stats, next, seen_snapshots_file(&repository).is_some())
}

fn options(repository: &Repository, args: &CheckArgs) -> Result<CheckOptions, Failure> {
    let data = match &args.read_data_subset {
        Some(subset) => subset.data,
        None if args.read_data => DataRead::All,
        None => DataRead::Nothing,
    };
    let mut snapshots = Vec::new();
    for spec in &args.snapshot {
        snapshots.push(snapshot(repository, spec, &FilterArgs::default())?.id);
    }
    Ok(CheckOptions {
        data,
        max_age: args.max_age,
        snapshots,
        max_duration: args.max_duration,
        max_errors: args.max_errors,
    })
}

fn level(args: &CheckArgs) -> &'static str {
    match (&args.read_data_subset, args.read_data) {
        (Some(_), _) => "read_data_subset",
        (None, true) => "read_data",
        (None, false) => "structure",
    }
}

/// What stops the run decides; else damage over a limit.
fn end(stats: &CheckStats, next: Option<String>, has_memory: bool) -> Result<(), Failure> {
    let and_then = if has_memory { "the next run goes on" } else { "the next run begins anew" };
    let (kind, message) = if stats.stopped_at == Some(StopReason::Cancelled) {
        (Kind::Interrupted, format!("stopped on request; {and_then}"))
    } else if stats.num_errors > 0 {
        let findings = count(stats.num_errors, "finding");
        let damaged = stats.snapshots_damaged.len() as u64;
        let message = match damaged {
            0 => format!("{findings}; no snapshot is known to be damaged"),
            _ => format!("{findings}; {} cannot be restored in full", count(damaged, "snapshot")),
        };
        (Kind::Damaged, message)
    } else if stats.stopped_at.is_some() {
        (Kind::Limit, format!("stopped at a limit; {and_then}"))
    } else {
        return Ok(());
    };
    let failure = Failure::new(kind, message);
    Err(match next {
        Some(command) => failure.next(command),
        None => failure,
    })
}

fn list_codes(context: &Context) -> Result<(), Failure> {
    for &code in FindingCode::ALL {
        let (code, meaning, cure) = (code.as_str(), code.what(), code.cure());
        context.output.message(&Message::FindingCode(FindingCodeLine { code, meaning, cure }))?;
        context.output.listing(&format!("{code}  {meaning}; {cure}"))?;
    }
    Ok(())
}

fn print_finding(context: &Context, finding: &EngineFinding, next: &str) -> Result<(), Failure> {
    let snapshots: Vec<String> = finding.snapshots.iter().map(ToString::to_string).collect();
    let hidden = finding.paths_total.saturating_sub(finding.paths.len() as u64);
    if context.output.json {
        return context.output.message(&Message::Finding(Box::new(Finding {
            code: finding.code.as_str(),
            severity: finding.severity.as_str(),
            message: finding.message.clone(),
            object: finding.object.as_ref().map(ToString::to_string),
            pack: finding.pack.map(|pack| pack.to_string()),
            offset: finding.offset,
            length: finding.length,
            chunk: finding.chunk.map(|chunk| chunk.to_string()),
            snapshots,
            paths: lossy_all(&finding.paths),
            paths_b64: twin_all(&finding.paths),
            paths_truncated: hidden,
            healable_from: finding.healable_from.iter().map(|source| source.as_str()).collect(),
            next_command: Some(next.to_owned()),
        })));
    }
    if finding.severity == Severity::Info && context.output.verbose == 0 {
        return Ok(());
    }
    let output = &context.output;
    let data = |line: String| output.data(line.as_bytes());
    data(format!("{}: {}\n", finding.code.as_str(), finding.message))?;
    if let Some(object) = &finding.object {
        data(format!("  in {object}\n"))?;
    }
    for path in &finding.paths {
        data(format!("  lost {}\n", printable(path)))?;
    }
    if hidden > 0 {
        data(format!("  and {}\n", count(hidden, "more path")))?;
    }
    for id in &snapshots {
        data(format!("  snapshot {}\n", short_id(id)))?;
    }
    data(format!("  next: {next}\n"))
}
