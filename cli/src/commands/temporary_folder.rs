//! New folders for what is made up and removed again.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::exit_code::{Failure, Kind};

/// Creates a folder inside `parent` that is ours alone; its name begins with `name`.
///
/// `create_dir` refuses what exists, links included: nobody can plant a place for us.
///
/// # Errors
/// Those of the system.
pub(super) fn create_temporary(parent: &Path, name: &str) -> Result<PathBuf, Failure> {
    for number in 0..1000_u32 {
        let folder = parent.join(format!("{name}-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Failure::io(folder.display(), &error)),
        }
    }
    Err(Failure::new(Kind::Io, format!("{}: no free name", parent.display())))
}
