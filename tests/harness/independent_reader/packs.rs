//! Packs: a second parser for header, frame, block, directory and trailer (FORMAT.md section 6).

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use super::Id;
use super::bytes::{array, check_crc, slice, u16_at, u32_at, u64_at};
use super::sealed::{Keys, open};

const HEADER: usize = 136;
const FRAME: usize = 32;
const TRAILER: usize = 104;

/// A pack whose header, trailer and directory hold.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) path: PathBuf,
    pub(super) blocks: Vec<Block>,
    /// Id and raw length of each chunk, by slot.
    pub(super) chunks: Vec<Chunk>,
    header: Vec<u8>,
    hash: Id,
}

/// Id and raw length.
type Chunk = (Id, u32);

/// A row of the directory.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) slots: Range<usize>,
    offset: u64,
    sealed_bytes: u32,
    raw_bytes: u32,
}

fn read_at(file: &File, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

impl Pack {
    pub(super) fn open(path: PathBuf, id: Id, keys: &Keys) -> Result<Self> {
        let file = File::open(&path)?;
        let length = file.metadata()?.len();
        ensure!(length <= 1 << 30, "longer than a pack can be");
        let header = read_at(&file, 0, HEADER).context("header")?;
        check_header(&header, &id, keys).context("header")?;
        let at = length.checked_sub(TRAILER as u64).context("too short")?;
        let trailer = read_at(&file, at, TRAILER)?;
        ensure!(trailer.starts_with(b"GLNRTAIL"), "magic of the trailer");
        check_crc(&trailer, 100).context("trailer")?;
        ensure!(array(&trailer, 96)? == [0; 4], "newer: reserved bytes of the trailer");
        let (offset, bytes) = (u64_at(&trailer, 8)?, u64_at(&trailer, 16)?);
        ensure!(bytes <= 64 << 20 && offset.checked_add(bytes) == Some(at), "length of the pack");
        let sealed = read_at(&file, offset, usize::try_from(bytes)?)?;
        ensure!(*blake3::hash(&sealed).as_bytes() == array(&trailer, 32)?, "directory: hash");
        let key = pack_key(&header, "directory", keys)?;
        let table = open(key.as_ref(), (2, 0), &header, &sealed).context("directory")?;
        let (blocks, chunks) = parse_directory(&table, offset).context("directory")?;
        ensure!(blocks.len() as u64 == u64_at(&trailer, 24)?, "number of blocks");
        Ok(Self { path, blocks, chunks, header, hash: array(&trailer, 64)? })
    }

    /// The raw bytes of a block, its chunk table compared with the directory.
    pub(super) fn block(&self, ordinal: usize, keys: &Keys) -> Result<Vec<u8>> {
        let block = self.blocks.get(ordinal).context("no such block")?;
        let file = File::open(&self.path)?;
        let framed = read_at(&file, block.offset, FRAME + block.sealed_bytes as usize)?;
        let (frame, sealed) = framed.split_at(FRAME);
        ensure!(frame.starts_with(b"GLNR\xf0\x9d\xb1\x8b"), "magic of a frame");
        check_crc(frame, 28).context("frame")?;
        ensure!(array(frame, 20)? == [0; 8], "newer: flags of a frame");
        let stated = (u64_at(frame, 8)?, u32_at(frame, 16)?);
        ensure!(stated == (ordinal as u64, block.sealed_bytes), "frame and directory differ");
        let key = pack_key(&self.header, "block", keys)?;
        let aad = [&self.header[..], frame].concat();
        let payload = open(key.as_ref(), (1, ordinal as u64), &aad, sealed)?;
        let listed = self.chunks.get(block.slots.clone()).context("slots")?;
        decode_payload(&payload, listed, block.raw_bytes)
    }

    pub(super) fn verify(&self, keys: &Keys) -> Result<()> {
        let bytes = fs::read(&self.path)?;
        let covered = slice(&bytes, 0, bytes.len() - TRAILER)?;
        ensure!(*blake3::hash(covered).as_bytes() == self.hash, "hash of the pack");
        for (ordinal, block) in self.blocks.iter().enumerate() {
            let raw = self.block(ordinal, keys).with_context(|| format!("block {ordinal}"))?;
            let mut at = 0;
            for (id, length) in self.chunks.get(block.slots.clone()).context("slots")? {
                let chunk = slice(&raw, at, *length as usize)?;
                ensure!(keys.chunk_id(chunk) == *id, "block {ordinal}: a chunk is not its id");
                at += *length as usize;
            }
        }
        Ok(())
    }
}

fn check_header(header: &[u8], id: &Id, keys: &Keys) -> Result<()> {
    ensure!(header.starts_with(b"GLNRPACK"), "magic");
    check_crc(header, 132)?;
    ensure!(u16_at(header, 8)? == 1, "version");
    let [kind, suite] = array(header, 10)?;
    ensure!((1..=2).contains(&kind), "newer: kind {kind}");
    ensure!(suite == u8::from(keys.master.is_some()), "suite {suite}: downgraded?");
    ensure!(array(header, 16)? == *id, "a pack under another name");
    ensure!(array(header, 128)? == [0; 4], "newer: reserved bytes");
    let commitment = pack_key(header, "commitment", keys)?.unwrap_or_default();
    ensure!(array(header, 96)? == commitment, "sealed under another key");
    Ok(())
}

fn pack_key(header: &[u8], use_: &str, keys: &Keys) -> Result<Option<Id>> {
    let [kind] = array(header, 10)?;
    Ok(keys.of_pack(use_, kind, u32_at(header, 12)?, &array(header, 16)?))
}

fn parse_directory(table: &[u8], end: u64) -> Result<(Vec<Block>, Vec<Chunk>)> {
    let (block_count, chunk_count) = (u32_at(table, 0)? as usize, u32_at(table, 4)? as usize);
    ensure!(table.len() == 8 + 24 * block_count + 36 * chunk_count, "length");
    let (rows, chunks) = slice(table, 8, table.len() - 8)?.split_at(24 * block_count);
    let chunks = parse_chunks(chunks)?;
    let mut blocks = Vec::new();
    let (mut slot, mut offset) = (0, HEADER as u64);
    for row in rows.chunks(24) {
        let slots = slot..slot + u32_at(row, 16)? as usize;
        let own = chunks.get(slots.clone()).context("number of chunks")?;
        let block = Block {
            slots,
            offset: u64_at(row, 0)?,
            sealed_bytes: u32_at(row, 8)?,
            raw_bytes: u32_at(row, 12)?,
        };
        let raw: u64 = own.iter().map(|(_, length)| u64::from(*length)).sum();
        ensure!(raw == u64::from(block.raw_bytes) && raw <= 16 << 20, "raw length");
        ensure!(!own.is_empty() && block.offset == offset, "a gap, or an empty block");
        ensure!(array(row, 20)? == [0; 4], "newer: reserved bytes");
        slot = block.slots.end;
        offset += FRAME as u64 + u64::from(block.sealed_bytes);
        blocks.push(block);
    }
    ensure!(slot == chunks.len() && offset == end, "the blocks do not fill the pack");
    Ok((blocks, chunks))
}

fn parse_chunks(table: &[u8]) -> Result<Vec<Chunk>> {
    let row = |row: &[u8]| Ok((array(row, 0)?, u32_at(row, 32)?));
    let chunks = table.chunks(36).map(row).collect::<Result<Vec<Chunk>>>()?;
    let are_legal = chunks.iter().all(|(_, length)| (1..=8 << 20).contains(length));
    ensure!(are_legal, "length of a chunk");
    Ok(chunks)
}

fn decode_payload(payload: &[u8], listed: &[Chunk], raw_bytes: u32) -> Result<Vec<u8>> {
    ensure!(array(payload, 1)? == [0; 3], "newer: reserved bytes of a block");
    let table_bytes = 36 * u32_at(payload, 4)? as usize;
    ensure!(u32_at(payload, 8)? == raw_bytes, "raw length of a block");
    let stored_bytes = u32_at(payload, 12)? as usize;
    let table = slice(payload, 16, table_bytes)?;
    ensure!(parse_chunks(table)? == listed, "chunk tables of block and directory differ");
    let stored = slice(payload, 16 + table_bytes, stored_bytes)?;
    let end = 16 + table_bytes + stored_bytes;
    let padding = slice(payload, end, payload.len() - end)?;
    ensure!(padding.iter().all(|byte| *byte == 0), "padding");
    let raw = match payload.first() {
        Some(0) => stored.to_vec(),
        Some(1) => zstd::bulk::decompress(stored, raw_bytes as usize)?,
        codec => anyhow::bail!("newer: codec {codec:?}"),
    };
    ensure!(raw.len() == raw_bytes as usize, "length after decoding");
    Ok(raw)
}
