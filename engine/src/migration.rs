//! What brings a repository to the newest format version. Version 1 is the first, so nothing does
//! yet; a repository that a newer program wrote on is refused by name.

use gleaner_store::{
    Epoch, ErrorKind, FORMAT_VERSION, OBJECT_BYTES_MAX, layout, read_config_head, read_key_slot,
    read_pack_header,
};

use crate::condemned::read_epochs;
use crate::error::Result;
use crate::key_epoch::current_key_epoch;
use crate::maintenance::leases;
use crate::open_index::list_packs;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::session::read_epoch;

/// A change that brings a repository nearer to the newest format version.
///
/// There is none: what a version 2 wants to be rewritten becomes a variant here, which
/// [`plan_migration`] finds and [`MigrationStep::apply`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationStep {}

impl MigrationStep {
    /// Name for scripts; never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {}
    }

    /// Carries the step out. Durable on return; interrupted, it is planned again.
    ///
    /// # Errors
    /// Those of the step.
    pub fn apply(self, _: &Repository) -> Result<()> {
        match self {}
    }
}

/// What a migration would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationPlan {
    /// Oldest format version among the objects of the repository.
    pub from: u16,
    /// Newest version, which this program writes.
    pub to: u16,
    /// In the order in which they are to be carried out.
    pub steps: Vec<MigrationStep>,
}

/// Looks at the versions of key slots, coordination objects, manifests and packs, beside that of
/// the config, and says what would be rewritten. Tombstones and records of deletion are not read:
/// they say everything by their names. Writes nothing, and takes no lease.
///
/// Cost: a read for each manifest, lease and condemned list, and one for the header of each pack.
///
/// # Errors
/// Kind [`UnsupportedVersion`](gleaner_store::ErrorKind::UnsupportedVersion), with the name of the
/// object, for whatever is newer than this program; damage, which has to be repaired before; the
/// storage's.
pub fn plan_migration(repository: &Repository, run: &Run<'_>) -> Result<MigrationPlan> {
    read_keys(repository)?;
    read_coordination(repository)?;
    if let Some((_, error)) = repository.snapshots()?.damaged.into_iter().next() {
        return Err(error.into());
    }
    let storage = repository.storage();
    for (pack, bytes) in list_packs(storage)? {
        run.cancel.check()?;
        match read_pack_header(storage, repository.keys(), pack, bytes) {
            // Deleted by a prune since the listing.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            header => drop(header?),
        }
        Counters::add(&run.counters.bytes_done, bytes);
    }
    // What is decoded has the only version that there is; the decoders of two will say which.
    let from = FORMAT_VERSION;
    Ok(MigrationPlan { from, to: FORMAT_VERSION, steps: Vec::new() })
}

fn read_keys(repository: &Repository) -> Result<()> {
    let storage = repository.storage();
    for listed in storage.list(&layout::keys())? {
        let (name, bytes) = (&listed.name, || storage.get(&listed.name, OBJECT_BYTES_MAX));
        let decoded = if *name == layout::config_copy() {
            read_config_head(&bytes()?).map(drop)
        } else if let Some(id) = layout::parse_key_slot(name) {
            read_key_slot(&id, &bytes()?).map(drop)
        } else {
            continue;
        };
        decoded.map_err(|defect| gleaner_store::Error::Damaged {
            name: name.clone(),
            offset: 0,
            defect,
        })?;
    }
    current_key_epoch(repository).map(drop)
}

fn read_coordination(repository: &Repository) -> Result<()> {
    let storage = repository.storage();
    read_epoch(storage)?;
    read_epochs(storage, Epoch(u64::MAX), true)?;
    leases(repository).map(drop)
}
