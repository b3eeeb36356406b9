//! `gleaner diff`.

use gleaner_engine::{Change, diff as diff_trees};

use crate::args::{DiffArgs, FilterArgs};
use crate::byte_text::{amount, lossy, printable, twin};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{ChangeLine, DiffStatistics, Message, SideTotals};
use crate::opening::{open, snapshot};
use crate::output::Output;

/// Shows what changed between two snapshots.
///
/// # Errors
/// Those of reading both trees.
pub(crate) fn diff(context: &Context, args: &DiffArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let older = snapshot(&repository, &args.older, &FilterArgs::default())?;
    let newer = snapshot(&repository, &args.newer, &FilterArgs::default())?;
    let output = &context.output;
    let operation = context.listing();
    let (mut added, mut removed, mut changed_files) =
        (SideTotals::default(), SideTotals::default(), 0);
    let mut failure = None;
    let run = operation.run();
    let stats = diff_trees(&repository, &older, &newer, args.metadata, &run, &mut |change| {
        match (change.modifier, change.is_folder) {
            ('+', true) => added.dirs += 1,
            ('+', false) => added.files += 1,
            ('-', true) => removed.dirs += 1,
            ('-', false) => removed.files += 1,
            (_, false) => changed_files += 1,
            (_, true) => {}
        }
        if failure.is_none() {
            failure = print(output, change).err();
        }
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    added.bytes = stats.bytes_added;
    removed.bytes = stats.bytes_removed;
    let statistics = DiffStatistics {
        source_snapshot: older.id.to_string(),
        target_snapshot: newer.id.to_string(),
        changed_files,
        added,
        removed,
    };
    let text = format!(
        "changed {} files; added {} files, {} folders, {}; removed {} files, {} folders, {}",
        statistics.changed_files,
        statistics.added.files,
        statistics.added.dirs,
        amount(statistics.added.bytes),
        statistics.removed.files,
        statistics.removed.dirs,
        amount(statistics.removed.bytes),
    );
    output.message(&Message::Statistics(statistics))?;
    output.text(&text)
}

fn print(output: &Output, change: &Change) -> Result<(), Failure> {
    let mut path = change.path.clone();
    if change.is_folder {
        path.push(b'/');
    }
    output.message(&Message::Change(ChangeLine {
        path: lossy(&path),
        path_b64: twin(&path),
        modifier: change.modifier,
    }))?;
    output.listing(&format!("{}  {}", change.modifier, printable(&path)))
}
