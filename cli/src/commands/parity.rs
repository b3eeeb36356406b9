//! `gleaner parity`.

use gleaner_chunker::PackId;
use gleaner_engine::{
    PackParity, ParityAdded, ParityOptions, ParityState, ParityStatus, Repository, parity_add,
    parity_remove, parity_status,
};

use super::list::pack_by_prefix;
use crate::args::{AddParityArgs, ParityArgs, ParityStatusArgs, ParityVerb, RemoveParityArgs};
use crate::byte_text::{amount, count};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, ParityAddedLine, ParityPackLine, ParityRemovedLine, ParityStatusLine};
use crate::opening::open;

/// Runs a sub-verb of `parity`.
///
/// # Errors
/// Kind `damaged` if a pack cannot be given parity, `unconfirmed`, `no_such_path`.
pub(crate) fn parity(context: &Context, args: &ParityArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    match &args.verb {
        ParityVerb::Add(args) => add(context, &repository, args),
        ParityVerb::Remove(args) => remove(context, &repository, args),
        ParityVerb::Status(args) => status(context, &repository, args),
    }
}

fn packs(repository: &Repository, prefixes: &[String]) -> Result<Vec<PackId>, Failure> {
    prefixes.iter().map(|prefix| Ok(pack_by_prefix(repository, prefix)?.0)).collect()
}

fn add(context: &Context, repository: &Repository, args: &AddParityArgs) -> Result<(), Failure> {
    let packs = packs(repository, &args.pack)?;
    let options = ParityOptions { percent: args.percent, packs, dry_run: args.dry_run };
    let operation = context.operation("parity")?;
    let added = parity_add(repository, &options, &operation.run());
    drop(operation.finish());
    let added = added?;
    print_added(context, &added, args.dry_run)?;
    let damaged = added.packs_damaged.len() as u64;
    if damaged > 0 {
        let message = format!("{}: no parity is made of damage", count(damaged, "damaged pack"));
        return Err(Failure::new(Kind::Damaged, message).next("gleaner check --read-data"));
    }
    Ok(())
}

fn print_added(context: &Context, added: &ParityAdded, dry_run: bool) -> Result<(), Failure> {
    let output = &context.output;
    output.message(&Message::ParityAdded(ParityAddedLine {
        dry_run,
        packs_total: added.packs_total,
        packs_covered: added.packs_covered,
        packs_added: added.packs_added,
        packs_renewed: added.packs_renewed,
        packs_damaged: added.packs_damaged.iter().map(ToString::to_string).collect(),
        bytes_read: added.bytes_read,
        bytes_written: added.bytes_written,
    }))?;
    let new = count(added.packs_added, "pack");
    let renewed = match added.packs_renewed {
        0 => String::new(),
        renewed => format!(", and anew for {} whose sidecar was damaged", count(renewed, "pack")),
    };
    let covered = count(added.packs_covered, "pack");
    if dry_run {
        output.text(&format!("would write parity for {new}{renewed}; {covered} had it"))?;
        return output.text("nothing was changed");
    }
    let bytes = amount(added.bytes_written);
    output.text(&format!("wrote parity for {new}{renewed}: {bytes}; {covered} had it"))?;
    for pack in &added.packs_damaged {
        output.text(&format!("damaged, no parity written: pack {pack}"))?;
    }
    Ok(())
}

/// A moderate question: the bytes stay, a way to heal them goes.
fn remove(
    context: &Context,
    repository: &Repository,
    args: &RemoveParityArgs,
) -> Result<(), Failure> {
    let packs = packs(repository, &args.pack)?;
    let mut options = ParityOptions { percent: None, packs, dry_run: true };
    let planned = parity_remove(repository, &options)?;
    let output = &context.output;
    let sidecars = count(planned.sidecars, "sidecar");
    if !args.dry_run && planned.sidecars > 0 {
        context.confirm(&format!("remove {sidecars}? damage of their packs heals no more"))?;
    }
    options.dry_run = args.dry_run;
    let removed = if args.dry_run { planned } else { parity_remove(repository, &options)? };
    output.message(&Message::ParityRemoved(ParityRemovedLine {
        dry_run: args.dry_run,
        sidecars: removed.sidecars,
        bytes: removed.bytes,
    }))?;
    let (sidecars, bytes) = (count(removed.sidecars, "sidecar"), amount(removed.bytes));
    let removed = if args.dry_run { "would remove" } else { "removed" };
    output.text(&format!("{removed} {sidecars} with {bytes}"))?;
    if args.dry_run { output.text("nothing was changed") } else { Ok(()) }
}

