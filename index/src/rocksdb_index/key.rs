//! Keys of the families `chunk` and `pack` (INDEX section 2.3). The only big-endian numbers of the
//! chunk index: keys sort by their bytes.

#![expect(clippy::big_endian_bytes, reason = "ordinals sort as numbers")]

use gleaner_chunker::{ChunkId, PackId};

use crate::row::Ordinal;

/// Bytes of a chunk id in the key of its row. Two ids that share them by chance are not to be
/// expected (1.5e-15 at 10^12 chunks), but a pair made on purpose costs only 2^64 tries: the second
/// of them gets its whole id as key.
pub(super) const PREFIX_BYTES: usize = 16;

/// How much of an id the short key holds: [`PREFIX_BYTES`], or less in tests of what ids that share
/// a key do to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrefixWidth(usize);

impl PrefixWidth {
    pub(crate) const FULL: Self = Self(PREFIX_BYTES);

    #[cfg(test)]
    pub(crate) const CUT: Self = Self(1);

    /// The key of a chunk's row, unless another chunk has it.
    pub(super) fn short_key(self, id: &ChunkId) -> &[u8] {
        id.as_bytes().get(..self.0).unwrap_or_default()
    }

    /// What the filter knows the chunk by: the short key, followed by zeros.
    pub(super) fn filter_key(self, id: &ChunkId) -> [u8; PREFIX_BYTES] {
        filter_key(self.short_key(id))
    }

    /// Of a key of family `chunk`, short or long.
    pub(super) fn filter_key_of(self, key: &[u8]) -> [u8; PREFIX_BYTES] {
        filter_key(key.get(..self.0).unwrap_or(key))
    }
}

fn filter_key(short: &[u8]) -> [u8; PREFIX_BYTES] {
    let mut key = [0; PREFIX_BYTES];
    key.iter_mut().zip(short).for_each(|(to, from)| *to = *from);
    key
}

const NAME: u8 = b'N';
const ORDINAL: u8 = b'O';

/// Key of the row "pack id -> ordinal", the watermark.
pub(super) fn name_key(pack: &PackId) -> [u8; 33] {
    let mut key = [NAME; 33];
    key[1..].copy_from_slice(pack.as_bytes());
    key
}

/// Key of the row "ordinal -> facts".
pub(super) fn ordinal_key(ordinal: Ordinal) -> [u8; 6] {
    let mut key = [ORDINAL; 6];
    key[1..].copy_from_slice(&ordinal.number().to_be_bytes()[3..]);
    key
}

/// A key of family `pack`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PackKey {
    Name(PackId),
    Ordinal(Ordinal),
}

/// `None` for what neither function made.
pub(super) fn read_pack_key(key: &[u8]) -> Option<PackKey> {
    match *key {
        [NAME, ref id @ ..] => Some(PackKey::Name(PackId::from_bytes(id.try_into().ok()?))),
        [ORDINAL, ref low @ ..] if low.len() == 5 => {
            let mut number = [0; 8];
            number[3..].copy_from_slice(low);
            Ordinal::new(u64::from_be_bytes(number)).map(PackKey::Ordinal)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Goal: keys are read as they were written, and nothing else is. A misread key would give a
    //! pack another ordinal, and its chunks wrong locations.

    use gleaner_chunker::PackId;

    use super::{PackKey, name_key, ordinal_key, read_pack_key};
    use crate::row::Ordinal;

    #[test]
    fn pack_keys_round_trip_and_others_are_refused() {
        let pack = PackId::from_bytes([7; 32]);
        assert_eq!(read_pack_key(&name_key(&pack)), Some(PackKey::Name(pack)));
        for number in [0, 1, 255, 256, (1 << 40) - 1] {
            let ordinal = Ordinal::new(number).unwrap();
            assert_eq!(read_pack_key(&ordinal_key(ordinal)), Some(PackKey::Ordinal(ordinal)));
        }
        let long = [&name_key(&pack)[..], &[0]].concat();
        for other in [&b""[..], b"N", b"O", b"O12345678", &name_key(&pack)[..32], &long, b"X12345"]
        {
            assert_eq!(read_pack_key(other), None);
        }
    }

    #[test]
    fn ordinal_keys_sort_as_numbers() {
        let key = |number| ordinal_key(Ordinal::new(number).unwrap());
        assert!(key(255) < key(256) && key(256) < key(1 << 32));
    }
}
