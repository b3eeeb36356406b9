//! A writing session: steps S1 to S7 of the clock-free protocol (FORMAT.md section 9).
//!
//! S1 read the epoch and apply the condemned lists below it. S2 declare a lease with that epoch
//! and a reserved snapshot name, and read the epoch again. S3 every pack that answered "stored"
//! is remembered. S4 packs are written. S5 before the commit the epoch is read again; if it moved,
//! the caller copies what only condemned packs hold. S6 the manifest is created under the reserved
//! name. S7 the lease is closed.

use std::collections::HashSet;

use gleaner_chunker::PackId;
use gleaner_store::{
    Defect, Epoch, Lease, LeaseKind, LeaseState, OBJECT_BYTES_MAX, Put, SessionId, SnapshotId,
    Storage, StorageError, Update, Version, decode_condemned, decode_epoch, decode_outcome,
    encode_lease, layout,
};

use crate::environment::Environment;
use crate::error::Result;

/// Attempts to find the epoch unchanged over the declaration of a lease. Each failed attempt
/// means that a whole prune run advanced in between.
const DECLARE_ATTEMPTS: u32 = 100;
/// Epochs that a commit follows. Each is a whole prune run that ended during the copy for the one
/// before.
const FOLLOW_ATTEMPTS: u32 = 100;

/// An open lease and what it has seen.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) lease: Lease,
    version: Version,
    /// The condemned lists below the lease's epoch.
    pub(crate) condemned: Condemned,
}

/// What the condemned lists below an epoch say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condemned {
    /// Packs that lookups pass over: neither rescued nor of a cancelled epoch.
    pub(crate) packs: HashSet<PackId>,
    /// True while a list has no outcome: its run may have looked at the snapshots before this
    /// session named its parent, so that nothing of that parent is rescued.
    pub(crate) is_undecided: bool,
}

/// What a session is to do.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) kind: LeaseKind,
    /// Snapshots that must stay while the session lives.
    pub(crate) roots: Vec<SnapshotId>,
    pub(crate) host: String,
}

impl Session {
    /// S1 and S2. No lookup may happen before this returns.
    pub(crate) fn declare(env: &Environment, declaration: Declaration) -> Result<Self> {
        let storage = &*env.storage;
        storage.create_layout()?;
        let reserved = match declaration.kind {
            LeaseKind::Write => Some(SnapshotId(env.random_bytes()?)),
            LeaseKind::Read | LeaseKind::Maintenance => None,
        };
        let mut lease = Lease {
            session: SessionId(env.random_bytes()?),
            nonce: env.random_bytes()?,
            kind: declaration.kind,
            epoch: read_epoch(storage)?,
            counter: 0,
            reserved,
            roots: declaration.roots,
            state: LeaseState::Open,
            host: declaration.host,
            process: std::process::id(),
            started_ns: env.clock.wall_ns(),
        };
        let name = layout::lease(lease.session);
        let mut version = None;
        for _ in 0..DECLARE_ATTEMPTS {
            let condemned = read_condemned(storage, lease.epoch)?;
            version = match storage.update_if(&name, version, &encode_lease(&lease))? {
                Update::Written(version) => Some(version),
                // Only a fencer changes the lease of another session.
                Update::Conflict => return Err(gleaner_store::Error::Fenced.into()),
            };
            let epoch = read_epoch(storage)?;
            if epoch == lease.epoch {
                let version = version.unwrap_or(Version(1));
                return Ok(Self { lease, version, condemned });
            }
            lease.epoch = epoch;
            lease.counter += 1;
        }
        Err(gleaner_store::Error::Fenced.into())
    }

    pub(crate) fn reserved(&self) -> SnapshotId {
        self.lease.reserved.expect("writing sessions reserve a snapshot name")
    }

