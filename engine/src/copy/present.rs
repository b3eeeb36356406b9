//! Whether the target has a snapshot already.

use gleaner_store::{Snapshot, SnapshotId};

/// The first form of a snapshot, wherever it was written.
pub(crate) fn origin(snapshot: &Snapshot) -> SnapshotId {
    snapshot.original.unwrap_or(snapshot.id)
}

/// Whether one of `listed` is a copy of `source`, or what `source` is a copy of.
///
/// Judged by manifests alone, so that a copy that runs each night does not read all trees each
/// night. A snapshot that was rewritten keeps its original and differs in its statistics; in one
/// dedup domain equal trees have equal references besides. Tags do not count: they are changed on
/// either side without making another snapshot of it.
pub(super) fn is_present(source: &Snapshot, listed: &[Snapshot], is_shared: bool) -> bool {
    listed.iter().any(|copy| {
        origin(copy) == origin(source)
            && copy.time_ns == source.time_ns
            && copy.host == source.host
            && copy.user == source.user
            && copy.roots == source.roots
            && copy.stats == source.stats
            && copy.state == source.state
            && copy.lacks_xattrs == source.lacks_xattrs
            && (!is_shared || copy.tree == source.tree)
    })
}
