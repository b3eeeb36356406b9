//! Fixed-size parts of a pack: header, frame, trailer; and its directory (FORMAT.md section 6).

use gleaner_chunker::{ChunkId, PackId};

use crate::block::{CHUNK_ROW_BYTES, decode_chunk_table};
use crate::chunk_list::ChunkRef;
use crate::defect::Defect;
use crate::object::{FORMAT_VERSION, check_version, le_u32, le_u64};
use crate::seal::{Suite, TAG_BYTES};

/// Length of the plain header in bytes.
pub const PACK_HEADER_BYTES: usize = 136;
/// Length of the plain frame before each block in bytes.
pub const FRAME_BYTES: usize = 32;
/// Length of the trailer in bytes.
pub const TRAILER_BYTES: usize = 104;
/// Largest pack in bytes.
pub const PACK_BYTES_MAX: u64 = 1 << 30;
/// Largest sealed directory in bytes.
pub const DIRECTORY_BYTES_MAX: u64 = 64 << 20;
/// Largest sealed block in bytes: raw bytes, a full chunk table, head, tag.
pub(crate) const SEALED_BLOCK_BYTES_MAX: u32 = 64 << 20;

const PACK_MAGIC: [u8; 8] = *b"GLNRPACK";
const FRAME_MAGIC: [u8; 8] = *b"GLNR\xf0\x9d\xb1\x8b";
const TRAILER_MAGIC: [u8; 8] = *b"GLNRTAIL";
const DIRECTORY_HEAD_BYTES: usize = 8;
const BLOCK_ROW_BYTES: usize = 24;

/// What a pack holds; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PackKind {
    /// Chunks of increments.
    Data = 1,
    /// Chunks of tree streams.
    Tree = 2,
}

impl PackKind {
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

/// The plain header of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackHeader {
    /// What the pack holds.
    pub kind: PackKind,
    /// Suite of its seals.
    pub suite: Suite,
    /// Key epoch under which it was sealed.
    pub key_epoch: u32,
    /// Random id, also its name.
    pub id: PackId,
    /// Dedup domain of its chunks.
    pub domain_id: [u8; 32],
    /// Session that wrote it.
    pub session: [u8; 16],
    /// Commitment of its keys.
    pub commitment: [u8; 32],
}

impl PackHeader {
    pub(crate) fn encode(&self) -> [u8; PACK_HEADER_BYTES] {
        let mut h = [0; PACK_HEADER_BYTES];
        h[..8].copy_from_slice(&PACK_MAGIC);
        h[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        h[10] = self.kind.number();
        h[11] = self.suite.number();
        h[12..16].copy_from_slice(&self.key_epoch.to_le_bytes());
        h[16..48].copy_from_slice(self.id.as_bytes());
        h[48..80].copy_from_slice(&self.domain_id);
        h[80..96].copy_from_slice(&self.session);
        h[96..128].copy_from_slice(&self.commitment);
        let crc = crc32c::crc32c(&h[..132]);
        h[132..].copy_from_slice(&crc.to_le_bytes());
        h
    }

    /// Decodes a header.
    ///
    /// # Errors
    /// A [`Defect`] if it is damaged or too new.
    pub fn decode(h: &[u8; PACK_HEADER_BYTES]) -> Result<Self, Defect> {
        if h[..8] != PACK_MAGIC {
            return Err(Defect::Magic);
        }
        if crc32c::crc32c(&h[..132]) != le_u32(h, 132) {
            return Err(Defect::Checksum { what: "pack header" });
        }
        check_version(u16::from_le_bytes([h[8], h[9]]))?;
        let kind = match h[10] {
            1 => PackKind::Data,
            2 => PackKind::Tree,
            kind => {
                let field = u64::from(kind);
                return Err(Defect::UnknownField { what: "pack header: kind", field });
            }
        };
        let suite = Suite::from_number(h[11])
            .ok_or(Defect::UnknownField { what: "pack header: suite", field: u64::from(h[11]) })?;
        if h[128..132] != [0; 4] {
            return Err(Defect::Inconsistent { what: "reserved bytes of the pack header" });
        }
        let mut session = [0; 16];
        session.copy_from_slice(&h[80..96]);
        Ok(Self {
            kind,
            suite,
            key_epoch: le_u32(h, 12),
            id: PackId::from_bytes(field32(h, 16)),
            domain_id: field32(h, 48),
            session,
            commitment: field32(h, 96),
        })
    }
}

fn field32(bytes: &[u8], at: usize) -> [u8; 32] {
    let mut value = [0; 32];
    value.copy_from_slice(&bytes[at..at + 32]);
    value
}

/// The plain frame before a sealed block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Number of the block in its pack, from 0.
    pub ordinal: u64,
    /// Length of the sealed block in bytes, tag included.
    pub sealed_bytes: u32,
}

