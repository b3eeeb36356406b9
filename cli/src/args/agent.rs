//! Flags of `agent`: the process beside an access server, and whom a server lets in as one.

#![expect(clippy::doc_markdown, reason = "these texts are shown as they are by --help")]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::server::ServerArgs;

/// `gleaner agent`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    pub(crate) verb: AgentVerb,
}

/// What to do with agents; what is allowed or denied counts within some minutes.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum AgentVerb {
    /// Tell a server what access servers hold, and serve bytes of theirs
    Run(RunAgentArgs),
    /// Where the server runs: let an agent speak for sources
    Allow(AllowAgentArgs),
    /// Where the server runs: list agents
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Where the server runs: let an agent in no more
    Deny {
        #[command(flatten)]
        server: ServerArgs,
        /// SHA-256 of its certificate
        #[arg(value_name = "CERTIFICATE")]
        certificate: String,
    },
}

/// `gleaner agent run`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunAgentArgs {
    /// TOML file: server, server_fingerprint or ca_cert, state, every; and for each source: number,
    /// kind, path, scope, base_url, key_pattern, squid_folders
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Only say whether the agent could start, and by which certificate it is known
    #[arg(long)]
    pub(crate) check_config: bool,
}

/// `gleaner agent allow`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AllowAgentArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// SHA-256 of its certificate, as `agent run --check-config` prints it
    #[arg(value_name = "CERTIFICATE")]
    pub(crate) certificate: String,
    /// Numbers of the sources that it speaks for, and no others any more
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', required = true)]
    pub(crate) sources: Vec<u16>,
    /// What the URLs begin with of files that its sources may have: subscribers offer files that
    /// they downloaded from there
    #[arg(long, value_name = "URLS", value_delimiter = ',')]
    pub(crate) urls: Vec<String>,
    /// What to call it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) label: String,
}
