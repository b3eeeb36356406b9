//! Everything outside the library, injected.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_index::IndexOptions;
use gleaner_store::{Clock, DirectoryStorage, OsRandom, RandomSource, Storage, SystemClock};

use crate::error::{Error, Result};

/// Where the index lives.
#[derive(Debug, Clone)]
pub enum IndexPlace {
    /// In memory, rebuilt from pack directories at each open: 48 bytes a chunk and more.
    Memory,
    /// In memory, and for a backup only what earlier snapshots of its host and roots wrote: little
    /// to read where many sources share a repository. Chunks of other sources are stored again. Who
    /// reads chunks that are not found there has all other directories read, as in `Memory`.
    Neighbors,
    /// Below this cache folder, in `<repository id>/index`.
    CacheDir(PathBuf),
}

/// Storage, clock, randomness and threads of an open repository.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Holds the repository.
    pub storage: Arc<dyn Storage>,
    /// Labels and intervals.
    pub clock: Arc<dyn Clock>,
    /// Ids and keys.
    pub random: Arc<dyn RandomSource>,
    /// Where the index lives.
    pub index_place: IndexPlace,
    /// Mode and memory of an index in the cache folder; one in memory has neither.
    pub index_options: IndexOptions,
    /// Worker threads per parallel stage, at least 1.
    pub threads: usize,
}

impl Environment {
    /// A repository in a local folder, with the system's clock and randomness.
    ///
    /// Does not touch the folder if it exists; never creates it.
    ///
    /// # Errors
    /// [`Error::Store`] of kind `NotFound` if there is no such folder.
    pub fn local(repository: &Path, index_place: IndexPlace) -> Result<Self> {
        let storage = DirectoryStorage::open(repository).map_err(|source| no_folder(&source))?;
        Ok(Self::system(Arc::new(storage), index_place))
    }

    /// As [`Environment::local`], and creates the folder if it is missing.
    ///
    /// # Errors
    /// As [`Environment::local`].
    pub fn create_local(repository: &Path, index_place: IndexPlace) -> Result<Self> {
        let storage = DirectoryStorage::create(repository).map_err(|source| no_folder(&source))?;
        Ok(Self::system(Arc::new(storage), index_place))
    }

    /// Any storage, with the system's clock and randomness and a thread for each core.
    #[must_use]
    pub fn system(storage: Arc<dyn Storage>, index_place: IndexPlace) -> Self {
        Self {
            storage,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(OsRandom),
            index_place,
            index_options: IndexOptions::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    pub(crate) fn random_bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(gleaner_store::Error::Random)?;
        Ok(bytes)
    }
}

fn no_folder(source: &std::io::Error) -> Error {
    let name = gleaner_store::layout::config();
    let source = std::io::Error::from(source.kind());
    Error::Store(if source.kind() == std::io::ErrorKind::NotFound {
        gleaner_store::Error::NoRepository { name }
    } else {
        gleaner_store::StorageError::Io { name, operation: "open folder", source }.into()
    })
}
