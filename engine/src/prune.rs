//! Reclaims the space of what no snapshot needs, while backups, restores and checks go on.
//!
//! ```text
//! own lease -> open epoch finished -> mark, plan -> copy forward -> condemn, next epoch
//!           -> drain -> mark again -> outcome -> delete what earlier runs condemned
//! ```
//! Why nothing that is needed can go is argued in docs/gc.md. Packs are only ever deleted by
//! [`trash`]; what a run condemns, the next deletes.

mod roots;
mod mark;
mod pack_use;
mod proof;
mod choice;
mod plan;
mod epochs;
mod trash;
mod quarantine;
mod temporary;

use std::sync::Arc;
use std::time::Duration;

use gleaner_store::{Epoch, ErrorKind, Lease, LeaseKind, SessionId, Suite};

use crate::condemned::{Condemned, read_epochs};
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::other_sessions::SilenceWatch;
use crate::progress::Run;
use crate::repository::Repository;
use crate::reserve;
use crate::session::{Declaration, Session, read_epoch};

pub use choice::MaxUnused;
use plan::Planned;
pub use plan::{PruneChunks, PrunePacks, PrunePlan};
use temporary::temporary;

/// What a prune may do.
#[derive(Clone)]
pub struct PruneOptions<'a> {
    /// Bytes that nobody needs and that may stay in packs with others.
    pub max_unused: MaxUnused,
    /// Bytes of packs that may be rewritten.
    pub max_repack_bytes: u64,
    /// Packs below so many bytes are merged, if there are several; `None` leaves it to the plan.
    pub repack_smaller_than: Option<u64>,
    /// Rewrite all packs that were sealed under an older key epoch than the current one, before
    /// any others; see [`rotate_keys`](crate::rotate_keys).
    pub rewrite_key_epochs: bool,
    /// Delete in this run what it condemns. Refused while other sessions live.
    pub now: bool,
    /// Stop at a safe point after this time; the next run goes on.
    pub max_duration: Option<Duration>,
    /// Go on although much less is needed than at the last prune, and nothing was forgotten.
    pub allow_shrink: bool,
    /// Host name for the lease.
    pub host: String,
    /// Says for certain that the process behind a lease has ended; false if in doubt.
    pub is_dead: &'a (dyn Fn(&Lease) -> bool + Sync),
}

impl std::fmt::Debug for PruneOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PruneOptions").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What a prune did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PruneStats {
    /// Epoch after the run.
    pub epoch: u64,
    /// Bytes of packs condemned: the next run deletes them.
    pub bytes_condemned: u64,
    /// Packs condemned.
    pub packs_condemned: u64,
    /// Bytes of packs written to hold what is still needed.
    pub bytes_rewritten: u64,
    /// Bytes of packs deleted.
    pub bytes_freed: u64,
    /// Packs deleted.
    pub packs_deleted: u64,
    /// Manifests of forgotten snapshots deleted.
    pub manifests_deleted: u64,
    /// Bytes of packs that are condemned and not deleted yet.
    pub bytes_in_trash: u64,
    /// Condemned packs that were found to be needed again.
    pub packs_rescued: u64,
    /// Packs that were to be rewritten and cannot be read: they stay, and each was warned of.
    pub packs_damaged: u64,
    /// Sessions that had to be fenced because they were dead or silent.
    pub sessions_fenced: u64,
    /// Sessions for which deleting has to wait.
    pub waits_for: Vec<SessionId>,
    /// The run stopped at its time limit, or for want of space; the next one goes on.
    pub is_unfinished: bool,
}

/// Says what a prune would do, and writes nothing.
///
/// Memory: filters of 6 bytes for each chunk stored, 150 bytes for each pack, and 50
/// bytes for each chunk to be rewritten (at most 2^21).
///
/// # Errors
/// As [`prune`], but for those of leases.
pub fn plan_prune(
    repository: &Repository,
    options: &PruneOptions<'_>,
    run: &Run<'_>,
) -> Result<PrunePlan> {
    refuse_without_keys(repository, options)?;
    let index = repository.index(run)?;
    let condemned = Condemned::read(repository.storage(), read_epoch(repository.storage())?)?;
    index.follow(&condemned, run)?;
    Ok(Planned::make(repository, &index, None, options, run)?.plan)
}

/// Reclaims space. `show` is told the plan before it is carried out.
///
/// On return, what the plan condemned is durable as such, and what the run before condemned is
/// deleted, as far as no session may need it. Interrupted at any point, the next run goes on.
///
/// # Errors
/// [`Error::MaintenanceRuns`]; [`Error::SessionsLive`] with `now`; [`Error::NotEncrypted`] with
/// `rewrite_key_epochs`, before anything is written; [`Error::LiveSetShrank`];
/// damage of anything that says what is needed: a manifest, a tree, a pack directory. Then nothing
/// is condemned. A damaged block stops nothing: its pack stays and is warned of.
pub fn prune(
    repository: &Repository,
    options: &PruneOptions<'_>,
    run: &Run<'_>,
    show: &mut dyn FnMut(&PrunePlan),
) -> Result<PruneStats> {
    refuse_without_keys(repository, options)?;
    let (kind, roots, host) = (LeaseKind::Maintenance, Vec::new(), options.host.clone());
    let declaration = Declaration { kind, roots, host };
    let (session, is_full) = match Session::declare(&repository.env, declaration.clone()) {
        Ok(session) => (session, false),
        Err(error) if error.kind() == ErrorKind::Full => {
            reserve::release(repository.storage())?;
            (Session::declare(&repository.env, declaration)?, true)
        }
        Err(error) => return Err(error),
    };
    let result = Prune::new(repository, options, run, &session, is_full)
        .and_then(|mut prune| prune.run(show).map(|()| prune.stats))
        .map_err(|error| named(error, &session));
    session.close();
    reserve::make(repository.storage());
    result
}

