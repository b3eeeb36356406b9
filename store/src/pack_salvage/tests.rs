//! Goal: of a damaged pack everything is had that the damage did not touch.
//! Method: packs of six blocks, encrypted and not, damaged at each part, at each byte of the small
//! ones; what comes out is held against what went in.
//! What a user loses if it fails: chunks that are still on the disk.

use gleaner_chunker::ChunkId;

use super::*;
use crate::block::{BlockEncoding, encode_block};
use crate::pack_writer::PackWriter;
use crate::random::SeededRandom;

const BLOCKS: u8 = 6;
const SESSION: [u8; 16] = [3; 16];

fn keys() -> [Keys; 2] {
    [Keys::generate(&SeededRandom::new(4)).unwrap(), Keys::unencrypted()]
}

fn id() -> PackId {
    PackId::from_bytes([1; 32])
}

/// Bytes of a pack of six blocks of two chunks, and the offsets of the blocks and of their end.
fn pack(keys: &Keys) -> (Vec<u8>, Vec<usize>) {
    pack_of(keys, BLOCKS)
}

fn pack_of(keys: &Keys, blocks: u8) -> (Vec<u8>, Vec<usize>) {
    let domain_id = [2; 32];
    let kind = PackKind::Tree;
    let new = NewPack { kind, id: id(), key_epoch: 2, domain_id, session: SESSION };
    let mut writer = PackWriter::create(keys, new);
    for number in 0..blocks {
        let chunk = |n| ChunkRef { id: ChunkId::from_bytes([n; 32]), bytes: 40 };
        let chunks = vec![chunk(2 * number), chunk(2 * number + 1)];
        let raw: Vec<u8> = (0..80).map(|byte| byte ^ number).collect();
        writer.append(encode_block(chunks, &raw, BlockEncoding { level: 0, pad: false })).unwrap();
    }
    let pack = writer.finish();
    let mut offsets: Vec<usize> =
        pack.directory.blocks.iter().map(|block| block.offset.try_into().unwrap()).collect();
    offsets.push(pack.directory.trailer.directory_offset.try_into().unwrap());
    (pack.parts().collect::<Vec<_>>().concat(), offsets)
}

const GUESS: HeaderGuess<'static> =
    HeaderGuess { key_epoch_max: 3, domain_id: [2; 32], sessions: &[] };

/// Numbers of the blocks that come out, each as it went in.
fn numbers(salvage: &PackSalvage<'_>) -> Vec<u8> {
    let number = |found: SalvagedBlock| {
        let number = found.block.chunks[0].id.as_bytes()[0] / 2;
        let raw: Vec<u8> = (0..80).map(|byte| byte ^ number).collect();
        assert_eq!(found.block.raw, raw);
        assert_eq!(found.encoded.chunks(), found.block.chunks);
        number
    };
    salvage.blocks().map(number).collect()
}

fn all() -> Vec<u8> {
    (0..BLOCKS).collect()
}

fn without(lost: u8) -> Vec<u8> {
    all().into_iter().filter(|number| *number != lost).collect()
}

#[test]
fn a_sound_pack_gives_everything() {
    for keys in keys() {
        let (bytes, _) = pack(&keys);
        let salvage = PackSalvage::begin(&keys, id(), &bytes, &GUESS).unwrap();
        assert_eq!(numbers(&salvage), all());
        assert_eq!(salvage.listed().unwrap().len(), 2 * usize::from(BLOCKS));
    }
}

#[test]
fn without_trailer_or_directory_every_block_is_found_by_its_frame() {
    for keys in keys() {
        let (bytes, offsets) = pack(&keys);
        let directory = offsets[usize::from(BLOCKS)];
        let mut damaged_directory = bytes.clone();
        damaged_directory[directory + 5] ^= 1;
        for bytes in [&bytes[..bytes.len() - 1], &bytes[..directory], &damaged_directory] {
            let salvage = PackSalvage::begin(&keys, id(), bytes, &GUESS).unwrap();
            assert_eq!(salvage.listed(), None);
            assert_eq!(numbers(&salvage), all());
        }
    }
}

#[test]
fn a_pack_cut_at_any_byte_gives_all_blocks_before_the_cut() {
    for keys in keys() {
        let (bytes, offsets) = pack(&keys);
        for length in PACK_HEADER_BYTES..bytes.len() {
            let salvage = PackSalvage::begin(&keys, id(), &bytes[..length], &GUESS).unwrap();
            let whole = offsets[1..].iter().filter(|end| **end <= length).count();
            assert_eq!(numbers(&salvage), all()[..whole], "{length}");
        }
    }
}

#[test]
fn with_the_directory_a_damaged_frame_costs_nothing_and_a_damaged_seal_one_block() {
    for keys in keys() {
        let (bytes, offsets) = pack(&keys);
        for at in offsets[2]..offsets[3] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x40;
            let salvage = PackSalvage::begin(&keys, id(), &bytes, &GUESS).unwrap();
            let is_frame = at < offsets[2] + FRAME_BYTES;
            assert_eq!(numbers(&salvage), if is_frame { all() } else { without(2) }, "{at}");
            assert!(salvage.listed().is_some());
        }
    }
}

