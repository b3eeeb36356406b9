//! `gleaner check`.

use gleaner_engine::{CheckOptions, CheckStats, Finding as EngineFinding, FindingCode, Severity};

use crate::args::CheckArgs;
use crate::byte_text::{amount, count, lossy_all, printable, twin_all};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{CheckSummary, Finding, FindingCodeLine, Message};
use crate::opening::open;
use crate::snapshot_view::short_id;

/// Verifies the repository and changes nothing in it.
///
/// # Errors
/// Kind `damaged` if there are findings of severity error; a warning is harmless.
pub(crate) fn check(context: &Context, args: &CheckArgs) -> Result<(), Failure> {
    if args.list_codes {
        return list_codes(context);
    }
    let repository = open(context)?;
    let options = CheckOptions { read_data: args.read_data };
    let operation = context.operation("check")?;
    let mut printed = Ok(());
    let result = gleaner_engine::check(&repository, &options, &operation.run(), &mut |finding| {
        let line = print_finding(context, finding);
        if printed.is_ok() {
            printed = line;
        }
    });
    let reporter = operation.finish();
    let stats = result?;
    printed?;
    let summary = summary(&stats, options, reporter.seconds());
    context.output.message(&Message::Check(Box::new(summary.clone())))?;
    print_text(context, &summary)?;
    if stats.num_errors == 0 {
        return Ok(());
    }
    let findings = count(stats.num_errors, "finding");
    let message = if summary.restorable {
        format!("{findings}; every snapshot is restorable")
    } else {
        let damaged = count(summary.snapshots_damaged, "snapshot");
        format!("{findings}; {damaged} cannot be restored in full")
    };
    Err(Failure::new(Kind::Damaged, message))
}

fn list_codes(context: &Context) -> Result<(), Failure> {
    for &code in FindingCode::ALL {
        let (code, meaning, cure) = (code.as_str(), code.what(), code.cure());
        context.output.message(&Message::FindingCode(FindingCodeLine { code, meaning, cure }))?;
        context.output.listing(&format!("{code}  {meaning}; {cure}"))?;
    }
    Ok(())
}

fn print_finding(context: &Context, finding: &EngineFinding) -> Result<(), Failure> {
    let snapshots: Vec<String> = finding.snapshots.iter().map(ToString::to_string).collect();
    if context.output.json {
        let shown = finding.paths.len() as u64;
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
            paths_truncated: finding.paths_total.saturating_sub(shown),
            healable_from: Vec::new(),
            next_command: None,
        })));
    }
    if finding.severity == Severity::Info && context.output.verbose == 0 {
        return Ok(());
    }
    let output = &context.output;
    output.data(format!("{}: {}\n", finding.code.as_str(), finding.message).as_bytes())?;
    if let Some(object) = &finding.object {
        output.data(format!("  in {object}\n").as_bytes())?;
    }
    for path in &finding.paths {
        output.data(format!("  lost {}\n", printable(path)).as_bytes())?;
    }
    let hidden = finding.paths_total.saturating_sub(finding.paths.len() as u64);
    if hidden > 0 {
        output.data(format!("  and {}\n", count(hidden, "more path")).as_bytes())?;
    }
    for id in &snapshots {
        output.data(format!("  snapshot {}\n", short_id(id)).as_bytes())?;
    }
    Ok(())
}

fn summary(stats: &CheckStats, options: CheckOptions, seconds_elapsed: f64) -> CheckSummary {
    let level = if options.read_data { "read_data" } else { "structure" };
    CheckSummary {
        level,
        num_errors: stats.num_errors,
        broken_packs: stats.broken_packs.iter().map(ToString::to_string).collect(),
        suggest_repair_index: stats.suggest_repair_index,
        suggest_prune: false,
        packs_total: stats.packs_total,
        packs_verified: stats.packs_verified,
        packs_skipped: stats.packs_total.saturating_sub(stats.packs_verified),
        bytes_verified: stats.bytes_verified,
        chunks_missing: stats.chunks_missing,
        chunks_damaged: stats.chunks_damaged,
        snapshots_damaged: stats.snapshots_damaged.len() as u64,
        paths_lost: stats.paths_lost,
        restorable: stats.snapshots_damaged.is_empty(),
        stopped_at: None,
        seconds_elapsed,
        next_command: None,
    }
}

fn print_text(context: &Context, summary: &CheckSummary) -> Result<(), Failure> {
    let output = &context.output;
    output.text(&format!(
        "checked {} ({}): {}, {} verified",
        count(summary.packs_total, "pack"),
        summary.level.replace('_', " "),
        count(summary.num_errors, "finding"),
        amount(summary.bytes_verified),
    ))?;
    if summary.paths_lost > 0 {
        output.text(&format!("{} lost", count(summary.paths_lost, "path")))?;
    }
    let verdict = if summary.restorable {
        "every snapshot is restorable"
    } else {
        "not every snapshot is restorable: back up again, and restore what the findings leave"
    };
    output.text(verdict)
}
