//! Keys of the families (INDEX section 2.3). Big-endian: keys sort by their bytes.
//!
//! ```text
//! sighting  public id [0..16], source u16
//! object    source u16, object u64
//! source    source u16
//! ```

#![expect(clippy::big_endian_bytes, reason = "sources and objects sort as numbers")]

use crate::sighting::{IdPrefix, ObjectNumber, SourceId};

pub(super) type SightingKey = [u8; 18];
pub(super) type ObjectKey = [u8; 10];

pub(super) fn sighting_key(prefix: &IdPrefix, source: SourceId) -> SightingKey {
    let mut key = [0; 18];
    key[..16].copy_from_slice(prefix);
    key[16..].copy_from_slice(&source_key(source));
    key
}

/// `None` for another length.
pub(super) fn read_sighting_key(key: &[u8]) -> Option<(IdPrefix, SourceId)> {
    let (prefix, source) = key.split_first_chunk::<16>()?;
    Some((*prefix, read_source_key(source)?))
}

pub(super) fn object_key(source: SourceId, object: ObjectNumber) -> ObjectKey {
    let mut key = [0; 10];
    key[..2].copy_from_slice(&source_key(source));
    key[2..].copy_from_slice(&object.number().to_be_bytes());
    key
}

/// The source in a key of family `object`; `None` for another length.
pub(super) fn read_object_source(key: &[u8]) -> Option<SourceId> {
    let (source, object) = key.split_first_chunk::<2>()?;
    (object.len() == 8).then(|| SourceId::new(u16::from_be_bytes(*source)))
}

pub(super) fn source_key(source: SourceId) -> [u8; 2] {
    source.number().to_be_bytes()
}

/// `None` for another length.
pub(super) fn read_source_key(key: &[u8]) -> Option<SourceId> {
    Some(SourceId::new(u16::from_be_bytes(key.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    //! Goal: a key is read as it was written, and nothing else is. A misread source would take
    //! another's rows for dead.

    use super::{
        object_key, read_object_source, read_sighting_key, read_source_key, sighting_key,
        source_key,
    };
    use crate::sighting::{ObjectNumber, SourceId};

    #[test]
    fn keys_round_trip_and_other_lengths_are_refused() {
        let prefix = *b"0123456789abcdef";
        for number in [0, 1, 255, 256, u16::MAX] {
            let source = SourceId::new(number);
            let key = sighting_key(&prefix, source);
            assert_eq!(read_sighting_key(&key), Some((prefix, source)));
            assert_eq!(read_sighting_key(&key[..17]), None);
            assert_eq!(read_sighting_key(&[0; 19]), None);
            let key = object_key(source, ObjectNumber::new(u64::MAX));
            assert_eq!(read_object_source(&key), Some(source));
            assert_eq!(read_object_source(&key[..9]), None);
            assert_eq!(read_source_key(&source_key(source)), Some(source));
            assert_eq!(read_source_key(&[]), None);
        }
    }

    #[test]
    fn keys_are_the_documented_bytes() {
        let key = sighting_key(&[7; 16], SourceId::new(0x0102));
        assert_eq!(key[14..], [7, 7, 1, 2]);
        let key = object_key(SourceId::new(0x0102), ObjectNumber::new(0x03));
        assert_eq!(key, [1, 2, 0, 0, 0, 0, 0, 0, 0, 3]);
    }
}
