//! Flags of `repair`.

use clap::{Args, Subcommand};

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
}

/// `gleaner repair index`.
#[derive(Debug, Clone, Args)]
#[cfg_attr(not(feature = "rocksdb"), expect(dead_code, reason = "refused without RocksDB"))]
pub(crate) struct RepairIndexArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
}
