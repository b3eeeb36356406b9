//! Pack directories for the index, which compares whole ids with them.

use std::sync::Arc;

use gleaner_chunker::ChunkId;
use gleaner_index::{Directories, ErrorKind, PackFacts};
use gleaner_store::{Keys, Storage, read_pack_directory};

/// Reads directories from the repository's storage.
pub(super) struct PackDirectories {
    storage: Arc<dyn Storage>,
    keys: Arc<Keys>,
}

impl PackDirectories {
    pub(super) fn new(storage: Arc<dyn Storage>, keys: Arc<Keys>) -> Self {
        Self { storage, keys }
    }
}

impl Directories for PackDirectories {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        let (pack, bytes) = (facts.pack, facts.sealed_bytes);
        match read_pack_directory(&*self.storage, &self.keys, pack, bytes) {
            Ok(directory) => Ok(directory.chunks.iter().map(|chunk| chunk.id).collect()),
            Err(error) => {
                tracing::warn!(%error, "the directory of a pack is not readable");
                Err(error.kind())
            }
        }
    }
}
