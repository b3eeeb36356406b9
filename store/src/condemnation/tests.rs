//! Goal: what a prune says is read exactly as it was said, and by older readers too.
//! Method: fields altered behind checksums that hold; limits at the boundary.
//! What a user loses if it fails: packs that are deleted though a snapshot needs them.

use super::*;
use crate::cbor::lacking::each_without_a_field;

fn list(victims: usize) -> CondemnedList {
    let victims = vec![PackId::from_bytes([3; 32]); victims];
    CondemnedList {
        epoch: Epoch(4),
        owner_token: u64::MAX,
        victims,
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    }
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
fn facts_of_a_mark_and_forgotten_snapshots_come_back() {
    let mark = Some(MarkFacts { live_bytes: u64::MAX, forgotten: 3 });
    for forgotten in [Vec::new(), vec![SnapshotId([1; 32]), SnapshotId([2; 32])]] {
        for mark in [None, mark] {
            let full = CondemnedList { forgotten: forgotten.clone(), mark, ..list(1) };
            assert_eq!(decode_condemned(Epoch(4), &encode_condemned(&full)), Ok(full));
        }
    }
}

#[test]
fn optional_values_that_say_nothing_are_refused() {
    let list = cbor::encode(|e| {
        e.map(4)?.u8(0)?.u8(0)?.u8(1)?.bytes(&[])?.u8(2)?.bytes(&[])?;
        e.u64(KEY_FORGOTTEN)?.bytes(&[])?;
        Ok(())
    });
    let list = encode_plain(ObjectKind::Condemned, number_object_id(4), &list);
    assert!(!decode_condemned(Epoch(4), &list).unwrap_err().is_newer());
    let outcome = cbor::encode(|e| {
        e.map(3)?.u8(0)?.bool(true)?.u8(1)?.bytes(&[])?.u64(KEY_HOLDERS)?.bytes(&[])?;
        Ok(())
    });
    let outcome = encode_plain(ObjectKind::Outcome, number_object_id(4), &outcome);
    assert!(!decode_outcome(Epoch(4), &outcome).unwrap_err().is_newer());
}

#[test]
fn a_list_or_an_outcome_that_lacks_a_field_is_refused() {
    let id = number_object_id(4);
    let bytes = encode_condemned(&list(1));
    let plain = open_plain(&bytes, ObjectKind::Condemned, &id).unwrap();
    for (key, plain) in each_without_a_field(plain) {
        let bytes = encode_plain(ObjectKind::Condemned, id, &plain);
        assert!(decode_condemned(Epoch(4), &bytes).is_err_and(|d| !d.is_newer()), "{key}");
    }
    let outcome =
        Outcome { epoch: Epoch(4), drained: true, rescued: Vec::new(), holders: Vec::new() };
    let bytes = encode_outcome(&outcome);
    let plain = open_plain(&bytes, ObjectKind::Outcome, &id).unwrap();
    for (key, plain) in each_without_a_field(plain) {
        let bytes = encode_plain(ObjectKind::Outcome, id, &plain);
        assert!(decode_outcome(Epoch(4), &bytes).is_err_and(|d| !d.is_newer()), "{key}");
    }
}

#[test]
fn outcomes_and_records_of_deletion_belong_to_their_epoch() {
    let holders = vec![PackId::from_bytes([9; 32])];
    let rescued = vec![PackId::from_bytes([3; 32])];
    let outcome = Outcome { epoch: Epoch(4), drained: true, rescued, holders };
    let bytes = encode_outcome(&outcome);
    assert_eq!(decode_outcome(Epoch(4), &bytes), Ok(outcome));
    assert_eq!(decode_outcome(Epoch(5), &bytes), Err(Defect::Identity));
    let gone = encode_gone(Epoch(4));
    assert_eq!(decode_gone(Epoch(4), &gone), Ok(()));
    assert_eq!(decode_gone(Epoch(5), &gone), Err(Defect::Identity));
    let more = encode_plain(ObjectKind::Gone, number_object_id(4), &[0xa0]);
    assert!(decode_gone(Epoch(4), &more).unwrap_err().is_newer());
}
