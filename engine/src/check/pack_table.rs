//! Packs of the repository, and which of them holds a chunk.
//!
//! Memory: 36 bytes and one of administration for each different chunk, in a hash map that doubles
//! as it grows, so 42 to 85 bytes a chunk; the same again for each further copy of a chunk; about
//! 180 bytes a pack.

use std::collections::{HashMap, HashSet};

use gleaner_chunker::{ChunkId, PackId};

/// What condemned lists say of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Condemned {
    /// Nothing.
    #[default]
    No,
    /// On a list without an outcome: its run looks once more at what snapshots need.
    Undecided,
    /// Going to be deleted.
    Drained,
}

/// A pack of the listing.
#[derive(Debug, Clone)]
pub(super) struct PackRow {
    pub(super) id: PackId,
    pub(super) bytes: u64,
    pub(super) condemned: Condemned,
    /// Session that wrote it; `None` while its directory was not read, or cannot be.
    pub(super) session: Option<[u8; 16]>,
    /// Label time of the last reading as a whole, and whether nothing was found.
    pub(super) read: Option<(i64, bool)>,
    /// A snapshot that was looked at needs a chunk of it.
    pub(super) is_needed: bool,
    /// Deleted since the listing.
    pub(super) is_gone: bool,
}

/// Where a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// In no pack with a sound directory.
    None,
    /// In a pack that stays.
    Kept,
    /// Only in a pack that is going to be deleted.
    Condemned(PackId),
}

/// All packs, and the chunks of those whose directory is sound.
#[derive(Debug, Default)]
pub(super) struct PackTable {
    rows: Vec<PackRow>,
    ordinals: HashMap<PackId, u32>,
    chunks: HashMap<ChunkId, u32>,
    /// Further packs that hold a chunk.
    copies: HashMap<ChunkId, Vec<u32>>,
}

impl PackTable {
    pub(super) fn rows(&self) -> impl Iterator<Item = &PackRow> {
        self.rows.iter()
    }

    pub(super) fn row(&self, pack: &PackId) -> Option<&PackRow> {
        self.rows.get(*self.ordinals.get(pack)? as usize)
    }

    pub(super) fn row_mut(&mut self, pack: &PackId) -> Option<&mut PackRow> {
        self.rows.get_mut(*self.ordinals.get(pack)? as usize)
    }

    /// Enters a pack that is not in yet.
    pub(super) fn add(&mut self, row: PackRow) {
        let ordinal = u32::try_from(self.rows.len()).expect("fewer than 2^32 packs are listed");
        self.ordinals.insert(row.id, ordinal);
        self.rows.push(row);
    }

    /// Enters the chunks of a pack that is in. A pack that stays goes before a condemned one.
    pub(super) fn add_chunks(&mut self, pack: &PackId, ids: impl Iterator<Item = ChunkId>) {
        let Some(&ordinal) = self.ordinals.get(pack) else { return };
        let rows = &self.rows;
        let is_kept = |ordinal: u32| {
            rows.get(ordinal as usize).is_some_and(|row| row.condemned == Condemned::No)
        };
        for id in ids {
            let first = *self.chunks.entry(id).or_insert(ordinal);
            if first == ordinal {
                continue;
            }
            let further = if is_kept(ordinal) && !is_kept(first) {
                self.chunks.insert(id, ordinal);
                first
            } else {
                ordinal
            };
            self.copies.entry(id).or_default().push(further);
        }
    }

    /// Where a chunk is.
    pub(super) fn holder(&self, chunk: &ChunkId) -> Holder {
        match self.first_row(chunk) {
            None => Holder::None,
            Some(row) if row.condemned == Condemned::Drained => Holder::Condemned(row.id),
            Some(_) => Holder::Kept,
        }
    }

    fn first_row(&self, chunk: &ChunkId) -> Option<&PackRow> {
        self.rows.get(*self.chunks.get(chunk)? as usize)
    }

