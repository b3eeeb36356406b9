//! Goal: a slot opens with its password alone and asks for no absurd work.
//! Method: costs at their limits, before any derivation; fields altered behind checksums.
//! What a user loses if it fails: the only way to the master key.

use super::*;
use crate::cbor::lacking::each_without_a_field;
use crate::random::SeededRandom;

fn keys() -> Keys {
    Keys::generate(&SeededRandom::new(1)).unwrap()
}

fn new_slot(cost: KdfCost, label: &str) -> NewSlot<'_> {
    NewSlot { password: b"secret", cost, label, created_ns: 1 }
}

fn create(new: &NewSlot<'_>) -> Result<([u8; 32], Vec<u8>)> {
    create_key_slot(&keys(), new, &SeededRandom::new(2))
}

fn fields(kind: u8, cost: KdfCost) -> Vec<u8> {
    cbor::encode(|e| {
        e.map(7)?.u8(0)?.u8(kind)?.u8(1)?.u32(cost.memory_kib)?.u8(2)?.u32(cost.passes)?;
        e.u8(3)?.u32(cost.lanes)?.u8(4)?.bytes(&[0; 32])?.u8(5)?.str("")?.u8(6)?.i64(0)?;
        Ok(())
    })
}

/// A slot of these fields; it opens with no password.
fn with_plain(plain: &[u8]) -> Result<KeySlotInfo, Defect> {
    let bytes =
        encode_object(ObjectKind::KeySlot, [1; 32], &ObjectKey::plain(), plain, b"").unwrap();
    read_key_slot(&[1; 32], &bytes)
}

fn parsed(kind: u8, cost: KdfCost) -> Result<KeySlotInfo, Defect> {
    with_plain(&fields(kind, cost))
}

#[test]
fn a_slot_that_lacks_a_field_is_refused() {
    for (key, plain) in each_without_a_field(&fields(0, KdfCost::TEST)) {
        // Not for the cost that a missing field would be.
        let refused = with_plain(&plain).unwrap_err();
        assert!(!matches!(refused, Defect::Limit { .. }) && !refused.is_newer(), "{key}");
    }
}

#[test]
fn costs_are_refused_before_any_work() {
    let max = KdfCost::MAX;
    assert!(parsed(0, max).is_ok());
    assert!(parsed(0, KdfCost::TEST).is_ok());
    for cost in [
        KdfCost { memory_kib: max.memory_kib + 1, ..max },
        KdfCost { memory_kib: u32::MAX, ..max },
        KdfCost { passes: max.passes + 1, ..max },
        KdfCost { lanes: max.lanes + 1, ..max },
        KdfCost { lanes: u32::MAX, ..max },
        KdfCost { memory_kib: 7, ..KdfCost::TEST },
        KdfCost { memory_kib: 15, lanes: 2, passes: 1 },
        KdfCost { passes: 0, ..KdfCost::TEST },
        KdfCost { lanes: 0, ..KdfCost::TEST },
    ] {
        assert!(matches!(parsed(0, cost), Err(Defect::Limit { .. })), "{cost:?}");
        assert!(matches!(create(&new_slot(cost, "")), Err(Error::KdfCost)), "{cost:?}");
    }
}

#[test]
fn an_unknown_derivation_is_newer() {
    assert!(parsed(1, KdfCost::TEST).unwrap_err().is_newer());
}

#[test]
fn a_slot_is_refused_where_it_protects_nothing() {
    let empty = NewSlot { password: b"", ..new_slot(KdfCost::TEST, "") };
    assert!(matches!(create(&empty), Err(Error::SecretEmpty)));
    let plain =
        create_key_slot(&Keys::unencrypted(), &new_slot(KdfCost::TEST, ""), &SeededRandom::new(2));
    assert!(matches!(plain, Err(Error::SecretMissing)));
    let longest = "x".repeat(usize::try_from(LABEL_BYTES_MAX).unwrap());
    assert!(create(&new_slot(KdfCost::TEST, &longest)).is_ok());
    let longer = format!("{longest}x");
    assert!(matches!(create(&new_slot(KdfCost::TEST, &longer)), Err(Error::Limit { .. })));
}

#[test]
fn the_master_key_stands_nowhere_in_plain() {
    let (_, bytes) = create(&new_slot(KdfCost::TEST, "label")).unwrap();
    let keys = keys();
    let master = keys.master().unwrap();
    assert!(!bytes.windows(8).any(|window| window == &master[..8]));
}

#[test]
fn a_slot_of_suite_checksum_is_refused_whatever_it_holds() {
    // A downgraded slot would let whoever writes to the storage choose the master key.
    let plain = cbor::encode(|e| {
        e.map(7)?.u8(0)?.u8(0)?.u8(1)?.u32(8)?.u8(2)?.u32(1)?.u8(3)?.u32(1)?;
        e.u8(4)?.bytes(&[0; 32])?.u8(5)?.str("")?.u8(6)?.i64(0)?;
        Ok(())
    });
    let bytes =
        encode_object(ObjectKind::KeySlot, [1; 32], &ObjectKey::plain(), &plain, &[9; 32]).unwrap();
    let refused = open_key_slot(&[1; 32], &bytes, b"secret").unwrap_err();
    assert_eq!(refused, Defect::Suite { expected: 1, found: 0 });
}
