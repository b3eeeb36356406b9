//! Heals damaged packs. Nothing is deleted: what a repair takes out of use goes to quarantine,
//! from where it can be put back until a prune clears it.
//!
//! ```text
//! damaged packs, missing chunks -> what is left of each pack, what is lost
//!   -> other copies of what is lost -> new packs, durable and read back -> quarantine
//! ```
//! All that can be read of a damaged pack is in new packs before its name goes, whether or not
//! another pack holds it too. So sessions and readers that counted on it lose nothing that the
//! damage had not taken already, and no protocol with them is needed; other maintenance is kept
//! out by the lease. Chunks that are nowhere become novel again: the next backup stores them.
//!
//! Interrupted at any point, the next run finds the packs that are still there and goes on; what
//! was written before is garbage or a second copy.

mod examine;
mod remains;
mod copies;
mod by_path;
mod quarantine;
mod undo;
mod snapshots;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{ErrorKind, Lease, LeaseKind, read_pack_directory};

use crate::check::{HealSource, WantedChunk, is_sound_pack};
use crate::error::Result;
use crate::open_index::OpenIndex;
use crate::other_sessions::SilenceWatch;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::session::{Declaration, Session, read_epoch};
use crate::survivors::{NewPlace, Survivors};

use copies::{Search, Take};
use examine::Damage;
use remains::{Found, HeaderGuesses, Remains};

pub use snapshots::{
    DamagedSnapshot, SnapshotRepairOptions, SnapshotRepairPlan, SnapshotRepairStats,
    plan_snapshot_repair, repair_snapshots,
};
pub use undo::{UndoStats, quarantine_runs, undo_repair};

/// What a repair of packs may use.
#[derive(Clone)]
pub struct PackRepairOptions<'a> {
    /// Chunks that a check found wanted: only the packs that it names are looked at. `None` for a
    /// check of everything first.
    pub wanted: Option<Vec<WantedChunk>>,
    /// Ask the parity sidecars of damaged packs first.
    pub parity: bool,
    /// Other repositories to take lost chunks from, in this order.
    pub from: &'a [Repository],
    /// Stop between two packs after this time; the next run goes on. Looking for damage has as much
    /// time of its own, and one pack is emptied in any case.
    pub max_duration: Option<Duration>,
    /// Host name for the lease.
    pub host: String,
    /// Says for certain that the process behind a lease has ended; false if in doubt.
    pub is_dead: &'a (dyn Fn(&Lease) -> bool + Sync),
}

impl std::fmt::Debug for PackRepairOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackRepairOptions").field("wanted", &self.wanted).finish_non_exhaustive()
    }
}

/// What a repair would do, or does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackRepairPlan {
    /// Packs that are emptied and put into quarantine, by id; then those that are gone, and whose
    /// sidecars hold a second copy of them.
    pub packs: Vec<DamagedPack>,
    /// Chunks of which the damaged packs have no readable copy, and chunks that snapshots need and
    /// no pack lists, by id; each with where it can be had.
    pub lost: Vec<LostChunk>,
    /// Damaged packs that are left alone: they are condemned, and a prune deletes them.
    pub packs_condemned: Vec<PackId>,
    /// Packs of which not a byte can be read: that is for whoever looks after the medium.
    pub packs_unreadable: Vec<PackId>,
    /// Raw bytes of the chunks that are written.
    pub bytes_to_write: u64,
    /// Not everything was looked at: the time was up.
    pub is_unfinished: bool,
    /// Of the lost ones those that no pack lists.
    missing: BTreeSet<ChunkId>,
}

impl PackRepairPlan {
    /// Puts a pack down to be emptied.
    fn empty(
        &mut self,
        (id, bytes): (PackId, u64),
        best: BestRemains,
        readable: &mut HashSet<ChunkId>,
        lost: &mut BTreeSet<ChunkId>,
    ) {
        let BestRemains { found, by_parity, .. } = best;
        let healed = |id| LostChunk { id, source: Some(HealSource::Parity) };
        self.lost.extend(by_parity.into_iter().map(healed));
        self.bytes_to_write += found.raw_bytes;
        let chunks_lost = found.lost.as_ref().map(|lost| lost.len() as u64);
        let chunks_readable = found.readable.len() as u64;
        self.packs.push(DamagedPack { id, bytes, chunks_readable, chunks_lost });
        lost.extend(found.lost.into_iter().flatten());
        readable.extend(found.readable);
    }
}

