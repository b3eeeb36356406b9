//! One sealed thing passed off as another: names, kinds, packs, suites, keys, and each field that
//! a seal covers. Checksums are set right each time, as an attacker would.

use gleaner_chunker::PackId;

use super::fixtures as made;
use crate::config::decode_config;
use crate::defect::Defect;
use crate::error::Error;
use crate::key_slot::open_key_slot;
use crate::keys::Keys;
use crate::layout;
use crate::memory_storage::MemoryStorage;
use crate::pack_format::{FRAME_BYTES, PACK_HEADER_BYTES, PackKind};
use crate::pack_reader::{PackDirectory, read_pack_directory};
use crate::random::SeededRandom;
use crate::seal::{NonceType, SealKey};
use crate::snapshot::{SnapshotId, decode_snapshot, encode_snapshot};

/// Reads a pack of that name and opens its blocks.
pub(super) fn read(bytes: &[u8], id: PackId, keys: &Keys) -> Result<PackDirectory, Defect> {
    let read = || {
        let storage = MemoryStorage::new();
        storage.replace_raw(&layout::pack(&id), bytes);
        let directory = read_pack_directory(&storage, keys, id, bytes.len() as u64)?;
        for ordinal in 0..directory.blocks.len() {
            directory.read_block(&storage, keys, ordinal)?;
        }
        Ok(directory)
    };
    read().map_err(|error| match error {
        Error::Damaged { defect, .. } => defect,
        error => panic!("{error}"),
    })
}

pub(super) fn pack_id(seed: u64) -> PackId {
    PackId::from_bytes(made::seeded(seed))
}

pub(super) fn other_keys() -> Keys {
    Keys::generate(&SeededRandom::new(99)).unwrap()
}

pub(super) fn set_crc(bytes: &mut [u8], at: usize) {
    let crc = crc32c::crc32c(&bytes[..at]).to_le_bytes();
    bytes[at..at + 4].copy_from_slice(&crc);
}

/// Alters one byte of an object and sets both checksums right.
pub(super) fn altered_object(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    let body = crc32c::crc32c(&bytes[96..]).to_le_bytes();
    bytes[88..92].copy_from_slice(&body);
    set_crc(&mut bytes, 92);
    bytes
}

#[test]
fn a_pack_opens_under_its_own_name_and_key_only() {
    let bytes = made::data_pack(&made::keys(), 7);
    assert!(read(&bytes, pack_id(7), &made::keys()).is_ok());
    assert_eq!(read(&bytes, pack_id(8), &made::keys()), Err(Defect::Identity));
    assert_eq!(read(&bytes, pack_id(7), &other_keys()), Err(Defect::Commitment));
}

#[test]
fn a_pack_of_another_suite_is_refused_in_both_directions() {
    let plain = made::data_pack(&Keys::unencrypted(), 7);
    let refused = Err(Defect::Suite { expected: 1, found: 0 });
    assert_eq!(read(&plain, pack_id(7), &made::keys()), refused);
    let sealed = made::data_pack(&made::keys(), 7);
    let refused = Err(Defect::Suite { expected: 0, found: 1 });
    assert_eq!(read(&sealed, pack_id(7), &Keys::unencrypted()), refused);
}

#[test]
fn each_field_of_a_pack_header_is_proved() {
    let bytes = made::data_pack(&made::keys(), 7);
    let altered = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 3;
        set_crc(&mut bytes[..PACK_HEADER_BYTES], 132);
        read(&bytes, pack_id(7), &made::keys()).unwrap_err()
    };
    assert_eq!(altered(8), Defect::NewerVersion { found: 2, supported: 1 });
    assert_eq!(altered(10), Defect::Commitment, "the kind is part of the key's label");
    assert!(matches!(altered(11), Defect::UnknownField { field: 2, .. }));
    assert_eq!(altered(12), Defect::Commitment, "the key epoch is part of the key's label");
    assert_eq!(altered(16), Defect::Identity);
    assert_eq!(altered(48), Defect::Seal { what: "directory" }, "domain");
    assert_eq!(altered(80), Defect::Seal { what: "directory" }, "session");
    assert_eq!(altered(96), Defect::Commitment);
    assert!(altered(128).is_newer(), "reserved bytes in use");
}

#[test]
fn each_byte_of_additional_data_is_covered_by_both_suites() {
    let aad: [u8; PACK_HEADER_BYTES + FRAME_BYTES] = made::seeded(20);
    for key in [SealKey::aes(&[1; 32]), SealKey::Checksum] {
        let mut sealed = b"payload".to_vec();
        key.seal(NonceType::Block, 3, &aad, &mut sealed);
        for at in 0..aad.len() {
            let mut altered = aad;
            altered[at] ^= 0x80;
            let opened = key.open(NonceType::Block, 3, &altered, &mut sealed.clone());
            assert_eq!(opened, Err(()), "byte {at}");
        }
        for (kind, ordinal) in [(NonceType::Block, 4), (NonceType::Directory, 3)] {
            assert_eq!(key.open(kind, ordinal, &aad, &mut sealed.clone()), Err(()));
        }
        // A byte must not move between additional data and body.
        let (head, tail) = aad.split_at(aad.len() - 1);
        let mut longer = [tail, &sealed].concat();
        assert_eq!(key.open(NonceType::Block, 3, head, &mut longer), Err(()));
        assert_eq!(key.open(NonceType::Block, 3, &aad, &mut sealed), Ok(()));
        assert_eq!(sealed, b"payload");
    }
}

