//! Copies of lost chunks: in other packs of the repository, and in other repositories.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use gleaner_chunker::{ChunkId, IdHasher, PackId};
use gleaner_index::{Location, Lookup};
use gleaner_store::{PackDirectory, PackKind, read_pack_directory};

use crate::check::HealSource;
use crate::copy::share_domain;
use crate::error::Result;
use crate::open_index::list_packs;
use crate::progress::Run;
use crate::repository::Repository;

/// Receives a chunk: what kind of pack it was in, its id, its bytes, which the id proves.
pub(super) type Take<'t> = dyn FnMut(PackKind, ChunkId, &[u8]) -> Result<()> + 't;

/// A search for copies of lost chunks, source after source.
pub(super) struct Search<'a> {
    pub(super) repository: &'a Repository,
    pub(super) run: &'a Run<'a>,
    private: Arc<IdHasher>,
    public: IdHasher,
    /// What was not found yet.
    pub(super) lost: BTreeSet<ChunkId>,
    /// What was found, and where.
    pub(super) found: BTreeMap<ChunkId, HealSource>,
    take: &'a mut Take<'a>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        lost: BTreeSet<ChunkId>,
        run: &'a Run<'a>,
        take: &'a mut Take<'a>,
    ) -> Self {
        let (private, public) = (repository.id_hasher(), IdHasher::plain());
        Self { repository, run, private, public, lost, found: BTreeMap::new(), take }
    }

    /// Takes a chunk if it is lost, and bytes are what its id says.
    pub(super) fn offer(
        &mut self,
        source: HealSource,
        kind: PackKind,
        id: ChunkId,
        bytes: &[u8],
    ) -> Result<()> {
        let is_right = || self.private.id(bytes) == id || self.public.id(bytes) == id;
        if self.lost.contains(&id) && is_right() {
            (self.take)(kind, id, bytes)?;
            self.lost.remove(&id);
            self.found.insert(id, source);
        }
        Ok(())
    }

    /// Looks through all packs but the damaged ones, those that are condemned among them.
    ///
    /// Cost: a directory of each pack, if anything is lost.
    pub(super) fn in_packs(&mut self, damaged: &HashSet<PackId>) -> Result<()> {
        let (storage, keys) = (self.repository.storage(), self.repository.keys());
        for (pack, bytes) in list_packs(storage)? {
            self.run.cancel.check()?;
            if self.lost.is_empty() {
                break;
            }
            if damaged.contains(&pack) {
                continue;
            }
            // What cannot be read is no help here; it is named by a check.
            let Ok(directory) = read_pack_directory(storage, keys, pack, bytes) else { continue };
            self.in_pack(HealSource::Repository, self.repository, &directory)?;
        }
        Ok(())
    }

    fn in_pack(
        &mut self,
        source: HealSource,
        holder: &Repository,
        directory: &PackDirectory,
    ) -> Result<()> {
        for ordinal in 0..directory.blocks.len() {
            let chunks = directory.chunks_of(ordinal).unwrap_or_default();
            if !chunks.iter().any(|chunk| self.lost.contains(&chunk.id)) {
                continue;
            }
            let Ok(block) = directory.read_block(holder.storage(), holder.keys(), ordinal) else {
                continue;
            };
            for (id, bytes) in block.iter() {
                self.offer(source, directory.header.kind, id, bytes)?;
            }
        }
        Ok(())
    }

    /// Looks in another repository: by id if both name chunks alike, else in the copies of the
    /// snapshots that need them.
    pub(super) fn in_repository(&mut self, other: &Repository) -> Result<()> {
        if self.lost.is_empty() {
            return Ok(());
        }
        if !share_domain(other.config(), self.repository.config()) {
            return self.by_path(other);
        }
        let index = other.index(self.run)?;
        let ids: Vec<ChunkId> = self.lost.iter().copied().collect();
        let pack = |answer| match answer {
            Lookup::Stored(Location { pack, .. }) => Some(pack),
            Lookup::Novel | Lookup::Failed { .. } => None,
        };
        let packs: BTreeSet<PackId> = index.locate(&ids).into_iter().filter_map(pack).collect();
        for pack in packs {
            self.run.cancel.check()?;
            let Ok(directory) = index.directory(pack) else { continue };
            self.in_pack(HealSource::OtherRepository, other, &directory)?;
        }
        Ok(())
    }
}
