//! Damage inside of packs: kept until it is known which snapshots and paths need it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::SnapshotId;

use super::FINDING_PATHS_MAX;
use super::finding::Finding;

/// One finding, and what it costs.
#[derive(Debug)]
pub(super) struct PackDamage {
    pub(super) finding: Finding,
    /// The chunks whose bytes it costs.
    pub(super) chunks: Vec<ChunkId>,
    snapshots: BTreeSet<SnapshotId>,
    /// Hashes of the paths that were counted: a path counts once, however many snapshots have it.
    counted: HashSet<u64>,
}

/// Pack, offset, and the chunk if the finding is about one alone.
type Place = (Option<PackId>, Option<u64>, Option<ChunkId>);

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Damage {
    found: Vec<PackDamage>,
    places: HashSet<Place>,
    by_chunk: HashMap<ChunkId, Vec<usize>>,
    /// Chunks that reading does not get: every copy is damaged.
    lost: HashSet<ChunkId>,
}

impl Damage {
    /// Adds a finding in a pack, unless it is known. True if it was not.
    pub(super) fn add(&mut self, finding: Finding, chunks: Vec<ChunkId>) -> bool {
        if !self.places.insert((finding.pack, finding.offset, finding.chunk)) {
            return false;
        }
        for chunk in &chunks {
            self.by_chunk.entry(*chunk).or_default().push(self.found.len());
        }
        let (snapshots, counted) = (BTreeSet::new(), HashSet::new());
        self.found.push(PackDamage { finding, chunks, snapshots, counted });
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Number of findings.
    pub(super) fn count(&self) -> u64 {
        self.found.len() as u64
    }

    /// Damaged chunks and the packs in which they are damaged, in order.
    pub(super) fn chunks(&self) -> BTreeMap<ChunkId, Vec<PackId>> {
        let pack = |at: &usize| self.found.get(*at)?.finding.pack;
        let packs = |at: &Vec<usize>| at.iter().filter_map(pack).collect();
        self.by_chunk.iter().map(|(chunk, at)| (*chunk, packs(at))).collect()
    }

    /// Says which of the damaged chunks reading does not get.
    pub(super) fn set_lost(&mut self, lost: HashSet<ChunkId>) {
        self.lost = lost;
    }

    /// The first pack in which a chunk is damaged, if reading does not get it.
    pub(super) fn lost_in(&self, chunk: &ChunkId) -> Option<PackId> {
        let first = self.by_chunk.get(chunk).filter(|_| self.lost.contains(chunk))?.first()?;
        self.found.get(*first)?.finding.pack
    }

    /// Notes that a snapshot needs a chunk, for the file at `path` or for its tree.
    pub(super) fn name(&mut self, chunk: &ChunkId, snapshot: SnapshotId, path: Option<&[u8]>) {
        for at in self.by_chunk.get(chunk).into_iter().flatten() {
            let Some(damage) = self.found.get_mut(*at) else { continue };
            let finding = &mut damage.finding;
            damage.snapshots.insert(snapshot);
            let Some(path) = path else { continue };
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            if damage.counted.insert(hasher.finish()) {
                finding.paths_total += 1;
                if finding.paths.len() < FINDING_PATHS_MAX {
                    finding.paths.push(path.to_vec());
                }
            }
        }
    }

    /// Takes out all findings, in the order found.
    pub(super) fn take(&mut self) -> Vec<PackDamage> {
        let mut found = std::mem::take(&mut self.found);
        for damage in &mut found {
            damage.finding.snapshots = damage.snapshots.iter().copied().collect();
        }
        found
    }
}
