//! Goal: no bytes in the place of a pack's parts do harm, and each part has one encoding.
//! Method: the input is decoded as it is, and again with magic and checksum set right. If it
//! fails: one damaged pack stops restore, check and repair of a whole repository.

use gleaner_store::{
    BlockEncoding, BlockEntry, FRAME_BYTES, Frame, PACK_HEADER_BYTES, PackHeader, TRAILER_BYTES,
    Trailer, decode_block, decode_directory, encode_block, encode_directory,
};

/// The input cut or filled up to `N` bytes, then as it is and with magic and checksum set right.
pub(super) fn fixed<const N: usize>(input: &[u8], magic: [u8; 8]) -> [[u8; N]; 2] {
    let mut raw = [0; N];
    raw.iter_mut().zip(input).for_each(|(byte, value)| *byte = *value);
    let mut checked = raw;
    checked.iter_mut().zip(magic).for_each(|(byte, value)| *byte = value);
    let (covered, checksum) = checked.split_at_mut(N - 4);
    checksum.copy_from_slice(&crc32c::crc32c(covered).to_le_bytes());
    [raw, checked]
}

/// A pack header.
///
/// # Panics
/// When a header has two encodings.
pub fn pack_header(input: &[u8]) {
    for bytes in fixed::<PACK_HEADER_BYTES>(input, *b"GLNRPACK") {
        if let Ok(header) = PackHeader::decode(&bytes) {
            assert_eq!(header.encode(), bytes);
        }
    }
}

/// A block frame.
///
/// # Panics
/// When a frame has two encodings.
pub fn frame(input: &[u8]) {
    for bytes in fixed::<FRAME_BYTES>(input, *b"GLNR\xf0\x9d\xb1\x8b") {
        if let Ok(frame) = Frame::decode(&bytes) {
            assert_eq!(frame.encode(), bytes);
        }
    }
}

/// A trailer of a pack of any length.
///
/// # Panics
/// When a trailer has two encodings.
pub fn trailer(input: &[u8]) {
    for bytes in fixed::<TRAILER_BYTES>(input, *b"GLNRTAIL") {
        let number = |at: usize| {
            let field = bytes.get(at..at + 8).and_then(|field| field.first_chunk());
            u64::from_le_bytes(*field.expect("inside the trailer"))
        };
        let pack_bytes = number(8).wrapping_add(number(16)).wrapping_add(TRAILER_BYTES as u64);
        for pack_bytes in [pack_bytes, number(32)] {
            if let Ok(trailer) = Trailer::decode(&bytes, pack_bytes) {
                assert_eq!(trailer.encode(), bytes);
            }
        }
    }
}

/// An opened directory.
///
/// # Panics
/// When a directory has two encodings, or does not fill its pack.
pub fn pack_directory(input: &[u8]) {
    for offset in [0, PACK_HEADER_BYTES as u64, stated_end(input)] {
        let Ok((blocks, chunks)) = decode_directory(input, offset) else { continue };
        assert_eq!(encode_directory(&blocks, &chunks), input);
        let listed: usize = blocks.iter().map(|block| block.chunk_count as usize).sum();
        assert_eq!(listed, chunks.len());
        let end = blocks.last().map_or(PACK_HEADER_BYTES as u64, end_of);
        assert_eq!(end, offset);
    }
}

fn end_of(block: &BlockEntry) -> u64 {
    block.offset + FRAME_BYTES as u64 + u64::from(block.sealed_bytes)
}

/// Where the blocks of the rows end, if the rows are believed.
fn stated_end(input: &[u8]) -> u64 {
    let count = input.first_chunk().map_or(0, |count| u32::from_le_bytes(*count)) as usize;
    let rows = input.get(8..).unwrap_or_default().as_chunks::<24>().0;
    let sealed_bytes = |row: &[u8; 24]| {
        let field = row.get(8..12).and_then(|field| field.first_chunk());
        u64::from(u32::from_le_bytes(*field.expect("inside the row")))
    };
    let blocks = rows.iter().take(count).map(|row| FRAME_BYTES as u64 + sealed_bytes(row));
    PACK_HEADER_BYTES as u64 + blocks.sum::<u64>()
}

/// The payload of an opened block.
///
/// # Panics
/// When what decodes does not come back after it is encoded again.
pub fn block(input: &[u8]) {
    let Ok(block) = decode_block(input) else { return };
    assert_eq!(block.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(), block.raw.len());
    let encoding = BlockEncoding { level: 0, pad: input.len().is_multiple_of(2) };
    let again = encode_block(block.chunks.clone(), &block.raw, encoding);
    assert_eq!(again.chunks(), block.chunks);
    assert_eq!(decode_block(again.payload()), Ok(block));
}
