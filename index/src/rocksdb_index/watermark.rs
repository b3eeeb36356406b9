//! What all pack rows together must be.
//!
//! RocksDB checks each block and each log record, but a file that lost its end is a shorter file
//! without a fault: a manifest cut at a record can drop the middle of the index's history, between
//! tables that it still names and a WAL that is newer. Then a known pack would lack those of its
//! rows that a dropped pack had first. So every write that changes pack rows also writes one row
//! about them all, and opening compares. A history that only lost its end passes: its watermark is
//! older too.

use crate::pack_facts::PackFacts;
use crate::row::Ordinal;

use super::key::ordinal_key;
use super::value::write_facts;

/// Row `watermark` of family `meta`: two u64, little-endian.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Watermark {
    /// Ordinals given out since the index was built, those of removed packs included.
    pub(super) ordinals_given: u64,
    /// Sum of a hash of each pack row, modulo 2^64: the order of writes does not matter.
    rows_sum: u64,
}

impl Watermark {
    /// The watermark with that row in addition.
    pub(super) fn with(self, ordinal: Ordinal, facts: &PackFacts) -> Self {
        Self {
            ordinals_given: self.ordinals_given.max(ordinal.number() + 1),
            rows_sum: self.rows_sum.wrapping_add(row_hash(ordinal, facts)),
        }
    }

    /// The watermark without that row, which is in it.
    pub(super) fn without(self, ordinal: Ordinal, facts: &PackFacts) -> Self {
        Self { rows_sum: self.rows_sum.wrapping_sub(row_hash(ordinal, facts)), ..self }
    }

    /// Whether these rows are all there should be.
    pub(super) fn covers(self, rows: &[(Ordinal, PackFacts)]) -> bool {
        let none = Self { rows_sum: 0, ..self };
        rows.iter().fold(none, |sum, (ordinal, facts)| sum.with(*ordinal, facts)) == self
    }

    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.ordinals_given.to_le_bytes());
        bytes[8..].copy_from_slice(&self.rows_sum.to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        let [given, sum] = [0, 8].map(|at| {
            let mut word = [0; 8];
            word.iter_mut().zip(bytes.iter().skip(at)).for_each(|(to, from)| *to = *from);
            u64::from_le_bytes(word)
        });
        Self { ordinals_given: given, rows_sum: sum }
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo), over key and value. Against lost rows, not against forgery:
/// whoever can write the index can write any row of it.
fn row_hash(ordinal: Ordinal, facts: &PackFacts) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let (key, value) = (ordinal_key(ordinal), write_facts(facts));
    key.iter().chain(&value).fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    //! Goal: a missing, added or older pack row is seen whatever the order of writes was. If it is
    //! not, a chunk of a known pack can be novel after damage.

    use gleaner_chunker::PackId;

    use super::Watermark;
    use crate::pack_facts::{PackFacts, PackKind, PackState};
    use crate::row::Ordinal;

    fn row(number: u64, state: PackState) -> (Ordinal, PackFacts) {
        let pack = PackId::from_bytes([u8::try_from(number).unwrap(); 32]);
        let facts =
            PackFacts { pack, kind: PackKind::Data, state, chunk_count: 1, sealed_bytes: 2 };
        (Ordinal::new(number).unwrap(), facts)
    }

    #[test]
    fn watermark_covers_its_own_rows_only() {
        let rows = [0, 1, 2].map(|number| row(number, PackState::Live));
        let sum =
            rows.iter().rev().fold(Watermark::default(), |sum, (at, facts)| sum.with(*at, facts));
        assert!(sum.covers(&rows));
        assert!(!sum.covers(&rows[..2]) && !sum.covers(&rows[1..]) && !sum.covers(&[]));
        let older = [rows[0], row(1, PackState::Condemned), rows[2]];
        assert!(!sum.covers(&older));

        let without = sum.without(rows[2].0, &rows[2].1);
        assert!(without.covers(&rows[..2]));
        assert_eq!(without.ordinals_given, 3, "an ordinal is never given out again");
        assert_eq!(Watermark::from_bytes(without.to_bytes()), without);
        assert!(!Watermark::default().covers(&rows));
    }
}
