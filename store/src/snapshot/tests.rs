//! Goal: what stands under a snapshot's name is its manifest, a marker, or a named defect.
//! Method: rules that span fields, on both sides: the writer refuses what the reader would.
//! What a user loses if it fails: a backup that was acknowledged and cannot be listed.

use gleaner_chunker::ChunkId;

use super::*;
use crate::cbor::lacking::each_without_a_field;
use crate::chunk_list::ChunkRef;
use crate::coordination::{SessionId, encode_fence_marker, encode_tombstone};
use crate::object::ObjectKey;
use crate::random::SeededRandom;

fn run(domain: Domain, bytes: u32) -> Run {
    Run::Chunks { domain, chunks: vec![ChunkRef { id: ChunkId::from_bytes([1; 32]), bytes }] }
}

fn snapshot() -> Snapshot {
    Snapshot {
        id: SnapshotId([9; 32]),
        time_ns: -1,
        sequence: 1,
        epoch: 0,
        session: [1; 16],
        host: String::new(),
        user: String::new(),
        tags: Vec::new(),
        roots: Vec::new(),
        tree: TreeRef { level: 0, runs: vec![run(Domain::Private, 1)] },
        parent: None,
        original: None,
        stats: SnapshotStats::default(),
        provenance: ProvenanceSummary::default(),
        state: SnapshotState::Complete,
        program: String::new(),
        lacks_xattrs: false,
    }
}

/// Encodes without the writer's check, decodes with the reader's.
fn decoded(s: &Snapshot) -> Result<Snapshot, Defect> {
    take_snapshot(s.id, &cbor::encode(|e| put_snapshot(e, s)))
}

/// Both sides give the same verdict.
fn verdict(s: &Snapshot) -> Result<(), Defect> {
    let keys = Keys::unencrypted();
    let written = encode_snapshot(s, &keys);
    assert_eq!(written.is_ok(), decoded(s).is_ok(), "writer and reader agree");
    assert!(decode_snapshot(s.id, &written?, &keys).is_ok());
    Ok(())
}

#[test]
fn a_manifest_lacks_no_field_but_what_it_may_not_have() {
    let others = Some(SnapshotId([8; 32]));
    let full = Snapshot { parent: others, original: others, lacks_xattrs: true, ..snapshot() };
    for (key, body) in each_without_a_field(&cbor::encode(|e| put_snapshot(e, &full))) {
        match take_snapshot(full.id, &body) {
            Ok(_) => assert!([9, 10, LACKS_XATTRS.into()].contains(&key), "{key}"),
            Err(defect) => assert!(key < 15 && !defect.is_newer(), "{key}: {defect}"),
        }
    }
}

#[test]
fn every_state_comes_back() {
    let deadline_ns = i64::MAX;
    for state in
        [SnapshotState::Complete, SnapshotState::Pending { deadline_ns }, SnapshotState::Incomplete]
    {
        let s = Snapshot { state, ..snapshot() };
        assert_eq!(decoded(&s), Ok(s));
    }
}

#[test]
fn missing_attributes_are_said_by_an_optional_key_and_never_denied_by_it() {
    let lacking = Snapshot { lacks_xattrs: true, ..snapshot() };
    assert_eq!(decoded(&lacking), Ok(lacking.clone()));
    let mut body = cbor::encode(|e| put_snapshot(e, &lacking));
    let (yes, no) = (0xf5, 0xf4);
    assert_eq!(body.pop(), Some(yes));
    body.push(no);
    assert!(take_snapshot(lacking.id, &body).is_err(), "one encoding for each manifest");
}

