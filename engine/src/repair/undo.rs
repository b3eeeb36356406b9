//! Puts back what a repair took out of use.

use std::collections::BTreeMap;

use gleaner_store::layout::QuarantineRun;
use gleaner_store::{Lease, LeaseKind, ObjectName, PACK_BYTES_MAX, Put};

use crate::error::{Error, Result};
use crate::other_sessions::SilenceWatch;
use crate::progress::Run;
use crate::quarantine::quarantined;
use crate::repository::Repository;
use crate::session::{Declaration, Session};

/// What was put back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndoStats {
    /// Objects that have their names again, their bytes as they were.
    pub objects: u64,
    /// Names that something else has: what had them before stays in quarantine.
    pub taken: Vec<ObjectName>,
}

/// The repairs that have objects in quarantine, oldest first, with the number of objects and their
/// bytes.
///
/// # Errors
/// The storage's.
pub fn quarantine_runs(repository: &Repository) -> Result<BTreeMap<QuarantineRun, (u64, u64)>> {
    let mut runs: BTreeMap<QuarantineRun, (u64, u64)> = BTreeMap::new();
    for object in quarantined(repository)? {
        let (objects, bytes) = runs.entry(object.run).or_default();
        *objects += 1;
        *bytes += object.bytes;
    }
    Ok(runs)
}

/// Puts back everything that a repair took out of use, under the names and with the bytes that it
/// had. What the repair wrote stays: a second copy, which a prune merges. Durable on return;
/// interrupted, the next run goes on.
///
/// # Errors
/// [`Error::NoSuchRun`]; [`Error::MaintenanceRuns`]; the storage's.
pub fn undo_repair(
    repository: &Repository,
    undone: QuarantineRun,
    host: &str,
    is_dead: &(dyn Fn(&Lease) -> bool + Sync),
    run: &Run<'_>,
) -> Result<UndoStats> {
    let (kind, roots, host) = (LeaseKind::Maintenance, Vec::new(), host.to_owned());
    let session = Session::declare(&repository.env, Declaration { kind, roots, host })?;
    let result = SilenceWatch::new(repository, session.id, is_dead).be_alone(run).and_then(|()| {
        let mut stats = UndoStats::default();
        for object in quarantined(repository)?.iter().filter(|object| object.run == undone) {
            if put_back(repository, &object.name, &object.before)? {
                stats.objects += 1;
            } else {
                stats.taken.push(object.before.clone());
            }
        }
        if stats == UndoStats::default() {
            return Err(Error::NoSuchRun);
        }
        repository.index(run)?.catch_up(run)?;
        Ok(stats)
    });
    session.close();
    result
}

/// Gives an object its name again; false if another one has it.
fn put_back(repository: &Repository, name: &ObjectName, before: &ObjectName) -> Result<bool> {
    let storage = repository.storage();
    match storage.rename(name, before)? {
        Put::Created => Ok(true),
        // A crash may have left both names of one object.
        Put::AlreadyExists => {
            let same = storage.get(name, PACK_BYTES_MAX)? == storage.get(before, PACK_BYTES_MAX)?;
            if same {
                storage.delete(name)?;
            }
            Ok(same)
        }
    }
}
