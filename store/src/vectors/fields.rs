//! Each byte that a seal covers, altered alone; and objects of one kind, pack or repository in the
//! place of another. All plain checksums are set right, as an attacker would, so that only seals,
//! commitments and names are left to refuse. Beside `swaps.rs`, which moves parts.

use gleaner_chunker::PackId;

use super::fixtures as made;
use super::swaps::{altered_object, other_keys, pack_id, read, set_crc};
use crate::config::{decode_config, encode_config};
use crate::defect::Defect;
use crate::key_epoch::{decode_key_epoch, encode_key_epoch};
use crate::key_slot::{create_key_slot, open_key_slot};
use crate::keys::Keys;
use crate::pack_format::{FRAME_BYTES, PACK_HEADER_BYTES, PackKind, TRAILER_BYTES};
use crate::random::SeededRandom;
use crate::snapshot::{SnapshotId, decode_snapshot, encode_snapshot};
use crate::storage::Version;

/// A pack and where its parts begin.
struct Pack {
    bytes: Vec<u8>,
    id: PackId,
    frames: Vec<usize>,
    directory: usize,
    trailer: usize,
}

impl Pack {
    fn new(bytes: Vec<u8>, id: PackId, keys: &Keys) -> Self {
        let read = read(&bytes, id, keys).unwrap();
        let place = |offset: u64| usize::try_from(offset).unwrap();
        let frames = read.blocks.iter().map(|block| place(block.offset)).collect();
        let (directory, trailer) =
            (place(read.trailer.directory_offset), bytes.len() - TRAILER_BYTES);
        Self { bytes, id, frames, directory, trailer }
    }

    /// The bytes after a change, with all checksums set right.
    fn changed(&self, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        change(&mut bytes);
        set_crc(&mut bytes[..PACK_HEADER_BYTES], PACK_HEADER_BYTES - 4);
        for frame in &self.frames {
            set_crc(&mut bytes[*frame..frame + FRAME_BYTES], FRAME_BYTES - 4);
        }
        let directory = blake3::hash(&bytes[self.directory..self.trailer]);
        let before_trailer = blake3::hash(&bytes[..self.trailer]);
        let trailer = &mut bytes[self.trailer..];
        if trailer[..] == self.bytes[self.trailer..] {
            trailer[32..64].copy_from_slice(directory.as_bytes());
            trailer[64..96].copy_from_slice(before_trailer.as_bytes());
        }
        set_crc(trailer, TRAILER_BYTES - 4);
        bytes
    }

    fn is_checksum(&self, at: usize) -> bool {
        let in_frame = |frame: &usize| (frame + FRAME_BYTES - 4..frame + FRAME_BYTES).contains(&at);
        (PACK_HEADER_BYTES - 4..PACK_HEADER_BYTES).contains(&at) || self.frames.iter().any(in_frame)
    }

    fn refusal(&self, keys: &Keys, change: impl FnOnce(&mut [u8])) -> Defect {
        read(&self.changed(change), self.id, keys).unwrap_err()
    }
}

fn packs() -> Vec<(Pack, Keys)> {
    let plain = Keys::unencrypted();
    vec![
        (Pack::new(made::data_pack(&made::keys(), 7), pack_id(7), &made::keys()), made::keys()),
        (Pack::new(made::tree_pack(), pack_id(8), &made::keys()), made::keys()),
        (Pack::new(made::data_pack(&plain, 7), pack_id(7), &plain), plain),
    ]
}

#[test]
fn each_byte_of_a_pack_is_proved_beyond_its_checksums() {
    for (pack, keys) in packs() {
        assert_eq!(pack.changed(|_| ()), pack.bytes, "checksums are where they are thought");
        for at in (0..pack.trailer).filter(|at| !pack.is_checksum(*at)) {
            for bit in [1, 0x80] {
                let altered = pack.changed(|bytes| bytes[at] ^= bit);
                assert!(read(&altered, pack.id, &keys).is_err(), "byte {at}, bit {bit:#x}");
            }
        }
    }
}

