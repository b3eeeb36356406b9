//! All packs of a repository for an index that is built from them.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::PackFacts;
use gleaner_store::{Keys, Storage, read_pack_directory};

use crate::error::Result;
use crate::progress::Run;
use crate::work_ahead::in_order;

use super::found_packs::{Built, DIRECTORIES_AHEAD, Directory, NEVER_WAS, facts_of, readable};

/// Packs to be read.
pub(super) struct ReadPacks<'a> {
    pub(super) storage: &'a dyn Storage,
    pub(super) keys: &'a Keys,
    pub(super) packs: &'a [(PackId, u64)],
    pub(super) run: &'a Run<'a>,
}

type Pack = (PackFacts, Vec<ChunkId>);

impl ReadPacks<'_> {
    /// Calls `build` with facts and chunk ids of the packs in their order, which as many threads
    /// read. One that is not readable is warned of and left out; one of a newer format is an error.
    ///
    /// An index that is made anew beside packs that are there cannot know what vanished before: it
    /// gets a row for a pack that never was.
    pub(super) fn with<T>(
        &self,
        threads: usize,
        built: &mut Built,
        build: impl FnOnce(&mut dyn Iterator<Item = Result<Pack>>) -> Result<T>,
    ) -> Result<T> {
        let (storage, keys, packs) = (self.storage, self.keys, self.packs);
        let read = |(pack, bytes): &(PackId, u64)| {
            read_pack_directory(storage, keys, *pack, *bytes).map(Arc::new)
        };
        in_order(packs, threads, DIRECTORIES_AHEAD, read, |read| {
            let never_was = (!packs.is_empty()).then_some(Ok((NEVER_WAS, Vec::new())));
            let judged = packs.iter().zip(read).filter_map(|((pack, _), directory)| {
                self.judge(*pack, directory, built).transpose()
            });
            build(&mut never_was.into_iter().chain(judged))
        })
    }

    fn judge(&self, pack: PackId, directory: Directory, built: &mut Built) -> Result<Option<Pack>> {
        self.run.cancel.check()?;
        match readable(directory, self.run)? {
            Some(directory) => {
                let ids = directory.chunks.iter().map(|chunk| chunk.id).collect();
                Ok(Some((facts_of(&directory), ids)))
            }
            None => {
                built.left_out.insert(pack);
                Ok(None)
            }
        }
    }
}
