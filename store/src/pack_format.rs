//! Fixed-size parts of a pack: header, frame, trailer; and its directory (FORMAT.md section 6).

use gleaner_chunker::PackId;

use crate::block::{CHUNK_ROW_BYTES, check_raw_bytes, decode_chunk_table, put_chunk_table};
use crate::chunk_list::ChunkRef;
use crate::defect::Defect;
use crate::keys::Keys;
use crate::le::{array_at, u16_at, u32_at, u64_at};
use crate::object::{FORMAT_VERSION, check_reserved, check_version};
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
pub(crate) const FRAME_MAGIC: [u8; 8] = *b"GLNR\xf0\x9d\xb1\x8b";
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

/// What a new pack is told about itself.
#[derive(Debug, Clone, Copy)]
pub struct NewPack {
    /// What it will hold.
    pub kind: PackKind,
    /// A fresh random id: never reused, since keys and nonces follow from it.
    pub id: PackId,
    /// Key epoch to seal under.
    pub key_epoch: u32,
    /// Dedup domain of its chunks.
    pub domain_id: [u8; 32],
    /// Session that writes it.
    pub session: [u8; 16],
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
    pub(crate) fn new(keys: &Keys, new: NewPack) -> Self {
        let NewPack { kind, id, key_epoch, domain_id, session } = new;
        let commitment = keys.pack_keys(kind, key_epoch, id.as_bytes()).commitment;
        Self { kind, suite: keys.suite(), key_epoch, id, domain_id, session, commitment }
    }

