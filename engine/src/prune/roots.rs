//! What has to stay: snapshots, and what living sessions use.

use std::collections::HashSet;

use gleaner_store::{
    CONDEMNED_SNAPSHOTS_MAX, Snapshot, SnapshotId, SnapshotObject, StorageError, layout,
};

use crate::error::{Error, Result};
use crate::maintenance::leases;
use crate::repository::Repository;

/// Everything a mark starts from, read in the order that docs/gc.md needs: leases, then snapshots.
pub(super) struct Roots {
    /// Those listed, and those that leases name although they were forgotten.
    pub(super) snapshots: Vec<Snapshot>,
    /// Sessions whose lease was there: nobody may judge their packs.
    pub(super) open_sessions: HashSet<[u8; 16]>,
    /// Forgotten snapshots that no lease names and whose manifests are still there.
    pub(super) deletable: Vec<SnapshotId>,
    /// Snapshots that were forgotten, ever, but for those that leases name: they are marked.
    pub(super) forgotten: u64,
    /// All that were forgotten, ever.
    pub(super) forgotten_ever: u64,
}

impl Roots {
    /// # Errors
    /// The storage's; damage of a lease or of a manifest that counts.
    pub(super) fn read(repository: &Repository) -> Result<Self> {
        let mut named = HashSet::new();
        let mut open_sessions = HashSet::new();
        for lease in leases(repository)? {
            open_sessions.insert(lease.session.0);
            named.extend(lease.roots);
        }
        let (list, absent) = repository.read_snapshots()?;
        if let Some((_, error)) = list.damaged.into_iter().next() {
            return Err(error.into());
        }
        let mut snapshots = list.snapshots;
        let listed: HashSet<SnapshotId> = snapshots.iter().map(|snapshot| snapshot.id).collect();
        for id in named.difference(&listed) {
            snapshots.extend(manifest(repository, *id)?);
        }
        let storage = repository.storage();
        for id in absent {
            // Who deletes a manifest has seen its tombstone. Without one it is lost, or hidden.
            match storage.bytes(&layout::tombstone(id)) {
                Ok(_) => {}
                Err(StorageError::NotFound { .. }) => {
                    return Err(StorageError::NotFound { name: layout::snapshot(id) }.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        let forgotten: HashSet<SnapshotId> = storage
            .list(&layout::forgotten())?
            .iter()
            .filter_map(|listed| layout::parse_tombstone(&listed.name))
            .collect();
        let deletable = storage
            .list(&layout::snapshots())?
            .iter()
            .filter_map(|listed| layout::parse_snapshot(&listed.name))
            .filter(|id| forgotten.contains(id) && !named.contains(id))
            .take(CONDEMNED_SNAPSHOTS_MAX)
            .collect();
        let forgotten_ever = forgotten.len() as u64;
        let forgotten = forgotten.difference(&named).count() as u64;
        Ok(Self { snapshots, open_sessions, deletable, forgotten, forgotten_ever })
    }
}

/// The manifest of a snapshot that a lease names; none if its name is empty or holds a marker.
fn manifest(repository: &Repository, id: SnapshotId) -> Result<Option<Snapshot>> {
    match repository.read_snapshot(id) {
        Ok(SnapshotObject::Manifest(snapshot)) => Ok(Some(*snapshot)),
        Ok(SnapshotObject::FenceMarker)
        | Err(Error::Store(gleaner_store::Error::Storage(StorageError::NotFound { .. }))) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
