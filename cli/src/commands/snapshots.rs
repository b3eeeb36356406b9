//! `gleaner snapshots`.

use std::collections::BTreeMap;

use gleaner_store::Snapshot;

use crate::args::{GroupBy, SnapshotsArgs};
use crate::byte_text::{count, lossy_all, printable, twin_all};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::opening::{open, refuse_damaged, snapshots as chosen};
use crate::snapshot_view::{snapshot_line, snapshot_text};

/// What snapshots of one group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupKey {
    pub(crate) host: String,
    pub(crate) paths: Vec<Vec<u8>>,
    pub(crate) tags: Vec<String>,
}

impl GroupKey {
    fn of(snapshot: &Snapshot, by: GroupBy) -> Self {
        Self {
            host: if by.host { snapshot.host.clone() } else { String::new() },
            paths: if by.paths { snapshot.roots.clone() } else { Vec::new() },
            tags: if by.tags { snapshot.tags.clone() } else { Vec::new() },
        }
    }

    /// For people; empty for the group of all.
    pub(crate) fn text(&self) -> String {
        let mut parts = Vec::new();
        if !self.host.is_empty() {
            parts.push(format!("host {}", printable(self.host.as_bytes())));
        }
        if !self.paths.is_empty() {
            let paths: Vec<String> = self.paths.iter().map(|path| printable(path)).collect();
            parts.push(format!("paths {}", paths.join(" ")));
        }
        if !self.tags.is_empty() {
            parts.push(format!("tags {}", printable(self.tags.join(",").as_bytes())));
        }
        parts.join(", ")
    }
}

/// Groups in order of their keys; within one, the order of `snapshots`.
pub(crate) fn grouped(snapshots: Vec<Snapshot>, by: GroupBy) -> Vec<(GroupKey, Vec<Snapshot>)> {
    let mut groups: BTreeMap<GroupKey, Vec<Snapshot>> = BTreeMap::new();
    for snapshot in snapshots {
        groups.entry(GroupKey::of(&snapshot, by)).or_default().push(snapshot);
    }
    groups.into_iter().collect()
}

/// Lists snapshots.
///
/// # Errors
/// Kind `damaged` if there are some that cannot be read; the others are listed.
pub(crate) fn snapshots(context: &Context, args: &SnapshotsArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let mut list = chosen(context, &repository, &args.snapshots, &args.filter)?;
    if let Some(latest) = args.latest {
        let by = GroupBy { host: true, paths: true, tags: false };
        let groups = grouped(list, by).into_iter().map(|(_, group)| group);
        list = groups.flat_map(|group| last(group, latest)).collect();
        list.sort_by_key(|snapshot| (snapshot.time_ns, snapshot.sequence));
    }
    let output = &context.output;
    match args.group_by {
        Some(by) => {
            let groups = grouped(list, by);
            output.document(&groups.iter().map(group_document).collect::<Vec<_>>())?;
            for (key, group) in &groups {
                output.listing(&format!("{}:", key.text()))?;
                group.iter().try_for_each(|snapshot| output.listing(&snapshot_text(snapshot)))?;
            }
        }
        None => {
            output.document(&list.iter().map(snapshot_line).collect::<Vec<_>>())?;
            list.iter().try_for_each(|snapshot| output.listing(&snapshot_text(snapshot)))?;
            let seal =
                if repository.config().domain_key.is_some() { "" } else { ", not encrypted" };
            output.text(&format!("{}{seal}", count(list.len() as u64, "snapshot")))?;
        }
    }
    output.flush()?;
    refuse_damaged(&repository)
}

fn last(mut group: Vec<Snapshot>, count: usize) -> Vec<Snapshot> {
    group.split_off(group.len().saturating_sub(count))
}

fn group_document((key, group): &(GroupKey, Vec<Snapshot>)) -> serde_json::Value {
    let mut document = serde_json::json!({
        "group_key": { "hostname": key.host, "paths": lossy_all(&key.paths), "tags": key.tags },
        "snapshots": group.iter().map(snapshot_line).collect::<Vec<_>>(),
    });
    if let Some(twins) = twin_all(&key.paths)
        && let Some(key) = document.get_mut("group_key").and_then(|key| key.as_object_mut())
    {
        key.insert("paths_b64".to_owned(), serde_json::json!(twins));
    }
    document
}