#[test]
fn each_field_of_a_frame_is_proved() {
    for (pack, keys) in packs() {
        for frame in &pack.frames {
            let altered =
                |at: usize, bit: u8| pack.refusal(&keys, |bytes| bytes[frame + at] ^= bit);
            let other = Defect::Inconsistent { what: "block frame" };
            assert_eq!(altered(0, 1), Defect::Magic);
            assert_eq!(altered(8, 1), other, "ordinal");
            assert_eq!(altered(16, 1), other, "length");
            assert!(matches!(altered(19, 4), Defect::Limit { .. }), "more than 64 MiB");
            assert!(altered(20, 1).is_newer(), "flags in use");
        }
    }
}

/// Lengths and counts of the trailer are plain, and hold only if the sealed directory agrees.
#[test]
fn each_field_of_a_trailer_is_held_against_the_directory() {
    for (pack, keys) in packs() {
        let altered = |at: usize| {
            let at = pack.trailer + at;
            read(&pack.changed(|bytes| bytes[at] ^= 1), pack.id, &keys).map(drop)
        };
        let length = Err(Defect::Inconsistent { what: "length of the pack" });
        assert_eq!(altered(0), Err(Defect::Magic));
        assert_eq!(altered(8), length, "offset of the directory");
        assert_eq!(altered(16), length, "length of the directory");
        assert_eq!(altered(24), Err(Defect::Inconsistent { what: "number of blocks" }));
        assert_eq!(altered(32), Err(Defect::Checksum { what: "directory" }));
        // For who has no key: a reader proves more than this, and `check` says it (P206).
        assert_eq!(altered(64), Ok(()), "hash of the pack");
        assert!(altered(96).unwrap_err().is_newer(), "reserved bytes in use");
        // Both changed, so that they add up to the length of the pack.
        let moved = pack.changed(|bytes| {
            let begin = pack.directory - 16;
            let (offset, length) = (begin as u64, (pack.trailer - begin) as u64);
            bytes[pack.trailer + 8..pack.trailer + 16].copy_from_slice(&offset.to_le_bytes());
            bytes[pack.trailer + 16..pack.trailer + 24].copy_from_slice(&length.to_le_bytes());
            let hash = blake3::hash(&bytes[begin..pack.trailer]);
            bytes[pack.trailer + 32..pack.trailer + 64].copy_from_slice(hash.as_bytes());
        });
        let refused = Err(Defect::Seal { what: "directory" });
        assert_eq!(read(&moved, pack.id, &keys).map(drop), refused);
    }
}

#[test]
fn a_directory_does_not_move_to_another_pack() {
    for keys in [made::keys(), Keys::unencrypted()] {
        let pack = Pack::new(made::data_pack(&keys, 7), pack_id(7), &keys);
        let other = made::data_pack(&keys, 30);
        assert_eq!(other.len(), pack.bytes.len(), "else lengths would refuse it");
        let defect = pack.refusal(&keys, |bytes| {
            let directory = pack.directory..pack.trailer;
            bytes[directory.clone()].copy_from_slice(&other[directory]);
        });
        assert_eq!(defect, Defect::Seal { what: "directory" });
    }
}

#[test]
fn a_pack_of_one_kind_epoch_or_repository_is_none_of_another() {
    let keys = made::keys();
    let pack = Pack::new(made::data_pack(&keys, 7), pack_id(7), &keys);
    let as_tree = |bytes: &mut [u8]| bytes[10] = PackKind::Tree.number();
    assert_eq!(pack.refusal(&keys, as_tree), Defect::Commitment);
    let next_epoch = |bytes: &mut [u8]| bytes[12] = 1;
    assert_eq!(pack.refusal(&keys, next_epoch), Defect::Commitment);
    // With the commitment of the other kind, which only a key holder can compute, the seals refuse.
    let commitment = keys.pack_keys(PackKind::Tree, 0, pack_id(7).as_bytes()).commitment;
    let defect = pack.refusal(&keys, |bytes| {
        as_tree(bytes);
        bytes[96..128].copy_from_slice(&commitment);
    });
    assert_eq!(defect, Defect::Seal { what: "directory" });
    assert_eq!(pack.refusal(&other_keys(), |_| ()), Defect::Commitment);
}