/// A pack with damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedPack {
    /// Its id, by its name.
    pub id: PackId,
    /// Its length in bytes.
    pub bytes: u64,
    /// Different chunks that can be read, by way of the parity sidecar if need be.
    pub chunks_readable: u64,
    /// Different chunks that it lists and that cannot; `None` if the list is lost as well.
    pub chunks_lost: Option<u64>,
}

/// A chunk of which the damaged packs have no readable copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostChunk {
    /// The chunk.
    pub id: ChunkId,
    /// Where it can be had; `None` if nowhere.
    pub source: Option<HealSource>,
}

/// What a repair did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackRepairStats {
    /// The quarantine; `None` if nothing went there.
    pub run: Option<QuarantineRun>,
    /// Packs in it.
    pub packs_quarantined: u64,
    /// Chunks that were read from damaged packs.
    pub chunks_salvaged: u64,
    /// Lost chunks that were had from elsewhere, with their sources.
    pub healed: Vec<LostChunk>,
    /// Lost chunks that are nowhere.
    pub unhealed: Vec<ChunkId>,
    /// Bytes of the packs written.
    pub bytes_written: u64,
    /// Stopped at the time limit; the next run goes on.
    pub is_unfinished: bool,
}

/// Says what a repair would do, and writes nothing.
///
/// Memory: as a check; the largest damaged pack twice; 60 bytes for each chunk of damaged packs.
///
/// # Errors
/// As [`repair_packs`], but for those of leases.
pub fn plan_pack_repair(
    repository: &Repository,
    options: &PackRepairOptions<'_>,
    run: &Run<'_>,
) -> Result<PackRepairPlan> {
    PackRepair::new(repository, options, run)?.plan()
}

/// Heals damaged packs. `show` is told the plan before it is carried out.
///
/// On return everything that could be had of the damaged packs is durable in new ones, and they
/// are in quarantine.
///
/// # Errors
/// [`crate::Error::MaintenanceRuns`]; the storage's. What is quarantined by then was healed.
pub fn repair_packs(
    repository: &Repository,
    options: &PackRepairOptions<'_>,
    run: &Run<'_>,
    show: &mut dyn FnMut(&PackRepairPlan),
) -> Result<PackRepairStats> {
    let (kind, roots, host) = (LeaseKind::Maintenance, Vec::new(), options.host.clone());
    let session = Session::declare(&repository.env, Declaration { kind, roots, host })?;
    let result = SilenceWatch::new(repository, session.id, options.is_dead)
        .be_alone(run)
        .and_then(|()| PackRepair::new(repository, options, run))
        .and_then(|repair| {
            repair.index.follow(&session.condemned, run)?;
            let plan = repair.plan()?;
            show(&plan);
            repair.carry_out(&plan, &session)
        });
    session.close();
    result
}

/// What can be had of a pack.
struct BestRemains {
    remains: Remains,
    found: Found,
    /// Chunks that only parity gave.
    by_parity: Vec<ChunkId>,
}

/// Damaged packs of which all that is right was carried over.
struct Emptied {
    packs: Vec<PackId>,
    taken: HashSet<ChunkId>,
    lost: BTreeSet<ChunkId>,
    /// Every pack said what was in it.
    are_listed: bool,
}

/// A repair that is going on.
struct PackRepair<'a> {
    repository: &'a Repository,
    options: &'a PackRepairOptions<'a>,
    run: &'a Run<'a>,
    index: Arc<OpenIndex>,
    guesses: HeaderGuesses,
}

