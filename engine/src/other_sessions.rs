//! The other sessions: who lives, who is dead, who is silent.
//!
//! Safety depends on none of it. A session that is fenced although it lives loses its commit, and
//! nothing that was acknowledged.

use std::collections::HashMap;
use std::time::Duration;

use gleaner_store::{Epoch, Lease, LeaseKind, SessionId};

use crate::error::{Error, Result};
use crate::maintenance::{fence, leases};
use crate::progress::Run;
use crate::repository::Repository;

/// A session that shows no sign of life for so long is taken for dead: four of its beats.
const SILENT_AFTER: Duration = Duration::from_mins(1);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(250);

/// What was seen of a session last.
#[derive(Debug, Clone, Copy)]
struct Seen {
    counter: u64,
    since_ns: u64,
    /// Its counter moved while it was watched.
    has_moved: bool,
}

/// Watches the leases of others on the own monotonic clock.
pub(crate) struct SilenceWatch<'a> {
    repository: &'a Repository,
    own: SessionId,
    is_dead: &'a (dyn Fn(&Lease) -> bool + Sync),
    seen: HashMap<SessionId, Seen>,
    pub(crate) fenced: u64,
}

impl<'a> SilenceWatch<'a> {
    pub(crate) fn new(
        repository: &'a Repository,
        own: SessionId,
        is_dead: &'a (dyn Fn(&Lease) -> bool + Sync),
    ) -> Self {
        Self { repository, own, is_dead, seen: HashMap::new(), fenced: 0 }
    }

    /// Leases of others that live, as far as can be told; those that do not are fenced.
    pub(crate) fn others(&mut self, run: &Run<'_>) -> Result<Vec<Lease>> {
        run.cancel.check()?;
        let now = self.repository.env.clock.monotonic_ns();
        let mut living = Vec::new();
        for lease in leases(self.repository)? {
            if lease.session == self.own {
                continue;
            }
            if (self.is_dead)(&lease) || self.is_silent(&lease, now) {
                tracing::info!(session = %lease.session, host = lease.host, "fencing");
                match fence(self.repository, lease.session) {
                    // Closed since it was listed.
                    Ok(_) | Err(Error::NoSuchLease) => self.fenced += 1,
                    Err(error) => return Err(error),
                }
            } else {
                living.push(lease);
            }
        }
        Ok(living)
    }

    fn is_silent(&mut self, lease: &Lease, now: u64) -> bool {
        let first = Seen { counter: lease.counter, since_ns: now, has_moved: false };
        let seen = self.seen.entry(lease.session).or_insert(first);
        if seen.counter != lease.counter {
            *seen = Seen { counter: lease.counter, since_ns: now, has_moved: true };
        }
        u128::from(now.saturating_sub(seen.since_ns)) >= SILENT_AFTER.as_nanos()
    }

    fn has_moved(&self, lease: &Lease) -> bool {
        self.seen.get(&lease.session).is_some_and(|seen| seen.has_moved)
    }

    pub(crate) fn pause(&self) {
        self.repository.env.clock.sleep(POLL);
    }

    /// Waits until no other maintenance lives.
    ///
    /// # Errors
    /// [`Error::MaintenanceRuns`] as soon as one shows a sign of life.
    pub(crate) fn be_alone(&mut self, run: &Run<'_>) -> Result<()> {
        loop {
            let mut others = self.others(run)?;
            others.retain(|lease| lease.kind == LeaseKind::Maintenance);
            let Some(lease) = others.first() else { return Ok(()) };
            if self.has_moved(lease) {
                return Err(Error::MaintenanceRuns { session: lease.session });
            }
            self.pause();
        }
    }

    /// Writing sessions of others that may still commit without knowing of epoch `epoch`.
    pub(crate) fn not_drained(&mut self, epoch: Epoch, run: &Run<'_>) -> Result<Vec<Lease>> {
        let mut others = self.others(run)?;
        others.retain(|lease| lease.kind != LeaseKind::Read && lease.epoch <= epoch);
        Ok(others)
    }
}