impl Frame {
    pub(crate) fn encode(self) -> [u8; FRAME_BYTES] {
        let mut f = [0; FRAME_BYTES];
        f[..8].copy_from_slice(&FRAME_MAGIC);
        f[8..16].copy_from_slice(&self.ordinal.to_le_bytes());
        f[16..20].copy_from_slice(&self.sealed_bytes.to_le_bytes());
        let crc = crc32c::crc32c(&f[..28]);
        f[28..].copy_from_slice(&crc.to_le_bytes());
        f
    }

    /// Decodes a frame.
    ///
    /// # Errors
    /// A [`Defect`] if it is damaged, or declares an absurd length.
    pub fn decode(f: &[u8; FRAME_BYTES]) -> Result<Self, Defect> {
        if f[..8] != FRAME_MAGIC {
            return Err(Defect::Magic);
        }
        if crc32c::crc32c(&f[..28]) != le_u32(f, 28) {
            return Err(Defect::Checksum { what: "block frame" });
        }
        if f[20..28] != [0; 8] {
            return Err(Defect::UnknownField { what: "block frame: flags", field: 0 });
        }
        let sealed_bytes = le_u32(f, 16);
        if sealed_bytes > SEALED_BLOCK_BYTES_MAX {
            let (value, max) = (u64::from(sealed_bytes), u64::from(SEALED_BLOCK_BYTES_MAX));
            return Err(Defect::Limit { what: "sealed bytes of a block", value, max });
        }
        Ok(Self { ordinal: le_u64(f, 8), sealed_bytes })
    }
}

/// The trailer at the end of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trailer {
    /// Offset of the sealed directory.
    pub directory_offset: u64,
    /// Length of the sealed directory.
    pub directory_bytes: u64,
    /// Number of blocks.
    pub block_count: u64,
    /// BLAKE3 of the sealed directory.
    pub directory_hash: [u8; 32],
    /// BLAKE3 of everything before the trailer: verifies a pack without any key.
    pub pack_hash: [u8; 32],
}

impl Trailer {
    pub(crate) fn encode(&self) -> [u8; TRAILER_BYTES] {
        let mut t = [0; TRAILER_BYTES];
        t[..8].copy_from_slice(&TRAILER_MAGIC);
        t[8..16].copy_from_slice(&self.directory_offset.to_le_bytes());
        t[16..24].copy_from_slice(&self.directory_bytes.to_le_bytes());
        t[24..32].copy_from_slice(&self.block_count.to_le_bytes());
        t[32..64].copy_from_slice(&self.directory_hash);
        t[64..96].copy_from_slice(&self.pack_hash);
        let crc = crc32c::crc32c(&t[..100]);
        t[100..].copy_from_slice(&crc.to_le_bytes());
        t
    }

    /// Decodes the trailer of a pack of `pack_bytes` bytes.
    ///
    /// # Errors
    /// A [`Defect`] if it is damaged, or does not describe a pack of that length.
    pub fn decode(t: &[u8; TRAILER_BYTES], pack_bytes: u64) -> Result<Self, Defect> {
        if t[..8] != TRAILER_MAGIC {
            return Err(Defect::Magic);
        }
        if crc32c::crc32c(&t[..100]) != le_u32(t, 100) {
            return Err(Defect::Checksum { what: "pack trailer" });
        }
        if t[96..100] != [0; 4] {
            return Err(Defect::Inconsistent { what: "reserved bytes of the pack trailer" });
        }
        let trailer = Self {
            directory_offset: le_u64(t, 8),
            directory_bytes: le_u64(t, 16),
            block_count: le_u64(t, 24),
            directory_hash: field32(t, 32),
            pack_hash: field32(t, 64),
        };
        if trailer.directory_bytes > DIRECTORY_BYTES_MAX {
            let (value, max) = (trailer.directory_bytes, DIRECTORY_BYTES_MAX);
            return Err(Defect::Limit { what: "bytes of a directory", value, max });
        }
        let end = trailer.directory_offset.checked_add(trailer.directory_bytes);
        if end.and_then(|end| end.checked_add(TRAILER_BYTES as u64)) == Some(pack_bytes) {
            Ok(trailer)
        } else {
            Err(Defect::Inconsistent { what: "length of the pack" })
        }
    }
}

