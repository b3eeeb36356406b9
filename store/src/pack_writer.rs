//! Builds packs in memory: seals blocks, adds directory and trailer (FORMAT.md section 6).

use gleaner_chunker::PackId;

use crate::block::EncodedBlock;
use crate::chunk_list::ChunkRef;
use crate::commission::Commission;
use crate::error::{Error, Result};
use crate::keys::{Keys, PackKeys};
use crate::pack_format::{
    BlockEntry, DIRECTORY_BYTES_MAX, FRAME_BYTES, Frame, NewPack, PACK_BYTES_MAX,
    PACK_HEADER_BYTES, PackHeader, SEALED_BLOCK_BYTES_MAX, TRAILER_BYTES, Trailer, directory_bytes,
    encode_directory,
};
use crate::pack_reader::PackDirectory;
use crate::seal::{NonceType, TAG_BYTES};

/// A pack that grows block by block. All sealed bytes stay in memory until it is stored.
pub struct PackWriter {
    header: PackHeader,
    header_bytes: [u8; PACK_HEADER_BYTES],
    keys: PackKeys,
    parts: Vec<Vec<u8>>,
    bytes: u64,
    hasher: blake3::Hasher,
    blocks: Vec<BlockEntry>,
    chunks: Vec<ChunkRef>,
}

impl std::fmt::Debug for PackWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackWriter")
            .field("header", &self.header)
            .field("blocks", &self.blocks.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// A finished pack, still in memory.
#[derive(Debug)]
pub struct SealedPack {
    /// Its directory as a reader will see it.
    pub directory: PackDirectory,
    parts: Vec<Vec<u8>>,
}

impl SealedPack {
    /// The pack's bytes in order, to be stored as one object.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().map(Vec::as_slice)
    }

    /// Seals the same blocks again as another pack.
    ///
    /// For a pack whose file could not be trusted after a failed write or sync: a new id means
    /// new keys, so no nonce is used twice.
    ///
    /// # Errors
    /// [`Error::Damaged`] if memory was damaged in between: the seals are opened and checked.
    ///
    /// # Panics
    /// If `id` is the pack's own: the same nonces would be used again.
    pub fn reseal(&self, keys: &Keys, id: PackId) -> Result<Self> {
        let old = &self.directory;
        assert!(id != old.header.id, "a pack is sealed again under a new id only");
        let new = NewPack { kind: old.header.kind, id, ..old.as_new() };
        let mut writer = PackWriter::create(keys, new);
        for (ordinal, block) in old.blocks.iter().enumerate() {
            // Part 0 is the header; a block is one part: its frame and its sealed bytes.
            let framed = self.parts.get(ordinal + 1).expect("one part per block").clone();
            let payload = old.open_payload(keys, ordinal, framed)?;
            let chunks = old.chunks_of(ordinal).expect("made by a writer").to_vec();
            writer.append(EncodedBlock { payload, chunks, raw_bytes: block.raw_bytes })?;
        }
        Ok(writer.finish())
    }
}

impl PackWriter {
    /// Starts a pack.
    #[must_use]
    pub fn create(keys: &Keys, new: NewPack) -> Self {
        let pack_keys = keys.pack_keys(new.kind, new.key_epoch, new.id.as_bytes());
        Self::start(keys.pack_header(new), pack_keys)
    }

    /// Starts the pack of a commission.
    #[must_use]
    pub fn commissioned(commission: &Commission) -> Self {
        Self::start(commission.header(), commission.keys())
    }

    fn start(header: PackHeader, pack_keys: PackKeys) -> Self {
        let header_bytes = header.encode();
        let mut writer = Self {
            header,
            header_bytes,
            keys: pack_keys,
            parts: Vec::new(),
            bytes: 0,
            hasher: blake3::Hasher::new(),
            blocks: Vec::new(),
            chunks: Vec::new(),
        };
        writer.push(header_bytes.to_vec());
        writer
    }

    fn push(&mut self, part: Vec<u8>) {
        self.hasher.update(&part);
        self.bytes += part.len() as u64;
        self.parts.push(part);
    }

