//! Flags of `backup` and of its selection of files.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::forget::GroupBy;
use super::size::parse_size;
use super::time::parse_time;

/// `gleaner backup`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct BackupArgs {
    /// What to save; after `--stdin-from-command --`, the command to run
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) stdin: StdinArgs,
    /// Write nothing, only say what would be saved
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Host to record (default: this machine's name)
    #[arg(short = 'H', long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Tags of the snapshot (repeatable)
    #[arg(long = "tag", value_name = "TAG[,TAG...]")]
    pub(crate) tags: Vec<String>,
    /// Time to record (default: now)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<i64>,
    /// Compare with this snapshot (default: the latest of the same host and paths)
    #[arg(long, value_name = "SNAP")]
    pub(crate) parent: Option<String>,
    /// What the snapshot to compare with agrees in; empty: the latest of all
    #[arg(short, long, value_name = "host,paths,tags", default_value = "host,paths")]
    pub(crate) group_by: GroupBy,
    /// Read every file again, compare with no snapshot
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Write no snapshot if nothing changed since the parent
    #[arg(long)]
    pub(crate) skip_if_unchanged: bool,
    /// A file with another inode number may be unchanged
    #[arg(long)]
    pub(crate) ignore_inode: bool,
    /// A file with another time of status change may be unchanged
    #[arg(long)]
    pub(crate) ignore_ctime: bool,
    /// Save times of last access
    #[arg(long)]
    pub(crate) with_atime: bool,
    /// Save no extended attributes
    #[arg(long)]
    pub(crate) no_xattrs: bool,
    /// Map large files that nobody writes instead of reading them
    #[arg(long)]
    pub(crate) mmap: bool,
    /// Offer nothing to be looked for at access servers: all that is novel is sent
    #[arg(long)]
    pub(crate) no_access: bool,
    /// none, fast, default, max or 0..=22 (default: the repository's)
    #[arg(long, value_name = "LEVEL", value_parser = super::init::parse_compression)]
    pub(crate) compression: Option<i32>,
    /// Size at which a pack of this run is closed (default: the repository's)
    #[arg(long, value_name = "SIZE", value_parser = super::init::parse_pack_size)]
    pub(crate) pack_size: Option<u32>,
    /// Threads that read files (default: --threads)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) read_concurrency: Option<u16>,
}

/// What a backup takes and what it leaves out.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is saved")]
pub(crate) struct SelectionArgs {
    /// Leave out what matches (repeatable; `!` takes back)
    #[arg(short, long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<OsString>,
    /// As --exclude, upper and lower case are the same
    #[arg(long, value_name = "PATTERN")]
    pub(crate) iexclude: Vec<OsString>,
    /// File with patterns, one on a line, # begins a comment
    #[arg(long, value_name = "FILE")]
    pub(crate) exclude_file: Vec<PathBuf>,
    /// As --exclude-file, upper and lower case are the same
    #[arg(long, value_name = "FILE")]
    pub(crate) iexclude_file: Vec<PathBuf>,
    /// Leave out what is in folders marked by a CACHEDIR.TAG
    #[arg(long)]
    pub(crate) exclude_caches: bool,
    /// Leave out what is in folders that hold this file (with a header: that begins with it)
    #[arg(long, value_name = "FILE[:HEADER]")]
    pub(crate) exclude_if_present: Vec<OsString>,
    /// Leave out what a .gleanerignore in the folder, or above it, names
    #[arg(long)]
    pub(crate) ignore_files: bool,
    /// Leave out files larger than SIZE
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) exclude_larger_than: Option<u64>,
    /// File with patterns of paths to save, one on a line; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Vec<PathBuf>,
    /// File with paths to save, one on a line, taken literally; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from_verbatim: Vec<PathBuf>,
    /// File with paths to save, each ended by a NUL byte; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from_raw: Vec<PathBuf>,
    /// Stay on the file systems of the given paths
    #[arg(short = 'x', long)]
    pub(crate) one_file_system: bool,
}

/// Backups of a stream.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Backup of a stream")]
pub(crate) struct StdinArgs {
    /// Save what comes on stdin as one file
    #[arg(long)]
    pub(crate) stdin: bool,
    /// Name of that file
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    pub(crate) stdin_filename: OsString,
    /// Run the command after `--` and save its output; no snapshot if it fails
    #[arg(long)]
    pub(crate) stdin_from_command: bool,
}
