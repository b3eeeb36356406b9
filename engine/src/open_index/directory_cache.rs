//! Pack directories that were read lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gleaner_chunker::PackId;
use gleaner_store::PackDirectory;

/// Directories kept in memory; a directory of a 32 MiB pack at 64 KiB chunks is about 20 KiB.
const DIRECTORIES_KEPT_CHUNKS: usize = 400_000;

/// The same for all who read directories of one open repository.
#[derive(Clone, Default)]
pub(crate) struct SharedDirectories(Arc<Mutex<DirectoryCache>>);

impl SharedDirectories {
    pub(super) fn lock(&self) -> MutexGuard<'_, DirectoryCache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
pub(super) struct DirectoryCache {
    entries: HashMap<PackId, (u64, Arc<PackDirectory>)>,
    chunks: usize,
    uses: u64,
}

impl DirectoryCache {
    /// The directory of a pack, if it is kept.
    pub(super) fn get(&mut self, pack: PackId) -> Option<Arc<PackDirectory>> {
        self.uses += 1;
        let (used, directory) = self.entries.get_mut(&pack)?;
        *used = self.uses;
        Some(Arc::clone(directory))
    }

    /// Drops the directory of a pack that is gone.
    pub(super) fn forget(&mut self, pack: &PackId) {
        if let Some((_, dropped)) = self.entries.remove(pack) {
            self.chunks -= dropped.chunks.len();
        }
    }

    /// Adds a directory; drops the least recently used ones beyond the limit.
    pub(super) fn keep(&mut self, pack: PackId, directory: &Arc<PackDirectory>) {
        self.uses += 1;
        self.chunks += directory.chunks.len();
        if let Some((_, old)) = self.entries.insert(pack, (self.uses, Arc::clone(directory))) {
            self.chunks -= old.chunks.len();
        }
        while self.chunks > DIRECTORIES_KEPT_CHUNKS && self.entries.len() > 1 {
            let oldest = self.entries.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id);
            let Some((_, dropped)) = oldest.and_then(|id| self.entries.remove(&id)) else { break };
            self.chunks -= dropped.chunks.len();
        }
    }
}
