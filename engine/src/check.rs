//! Verifies a repository; never writes into it.
//!
//! Structure: config, key slots, coordination objects, every pack directory, every manifest and
//! tree, every reference, the index. Beside it packs are read as wholes, all or some: whole-pack
//! hash, seals, chunk ids. A second read precedes each finding of damage, so that a fault of the
//! wire is not taken for one of the medium.
//!
//! Sessions and maintenance go on meanwhile. Snapshots are listed before packs, and packs are
//! listed once more before a chunk is called missing: what a snapshot needs was stored before it.
//!
//! Memory: 42 to 85 bytes per chunk (`pack_table.rs`), and what the index needs.

mod finding;
mod options;
mod stats;
mod limits;
mod pack_selection;
mod pack_table;
mod lost_files;
mod damage;
mod memory;
mod condemned;
mod objects;
mod index;
mod parity;
mod packs;
mod scrub;
mod snapshots;
mod seen;
mod verdict;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{Epoch, ObjectName, SnapshotId};

use crate::error::{Error, Result};
use crate::progress::{Counters, Run, Warning, WarningKind};
use crate::repository::Repository;
use damage::Damage;
use limits::Limits;
use memory::{CheckMemory, PackMemory, SnapshotMemory};
use pack_table::{Condemned, PackTable};

pub use finding::{Finding, FindingCode, HealSource, Severity};
pub use options::{CheckOptions, DataRead};
pub(crate) use scrub::is_sound_pack;
pub use stats::{CheckStats, StopReason, WantedChunk, WantedState};

/// Paths that one finding names; beyond that they are only counted.
pub const FINDING_PATHS_MAX: usize = 100;

/// A check that is going on.
struct Check<'a> {
    repository: &'a Repository,
    run: &'a Run<'a>,
    options: &'a CheckOptions,
    limits: Arc<Limits<'a>>,
    emit: &'a mut dyn FnMut(&Finding),
    stats: CheckStats,

    memory: CheckMemory,
    /// Label time of the start.
    now_ns: i64,
    /// What is remembered of packs, sorted by id.
    read_before: Vec<PackMemory>,
    seen_before: SnapshotMemory,
    seen_now: Vec<SnapshotId>,
    /// Seen by an earlier check, and neither there nor forgotten.
    seen_lost: Vec<SnapshotId>,
    epoch: Epoch,
    /// Label times at which this run looked at snapshots.
    checked_now: HashMap<SnapshotId, i64>,

    packs: PackTable,
    /// Highest key epoch of any pack.
    key_epoch_max: u32,
    /// Packs of the last listing.
    listed: HashSet<PackId>,
    /// Packs whose sidecars were in it.
    listed_sidecars: HashSet<PackId>,
    foreign_packs: HashSet<ObjectName>,
    condemned: HashMap<PackId, Condemned>,
    /// Found deleted when they were to be read.
    packs_gone: Vec<PackId>,
    /// Sessions whose leases are open.
    sessions: HashSet<[u8; 16]>,

    damage: Damage,
    /// Where packs with damaged trees can be healed from.
    parity_sources: HashMap<PackId, Option<HealSource>>,
    /// Chunks that snapshots need and no sound directory lists.
    missing: HashSet<ChunkId>,
    /// Condemned packs that alone hold what snapshots need.
    needed_condemned: HashMap<PackId, BTreeSet<SnapshotId>>,
    fence_markers: HashSet<SnapshotId>,
    manifests_reported: HashSet<SnapshotId>,
    losses_reported: HashSet<(SnapshotId, FindingCode)>,
    snapshots_damaged: HashSet<SnapshotId>,
}

