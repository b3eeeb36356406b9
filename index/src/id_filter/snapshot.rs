//! A filter as bytes, all numbers little-endian:
//!
//! ```text
//! magic          8   "GLEANFLT"
//! version        u32 1
//! segment count  u32 1 to 64
//! repository id  32
//! next ordinal   u64
//! generation     u64
//! for each segment, oldest first:
//!     capacity   u64
//!     keys       u64 as many as the capacity, or fewer in the last segment
//!     words      u64 eight for each block
//! for each segment: its words, u64 each
//! BLAKE3         32  of all before
//! ```
//!
//! The digest is against damage, not against forgery: whoever can write the file can write the
//! database beside it.

use std::io::{self, Read, Write};

use thiserror::Error;

use super::IdFilter;
use super::block::Block;
use super::segment::Segment;

const MAGIC: [u8; 8] = *b"GLEANFLT";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 64;
const ROW_BYTES: usize = 24;
const DIGEST_BYTES: usize = 32;
/// Growing by halves, 64 segments of 2^20 keys at first would be 10^17 keys.
const SEGMENTS_MAX: u32 = 64;
/// Bytes read or written at once, and all that is held beside the filter.
const PIECE_BYTES: usize = 1 << 20;
const PIECE_BLOCKS: usize = PIECE_BYTES / Block::BYTES;

/// What a snapshot says of itself; the filter does not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// The repository whose ids were inserted.
    pub repository_id: [u8; 32],
    /// The chunks of packs from this ordinal on may be missing.
    pub next_ordinal: u64,
    /// Tells one snapshot of an index from another.
    pub generation: u64,
}

