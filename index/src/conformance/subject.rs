//! An index under test, and the chunks and packs that the claims use.

use gleaner_chunker::{ChunkId, PackId};

use super::seeded::Seeded;
use crate::chunk_index::{ChunkIndex, Location, Lookup};
use crate::pack_facts::{PackFacts, PackKind, PackState};

/// An index under test.
pub trait Subject: ChunkIndex + Sized {
    /// Closes and opens the index again; the identity where nothing outlives the process.
    #[must_use]
    fn reopen(self) -> Self;
}

/// The id that the other functions use for a number; ids of different numbers differ early and
/// late, and are in no particular order.
#[must_use]
pub fn chunk(number: u64) -> ChunkId {
    ChunkId::from_bytes(Seeded::new(number).bytes())
}

/// The pack id that the other functions use for a number.
#[must_use]
pub fn pack(number: u64) -> PackId {
    PackId::from_bytes(Seeded::new(!number).bytes())
}

/// Facts of a live data pack with that many chunks.
#[must_use]
pub fn live(number: u64, ids: &[ChunkId]) -> PackFacts {
    PackFacts {
        pack: pack(number),
        kind: PackKind::Data,
        state: PackState::Live,
        chunk_count: u32::try_from(ids.len()).expect("test packs are small"),
        sealed_bytes: 1000 + number,
    }
}

/// Inserts a live pack.
pub fn insert(index: &impl ChunkIndex, number: u64, ids: &[ChunkId]) {
    index.insert_pack(live(number, ids), ids).expect("insert");
}

/// Answer "in pack `number` at `slot`".
pub fn stored(number: u64, slot: u32) -> Lookup {
    Lookup::Stored(Location { pack: pack(number), slot })
}
