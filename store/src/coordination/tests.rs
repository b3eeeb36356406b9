//! Goal: sessions and maintenance read from each other exactly what was said.
//! Method: fields altered behind checksums that hold; limits at the boundary.
//! What a user loses if it fails: chunks that prune deletes under a running backup.

use super::*;
use crate::cbor::lacking::each_without_a_field;

fn lease() -> Lease {
    Lease {
        session: SessionId([6; 16]),
        nonce: [1; 16],
        kind: LeaseKind::Maintenance,
        epoch: Epoch(u64::MAX),
        counter: 1,
        reserved: None,
        roots: Vec::new(),
        state: LeaseState::Fenced,
        host: String::new(),
        process: u32::MAX,
        started_ns: i64::MIN,
    }
}

#[test]
fn leases_of_every_kind_and_state_come_back() {
    for kind in [LeaseKind::Write, LeaseKind::Read, LeaseKind::Maintenance] {
        for state in [LeaseState::Open, LeaseState::Fenced] {
            for reserved in [None, Some(SnapshotId([2; 32]))] {
                let lease = Lease { kind, reserved, state, ..lease() };
                let bytes = encode_lease(&lease);
                assert_eq!(decode_lease(lease.session, &bytes), Ok(lease));
            }
        }
    }
}

#[test]
fn a_lease_counts_for_its_own_session_only() {
    let bytes = encode_lease(&lease());
    assert_eq!(decode_lease(SessionId([7; 16]), &bytes), Err(Defect::Identity));
    assert!(decode_epoch(&bytes).is_err());
}

fn lease_with(kind: u8, state: u8, roots: u64) -> Result<Lease, Defect> {
    let plain = cbor::encode(|e| {
        e.map(9)?.u8(0)?.bytes(&[0; 16])?.u8(1)?.u8(kind)?.u8(2)?.u8(0)?.u8(3)?.u8(0)?;
        e.u8(5)?.array(roots)?;
        for _ in 0..roots {
            e.bytes(&[8; 32])?;
        }
        e.u8(6)?.u8(state)?.u8(7)?.str("")?.u8(8)?.u8(0)?.u8(9)?.u8(0)?;
        Ok(())
    });
    let session = SessionId([6; 16]);
    let bytes = encode_plain(ObjectKind::Lease, session_object_id(session), &plain);
    decode_lease(session, &bytes)
}

#[test]
fn unknown_kinds_and_states_of_a_lease_are_newer() {
    assert!(lease_with(2, 1, 0).is_ok());
    assert!(lease_with(3, 0, 0).unwrap_err().is_newer());
    assert!(lease_with(0, 2, 0).unwrap_err().is_newer());
}

#[test]
fn a_lease_lacks_no_field_but_the_name_that_it_reserves() {
    let full = Lease { reserved: Some(SnapshotId([9; 32])), ..lease() };
    let (bytes, id) = (encode_lease(&full), session_object_id(full.session));
    let plain = open_plain(&bytes, ObjectKind::Lease, &id).unwrap();
    for (key, plain) in each_without_a_field(plain) {
        let bytes = encode_plain(ObjectKind::Lease, id, &plain);
        match decode_lease(full.session, &bytes) {
            Ok(lease) => assert_eq!((key, lease.reserved), (4, None)),
            Err(defect) => assert!(key != 4 && !defect.is_newer(), "{key}: {defect}"),
        }
    }
}

#[test]
fn the_roots_of_a_lease_have_a_limit() {
    let max = LEASE_ROOTS_MAX as u64;
    assert_eq!(lease_with(0, 0, max).map(|lease| lease.roots.len() as u64), Ok(max));
    assert!(matches!(lease_with(0, 0, max + 1), Err(Defect::Limit { .. })));
}

#[test]
fn epochs_of_every_width_come_back() {
    for number in [0, 1, 255, 1 << 32, u64::MAX] {
        assert_eq!(decode_epoch(&encode_epoch(Epoch(number))), Ok(Epoch(number)));
    }
    let mut id = number_object_id(1);
    id[31] = 1;
    let bytes = encode_plain(ObjectKind::Epoch, id, &[]);
    assert_eq!(decode_epoch(&bytes), Err(Defect::Identity));
    let newer = encode_plain(ObjectKind::Epoch, number_object_id(1), &[0xa0]);
    assert!(decode_epoch(&newer).unwrap_err().is_newer());
}

#[test]
fn missing_fields_are_damage_and_unknown_ones_newer() {
    let id = SnapshotId([5; 32]);
    let marker =
        |plain: &[u8]| decode_fence_marker(id, &encode_plain(ObjectKind::FenceMarker, id.0, plain));
    let tombstone =
        |plain: &[u8]| decode_tombstone(id, &encode_plain(ObjectKind::Tombstone, id.0, plain));
    assert!(!marker(&[0xa0]).unwrap_err().is_newer());
    assert!(!tombstone(&[0xa0]).unwrap_err().is_newer());
    assert!(tombstone(&[0xa2, 0x00, 0x00, 0x01, 0x00]).unwrap_err().is_newer());
    assert_eq!(tombstone(&[0xa2, 0x00, 0x07, 0x18, 64, 0x00]), Ok(7));
}
