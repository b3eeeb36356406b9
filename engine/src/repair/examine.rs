//! Which packs are damaged, and which chunks are nowhere.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::Epoch;

use super::PackRepair;
use crate::check::{
    CheckOptions, FindingCode, StopReason, WantedChunk, WantedState, check, is_sound_pack,
};
use crate::condemned::{CondemnedEpoch, read_epochs};
use crate::error::{Error, Result};
use crate::open_index::list_packs;
use crate::parity::{list_pairs, orphans};

/// What is to be healed.
#[derive(Debug, Default)]
pub(super) struct Damage {
    /// Damaged packs with their lengths.
    pub(super) packs: BTreeMap<PackId, u64>,
    /// Packs that are gone, and whose sidecars are there, if chunks are missing.
    pub(super) gone: Vec<PackId>,
    /// Chunks that snapshots need and no pack lists.
    pub(super) missing: BTreeSet<ChunkId>,
    /// Damaged packs that a prune is about to delete.
    pub(super) condemned: Vec<PackId>,
    /// The time was up before all was looked at.
    pub(super) is_unfinished: bool,
}

impl PackRepair<'_> {
    /// Looks at what the options name, each pack twice before it is called damaged.
    pub(super) fn examine(&self) -> Result<Damage> {
        let mut damage = Damage::default();
        let named = match &self.options.wanted {
            Some(wanted) => self.still_damaged(wanted, &mut damage)?,
            None => self.checked(&mut damage)?,
        };
        let condemned: HashSet<PackId> = read_epochs(self.repository.storage(), Epoch(u64::MAX))?
            .values()
            .filter(|said| !said.is_gone)
            .flat_map(CondemnedEpoch::packs)
            .collect();
        for (pack, bytes) in list_packs(self.repository.storage())? {
            if !named.contains(&pack) {
                continue;
            }
            if condemned.contains(&pack) {
                damage.condemned.push(pack);
            } else {
                damage.packs.insert(pack, bytes);
            }
        }
        if self.options.parity && !damage.missing.is_empty() {
            let storage = self.repository.storage();
            let orphans = orphans(storage, &list_pairs(storage)?)?;
            damage.gone = orphans.into_iter().map(|(pack, _)| pack).collect();
        }
        Ok(damage)
    }

    /// Checks everything.
    fn checked(&self, damage: &mut Damage) -> Result<HashSet<PackId>> {
        let mut named = HashSet::new();
        let max_duration = self.options.max_duration;
        let options = CheckOptions { max_duration, ..CheckOptions::read_data() };
        let stats = check(self.repository, &options, self.run, &mut |finding| {
            if is_in_a_pack(finding.code) {
                named.extend(finding.pack);
            }
        })?;
        if stats.stopped_at == Some(StopReason::Cancelled) {
            return Err(Error::Cancelled);
        }
        damage.is_unfinished = stats.stopped_at.is_some();
        damage.missing = stats.wanted.iter().filter(|c| is_missing(c)).map(|c| c.id).collect();
        Ok(named)
    }

    /// Of the packs that are named those that are damaged now, and of the missing chunks those
    /// that are missing now.
    fn still_damaged(
        &self,
        wanted: &[WantedChunk],
        damage: &mut Damage,
    ) -> Result<HashSet<PackId>> {
        let sizes: BTreeMap<PackId, u64> =
            list_packs(self.repository.storage())?.into_iter().collect();
        let mut named = BTreeSet::new();
        for chunk in wanted {
            match chunk.state {
                WantedState::Damaged(pack) => {
                    named.insert(pack);
                }
                WantedState::Missing => {
                    damage.missing.insert(chunk.id);
                }
            }
        }
        let mut damaged = HashSet::new();
        for pack in named {
            self.run.cancel.check()?;
            let Some(bytes) = sizes.get(&pack) else { continue };
            if !is_sound_pack(self.repository, pack, *bytes) {
                damaged.insert(pack);
            }
        }
        // A chunk is missing for want of a pack, or because its pack lost its directory.
        if !damage.missing.is_empty() {
            for (pack, bytes) in &sizes {
                self.run.cancel.check()?;
                let keys = self.repository.keys();
                let storage = self.repository.storage();
                match gleaner_store::read_pack_directory(storage, keys, *pack, *bytes) {
                    Ok(directory) => {
                        for chunk in &directory.chunks {
                            damage.missing.remove(&chunk.id);
                        }
                    }
                    Err(_) if !is_sound_pack(self.repository, *pack, *bytes) => {
                        damaged.insert(*pack);
                    }
                    Err(_) => {}
                }
            }
        }
        Ok(damaged)
    }
}

fn is_missing(chunk: &WantedChunk) -> bool {
    chunk.state == WantedState::Missing
}

/// Whether a finding says that the bytes of a pack are damaged.
const fn is_in_a_pack(code: FindingCode) -> bool {
    use FindingCode as Code;
    matches!(
        code,
        Code::P201
            | Code::P202
            | Code::P203
            | Code::P204
            | Code::P205
            | Code::P206
            | Code::P207
            | Code::P210
    )
}
