//! A lease that is held: by its session, and by a thread that shows signs of life.
//!
//! Maintenance fences a session whose counter stands still for longer than it is patient. That
//! costs the session its commit and nothing else, so the thread serves comfort, not safety.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam::channel::{RecvTimeoutError, Sender, bounded};
use gleaner_store::{
    Epoch, Lease, LeaseState, Storage, Update, Version, decode_lease, encode_lease, layout,
};

use crate::error::Result;

/// Time between two signs of life.
const BEAT: Duration = Duration::from_secs(15);
/// Old versions of the lease are removed after so many signs of life: 4 minutes.
const BEATS_KEPT: u64 = 16;

/// The lease of a session that runs.
#[derive(Debug)]
pub(super) struct HeldLease {
    shared: Arc<Shared>,
    beating: Option<(Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Shared {
    storage: Arc<dyn Storage>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lease: Lease,
    version: Version,
    /// A call failed, so that the version written last is not known.
    is_unsure: bool,
    /// A fencer took the lease away.
    is_lost: bool,
}

impl HeldLease {
    /// Holds a lease that was just written as `version`.
    ///
    /// A thread that cannot be started leaves the session without signs of life.
    pub(super) fn hold(storage: Arc<dyn Storage>, lease: Lease, version: Version) -> Self {
        let state = State { lease, version, is_unsure: false, is_lost: false };
        let shared = Arc::new(Shared { storage, state: Mutex::new(state) });
        let (stop, stopped) = bounded::<()>(0);
        let beaten = Arc::clone(&shared);
        let beat = move || {
            while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                beaten.beat();
            }
        };
        let thread = std::thread::Builder::new().name("lease".into()).spawn(beat);
        let beating = match thread {
            Ok(thread) => Some((stop, thread)),
            Err(error) => {
                tracing::warn!(%error, "this session shows no signs of life");
                None
            }
        };
        Self { shared, beating }
    }

    /// Moves the lease to another epoch; durable on return.
    ///
    /// # Errors
    /// `Fenced`; the storage's.
    pub(super) fn advance(&self, epoch: Epoch) -> Result<()> {
        self.shared.write(&mut self.shared.state(), |lease| lease.epoch = epoch)
    }

    /// Whether a fencer took the lease away; false if that cannot be told.
    pub(super) fn is_lost(&self) -> bool {
        let mut state = self.shared.state();
        if let Err(error) = self.shared.settle(&mut state) {
            tracing::debug!(%error, "the own lease is not readable");
        }
        state.is_lost
    }

    /// Ends the signs of life and takes the lease away. What stays after a failure is the lease of
    /// a dead session: harmless, and no reason to call what was committed a failure.
    pub(super) fn close(mut self) {
        self.stop();
        let state = self.shared.state();
        let name = layout::lease(state.lease.session);
        if let Err(error) = self.shared.storage.delete_versioned(&name) {
            tracing::warn!(%error, %name, "the lease could not be closed");
        }
    }

    fn stop(&mut self) {
        if let Some((stop, thread)) = self.beating.take() {
            drop(stop);
            // It panics only if the storage does, which its own caller sees too.
            let _panicked = thread.join();
        }
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// Each critical section leaves a state that says what it knows.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self) {
        let mut state = self.state();
        if state.is_lost {
            return;
        }
        if let Err(error) = self.write(&mut state, |_| {}) {
            // The next beat tries again; a lease that is lost shows at the commit.
            tracing::warn!(%error, "a sign of life could not be written");
        } else if state.lease.counter.is_multiple_of(BEATS_KEPT) {
            let name = layout::lease(state.lease.session);
            if let Err(error) = self.storage.delete_old_versions(&name) {
                tracing::debug!(%error, %name, "old versions stay");
            }
        }
    }

    fn write(&self, state: &mut State, change: impl FnOnce(&mut Lease)) -> Result<()> {
        let name = layout::lease(state.lease.session);
        if state.is_unsure {
            self.settle(state)?;
        }
        if state.is_lost {
            return Err(gleaner_store::Error::Fenced.into());
        }
        let mut lease = state.lease.clone();
        lease.counter += 1;
        change(&mut lease);
        match self.storage.update_if(&name, Some(state.version), &encode_lease(&lease)) {
            Ok(Update::Written(version)) => {
                (state.version, state.lease) = (version, lease);
                Ok(())
            }
            // Only a fencer changes the lease of another session.
            Ok(Update::Conflict) => {
                state.is_lost = true;
                Err(gleaner_store::Error::Fenced.into())
            }
            Err(error) => {
                state.is_unsure = true;
                Err(error.into())
            }
        }
    }

    /// Finds out what a call that failed has done.
    fn settle(&self, state: &mut State) -> Result<()> {
        let name = layout::lease(state.lease.session);
        let found = self.storage.read_latest(&name)?;
        let own = found.and_then(|(version, bytes)| {
            let lease = decode_lease(state.lease.session, &bytes).ok()?;
            let is_own = lease.nonce == state.lease.nonce && lease.state == LeaseState::Open;
            is_own.then_some((version, lease))
        });
        match own {
            Some((version, lease)) => (state.version, state.lease) = (version, lease),
            None => state.is_lost = true,
        }
        state.is_unsure = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
