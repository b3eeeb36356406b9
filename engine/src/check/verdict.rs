//! The end of a check: what damage costs, and what all of it comes to.

use std::collections::HashSet;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::layout;

use super::Check;
use super::condemned::read_condemned_packs;
use super::damage::PackDamage;
use super::finding::{Finding, FindingCode};
use super::pack_table::Condemned;
use super::stats::{CheckStats, WantedChunk, WantedState};
use crate::error::Result;

impl Check<'_> {
    /// Finds out which damaged chunks reading does not get: those without a copy that is not known
    /// to be damaged. Readers try all copies (`spare_copies.rs`).
    pub(super) fn lose_damaged(&mut self) {
        let damaged = self.damage.chunks();
        let is_lost = |(chunk, packs): &(ChunkId, Vec<PackId>)| {
            self.packs.holders(chunk).all(|pack| packs.contains(&pack))
        };
        let lost = damaged.into_iter().filter(is_lost).map(|(chunk, _)| chunk).collect();
        self.damage.set_lost(lost);
    }

    /// Reports packs that are going to be deleted and that snapshots need.
    pub(super) fn condemned_but_needed(&mut self) -> Result<()> {
        if self.needed_condemned.is_empty() {
            return Ok(());
        }
        // A rescue or a copy may have come since.
        let condemned = read_condemned_packs(self.repository.storage())?;
        self.catch_up()?;
        for (pack, snapshots) in std::mem::take(&mut self.needed_condemned) {
            let is_there = self.packs.row(&pack).is_some_and(|row| !row.is_gone);
            if is_there && condemned.get(&pack) == Some(&Condemned::Drained) {
                let code = FindingCode::L703;
                let finding = Finding::of(code, &layout::pack(&pack), code.what());
                let snapshots = snapshots.into_iter().collect();
                self.report(&Finding { pack: Some(pack), snapshots, ..finding });
            }
        }
        Ok(())
    }

    /// Reports damage inside of packs, and adds all up.
    pub(super) fn verdict(mut self) -> CheckStats {
        let damaged = self.damage.chunks();
        self.stats.chunks_missing = self.missing.len() as u64;
        self.stats.chunks_damaged = damaged.len() as u64;
        let is_damaged_in = |chunk: &ChunkId, pack: &PackId| {
            damaged.get(chunk).is_some_and(|packs| packs.contains(pack))
        };
        // Not what earlier lists say: an epoch may have been cancelled since.
        let condemned = read_condemned_packs(self.repository.storage()).unwrap_or_default();
        for PackDamage { finding, chunks, .. } in self.damage.take() {
            let has_other = |chunk: &ChunkId| {
                self.packs.holders(chunk).any(|pack| !is_damaged_in(chunk, &pack))
            };
            let is_healable = !chunks.is_empty() && chunks.iter().all(has_other);
            let is_needed = !finding.snapshots.is_empty();
            let is_condemned = finding.pack.is_some_and(|pack| condemned.contains_key(&pack));
            let finding = if is_healable { finding.healable() } else { finding };
            // A session may take a chunk of any other pack for stored.
            let is_harmless = is_condemned && !is_needed;
            // Counted when it was found.
            self.report_counted(&if is_harmless { finding.harmless() } else { finding });
        }
        let missing = self.missing.iter().map(|id| (*id, WantedState::Missing));
        let damaged = damaged
            .iter()
            .flat_map(|(id, packs)| packs.iter().map(|pack| (*id, WantedState::Damaged(*pack))));
        let wanted: HashSet<WantedChunk> =
            missing.chain(damaged).map(|(id, state)| WantedChunk { id, state }).collect();
        self.stats.wanted = wanted.into_iter().collect();
        self.stats.wanted.sort_unstable();
        self.stats.suggest_prune = self.has_needless_packs();
        self.stats.oldest_verified_ns = self.oldest_verified_ns();
        self.stats.snapshots_damaged = self.snapshots_damaged.iter().copied().collect();
        self.stats.snapshots_damaged.sort_unstable();
        self.stats.broken_packs.sort_unstable();
        self.stats.broken_packs.dedup();
        self.stats
    }

    /// Whether a pack of a session that is over has nothing that a snapshot needs; only if all
    /// snapshots were looked at and none is damaged.
    fn has_needless_packs(&self) -> bool {
        let knows_all = self.options.snapshots.is_empty()
            && self.stats.stopped_at.is_none()
            && self.snapshots_damaged.is_empty();
        knows_all
            && self.packs.rows().any(|row| {
                let is_over = row.session.is_some_and(|session| !self.sessions.contains(&session));
                let is_live = !row.is_gone && row.condemned == Condemned::No;
                is_over && is_live && !row.is_needed
            })
    }

    fn oldest_verified_ns(&self) -> Option<i64> {
        let rows = self.packs.rows().filter(|row| !row.is_gone);
        let times = rows.map(|row| row.read.and_then(|(time, is_sound)| is_sound.then_some(time)));
        times.collect::<Option<Vec<i64>>>()?.into_iter().min()
    }
}
