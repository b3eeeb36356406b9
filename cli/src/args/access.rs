//! Flags of `access`.

use clap::{Args, Subcommand};

/// `gleaner access`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessArgs {
    #[command(subcommand)]
    pub(crate) verb: AccessVerb,
}

/// What to do with what an access server holds; nothing is changed.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum AccessVerb {
    /// Count the objects, and what was left out and why
    Scan(AccessSourceArgs),
    /// List the objects
    Ls(AccessSourceArgs),
    /// Show one object: its identifiers and its representations
    Show(AccessShowArgs),
    /// Read all representations of all objects
    Verify(AccessSourceArgs),
}

/// A source and how to read it.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessSourceArgs {
    /// KIND:PATH; kinds are tree, nginx, squid-ufs, apache-disk, acng, oci, maildir, dbox and mbox
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// nginx: a regular expression that finds the URL in a key, by its group `url`, or by `scheme`,
    /// `host` and `path`
    #[arg(long, value_name = "REGEX")]
    pub(crate) key_pattern: Option<String>,
    /// tree: the URL at which subscribers see the root
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// squid-ufs: numbers of folders of its `cache_dir`
    #[arg(long, value_name = "L1:L2", default_value = "16:256")]
    pub(crate) squid_folders: String,
}

/// `gleaner access show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessShowArgs {
    #[command(flatten)]
    pub(crate) source: AccessSourceArgs,
    /// The object's key as `access ls` shows it, or one of its URLs
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
}
