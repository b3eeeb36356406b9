//! Goal: a block gives back its chunks or a named defect.
//! Method: round trips over levels and padding, then heads altered field by field.
//! What a user loses if it fails: the content of files.

use proptest::prelude::*;

use super::*;

fn chunks(lengths: &[u32]) -> Vec<ChunkRef> {
    let id = |n: usize| ChunkId::from_bytes([u8::try_from(n % 251).unwrap(); 32]);
    lengths.iter().enumerate().map(|(n, &bytes)| ChunkRef { id: id(n), bytes }).collect()
}

fn encode(lengths: &[u32], encoding: BlockEncoding) -> (Vec<u8>, Vec<u8>) {
    let total: u32 = lengths.iter().sum();
    let raw: Vec<u8> = (0..total).map(|n| (n / 7 % 256).to_le_bytes()[0]).collect();
    (encode_block(chunks(lengths), &raw, encoding).payload, raw)
}

const PLAIN: BlockEncoding = BlockEncoding { level: 0, pad: false };

proptest! {
    #[test]
    fn a_block_gives_back_its_chunks(
        lengths in prop::collection::vec(1_u32..3000, 1..40),
        level in 0..4,
        pad: bool,
    ) {
        let (payload, raw) = encode(&lengths, BlockEncoding { level, pad });
        let block = decode_block(&payload).unwrap();
        prop_assert_eq!(&block.raw, &raw);
        prop_assert_eq!(&block.chunks, &chunks(&lengths));
        prop_assert_eq!(block.iter().map(|(_, bytes)| bytes).collect::<Vec<_>>().concat(), raw);
    }

    #[test]
    fn arbitrary_payloads_do_not_panic(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(decode_block(&payload));
    }
}

#[test]
fn each_field_of_the_head_is_checked() {
    let (payload, _) = encode(&[5, 6], PLAIN);
    let altered = |at: usize, value: u8| {
        let mut payload = payload.clone();
        payload[at] = value;
        decode_block(&payload).unwrap_err()
    };
    assert!(altered(0, 2).is_newer(), "unknown codec");
    assert_eq!(altered(0, 1), Defect::Compression, "stored bytes are no zstd frame");
    for at in 1..4 {
        assert!(altered(at, 1).is_newer(), "reserved byte {at}");
    }
    assert!(matches!(altered(4, 3), Defect::Truncated { .. }));
    assert!(matches!(altered(4, 1), Defect::Trailing { .. } | Defect::Inconsistent { .. }));
    assert!(matches!(altered(7, 0xff), Defect::Truncated { .. }), "4 GiB of chunks");
    assert_eq!(altered(8, 10), Defect::Inconsistent { what: "chunk table of a block" });
    assert!(matches!(altered(11, 0xff), Defect::Limit { .. }));
    assert!(matches!(altered(12, 12), Defect::Truncated { .. }));
    assert!(matches!(altered(12, 10), Defect::Trailing { .. }));
    assert!(matches!(altered(16 + 32, 0), Defect::Limit { value: 0, .. }), "empty chunk");
}

#[test]
fn decompression_stops_at_the_declared_length() {
    let encoding = BlockEncoding { level: 3, pad: false };
    let raw = vec![0; 1 << 20];
    let one = vec![ChunkRef { id: ChunkId::from_bytes([1; 32]), bytes: 1 << 20 }];
    let mut payload = encode_block(one, &raw, encoding).payload;
    assert_eq!(decode_block(&payload).unwrap().raw, raw);
    for declared in [1_u32, (1 << 20) - 1, (1 << 20) + 1] {
        let declared = declared.to_le_bytes();
        payload[8..12].copy_from_slice(&declared);
        payload[48..52].copy_from_slice(&declared);
        assert_eq!(decode_block(&payload), Err(Defect::Compression));
    }
}

#[test]
fn chunks_and_blocks_have_limits() {
    let largest = CHUNK_BYTES_MAX;
    let (payload, _) = encode(&[largest, largest], PLAIN);
    assert_eq!(decode_block(&payload).unwrap().raw.len(), BLOCK_RAW_BYTES_MAX as usize);
    let table = |bytes: u32| [&[0; 32][..], &bytes.to_le_bytes()].concat();
    assert!(decode_chunk_table(&table(largest)).is_ok());
    for bytes in [0, largest + 1, u32::MAX] {
        let limit = Defect::Limit { what: "bytes of a chunk", value: bytes.into(), max: 8 << 20 };
        assert_eq!(decode_chunk_table(&table(bytes)), Err(limit));
    }
}

#[test]
fn a_block_without_chunks_is_refused() {
    assert!(decode_block(&[0; HEAD_BYTES]).is_err());
}

#[test]
fn padded_lengths_fall_into_the_classes_of_padme() {
    // Figures of the paper: at most 12 % in all, 1/32 from 64 KiB on.
    for length in 2..100_000 {
        let padded = padme(length);
        assert!(padded >= length && padme(padded) == padded);
        assert!((padded - length) * 100 <= length * 12, "{length} -> {padded}");
        assert!(length < 65_536 || (padded - length) * 32 <= length, "{length} -> {padded}");
    }
    assert_eq!((padme(9), padme(129), padme(1_000_000)), (10, 144, 1_015_808));
    let (payload, _) = encode(&[1000], BlockEncoding { level: 0, pad: true });
    assert_eq!(payload.len(), padme(HEAD_BYTES + CHUNK_ROW_BYTES + 1000));
    let mut dirty = payload;
    *dirty.last_mut().unwrap() = 1;
    assert!(matches!(decode_block(&dirty), Err(Defect::Trailing { .. })));
}
