//! The listing of packs and their directories.

use std::iter;

use gleaner_chunker::PackId;
use gleaner_store::{
    Defect, Error as StoreError, Listed, StorageError, layout, read_pack_directory,
};

use super::Check;
use super::condemned::read_condemned_packs;
use super::finding::{Finding, FindingCode};
use super::index::IndexQuestions;
use super::pack_table::{Condemned, PackRow};
use super::parity::parity_of_damaged;
use crate::error::Result;

impl Check<'_> {
    /// Lists the packs, reads their directories, and asks the index for the chunks in them.
    pub(super) fn directories(&mut self) -> Result<()> {
        let index = self.open_index()?;
        self.condemned = read_condemned_packs(self.repository.storage())?;
        let mut packs = self.enter_listed()?;
        // Chunks that are in two packs are looked for in the one that stays.
        packs.sort_unstable_by_key(|id| {
            (self.packs.row(id).map_or(Condemned::No, |row| row.condemned) != Condemned::No, *id)
        });
        let mut questions = match index {
            Some(index) => Some(IndexQuestions::new(self.repository, index, self.run)?),
            None => None,
        };
        for id in packs {
            self.run.cancel.check()?;
            self.directory(id, questions.as_mut());
        }
        questions.map_or(Ok(()), |questions| self.index_answered(&questions))
    }

    /// Lists the packs once more: those that came are entered, those that went are retired.
    ///
    /// Cost: a listing, and the directories of the packs that came.
    pub(super) fn catch_up(&mut self) -> Result<()> {
        self.condemned.extend(read_condemned_packs(self.repository.storage())?);
        let before: Vec<PackId> =
            self.packs.rows().filter(|row| !row.is_gone).map(|row| row.id).collect();
        let came = self.enter_listed()?;
        for id in came {
            self.directory(id, None);
        }
        let is_there = |id: &PackId| self.listed.contains(id);
        let went: Vec<PackId> = before.into_iter().filter(|id| !is_there(id)).collect();
        self.packs.retire(&went);
        Ok(())
    }

    /// Enters the packs of a new listing that are not known yet, and returns them.
    fn enter_listed(&mut self) -> Result<Vec<PackId>> {
        let mut came = Vec::new();
        self.listed.clear();
        self.listed_sidecars.clear();
        for Listed { name, bytes } in self.repository.storage().list(&layout::packs())? {
            if let Some(id) = layout::parse_parity(&name) {
                self.listed_sidecars.insert(id);
                continue;
            }
            let Some(id) = layout::parse_pack(&name) else {
                if self.foreign_packs.insert(name.clone()) {
                    self.foreign(&name);
                }
                continue;
            };
            self.listed.insert(id);
            if self.packs.row(&id).is_some() {
                continue;
            }
            self.stats.packs_total += 1;
            let remembered = self.read_before.binary_search_by_key(&id, |pack| pack.id).ok();
            let remembered = remembered.and_then(|at| self.read_before.get(at));
            self.packs.add(PackRow {
                id,
                bytes,
                condemned: self.condemned.get(&id).copied().unwrap_or_default(),
                session: None,
                read: remembered.map(|pack| (pack.read_ns, pack.was_sound)),
                is_needed: false,
                is_gone: false,
            });
            came.push(id);
        }
        Ok(came)
    }

    fn directory(&mut self, id: PackId, questions: Option<&mut IndexQuestions>) {
        let repository = self.repository;
        let Some(bytes) = self.packs.row(&id).map(|row| row.bytes) else { return };
        let read = || read_pack_directory(repository.storage(), repository.keys(), id, bytes);
        match read().or_else(|_| read()) {
            Ok(directory) => {
                if let Some(row) = self.packs.row_mut(&id) {
                    row.session = Some(directory.header.session);
                }
                self.key_epoch_max = self.key_epoch_max.max(directory.header.key_epoch);
                self.packs.add_chunks(&id, directory.chunks.iter().map(|chunk| chunk.id));
                if let Some(questions) = questions {
                    questions.ask(&directory);
                }
            }
            // Deleted since the listing: whoever needs its chunks says so.
            Err(StoreError::Storage(StorageError::NotFound { .. })) => self.packs.retire(&[id]),
            Err(error) => {
                let is_condemned = self.condemned.contains_key(&id);
                let (parity, source) = parity_of_damaged(repository, id);
                let finding = directory_finding(id, &error);
                let finding = source.into_iter().fold(finding, Finding::healable_by);
                for finding in iter::once(finding).chain(parity) {
                    self.report(&if is_condemned { finding.harmless() } else { finding });
                }
            }
        }
    }
}

/// Finding for a pack whose directory cannot be read.
pub(super) fn directory_finding(id: PackId, error: &StoreError) -> Finding {
    let (code, offset) = match error {
        StoreError::Damaged { defect: Defect::Identity, .. } => (FindingCode::P207, Some(0)),
        StoreError::Damaged { offset: 0, .. } => (FindingCode::P201, Some(0)),
        StoreError::Damaged { offset, defect, .. } => match defect {
            Defect::Seal { .. } | Defect::Checksum { what: "directory" } => {
                (FindingCode::P203, Some(*offset))
            }
            _ => (FindingCode::P202, Some(*offset)),
        },
        StoreError::Storage(StorageError::Short { offset, .. }) => {
            (FindingCode::P202, Some(*offset))
        }
        _ => (FindingCode::P210, None),
    };
    let name = layout::pack(&id);
    Finding { pack: Some(id), offset, ..Finding::of(code, &name, error.to_string()) }
}
