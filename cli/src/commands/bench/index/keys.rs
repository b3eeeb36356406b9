//! Made-up chunk ids. A pack's come from its number, so that directories are made again when they
//! are asked for, and no id that counts as novel is ever stored.

use blake3::{Hasher, OutputReader};
use gleaner_chunker::{ChunkId, ErrorKind, PackId};
use gleaner_index::{Directories, PackFacts, PackKind, PackState};

/// Chunks of a pack: 64 MiB of chunks of 64 KiB.
pub(super) const PACK_CHUNKS: u64 = 1024;

const PACK_BYTES: u64 = 64 << 20;
const ID_BYTES: u64 = 32;

/// The ids of one seed, grouped into packs; all but the last of them full.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    seed: u64,
    count: u64,
}

/// Two streams of ids, disjoint as outputs of BLAKE3 are.
#[derive(Debug, Clone, Copy)]
enum Origin {
    Stored = 0,
    Novel = 1,
}

impl Keys {
    pub(super) const fn new(seed: u64, count: u64) -> Self {
        Self { seed, count }
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Packs that hold all keys. Packs of higher numbers exist too, and are full.
    pub(super) const fn packs(&self) -> u64 {
        self.count.div_ceil(PACK_CHUNKS)
    }

    fn pack_chunks(&self, pack: u64) -> u64 {
        if pack < self.packs() {
            PACK_CHUNKS.min(self.count - pack * PACK_CHUNKS)
        } else {
            PACK_CHUNKS
        }
    }

    pub(super) fn facts(&self, pack: u64) -> PackFacts {
        let mut id = [0; 32];
        let (number, _) = id.split_at_mut(8);
        number.copy_from_slice(&pack.to_le_bytes());
        PackFacts {
            pack: PackId::from_bytes(id),
            kind: PackKind::Data,
            state: PackState::Live,
            chunk_count: u32::try_from(self.pack_chunks(pack)).unwrap_or(u32::MAX),
            sealed_bytes: PACK_BYTES,
        }
    }

    /// The directory of a pack.
    pub(super) fn stored(&self, pack: u64) -> Vec<ChunkId> {
        self.ids(Origin::Stored, pack, self.pack_chunks(pack))
    }

    /// As many ids as a pack has, none of which any pack has.
    pub(super) fn novel(&self, number: u64) -> Vec<ChunkId> {
        self.ids(Origin::Novel, number, PACK_CHUNKS)
    }

    /// The stored key of that number, counted through all packs.
    pub(super) fn key(&self, number: u64) -> ChunkId {
        let mut output = self.output(Origin::Stored, number / PACK_CHUNKS);
        output.set_position(number % PACK_CHUNKS * ID_BYTES);
        let mut id = [0; 32];
        output.fill(&mut id);
        ChunkId::from_bytes(id)
    }

    fn ids(&self, origin: Origin, number: u64, count: u64) -> Vec<ChunkId> {
        let mut bytes = vec![0; usize::try_from(count * ID_BYTES).unwrap_or_default()];
        self.output(origin, number).fill(&mut bytes);
        let (ids, _) = bytes.as_chunks::<32>();
        ids.iter().map(|id| ChunkId::from_bytes(*id)).collect()
    }

    fn output(&self, origin: Origin, number: u64) -> OutputReader {
        let mut hasher = Hasher::new();
        hasher.update(&[origin as u8]);
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&number.to_le_bytes());
        hasher.finalize_xof()
    }
}

impl Directories for Keys {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        let (numbers, _) = facts.pack.as_bytes().as_chunks::<8>();
        let number = numbers.first().ok_or(ErrorKind::Bug)?;
        Ok(self.stored(u64::from_le_bytes(*number)))
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the index meets the same ids whichever way they are made. Lost if this fails: hits
    //! that are measured as misses.

    use std::collections::HashSet;

    use gleaner_index::Directories as _;

    use super::Keys;

    #[test]
    fn ids_are_the_same_by_pack_by_number_and_by_directory() {
        let keys = Keys::new(7, 2500);
        assert_eq!(keys.packs(), 3);
        let packs: Vec<_> = (0..4).map(|pack| keys.stored(pack)).collect();
        assert_eq!(packs.iter().map(Vec::len).collect::<Vec<_>>(), [1024, 1024, 452, 1024]);
        for (number, id) in (0..).zip(packs[..3].concat()) {
            assert_eq!(keys.key(number), id);
        }
        for (pack, ids) in (0..).zip(&packs) {
            assert_eq!(keys.chunk_ids(&keys.facts(pack)).as_ref(), Ok(ids));
        }
        let mut all: HashSet<_> = packs.concat().into_iter().collect();
        all.extend(keys.novel(0));
        all.extend(Keys::new(8, 2500).stored(0));
        assert_eq!(all.len(), 1024 * 5 + 452, "seeds and novel ids are disjoint");
    }
}
