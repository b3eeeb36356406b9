//! Flags of `parity`.

use clap::{Args, Subcommand};
use gleaner_store::PARITY_PERCENT;

/// `gleaner parity`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ParityArgs {
    #[command(subcommand)]
    pub(crate) verb: ParityVerb,
}

/// What to do with parity sidecars.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ParityVerb {
    /// Write sidecars for packs that have none, or a damaged one
    Add(AddParityArgs),
    /// Delete sidecars; the packs stay
    Remove(RemoveParityArgs),
    /// Say which packs have sidecars; changes nothing
    Status(ParityStatusArgs),
}

impl ParityVerb {
    /// True if sidecars come or go.
    pub(crate) const fn changes_sidecars(&self) -> bool {
        match self {
            Self::Add(args) => !args.dry_run,
            Self::Remove(args) => !args.dry_run,
            Self::Status(_) => false,
        }
    }
}

/// `gleaner parity add`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AddParityArgs {
    /// Recovery shards for each hundred data shards, 1 to 100; by default what `init --parity`
    /// said, else 3
    #[arg(long, value_name = "PCT", value_parser = parse_percent)]
    pub(crate) percent: Option<u8>,
    /// Only this pack, by its id or the beginning of it; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) pack: Vec<String>,
    /// Write nothing, only say what would be written
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `gleaner parity remove`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RemoveParityArgs {
    /// Only of this pack, by its id or the beginning of it; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) pack: Vec<String>,
    /// Change nothing, only say what would be removed
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `gleaner parity status`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ParityStatusArgs {
    /// Only this pack, by its id or the beginning of it, in detail; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) pack: Vec<String>,
}

/// Reads a percentage of parity.
pub(crate) fn parse_percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    number.parse().ok().filter(|percent| PARITY_PERCENT.contains(percent)).ok_or_else(|| {
        format!("`{text}` is not in {}..={}", PARITY_PERCENT.start(), PARITY_PERCENT.end())
    })
}