impl<'a> PackRepair<'a> {
    fn new(
        repository: &'a Repository,
        options: &'a PackRepairOptions<'a>,
        run: &'a Run<'a>,
    ) -> Result<Self> {
        let (index, guesses) = (repository.index(run)?, HeaderGuesses::default());
        Ok(Self { repository, options, run, index, guesses })
    }

    /// Whether the time limit has come; examining has one of its own.
    fn is_over(&self, started_ns: u64) -> bool {
        let elapsed = self.repository.env.clock.monotonic_ns().saturating_sub(started_ns);
        self.options.max_duration.is_some_and(|max| u128::from(elapsed) >= max.as_nanos())
    }

    fn plan(&self) -> Result<PackRepairPlan> {
        let Damage { packs, gone, missing, condemned, is_unfinished } = self.examine()?;
        let mut plan = PackRepairPlan { is_unfinished, ..PackRepairPlan::default() };
        plan.packs_condemned = condemned;
        plan.missing.clone_from(&missing);
        let (mut readable, mut lost) = (HashSet::new(), missing);
        for (pack, bytes) in packs {
            self.run.cancel.check()?;
            // The medium may have had a bad moment.
            if is_sound_pack(self.repository, pack, bytes) {
                continue;
            }
            match self.best_remains(pack, bytes)? {
                Some(best) => plan.empty((pack, bytes), best, &mut readable, &mut lost),
                None => plan.packs_unreadable.push(pack),
            }
        }
        for pack in gone {
            self.run.cancel.check()?;
            // Also one that holds nothing which is known to be missing: a tree names what is, and
            // may be missing itself.
            if let Some(best) = self.best_remains(pack, 0)? {
                let bytes = best.remains.bytes();
                plan.empty((pack, bytes), best, &mut readable, &mut lost);
            }
        }
        lost.retain(|chunk| !readable.contains(chunk));
        let mut bytes_elsewhere = 0;
        let all: BTreeSet<ChunkId> = lost.clone();
        let sources = self.had_elsewhere(&plan, lost, &mut |_, _, bytes| {
            bytes_elsewhere += bytes.len() as u64;
            Ok(())
        })?;
        plan.bytes_to_write += bytes_elsewhere;
        let chunk = |id: ChunkId| LostChunk { id, source: sources.get(&id).copied() };
        plan.lost.extend(all.into_iter().map(chunk));
        plan.lost.sort_unstable();
        plan.lost.dedup_by_key(|lost| lost.id);
        Ok(plan)
    }

    /// Carries over what is right of each damaged pack.
    fn take_remains(
        &self,
        plan: &PackRepairPlan,
        survivors: &mut Survivors<'_>,
        stats: &mut PackRepairStats,
    ) -> Result<Emptied> {
        let (mut packs, mut taken) = (Vec::new(), HashSet::new());
        let (mut lost, mut are_listed) = (plan.missing.clone(), true);
        let started_ns = self.repository.env.clock.monotonic_ns();
        for pack in &plan.packs {
            self.run.cancel.check()?;
            // One is emptied in any case, so that runs which stop early get on.
            if !packs.is_empty() && self.is_over(started_ns) {
                stats.is_unfinished = true;
                break;
            }
            let best = self.best_remains(pack.id, pack.bytes)?;
            // What could be read a moment ago may be readable again.
            let is_less =
                |best: &BestRemains| (best.found.readable.len() as u64) < pack.chunks_readable;
            let Some(BestRemains { remains, found, by_parity }) =
                best.filter(|best| !is_less(best))
            else {
                stats.is_unfinished = true;
                continue;
            };
            are_listed &= found.lost.is_some();
            lost.extend(found.lost.into_iter().flatten());
            let healed = |id| LostChunk { id, source: Some(HealSource::Parity) };
            stats.healed.extend(by_parity.into_iter().map(healed));
            remains.carry(self.repository, &self.guesses, survivors, &mut taken)?;
            packs.push(pack.id);
            Counters::add(&self.run.counters.bytes_done, pack.bytes);
        }
        stats.chunks_salvaged = taken.len() as u64;
        Ok(Emptied { packs, taken, lost, are_listed })
    }