    /// Bytes that the pack would have if it were finished now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes_with(0, 0)
    }

    /// Bytes of the pack if `blocks` more blocks of `chunks` chunks were listed in its directory.
    fn bytes_with(&self, blocks: usize, chunks: usize) -> u64 {
        self.bytes + self.sealed_directory_bytes(blocks, chunks) + TRAILER_BYTES as u64
    }

    fn sealed_directory_bytes(&self, blocks: usize, chunks: usize) -> u64 {
        let plain = directory_bytes(self.blocks.len() + blocks, self.chunks.len() + chunks);
        plain + TAG_BYTES as u64
    }

    /// True if `block` can be appended without exceeding a limit of packs.
    #[must_use]
    pub fn has_room_for(&self, block: &EncodedBlock) -> bool {
        self.check_room(block).is_ok()
    }

    fn check_room(&self, block: &EncodedBlock) -> Result<()> {
        let limit = |what, value, max| {
            if value > max { Err(Error::Limit { what, value, max }) } else { Ok(()) }
        };
        let sealed_bytes = (block.payload.len() + TAG_BYTES) as u64;
        limit("sealed bytes of a block", sealed_bytes, SEALED_BLOCK_BYTES_MAX.into())?;
        let directory_bytes = self.sealed_directory_bytes(1, block.chunks.len());
        limit("bytes of a directory", directory_bytes, DIRECTORY_BYTES_MAX)?;
        let bytes = self.bytes_with(1, block.chunks.len()) + FRAME_BYTES as u64 + sealed_bytes;
        limit("bytes of a pack", bytes, PACK_BYTES_MAX)
    }

    /// Number of chunks so far.
    #[must_use]
    pub const fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// Seals a block and appends it.
    ///
    /// # Errors
    /// [`Error::Limit`] if block, directory or pack would become longer than what is read back;
    /// [`PackWriter::has_room_for`] asks before. The pack stays usable.
    ///
    /// # Panics
    /// Never: an encoded block is bounded.
    pub fn append(&mut self, block: EncodedBlock) -> Result<()> {
        self.check_room(&block)?;
        let sealed_bytes = u32::try_from(block.payload.len() + TAG_BYTES)
            .expect("a payload is bounded by the limits of a block");
        let ordinal = self.blocks.len() as u64;
        let frame = Frame { ordinal, sealed_bytes }.encode();
        let mut aad = [0; PACK_HEADER_BYTES + FRAME_BYTES];
        aad[..PACK_HEADER_BYTES].copy_from_slice(&self.header_bytes);
        aad[PACK_HEADER_BYTES..].copy_from_slice(&frame);
        let mut sealed = block.payload;
        self.keys.block.seal(NonceType::Block, ordinal, &aad, &mut sealed);
        let offset = self.bytes;
        let mut framed = Vec::with_capacity(FRAME_BYTES + sealed.len());
        framed.extend_from_slice(&frame);
        framed.extend_from_slice(&sealed);
        self.push(framed);
        self.blocks.push(BlockEntry {
            offset,
            sealed_bytes,
            raw_bytes: block.raw_bytes,
            first_slot: u32::try_from(self.chunks.len()).expect("bounded by PACK_BYTES_MAX"),
            chunk_count: u32::try_from(block.chunks.len()).expect("bounded by the block"),
        });
        self.chunks.extend_from_slice(&block.chunks);
        Ok(())
    }

    /// Adds directory and trailer.
    #[must_use]
    pub fn finish(mut self) -> SealedPack {
        let mut directory = encode_directory(&self.blocks, &self.chunks);
        self.keys.directory.seal(NonceType::Directory, 0, &self.header_bytes, &mut directory);
        let directory_offset = self.bytes;
        let directory_bytes = directory.len() as u64;
        let directory_hash = *blake3::hash(&directory).as_bytes();
        self.push(directory);
        let trailer = Trailer {
            directory_offset,
            directory_bytes,
            block_count: self.blocks.len() as u64,
            directory_hash,
            pack_hash: *self.hasher.finalize().as_bytes(),
        };
        self.push(trailer.encode().to_vec());
        let directory = PackDirectory {
            header: self.header,
            trailer,
            blocks: self.blocks,
            chunks: self.chunks,
            pack_bytes: self.bytes,
        };
        SealedPack { directory, parts: self.parts }
    }
}

#[cfg(test)]
mod tests;
