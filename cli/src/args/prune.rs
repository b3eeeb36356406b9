//! Flags of `prune`.

use std::time::Duration;

use clap::Args;
use gleaner_engine::MaxUnused;

use super::size::parse_size;
use super::time::parse_duration;

/// `gleaner prune`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PruneArgs {
    /// Unneeded bytes that may stay in packs with others: 5%, a SIZE, or unlimited
    #[arg(long, value_name = "LIMIT", default_value = "5%", value_parser = parse_max_unused)]
    pub(crate) max_unused: MaxUnused,
    /// Rewrite packs of at most so many bytes in this run
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) max_repack_size: Option<u64>,
    /// Merge packs below this size
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) repack_smaller_than: Option<u64>,
    /// Rewrite all packs that are sealed under older key epochs (after `key rotate`)
    #[arg(long)]
    pub(crate) rewrite_key_epochs: bool,
    /// Delete in this run what it condemns; refused while other sessions are open
    #[arg(long)]
    pub(crate) now: bool,
    /// Stop at a safe point after this time (1h30m); the next run goes on
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) max_duration: Option<Duration>,
    /// Go on although snapshots vanished that nobody forgot
    #[arg(long)]
    pub(crate) unsafe_allow_shrink: bool,
    /// Print the plan, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

fn parse_max_unused(text: &str) -> Result<MaxUnused, String> {
    if text == "unlimited" {
        return Ok(MaxUnused::Unlimited);
    }
    let Some(percent) = text.strip_suffix('%') else {
        return parse_size(text).map(MaxUnused::Bytes);
    };
    match percent.trim().parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(MaxUnused::Percent(percent)),
        _ => Err(format!("`{text}` is no part of the whole; try 5%")),
    }
}