fn refuse_without_keys(repository: &Repository, options: &PruneOptions<'_>) -> Result<()> {
    if options.rewrite_key_epochs && repository.keys().suite() == Suite::Checksum {
        return Err(Error::NotEncrypted);
    }
    Ok(())
}

/// A run that was taken for dead reads what the next one deletes: that is no damage.
fn named(error: Error, session: &Session) -> Error {
    let may_be_fenced = matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound);
    if may_be_fenced && session.is_fenced() {
        return gleaner_store::Error::Fenced.into();
    }
    error
}

/// A prune that is going on.
struct Prune<'a> {
    repository: &'a Repository,
    options: &'a PruneOptions<'a>,
    run: &'a Run<'a>,
    session: &'a Session,
    index: Arc<OpenIndex>,
    watch: SilenceWatch<'a>,
    started_ns: u64,
    /// There was no room without the reserve: deleting must not wait for another run.
    is_full: bool,
    stats: PruneStats,
}

impl<'a> Prune<'a> {
    fn new(
        repository: &'a Repository,
        options: &'a PruneOptions<'a>,
        run: &'a Run<'a>,
        session: &'a Session,
        is_full: bool,
    ) -> Result<Self> {
        let index = repository.index(run)?;
        index.follow(&session.condemned, run)?;
        let started_ns = repository.env.clock.monotonic_ns();
        let watch = SilenceWatch::new(repository, session.id, options.is_dead);
        let stats = PruneStats::default();
        Ok(Self { repository, options, run, session, index, watch, started_ns, is_full, stats })
    }

    fn run(&mut self, show: &mut dyn FnMut(&PrunePlan)) -> Result<()> {
        let storage = self.repository.storage();
        let temporary = temporary(storage).unwrap_or_default();
        self.watch.be_alone(self.run)?;
        if self.finish_open_epoch()? {
            self.delete_what_is_due()?;
            if self.options.now {
                self.refuse_if_others_live()?;
            }
            let (repository, session) = (self.repository, Some(self.session.id));
            let planned = Planned::make(repository, &self.index, session, self.options, self.run)?;
            show(&planned.plan);
            let is_decided = self.carry_out(planned)?;
            let now = self.options.now || self.is_full && self.watch.others(self.run)?.is_empty();
            if is_decided && now {
                // Deleting needs one epoch in between.
                let planned = Planned::nothing(read_epoch(repository.storage())?);
                self.carry_out(planned)?;
            }
        }
        if let Err(error) = self.remove_temporary(&temporary) {
            tracing::debug!(%error, "temporary objects of dead writers stay");
        }
        self.stats.epoch = read_epoch(storage)?.0;
        Ok(())
    }

    /// Steps 3 to 7 of docs/gc.md; false if the run stopped before the outcome.
    fn carry_out(&mut self, planned: Planned) -> Result<bool> {
        let base = planned.roots.iter().map(|snapshot| snapshot.id).collect();
        let list = self.condemn(planned)?;
        if !self.decide(&list, &base)? {
            return Ok(false);
        }
        self.delete_what_is_due()?;
        Ok(true)
    }

    /// Finishes an epoch that an earlier run left open; false if this one had to stop.
    fn finish_open_epoch(&mut self) -> Result<bool> {
        let storage = self.repository.storage();
        for said in read_epochs(storage, Epoch(u64::MAX))?.into_values() {
            if said.is_gone || said.outcome.is_some() {
                continue;
            }
            let Some(list) = said.list() else { continue };
            self.advance_epoch(list.epoch)?;
            if !self.decide(list, &std::collections::HashSet::new())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn refuse_if_others_live(&mut self) -> Result<()> {
        match self.watch.others(self.run)?.first() {
            Some(lease) => Err(Error::SessionsLive { session: lease.session }),
            None => Ok(()),
        }
    }

    /// Whether the time limit has come.
    fn is_over(&self) -> bool {
        let elapsed = self.repository.env.clock.monotonic_ns().saturating_sub(self.started_ns);
        self.options.max_duration.is_some_and(|max| u128::from(elapsed) >= max.as_nanos())
    }

    /// Makes the own index see what is condemned now.
    fn follow(&self) -> Result<()> {
        let storage = self.repository.storage();
        let condemned = Condemned::read(storage, read_epoch(storage)?)?;
        self.index.follow(&condemned, self.run)
    }
}
