//! `gleaner tag`.

use gleaner_engine::TagChange;

use super::recording::{host_name, split_tags};
use crate::args::{FilterArgs, TagArgs};
use crate::byte_text::{count, printable};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Changed, Message, TagSummary};
use crate::opening::{open, snapshot};
use crate::snapshot_view::short_id;

/// Changes tags; a snapshot with other tags is a new object with a new id.
///
/// # Errors
/// Kinds of looking up snapshots.
pub(crate) fn tag(context: &Context, args: &TagArgs) -> Result<(), Failure> {
    let changes = changes(args)?;
    let repository = open(context)?;
    let mut snapshots = Vec::new();
    for spec in &args.snapshots {
        snapshots.push(snapshot(&repository, spec, &FilterArgs::default())?);
    }
    let mut changed = 0;
    for before in snapshots {
        let tags = changed_tags(&before.tags, &changes);
        if tags == before.tags {
            continue;
        }
        changed += 1;
        let after = if args.dry_run {
            None
        } else {
            let change = TagChange::Set(tags.clone());
            gleaner_engine::retag(&repository, &before, &change, &host_name())?
        };
        let (old, new) = (before.id.to_string(), after.map(|after| after.id.to_string()));
        let text = format!(
            "{} -> {}: [{}]",
            short_id(&old),
            new.as_deref().map_or("(dry run)".to_owned(), short_id),
            printable(tags.join(",").as_bytes()),
        );
        context.output.message(&Message::Changed(Changed {
            old_snapshot_id: old,
            new_snapshot_id: new,
            tags,
        }))?;
        context.output.text(&text)?;
    }
    let summary = TagSummary { changed_snapshots: changed, dry_run: args.dry_run };
    context.output.message(&Message::Tag(summary))?;
    context.output.text(&format!("{} changed", count(changed, "snapshot")))?;
    if args.dry_run { context.output.text("nothing was changed") } else { Ok(()) }
}

/// One step of a change.
enum Change {
    Set(Vec<String>),
    Add(Vec<String>),
    Remove(Vec<String>),
}

fn changes(args: &TagArgs) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    if !args.set.is_empty() {
        changes.push(Change::Set(split_tags(&args.set)));
    }
    if !args.add.is_empty() {
        changes.push(Change::Add(split_tags(&args.add)));
    }
    if !args.remove.is_empty() {
        changes.push(Change::Remove(split_tags(&args.remove)));
    }
    if changes.is_empty() {
        return Err(Failure::usage("nothing to change: give --add, --remove or --set"));
    }
    Ok(changes)
}

/// Sorted and unique, as a snapshot has them.
fn changed_tags(before: &[String], changes: &[Change]) -> Vec<String> {
    let mut tags = before.to_vec();
    for change in changes {
        match change {
            Change::Set(set) => tags.clone_from(set),
            Change::Add(added) => tags.extend_from_slice(added),
            Change::Remove(removed) => tags.retain(|tag| !removed.contains(tag)),
        }
    }
    tags.sort();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::{Change, changed_tags};

    #[test]
    fn changes_apply_in_order_and_tags_stay_sorted() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let change = [Change::Add(words("c a")), Change::Remove(words("b"))];
        assert_eq!(changed_tags(&words("b d"), &change), words("a c d"));
        assert_eq!(changed_tags(&words("b d"), &[Change::Set(words("x"))]), words("x"));
    }
}
