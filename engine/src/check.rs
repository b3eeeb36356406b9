//! Verifies a repository; never writes into it.
//!
//! Structure: config, key slots, coordination objects, every pack directory, every manifest and
//! tree, every reference, the index. With `read_data` also every byte of every pack: whole-pack
//! hash, seals, chunk ids. A second read precedes each finding of damage, so that a fault of the
//! wire is not taken for one of the medium. Memory: about 50 bytes per chunk.

mod finding;
mod objects;
mod packs;
mod snapshots;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{PackDirectory, SnapshotId};

use crate::error::Result;
use crate::progress::Run;
use crate::repository::Repository;

pub use finding::{Finding, FindingCode, Severity};

/// Paths that one finding names; beyond that they are only counted.
pub const FINDING_PATHS_MAX: usize = 100;

/// What to verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOptions {
    /// Read every block and recompute every chunk id.
    pub read_data: bool,
}

/// What a check saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckStats {
    /// Findings of severity error.
    pub num_errors: u64,
    /// Findings of severity warning: harmless each.
    pub num_warnings: u64,
    /// Packs on storage.
    pub packs_total: u64,
    /// Packs whose every byte was verified.
    pub packs_verified: u64,
    /// Packs with a finding.
    pub broken_packs: Vec<PackId>,
    /// Bytes of packs verified.
    pub bytes_verified: u64,
    /// Different chunks that snapshots need and no pack has.
    pub chunks_missing: u64,
    /// Chunks whose bytes are damaged.
    pub chunks_damaged: u64,
    /// Snapshots on storage.
    pub snapshots_total: u64,
    /// Snapshots that cannot be restored as a whole.
    pub snapshots_damaged: Vec<SnapshotId>,
    /// Files that cannot be restored, over all snapshots.
    pub paths_lost: u64,
    /// The index is behind or wrong; deleting it rebuilds it.
    pub suggest_repair_index: bool,
}

/// A check that is going on.
struct Check<'a> {
    repository: &'a Repository,
    run: &'a Run<'a>,
    emit: &'a mut dyn FnMut(&Finding),
    stats: CheckStats,
    directories: Vec<Arc<PackDirectory>>,
    /// Pack of every chunk that a sound directory lists.
    chunks: HashMap<ChunkId, PackId>,
    /// Chunks whose bytes are damaged, and the pack that holds them.
    damaged: HashMap<ChunkId, PackId>,
    /// Chunks that snapshots need and no sound directory lists.
    missing: HashSet<ChunkId>,
    snapshots_damaged: HashSet<SnapshotId>,
}

/// Verifies the repository and reports what it finds, in the order found.
///
/// # Errors
/// Only what keeps the check from going on: a listing that fails, [`crate::Error::Cancelled`].
/// Damage is a finding.
pub fn check(
    repository: &Repository,
    options: &CheckOptions,
    run: &Run<'_>,
    emit: &mut dyn FnMut(&Finding),
) -> Result<CheckStats> {
    let mut check = Check {
        repository,
        run,
        emit,
        stats: CheckStats::default(),
        directories: Vec::new(),
        chunks: HashMap::new(),
        damaged: HashMap::new(),
        missing: HashSet::new(),
        snapshots_damaged: HashSet::new(),
    };
    check.config();
    check.key_slots()?;
    check.coordination()?;
    check.leftovers()?;
    check.directories()?;
    check.key_epoch_of_packs();
    if options.read_data {
        check.read_packs()?;
    }
    check.index()?;
    check.snapshots()?;
    check.stats.chunks_missing = check.missing.len() as u64;
    check.stats.snapshots_damaged = check.snapshots_damaged.iter().copied().collect();
    check.stats.snapshots_damaged.sort_unstable();
    check.stats.broken_packs.sort_unstable();
    check.stats.broken_packs.dedup();
    Ok(check.stats)
}

impl Check<'_> {
    fn report(&mut self, finding: &Finding) {
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
}
