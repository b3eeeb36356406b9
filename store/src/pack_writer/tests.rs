//! Goal: what a writer makes is what a reader takes, also when it is sealed again.
//! Method: limits of blocks, directories and packs at the boundary; a pack sealed twice.
//! What a user loses if it fails: an acknowledged backup that nobody can open.

use gleaner_chunker::ChunkId;

use super::*;
use crate::block::{BlockEncoding, encode_block};
use crate::layout;
use crate::memory_storage::MemoryStorage;
use crate::pack_format::PackKind;
use crate::pack_reader::read_pack_directory;
use crate::random::SeededRandom;

fn new_pack(id: u8) -> NewPack {
    let id = PackId::from_bytes([id; 32]);
    NewPack { kind: PackKind::Data, id, key_epoch: 3, domain_id: [2; 32], session: [3; 16] }
}

fn block(chunks: usize, chunk_bytes: u32) -> EncodedBlock {
    let chunk = ChunkRef { id: ChunkId::from_bytes([9; 32]), bytes: chunk_bytes };
    let raw = vec![7; chunks * chunk_bytes as usize];
    encode_block(vec![chunk; chunks], &raw, BlockEncoding { level: 0, pad: false })
}

fn store(pack: &SealedPack) -> MemoryStorage {
    let storage = MemoryStorage::new();
    let bytes = pack.parts().collect::<Vec<_>>().concat();
    storage.replace_raw(&layout::pack(&pack.directory.id()), &bytes);
    storage
}

fn keys() -> Keys {
    Keys::generate(&SeededRandom::new(4)).unwrap()
}

#[test]
fn a_reader_finds_what_the_writer_states() {
    for keys in [keys(), Keys::unencrypted()] {
        let mut writer = PackWriter::create(&keys, new_pack(1));
        for chunks in 1..4 {
            writer.append(block(chunks, 1000)).unwrap();
        }
        let stated = writer.bytes();
        let pack = writer.finish();
        assert_eq!(pack.directory.pack_bytes, stated);
        let storage = store(&pack);
        let id = pack.directory.id();
        let read = read_pack_directory(&storage, &keys, id, stated).unwrap();
        assert_eq!(read, pack.directory);
        let of_slot: Vec<_> = (0..7).map(|slot| read.block_of(slot)).collect();
        assert_eq!(of_slot, [Some(0), Some(1), Some(1), Some(2), Some(2), Some(2), None]);
        for ordinal in 0..3 {
            let opened = read.read_block(&storage, &keys, ordinal).unwrap();
            assert_eq!(Some(opened.chunks.as_slice()), read.chunks_of(ordinal));
        }
        assert!(read.read_block(&storage, &keys, 3).is_err());
    }
}

#[test]
fn a_pack_without_blocks_opens() {
    let pack = PackWriter::create(&keys(), new_pack(1)).finish();
    let (storage, id) = (store(&pack), pack.directory.id());
    let read = read_pack_directory(&storage, &keys(), id, pack.directory.pack_bytes).unwrap();
    assert!(read.blocks.is_empty() && read.block_of(0).is_none());
}

#[test]
fn a_pack_sealed_again_has_another_id_other_bytes_and_the_same_chunks() {
    let mut writer = PackWriter::create(&keys(), new_pack(1));
    writer.append(block(2, 500)).unwrap();
    writer.append(block(1, 700)).unwrap();
    let first = writer.finish();
    let second = first.reseal(&keys(), PackId::from_bytes([8; 32])).unwrap();
    assert_eq!(second.directory.chunks, first.directory.chunks);
    assert_eq!(second.directory.blocks, first.directory.blocks);
    assert_eq!(second.directory.header.session, first.directory.header.session);
    for (a, b) in first.parts().zip(second.parts()) {
        assert_ne!(a, b);
    }
    let (storage, directory) = (store(&second), &second.directory);
    let read =
        read_pack_directory(&storage, &keys(), directory.id(), directory.pack_bytes).unwrap();
    for ordinal in 0..2 {
        read.read_block(&storage, &keys(), ordinal).unwrap();
    }
}

#[test]
#[should_panic(expected = "under a new id only")]
fn a_pack_is_never_sealed_again_under_its_own_id() {
    let pack = PackWriter::create(&keys(), new_pack(1)).finish();
    drop(pack.reseal(&keys(), PackId::from_bytes([1; 32])));
}

#[test]
fn memory_damaged_after_sealing_is_found_when_sealed_again() {
    let mut writer = PackWriter::create(&keys(), new_pack(1));
    writer.append(block(1, 100)).unwrap();
    let mut pack = writer.finish();
    pack.parts[1][FRAME_BYTES + 3] ^= 1;
    let error = pack.reseal(&keys(), PackId::from_bytes([8; 32])).unwrap_err();
    assert!(error.defect().is_some(), "{error}");
}

#[test]
fn a_writer_refuses_what_no_reader_would_take() {
    let mut writer = PackWriter::create(&Keys::unencrypted(), new_pack(1));
    // A table of 36 bytes for each chunk of one byte: beyond 64 MiB.
    let chunks = usize::try_from(SEALED_BLOCK_BYTES_MAX).unwrap() / 37;
    let too_long = block(chunks + 1, 1);
    assert!(!writer.has_room_for(&too_long));
    assert!(matches!(writer.append(too_long), Err(Error::Limit { .. })));
    // Two tables of half that size fill the directory.
    let half = || block(usize::try_from(DIRECTORY_BYTES_MAX).unwrap() / 72 - 10, 1);
    writer.append(half()).unwrap();
    writer.append(half()).unwrap();
    assert!(!writer.has_room_for(&half()));
    let refused = writer.append(half());
    assert!(matches!(refused, Err(Error::Limit { what: "bytes of a directory", .. })));
    assert!(writer.has_room_for(&block(1, 1)));
    writer.append(block(1, 1)).unwrap();
    assert!(writer.finish().directory.trailer.directory_bytes <= DIRECTORY_BYTES_MAX);
}
