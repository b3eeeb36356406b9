//! Flags of `bench`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::size::parse_size;

/// `gleaner bench`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) verb: BenchVerb,
}

/// What to measure.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BenchVerb {
    /// The index: rates, memory and disk at a number of made-up chunks
    Index(BenchIndexArgs),
}

/// `gleaner bench index`.
#[derive(Debug, Clone, Args)]
#[cfg_attr(not(feature = "rocksdb"), expect(dead_code, reason = "refused without RocksDB"))]
pub(crate) struct BenchIndexArgs {
    /// Chunks to enter; needs about 100 bytes of disk each
    #[arg(long, value_name = "N", default_value = "1000000")]
    pub(crate) keys: NonZeroU64,
    /// Seed of the made-up chunk ids
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Which chunks the index recognises
    #[arg(long, value_enum, default_value_t = BenchMode::Exact)]
    pub(crate) mode: BenchMode,
    /// Memory that the index is told to stay within, at least 16M
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) memory: Option<u64>,
    /// Work in a new folder inside this one, which is removed at the end [default: the system's
    /// folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    /// End with 4 if a floor is not reached
    #[arg(long)]
    pub(crate) enforce_floors: bool,
}

/// Which chunks an index recognises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchMode {
    /// All
    Exact,
    /// Those near one in 64
    Sparse,
}