#[test]
fn without_the_directory_any_damaged_byte_costs_its_block_alone() {
    for keys in keys() {
        let (bytes, offsets) = pack(&keys);
        let blocks = &bytes[..offsets[usize::from(BLOCKS)]];
        for at in offsets[0]..blocks.len() {
            let mut bytes = blocks.to_vec();
            bytes[at] ^= 0x40;
            let lost = u8::try_from(offsets.partition_point(|offset| *offset <= at) - 1).unwrap();
            let salvage = PackSalvage::begin(&keys, id(), &bytes, &GUESS).unwrap();
            assert_eq!(numbers(&salvage), without(lost), "{at}");
        }
    }
}

#[test]
fn what_only_looks_like_a_frame_is_passed_over() {
    for keys in keys() {
        let (bytes, offsets) = pack(&keys);
        let mut bytes = bytes[..offsets[usize::from(BLOCKS)]].to_vec();
        // In the place of the second block a frame that leads behind the third.
        let sealed_bytes = u32::try_from(offsets[3] - offsets[1] - FRAME_BYTES).unwrap();
        let frame = Frame { ordinal: 1, sealed_bytes }.encode();
        bytes[offsets[1]..offsets[1] + FRAME_BYTES].copy_from_slice(&frame);
        let salvage = PackSalvage::begin(&keys, id(), &bytes, &GUESS).unwrap();
        assert_eq!(numbers(&salvage), without(1));
    }
}

#[test]
fn a_header_with_any_damaged_byte_is_rebuilt() {
    for keys in keys() {
        let (bytes, _) = pack(&keys);
        for at in 0..PACK_HEADER_BYTES {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x11;
            let guess = HeaderGuess { sessions: &[[9; 16], SESSION], ..GUESS };
            let salvage = PackSalvage::begin(&keys, id(), &bytes, &guess).unwrap();
            assert_eq!(numbers(&salvage), all(), "{at}");
        }
    }
}

#[test]
fn a_header_that_is_gone_is_rebuilt_from_the_session_of_another_pack() {
    for keys in keys() {
        let (mut bytes, offsets) = pack(&keys);
        bytes[..PACK_HEADER_BYTES].fill(0);
        let guess = HeaderGuess { sessions: &[SESSION], ..GUESS };
        assert!(PackSalvage::begin(&keys, id(), &bytes, &GUESS).is_none());
        let salvage = PackSalvage::begin(&keys, id(), &bytes, &guess).unwrap();
        assert_eq!(numbers(&salvage), all());
        assert_eq!((salvage.header().kind, salvage.header().key_epoch), (PackKind::Tree, 2));
        // Also without the directory.
        let bytes = &bytes[..offsets[usize::from(BLOCKS)]];
        assert_eq!(numbers(&PackSalvage::begin(&keys, id(), bytes, &guess).unwrap()), all());
    }
}

#[test]
fn a_lost_header_is_sought_in_a_few_frames_however_many_the_pack_has() {
    for keys in keys() {
        let (bytes, offsets) = pack_of(&keys, 40);
        let end = offsets[40];
        let tried = probes(&bytes[..end]);
        assert_eq!(tried.len(), PROBES_MAX);
        let cost: usize = tried.iter().map(|(frame, _)| frame.sealed_bytes as usize).sum();
        assert!(cost * 4 < end, "{cost} of {end}");
        // All of them but one may be damaged.
        let mut bytes = bytes[..end].to_vec();
        bytes[..PACK_HEADER_BYTES].fill(0);
        for offset in &offsets[..PROBES_MAX - 1] {
            bytes[offset + FRAME_BYTES] ^= 1;
        }
        let guess = HeaderGuess { sessions: &[[9; 16], SESSION], ..GUESS };
        let salvage = PackSalvage::begin(&keys, id(), &bytes, &guess).unwrap();
        assert_eq!(salvage.blocks().count(), 40 - (PROBES_MAX - 1));
    }
}

#[test]
fn a_pack_under_a_wrong_name_is_read_as_what_it_is() {
    for keys in keys() {
        let (bytes, _) = pack(&keys);
        let wrong = PackId::from_bytes([9; 32]);
        let salvage = PackSalvage::begin(&keys, wrong, &bytes, &GUESS).unwrap();
        assert_eq!((salvage.header().id, numbers(&salvage)), (id(), all()));
    }
}

#[test]
fn bytes_that_are_no_pack_give_nothing() {
    for keys in keys() {
        for bytes in [&[][..], &[0; 5], &[0; PACK_HEADER_BYTES], &[0xff; 5000]] {
            let guess = HeaderGuess { sessions: &[SESSION], ..GUESS };
            assert!(PackSalvage::begin(&keys, id(), bytes, &guess).is_none());
        }
        // A header alone is one, and has nothing behind it.
        let (bytes, _) = pack(&keys);
        let header = &bytes[..PACK_HEADER_BYTES];
        let salvage = PackSalvage::begin(&keys, id(), header, &GUESS).unwrap();
        assert_eq!(salvage.blocks().count(), 0);
    }
}
