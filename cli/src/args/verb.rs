//! The verbs.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::access::AccessArgs;
use super::agent::AgentArgs;
use super::backup::BackupArgs;
use super::bench::BenchArgs;
use super::check::CheckArgs;
use super::copy::CopyArgs;
use super::forget::{CatArgs, ForgetArgs, KeyArgs, ListArgs, TagArgs, UnlockArgs};
use super::global::Global;
use super::init::InitArgs;
use super::migrate::MigrateArgs;
use super::parity::ParityArgs;
use super::prune::PruneArgs;
use super::repair::RepairArgs;
use super::restore::{DiffArgs, DumpArgs, FindArgs, LsArgs, RestoreArgs, SnapshotsArgs, StatsArgs};
use super::server::{ServeArgs, TenantArgs, TokenArgs};

/// Deduplicating, encrypted backups.
#[derive(Debug, Clone, Parser)]
#[command(name = "gleaner", version, propagate_version = false, disable_help_subcommand = false)]
#[command(args_override_self = true, infer_long_args = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Verb {
    /// Create a repository
    Init(InitArgs),
    /// Save files and folders as one snapshot
    Backup(BackupArgs),
    /// List snapshots
    Snapshots(SnapshotsArgs),
    /// List what a snapshot holds
    Ls(LsArgs),
    /// Write entries of a snapshot back
    Restore(RestoreArgs),
    /// Write one file, or a folder as tar, to stdout
    Dump(DumpArgs),
    /// Show what changed between two snapshots
    Diff(DiffArgs),
    /// Find entries in all snapshots
    Find(FindArgs),
    /// Sizes and ratios
    Stats(StatsArgs),
    /// Verify the repository; changes nothing
    Check(CheckArgs),
    /// Say what can be repaired, and repair it
    Repair(RepairArgs),
    /// Show an object of the repository
    Cat(CatArgs),
    /// List objects of the repository
    List(ListArgs),
    /// Keys: list, add, remove, passwd, rotate
    Key(KeyArgs),
    /// Copy snapshots from another repository
    Copy(CopyArgs),
    /// Drop snapshots by id or policy
    Forget(ForgetArgs),
    /// Reclaim the space of what no snapshot needs
    #[command(visible_alias = "compact")]
    Prune(PruneArgs),
    /// Say what would bring the repository to the newest format version, and do it
    Migrate(MigrateArgs),
    /// Parity of packs: add, remove, status
    Parity(ParityArgs),
    /// Change tags of snapshots
    Tag(TagArgs),
    /// Fence the lease of a session that will not come back
    Unlock(UnlockArgs),
    /// What an access server holds: scan, ls, show, verify
    Access(AccessArgs),
    /// Agents beside access servers: run, allow, list, deny
    Agent(AgentArgs),
    /// Run a backup server
    Serve(ServeArgs),
    /// Tenants of a server: add, list, quota, remove
    Tenant(TenantArgs),
    /// Tokens that subscribers log in with: new, list, revoke
    Token(TokenArgs),
    /// Profiles: write a starter file, show effective values and where they come from
    Config(ConfigArgs),
    /// A tour with made-up data, in about ten seconds
    Demo(DemoArgs),
    /// Measure on this machine
    Bench(BenchArgs),
    /// Versions of program and format
    Version,
    /// Completions for a shell
    Completions(CompletionsArgs),
    /// Write manual pages into a folder
    Man(ManArgs),
}

impl Verb {
    /// True for verbs that only list: they stop when their reader closes stdout, and at the first
    /// signal.
    pub(crate) const fn is_listing(&self) -> bool {
        !matches!(
            self,
            Self::Init(_)
                | Self::Backup(_)
                | Self::Restore(_)
                | Self::Check(_)
                | Self::Repair(_)
                | Self::Key(_)
                | Self::Copy(_)
                | Self::Forget(_)
                | Self::Prune(_)
                | Self::Migrate(_)
                | Self::Parity(_)
                | Self::Tag(_)
                | Self::Unlock(_)
                | Self::Agent(_)
                | Self::Serve(_)
                | Self::Tenant(_)
                | Self::Token(_)
                | Self::Demo(_)
                | Self::Bench(_)
        )
    }
}

impl Verb {
    /// True if it works with a repository behind a server.
    pub(crate) const fn works_over_server(&self) -> bool {
        matches!(
            self,
            Self::Init(_)
                | Self::Backup(_)
                | Self::Snapshots(_)
                | Self::Ls(_)
                | Self::Restore(_)
                | Self::Dump(_)
                | Self::Diff(_)
                | Self::Find(_)
                | Self::Stats(_)
                | Self::Check(_)
                | Self::Key(_)
                | Self::Forget(_)
                | Self::Prune(_)
                | Self::List(_)
                | Self::Unlock(_)
        )
    }

    /// True if it has nothing to do with any repository that flags or variables name.
    pub(crate) const fn needs_no_repository(&self) -> bool {
        matches!(
            self,
            Self::Access(_)
                | Self::Agent(_)
                | Self::Serve(_)
                | Self::Tenant(_)
                | Self::Token(_)
                | Self::Config(_)
                | Self::Demo(_)
                | Self::Bench(_)
                | Self::Version
                | Self::Completions(_)
                | Self::Man(_)
        )
    }

    /// True if what is asked for changes the repository, and so cannot do without a lease. Of the
    /// two that `copy` takes, it can do without the one where it only reads.
    pub(crate) const fn changes_repository(&self) -> bool {
        match self {
            Self::Backup(args) => !args.dry_run,
            Self::Forget(args) => !args.dry_run,
            Self::Prune(args) => !args.dry_run,
            Self::Migrate(args) => args.apply,
            Self::Tag(args) => !args.dry_run,
            Self::Key(args) => args.verb.changes_keys(),
            Self::Parity(args) => args.verb.changes_sidecars(),
            Self::Init(args) => !args.dry_run,
            Self::Unlock(args) => !args.dry_run,
            _ => false,
        }
    }
}

/// `gleaner config`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) verb: ConfigVerb,
}

/// What to do with profiles.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Write a commented profile; never over an existing one
    Init {
        /// Name of the profile
        #[arg(value_name = "NAME", default_value = "default")]
        name: String,
    },
    /// Print each value and where it comes from
    Show {
        /// Verb whose flags are shown beside those of every verb
        #[arg(value_name = "VERB")]
        verb: Option<String>,
    },
    /// Print where profiles are looked for
    Path,
}

/// `gleaner demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// Work in this new or empty folder and leave it there
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Seed of the made-up data
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// `gleaner completions`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// `gleaner man`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ManArgs {
    /// Folder to write into
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}
