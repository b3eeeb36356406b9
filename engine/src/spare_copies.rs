//! Second copies of chunks, for reading where the copy that the index names cannot be read.
//!
//! Two writers that did not know of each other, a backup that heals, and a repair that was undone
//! leave chunks in more packs than one. The index has one row for each: of two copies either may
//! be the damaged one.

use std::collections::HashMap;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::Lookup;
use gleaner_store::{PackDirectory, Storage};

use crate::error::Result;
use crate::open_index::{OpenIndex, list_packs};

/// Copies that are remembered, 60 to 120 bytes each: of more, those in the packs of the largest ids
/// are not found.
const COPIES_MAX: usize = 1 << 19;

/// Where chunks are besides the place that the index names.
#[derive(Debug, Default)]
pub(crate) struct SpareCopies {
    /// Packs and slots.
    copies: HashMap<ChunkId, Vec<(PackId, u32)>>,
}

impl SpareCopies {
    /// Looks through the directories of all packs, condemned ones included.
    ///
    /// Cost: reads all directories that are not in memory, and looks up all their chunks, in an
    /// order in which the index finds them fast.
    ///
    /// # Errors
    /// The storage's, if packs cannot be listed. Packs whose directories cannot be read have none.
    pub(crate) fn find(index: &OpenIndex, storage: &dyn Storage) -> Result<Self> {
        let packs = list_packs(storage)?;
        let mut found = Self::default();
        let mut remembered = 0;
        index.with_directories(&packs, |directories| {
            for directory in directories.flatten() {
                if remembered < COPIES_MAX {
                    remembered += found.add(index, &directory);
                }
            }
        });
        Ok(found)
    }

    /// Adds all but what the index knows to be in this very pack; returns how many.
    fn add(&mut self, index: &OpenIndex, directory: &PackDirectory) -> usize {
        let pack = directory.id();
        let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
        let mut added = 0;
        for ((slot, id), answer) in (0..).zip(&ids).zip(index.recognise(&ids)) {
            if !matches!(answer, Lookup::Stored(location) if location.pack == pack) {
                self.copies.entry(*id).or_default().push((pack, slot));
                added += 1;
            }
        }
        added
    }

    /// Packs and slots of a chunk besides the one that the index names.
    pub(crate) fn of(&self, chunk: &ChunkId) -> &[(PackId, u32)] {
        self.copies.get(chunk).map_or(&[], Vec::as_slice)
    }
}
