//! A writing session: steps S1 to S7 of the clock-free protocol (FORMAT.md section 9).
//!
//! S1 read the epoch and apply the condemned lists below it. S2 declare a lease with that epoch
//! and a reserved snapshot name, and read the epoch again. S3 every pack that answered "stored"
//! is remembered. S4 packs are written. S5 before the commit the epoch is read again; if it moved,
//! the caller copies what only condemned packs hold. S6 the manifest is created under the reserved
//! name. S7 the lease is closed.

mod held_lease;

use gleaner_store::{
    Defect, Epoch, Lease, LeaseKind, LeaseState, Put, SessionId, SnapshotId, Storage, StorageError,
    Update, decode_epoch, encode_lease, layout,
};

use crate::condemned::Condemned;
use crate::environment::Environment;
use crate::error::Result;

use held_lease::HeldLease;

/// Attempts to find the epoch unchanged over the declaration of a lease. Each failed attempt
/// means that a whole prune run advanced in between.
const DECLARE_ATTEMPTS: u32 = 100;
/// Epochs that a commit follows. Each is a whole prune run that ended during the copy for the one
/// before.
const FOLLOW_ATTEMPTS: u32 = 100;

/// An open lease and what it has seen.
#[derive(Debug)]
pub(crate) struct Session {
    held: HeldLease,
    pub(crate) id: SessionId,
    reserved: Option<SnapshotId>,
    /// The condemned lists below the lease's epoch.
    pub(crate) condemned: Condemned,
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
        env.storage.create_layout()?;
        let reserved = match declaration.kind {
            LeaseKind::Write => Some(SnapshotId(env.random_bytes()?)),
            LeaseKind::Read | LeaseKind::Maintenance => None,
        };
        let lease = Lease {
            session: SessionId(env.random_bytes()?),
            nonce: env.random_bytes()?,
            kind: declaration.kind,
            epoch: read_epoch(&*env.storage)?,
            counter: 0,
            reserved,
            roots: declaration.roots,
            state: LeaseState::Open,
            host: declaration.host,
            process: std::process::id(),
            started_ns: env.clock.wall_ns(),
        };
        let id = lease.session;
        Self::write_lease(env, lease).inspect_err(|_| {
            // Whatever of it was written is no session's lease.
            let name = layout::lease(id);
            if let Err(error) = env.storage.delete_versioned(&name) {
                tracing::debug!(%error, %name, "a lease that was not taken stays");
            }
        })
    }

    fn write_lease(env: &Environment, mut lease: Lease) -> Result<Self> {
        let storage = &*env.storage;
        let name = layout::lease(lease.session);
        let mut version = None;
        for _ in 0..DECLARE_ATTEMPTS {
            let condemned = Condemned::read(storage, lease.epoch)?;
            let written = match storage.update_if(&name, version, &encode_lease(&lease))? {
                Update::Written(version) => version,
                // Only a fencer changes the lease of another session.
                Update::Conflict => return Err(gleaner_store::Error::Fenced.into()),
            };
            let epoch = read_epoch(storage)?;
            if epoch == lease.epoch {
                let (id, reserved) = (lease.session, lease.reserved);
                let held = HeldLease::hold(std::sync::Arc::clone(&env.storage), lease, written);
                return Ok(Self { held, id, reserved, condemned });
            }
            version = Some(written);
            lease.epoch = epoch;
            lease.counter += 1;
        }
        Err(gleaner_store::Error::Fenced.into())
    }

    pub(crate) fn reserved(&self) -> SnapshotId {
        self.reserved.expect("writing sessions reserve a snapshot name")
    }

    /// Epoch up to which the condemned lists were applied.
    pub(crate) fn epoch(&self) -> Epoch {
        self.condemned.epoch
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
            if epoch == self.epoch() {
                return Ok(());
            }
            let condemned = Condemned::read(storage, epoch)?;
            // What was condemned before, this session never counted as stored, unless it was
            // rescued and condemned anew: to other sessions of this process, who share the index,
            // it was live in between.
            let is_old = condemned.newest < Some(self.epoch());
            if !is_old || !condemned.packs.is_subset(&self.condemned.packs) {
                copy(&condemned)?;
            }
            self.condemned = condemned;
            self.held.advance(epoch)?;
        }
        Err(gleaner_store::Error::Fenced.into())
    }

    /// S6: the commit. Durable on return.
    ///
    /// # Errors
    /// `Fenced` if a fencer occupied the name. After another error the manifest may be there all
    /// the same.
    pub(crate) fn commit(&self, env: &Environment, manifest: &[u8]) -> Result<()> {
        let name = layout::snapshot(self.reserved());
        match env.storage.put_if_absent(&name, &[manifest])? {
            Put::Created => Ok(()),
            Put::AlreadyExists => Err(gleaner_store::Error::Fenced.into()),
        }
    }

    /// Whether somebody fenced this session: then what it counts on may go at any time.
    pub(crate) fn is_fenced(&self) -> bool {
        self.held.is_lost()
    }

    /// S7: closes the lease.
    pub(crate) fn close(self) {
        self.held.close();
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

#[cfg(test)]
mod tests;
