//! Pack directories for the index, which compares whole ids with them.

use std::sync::Arc;

use gleaner_chunker::ChunkId;
use gleaner_index::{Directories, ErrorKind, PackFacts};
use gleaner_store::{Keys, PackDirectory, Storage, read_pack_directory};

use super::directory_cache::SharedDirectories;

/// Reads directories from the repository's storage.
pub(super) struct PackDirectories {
    storage: Arc<dyn Storage>,
    keys: Arc<Keys>,
    /// Whoever reads a chunk that the index finds wants the same directory next.
    kept: SharedDirectories,
}

impl PackDirectories {
    pub(super) fn new(storage: Arc<dyn Storage>, keys: Arc<Keys>, kept: SharedDirectories) -> Self {
        Self { storage, keys, kept }
    }
}

impl Directories for PackDirectories {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        let (pack, bytes) = (facts.pack, facts.sealed_bytes);
        let ids = |directory: &PackDirectory| directory.chunks.iter().map(|it| it.id).collect();
        let kept = self.kept.lock().get(pack);
        if let Some(directory) = kept.filter(|kept| kept.pack_bytes == bytes) {
            return Ok(ids(&directory));
        }
        match read_pack_directory(&*self.storage, &self.keys, pack, bytes) {
            Ok(directory) => {
                let directory = Arc::new(directory);
                self.kept.lock().keep(pack, &directory);
                Ok(ids(&directory))
            }
            Err(error) => {
                tracing::warn!(%error, "the directory of a pack is not readable");
                Err(error.kind())
            }
        }
    }
}
