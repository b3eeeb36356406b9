//! The index beside the packs: whether each answers as the other says.

use std::collections::HashMap;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::{Lookup, PackState};
use gleaner_store::{PackDirectory, layout};

use super::Check;
use super::finding::{Finding, FindingCode};
use crate::environment::IndexPlace;
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::progress::Run;
use crate::repository::Repository;

/// Ids looked up at once.
const LOOKUP_BATCH: usize = 4096;

/// What the index was asked, and what it answered.
pub(super) struct IndexQuestions {
    index: Arc<OpenIndex>,
    states: HashMap<PackId, PackState>,
    /// Packs that the index leaves out on purpose are asked for as if it knew them.
    leaves_out: bool,
    /// Packs with a sound directory that the index does not know.
    unknown: Vec<PackId>,
    /// Chunks of live packs that it does not find.
    absent: u64,
    /// Chunks for which it cannot answer.
    failed: u64,
    /// Other packs that it names, with the number of chunks.
    elsewhere: HashMap<PackId, u64>,
}

impl IndexQuestions {
    /// Brings the index up to the packs that are on storage now.
    pub(super) fn new(
        repository: &Repository,
        index: Arc<OpenIndex>,
        run: &Run<'_>,
    ) -> Result<Self> {
        match index.catch_up(run) {
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            // What it does not know then is a finding.
            Err(error) => tracing::warn!(%error, "the index did not catch up"),
            Ok(_) => {}
        }
        let states = index.known_packs().unwrap_or_default().into_iter().collect();
        let leaves_out = matches!(repository.env.index_place, IndexPlace::Neighbors);
        let (unknown, elsewhere) = (Vec::new(), HashMap::new());
        Ok(Self { index, states, leaves_out, unknown, absent: 0, failed: 0, elsewhere })
    }

    /// Asks for every chunk of a directory.
    pub(super) fn ask(&mut self, directory: &PackDirectory) {
        let pack = directory.id();
        match self.states.get(&pack) {
            Some(PackState::Live) => {}
            None if self.leaves_out => {}
            None => return self.unknown.push(pack),
            // Lookups pass over what is condemned.
            Some(PackState::Condemned | PackState::Trash) => return,
        }
        let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
        for batch in ids.chunks(LOOKUP_BATCH) {
            for answer in self.index.locate(batch) {
                match answer {
                    Lookup::Stored(location) if location.pack == pack => {}
                    Lookup::Stored(location) => {
                        *self.elsewhere.entry(location.pack).or_default() += 1;
                    }
                    Lookup::Novel => self.absent += 1,
                    Lookup::Failed { .. } => self.failed += 1,
                }
            }
        }
    }
}

impl Check<'_> {
    /// The index; a finding if it does not open.
    pub(super) fn open_index(&mut self) -> Result<Option<Arc<OpenIndex>>> {
        match self.repository.index(self.run) {
            Ok(index) => Ok(Some(index)),
            Err(Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => {
                let message = format!("{}: {error}", FindingCode::I303.what());
                self.index_finding(Finding::new(FindingCode::I303, message));
                Ok(None)
            }
        }
    }

    fn index_finding(&mut self, finding: Finding) {
        self.stats.suggest_repair_index = true;
        self.report(&finding.healable());
    }

    /// Reports what the index answered wrongly.
    pub(super) fn index_answered(&mut self, questions: &IndexQuestions) -> Result<()> {
        for pack in &questions.unknown {
            self.index_finding(of_pack(FindingCode::P209, *pack));
        }
        let is_unknown = |check: &Self, pack: &PackId| !check.is_accounted_for(pack);
        if questions.elsewhere.keys().any(|pack| is_unknown(self, pack)) {
            // It may have been stored, or condemned and deleted, while this check ran.
            self.catch_up()?;
        }
        let nowhere = questions.elsewhere.iter().filter(|(pack, _)| is_unknown(self, pack));
        let nowhere: u64 = nowhere.map(|(_, chunks)| chunks).sum();
        for (count, code) in [
            (nowhere, FindingCode::I301),
            (questions.absent, FindingCode::I302),
            (questions.failed, FindingCode::I303),
        ] {
            if count > 0 {
                let message = format!("{} ({count} chunks)", code.what());
                self.index_finding(Finding::new(code, message));
            }
        }
        Ok(())
    }

    /// Whether a pack is there, or was condemned by a prune.
    fn is_accounted_for(&self, pack: &PackId) -> bool {
        let is_there = self.packs.row(pack).is_some_and(|row| !row.is_gone);
        is_there || self.condemned.contains_key(pack)
    }

    /// Reports packs that the index knows and storage does not have: needed ones, if snapshots miss
    /// chunks. Which of the chunks a pack held is not known any more.
    pub(super) fn packs_lost(&mut self) -> Result<()> {
        let Ok(index) = self.repository.index(self.run) else { return Ok(()) };
        let mut lost = index.known_packs().unwrap_or_default();
        lost.retain(|(pack, _)| !self.is_accounted_for(pack));
        if lost.is_empty() {
            return Ok(());
        }
        self.catch_up()?;
        lost.retain(|(pack, _)| !self.is_accounted_for(pack));
        for (pack, state) in lost {
            if !self.missing.is_empty() {
                self.report(&of_pack(FindingCode::P208, pack));
            } else if state == PackState::Live || index.has_vanished(&pack) {
                self.index_finding(of_pack(FindingCode::I304, pack));
            }
        }
        Ok(())
    }
}

fn of_pack(code: FindingCode, pack: PackId) -> Finding {
    Finding { pack: Some(pack), ..Finding::of(code, &layout::pack(&pack), code.what()) }
}
