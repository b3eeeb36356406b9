//! Blocks: what is inside a seal of a pack (FORMAT.md section 6.3).
//!
//! A block is a run of chunks in stream order, compressed together. Its chunk table stands
//! inside, so that a pack that lost its directory can be salvaged block by block.

use std::cell::RefCell;

use gleaner_chunker::ChunkId;

use crate::chunk_list::{CHUNK_BYTES_MAX, ChunkRef};
use crate::defect::Defect;
use crate::le::{array_at, u32_at};
use crate::object::check_reserved;

/// Most raw bytes in one block.
pub const BLOCK_RAW_BYTES_MAX: u32 = 16 << 20;
/// Raw bytes at which a writer closes a block (bench record: `docs/decisions/0002-block-size.md`).
pub const BLOCK_RAW_BYTES_TARGET: usize = 1 << 20;
/// Bytes of a chunk table row: id and raw length.
pub(crate) const CHUNK_ROW_BYTES: usize = ChunkId::BYTES + 4;

const HEAD_BYTES: usize = 16;
const CODEC_RAW: u8 = 0;
const CODEC_ZSTD: u8 = 1;

/// How blocks are encoded; the same for all blocks of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockEncoding {
    /// zstd level, 1 to 22; 0 stores the bytes as they are.
    pub level: i32,
    /// Pad to Padme size classes (overhead below 12 %, from 64 KiB on below 1/32).
    pub pad: bool,
}

/// A block ready to be sealed.
#[derive(Debug)]
pub struct EncodedBlock {
    pub(crate) payload: Vec<u8>,
    pub(crate) chunks: Vec<ChunkRef>,
    pub(crate) raw_bytes: u32,
}

impl EncodedBlock {
    /// The chunks in the block, in order.
    #[must_use]
    pub fn chunks(&self) -> &[ChunkRef] {
        &self.chunks
    }

    /// What will be sealed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Bytes that it will occupy once sealed, without its frame.
    #[must_use]
    pub const fn payload_bytes(&self) -> usize {
        self.payload.len()
    }
}

thread_local! {
    /// zstd contexts are a megabyte each and costly to make: one per thread and level.
    static COMPRESSOR: RefCell<Option<(i32, zstd::bulk::Compressor<'static>)>> =
        const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> =
        const { RefCell::new(None) };
}

/// Compresses `raw`, which is the concatenation of `chunks`.
///
/// Bytes that do not shrink are stored as they are. Cost: zstd over `raw`, one allocation.
///
/// # Panics
/// If there is no chunk, one longer than a chunk can be, or if lengths do not add up or exceed
/// [`BLOCK_RAW_BYTES_MAX`]: the caller builds blocks.
#[must_use]
pub fn encode_block(chunks: Vec<ChunkRef>, raw: &[u8], encoding: BlockEncoding) -> EncodedBlock {
    assert!(!chunks.is_empty() && chunks.iter().all(|c| c.is_legal()), "a block holds chunks");
    let total: u64 = chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
    assert_eq!(total, raw.len() as u64, "the chunk table covers the block");
    let raw_bytes = u32::try_from(raw.len()).ok().filter(|&bytes| bytes <= BLOCK_RAW_BYTES_MAX);
    let raw_bytes = raw_bytes.expect("a block is at most BLOCK_RAW_BYTES_MAX long");
    let table_bytes = chunks.len() * CHUNK_ROW_BYTES;
    let mut payload = Vec::with_capacity(HEAD_BYTES + table_bytes + raw.len() / 2);
    payload.resize(HEAD_BYTES, 0);
    put_chunk_table(&mut payload, &chunks);
    let compressed = compress(raw, encoding.level);
    let codec = if compressed.is_some() { CODEC_ZSTD } else { CODEC_RAW };
    let body = compressed.as_deref().unwrap_or(raw);
    payload.extend_from_slice(body);
    let mut head = [0; HEAD_BYTES];
    head[0] = codec;
    head[4..8].copy_from_slice(&length_bytes(chunks.len()));
    head[8..12].copy_from_slice(&raw_bytes.to_le_bytes());
    head[12..].copy_from_slice(&length_bytes(body.len()));
    payload.splice(..HEAD_BYTES, head);
    if encoding.pad {
        payload.resize(padme(payload.len()), 0);
    }
    EncodedBlock { payload, chunks, raw_bytes }
}

/// Appends rows of (id, raw length).
pub(crate) fn put_chunk_table(out: &mut Vec<u8>, chunks: &[ChunkRef]) {
    for chunk in chunks {
        out.extend_from_slice(chunk.id.as_bytes());
        out.extend_from_slice(&chunk.bytes.to_le_bytes());
    }
}

fn length_bytes(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("bounded by BLOCK_RAW_BYTES_MAX").to_le_bytes()
}

/// Compressed bytes, or `None` if they are not shorter.
fn compress(raw: &[u8], level: i32) -> Option<Vec<u8>> {
    if level == 0 || raw.is_empty() {
        return None;
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.as_ref().is_none_or(|(cached, _)| *cached != level) {
            *slot = Some((level, zstd::bulk::Compressor::new(level).ok()?));
        }
        let (_, compressor) = slot.as_mut()?;
        let compressed = compressor.compress(raw).ok()?;
        (compressed.len() < raw.len()).then_some(compressed)
    })
}

