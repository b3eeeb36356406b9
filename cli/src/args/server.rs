//! Flags of `serve`, `tenant` and `token`, which run where the server runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::size::parse_size;
use super::time::parse_duration;

/// Which server.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServerArgs {
    /// TOML file with keys of the server: data, listen, metrics, names, certificate, key
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the server: its certificate, its tenants and their repositories
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// `gleaner serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:7443]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where to answer /healthz, /metrics and /status, without a login [default: nowhere]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Only say whether the server could start
    #[arg(long)]
    pub(crate) check_config: bool,
}

/// `gleaner tenant`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TenantArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(subcommand)]
    pub(crate) verb: TenantVerb,
}

/// What to do with tenants; it counts from their next login on.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum TenantVerb {
    /// Add a tenant
    Add {
        /// 1 to 64 of a-z, 0-9, dot, underscore and dash
        #[arg(value_name = "NAME")]
        name: String,
        /// Bytes that its repository may take
        #[arg(long, value_name = "SIZE", value_parser = parse_size)]
        quota: Option<u64>,
    },
    /// List tenants
    List,
    /// Change how much a repository may take
    Quota {
        /// Whose
        #[arg(value_name = "NAME")]
        name: String,
        /// How much, or `none`
        #[arg(value_name = "SIZE", value_parser = parse_quota)]
        quota: Quota,
    },
    /// Remove a tenant, and all of its snapshots
    Remove {
        /// Whom
        #[arg(value_name = "NAME")]
        name: String,
        /// Name of the tenant, to remove it without a terminal
        #[arg(long, value_name = "NAME")]
        yes_destroy: Option<String>,
    },
}

/// A limit, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota(pub(crate) Option<u64>);

fn parse_quota(text: &str) -> Result<Quota, String> {
    if text == "none" { Ok(Quota(None)) } else { parse_size(text).map(|bytes| Quota(Some(bytes))) }
}

/// `gleaner token`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(subcommand)]
    pub(crate) verb: TokenVerb,
}

/// What to do with tokens; it counts from the next login on.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token and print it, once
    New(NewTokenArgs),
    /// List tokens
    List {
        /// Only of this tenant
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
    },
    /// Make a token worthless
    Revoke {
        /// Whose
        #[arg(long, value_name = "NAME")]
        tenant: String,
        /// Its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// `gleaner token new`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NewTokenArgs {
    /// Whose data it is for
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: String,
    /// What it may be used for
    #[arg(long, value_name = "VERBS", value_delimiter = ',', default_value = "backup")]
    pub(crate) verbs: Vec<TokenUse>,
    /// How long it counts [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) expires: Option<Duration>,
    /// What to call it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) label: String,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenUse {
    /// Read everything of the tenant
    Restore,
    /// The same, and add snapshots; nothing can be changed or taken away
    Backup,
    /// The same, and take snapshots and packs away
    Prune,
    /// The same, and make the repository and its keys
    Init,
}
