//! Flags of `copy`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::snapshot_filter::FilterArgs;

/// `gleaner copy`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CopyArgs {
    /// Snapshots of --from-repo; without any, all that the filters let through
    #[arg(value_name = "SNAP")]
    pub(crate) snapshots: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Repository to read from; -r names the one that is written
    #[arg(long, value_name = "URL")]
    pub(crate) from_repo: Option<OsString>,
    /// File with the password of --from-repo
    #[arg(long, value_name = "FILE")]
    pub(crate) from_password_file: Option<PathBuf>,
    /// Command that prints the password of --from-repo
    #[arg(long, value_name = "CMD")]
    pub(crate) from_password_command: Option<String>,
    /// Read and count, and write nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}