    fn carry_out(&self, plan: &PackRepairPlan, session: &Session) -> Result<PackRepairStats> {
        let mut stats =
            PackRepairStats { is_unfinished: plan.is_unfinished, ..PackRepairStats::default() };
        let mut made = Vec::new();
        let place = NewPlace {
            repository: self.repository,
            index: &self.index,
            run: self.run,
            session: session.id,
        };
        let (emptied, are_listed, all, sources) = place.fill(&mut made, |survivors| {
            let Emptied { packs, taken, mut lost, are_listed } =
                self.take_remains(plan, survivors, &mut stats)?;
            lost.retain(|id| !taken.contains(id));
            let all = lost.clone();
            let sources = self.had_elsewhere(plan, lost, &mut |kind, id, bytes| {
                survivors.carry_chunk(kind, id, bytes)
            })?;
            Ok((packs, are_listed, all, sources))
        })?;
        for id in all {
            match sources.get(&id) {
                Some(source) => stats.healed.push(LostChunk { id, source: Some(*source) }),
                None => stats.unhealed.push(id),
            }
        }
        stats.bytes_written = made.iter().map(|(_, bytes)| bytes).sum();
        let run =
            QuarantineRun { epoch: read_epoch(self.repository.storage())?, session: session.id };
        let moved = self.quarantine(session, run, &emptied, &made)?;
        let is_pack = |(_, before): &&(_, _)| layout::parse_pack(before).is_some();
        stats.packs_quarantined = moved.iter().filter(is_pack).count() as u64;
        // The sidecar of a pack that is gone may be all.
        stats.run = (!moved.is_empty()).then_some(run);
        self.index.catch_up(self.run)?;
        // What may be lost for good stays in doubt, here and wherever else the packs were known.
        let is_all = are_listed && !stats.is_unfinished && self.options.wanted.is_none();
        if stats.unhealed.is_empty() && is_all {
            self.index.forget(&emptied)?;
        }
        self.index.checkpoint()?;
        Ok(stats)
    }

    /// The most that can be had of a pack: what is left of it, or all of it by parity. `None` if
    /// not a byte can be read.
    fn best_remains(&self, pack: PackId, bytes: u64) -> Result<Option<BestRemains>> {
        let (storage, keys) = (self.repository.storage(), self.repository.keys());
        // A newer program's pack is no damage.
        match read_pack_directory(storage, keys, pack, bytes) {
            Err(error) if error.kind() == ErrorKind::UnsupportedVersion => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
        let raw = Remains::read(self.repository, pack, bytes, self.run)?;
        let found = match &raw {
            Some(remains) => remains.inspect(self.repository, &self.guesses)?,
            None => Found::default(),
        };
        let is_whole = found.lost.as_ref().is_some_and(BTreeSet::is_empty);
        let healed = if self.options.parity && !is_whole {
            Remains::by_parity(self.repository, pack)?
        } else {
            None
        };
        let Some(remains) = healed else {
            let best = |remains| BestRemains { remains, found, by_parity: Vec::new() };
            return Ok(raw.map(best));
        };
        let all = remains.inspect(self.repository, &self.guesses)?;
        let by_parity = all.readable.difference(&found.readable).copied().collect();
        Ok(Some(BestRemains { remains, found: all, by_parity }))
    }

    /// Looks for lost chunks outside of the damaged packs, in the order of the sources, and gives
    /// each that is found, proved by its id, to `take`. Returns where each was.
    fn had_elsewhere<'t>(
        &'t self,
        plan: &PackRepairPlan,
        lost: BTreeSet<ChunkId>,
        take: &'t mut Take<'t>,
    ) -> Result<BTreeMap<ChunkId, HealSource>> {
        let damaged: HashSet<PackId> = plan.packs.iter().map(|pack| pack.id).collect();
        let mut search = Search::new(self.repository, lost, self.run, take);
        search.in_packs(&damaged)?;
        for other in self.options.from {
            search.in_repository(other)?;
        }
        Ok(search.found)
    }
}