fn status(
    context: &Context,
    repository: &Repository,
    args: &ParityStatusArgs,
) -> Result<(), Failure> {
    let packs = packs(repository, &args.pack)?;
    let operation = context.operation("parity")?;
    let status = parity_status(repository, &packs, &operation.run());
    drop(operation.finish());
    let status = status?;
    // Of many packs those that are in order say nothing.
    let shown = status.packs.iter().filter(|pack| {
        !packs.is_empty() || matches!(pack.state, ParityState::Damaged | ParityState::Orphan)
    });
    let shown: Vec<&PackParity> = shown.collect();
    let output = &context.output;
    output.message(&Message::ParityStatus(status_line(&status, &shown)))?;
    for pack in shown {
        output.listing(&format!("{}  {}", pack.pack, words(pack)))?;
    }
    let wanted = match status.percent {
        Some(percent) => format!("new packs get {percent} %"),
        None => "new packs get none".to_owned(),
    };
    output.text(&format!(
        "parity for {} of {}, {} for {}; {wanted}",
        status.packs_covered(),
        count(status.packs_total(), "pack"),
        amount(status.bytes_parity()),
        amount(status.bytes_packs()),
    ))?;
    let lacking = status.packs_bare() + status.sidecars_damaged();
    let is_wanted = status.percent.is_some() && status.packs_bare() > 0;
    if lacking > 0 && (is_wanted || status.sidecars_damaged() > 0) {
        output.next("gleaner parity add");
    }
    Ok(())
}

fn status_line(status: &ParityStatus, shown: &[&PackParity]) -> ParityStatusLine {
    let line = |pack: &&PackParity| ParityPackLine {
        pack: pack.pack.to_string(),
        state: state(pack.state),
        pack_bytes: pack.pack_bytes,
        parity_bytes: pack.parity_bytes,
        data_shards: shards(pack.state).map(|(data, _)| data),
        recovery_shards: shards(pack.state).map(|(_, recovery)| recovery),
    };
    ParityStatusLine {
        percent: status.percent,
        packs_total: status.packs_total(),
        packs_covered: status.packs_covered(),
        packs_bare: status.packs_bare(),
        sidecars_damaged: status.sidecars_damaged(),
        sidecars_orphan: status.sidecars_orphan(),
        bytes_packs: status.bytes_packs(),
        bytes_parity: status.bytes_parity(),
        packs: shown.iter().map(line).collect(),
    }
}

const fn shards(state: ParityState) -> Option<(u32, u32)> {
    match state {
        ParityState::Covered { data_shards, recovery_shards } => {
            Some((data_shards, recovery_shards))
        }
        _ => None,
    }
}

/// Stable word for scripts.
const fn state(state: ParityState) -> &'static str {
    match state {
        ParityState::Covered { .. } => "covered",
        ParityState::Damaged => "damaged",
        ParityState::Orphan => "orphan",
        _ => "missing",
    }
}

fn words(pack: &PackParity) -> String {
    match pack.state {
        ParityState::Covered { data_shards, recovery_shards } => {
            format!("any {recovery_shards} of {data_shards} shards may be lost")
        }
        ParityState::Damaged => "its sidecar is damaged".to_owned(),
        ParityState::Orphan => "is gone, its sidecar is left over".to_owned(),
        _ => "has no sidecar".to_owned(),
    }
}
