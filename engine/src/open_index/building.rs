//! All packs of a repository for an index that is built from them.

use std::thread;

use crossbeam::channel::{Receiver, bounded};
use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::PackFacts;
use gleaner_store::{Keys, Storage, read_pack_directory};

use crate::error::Result;
use crate::progress::Run;

use super::found_packs::{Built, Directory, NEVER_WAS, facts_of, readable};

/// Directories that a thread may be ahead: they are 40 bytes a chunk.
const READ_AHEAD: usize = 4;

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
        let threads = threads.clamp(1, self.packs.len().max(1));
        let (storage, keys, packs) = (self.storage, self.keys, self.packs);
        thread::scope(|scope| {
            // Each thread reads every so many-th pack, so that all of them give an order again
            // without anyone running ahead further than its channel.
            let channels: Vec<Receiver<Directory>> = (0..threads)
                .map(|first| {
                    let (sender, receiver) = bounded(READ_AHEAD);
                    scope.spawn(move || {
                        for (pack, bytes) in packs.iter().skip(first).step_by(threads) {
                            let read = read_pack_directory(storage, keys, *pack, *bytes);
                            // The other side went away with an error.
                            if sender.send(read).is_err() {
                                break;
                            }
                        }
                    });
                    receiver
                })
                .collect();
            let never_was = (!packs.is_empty()).then_some(Ok((NEVER_WAS, Vec::new())));
            let read = packs.iter().zip(channels.iter().cycle()).filter_map(|((pack, _), from)| {
                let directory = from.recv().expect("each thread sends all its directories");
                self.judge(*pack, directory, built).transpose()
            });
            build(&mut never_was.into_iter().chain(read))
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
