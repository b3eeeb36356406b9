//! `gleaner dump`.

use std::fs::File;
use std::io::{BufWriter, Write};

use gleaner_engine::{Error, Repository, Run};
use gleaner_store::Snapshot;

use super::archive::write_archive;
use super::ls::normal_path;
use crate::args::{Address, DumpArgs};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::opening::{open, snapshot};

/// Writes a file, or a folder as tar, to stdout or into a file.
///
/// # Errors
/// Kinds `no_such_path` and `damaged`.
pub(crate) fn dump(context: &Context, args: &DumpArgs) -> Result<(), Failure> {
    let address = Address::parse(&args.address)?;
    let Some(path) = &address.path else {
        return Err(Failure::usage("name what to dump: SNAP:PATH (SNAP:/ for everything)"));
    };
    let path = normal_path(path);
    let repository = open(context)?;
    let snapshot = snapshot(&repository, &address.snapshot, &args.filter)?;
    let operation = context.operation("dump")?;
    let run = operation.run();
    match &args.target {
        None => {
            let stdout = std::io::stdout().lock();
            let mut writer = BufWriter::with_capacity(1 << 18, stdout);
            write(&repository, &snapshot, &path, &mut writer, &run)?;
            flushed(&mut writer)
        }
        Some(target) => {
            let failure = |error: &std::io::Error| Failure::io(target.display(), error);
            let file = File::create(target).map_err(|error| failure(&error))?;
            let mut writer = BufWriter::with_capacity(1 << 18, file);
            write(&repository, &snapshot, &path, &mut writer, &run)?;
            flushed(&mut writer)?;
            writer.get_ref().sync_all().map_err(|error| failure(&error))
        }
    }
}

fn flushed(writer: &mut impl Write) -> Result<(), Failure> {
    writer.flush().map_err(|error| Failure::io("output", &error))
}

fn write(
    repository: &Repository,
    snapshot: &Snapshot,
    path: &[u8],
    writer: &mut dyn Write,
    run: &Run<'_>,
) -> Result<(), Failure> {
    if path.is_empty() {
        return write_archive(repository, snapshot, path, writer, run);
    }
    match gleaner_engine::dump_file(repository, snapshot, path, writer, run) {
        Ok(_) => Ok(()),
        Err(Error::NotAFile { .. }) => write_archive(repository, snapshot, path, writer, run),
        Err(error) => {
            let mut failure = Failure::from(error);
            if failure.kind == Kind::NoSuchPath {
                failure.next_command = Some(format!("gleaner ls {}", snapshot.id));
            }
            Err(failure)
        }
    }
}
