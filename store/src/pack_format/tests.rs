//! Goal: header, frame, trailer and directory describe exactly one pack or are refused.
//! Method: fields altered one by one behind right checksums; limits at n - 1, n, n + 1.
//! What a user loses if it fails: a pack that reads as another one.

use super::*;
use gleaner_chunker::ChunkId;
use proptest::prelude::*;

#[test]
fn frames_and_trailers_tell_newer_from_damaged() {
    let bytes = Frame { ordinal: 1 << 40, sealed_bytes: SEALED_BLOCK_BYTES_MAX }.encode();
    let frame = Frame::decode(&bytes).unwrap();
    assert_eq!((frame.ordinal, frame.sealed_bytes), (1 << 40, SEALED_BLOCK_BYTES_MAX));
    let altered = |at: usize| {
        let mut bytes = bytes;
        bytes[at] ^= 1;
        let crc = crc32c::crc32c(&bytes[..28]).to_le_bytes();
        bytes[28..].copy_from_slice(&crc);
        Frame::decode(&bytes)
    };
    assert!(matches!(altered(16), Err(Defect::Limit { .. })), "one byte too long");
    assert!(altered(20).unwrap_err().is_newer(), "flags");
    assert_eq!(altered(0), Err(Defect::Magic));
}

fn trailer() -> Trailer {
    Trailer {
        directory_offset: 136,
        directory_bytes: 24,
        block_count: 0,
        directory_hash: [1; 32],
        pack_hash: [2; 32],
    }
}

#[test]
fn a_trailer_states_the_length_of_its_pack() {
    let pack_bytes = 136 + 24 + TRAILER_BYTES as u64;
    let bytes = trailer().encode();
    assert_eq!(Trailer::decode(&bytes, pack_bytes), Ok(trailer()));
    for wrong in [0, pack_bytes - 1, pack_bytes + 1, u64::MAX] {
        let refused = Err(Defect::Inconsistent { what: "length of the pack" });
        assert_eq!(Trailer::decode(&bytes, wrong), refused);
    }
    let huge = Trailer { directory_offset: u64::MAX, ..trailer() }.encode();
    assert!(Trailer::decode(&huge, pack_bytes).is_err());
    let mut newer = bytes;
    newer[96] = 1;
    let crc = crc32c::crc32c(&newer[..100]).to_le_bytes();
    newer[100..].copy_from_slice(&crc);
    assert!(Trailer::decode(&newer, pack_bytes).unwrap_err().is_newer());
    for (directory_bytes, is_legal) in
        [(DIRECTORY_BYTES_MAX, true), (DIRECTORY_BYTES_MAX + 1, false)]
    {
        let bytes = Trailer { directory_bytes, ..trailer() }.encode();
        let pack_bytes = 136 + directory_bytes + TRAILER_BYTES as u64;
        assert_eq!(Trailer::decode(&bytes, pack_bytes).is_ok(), is_legal);
    }
}

fn tables() -> (Vec<BlockEntry>, Vec<ChunkRef>) {
    let chunk = |n: u8| ChunkRef { id: ChunkId::from_bytes([n; 32]), bytes: 10 * u32::from(n) };
    let block = |offset, first_slot, chunk_count, raw_bytes| BlockEntry {
        offset,
        sealed_bytes: 100,
        raw_bytes,
        first_slot,
        chunk_count,
    };
    (vec![block(136, 0, 2, 30), block(268, 2, 1, 30)], vec![chunk(1), chunk(2), chunk(3)])
}

const DIRECTORY_OFFSET: u64 = 400;

#[test]
fn a_directory_describes_a_pack_without_gaps() {
    let (blocks, chunks) = tables();
    let bytes = encode_directory(&blocks, &chunks);
    assert_eq!(bytes.len() as u64, directory_bytes(2, 3));
    assert_eq!(decode_directory(&bytes, DIRECTORY_OFFSET), Ok((blocks, chunks)));
    for offset in [DIRECTORY_OFFSET - 1, DIRECTORY_OFFSET + 1, 0, u64::MAX] {
        assert!(decode_directory(&bytes, offset).is_err(), "{offset}");
    }
    let empty = encode_directory(&[], &[]);
    assert_eq!(decode_directory(&empty, 136), Ok((vec![], vec![])));
}

#[test]
fn each_row_of_a_directory_is_checked() {
    let refused = |alter: fn(&mut Vec<BlockEntry>, &mut Vec<ChunkRef>)| {
        let (mut blocks, mut chunks) = tables();
        alter(&mut blocks, &mut chunks);
        decode_directory(&encode_directory(&blocks, &chunks), DIRECTORY_OFFSET).unwrap_err()
    };
    refused(|blocks, _| blocks[0].offset = 135);
    refused(|blocks, _| blocks[1].offset = u64::MAX);
    refused(|blocks, _| blocks[1].sealed_bytes -= 1);
    refused(|blocks, _| blocks[0].raw_bytes += 1);
    refused(|blocks, _| (blocks[0].chunk_count, blocks[0].raw_bytes) = (1, 10));
    refused(|blocks, _| blocks[1].chunk_count = u32::MAX);
    refused(|blocks, _| blocks.truncate(1));
    refused(|_, chunks| chunks.truncate(2));
    refused(|blocks, _| {
        (blocks[0].chunk_count, blocks[0].raw_bytes) = (0, 0);
        (blocks[1].chunk_count, blocks[1].raw_bytes) = (3, 60);
    });
    let limit = refused(|blocks, _| blocks[0].sealed_bytes = SEALED_BLOCK_BYTES_MAX + 1);
    assert!(matches!(limit, Defect::Limit { .. }));
    let limit = refused(|blocks, _| blocks[0].raw_bytes = (16 << 20) + 1);
    assert!(matches!(limit, Defect::Limit { .. }));
    let limit = refused(|_, chunks| chunks[0].bytes = 0);
    assert!(matches!(limit, Defect::Limit { .. }));
}

#[test]
fn every_cut_of_a_directory_is_refused() {
    let (blocks, chunks) = tables();
    let bytes = encode_directory(&blocks, &chunks);
    for length in 0..bytes.len() {
        assert!(decode_directory(&bytes[..length], DIRECTORY_OFFSET).is_err(), "{length}");
    }
    let mut newer = bytes.clone();
    newer[8 + 20] = 1;
    assert!(decode_directory(&newer, DIRECTORY_OFFSET).unwrap_err().is_newer());
    assert!(decode_directory(&[bytes, vec![0]].concat(), DIRECTORY_OFFSET).is_err());
}

proptest! {
    #[test]
    fn arbitrary_directories_do_not_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        offset: u64,
    ) {
        drop(decode_directory(&bytes, offset));
    }

    #[test]
    fn counts_of_a_directory_are_not_believed(blocks: u32, chunks: u32, rest in 0..100_usize) {
        let counts = [blocks.to_le_bytes(), chunks.to_le_bytes()].concat();
        drop(decode_directory(&[counts, vec![0; rest]].concat(), 136));
    }
}