/// A single sealed object, its kind, and what reads it under the id in its header.
type Reader = fn(&[u8], [u8; 32], &Keys) -> Result<(), Defect>;

fn sealed_objects(keys: &Keys) -> [(u8, Vec<u8>, Reader); 4] {
    let slot = create_key_slot(keys, &made::new_slot(), &SeededRandom::new(17)).unwrap().1;
    [
        (1, encode_config(&made::config(true), keys), |bytes, _, keys| {
            decode_config(bytes, keys).map(drop)
        }),
        (2, slot, |bytes, id, _| match open_key_slot(&id, bytes, made::PASSWORD)? {
            Some(_) => Ok(()),
            None => Err(Defect::Commitment),
        }),
        (3, encode_snapshot(&made::snapshot(true), keys).unwrap(), |bytes, id, keys| {
            decode_snapshot(SnapshotId(id), bytes, keys).map(drop)
        }),
        (12, encode_key_epoch(7, keys), |bytes, id, keys| {
            let number = u64::from_le_bytes(id[..8].try_into().unwrap());
            decode_key_epoch(Version(number), bytes, keys).map(drop)
        }),
    ]
}

fn id_of(bytes: &[u8]) -> [u8; 32] {
    bytes[16..48].try_into().unwrap()
}

#[test]
fn each_byte_of_a_sealed_object_is_proved_beyond_its_checksums() {
    for (kind, bytes, read) in sealed_objects(&made::keys()) {
        assert_eq!(read(&bytes, id_of(&bytes), &made::keys()), Ok(()), "kind {kind}");
        for at in (0..88).chain(96..bytes.len()) {
            let altered = altered_object(&bytes, at);
            // Under its own name, and renamed to what its header says.
            for id in [id_of(&bytes), id_of(&altered)] {
                assert!(read(&altered, id, &made::keys()).is_err(), "kind {kind}, byte {at}");
            }
        }
    }
}

#[test]
fn an_object_of_one_kind_is_none_of_another() {
    for (kind, bytes, _) in sealed_objects(&made::keys()) {
        for (other, _, read) in sealed_objects(&made::keys()) {
            if kind == other {
                continue;
            }
            let refused = read(&bytes, id_of(&bytes), &made::keys());
            let expected = Err(Defect::Kind { expected: other, found: kind });
            assert_eq!(refused, expected, "{kind} as {other}");
            let mut relabelled = bytes.clone();
            relabelled[10] = other;
            let crc = crc32c::crc32c(&relabelled[..92]).to_le_bytes();
            relabelled[92..96].copy_from_slice(&crc);
            let refused = read(&relabelled, id_of(&bytes), &made::keys());
            assert!(refused.is_err(), "{kind} relabelled as {other}");
        }
    }
}

#[test]
fn objects_of_another_repository_are_refused_under_the_same_name() {
    for (kind, bytes, read) in sealed_objects(&other_keys()) {
        // A slot is the same key, wrapped: what it opens is another repository.
        let expected = if kind == 2 { Ok(()) } else { Err(Defect::Commitment) };
        assert_eq!(read(&bytes, id_of(&bytes), &made::keys()), expected, "kind {kind}");
    }
    let random = SeededRandom::new(18);
    let (id, slot) = create_key_slot(&other_keys(), &made::new_slot(), &random).unwrap();
    let opened = open_key_slot(&id, &slot, made::PASSWORD).unwrap().unwrap();
    let config = encode_config(&made::config(true), &made::keys());
    assert_eq!(decode_config(&config, &opened).map(drop), Err(Defect::Commitment));
}
