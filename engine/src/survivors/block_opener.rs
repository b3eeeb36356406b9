//! Opens blocks of packs that go, and proves what is needed of them.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, IdHasher};
use gleaner_store::{Block, ChunkRef, Defect, EncodedBlock, PackDirectory};

use crate::error::Result;
use crate::repository::Repository;

/// A block of which something is needed.
pub(super) struct NeededBlock {
    pub(super) ordinal: usize,
    /// For each of its chunks, in order.
    pub(super) needed: Vec<bool>,
}

/// What is needed of a block.
pub(super) enum Needed {
    Whole(EncodedBlock),
    Part(Vec<ChunkRef>, Vec<u8>),
}

/// Reads blocks, and recomputes ids of chunks.
pub(super) struct BlockOpener<'a> {
    repository: &'a Repository,
    private: Arc<IdHasher>,
    public: IdHasher,
}

impl<'a> BlockOpener<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        Self { repository, private: repository.id_hasher(), public: IdHasher::plain() }
    }

    /// What is needed of a block, each chunk proved by its id.
    pub(super) fn open(&self, directory: &PackDirectory, wanted: &NeededBlock) -> Result<Needed> {
        let (storage, keys) = (self.repository.storage(), self.repository.keys());
        let (encoded, block) = directory.reopen_block(storage, keys, wanted.ordinal)?;
        let (chunks, raw) = self.verified(directory, &block, &wanted.needed)?;
        Ok(if wanted.needed.iter().all(|needed| *needed) {
            Needed::Whole(encoded)
        } else {
            Needed::Part(chunks, raw)
        })
    }

    /// Whether bytes are what an id says.
    pub(super) fn is(&self, id: &ChunkId, bytes: &[u8]) -> bool {
        self.private.id(bytes) == *id || self.public.id(bytes) == *id
    }

    fn verified(
        &self,
        directory: &PackDirectory,
        block: &Block,
        needed: &[bool],
    ) -> Result<(Vec<ChunkRef>, Vec<u8>)> {
        let is_whole = needed.iter().all(|needed| *needed);
        let (mut chunks, mut raw) = (Vec::new(), Vec::new());
        for ((id, bytes), needed) in block.iter().zip(needed) {
            if !needed {
                continue;
            }
            if !self.is(&id, bytes) {
                let (name, defect) = (directory.name(), Defect::ChunkId { chunk: id });
                return Err(gleaner_store::Error::Damaged { name, offset: 0, defect }.into());
            }
            if !is_whole {
                let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
                chunks.push(ChunkRef { id, bytes: length });
                raw.extend_from_slice(bytes);
            }
        }
        Ok((chunks, raw))
    }
}
