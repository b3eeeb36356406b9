//! `gleaner backup`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::Nearby;
use gleaner_service::NearServer;

use super::recording::{options, report};
use super::stream;
use crate::args::BackupArgs;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::Problem;
use crate::opening::open;
use crate::selection::{FileSelection, has_lists, listed_paths};

/// Saves files and folders, or a stream.
///
/// # Errors
/// Kind `unreadable` if something was left out: the snapshot is written all the same.
pub(crate) fn backup(context: &Context, args: &BackupArgs) -> Result<(), Failure> {
    if args.stdin.stdin || args.stdin.stdin_from_command {
        return stream::backup_of_stream(context, args);
    }
    let mut wanted: Vec<PathBuf> = args.paths.iter().map(PathBuf::from).collect();
    wanted.append(&mut listed_paths(&args.selection)?);
    if wanted.is_empty() {
        let message = if has_lists(&args.selection) {
            "the lists name nothing to save"
        } else {
            "nothing to save: name a path, or use --files-from or --stdin"
        };
        return Err(Failure::usage(message));
    }
    let selection = FileSelection::new(&args.selection, &context.output)?;
    let repository = open(context)?;
    let (roots, missing) = existing(context, &wanted)?;
    let mut options = options(context, args, &repository)?;
    options.roots = roots;
    options.selection = Arc::new(selection);
    let near = context.line.get().filter(|_| !args.no_access);
    let near = near.and_then(|line| NearServer::of(Arc::clone(line))).map(Arc::new);
    options.nearby = near.clone().map(|near| -> Arc<dyn Nearby> { near });
    let operation = context.operation("backup")?;
    let result = gleaner_engine::backup(&repository, &options, &operation.run());
    let reporter = operation.finish();
    let nearby = near.map(|near| near.totals()).unwrap_or_default();
    report(context, args, &result?, &nearby, missing + reporter.error_count())
}

/// Absolute paths of those that exist, and the number of those that do not.
fn existing(context: &Context, wanted: &[PathBuf]) -> Result<(Vec<PathBuf>, u64), Failure> {
    let (mut roots, mut missing) = (Vec::new(), 0);
    for path in wanted {
        let path = absolute(path)?;
        match path.symlink_metadata() {
            Ok(_) => roots.push(path),
            Err(error) => {
                missing += 1;
                let message = format!("{}: {error}", path.display());
                let item = path.as_os_str().as_encoded_bytes();
                context.output.error(Problem::new(message, "no_such_path", "scan", item));
            }
        }
    }
    if roots.is_empty() {
        let message = "none of the paths exists";
        return Err(Failure::new(Kind::NoSuchPath, message));
    }
    Ok((roots, missing))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::io(path.display(), &error))
}