    /// Notes that a snapshot needs a chunk.
    pub(super) fn need(&mut self, chunk: &ChunkId) {
        let row = self.chunks.get(chunk).and_then(|ordinal| self.rows.get_mut(*ordinal as usize));
        if let Some(row) = row {
            row.is_needed = true;
        }
    }

    /// All packs that hold a chunk, the first of them first.
    pub(super) fn holders(&self, chunk: &ChunkId) -> impl Iterator<Item = PackId> {
        let copies = self.copies.get(chunk).into_iter().flatten();
        let ordinals = self.chunks.get(chunk).into_iter().chain(copies);
        ordinals.filter_map(|ordinal| Some(self.rows.get(*ordinal as usize)?.id))
    }

    /// Notes that packs were deleted: their chunks are where else they are.
    ///
    /// Cost: all chunks are looked at, if there is such a pack.
    pub(super) fn retire(&mut self, packs: &[PackId]) {
        let mut gone = HashSet::new();
        for pack in packs {
            let Some(&ordinal) = self.ordinals.get(pack) else { continue };
            if let Some(row) = self.rows.get_mut(ordinal as usize).filter(|row| !row.is_gone) {
                row.is_gone = true;
                gone.insert(ordinal);
            }
        }
        if gone.is_empty() {
            return;
        }
        let copies = &mut self.copies;
        for others in copies.values_mut() {
            others.retain(|ordinal| !gone.contains(ordinal));
        }
        self.chunks.retain(|chunk, ordinal| {
            if !gone.contains(ordinal) {
                return true;
            }
            let other = copies.get_mut(chunk).and_then(Vec::pop);
            *ordinal = other.unwrap_or(*ordinal);
            other.is_some()
        });
    }
}

#[cfg(test)]
mod tests {
    use gleaner_chunker::{ChunkId, PackId};

    use super::{Condemned, Holder, PackRow, PackTable};

    fn pack(number: u8) -> PackId {
        PackId::from_bytes([number; 32])
    }

    fn chunk(number: u8) -> ChunkId {
        ChunkId::from_bytes([number; 32])
    }

    fn table(packs: &[(u8, Condemned, &[u8])]) -> PackTable {
        let mut table = PackTable::default();
        for (number, condemned, _) in packs {
            table.add(PackRow {
                id: pack(*number),
                bytes: 1,
                condemned: *condemned,
                session: None,
                read: None,
                is_needed: false,
                is_gone: false,
            });
        }
        for (number, _, chunks) in packs {
            table.add_chunks(&pack(*number), chunks.iter().map(|number| chunk(*number)));
        }
        table
    }

    #[test]
    fn a_pack_that_stays_goes_before_a_condemned_one_in_either_order() {
        let (kept, drained) = (Condemned::No, Condemned::Drained);
        for packs in
            [[(1, kept, &[7][..]), (2, drained, &[7, 8])], [(2, drained, &[7, 8]), (1, kept, &[7])]]
        {
            let table = table(&packs);
            assert_eq!(table.holder(&chunk(7)), Holder::Kept);
            assert_eq!(table.holders(&chunk(7)).collect::<Vec<_>>(), [pack(1), pack(2)]);
            assert_eq!(table.holder(&chunk(8)), Holder::Condemned(pack(2)));
            assert_eq!(table.holder(&chunk(9)), Holder::None);
        }
    }

    #[test]
    fn chunks_of_a_deleted_pack_are_where_else_they_are() {
        let kept = Condemned::No;
        let mut table = table(&[(1, kept, &[7, 8]), (2, kept, &[7]), (3, kept, &[7])]);
        table.retire(&[pack(1), pack(3)]);
        assert_eq!(table.holders(&chunk(7)).collect::<Vec<_>>(), [pack(2)]);
        assert_eq!(table.holder(&chunk(8)), Holder::None);
        table.retire(&[pack(2)]);
        assert_eq!(table.holder(&chunk(7)), Holder::None);
    }

    #[test]
    fn a_chunk_twice_in_one_pack_has_one_holder() {
        let table = table(&[(1, Condemned::No, &[7, 7])]);
        assert_eq!(table.holders(&chunk(7)).count(), 1);
    }
}