/// Verifies the repository and reports what it finds: structure in the order found, then damage
/// inside of packs, with what it costs.
///
/// A run that stops early, by its limits or on request, is not an error: [`CheckStats::stopped_at`]
/// says so. The next run begins with what was looked at least recently, as the cache folder
/// remembers.
///
/// # Errors
/// Only what keeps the check from going on: a listing that fails, [`Error::NoSuchSnapshot`]. Damage
/// is a finding.
pub fn check(
    repository: &Repository,
    options: &CheckOptions,
    run: &Run<'_>,
    emit: &mut dyn FnMut(&Finding),
) -> Result<CheckStats> {
    let clock = &*repository.env.clock;
    let (memory, now_ns) = (CheckMemory::of(repository), clock.wall_ns());
    let mut check = Check {
        repository,
        run,
        options,
        limits: Arc::new(Limits::new(options, clock, &run.cancel)),
        emit,
        stats: CheckStats::default(),
        read_before: memory.packs(now_ns),
        memory,
        now_ns,
        seen_before: SnapshotMemory::default(),
        seen_now: Vec::new(),
        seen_lost: Vec::new(),
        epoch: Epoch(0),
        checked_now: HashMap::new(),
        packs: PackTable::default(),
        key_epoch_max: 0,
        listed: HashSet::new(),
        listed_sidecars: HashSet::new(),
        foreign_packs: HashSet::new(),
        condemned: HashMap::new(),
        packs_gone: Vec::new(),
        sessions: HashSet::new(),
        damage: Damage::default(),
        parity_sources: HashMap::new(),
        missing: HashSet::new(),
        needed_condemned: HashMap::new(),
        fence_markers: HashSet::new(),
        manifests_reported: HashSet::new(),
        losses_reported: HashSet::new(),
        snapshots_damaged: HashSet::new(),
    };
    match check.everything() {
        Ok(()) => {}
        Err(Error::Cancelled) => check.stats.stopped_at = Some(StopReason::Cancelled),
        Err(error) => return Err(error),
    }
    Ok(check.verdict())
}

impl Check<'_> {
    fn everything(&mut self) -> Result<()> {
        self.config();
        self.key_slots()?;
        if self.options.snapshots.is_empty() {
            self.coordination()?;
            self.leftovers()?;
        }
        let snapshots = self.list_snapshots()?;
        self.directories()?;
        self.key_epoch_of_packs();
        self.sidecars()?;
        self.stats.packs_skipped = self.stats.packs_total;
        let looked = self.structure(&snapshots);
        self.keep_snapshots();
        looked?;
        self.read_packs()?;
        let gone = std::mem::take(&mut self.packs_gone);
        if !gone.is_empty() {
            self.packs.retire(&gone);
            self.catch_up()?;
        }
        if !gone.is_empty() || !self.damage.is_empty() {
            self.lose_damaged();
            self.name_damage(&snapshots)?;
        }
        self.packs_lost()?;
        self.condemned_but_needed()
    }

    fn report(&mut self, finding: &Finding) {
        if finding.severity == Severity::Error {
            Counters::add(&self.run.counters.errors, 1);
        }
        self.report_counted(finding);
    }

    /// As [`Self::report`], for a finding that the progress counts already.
    fn report_counted(&mut self, finding: &Finding) {
        match finding.severity {
            Severity::Error => self.stats.num_errors += 1,
            Severity::Warning => self.stats.num_warnings += 1,
            Severity::Info => {}
        }
        if let Some(pack) = finding.pack
            && finding.severity == Severity::Error
        {
            self.stats.broken_packs.push(pack);
        }
        (self.emit)(finding);
    }

    /// Findings of severity error so far, those that are not reported yet among them.
    fn errors(&self) -> u64 {
        self.stats.num_errors + self.damage.count()
    }

    /// Whether to stop here; a request of the caller counts also before anything was looked at.
    fn stops(&mut self, has_begun: bool) -> bool {
        let reason = self.limits.reason(self.errors());
        let reason = reason.filter(|reason| has_begun || *reason == StopReason::Cancelled);
        self.stats.stopped_at = self.stats.stopped_at.or(reason);
        reason.is_some()
    }

    /// Remembers when packs were read. Packs that are gone are forgotten.
    fn keep_packs(&self) {
        let rows = self.packs.rows().filter(|row| !row.is_gone);
        let packs: Vec<PackMemory> = rows
            .filter_map(|row| {
                let (read_ns, was_sound) = row.read?;
                Some(PackMemory { id: row.id, read_ns, was_sound })
            })
            .collect();
        self.warn_unkept(self.memory.keep_packs(&packs));
    }

    fn warn_unkept(&self, kept: Result<(), (PathBuf, std::io::Error)>) {
        if let Err((path, error)) = kept {
            let message = format!("{}: not remembered for the next check: {error}", path.display());
            let (during, kind) = ("check", WarningKind::Unwritable);
            self.run.warn(&Warning { path: Vec::new(), during, kind, message });
        }
    }
}

/// The file in the cache folder that remembers which snapshots of a repository were seen; `None`
/// without a cache. Who removes it says that snapshots which are gone may be.
#[must_use]
pub fn seen_snapshots_file(repository: &Repository) -> Option<PathBuf> {
    CheckMemory::of(repository).snapshots_file()
}
