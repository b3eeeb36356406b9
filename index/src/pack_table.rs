//! All packs of an index in memory: what turns a row into an answer.

use std::collections::{BTreeMap, HashMap};

use gleaner_chunker::PackId;

use crate::chunk_index::{IndexStats, Location};
use crate::error::{Error, Result};
use crate::pack_facts::{PACK_CHUNKS_MAX, PackFacts, PackState};
use crate::row::{Ordinal, Row};

/// Packs by ordinal and by id. About 150 bytes a pack.
#[derive(Debug, Default)]
pub(crate) struct PackTable {
    facts: HashMap<Ordinal, PackFacts>,
    ordinals: HashMap<PackId, Ordinal>,
    /// Ordinals given out so far, `0..`; those of removed packs are not given out again.
    ordinals_given: u64,
}

/// A pack that may be inserted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted {
    pub(crate) ordinal: Ordinal,
    /// Not in the table yet.
    pub(crate) new: bool,
    /// Whether its rows take over those of packs that are not live.
    pub(crate) live: bool,
}

/// What a row is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowState {
    /// Its pack is live.
    Live(Location),
    /// Its pack is condemned or trash.
    Idle,
    /// Its pack is not known (any more).
    Dangling,
}

impl PackTable {
    /// The table of an index that has given out that many ordinals.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn new(ordinals_given: u64, rows: Vec<(Ordinal, PackFacts)>) -> Self {
        let mut table = Self { ordinals_given, ..Self::default() };
        for (ordinal, facts) in rows {
            table.insert(ordinal, facts);
        }
        table
    }

    /// Checks a pack against the limits and against what is known of it.
    pub(crate) fn admit(&self, facts: &PackFacts, ids_listed: usize) -> Result<Admitted> {
        let pack = facts.pack;
        if facts.chunk_count > PACK_CHUNKS_MAX {
            let found = facts.chunk_count;
            return Err(Error::TooManyChunks { pack, found, max: PACK_CHUNKS_MAX });
        }
        if u32::try_from(ids_listed) != Ok(facts.chunk_count) {
            let expected = facts.chunk_count;
            return Err(Error::ChunkCount { pack, expected, found: ids_listed });
        }
        match self.get(&pack) {
            Some((ordinal, known)) if known.same_file(facts) => {
                Ok(Admitted { ordinal, new: false, live: known.state == PackState::Live })
            }
            Some(_) => Err(Error::PackDiffers { pack }),
            None => {
                let ordinal = Ordinal::new(self.ordinals_given).ok_or(Error::OrdinalsExhausted)?;
                Ok(Admitted { ordinal, new: true, live: facts.state == PackState::Live })
            }
        }
    }

    pub(crate) fn insert(&mut self, ordinal: Ordinal, facts: PackFacts) {
        self.facts.insert(ordinal, facts);
        self.ordinals.insert(facts.pack, ordinal);
        self.ordinals_given = self.ordinals_given.max(ordinal.number() + 1);
        assert_eq!(self.facts.len(), self.ordinals.len(), "a pack has one ordinal");
    }

    pub(crate) fn remove(&mut self, pack: &PackId) {
        if let Some(ordinal) = self.ordinals.remove(pack) {
            self.facts.remove(&ordinal);
        }
    }

    pub(crate) fn get(&self, pack: &PackId) -> Option<(Ordinal, &PackFacts)> {
        let ordinal = *self.ordinals.get(pack)?;
        self.facts.get(&ordinal).map(|facts| (ordinal, facts))
    }

    /// Facts with their new state, one entry for each pack named; its last state counts.
    pub(crate) fn with_states(
        &self,
        states: &[(PackId, PackState)],
    ) -> Result<BTreeMap<Ordinal, PackFacts>> {
        let with_state = |&(pack, state): &(PackId, PackState)| {
            let (ordinal, facts) = self.get(&pack).ok_or(Error::UnknownPack { pack })?;
            Ok((ordinal, PackFacts { state, ..*facts }))
        };
        states.iter().map(with_state).collect()
    }

    pub(crate) fn facts(&self, ordinal: Ordinal) -> Option<&PackFacts> {
        self.facts.get(&ordinal)
    }

    pub(crate) fn row_state(&self, row: Row) -> RowState {
        match self.facts(row.ordinal()) {
            None => RowState::Dangling,
            Some(facts) if facts.state == PackState::Live => {
                RowState::Live(Location { pack: facts.pack, slot: row.slot() })
            }
            Some(_) => RowState::Idle,
        }
    }

    #[cfg(feature = "rocksdb")]
    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Packs with that ordinal and later ones.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn since(&self, ordinal: u64) -> impl Iterator<Item = &PackFacts> {
        let is_since = move |(at, _): &(&Ordinal, &PackFacts)| at.number() >= ordinal;
        self.facts.iter().filter(is_since).map(|(_, facts)| facts)
    }

    pub(crate) fn sorted(&self) -> Vec<PackFacts> {
        let mut packs: Vec<_> = self.facts.values().copied().collect();
        packs.sort_unstable_by_key(|facts| facts.pack);
        packs
    }

    /// The part of the statistics that packs make up.
    pub(crate) fn stats(&self) -> IndexStats {
        let mut stats = IndexStats::default();
        for facts in self.facts.values() {
            match facts.state {
                PackState::Live => stats.packs_live += 1,
                PackState::Condemned | PackState::Trash => stats.packs_other += 1,
            }
            stats.chunks_listed += u64::from(facts.chunk_count);
        }
        let entry_bytes = size_of::<(Ordinal, PackFacts)>() + size_of::<(PackId, Ordinal)>() + 2;
        stats.memory.packs_bytes = (self.facts.capacity() * entry_bytes) as u64;
        stats
    }
}

