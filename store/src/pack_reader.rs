//! Reads packs: directory first, then any block (FORMAT.md section 6).

use gleaner_chunker::PackId;

use crate::block::{Block, EncodedBlock, decode_block};
use crate::chunk_list::ChunkRef;
use crate::defect::Defect;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::layout;
use crate::object_name::ObjectName;
use crate::pack_format::{
    BlockEntry, FRAME_BYTES, Frame, NewPack, PACK_BYTES_MAX, PACK_HEADER_BYTES, PackHeader,
    TRAILER_BYTES, Trailer, decode_directory,
};
use crate::seal::{NonceType, same_commitment};
use crate::storage::Storage;

/// What a pack contains and where: enough to rebuild the index without opening blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackDirectory {
    /// The plain header.
    pub header: PackHeader,
    /// The trailer.
    pub trailer: Trailer,
    /// Blocks in order of offset.
    pub blocks: Vec<BlockEntry>,
    /// Chunks of all blocks in order; a slot is a position in this list.
    pub chunks: Vec<ChunkRef>,
    /// Length of the pack in bytes.
    pub pack_bytes: u64,
}

impl PackDirectory {
    /// Id of the pack.
    #[must_use]
    pub const fn id(&self) -> PackId {
        self.header.id
    }

    /// Name of the pack on storage.
    #[must_use]
    pub fn name(&self) -> ObjectName {
        layout::pack(&self.header.id)
    }

    /// Number of the block that holds `slot`, or `None` beyond the end.
    #[must_use]
    pub fn block_of(&self, slot: u32) -> Option<usize> {
        if slot as usize >= self.chunks.len() {
            return None;
        }
        self.blocks.partition_point(|block| block.first_slot <= slot).checked_sub(1)
    }

    /// Offset and length in the pack of a block with its frame.
    #[must_use]
    pub fn framed_range(&self, ordinal: usize) -> Option<(u64, usize)> {
        let block = self.blocks.get(ordinal)?;
        Some((block.offset, FRAME_BYTES + block.sealed_bytes as usize))
    }

    /// Chunks of block `ordinal` in order, or `None` if there is no such block.
    #[must_use]
    pub fn chunks_of(&self, ordinal: usize) -> Option<&[ChunkRef]> {
        let block = self.blocks.get(ordinal)?;
        let first = block.first_slot as usize;
        self.chunks.get(first..first.checked_add(block.chunk_count as usize)?)
    }

    pub(crate) const fn as_new(&self) -> NewPack {
        let PackHeader { kind, key_epoch, id, domain_id, session, .. } = self.header;
        NewPack { kind, id, key_epoch, domain_id, session }
    }

    fn damaged(&self, ordinal: usize, defect: Defect) -> Error {
        let offset = self.blocks.get(ordinal).map_or(0, |block| block.offset);
        Error::damaged(&self.name(), offset, defect)
    }

    /// Opens the seal of block `ordinal`; `framed` is its frame and its sealed bytes.
    pub(crate) fn open_payload(
        &self,
        keys: &Keys,
        ordinal: usize,
        framed: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let PackHeader { kind, key_epoch, .. } = self.header;
        let pack_keys = keys.pack_keys(kind, key_epoch, self.header.id.as_bytes());
        let payload = self.unseal(&pack_keys.block, ordinal, framed);
        payload.map_err(|defect| self.damaged(ordinal, defect))
    }

    fn unseal(
        &self,
        key: &crate::seal::SealKey,
        ordinal: usize,
        mut framed: Vec<u8>,
    ) -> Result<Vec<u8>, Defect> {
        let block =
            self.blocks.get(ordinal).ok_or(Defect::Inconsistent { what: "block number" })?;
        let (needed, found) = (FRAME_BYTES as u64, framed.len() as u64);
        let frame_bytes =
            *framed.first_chunk::<FRAME_BYTES>().ok_or(Defect::Truncated { needed, found })?;
        let frame = Frame::decode(&frame_bytes)?;
        let expected = Frame { ordinal: ordinal as u64, sealed_bytes: block.sealed_bytes };
        if frame != expected || framed.len() != FRAME_BYTES + block.sealed_bytes as usize {
            return Err(Defect::Inconsistent { what: "block frame" });
        }
        let mut aad = [0; PACK_HEADER_BYTES + FRAME_BYTES];
        aad[..PACK_HEADER_BYTES].copy_from_slice(&self.header.encode());
        aad[PACK_HEADER_BYTES..].copy_from_slice(&frame_bytes);
        framed.drain(..FRAME_BYTES);
        key.open(NonceType::Block, frame.ordinal, &aad, &mut framed)
            .map_err(|()| Defect::Seal { what: "block" })?;
        Ok(framed)
    }

    /// Opens and decodes block `ordinal` from its framed bytes.
    ///
    /// The chunk table must equal the directory's. Chunk ids are not recomputed here.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the block's offset.
    pub fn open_block(&self, keys: &Keys, ordinal: usize, framed: Vec<u8>) -> Result<Block> {
        self.decode(ordinal, &self.open_payload(keys, ordinal, framed)?)
    }

    fn decode(&self, ordinal: usize, payload: &[u8]) -> Result<Block> {
        let block = decode_block(payload).map_err(|defect| self.damaged(ordinal, defect))?;
        if self.chunks_of(ordinal) == Some(block.chunks.as_slice()) {
            Ok(block)
        } else {
            let defect = Defect::Inconsistent { what: "chunk tables of block and directory" };
            Err(self.damaged(ordinal, defect))
        }
    }