#[test]
fn tags_ascend_and_lists_have_limits() {
    let tags = |count: usize| (0..count).map(|n| format!("{n:06}")).collect();
    assert_eq!(verdict(&Snapshot { tags: tags(SNAPSHOT_TAGS_MAX), ..snapshot() }), Ok(()));
    let too_many = Snapshot { tags: tags(SNAPSHOT_TAGS_MAX + 1), ..snapshot() };
    assert!(matches!(verdict(&too_many), Err(Defect::Limit { .. })));
    for tags in [["b", "a"], ["a", "a"]] {
        let tags = tags.map(str::to_owned).to_vec();
        let order = Defect::Inconsistent { what: "order of tags" };
        assert_eq!(verdict(&Snapshot { tags, ..snapshot() }), Err(order));
    }
    let roots = |count| Snapshot { roots: vec![vec![b'/']; count], ..snapshot() };
    assert_eq!(verdict(&roots(SNAPSHOT_ROOTS_MAX)), Ok(()));
    assert!(matches!(verdict(&roots(SNAPSHOT_ROOTS_MAX + 1)), Err(Defect::Limit { .. })));
}

#[test]
fn a_tree_reference_names_chunks_of_the_repository_and_nothing_else() {
    let tree = |level, runs| verdict(&Snapshot { tree: TreeRef { level, runs }, ..snapshot() });
    assert_eq!(tree(TREE_REF_LEVEL_MAX, vec![run(Domain::Private, 1)]), Ok(()));
    assert!(tree(TREE_REF_LEVEL_MAX + 1, vec![run(Domain::Private, 1)]).is_err());
    assert!(tree(0, vec![run(Domain::Public, 1)]).is_err());
    assert!(tree(0, vec![Run::Hole { bytes: 1 }]).is_err());
    assert!(tree(0, vec![run(Domain::Private, 0)]).is_err());
    assert!(tree(0, vec![Run::Chunks { domain: Domain::Private, chunks: vec![] }]).is_err());
    assert_eq!(tree(0, vec![run(Domain::Private, 1); TREE_REF_RUNS_MAX]), Ok(()));
    let too_many = tree(0, vec![run(Domain::Private, 1); TREE_REF_RUNS_MAX + 1]);
    assert!(matches!(too_many, Err(Defect::Limit { .. })));
}

#[test]
fn a_manifest_beyond_the_limit_of_objects_is_not_written() {
    let roots = vec![vec![b'/'; 4096]; 4096];
    let refused = encode_snapshot(&Snapshot { roots, ..snapshot() }, &Keys::unencrypted());
    assert!(matches!(refused, Err(Defect::Limit { what: "bytes of an object", .. })));
}

#[test]
fn what_a_newer_program_wrote_is_newer() {
    let body = cbor::encode(|e| put_snapshot(e, &snapshot()));
    let with_field = |field: &[u8]| {
        let mut body = [&body[..], field].concat();
        body[0] += 1;
        take_snapshot(SnapshotId([9; 32]), &body)
    };
    assert!(with_field(&[15, 0x00]).unwrap_err().is_newer());
    assert_eq!(with_field(&[0x18, 65, 0x82, 0x00, 0x00]), Ok(snapshot()));
    assert_eq!(body[0], 0xa0 + 13, "the map's head is one byte");
    let plain = encode_object(ObjectKind::Snapshot, [9; 32], &ObjectKey::plain(), &[0xa0], &body);
    let refused = decode_snapshot(SnapshotId([9; 32]), &plain.unwrap(), &Keys::unencrypted());
    assert!(refused.unwrap_err().is_newer());
}

#[test]
fn a_marker_occupies_the_name_and_nothing_else_does() {
    let id = SnapshotId([9; 32]);
    let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
    let marker = encode_fence_marker(id, SessionId([2; 16]));
    assert_eq!(decode_snapshot(id, &marker, &keys), Ok(SnapshotObject::FenceMarker));
    let other = SnapshotId([8; 32]);
    assert_eq!(decode_snapshot(other, &marker, &keys), Err(Defect::Identity));
    let tombstone = encode_tombstone(id, 0);
    assert!(matches!(decode_snapshot(id, &tombstone, &keys), Err(Defect::Kind { .. })));
}

#[test]
fn runs_of_a_reference_of_higher_level_come_back() {
    let runs = vec![run(Domain::Private, 8 << 20); 3];
    assert_eq!(decode_runs(&encode_runs(&runs)), Ok(runs));
    assert!(decode_runs(&encode_runs(&[Run::Hole { bytes: 5 }])).is_err());
    assert_eq!(decode_runs(&encode_runs(&[])), Ok(vec![]));
}