impl Admitted {
    /// Whether the inserted pack's row takes the place of a row of that state.
    pub(crate) fn takes_over(&self, present: RowState) -> bool {
        match present {
            RowState::Live(_) => false,
            RowState::Idle => self.live,
            RowState::Dangling => true,
        }
    }
}

#[cfg(test)]
mod tests {
    //! Goal: ordinals are never given out twice while rows may still name them. A second use would
    //! turn rows of a removed pack into wrong locations.

    use gleaner_chunker::PackId;

    use super::{Admitted, PackTable, RowState};
    use crate::error::Error;
    use crate::pack_facts::{PackFacts, PackKind, PackState};
    use crate::row::{Ordinal, Row};

    fn facts(name: u8) -> PackFacts {
        PackFacts {
            pack: PackId::from_bytes([name; 32]),
            kind: PackKind::Data,
            state: PackState::Live,
            chunk_count: 1,
            sealed_bytes: 100,
        }
    }

    #[test]
    fn ordinal_of_a_removed_pack_is_not_used_again() {
        let mut table = PackTable::default();
        let Admitted { ordinal, .. } = table.admit(&facts(1), 1).unwrap();
        table.insert(ordinal, facts(1));
        table.remove(&facts(1).pack);
        assert_eq!(table.row_state(Row::new(ordinal, 0)), RowState::Dangling);
        assert_ne!(table.admit(&facts(2), 1).unwrap().ordinal, ordinal);
    }

    #[test]
    fn last_ordinal_is_used_and_the_next_refused() {
        let mut table = PackTable::default();
        table.insert(Ordinal::new((1 << 40) - 2).unwrap(), facts(1));
        let Admitted { ordinal, .. } = table.admit(&facts(2), 1).unwrap();
        assert_eq!(ordinal.number(), (1 << 40) - 1);
        table.insert(ordinal, facts(2));
        assert!(matches!(table.admit(&facts(3), 1), Err(Error::OrdinalsExhausted)));
        assert!(table.admit(&facts(2), 1).is_ok(), "a known pack needs no ordinal");
    }
}