/// Size class of Padme (Nikitin et al., PETS 2019): at most `O(log log n)` bits of a length leak.
fn padme(length: usize) -> usize {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1_usize << exponent.saturating_sub(kept)) - 1;
    (length + mask) & !mask
}

/// An opened block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its chunks, in order.
    pub chunks: Vec<ChunkRef>,
    /// Their bytes, concatenated. Ids are not checked yet.
    pub raw: Vec<u8>,
}

impl Block {
    /// The chunks with their bytes.
    pub fn iter(&self) -> impl Iterator<Item = (ChunkId, &[u8])> {
        let mut rest = self.raw.as_slice();
        self.chunks.iter().map(move |chunk| {
            let (bytes, tail) = rest.split_at(chunk.bytes as usize);
            rest = tail;
            (chunk.id, bytes)
        })
    }
}

/// Decodes the payload of an opened seal.
///
/// # Errors
/// A [`Defect`]. Allocates at most the declared raw length, which is capped.
pub fn decode_block(payload: &[u8]) -> Result<Block, Defect> {
    let found = payload.len() as u64;
    let (head, rest) = payload
        .split_first_chunk::<HEAD_BYTES>()
        .ok_or(Defect::Truncated { needed: HEAD_BYTES as u64, found })?;
    check_reserved(&head[1..4], "block: reserved bytes")?;
    let (count, raw_bytes, stored) =
        (u32_at::<4, _>(head), u32_at::<8, _>(head), u32_at::<12, _>(head));
    check_raw_bytes(raw_bytes)?;
    let table_bytes = u64::from(count) * CHUNK_ROW_BYTES as u64;
    let needed = HEAD_BYTES as u64 + table_bytes + u64::from(stored);
    let truncated = Defect::Truncated { needed, found };
    let table_bytes = usize::try_from(table_bytes).map_err(|_| truncated.clone())?;
    let (table, rest) = rest.split_at_checked(table_bytes).ok_or_else(|| truncated.clone())?;
    let (body, padding) = rest.split_at_checked(stored as usize).ok_or(truncated)?;
    if padding.iter().any(|&byte| byte != 0) {
        return Err(Defect::Trailing { what: "block", bytes: padding.len() as u64 });
    }
    let chunks = decode_chunk_table(table)?;
    let total: u64 = chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
    if chunks.is_empty() || total != u64::from(raw_bytes) {
        return Err(Defect::Inconsistent { what: "chunk table of a block" });
    }
    let raw = match head[0] {
        CODEC_RAW if stored == raw_bytes => body.to_vec(),
        CODEC_RAW => return Err(Defect::Inconsistent { what: "length of a raw block" }),
        CODEC_ZSTD => decompress(body, raw_bytes as usize)?,
        codec => {
            return Err(Defect::UnknownField { what: "block: codec", field: u64::from(codec) });
        }
    };
    Ok(Block { chunks, raw })
}

/// Refuses more raw bytes than a block can have.
pub(crate) fn check_raw_bytes(raw_bytes: u32) -> Result<(), Defect> {
    if raw_bytes > BLOCK_RAW_BYTES_MAX {
        let (value, max) = (u64::from(raw_bytes), u64::from(BLOCK_RAW_BYTES_MAX));
        return Err(Defect::Limit { what: "raw bytes of a block", value, max });
    }
    Ok(())
}

/// Decodes rows of (id, raw length); every length is one that a chunk can have.
pub(crate) fn decode_chunk_table(table: &[u8]) -> Result<Vec<ChunkRef>, Defect> {
    let (rows, _) = table.as_chunks::<CHUNK_ROW_BYTES>();
    let row = |row: &[u8; CHUNK_ROW_BYTES]| ChunkRef {
        id: ChunkId::from_bytes(array_at::<0, { ChunkId::BYTES }, _>(row)),
        bytes: u32_at::<{ ChunkId::BYTES }, _>(row),
    };
    let chunks: Vec<ChunkRef> = rows.iter().map(row).collect();
    match chunks.iter().find(|chunk| !chunk.is_legal()) {
        None => Ok(chunks),
        Some(chunk) => {
            let (value, max) = (u64::from(chunk.bytes), u64::from(CHUNK_BYTES_MAX));
            Err(Defect::Limit { what: "bytes of a chunk", value, max })
        }
    }
}

fn decompress(body: &[u8], raw_bytes: usize) -> Result<Vec<u8>, Defect> {
    DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Decompressor::new().ok();
        }
        let decompressor = slot.as_mut().ok_or(Defect::Compression)?;
        let raw = decompressor.decompress(body, raw_bytes).map_err(|_| Defect::Compression)?;
        if raw.len() == raw_bytes { Ok(raw) } else { Err(Defect::Compression) }
    })
}

#[cfg(test)]
mod tests;
