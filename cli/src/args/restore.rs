//! Flags of verbs that read snapshots back: `restore dump ls diff find stats snapshots`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::snapshot_filter::FilterArgs;

/// `gleaner restore`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct RestoreArgs {
    /// What to restore
    #[arg(value_name = "SNAP[:PATH]")]
    pub(crate) address: OsString,
    /// Folder to restore into
    #[arg(short, long, value_name = "DIR")]
    pub(crate) target: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Restore only what matches (repeatable)
    #[arg(short, long, value_name = "PATTERN")]
    pub(crate) include: Vec<OsString>,
    /// As --include, upper and lower case are the same
    #[arg(long, value_name = "PATTERN")]
    pub(crate) iinclude: Vec<OsString>,
    /// Leave out what matches (repeatable)
    #[arg(short, long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<OsString>,
    /// As --exclude, upper and lower case are the same
    #[arg(long, value_name = "PATTERN")]
    pub(crate) iexclude: Vec<OsString>,
    /// What happens to entries that exist
    #[arg(long, value_enum, default_value_t = Overwrite::Always)]
    pub(crate) overwrite: Overwrite,
    /// Remove from the target what is not in the snapshot
    #[arg(long)]
    pub(crate) delete: bool,
    /// Write zeros as holes
    #[arg(long)]
    pub(crate) sparse: bool,
    /// Read the target back and compare
    #[arg(long)]
    pub(crate) verify: bool,
    /// Use the recorded numbers of owners, not their names
    #[arg(long)]
    pub(crate) numeric_owner: bool,
    /// Skip pipes, sockets and devices, and drop set-id bits
    #[arg(long)]
    pub(crate) no_special_files: bool,
    /// Write nothing, only say what would be restored
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `--overwrite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Overwrite {
    /// Always; bytes that are right already are kept
    Always,
    /// If size or time of modification differ
    IfChanged,
    /// If the snapshot's entry is newer
    IfNewer,
    /// Never
    Never,
}

/// `gleaner dump`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DumpArgs {
    /// A file, or a folder to write as tar
    #[arg(value_name = "SNAP:PATH")]
    pub(crate) address: OsString,
    /// File to write instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) target: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

/// `gleaner ls`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LsArgs {
    /// Without a path: everything; with one: the entries of that folder
    #[arg(value_name = "SNAP[:PATH]", default_value = "latest")]
    pub(crate) address: OsString,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Mode, owner, size and time too
    #[arg(short, long)]
    pub(crate) long: bool,
    /// Everything below the path
    #[arg(long)]
    pub(crate) recursive: bool,
    /// Order of the list
    #[arg(long, value_enum, default_value_t = LsSort::Name)]
    pub(crate) sort: LsSort,
}

/// `ls --sort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LsSort {
    /// In order of names, folders before their entries
    Name,
    /// Largest first
    Size,
    /// Newest first
    Time,
}

/// `gleaner diff`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiffArgs {
    /// Older snapshot
    #[arg(value_name = "A")]
    pub(crate) older: String,
    /// Newer snapshot
    #[arg(value_name = "B")]
    pub(crate) newer: String,
    /// Show changes of mode, owner and times too
    #[arg(long)]
    pub(crate) metadata: bool,
}

/// `gleaner find`.
#[derive(Debug, Clone, Args)]
pub(crate) struct FindArgs {
    /// Pattern of names or paths; with --chunk or --pack: beginning of an id
    #[arg(value_name = "PATTERN", required = true)]
    pub(crate) patterns: Vec<OsString>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Only entries modified before TIME
    #[arg(long, value_name = "TIME", value_parser = super::time::parse_time)]
    pub(crate) newest: Option<i64>,
    /// Only entries modified after TIME
    #[arg(long, value_name = "TIME", value_parser = super::time::parse_time)]
    pub(crate) oldest: Option<i64>,
    /// Upper and lower case are the same
    #[arg(short, long)]
    pub(crate) ignore_case: bool,
    /// Patterns are chunk ids: find the files that use them
    #[arg(long, conflicts_with = "pack")]
    pub(crate) chunk: bool,
    /// Patterns are pack ids: find the files that need them
    #[arg(long)]
    pub(crate) pack: bool,
}

/// `gleaner snapshots`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SnapshotsArgs {
    /// Only these (ids or beginnings of ids)
    #[arg(value_name = "SNAP")]
    pub(crate) snapshots: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Only the last N of each host and paths
    #[arg(long, value_name = "N")]
    pub(crate) latest: Option<usize>,
    /// Group the list
    #[arg(short, long, value_name = "host,paths,tags")]
    pub(crate) group_by: Option<super::forget::GroupBy>,
}

/// `gleaner stats`.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatsArgs {
    /// Only these (default: all)
    #[arg(value_name = "SNAP")]
    pub(crate) snapshots: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// What is counted
    #[arg(long, value_enum, default_value_t = Mode::RestoreSize)]
    pub(crate) mode: Mode,
}

/// `stats --mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Bytes that a restore would write
    RestoreSize,
    /// Files, each content once
    FilesByContents,
    /// Chunks that the snapshots refer to, each once
    RawData,
}
