//! What packs would hold: each chunk once, in blocks compressed as the engine's are
//! (docs/decisions/0002-block-size.md).

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use gleaner_chunker::ChunkId;
use zstd::bulk::Compressor;

use crate::thread_time::timed;

/// Raw bytes at which a block is closed, as in `store/src/block.rs`.
const BLOCK_RAW_BYTES_TARGET: usize = 1 << 20;
const ZSTD_LEVEL: i32 = 3;

/// Lengths and places of blocks; their bytes are not kept.
pub(crate) struct BlockStore {
    block_of: HashMap<ChunkId, usize>,
    /// Compressed length of each closed block.
    block_bytes: Vec<u64>,
    open: Vec<u8>,
    compressor: Compressor<'static>,
    pub(crate) compress_time: Duration,
}

/// Where a chunk went.
pub(crate) struct Placed {
    /// Ordinal of the block that holds it.
    pub(crate) block: usize,
    pub(crate) is_novel: bool,
}

impl BlockStore {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            block_of: HashMap::new(),
            block_bytes: Vec::new(),
            open: Vec::new(),
            compressor: Compressor::new(ZSTD_LEVEL)?,
            compress_time: Duration::ZERO,
        })
    }

    /// Keeps the chunk if it is novel.
    pub(crate) fn add(&mut self, id: ChunkId, bytes: &[u8]) -> io::Result<Placed> {
        if let Some(block) = self.block_of.get(&id) {
            return Ok(Placed { block: *block, is_novel: false });
        }
        let block = self.block_bytes.len();
        self.block_of.insert(id, block);
        self.open.extend_from_slice(bytes);
        if self.open.len() >= BLOCK_RAW_BYTES_TARGET {
            self.close_block()?;
        }
        Ok(Placed { block, is_novel: true })
    }

    /// Closes the block that is being filled, as the end of a backup does.
    pub(crate) fn close_block(&mut self) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let Self { compressor, open, compress_time, .. } = self;
        let compressed = timed(compress_time, || compressor.compress(open))?;
        self.block_bytes.push(compressed.len().min(self.open.len()) as u64);
        self.open.clear();
        Ok(())
    }

    /// Compressed bytes of all closed blocks.
    pub(crate) fn bytes(&self) -> u64 {
        self.block_bytes.iter().sum()
    }

    /// Compressed bytes of one closed block.
    pub(crate) fn block_bytes(&self, block: usize) -> u64 {
        self.block_bytes.get(block).copied().unwrap_or_default()
    }
}