#[test]
fn a_block_does_not_move_to_another_pack_or_place() {
    for keys in [made::keys(), Keys::unencrypted()] {
        let (mut a, b) = (made::data_pack(&keys, 7), made::data_pack(&keys, 30));
        let directory = read(&b, pack_id(30), &keys).unwrap();
        let (offset, length) = directory.framed_range(0).unwrap();
        let at = usize::try_from(offset).unwrap();
        a[at..at + length].copy_from_slice(&b[at..at + length]);
        assert_eq!(read(&a, pack_id(7), &keys), Err(Defect::Seal { what: "block" }));
    }
}

#[test]
fn a_block_is_no_directory_and_a_directory_no_block() {
    for keys in [made::keys(), Keys::unencrypted()] {
        let pack = keys.pack_keys(PackKind::Data, 0, &[5; 32]);
        let mut block = b"bytes".to_vec();
        pack.block.seal(NonceType::Block, 0, b"header", &mut block);
        assert_eq!(pack.directory.open(NonceType::Directory, 0, b"header", &mut block), Err(()));
        let mut directory = b"bytes".to_vec();
        pack.directory.seal(NonceType::Directory, 0, b"header", &mut directory);
        assert_eq!(pack.block.open(NonceType::Block, 0, b"header", &mut directory), Err(()));
    }
}

#[test]
fn equal_blocks_never_give_equal_bytes() {
    let keys = made::keys();
    let sealed = |pack: &[u8; 32], kind, ordinal| {
        let mut body = vec![0; 64];
        let keys = keys.pack_keys(kind, 0, pack);
        keys.block.seal(NonceType::Block, ordinal, b"", &mut body);
        body
    };
    let mut seen = std::collections::HashSet::new();
    for pack in [[1; 32], [2; 32]] {
        for kind in [PackKind::Data, PackKind::Tree] {
            for ordinal in 0..100 {
                assert!(seen.insert(sealed(&pack, kind, ordinal)), "{pack:?} {kind:?} {ordinal}");
            }
        }
    }
}

#[test]
fn a_manifest_opens_under_its_own_name_kind_and_key_only() {
    let id = made::snapshot(true).id;
    let bytes = encode_snapshot(&made::snapshot(true), &made::keys()).unwrap();
    let decode = |id, bytes: &[u8], keys: &Keys| decode_snapshot(id, bytes, keys).unwrap_err();
    assert_eq!(decode(SnapshotId([1; 32]), &bytes, &made::keys()), Defect::Identity);
    assert_eq!(decode(id, &bytes, &other_keys()), Defect::Commitment);
    let suite = Defect::Suite { expected: 0, found: 1 };
    assert_eq!(decode(id, &bytes, &Keys::unencrypted()), suite);
    // Renamed together with the id inside: the keys belong to the old id.
    let renamed = altered_object(&bytes, 16);
    let mut other = id;
    other.0[0] ^= 1;
    assert_eq!(decode(other, &renamed, &made::keys()), Defect::Commitment);
    assert!(!decode(id, &altered_object(&bytes, 10), &made::keys()).is_newer());
    assert_eq!(decode_config(&bytes, &made::keys()).unwrap_err(), kind_defect(1, 3));
}

const fn kind_defect(expected: u8, found: u8) -> Defect {
    Defect::Kind { expected, found }
}

#[test]
fn each_byte_of_a_manifest_is_proved_beyond_its_checksums() {
    for keys in [made::keys(), Keys::unencrypted()] {
        let snapshot = made::snapshot(true);
        let bytes = encode_snapshot(&snapshot, &keys).unwrap();
        for at in (0..88).chain(96..bytes.len()) {
            let altered = altered_object(&bytes, at);
            assert!(decode_snapshot(snapshot.id, &altered, &keys).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_downgraded_manifest_is_refused() {
    let plain = encode_snapshot(&made::snapshot(true), &Keys::unencrypted()).unwrap();
    let refused = decode_snapshot(made::snapshot(true).id, &plain, &made::keys());
    assert_eq!(refused, Err(Defect::Suite { expected: 1, found: 0 }));
}

#[test]
fn a_key_slot_opens_with_its_password_and_tells_damage_from_a_wrong_one() {
    let (id, bytes) =
        crate::key_slot::create_key_slot(&made::keys(), &made::new_slot(), &SeededRandom::new(17))
            .unwrap();
    let opened = open_key_slot(&id, &bytes, made::PASSWORD).unwrap().unwrap();
    assert_eq!(opened.master(), made::keys().master());
    assert!(open_key_slot(&id, &bytes, b"wrong").unwrap().is_none());
    assert!(open_key_slot(&id, &bytes, b"").unwrap().is_none());
    let plain_end = bytes.len() - 48;
    for at in 96..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let defect = open_key_slot(&id, &damaged, b"wrong").unwrap_err();
        assert_eq!(defect, Defect::Checksum { what: "object" }, "byte {at} of {plain_end}");
    }
    // Altered with checksums set right, the right password does not open it either.
    for at in 96..bytes.len() {
        let opened = open_key_slot(&id, &altered_object(&bytes, at), made::PASSWORD);
        assert!(!matches!(opened, Ok(Some(_))), "byte {at}");
    }
}
