//! Flags of verbs that look after a repository: `forget tag key list cat unlock`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use super::snapshot_filter::FilterArgs;
use super::time::{CalendarSpan, parse_calendar_span};

/// `gleaner forget`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ForgetArgs {
    /// Snapshots to drop; without any, the policy decides
    #[arg(value_name = "SNAP")]
    pub(crate) snapshots: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    /// What makes a group of snapshots to which the policy applies
    #[arg(short, long, value_name = "host,paths,tags", default_value = "host,paths")]
    pub(crate) group_by: GroupBy,
    /// Let a policy that keeps nothing drop everything
    #[arg(long)]
    pub(crate) unsafe_allow_remove_all: bool,
    /// Name of the repository's folder, to confirm without a terminal
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_destroy: Option<String>,
    /// Prune afterwards, if anything was dropped
    #[arg(long)]
    pub(crate) prune: bool,
    /// Change nothing, only say what would be dropped
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// The retention policy.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is kept")]
#[expect(clippy::struct_field_names, reason = "the names of the flags")]
pub(crate) struct KeepArgs {
    /// The last N
    #[arg(short = 'l', long, value_name = "N")]
    pub(crate) keep_last: Option<u32>,
    /// The last of each of the last N hours
    #[arg(long, value_name = "N")]
    pub(crate) keep_hourly: Option<u32>,
    /// The last of each of the last N days
    #[arg(short = 'd', long, value_name = "N")]
    pub(crate) keep_daily: Option<u32>,
    /// The last of each of the last N weeks
    #[arg(short = 'w', long, value_name = "N")]
    pub(crate) keep_weekly: Option<u32>,
    /// The last of each of the last N months
    #[arg(short = 'm', long, value_name = "N")]
    pub(crate) keep_monthly: Option<u32>,
    /// The last of each of the last N years
    #[arg(short = 'y', long, value_name = "N")]
    pub(crate) keep_yearly: Option<u32>,
    /// All with all of these tags (repeatable: any of the lists)
    #[arg(long, value_name = "TAG[,TAG...]")]
    pub(crate) keep_tag: Vec<String>,
    /// All that are at most this much older than the newest (1y5m7d2h)
    #[arg(long, value_name = "SPAN", value_parser = parse_calendar_span)]
    pub(crate) keep_within: Option<CalendarSpan>,
}

/// What snapshots are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GroupBy {
    pub(crate) host: bool,
    pub(crate) paths: bool,
    pub(crate) tags: bool,
}

impl FromStr for GroupBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut group = Self { host: false, paths: false, tags: false };
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                "host" | "hosts" => group.host = true,
                "path" | "paths" => group.paths = true,
                "tag" | "tags" => group.tags = true,
                _ => return Err(format!("`{word}` is none of host, paths, tags")),
            }
        }
        Ok(group)
    }
}

/// `gleaner tag`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TagArgs {
    /// Snapshots to change
    #[arg(value_name = "SNAP", required = true)]
    pub(crate) snapshots: Vec<String>,
    /// Add these tags
    #[arg(long, value_name = "TAG[,TAG...]")]
    pub(crate) add: Vec<String>,
    /// Remove these tags
    #[arg(long, value_name = "TAG[,TAG...]")]
    pub(crate) remove: Vec<String>,
    /// Have exactly these tags
    #[arg(long, value_name = "TAG[,TAG...]", conflicts_with_all = ["add", "remove"])]
    pub(crate) set: Vec<String>,
    /// Change nothing, only say what would change
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `gleaner key`.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) verb: KeyVerb,
}

/// What to do with keys.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyVerb {
    /// List key slots
    List,
    /// Add a key slot with a password of its own
    Add(NewPasswordArgs),
    /// Remove a key slot; without the last one nothing opens the repository again
    Remove(RemoveKeyArgs),
    /// Change the password: a new slot is added, then the one in use removed
    Passwd(NewPasswordArgs),
    /// Seal packs from now on under new keys; what is stored stays as it is
    Rotate(RotateKeyArgs),
}

impl KeyVerb {
    /// True if slots come or go, or a key epoch begins.
    pub(crate) const fn changes_keys(&self) -> bool {
        match self {
            Self::List => false,
            Self::Add(args) | Self::Passwd(args) => !args.dry_run,
            Self::Remove(args) => !args.dry_run,
            Self::Rotate(args) => !args.dry_run,
        }
    }
}

/// `gleaner key rotate`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct RotateKeyArgs {
    /// Change nothing, only say which key epoch would begin
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `gleaner key remove`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RemoveKeyArgs {
    /// Id of the slot, or its beginning
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Name of the repository's folder, to remove the last slot without a terminal
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_destroy: Option<String>,
    /// Change nothing, only say what would be removed
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// Where a new password comes from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct NewPasswordArgs {
    /// File whose first line is the new password
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<PathBuf>,
    /// Command that prints the new password
    #[arg(long, value_name = "CMD")]
    pub(crate) new_password_command: Option<String>,
    /// Change nothing, only look whether it could be done
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `gleaner list`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ListArgs {
    /// What to list
    #[arg(value_enum, value_name = "packs|snapshots|keys|leases|chunks")]
    pub(crate) what: ListWhat,
}

/// Kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListWhat {
    /// Ids of packs
    Packs,
    /// Ids of snapshots
    Snapshots,
    /// Ids of key slots
    Keys,
    /// Sessions
    Leases,
    /// Ids of chunks, from pack directories
    Chunks,
}

/// `gleaner cat`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CatArgs {
    /// Kind of object
    #[arg(value_enum, value_name = "config|snapshot|pack|key")]
    pub(crate) what: CatWhat,
    /// Id, or its beginning (not for the config)
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
}

/// Kinds of objects that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatWhat {
    /// The repository's config
    Config,
    /// A snapshot's manifest
    Snapshot,
    /// A pack's directory
    Pack,
    /// A key slot, without secrets
    Key,
}

/// `gleaner unlock`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UnlockArgs {
    /// Session to fence: it can never commit afterwards (`gleaner list leases`)
    #[arg(long, value_name = "ID")]
    pub(crate) lease: String,
    /// Change nothing, only say what would be fenced
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}
