//! The index that is measured, and where it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_index::{Directories, IndexMode, IndexOptions, RocksDbIndex};

use super::keys::Keys;
use super::report::memory_bytes;
use super::watch::Watch;
use crate::args::{BenchIndexArgs, BenchMode};
use crate::commands::temporary_folder::create_temporary;
use crate::context::Context;
use crate::exit_code::Failure;

const REPOSITORY: [u8; 32] = *b"a repository made up for a bench";

/// Keys, set-up and folder; the folder goes when this is dropped.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) keys: Keys,
    pub(super) seed: u64,
    pub(super) watch: Watch,
    options: IndexOptions,
    folder: PathBuf,
}

impl Subject {
    /// # Errors
    /// Those of the system, if there can be no new folder.
    pub(super) fn new(context: &Context, args: &BenchIndexArgs) -> Result<Self, Failure> {
        let mut options = IndexOptions::default();
        options.memory_bytes = memory_bytes(args);
        options.mode = match args.mode {
            BenchMode::Exact => IndexMode::Exact,
            BenchMode::Sparse => IndexMode::Sparse,
        };
        let watch = Watch::start(context)?;
        let parent = args.dir.clone().unwrap_or_else(std::env::temp_dir);
        Ok(Self {
            keys: Keys::new(args.seed, args.keys.get()),
            seed: args.seed,
            watch,
            options,
            folder: create_temporary(&parent, "gleaner-bench")?,
        })
    }

    /// Folder of the index.
    pub(super) fn dir(&self) -> PathBuf {
        self.folder.join("index")
    }

    pub(super) fn open(&self) -> Result<RocksDbIndex, Failure> {
        Ok(RocksDbIndex::open(&self.dir(), REPOSITORY, &self.options, self.directories())?)
    }

    /// With RocksDB counting what it reads and writes.
    pub(super) fn open_counted(&self) -> Result<RocksDbIndex, Failure> {
        let options = self.options.counted();
        Ok(RocksDbIndex::open(&self.dir(), REPOSITORY, &options, self.directories())?)
    }

    /// Builds the index anew from all packs.
    pub(super) fn rebuild(&self) -> Result<RocksDbIndex, Failure> {
        let packs = (0..self.keys.packs()).map(|pack| {
            if pack.is_multiple_of(64) {
                self.watch.at(pack)?;
            }
            Ok((self.keys.facts(pack), self.keys.stored(pack)))
        });
        RocksDbIndex::rebuild::<Failure>(
            &self.dir(),
            REPOSITORY,
            &self.options,
            self.directories(),
            packs,
        )
    }

    fn directories(&self) -> Arc<dyn Directories> {
        Arc::new(self.keys)
    }

    /// Length of the tables of the index, and their paths.
    pub(super) fn tables(&self) -> Result<Vec<(PathBuf, u64)>, Failure> {
        let dir = self.dir();
        tables(&dir).map_err(|error| Failure::io(dir.display(), &error))
    }
}

fn tables(dir: &Path) -> std::io::Result<Vec<(PathBuf, u64)>> {
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "sst") {
            tables.push((entry.path(), entry.metadata()?.len()));
        }
    }
    Ok(tables)
}

impl Drop for Subject {
    fn drop(&mut self) {
        // What cannot be removed is in a folder for temporary files.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
