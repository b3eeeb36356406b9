//! An index in its place: opened, or built from the packs where it is missing or of no use.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_index::{ChunkIndex, Directories, MemoryIndex, RocksDbIndex, RocksDbView};
use gleaner_store::{Keys, SnapshotId};

use super::building::ReadPacks;
use super::directory_cache::SharedDirectories;
use super::found_packs::Built;
use super::pack_directories::PackDirectories;
use crate::environment::{Environment, IndexPlace};
use crate::error::{Error, Result};
use crate::progress::{Run, Warning, WarningKind};

/// What an index is opened for.
pub(crate) struct Place<'a> {
    pub(crate) env: &'a Environment,
    pub(crate) repository: [u8; 32],
    pub(crate) keys: &'a Arc<Keys>,
    /// All packs on storage with their lengths, in order of their ids.
    pub(crate) packs: &'a [(PackId, u64)],
    /// Directories that are kept in memory.
    pub(crate) kept: &'a SharedDirectories,
}

/// What was there before an index was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// No index, or an empty one.
    Absent,
    /// One that opened. That all its rows are sound is not known.
    Opened,
    /// One that opening refused: damaged, of another format, or of another repository.
    Unusable,
}

impl Place<'_> {
    /// The index's folder; `None` if the index is in memory.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        let IndexPlace::CacheDir(cache) = &self.env.index_place else { return None };
        Some(cache.join(SnapshotId(self.repository).to_string()).join("index"))
    }

    /// Opens the index, or a view of one that another process holds. Says what it did to packs if
    /// it had to build the index.
    pub(crate) fn open(&self, run: &Run<'_>) -> Result<(Box<dyn ChunkIndex>, Built)> {
        let Some(dir) = self.folder() else {
            return Ok((Box::new(MemoryIndex::new()), Built::default()));
        };
        let (repository, options) = (self.repository, &self.env.index_options);
        let opened = RocksDbIndex::open(&dir, repository, options, self.directories());
        let built = match opened {
            Ok(index) if self.packs.is_empty() || !index.packs()?.is_empty() => {
                return Ok((Box::new(index), Built::default()));
            }
            Ok(index) => {
                drop(index);
                self.build(run)
            }
            Err(error) if error.wants_rebuild() => {
                warn(run, WarningKind::IndexRebuilt, error.to_string());
                self.build(run)
            }
            Err(error) => Err(Error::Index(error)),
        };
        match built {
            Ok((index, built)) => Ok((Box::new(index), built)),
            Err(Error::Index(gleaner_index::Error::Locked { .. })) => {
                let view = RocksDbView::open(&dir, repository, options, &self.directories());
                let index: Box<dyn ChunkIndex> = match view {
                    Ok(view) => Box::new(view),
                    Err(error) => {
                        warn(run, WarningKind::IndexBusy, error.to_string());
                        Box::new(MemoryIndex::new())
                    }
                };
                Ok((index, Built::default()))
            }
            Err(error) => Err(error),
        }
    }

    /// Builds the index anew, whatever is there. Says what that was.
    pub(crate) fn rebuild(&self, run: &Run<'_>) -> Result<(RocksDbIndex, Built, IndexState)> {
        let Some(dir) = self.folder() else { return Err(Error::IndexInMemory) };
        let state = if dir.exists() {
            let options = &self.env.index_options;
            match RocksDbIndex::open(&dir, self.repository, options, self.directories()) {
                Ok(index) if index.packs()?.is_empty() => IndexState::Absent,
                Ok(_) => IndexState::Opened,
                Err(error) if error.wants_rebuild() => IndexState::Unusable,
                Err(error) => return Err(error.into()),
            }
        } else {
            IndexState::Absent
        };
        let (index, built) = self.build(run)?;
        Ok((index, built, state))
    }

    fn build(&self, run: &Run<'_>) -> Result<(RocksDbIndex, Built)> {
        let Some(dir) = self.folder() else { return Err(Error::IndexInMemory) };
        let storage = &*self.env.storage;
        let mut built = Built::default();
        let read = ReadPacks { storage, keys: self.keys, packs: self.packs, run };
        let index = read.with(self.env.threads, &mut built, |packs| {
            let options = &self.env.index_options;
            RocksDbIndex::rebuild(&dir, self.repository, options, self.directories(), packs)
        })?;
        Ok((index, built))
    }

    fn directories(&self) -> Arc<dyn Directories> {
        let (storage, keys) = (Arc::clone(&self.env.storage), Arc::clone(self.keys));
        Arc::new(PackDirectories::new(storage, keys, self.kept.clone()))
    }
}

fn warn(run: &Run<'_>, kind: WarningKind, message: String) {
    run.warn(&Warning { path: Vec::new(), during: "open", kind, message });
}
