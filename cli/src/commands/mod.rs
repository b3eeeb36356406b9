//! One file for each verb or family of verbs.

mod recording;
mod recovery_sheet;
mod init;

mod stream;
mod backup;
mod snapshots;
mod ls;
mod restore;
mod archive;
mod dump;
mod diff;
mod find;
mod stats;

mod check;
mod repair;
mod cat;
mod list;
mod key;
mod copy;
mod retention;
mod forget;
mod prune;
mod migrate;
mod parity;
mod tag;
mod unlock;

mod access;
mod agent;
mod serve;
mod tenant;
mod token;
mod config;
mod about;

mod temporary_folder;
mod demo;
mod bench;

use crate::args::Verb;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::layers::Layered;

/// Runs the verb.
///
/// # Errors
/// Whatever does not end with exit code 0.
pub(crate) fn run(context: &Context, layered: &Layered) -> Result<(), Failure> {
    if context.global.no_lock && layered.cli.verb.changes_repository() {
        let message = "--no-lock is for verbs that only read: what writes needs its lease";
        return Err(Failure::usage(message));
    }
    let verb = &layered.cli.verb;
    let is_remote = context.global.server.is_some();
    if is_remote && !verb.works_over_server() && !verb.needs_no_repository() {
        let message = "this verb works where the repository is, not with --server";
        return Err(Failure::usage(message));
    }
    match verb {
        Verb::Init(args) => init::init(context, args),
        Verb::Backup(args) => backup::backup(context, args),
        Verb::Snapshots(args) => snapshots::snapshots(context, args),
        Verb::Ls(args) => ls::ls(context, args),
        Verb::Restore(args) => restore::restore(context, args),
        Verb::Dump(args) => dump::dump(context, args),
        Verb::Diff(args) => diff::diff(context, args),
        Verb::Find(args) => find::find(context, args),
        Verb::Stats(args) => stats::stats(context, args),
        Verb::Check(args) => check::check(context, args),
        Verb::Repair(args) => repair::repair(context, args),
        Verb::Cat(args) => cat::cat(context, args),
        Verb::List(args) => list::list(context, *args),
        Verb::Key(args) => key::key(context, args),
        Verb::Copy(args) => copy::copy(context, args),
        Verb::Forget(args) => forget::forget(context, args),
        Verb::Prune(args) => prune::prune(context, args),
        Verb::Migrate(args) => migrate::migrate(context, *args),
        Verb::Parity(args) => parity::parity(context, args),
        Verb::Tag(args) => tag::tag(context, args),
        Verb::Unlock(args) => unlock::unlock(context, args),
        Verb::Access(args) => access::access(context, args),
        Verb::Agent(args) => agent::agent(context, args),
        Verb::Serve(args) => serve::serve(context, args),
        Verb::Tenant(args) => tenant::tenant(context, args),
        Verb::Token(args) => token::token(context, args),
        Verb::Config(args) => config::config(context, layered, args),
        Verb::Demo(args) => demo::demo(context, args),
        Verb::Bench(args) => bench::bench(context, args),
        Verb::Version => about::version(context),
        Verb::Completions(args) => about::completions(context, *args),
        Verb::Man(args) => about::man(context, args),
    }
}
