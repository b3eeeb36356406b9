//! The debug log: `--log-file`, filtered by `GLEANER_LOG`.

use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::exit_code::{Failure, Kind};
use crate::layers::variable;

/// Appends to `path` what the crates report, from now on.
///
/// # Errors
/// Kind `config` for a wrong filter; the file system's.
pub(crate) fn start(path: &Path) -> Result<(), Failure> {
    let filter = variable("GLEANER_LOG").map_or_else(
        || "debug".to_owned(),
        |filter| filter.to_string_lossy().replace("engine=", "gleaner_engine="),
    );
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Failure::new(Kind::Config, format!("GLEANER_LOG: {error}")))?;
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| Failure::io(path.display(), &error))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    tracing::subscriber::set_global_default(log)
        .map_err(|error| Failure::new(Kind::Bug, error.to_string()))
}
