//! Values of the families, little-endian.
//!
//! ```text
//! chunk  id[..16] or id     ordinal u40, slot u24
//! pack   'O' ordinal u40 BE pack id 32, kind u8, state u8, chunk count u32, sealed bytes u64
//! pack   'N' pack id        ordinal u40
//! meta   format_version     u32
//! meta   repository_id      32 bytes
//! meta   watermark          ordinals given u64, sum u64
//! meta   lookups            eight counts u64 (`counters.rs`)
//! ```

use gleaner_chunker::PackId;

use crate::pack_facts::{PackFacts, PackKind, PackState};
use crate::row::Ordinal;

pub(super) fn write_ordinal(ordinal: Ordinal) -> [u8; 5] {
    let mut bytes = [0; 5];
    bytes.copy_from_slice(&ordinal.number().to_le_bytes()[..5]);
    bytes
}

pub(super) fn read_ordinal(bytes: &[u8]) -> Option<Ordinal> {
    let low: &[u8; 5] = bytes.try_into().ok()?;
    let mut number = [0; 8];
    number[..5].copy_from_slice(low);
    Ordinal::new(u64::from_le_bytes(number))
}

const FACTS_BYTES: usize = 46;

// On-disk values, never renumbered.
const KINDS: [(u8, PackKind); 2] = [(1, PackKind::Data), (2, PackKind::Tree)];
const STATES: [(u8, PackState); 3] =
    [(1, PackState::Live), (2, PackState::Condemned), (3, PackState::Trash)];

pub(super) fn write_facts(facts: &PackFacts) -> Vec<u8> {
    let kind = match facts.kind {
        PackKind::Data => 1,
        PackKind::Tree => 2,
    };
    let state = match facts.state {
        PackState::Live => 1,
        PackState::Condemned => 2,
        PackState::Trash => 3,
    };
    let mut bytes = Vec::with_capacity(FACTS_BYTES);
    bytes.extend(facts.pack.as_bytes());
    bytes.extend([kind, state]);
    bytes.extend(facts.chunk_count.to_le_bytes());
    bytes.extend(facts.sealed_bytes.to_le_bytes());
    assert_eq!(bytes.len(), FACTS_BYTES, "facts have a fixed width");
    bytes
}

pub(super) fn read_facts(bytes: &[u8]) -> Option<PackFacts> {
    let (pack, rest) = bytes.split_first_chunk::<32>()?;
    let (&[kind, state], rest) = rest.split_first_chunk::<2>()?;
    let (chunk_count, sealed_bytes) = rest.split_first_chunk::<4>()?;
    Some(PackFacts {
        pack: PackId::from_bytes(*pack),
        kind: KINDS.iter().find(|(code, _)| *code == kind)?.1,
        state: STATES.iter().find(|(code, _)| *code == state)?.1,
        chunk_count: u32::from_le_bytes(*chunk_count),
        sealed_bytes: u64::from_le_bytes(sealed_bytes.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    //! Goal: values come back as written, and other lengths and codes are refused, not guessed.

    use gleaner_chunker::PackId;

    use super::{KINDS, STATES, read_facts, read_ordinal, write_facts, write_ordinal};
    use crate::pack_facts::PackFacts;
    use crate::row::Ordinal;

    fn pack() -> PackId {
        PackId::from_bytes(std::array::from_fn(|at| u8::try_from(at).unwrap()))
    }

    #[test]
    fn facts_round_trip_and_other_bytes_are_refused() {
        for (_, kind) in KINDS {
            for (_, state) in STATES {
                let facts =
                    PackFacts { pack: pack(), kind, state, chunk_count: 3, sealed_bytes: u64::MAX };
                let bytes = write_facts(&facts);
                assert_eq!(read_facts(&bytes), Some(facts));
                assert_eq!(read_facts(&bytes[..45]), None);
                assert_eq!(read_facts(&[&bytes[..], &[0]].concat()), None);
                for offset in [32, 33] {
                    let mut changed = bytes.clone();
                    changed[offset] = 0;
                    assert_eq!(read_facts(&changed), None);
                }
            }
        }
    }

    #[test]
    fn ordinal_value_has_five_bytes() {
        let ordinal = Ordinal::new((1 << 40) - 1).unwrap();
        assert_eq!(read_ordinal(&write_ordinal(ordinal)), Some(ordinal));
        assert_eq!(read_ordinal(&[0; 4]), None);
        assert_eq!(read_ordinal(&[0; 6]), None);
    }
}
