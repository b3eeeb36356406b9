//! Reads what is left of a damaged pack: without directory, without trailer, with a bad header.
//!
//! Frames lead from block to block; behind a damaged stretch the next frame is found by its magic
//! (FORMAT.md section 6.2). Only the seal decides whether a block is one: what looks like a frame
//! and is none, is passed over. What the directory says is used if it can be read: then not even
//! frames are needed.

use gleaner_chunker::PackId;

use crate::block::{Block, EncodedBlock, decode_block};
use crate::chunk_list::ChunkRef;
use crate::keys::{Keys, PackKeys};
use crate::pack_format::{
    BlockEntry, FRAME_BYTES, FRAME_MAGIC, Frame, NewPack, PACK_HEADER_BYTES, PackHeader, PackKind,
    TRAILER_BYTES, Trailer, decode_directory,
};
use crate::seal::{NonceType, same_commitment};

/// What may have been in a header that is damaged.
#[derive(Debug, Clone, Copy)]
pub struct HeaderGuess<'a> {
    /// Highest key epoch of the repository.
    pub key_epoch_max: u32,
    /// Its dedup domain.
    pub domain_id: [u8; 32],
    /// Sessions that may have written the pack: those of other packs.
    pub sessions: &'a [[u8; 16]],
}

/// A damaged pack whose keys are known.
pub struct PackSalvage<'a> {
    header: PackHeader,
    header_bytes: [u8; PACK_HEADER_BYTES],
    keys: PackKeys,
    bytes: &'a [u8],
    directory: Option<(Vec<BlockEntry>, Vec<ChunkRef>)>,
}

impl std::fmt::Debug for PackSalvage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackSalvage").field("header", &self.header).finish_non_exhaustive()
    }
}

/// A block that can be read.
#[derive(Debug)]
pub struct SalvagedBlock {
    /// Offset of its frame in the pack.
    pub offset: u64,
    /// As it was encoded, to be sealed again in another pack.
    pub encoded: EncodedBlock,
    /// What is in it; chunk ids are not recomputed.
    pub block: Block,
}

impl<'a> PackSalvage<'a> {
    /// Begins with the pack `id`, of which `bytes` is all that there is, damaged stretches
    /// included. `None` if its header cannot be had: then nothing can be opened.
    ///
    /// A damaged header is rebuilt from what is known: the name has the id, the repository the rest
    /// but for the session, which is tried from the bytes that are there and from `guess`.
    ///
    /// Cost: with a sound header one attempt at the directory. Else for each session, kind and key
    /// epoch an attempt at the directory, and if that is of no use, one at each of the first frames
    /// until a seal opens.
    #[must_use]
    pub fn begin(
        keys: &Keys,
        id: PackId,
        bytes: &'a [u8],
        guess: &HeaderGuess<'_>,
    ) -> Option<Self> {
        let on_storage = bytes.first_chunk().and_then(|header| PackHeader::decode(header).ok());
        // Also one of another pack, whose bytes got this name.
        let is_of_repository = |header: &PackHeader| {
            let pack_keys = keys.pack_keys(header.kind, header.key_epoch, header.id.as_bytes());
            header.suite == keys.suite()
                && same_commitment(&header.commitment, &pack_keys.commitment).is_ok()
        };
        if let Some(header) = on_storage.filter(is_of_repository) {
            return Some(Self::with_header(keys, header, bytes));
        }
        let candidates =
            || candidates(keys, id, bytes, guess).map(|header| Self::unread(keys, header, bytes));
        let with_directory = |salvage: Self| salvage.read_directory().map(|_| salvage.header);
        let header = candidates().find_map(with_directory).or_else(|| {
            let opens =
                |&(frame, at)| candidates().find(|salvage| salvage.open(frame, at).is_some());
            probes(bytes).iter().find_map(opens).map(|salvage| salvage.header)
        })?;
        Some(Self::with_header(keys, header, bytes))
    }

    fn with_header(keys: &Keys, header: PackHeader, bytes: &'a [u8]) -> Self {
        let salvage = Self::unread(keys, header, bytes);
        let directory = salvage.read_directory();
        Self { directory, ..salvage }
    }

    fn unread(keys: &Keys, header: PackHeader, bytes: &'a [u8]) -> Self {
        let header_bytes = header.encode();
        let keys = keys.pack_keys(header.kind, header.key_epoch, header.id.as_bytes());
        Self { header, header_bytes, keys, bytes, directory: None }
    }

    /// The header, rebuilt if it had to be.
    #[must_use]
    pub const fn header(&self) -> &PackHeader {
        &self.header
    }

    /// All chunks of the pack, in order, if its directory can be read.
    #[must_use]
    pub fn listed(&self) -> Option<&[ChunkRef]> {
        self.directory.as_ref().map(|(_, chunks)| chunks.as_slice())
    }

