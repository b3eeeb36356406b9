//! Goal: sessions and maintenance read from each other exactly what was said.
//! Method: fields altered behind checksums that hold; limits at the boundary.
//! What a user loses if it fails: chunks that prune deletes under a running backup.

use super::*;

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

fn list(victims: usize) -> CondemnedList {
    let victims = vec![PackId::from_bytes([3; 32]); victims];
    CondemnedList { epoch: Epoch(4), owner_token: u64::MAX, victims, survivors: Vec::new() }
}

#[test]
fn lists_belong_to_their_epoch_and_have_a_limit() {
    let full = list(CONDEMNED_PACKS_MAX);
    let bytes = encode_condemned(&full);
    assert_eq!(decode_condemned(Epoch(4), &bytes), Ok(full));
    assert_eq!(decode_condemned(Epoch(5), &bytes), Err(Defect::Identity));
    assert!(matches!(decode_outcome(Epoch(4), &bytes), Err(Defect::Kind { .. })));
    let long = vec![0; (CONDEMNED_PACKS_MAX + 1) * 32];
    for (victims, is_legal) in [(&long[..32], true), (&long[..33], false), (&long[..], false)] {
        let plain = cbor::encode(|e| {
            e.map(3)?.u8(0)?.u8(0)?.u8(1)?.bytes(victims)?.u8(2)?.bytes(&[])?;
            Ok(())
        });
        let bytes = encode_plain(ObjectKind::Condemned, number_object_id(4), &plain);
        assert_eq!(decode_condemned(Epoch(4), &bytes).is_ok(), is_legal, "{}", victims.len());
    }
}

#[test]
#[should_panic(expected = "CONDEMNED_PACKS_MAX")]
fn a_list_that_no_reader_takes_is_never_written() {
    drop(encode_condemned(&list(CONDEMNED_PACKS_MAX + 1)));
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