/// Why bytes are no snapshot. The filter can always be rebuilt from the index's rows.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SnapshotDefect {
    /// There is no file.
    #[error("no filter snapshot")]
    Absent,
    /// Reading failed.
    #[error("filter snapshot")]
    Io(#[from] io::Error),
    /// Begins as no snapshot does.
    #[error("not a filter snapshot")]
    Magic,
    /// Written in a form that this crate does not read.
    #[error("filter snapshot has format version {found}, this is {supported}")]
    Version {
        /// Version in the snapshot.
        found: u32,
        /// Version that this crate reads.
        supported: u32,
    },
    /// No filter has so many segments.
    #[error("filter snapshot of {found} segments")]
    SegmentCount {
        /// Segments by the header.
        found: u32,
    },
    /// The sizes of a segment contradict each other.
    #[error("filter snapshot has a segment {segment} that cannot be")]
    SegmentShape {
        /// Number of the segment, from 0.
        segment: usize,
    },
    /// Cut or extended.
    #[error("filter snapshot has {found} bytes instead of {expected}")]
    Length {
        /// Bytes by the header; the fewest possible where that is cut too.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The bytes are not those that were written.
    #[error("filter snapshot does not match its digest")]
    Digest,
}

/// Sizes of one segment.
#[derive(Debug, Clone, Copy)]
struct Row {
    capacity: u64,
    keys: u64,
    blocks: u64,
}

impl IdFilter {
    /// Writes a snapshot in pieces of 1 MiB, to anything without a buffer of its own.
    ///
    /// # Errors
    /// Those of `out`, which then holds a part of the snapshot, refused by [`Self::read_snapshot`].
    pub fn write_snapshot(&self, out: &mut impl Write, header: SnapshotHeader) -> io::Result<()> {
        let mut hasher = blake3::Hasher::new();
        let mut piece = self.head(header);
        let mut put = |piece: &[u8]| {
            hasher.update(piece);
            out.write_all(piece)
        };
        put(&piece)?;
        for blocks in self.all().flat_map(|segment| segment.blocks().chunks(PIECE_BLOCKS)) {
            piece.resize(size_of_val(blocks), 0);
            for (bytes, block) in piece.as_chunks_mut().0.iter_mut().zip(blocks) {
                *bytes = block.to_bytes();
            }
            put(&piece)?;
        }
        out.write_all(hasher.finalize().as_bytes())
    }

    fn head(&self, header: SnapshotHeader) -> Vec<u8> {
        let count = u32::try_from(self.segments()).expect("segments grow by halves");
        let mut bytes = Vec::with_capacity(PIECE_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(header.repository_id);
        bytes.extend(header.next_ordinal.to_le_bytes());
        bytes.extend(header.generation.to_le_bytes());
        assert_eq!(bytes.len(), HEAD_BYTES, "the header has a fixed width");
        for segment in self.all() {
            let words = size_of_val(segment.blocks()) / size_of::<u64>();
            for number in [segment.capacity(), segment.keys(), words as u64] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads a snapshot of `input_bytes` bytes. All sizes in it are held against that number before
    /// memory is taken. Whether repository and generation are the right ones the caller compares.
    ///
    /// # Errors
    /// [`SnapshotDefect`], whatever the bytes are.
    pub fn read_snapshot(
        input: &mut impl Read,
        input_bytes: u64,
    ) -> Result<(SnapshotHeader, Self), SnapshotDefect> {
        let mut input = Hashing { input, input_bytes, hasher: blake3::Hasher::new() };
        let (header, count) = read_head(&mut input)?;
        let rows = read_rows(&mut input, count)?;
        let mut segments = Vec::with_capacity(rows.len());
        let mut piece = Vec::new();
        for (segment, row) in rows.into_iter().enumerate() {
            let blocks = read_blocks(&mut input, row.blocks, &mut piece)?;
            let read = Segment::from_parts(row.capacity, row.keys, blocks);
            segments.push(read.ok_or(SnapshotDefect::SegmentShape { segment })?);
        }
        let expected = input.hasher.finalize();
        let mut digest = [0; DIGEST_BYTES];
        input.take(&mut digest)?;
        if expected != digest {
            return Err(SnapshotDefect::Digest);
        }
        let open = segments.pop().ok_or(SnapshotDefect::SegmentCount { found: 0 })?;
        Ok((header, Self { full: segments, open }))
    }
}

/// Input that is hashed on the way.
struct Hashing<'a, R> {
    input: &'a mut R,
    input_bytes: u64,
    hasher: blake3::Hasher,
}

impl<R: Read> Hashing<'_, R> {
    fn take(&mut self, buffer: &mut [u8]) -> Result<(), SnapshotDefect> {
        self.input.read_exact(buffer)?;
        self.hasher.update(buffer);
        Ok(())
    }

    fn take_number(&mut self) -> Result<u64, SnapshotDefect> {
        let mut bytes = [0; 8];
        self.take(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn require(
        &self,
        holds: impl FnOnce(u64) -> bool,
        expected: u64,
    ) -> Result<(), SnapshotDefect> {
        let found = self.input_bytes;
        if holds(found) { Ok(()) } else { Err(SnapshotDefect::Length { expected, found }) }
    }
}

/// The header and the number of segments.
fn read_head(input: &mut Hashing<impl Read>) -> Result<(SnapshotHeader, u32), SnapshotDefect> {
    let least = HEAD_BYTES + ROW_BYTES + Block::BYTES + DIGEST_BYTES;
    input.require(|found| found >= least as u64, least as u64)?;
    let (mut magic, mut version, mut count, mut repository_id) = ([0; 8], [0; 4], [0; 4], [0; 32]);
    input.take(&mut magic)?;
    if magic != MAGIC {
        return Err(SnapshotDefect::Magic);
    }
    input.take(&mut version)?;
    let found = u32::from_le_bytes(version);
    if found != VERSION {
        return Err(SnapshotDefect::Version { found, supported: VERSION });
    }
    input.take(&mut count)?;
    input.take(&mut repository_id)?;
    let (next_ordinal, generation) = (input.take_number()?, input.take_number()?);
    let count = u32::from_le_bytes(count);
    if count == 0 || count > SEGMENTS_MAX {
        return Err(SnapshotDefect::SegmentCount { found: count });
    }
    Ok((SnapshotHeader { repository_id, next_ordinal, generation }, count))
}

/// Sizes of all segments, which add up to the length of the input.
fn read_rows(input: &mut Hashing<impl Read>, count: u32) -> Result<Vec<Row>, SnapshotDefect> {
    let mut expected = (HEAD_BYTES + count as usize * ROW_BYTES + DIGEST_BYTES) as u64;
    input.require(|found| found >= expected, expected)?;
    let mut rows = Vec::with_capacity(count as usize);
    for segment in 0..count as usize {
        let [capacity, keys, words] =
            [input.take_number()?, input.take_number()?, input.take_number()?];
        let row = Row { capacity, keys, blocks: words / 8 };
        let is_last = segment + 1 == count as usize;
        let is_possible = words % 8 == 0
            && Segment::is_shape(capacity, keys, row.blocks)
            && (is_last || keys == capacity);
        if !is_possible {
            return Err(SnapshotDefect::SegmentShape { segment });
        }
        expected = expected.saturating_add(row.blocks.saturating_mul(Block::BYTES as u64));
        rows.push(row);
    }
    input.require(|found| found == expected, expected)?;
    Ok(rows)
}

/// `piece` is the buffer of all segments.
fn read_blocks(
    input: &mut Hashing<impl Read>,
    count: u64,
    piece: &mut Vec<u8>,
) -> Result<Vec<Block>, SnapshotDefect> {
    // `read_rows` has found as many bytes in the input; on 32 bits that may still be too much.
    let count = usize::try_from(count).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    let mut blocks = Vec::with_capacity(count);
    while blocks.len() < count {
        piece.resize((count - blocks.len()).min(PIECE_BLOCKS) * Block::BYTES, 0);
        input.take(piece)?;
        blocks.extend(piece.as_chunks().0.iter().map(Block::from_bytes));
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests;
