//! `gleaner forget`.

use std::collections::HashMap;

use gleaner_engine::Repository;
use gleaner_store::Snapshot;

use super::prune::prune_after_forgetting;
use super::retention::verdicts;
use super::snapshots::{GroupKey, grouped};
use crate::args::{ForgetArgs, KeepArgs};
use crate::byte_text::{count, lossy_all, twin_all};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{ForgetGroup, KeepReason};
use crate::opening::{open, snapshot, snapshots};
use crate::place::Place;
use crate::snapshot_view::{snapshot_line, snapshot_text};

/// Drops snapshots by id or by policy.
///
/// # Errors
/// Kind `guard` if the policy would leave a group empty; kinds of looking up snapshots.
pub(crate) fn forget(context: &Context, args: &ForgetArgs) -> Result<(), Failure> {
    let has_policy = !is_empty(&args.keep);
    if !args.snapshots.is_empty() && has_policy {
        return Err(Failure::usage("either snapshots or a policy, not both"));
    }
    if args.snapshots.is_empty() && !has_policy && !args.unsafe_allow_remove_all {
        return Err(Failure::usage("name snapshots, or a policy such as --keep-daily 7"));
    }
    let repository = open(context)?;
    let groups = if args.snapshots.is_empty() {
        by_policy(context, args, &repository)?
    } else {
        vec![by_id(args, &repository)?]
    };
    guard(context, args, &groups)?;
    let removed: Vec<_> =
        groups.iter().flat_map(|group| &group.removed).map(|snapshot| snapshot.id).collect();
    if !args.dry_run {
        gleaner_engine::forget(&repository, &removed)?;
    }
    print(context, args, &groups, removed.len() as u64)?;
    if args.prune && !args.dry_run && !removed.is_empty() {
        return prune_after_forgetting(context, &repository);
    }
    Ok(())
}

/// What becomes of one group.
struct Group {
    key: GroupKey,
    kept: Vec<(Snapshot, Vec<String>)>,
    removed: Vec<Snapshot>,
}

fn by_id(args: &ForgetArgs, repository: &Repository) -> Result<Group, Failure> {
    let mut removed: Vec<Snapshot> = Vec::new();
    for spec in &args.snapshots {
        let found = snapshot(repository, spec, &args.filter)?;
        if removed.iter().all(|known| known.id != found.id) {
            removed.push(found);
        }
    }
    let key = GroupKey { host: String::new(), paths: Vec::new(), tags: Vec::new() };
    Ok(Group { key, kept: Vec::new(), removed })
}

fn by_policy(
    context: &Context,
    args: &ForgetArgs,
    repository: &Repository,
) -> Result<Vec<Group>, Failure> {
    let all = snapshots(context, repository, &[], &args.filter)?;
    let mut groups = Vec::new();
    for (key, members) in grouped(all, args.group_by) {
        let mut group = Group { key, kept: Vec::new(), removed: Vec::new() };
        let verdicts = verdicts(&members, &args.keep).into_iter();
        let mut reasons: HashMap<_, _> =
            verdicts.map(|verdict| (verdict.id, verdict.reasons)).collect();
        for member in members {
            match reasons.remove(&member.id).filter(|reasons| !reasons.is_empty()) {
                Some(reasons) => group.kept.push((member, reasons)),
                None => group.removed.push(member),
            }
        }
        groups.push(group);
    }
    Ok(groups)
}

fn is_empty(keep: &KeepArgs) -> bool {
    let counts = [
        keep.keep_last,
        keep.keep_hourly,
        keep.keep_daily,
        keep.keep_weekly,
        keep.keep_monthly,
        keep.keep_yearly,
    ];
    counts.iter().all(Option::is_none) && keep.keep_tag.is_empty() && keep.keep_within.is_none()
}

/// A policy never empties a group by accident.
fn guard(context: &Context, args: &ForgetArgs, groups: &[Group]) -> Result<(), Failure> {
    if !args.snapshots.is_empty() {
        return Ok(());
    }
    let emptied = groups.iter().filter(|group| group.kept.is_empty() && !group.removed.is_empty());
    let Some(first) = emptied.clone().next() else { return Ok(()) };
    if !args.unsafe_allow_remove_all {
        let key = first.key.text();
        let message = format!("the policy would leave no snapshot of {key}");
        return Err(Failure::new(Kind::Guard, message));
    }
    if args.dry_run {
        return Ok(());
    }
    let name = Place::of(&context.global)?.name();
    let question = format!("drop all snapshots of {}", count(emptied.count() as u64, "group"));
    context.confirm_severe(&question, &name, args.yes_destroy.as_deref())
}

fn print(
    context: &Context,
    args: &ForgetArgs,
    groups: &[Group],
    removed: u64,
) -> Result<(), Failure> {
    let output = &context.output;
    output.document(&groups.iter().map(document).collect::<Vec<_>>())?;
    for group in groups {
        if !group.key.text().is_empty() {
            output.text(&format!("{}:", group.key.text()))?;
        }
        for (snapshot, reasons) in &group.kept {
            let reasons = reasons.join(", ");
            output.text(&format!("  keep    {}  ({reasons})", snapshot_text(snapshot)))?;
        }
        for snapshot in &group.removed {
            output.text(&format!("  remove  {}", snapshot_text(snapshot)))?;
        }
    }
    let removed = count(removed, "snapshot");
    if args.dry_run {
        output.text(&format!("would drop {removed}"))?;
        return output.text("nothing was changed");
    }
    output.text(&format!("dropped {removed}"))
}

fn document(group: &Group) -> ForgetGroup {
    ForgetGroup {
        tags: group.key.tags.clone(),
        host: group.key.host.clone(),
        paths: lossy_all(&group.key.paths),
        paths_b64: twin_all(&group.key.paths),
        keep: group.kept.iter().map(|(snapshot, _)| snapshot_line(snapshot)).collect(),
        remove: group.removed.iter().map(snapshot_line).collect(),
        reasons: group
            .kept
            .iter()
            .map(|(snapshot, reasons)| KeepReason {
                snapshot: snapshot.id.to_string(),
                matches: reasons.clone(),
            })
            .collect(),
    }
}