    /// Reads and opens block `ordinal`.
    ///
    /// Cost: one ranged read.
    ///
    /// # Errors
    /// As [`PackDirectory::open_block`], and storage errors.
    pub fn read_block(&self, storage: &dyn Storage, keys: &Keys, ordinal: usize) -> Result<Block> {
        self.open_block(keys, ordinal, self.read_framed(storage, ordinal)?)
    }

    /// As [`PackDirectory::read_block`], and also gives the block as it was encoded, to be sealed
    /// again in another pack.
    ///
    /// # Errors
    /// As [`PackDirectory::read_block`].
    pub fn reopen_block(
        &self,
        storage: &dyn Storage,
        keys: &Keys,
        ordinal: usize,
    ) -> Result<(EncodedBlock, Block)> {
        let payload = self.open_payload(keys, ordinal, self.read_framed(storage, ordinal)?)?;
        let block = self.decode(ordinal, &payload)?;
        let raw_bytes = self.blocks.get(ordinal).map_or(0, |entry| entry.raw_bytes);
        Ok((EncodedBlock { payload, chunks: block.chunks.clone(), raw_bytes }, block))
    }

    fn read_framed(&self, storage: &dyn Storage, ordinal: usize) -> Result<Vec<u8>> {
        let range = self.framed_range(ordinal);
        let (offset, bytes) = range
            .ok_or_else(|| self.damaged(ordinal, Defect::Inconsistent { what: "block number" }))?;
        let mut framed = vec![0; bytes];
        storage.read_at(&self.name(), offset, &mut framed)?;
        Ok(framed)
    }
}

/// Reads header, trailer and directory of a pack, which is `pack_bytes` long by the listing.
///
/// Cost: two or three ranged reads. Proves that header, directory and trailer belong together
/// and to `id`; blocks are not read.
///
/// # Errors
/// [`Error::Damaged`] naming the part by its offset; storage errors.
pub fn read_pack_directory(
    storage: &dyn Storage,
    keys: &Keys,
    id: PackId,
    pack_bytes: u64,
) -> Result<PackDirectory> {
    let name = layout::pack(&id);
    let header = read_pack_header(storage, keys, id, pack_bytes)?;
    let tail_offset = pack_bytes - TRAILER_BYTES as u64;
    let mut tail = [0; TRAILER_BYTES];
    storage.read_at(&name, tail_offset, &mut tail)?;
    let trailer = Trailer::decode(&tail, pack_bytes)
        .map_err(|defect| Error::damaged(&name, tail_offset, defect))?;
    let at_directory = |defect| Error::damaged(&name, trailer.directory_offset, defect);
    let length = usize::try_from(trailer.directory_bytes)
        .map_err(|_| at_directory(Defect::Inconsistent { what: "length of the directory" }))?;
    let mut sealed = vec![0; length];
    storage.read_at(&name, trailer.directory_offset, &mut sealed)?;
    if *blake3::hash(&sealed).as_bytes() != trailer.directory_hash {
        return Err(at_directory(Defect::Checksum { what: "directory" }));
    }
    keys.pack_keys(header.kind, header.key_epoch, id.as_bytes())
        .directory
        .open(NonceType::Directory, 0, &header.encode(), &mut sealed)
        .map_err(|()| at_directory(Defect::Seal { what: "directory" }))?;
    let (blocks, chunks) =
        decode_directory(&sealed, trailer.directory_offset).map_err(at_directory)?;
    if blocks.len() as u64 != trailer.block_count {
        return Err(at_directory(Defect::Inconsistent { what: "number of blocks" }));
    }
    Ok(PackDirectory { header, trailer, blocks, chunks, pack_bytes })
}

/// Reads the header and checks that it may be one of this repository's packs named `id`, which is
/// `pack_bytes` long by the listing.
///
/// Cost: one ranged read. Nothing behind the header is looked at.
///
/// # Errors
/// [`Error::Damaged`] with offset 0; storage errors.
pub fn read_pack_header(
    storage: &dyn Storage,
    keys: &Keys,
    id: PackId,
    pack_bytes: u64,
) -> Result<PackHeader> {
    let name = layout::pack(&id);
    let at_start = |defect| Error::damaged(&name, 0, defect);
    let needed = (PACK_HEADER_BYTES + TRAILER_BYTES) as u64;
    if pack_bytes < needed {
        return Err(at_start(Defect::Truncated { needed, found: pack_bytes }));
    }
    if pack_bytes > PACK_BYTES_MAX {
        let (value, max) = (pack_bytes, PACK_BYTES_MAX);
        return Err(at_start(Defect::Limit { what: "bytes of a pack", value, max }));
    }
    let mut bytes = [0; PACK_HEADER_BYTES];
    storage.read_at(&name, 0, &mut bytes)?;
    let header = PackHeader::decode(&bytes).map_err(at_start)?;
    if header.id != id {
        return Err(at_start(Defect::Identity));
    }
    if header.suite != keys.suite() {
        let (expected, found) = (keys.suite().number(), header.suite.number());
        return Err(at_start(Defect::Suite { expected, found }));
    }
    let pack_keys = keys.pack_keys(header.kind, header.key_epoch, id.as_bytes());
    same_commitment(&header.commitment, &pack_keys.commitment).map_err(at_start)?;
    Ok(header)
}

#[cfg(test)]
mod tests;
