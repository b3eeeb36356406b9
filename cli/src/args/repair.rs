//! Flags of `repair`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use gleaner_store::layout::QuarantineRun;

use super::time::parse_duration;

/// `gleaner repair`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RepairArgs {
    #[command(subcommand)]
    pub(crate) verb: RepairVerb,
}

/// What to repair.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum RepairVerb {
    /// Build the index in the cache folder anew from the packs
    Index(RepairIndexArgs),
    /// Save what is left of damaged packs, and get what is lost from elsewhere
    Packs(RepairPacksArgs),
    /// Put manifests that cannot be read aside, and write snapshots of what is left of others
    Snapshots(RepairSnapshotsArgs),
    /// Packs, then snapshots; or put back what a repair took out of use
    All(RepairAllArgs),
}

/// `gleaner repair index`.
#[derive(Debug, Clone, Args)]
#[cfg_attr(not(feature = "rocksdb"), expect(dead_code, reason = "refused without RocksDB"))]
pub(crate) struct RepairIndexArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
}

/// `gleaner repair packs`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RepairPacksArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
    /// Look at what this file names, written by `check --wanted`; without it everything is read
    #[arg(long, value_name = "FILE")]
    pub(crate) wanted: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) from: HealFromArgs,
    /// Stop between two packs after this time (1h30m); the next run goes on
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) max_duration: Option<Duration>,
}

/// Where lost chunks are taken from, after the parity sidecars. The ids of these flags must not be
/// those of global ones.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct HealFromArgs {
    /// Repository to take lost chunks from; may be given more than once
    #[arg(id = "from_repo", long = "from-repo", value_name = "URL")]
    pub(crate) repositories: Vec<OsString>,
    /// File with the password of --from-repo
    #[arg(id = "from_password_file", long = "from-password-file", value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Command that prints the password of --from-repo
    #[arg(id = "from_password_command", long = "from-password-command", value_name = "CMD")]
    pub(crate) password_command: Option<String>,
    /// Do not ask the parity sidecars of damaged packs
    #[arg(long)]
    pub(crate) no_parity: bool,
}

/// `gleaner repair snapshots`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RepairSnapshotsArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
    /// Write a new snapshot without the lost paths; the old one stays until it is forgotten
    #[arg(long)]
    pub(crate) drop_lost: bool,
}

/// `gleaner repair all`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RepairAllArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
    #[command(flatten)]
    pub(crate) from: HealFromArgs,
    /// Write new snapshots without the lost paths; the old ones stay until they are forgotten
    #[arg(long)]
    pub(crate) drop_lost: bool,
    /// Put back what this repair took out of use, byte for byte
    #[arg(long, value_name = "RUN", conflicts_with_all = ["apply", "from_repo", "drop_lost"])]
    pub(crate) undo: Option<QuarantineRun>,
}
