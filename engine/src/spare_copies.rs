//! Second copies of chunks, for reading where the copy that the index names cannot be read.
//!
//! Two writers that did not know of each other, a backup that heals, and a repair that was undone
//! leave chunks in more packs than one. The index has one row for each: of two copies either may
//! be the damaged one.

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::Lookup;
use gleaner_store::{PackDirectory, Storage};

use crate::error::Result;
use crate::open_index::{OpenIndex, is_gone_or_damaged, list_packs};

/// Copies that are remembered, 40 bytes each: of more, those in the packs of the largest ids are
/// not found.
const COPIES_MAX: usize = 1 << 20;

/// A chunk, the number of the pack that holds it too, and the slot there.
type Copy = (ChunkId, u32, u32);

/// Where chunks are besides the place that the index names.
#[derive(Debug, Default)]
pub(crate) struct SpareCopies {
    /// In order of the chunks.
    copies: Vec<Copy>,
    /// Packs of which one copy or more is remembered.
    packs: Vec<PackId>,
    /// Packs with their lengths of which it is not known what they hold: storage or index did not
    /// answer.
    unread: Vec<(PackId, u64)>,
}

impl SpareCopies {
    /// Looks through the directories of all packs, condemned ones included.
    ///
    /// Cost: reads all directories that are not in memory, and looks up all their chunks, in an
    /// order in which the index finds them fast. An index that left packs out takes them in.
    ///
    /// # Errors
    /// The storage's, if packs cannot be listed.
    pub(crate) fn find(index: &OpenIndex, storage: &dyn Storage) -> Result<Self> {
        let mut found = Self { unread: list_packs(storage)?, ..Self::default() };
        found.look_again(index);
        Ok(found)
    }

    /// Whether all packs were looked through: damaged and deleted ones hold nothing.
    pub(crate) const fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// Looks through the packs that could not be read.
    pub(crate) fn look_again(&mut self, index: &OpenIndex) {
        let packs = std::mem::take(&mut self.unread);
        index.with_directories(&packs, |directories| {
            for (pack, directory) in packs.iter().zip(directories) {
                let is_known = match directory {
                    Ok(directory) => self.add(index, &directory),
                    Err(error) => is_gone_or_damaged(error.kind()),
                };
                if !is_known {
                    self.unread.push(*pack);
                }
            }
        });
        self.copies.sort_unstable();
    }

    /// Adds what the index knows to be in another pack; false if it did not answer for all. Of
    /// chunks that no live pack holds other copies are not known.
    fn add(&mut self, index: &OpenIndex, directory: &PackDirectory) -> bool {
        let pack = directory.id();
        let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
        let answers = index.locate(&ids);
        let number = u32::try_from(self.packs.len()).unwrap_or(u32::MAX);
        let before = self.copies.len();
        let mut is_answered = true;
        for ((slot, id), answer) in (0..).zip(ids).zip(answers) {
            let named = match answer {
                Lookup::Stored(location) => Some(location.pack),
                // It is the directory of that pack that fails.
                Lookup::Failed { pack: Some(pack), .. } => Some(pack),
                Lookup::Failed { kind, pack: None } => {
                    is_answered &= is_gone_or_damaged(kind);
                    None
                }
                Lookup::Novel => None,
            };
            if named.is_some_and(|named| named != pack) && self.copies.len() < COPIES_MAX {
                self.copies.push((id, number, slot));
            }
        }
        if !is_answered {
            // It is looked through once more.
            self.copies.truncate(before);
        } else if self.copies.len() > before {
            self.packs.push(pack);
        }
        is_answered
    }

    /// Packs and slots of a chunk besides the one that the index names.
    pub(crate) fn of(&self, chunk: &ChunkId) -> impl Iterator<Item = (PackId, u32)> {
        let first = self.copies.partition_point(|(id, ..)| id < chunk);
        let rest = self.copies.get(first..).unwrap_or_default();
        let copies = rest.iter().take_while(move |(id, ..)| id == chunk);
        copies.filter_map(|(_, number, slot)| Some((*self.packs.get(*number as usize)?, *slot)))
    }
}