    /// Encodes the header.
    #[must_use]
    pub fn encode(&self) -> [u8; PACK_HEADER_BYTES] {
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
        if crc32c::crc32c(&h[..132]) != u32_at::<132, _>(h) {
            return Err(Defect::Checksum { what: "pack header" });
        }
        check_version(u16_at::<8, _>(h))?;
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
        check_reserved(&h[128..132], "pack header: reserved bytes")?;
        Ok(Self {
            kind,
            suite,
            key_epoch: u32_at::<12, _>(h),
            id: PackId::from_bytes(array_at::<16, 32, _>(h)),
            domain_id: array_at::<48, 32, _>(h),
            session: array_at::<80, 16, _>(h),
            commitment: array_at::<96, 32, _>(h),
        })
    }
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
    /// Encodes the frame.
    #[must_use]
    pub fn encode(self) -> [u8; FRAME_BYTES] {
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
        if crc32c::crc32c(&f[..28]) != u32_at::<28, _>(f) {
            return Err(Defect::Checksum { what: "block frame" });
        }
        check_reserved(&f[20..28], "block frame: flags")?;
        let sealed_bytes = u32_at::<16, _>(f);
        check_sealed_bytes(sealed_bytes)?;
        Ok(Self { ordinal: u64_at::<8, _>(f), sealed_bytes })
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
    /// Encodes the trailer.
    #[must_use]
    pub fn encode(&self) -> [u8; TRAILER_BYTES] {
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
        if crc32c::crc32c(&t[..100]) != u32_at::<100, _>(t) {
            return Err(Defect::Checksum { what: "pack trailer" });
        }
        check_reserved(&t[96..100], "pack trailer: reserved bytes")?;
        let trailer = Self {
            directory_offset: u64_at::<8, _>(t),
            directory_bytes: u64_at::<16, _>(t),
            block_count: u64_at::<24, _>(t),
            directory_hash: array_at::<32, 32, _>(t),
            pack_hash: array_at::<64, 32, _>(t),
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

/// Length of a directory of that many blocks and chunks before sealing.
pub(crate) const fn directory_bytes(blocks: usize, chunks: usize) -> u64 {
    (DIRECTORY_HEAD_BYTES + blocks * BLOCK_ROW_BYTES + chunks * CHUNK_ROW_BYTES) as u64
}

/// Encodes a directory (before sealing).
///
/// # Panics
/// If there are more blocks or chunks than fit into a pack.
#[must_use]
pub fn encode_directory(blocks: &[BlockEntry], chunks: &[ChunkRef]) -> Vec<u8> {
    let plain_bytes = usize::try_from(directory_bytes(blocks.len(), chunks.len()));
    let count = |n: usize| u32::try_from(n).expect("packs are bounded").to_le_bytes();
    let mut bytes = Vec::with_capacity(plain_bytes.expect("packs are bounded") + TAG_BYTES);
    bytes.extend_from_slice(&count(blocks.len()));
    bytes.extend_from_slice(&count(chunks.len()));
    for block in blocks {
        bytes.extend_from_slice(&block.offset.to_le_bytes());
        bytes.extend_from_slice(&block.sealed_bytes.to_le_bytes());
        bytes.extend_from_slice(&block.raw_bytes.to_le_bytes());
        bytes.extend_from_slice(&block.chunk_count.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
    }
    put_chunk_table(&mut bytes, chunks);
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
    let (needed, found) = (DIRECTORY_HEAD_BYTES as u64, bytes.len() as u64);
    let (head, tables) = bytes
        .split_first_chunk::<DIRECTORY_HEAD_BYTES>()
        .ok_or(Defect::Truncated { needed, found })?;
    let (block_count, chunk_count) = (u32_at::<0, _>(head) as usize, u32_at::<4, _>(head) as usize);
    let (rows, table) = tables
        .split_at_checked(block_count.saturating_mul(BLOCK_ROW_BYTES))
        .filter(|(_, table)| Some(table.len()) == chunk_count.checked_mul(CHUNK_ROW_BYTES))
        .ok_or(Defect::Inconsistent { what: "length of the directory" })?;
    let chunks = decode_chunk_table(table)?;
    let mut blocks = Vec::with_capacity(block_count);
    let (mut offset, mut slot) = (PACK_HEADER_BYTES as u64, 0_u32);
    let inconsistent = Defect::Inconsistent { what: "block rows of the directory" };
    for row in rows.as_chunks::<BLOCK_ROW_BYTES>().0 {
        let block = decode_block_row(row, slot)?;
        let end = slot.checked_add(block.chunk_count).ok_or_else(|| inconsistent.clone())?;
        let own = chunks.get(slot as usize..end as usize).ok_or_else(|| inconsistent.clone())?;
        let raw: u64 = own.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        if own.is_empty() || block.offset != offset || u64::from(block.raw_bytes) != raw {
            return Err(inconsistent);
        }
        slot = end;
        offset += FRAME_BYTES as u64 + u64::from(block.sealed_bytes);
        blocks.push(block);
    }
    if slot as usize == chunks.len() && offset == directory_offset {
        Ok((blocks, chunks))
    } else {
        Err(inconsistent)
    }
}

fn decode_block_row(row: &[u8; BLOCK_ROW_BYTES], first_slot: u32) -> Result<BlockEntry, Defect> {
    check_reserved(&row[20..], "directory: reserved bytes")?;
    let block = BlockEntry {
        offset: u64_at::<0, _>(row),
        sealed_bytes: u32_at::<8, _>(row),
        raw_bytes: u32_at::<12, _>(row),
        first_slot,
        chunk_count: u32_at::<16, _>(row),
    };
    check_raw_bytes(block.raw_bytes)?;
    check_sealed_bytes(block.sealed_bytes)?;
    Ok(block)
}

/// Refuses a sealed block that is longer than one can be.
pub(crate) fn check_sealed_bytes(sealed_bytes: u32) -> Result<(), Defect> {
    if sealed_bytes > SEALED_BLOCK_BYTES_MAX {
        let (value, max) = (u64::from(sealed_bytes), u64::from(SEALED_BLOCK_BYTES_MAX));
        return Err(Defect::Limit { what: "sealed bytes of a block", value, max });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
