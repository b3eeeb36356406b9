//! A set of chunks in 3 bytes each instead of 50.
//!
//! It never says "not there" of a chunk that was inserted. Of others it says "there" for less than
//! one in 30,000.

use gleaner_chunker::ChunkId;
use gleaner_index::IdFilter;
use gleaner_store::ChunkRef;

/// Bytes of an id by which one filter knows it.
const KEY_BYTES: usize = 16;
/// Chunks that were inserted, and a few that were not.
///
/// A filter for each half of the ids: what one says wrongly of a chunk, the other says of one in
/// 240 such chunks. One of twice the size would be wrong five times as often.
pub(crate) struct ChunkFilter([IdFilter; 2]);

impl ChunkFilter {
    /// A filter for so many chunks, about.
    pub(crate) fn for_keys(expected: u64) -> Self {
        Self([IdFilter::for_keys(expected), IdFilter::for_keys(expected)])
    }

    pub(crate) fn insert_batch(&mut self, ids: &[ChunkId]) {
        for (half, filter) in self.0.iter_mut().enumerate() {
            let keys: Vec<_> = ids.iter().map(|id| key(id, half)).collect();
            filter.insert_batch(&keys);
        }
    }

    /// Returns whether the id was possibly there.
    pub(crate) fn insert(&mut self, id: &ChunkId) -> bool {
        let [first, second] = &mut self.0;
        let (first, second) = (first.insert(&key(id, 0)), second.insert(&key(id, 1)));
        first && second
    }

    /// For each chunk, whether it was possibly inserted.
    pub(crate) fn may_hold_batch(&self, chunks: &[ChunkRef]) -> Vec<bool> {
        let mut held = vec![true; chunks.len()];
        let mut answers = vec![false; chunks.len()];
        for (half, filter) in self.0.iter().enumerate() {
            let keys: Vec<_> = chunks.iter().map(|chunk| key(&chunk.id, half)).collect();
            filter.may_hold_batch(&keys, &mut answers);
            held.iter_mut().zip(&answers).for_each(|(held, answer)| *held &= *answer);
        }
        held
    }
}

fn key(id: &ChunkId, half: usize) -> [u8; KEY_BYTES] {
    let (halves, _) = id.as_bytes().as_chunks();
    *halves.get(half).expect("an id has 32 bytes")
}