    /// S5: follows the epoch. For each step of it, `copy` is told what is condemned now, and makes
    /// sure that nothing which is about to be committed is only there; then the lease advances.
    ///
    /// # Errors
    /// What `copy` returns; `Fenced`.
    pub(crate) fn follow_epoch(
        &mut self,
        env: &Environment,
        mut copy: impl FnMut(&Condemned) -> Result<()>,
    ) -> Result<()> {
        let storage = &*env.storage;
        for _ in 0..FOLLOW_ATTEMPTS {
            let epoch = read_epoch(storage)?;
            // The lease protects at an epoch only if that is still the epoch after it was written.
            if epoch == self.lease.epoch {
                return Ok(());
            }
            let condemned = read_condemned(storage, epoch)?;
            if condemned.packs != self.condemned.packs {
                copy(&condemned)?;
            }
            self.condemned = condemned;
            self.advance(storage, epoch)?;
        }
        Err(gleaner_store::Error::Fenced.into())
    }

    fn advance(&mut self, storage: &dyn Storage, epoch: Epoch) -> Result<()> {
        self.lease.epoch = epoch;
        self.lease.counter += 1;
        let name = layout::lease(self.lease.session);
        match storage.update_if(&name, Some(self.version), &encode_lease(&self.lease))? {
            Update::Written(version) => self.version = version,
            Update::Conflict => return Err(gleaner_store::Error::Fenced.into()),
        }
        Ok(())
    }

    /// S6: the commit. Durable on return.
    ///
    /// # Errors
    /// `Fenced` if a fencer occupied the name.
    pub(crate) fn commit(&self, env: &Environment, manifest: &[u8]) -> Result<()> {
        let name = layout::snapshot(self.reserved());
        match env.storage.put_if_absent(&name, &[manifest])? {
            Put::Created => Ok(()),
            Put::AlreadyExists => Err(gleaner_store::Error::Fenced.into()),
        }
    }

    /// S7: closes the lease. If that fails, the lease of a dead session stays: harmless, and no
    /// reason to call what was committed a failure.
    pub(crate) fn close(self, env: &Environment) {
        let name = layout::lease(self.lease.session);
        if let Err(error) = env.storage.delete_versioned(&name) {
            tracing::warn!(%error, %name, "the lease could not be closed");
        }
    }
}

/// Reads the current epoch.
pub(crate) fn read_epoch(storage: &dyn Storage) -> Result<Epoch> {
    let name = layout::epoch();
    let (version, bytes) =
        storage.read_latest(&name)?.ok_or_else(|| StorageError::NotFound { name: name.clone() })?;
    // Version 1 holds epoch 0: a renamed or swapped file is noticed.
    let epoch = decode_epoch(&bytes).and_then(|epoch| match version.0.checked_sub(1) {
        Some(number) if number == epoch.0 => Ok(epoch),
        _ => Err(Defect::Identity),
    });
    epoch.map_err(|defect| gleaner_store::Error::Damaged { name, offset: 0, defect }.into())
}

/// Reads the condemned lists of epochs below `epoch`.
pub(crate) fn read_condemned(storage: &dyn Storage, epoch: Epoch) -> Result<Condemned> {
    use layout::CondemnedName;
    let mut victims = HashSet::new();
    let mut live_again = HashSet::new();
    let mut undecided = HashSet::new();
    for listed in storage.list(&layout::condemned())? {
        let name = listed.name;
        let damaged =
            |defect| gleaner_store::Error::Damaged { name: name.clone(), offset: 0, defect };
        match layout::parse_condemned(&name) {
            Some(CondemnedName::List(of, _)) if of < epoch => {
                let bytes = storage.get(&name, OBJECT_BYTES_MAX)?;
                let list = decode_condemned(of, &bytes).map_err(damaged)?;
                victims.extend(list.victims.into_iter().map(|pack| (of, pack)));
                undecided.insert(of);
            }
            // In the order of names, an outcome follows the lists that it is about.
            Some(CondemnedName::Outcome(of)) => {
                let bytes = storage.get(&name, OBJECT_BYTES_MAX)?;
                let outcome = decode_outcome(of, &bytes).map_err(damaged)?;
                undecided.remove(&of);
                if outcome.drained {
                    live_again.extend(outcome.rescued.into_iter().map(|pack| (of, pack)));
                } else {
                    live_again.extend(victims.iter().filter(|(epoch, _)| *epoch == of).copied());
                }
            }
            _ => {}
        }
    }
    let packs = victims.difference(&live_again).map(|(_, pack)| *pack).collect();
    Ok(Condemned { packs, is_undecided: !undecided.is_empty() })
}