    /// The blocks that can be opened, in order of offset.
    ///
    /// Cost: all bytes are read once; those behind a damaged frame are searched. Frames that open
    /// nothing are tried until they have cost 16 times the pack: nobody but who wrote
    /// them on purpose makes more.
    pub fn blocks(&self) -> impl Iterator<Item = SalvagedBlock> + '_ {
        let by_directory = self.directory.as_ref().map(|(blocks, _)| {
            (0..).zip(blocks).filter_map(|(ordinal, entry)| {
                let frame = Frame { ordinal, sealed_bytes: entry.sealed_bytes };
                self.open(frame, usize::try_from(entry.offset).ok()?)
            })
        });
        let by_frames =
            by_directory.is_none().then_some(Frames { salvage: self, at: None, tried: 0 });
        by_directory.into_iter().flatten().chain(by_frames.into_iter().flatten())
    }

    fn read_directory(&self) -> Option<(Vec<BlockEntry>, Vec<ChunkRef>)> {
        let tail = self.bytes.last_chunk::<TRAILER_BYTES>()?;
        let trailer = Trailer::decode(tail, self.bytes.len() as u64).ok()?;
        let start = usize::try_from(trailer.directory_offset).ok()?;
        let end = self.bytes.len() - TRAILER_BYTES;
        let mut sealed = self.bytes.get(start..end)?.to_vec();
        self.keys.directory.open(NonceType::Directory, 0, &self.header_bytes, &mut sealed).ok()?;
        decode_directory(&sealed, trailer.directory_offset).ok()
    }

    /// Opens the block whose frame is to be at an offset; the frame's own bytes do not matter.
    fn open(&self, frame: Frame, at: usize) -> Option<SalvagedBlock> {
        let start = at.checked_add(FRAME_BYTES)?;
        let sealed = self.bytes.get(start..start.checked_add(frame.sealed_bytes as usize)?)?;
        let mut payload = sealed.to_vec();
        let aad = [&self.header_bytes[..], &frame.encode()].concat();
        self.keys.block.open(NonceType::Block, frame.ordinal, &aad, &mut payload).ok()?;
        let block = decode_block(&payload).ok()?;
        let raw_bytes = u32::try_from(block.raw.len()).ok()?;
        let encoded = EncodedBlock { payload, chunks: block.chunks.clone(), raw_bytes };
        Some(SalvagedBlock { offset: at as u64, encoded, block })
    }
}

/// Blocks found by their frames.
struct Frames<'s, 'a> {
    salvage: &'s PackSalvage<'a>,
    /// Where to go on; nothing was looked at if there is none.
    at: Option<usize>,
    /// Bytes of seals that did not open.
    tried: usize,
}

/// What is spent on seals that do not open, in lengths of the pack.
const TRIES_MAX: usize = 16;

impl Iterator for Frames<'_, '_> {
    type Item = SalvagedBlock;

    fn next(&mut self) -> Option<SalvagedBlock> {
        let bytes = self.salvage.bytes;
        let mut at = self.at.unwrap_or(PACK_HEADER_BYTES);
        loop {
            let rest = bytes.get(at..)?;
            let frame = rest.first_chunk().and_then(|frame| Frame::decode(frame).ok());
            if let Some(frame) = frame {
                if let Some(block) = self.salvage.open(frame, at) {
                    self.at = Some(at + FRAME_BYTES + frame.sealed_bytes as usize);
                    return Some(block);
                }
                self.tried = self.tried.saturating_add(frame.sealed_bytes as usize);
                if self.tried > bytes.len().saturating_mul(TRIES_MAX) {
                    self.at = Some(bytes.len());
                    return None;
                }
            }
            let behind = rest.get(1..)?;
            at += 1 + memchr::memmem::find(behind, &FRAME_MAGIC)?;
        }
    }
}

/// Frames of a pack that are tried with each header that it may have had: a few, for the blocks of
/// some may be damaged too.
const PROBES_MAX: usize = 8;

/// The frames by which a header is found out, the shortest first, each with its offset.
///
/// Without a bound each header would cost the whole pack; there may be thousands of them.
fn probes(bytes: &[u8]) -> Vec<(Frame, usize)> {
    let mut probes = Vec::new();
    let behind_header = bytes.get(PACK_HEADER_BYTES..).unwrap_or_default();
    for found in memchr::memmem::find_iter(behind_header, &FRAME_MAGIC) {
        let at = PACK_HEADER_BYTES + found;
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(Ok(frame)) = rest.first_chunk().map(Frame::decode) else { continue };
        if rest.len() >= FRAME_BYTES + frame.sealed_bytes as usize {
            probes.push((frame, at));
        }
        if probes.len() == PROBES_MAX {
            break;
        }
    }
    probes.sort_by_key(|(frame, _)| frame.sealed_bytes);
    probes
}

/// Headers that the pack may have had.
fn candidates<'g>(
    keys: &'g Keys,
    id: PackId,
    bytes: &[u8],
    guess: &'g HeaderGuess<'_>,
) -> impl Iterator<Item = PackHeader> + use<'g> {
    let on_storage = bytes.get(SESSION_AT..SESSION_AT + 16).and_then(|s| s.first_chunk().copied());
    let sessions = on_storage.into_iter().chain(guess.sessions.iter().copied());
    sessions.flat_map(move |session| {
        [PackKind::Data, PackKind::Tree].into_iter().flat_map(move |kind| {
            (0..=guess.key_epoch_max).map(move |key_epoch| {
                let domain_id = guess.domain_id;
                let new = NewPack { kind, id, key_epoch, domain_id, session };
                keys.pack_header(new)
            })
        })
    })
}

/// Offset of the session in a header.
const SESSION_AT: usize = 80;

#[cfg(test)]
mod tests;