/// Where a block stands in its pack and which chunks are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockEntry {
    /// Offset of the block's frame in the pack.
    pub offset: u64,
    /// Length of the sealed block in bytes, without its frame.
    pub sealed_bytes: u32,
    /// Raw bytes of all its chunks.
    pub raw_bytes: u32,
    /// Slot of its first chunk.
    pub first_slot: u32,
    /// Number of its chunks.
    pub chunk_count: u32,
}

/// Encodes a directory (before sealing).
pub(crate) fn encode_directory(blocks: &[BlockEntry], chunks: &[ChunkRef]) -> Vec<u8> {
    let table_bytes = blocks.len() * BLOCK_ROW_BYTES + chunks.len() * CHUNK_ROW_BYTES;
    let count = |n: usize| u32::try_from(n).expect("packs are bounded").to_le_bytes();
    let mut bytes = Vec::with_capacity(DIRECTORY_HEAD_BYTES + table_bytes + TAG_BYTES);
    bytes.extend_from_slice(&count(blocks.len()));
    bytes.extend_from_slice(&count(chunks.len()));
    for block in blocks {
        bytes.extend_from_slice(&block.offset.to_le_bytes());
        bytes.extend_from_slice(&block.sealed_bytes.to_le_bytes());
        bytes.extend_from_slice(&block.raw_bytes.to_le_bytes());
        bytes.extend_from_slice(&block.chunk_count.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
    }
    for chunk in chunks {
        bytes.extend_from_slice(chunk.id.as_bytes());
        bytes.extend_from_slice(&chunk.bytes.to_le_bytes());
    }
    bytes
}

/// Decodes a directory whose blocks must fill the pack up to `directory_offset`.
///
/// # Errors
/// A [`Defect`] for anything that does not describe exactly such a pack.
pub fn decode_directory(
    bytes: &[u8],
    directory_offset: u64,
) -> Result<(Vec<BlockEntry>, Vec<ChunkRef>), Defect> {
    const { assert!(CHUNK_ROW_BYTES == ChunkId::BYTES + 4) };
    if bytes.len() < DIRECTORY_HEAD_BYTES {
        let (needed, found) = (DIRECTORY_HEAD_BYTES as u64, bytes.len() as u64);
        return Err(Defect::Truncated { needed, found });
    }
    let (block_count, chunk_count) = (le_u32(bytes, 0), le_u32(bytes, 4));
    let block_bytes = u64::from(block_count) * BLOCK_ROW_BYTES as u64;
    let needed =
        DIRECTORY_HEAD_BYTES as u64 + block_bytes + u64::from(chunk_count) * CHUNK_ROW_BYTES as u64;
    if bytes.len() as u64 != needed {
        return Err(Defect::Inconsistent { what: "length of the directory" });
    }
    let (rows, table) =
        bytes[DIRECTORY_HEAD_BYTES..].split_at(block_count as usize * BLOCK_ROW_BYTES);
    let chunks = decode_chunk_table(table)?;
    let mut blocks = Vec::with_capacity(block_count as usize);
    let (mut offset, mut slot) = (PACK_HEADER_BYTES as u64, 0_u32);
    let inconsistent = Defect::Inconsistent { what: "block rows of the directory" };
    for row in rows.as_chunks::<BLOCK_ROW_BYTES>().0 {
        let block = BlockEntry {
            offset: le_u64(row, 0),
            sealed_bytes: le_u32(row, 8),
            raw_bytes: le_u32(row, 12),
            first_slot: slot,
            chunk_count: le_u32(row, 16),
        };
        let end = slot.checked_add(block.chunk_count).filter(|&end| end <= chunk_count);
        let Some(end) = end else { return Err(inconsistent) };
        let raw = chunks[slot as usize..end as usize].iter().map(|c| u64::from(c.bytes)).sum();
        let sound = block.offset == offset && u64::from(block.raw_bytes) == raw;
        if !sound || block.sealed_bytes > SEALED_BLOCK_BYTES_MAX || le_u32(row, 20) != 0 {
            return Err(inconsistent);
        }
        slot = end;
        offset += FRAME_BYTES as u64 + u64::from(block.sealed_bytes);
        blocks.push(block);
    }
    if slot == chunk_count && offset == directory_offset {
        Ok((blocks, chunks))
    } else {
        Err(inconsistent)
    }
}
