//! Flags of `init`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use gleaner_chunker::ChunkerParams;

use super::parity::parse_percent;
use super::size::parse_size;

/// `gleaner init`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InitArgs {
    /// No password and no sealing: anyone who reads the repository reads everything
    #[arg(long)]
    pub(crate) no_encryption: bool,
    /// How data is cut: default, fine, large or fixed:BYTES
    #[arg(long, value_name = "PRESET", value_parser = parse_chunker)]
    pub(crate) chunker: Option<ChunkerParams>,
    /// Size at which a pack is closed
    #[arg(long, value_name = "SIZE", value_parser = parse_pack_size)]
    pub(crate) pack_size: Option<u32>,
    /// none, fast, default, max or 0..=22
    #[arg(long, value_name = "LEVEL", value_parser = parse_compression)]
    pub(crate) compression: Option<i32>,
    /// Create nothing, only look whether it could be done
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Pad sealed blocks to size classes
    #[arg(long)]
    pub(crate) pad: bool,
    /// Write a parity sidecar of that many percent beside each new pack, so that damage of it
    /// heals: 3 is a good start, up to 100
    #[arg(long, value_name = "PCT", value_parser = parse_percent)]
    pub(crate) parity: Option<u8>,
    /// With --server: where the recovery sheet goes [default: stdout, unless --json]
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_sheet: Option<PathBuf>,
    /// Take over preset and domain key of --from-repo, so that both deduplicate alike
    #[arg(long)]
    pub(crate) copy_chunker_params: bool,
    /// Repository to take them from
    #[arg(long, value_name = "URL")]
    pub(crate) from_repo: Option<OsString>,
    /// File with the password of --from-repo
    #[arg(long, value_name = "FILE")]
    pub(crate) from_password_file: Option<PathBuf>,
    /// Command that prints the password of --from-repo
    #[arg(long, value_name = "CMD")]
    pub(crate) from_password_command: Option<String>,
}

fn parse_chunker(text: &str) -> Result<ChunkerParams, String> {
    text.parse().map_err(|error: gleaner_chunker::Error| error.to_string())
}

/// Reads the size of a pack.
pub(crate) fn parse_pack_size(text: &str) -> Result<u32, String> {
    let range = gleaner_store::PACK_TARGET_BYTES;
    let bytes = parse_size(text)?;
    u32::try_from(bytes)
        .ok()
        .filter(|bytes| range.contains(bytes))
        .ok_or_else(|| format!("a pack has {} to {} bytes", range.start(), range.end()))
}

/// Reads a compression level.
pub(crate) fn parse_compression(text: &str) -> Result<i32, String> {
    match text {
        "none" | "off" => Ok(0),
        "fast" => Ok(1),
        "default" | "auto" => Ok(3),
        "max" => Ok(12),
        number => number
            .parse()
            .ok()
            .filter(|level| (0..=22).contains(level))
            .ok_or_else(|| format!("`{text}` is none of none, fast, default, max, 0..=22")),
    }
}
