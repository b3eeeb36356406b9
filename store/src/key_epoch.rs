//! The key epoch under which new packs are sealed (FORMAT.md section 5.3): a versioned object.

use crate::coordination::number_object_id;
use crate::defect::Defect;
use crate::keys::Keys;
use crate::le::u64_at;
use crate::object::{ObjectKind, RawObject, encode_object};
use crate::storage::Version;

/// Builds version `epoch` of the key epoch, which starts that epoch. The number stands in the
/// header, and the seal proves that a key holder wrote it.
///
/// # Panics
/// For epoch 0, which every repository starts with and which needs no object.
#[must_use]
pub fn encode_key_epoch(epoch: u32, keys: &Keys) -> Vec<u8> {
    assert!(epoch > 0, "key epoch 0 has no object");
    let id = number_object_id(epoch.into());
    let key = keys.object_key(ObjectKind::KeyEpoch, &id);
    encode_object(ObjectKind::KeyEpoch, id, &key, &[], &[]).expect("it holds nothing but a header")
}

/// Reads version `version` of the key epoch, which has the same number: one under another name is
/// noticed.
///
/// # Errors
/// A [`Defect`].
pub fn decode_key_epoch(version: Version, bytes: &[u8], keys: &Keys) -> Result<u32, Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(ObjectKind::KeyEpoch, &number_object_id(version.0))?;
    let number = u64_at::<0, _>(&object.head.id);
    let secret = object.open(&keys.object_key(ObjectKind::KeyEpoch, &object.head.id))?;
    if !secret.is_empty() || !object.plain.is_empty() {
        return Err(Defect::UnknownField { what: "key epoch: content", field: 0 });
    }
    let (value, max) = (number, u64::from(u32::MAX));
    match u32::try_from(number) {
        Ok(0) => Err(Defect::Inconsistent { what: "key epoch 0" }),
        Ok(epoch) => Ok(epoch),
        Err(_) => Err(Defect::Limit { what: "key epoch", value, max }),
    }
}

#[cfg(test)]
mod tests {
    //! Goal: new packs are sealed under the epoch that a key holder started, and under no other.
    //! If it fails: who may write to the storage chooses the keys.

    use super::*;
    use crate::random::SeededRandom;

    fn keys(seed: u64) -> Keys {
        Keys::generate(&SeededRandom::new(seed)).unwrap()
    }

    #[test]
    fn epochs_around_the_edges_come_back_under_their_own_number_only() {
        let keys = keys(1);
        for epoch in [1, 2, 255, 256, u32::MAX - 1, u32::MAX] {
            let bytes = encode_key_epoch(epoch, &keys);
            let version = u64::from(epoch);
            assert_eq!(decode_key_epoch(Version(version), &bytes, &keys), Ok(epoch));
            for other in [version - 1, version + 1, 0, u64::MAX] {
                let refused = decode_key_epoch(Version(other), &bytes, &keys);
                assert_eq!(refused, Err(Defect::Identity));
            }
        }
    }

    #[test]
    fn nobody_without_the_master_key_starts_an_epoch() {
        let ours = keys(1);
        let forged = encode_key_epoch(7, &keys(2));
        assert_eq!(decode_key_epoch(Version(7), &forged, &ours), Err(Defect::Commitment));
        let plain = encode_key_epoch(7, &Keys::unencrypted());
        let refused = decode_key_epoch(Version(7), &plain, &ours);
        assert!(matches!(refused, Err(Defect::Suite { .. })), "{refused:?}");
    }

    #[test]
    fn number_that_no_pack_can_hold_is_refused() {
        let keys = keys(1);
        let id = number_object_id(1 << 32);
        let key = keys.object_key(ObjectKind::KeyEpoch, &id);
        let bytes = encode_object(ObjectKind::KeyEpoch, id, &key, &[], &[]).unwrap();
        let refused = decode_key_epoch(Version(1 << 32), &bytes, &keys);
        assert!(matches!(refused, Err(Defect::Limit { .. })), "{refused:?}");
    }
}
