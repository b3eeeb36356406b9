//! Goal: whatever is left of a pack, salvage gives blocks of it and nothing else, and ends.
//! Method: the input is a pack by itself; and it is a list of changes to a pack of three blocks, of
//! which no change can make another block than those. If it fails: a repair stops at the worst
//! moment, or writes what never was.

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{
    BlockEncoding, ChunkRef, HeaderGuess, Keys, NewPack, PackKind, PackSalvage, PackWriter,
    encode_block,
};

const ID: [u8; 32] = [7; 32];
const SESSION: [u8; 16] = [3; 16];
const DOMAIN: [u8; 32] = [0; 32];
const BLOCKS: u8 = 3;

fn raw(number: u8) -> Vec<u8> {
    (0..60).map(|byte| byte ^ number).collect()
}

fn pack() -> Vec<u8> {
    let (kind, id) = (PackKind::Data, PackId::from_bytes(ID));
    let new = NewPack { kind, id, key_epoch: 0, domain_id: DOMAIN, session: SESSION };
    let mut writer = PackWriter::create(&Keys::unencrypted(), new);
    for number in 0..BLOCKS {
        let chunk = ChunkRef { id: ChunkId::from_bytes([number; 32]), bytes: 60 };
        let encoding = BlockEncoding { level: 0, pad: false };
        let block = encode_block(vec![chunk], &raw(number), encoding);
        writer.append(block).expect("a small block fits into a pack");
    }
    writer.finish().parts().collect::<Vec<_>>().concat()
}

fn salvage(bytes: &[u8], mut see: impl FnMut(&[ChunkRef], &[u8])) {
    let guess = HeaderGuess { key_epoch_max: 1, domain_id: DOMAIN, sessions: &[SESSION] };
    let keys = Keys::unencrypted();
    let Some(salvage) = PackSalvage::begin(&keys, PackId::from_bytes(ID), bytes, &guess) else {
        return;
    };
    let mut end = 0;
    for found in salvage.blocks() {
        assert!(found.offset >= end, "blocks come in order");
        end = found.offset + 1;
        see(&found.block.chunks, &found.block.raw);
    }
}

/// A damaged pack.
///
/// # Panics
/// When a block comes out that never went in.
pub fn pack_salvage(input: &[u8]) {
    salvage(input, |_, _| {});
    let mut bytes = pack();
    let (changes, rest) = input.as_chunks::<4>();
    for [low, high, what, value] in changes {
        let length = bytes.len();
        let at = usize::from(u16::from_le_bytes([*low, *high])) % (length + 1);
        match what % 4 {
            0 => bytes.truncate(at),
            1 => bytes.splice(at..at, rest.iter().copied().chain([*value])).for_each(drop),
            _ => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= value),
        }
    }
    salvage(&bytes, |chunks, found| {
        let [chunk] = chunks else { panic!("a block of another number of chunks") };
        let number = (0..BLOCKS).find(|number| chunk.id == ChunkId::from_bytes([*number; 32]));
        assert_eq!(Some(found), number.map(raw).as_deref(), "a block that never was");
    });
}
