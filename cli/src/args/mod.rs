//! The command line: verbs and their flags (CLI.md sections 2 to 5).
//!
//! What is here is what works. Flags and verbs of CLI.md that come later are unknown, and known
//! verbs that come later say so.

mod size;
mod time;

mod global;
mod snapshot_filter;

mod parity;

mod init;

mod backup;
mod copy;
mod forget;
mod restore;

mod access;
mod bench;
mod check;
mod migrate;
mod prune;
mod repair;

mod server;

mod agent;

mod verb;

mod twins;
mod refused;

mod parse;

pub(crate) use access::{AccessArgs, AccessShowArgs, AccessSourceArgs, AccessVerb};
pub(crate) use agent::{AgentArgs, AgentVerb, AllowAgentArgs, RunAgentArgs};
pub(crate) use backup::{BackupArgs, SelectionArgs};
pub(crate) use bench::{BenchArgs, BenchVerb};
#[cfg(feature = "rocksdb")]
pub(crate) use bench::{BenchIndexArgs, BenchMode};
pub(crate) use check::CheckArgs;
pub(crate) use copy::CopyArgs;
pub(crate) use forget::{
    CatArgs, CatWhat, ForgetArgs, GroupBy, KeepArgs, KeyArgs, KeyVerb, ListArgs, ListWhat,
    NewPasswordArgs, RemoveKeyArgs, RotateKeyArgs, TagArgs, UnlockArgs,
};
pub(crate) use global::{Global, IndexModeName};
pub(crate) use init::InitArgs;
pub(crate) use migrate::MigrateArgs;
pub(crate) use parity::{
    AddParityArgs, ParityArgs, ParityStatusArgs, ParityVerb, RemoveParityArgs,
};
pub(crate) use parse::{Parsed, command, parse};
pub(crate) use prune::PruneArgs;
pub(crate) use repair::{
    HealFromArgs, RepairArgs, RepairIndexArgs, RepairPacksArgs, RepairSnapshotsArgs, RepairVerb,
};
pub(crate) use restore::{
    DiffArgs, DumpArgs, FindArgs, LsArgs, LsSort, Mode, Overwrite, RestoreArgs, SnapshotsArgs,
    StatsArgs,
};
pub(crate) use server::{
    NewTokenArgs, Quota, ServeArgs, ServerArgs, TenantArgs, TenantVerb, TokenArgs, TokenUse,
    TokenVerb,
};
pub(crate) use snapshot_filter::{Address, FilterArgs};
pub(crate) use time::{local_time, rfc3339};
pub(crate) use twins::twin_of;
pub(crate) use verb::{Cli, CompletionsArgs, ConfigArgs, ConfigVerb, DemoArgs, ManArgs, Verb};
