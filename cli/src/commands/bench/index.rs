//! `gleaner bench index`: the targets of the index, each measured on a real one in a folder of its
//! own that is removed at the end.
//!
//! The phases build on each other: packs are entered, then asked for through each layer, then the
//! index is compacted, opened again, and rebuilt. Chunk ids are made from their numbers, so that no
//! phase reads them from anywhere.

mod figure;
mod keys;
mod draw;
mod meter;
mod machine;
mod metric;
mod report;
mod table;
mod watch;
mod subject;
mod insert;
mod answers;
mod rows;
mod stream;
mod opening;

use crate::args::BenchIndexArgs;
use crate::context::Context;
use crate::exit_code::Failure;
use meter::Meter;
use report::{JUDGED_KEYS_MIN, Report};
use subject::Subject;

/// Measures all there is, prints a table or one JSON document.
///
/// # Errors
/// Kind `usage` where floors are to hold for too few keys, kind `regression` if they do not hold;
/// those of the index.
pub(super) fn bench_index(context: &Context, args: &BenchIndexArgs) -> Result<(), Failure> {
    if args.enforce_floors && args.keys.get() < JUDGED_KEYS_MIN {
        let message = format!("--enforce-floors: floors hold from {JUDGED_KEYS_MIN} keys on");
        return Err(Failure::usage(message));
    }
    let meter = Meter::start();
    let mut report = Report::new(args.keys.get());
    let subject = Subject::new(context, args)?;
    run(&subject, &mut report)?;
    // Removed before the report counts as made.
    drop(subject);
    report.seconds_elapsed = meter.span().wall_seconds;
    let output = &context.output;
    output.document(&report.document(args))?;
    output.listing(&table::text(&report, args))?;
    output.flush()?;
    if args.enforce_floors { report.refuse_below_floors() } else { Ok(()) }
}

fn run(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    insert::insert(subject, report)?;

    let index = opening::reopen(subject, report)?;
    answers::misses(subject, &index, report)?;
    answers::cache_hits(subject, &index, report)?;
    rows::hits(subject, &index, report)?;
    rows::compact(subject, &index, report)?;
    drop(index);

    rows::cold_hits(subject, report)?;
    stream::second_generation(subject, report)?;
    opening::catch_up(subject, report)?;
    opening::rebuild(subject, report)
}
