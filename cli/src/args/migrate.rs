//! Flags of `migrate`.

use clap::Args;

/// `gleaner migrate`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct MigrateArgs {
    /// Do it; without this only say what would be done
    #[arg(long)]
    pub(crate) apply: bool,
}
