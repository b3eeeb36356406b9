//! Directories of packs that exist in a test only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use crate::directories::Directories;
use crate::pack_facts::PackFacts;

/// Stands for the storage of an index under test. Clones share one shelf.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    packs: Arc<Mutex<HashMap<PackId, Vec<ChunkId>>>>,
}

impl Shelf {
    /// Puts the directory of a pack on the shelf; a pack is stored before it is inserted.
    pub fn put(&self, pack: PackId, ids: &[ChunkId]) {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner).insert(pack, ids.to_vec());
    }

    /// Takes it away: from now on it cannot be read.
    pub fn take(&self, pack: PackId) {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner).remove(&pack);
    }
}

impl Directories for Shelf {
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind> {
        let packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        packs.get(&facts.pack).cloned().ok_or(ErrorKind::Corrupt)
    }
}
