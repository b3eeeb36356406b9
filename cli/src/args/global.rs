//! Flags that every verb takes (CLI.md section 3).

#![expect(clippy::doc_markdown, reason = "these texts are shown as they are by --help")]

use std::ffi::OsString;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::size::{parse_rate, parse_size};
use super::time::parse_duration;

/// Flags of every verb. Flags of CLI.md that this version does not honour are not accepted.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Flags of every verb")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Global {
    /// Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]
    #[arg(short, long, global = true, value_name = "URL")]
    pub(crate) repo: Option<OsString>,
    /// File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) repository_file: Option<PathBuf>,
    /// Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_cert: Option<PathBuf>,
    /// SHA-256 of the server's certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]
    #[arg(long, global = true, value_name = "HEX")]
    pub(crate) server_fingerprint: Option<String>,
    /// How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER;
    /// default: 5m]
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) wait_for_server: Option<Duration>,
    /// File whose first line is the password [env: GLEANER_PASSWORD_FILE]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]
    #[arg(long, global = true, value_name = "CMD")]
    pub(crate) password_command: Option<String>,
    /// Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]
    #[arg(short = 'P', long, global = true, value_name = "NAME", action = ArgAction::Append)]
    pub(crate) profile: Vec<String>,
    /// Print nothing but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print a line for each file; twice: also the unchanged ones
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    /// Print JSON lines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Never ask
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Answer moderate questions with yes
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// No colours [env: NO_COLOR]
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Keep the index in memory and write no cache
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]
    #[arg(long, global = true, value_name = "MODE")]
    pub(crate) index_mode: Option<IndexModeName>,
    /// Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) index_memory: Option<u64>,
    /// Worker threads [env: GLEANER_THREADS; default: cores]
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]
    #[arg(long, global = true, value_name = "RATE", value_parser = parse_rate)]
    pub(crate) limit_read: Option<NonZeroU64>,
    /// Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]
    #[arg(long, global = true, value_name = "RATE", value_parser = parse_rate)]
    pub(crate) limit_write: Option<NonZeroU64>,
    /// Take no lease: for media that cannot be written (verbs that only read)
    #[arg(long, global = true)]
    pub(crate) no_lock: bool,
    /// Give way to other processes (nice 19)
    #[arg(long, global = true)]
    pub(crate) idle: bool,
    /// Write status lines as JSON to descriptor N
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) progress_fd: Option<i32>,
}

/// Values of `--index-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IndexModeName {
    /// All: about 2 bytes of memory a chunk
    Exact,
    /// Those near a sample of one in 64: for repositories of more than 10^9 chunks
    Sparse,
    /// Those of earlier snapshots of the same host and paths: no cache, little to read
    Neighbor,
}
