//! A chunk's row in eight bytes: the pack's ordinal and the chunk's slot in it.

use crate::pack_facts::PACK_CHUNKS_MAX;

/// Number of a pack in one index, 40 bits. It never leaves the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ordinal(u64);

impl Ordinal {
    const BITS: u32 = 40;

    /// `None` above 40 bits.
    pub(crate) fn new(number: u64) -> Option<Self> {
        (number >> Self::BITS == 0).then_some(Self(number))
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// Ordinal in the low 40 bits, slot in the high 24: as eight little-endian bytes this is ordinal
/// u40, slot u24 (INDEX section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row(u64);

impl Row {
    pub(crate) fn new(ordinal: Ordinal, slot: u32) -> Self {
        assert!(slot < PACK_CHUNKS_MAX, "slots of an admitted pack are 24 bits wide");
        Self(ordinal.number() | u64::from(slot) << Ordinal::BITS)
    }

    pub(crate) fn ordinal(self) -> Ordinal {
        Ordinal(self.0 & ((1 << Ordinal::BITS) - 1))
    }

    pub(crate) fn slot(self) -> u32 {
        (self.0 >> Ordinal::BITS) as u32
    }

    #[cfg(feature = "rocksdb")]
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    /// `None` for another length.
    #[cfg(feature = "rocksdb")]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_le_bytes(bytes.try_into().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    //! Goal: ordinal and slot come back as they went in, up to their last value. A slot that spills
    //! into the ordinal would name a chunk of another pack.

    use super::{Ordinal, Row};
    use crate::pack_facts::PACK_CHUNKS_MAX;

    const ORDINAL_LAST: u64 = (1 << 40) - 1;

    #[test]
    fn row_keeps_ordinal_and_slot_at_their_limits() {
        for number in [0, 1, ORDINAL_LAST - 1, ORDINAL_LAST] {
            let ordinal = Ordinal::new(number).unwrap();
            for slot in [0, 1, PACK_CHUNKS_MAX - 2, PACK_CHUNKS_MAX - 1] {
                let row = Row::new(ordinal, slot);
                assert_eq!((row.ordinal(), row.slot()), (ordinal, slot));
            }
        }
    }

    #[test]
    #[should_panic(expected = "slots of an admitted pack")]
    fn row_refuses_a_slot_of_25_bits() {
        let _ = Row::new(Ordinal::new(0).unwrap(), PACK_CHUNKS_MAX);
    }

    #[test]
    fn ordinal_ends_at_40_bits() {
        assert_eq!(Ordinal::new(ORDINAL_LAST).map(Ordinal::number), Some(ORDINAL_LAST));
        assert_eq!(Ordinal::new(ORDINAL_LAST + 1), None);
        assert_eq!(Ordinal::new(u64::MAX), None);
    }

    #[cfg(feature = "rocksdb")]
    #[test]
    fn row_bytes_are_ordinal_then_slot() {
        let row = Row::new(Ordinal::new(0x05_0403_0201).unwrap(), 0x08_0706);
        assert_eq!(row.to_bytes(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        assert_eq!(Row::from_bytes(&[0; 7]), None);
        assert_eq!(Row::from_bytes(&[0; 9]), None);
    }
}
