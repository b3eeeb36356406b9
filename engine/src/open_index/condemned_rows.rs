//! Chunks of packs that a prune chose for removal: read as long as the packs are there.

use std::collections::HashSet;
use std::sync::PoisonError;

use gleaner_chunker::{ChunkId, ErrorKind};
use gleaner_index::{ChunkIndex as _, Lookup, MemoryIndex, PackFacts, PackState};
use gleaner_store::{Keys, PackDirectory, read_pack_directory};

use super::{OpenIndex, facts_of, is_gone_or_damaged};
use crate::error::Result;

/// Chunks whose rows are in memory at a time, 50 to 90 bytes each.
const ROWS_MAX: u64 = 1 << 19;

/// Reads the directory of a pack; none if there is nothing to be read any more.
type ReadDirectory<'r> = dyn Fn(&PackFacts) -> Result<Option<PackDirectory>, ErrorKind> + 'r;

/// Rows of condemned packs: all of them if they are few, else those of packs that answered lately.
pub(super) struct CondemnedRows {
    /// The packs, gone or not.
    packs: Vec<PackFacts>,
    rows: MemoryIndex,
    /// Chunks of the packs in `rows`.
    chunks: u64,
    rows_max: u64,
    is_whole: bool,
}

impl CondemnedRows {
    fn new(packs: Vec<PackFacts>, rows_max: u64) -> Self {
        Self { packs, rows: MemoryIndex::new(), chunks: 0, rows_max, is_whole: false }
    }

    /// Answers for the ids that are `Novel` so far. `read` gives a pack's directory, or none if it
    /// is gone by now, or damaged; if it fails, nobody knows what is in the pack, and whoever asks
    /// again asks the storage again.
    fn look_up(
        &mut self,
        ids: &[ChunkId],
        answers: &mut [Lookup],
        read: &ReadDirectory<'_>,
    ) -> Result<()> {
        let unread = if self.is_whole {
            None
        } else if self.all() <= self.rows_max {
            self.read_all(read)?
        } else {
            self.seek(ids, answers, read)?
        };
        self.answer(ids, answers);
        fail_novel(answers, unread);
        Ok(())
    }

    /// Enters all packs; what to answer for chunks that are not found, if one could not be read.
    fn read_all(&mut self, read: &ReadDirectory<'_>) -> Result<Option<Lookup>> {
        let mut unread = None;
        self.rows = MemoryIndex::new();
        for facts in &self.packs {
            match read(facts) {
                Ok(Some(directory)) => insert(&self.rows, &directory)?,
                Ok(None) => {}
                Err(kind) => unread = Some(Lookup::Failed { kind, pack: Some(facts.pack) }),
            }
        }
        self.is_whole = unread.is_none();
        Ok(unread)
    }

    /// Looks through the packs until all that is sought was found, and enters those that hold some.
    fn seek(
        &mut self,
        ids: &[ChunkId],
        answers: &mut [Lookup],
        read: &ReadDirectory<'_>,
    ) -> Result<Option<Lookup>> {
        self.answer(ids, answers);
        let novel = ids.iter().zip(&*answers).filter(|(_, answer)| **answer == Lookup::Novel);
        let mut sought: HashSet<ChunkId> = novel.map(|(id, _)| *id).collect();
        let mut unread = None;
        for facts in &self.packs {
            if sought.is_empty() {
                break;
            }
            let directory = match read(facts) {
                Ok(Some(directory)) => directory,
                Ok(None) => continue,
                Err(kind) => {
                    unread = Some(Lookup::Failed { kind, pack: Some(facts.pack) });
                    continue;
                }
            };
            if !directory.chunks.iter().any(|chunk| sought.contains(&chunk.id)) {
                continue;
            }
            let chunks = directory.chunks.len() as u64;
            if self.chunks + chunks > self.rows_max {
                // What was found so far is answered before it is dropped.
                self.answer(ids, answers);
                (self.rows, self.chunks) = (MemoryIndex::new(), 0);
            }
            insert(&self.rows, &directory)?;
            self.chunks += chunks;
            for chunk in &directory.chunks {
                sought.remove(&chunk.id);
            }
        }
        Ok(unread)
    }

    fn all(&self) -> u64 {
        self.packs.iter().map(|facts| u64::from(facts.chunk_count)).sum()
    }

    fn answer(&self, ids: &[ChunkId], answers: &mut [Lookup]) {
        for (answer, found) in answers.iter_mut().zip(self.rows.lookup_batch(ids)) {
            if *answer == Lookup::Novel {
                *answer = found;
            }
        }
    }
}

/// A chunk that was not found is not known to be missing, if something could not be read.
fn fail_novel(answers: &mut [Lookup], failed: Option<Lookup>) {
    let Some(failed) = failed else { return };
    for answer in answers.iter_mut().filter(|answer| **answer == Lookup::Novel) {
        *answer = failed;
    }
}

fn insert(rows: &MemoryIndex, directory: &PackDirectory) -> Result<()> {
    let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
    Ok(rows.insert_pack(facts_of(directory), &ids)?)
}

impl OpenIndex {
    /// Answers for chunks that no live pack holds, where a condemned one does: reading may use it
    /// as long as it is there.
    ///
    /// Cost: nothing if no pack is condemned. Else their directories are read at the first call,
    /// and if they have more than 2^19 chunks, at each call that the packs of the last ones do not
    /// answer. Memory: 50 to 90 bytes for so many chunks and those of one pack.
    pub(crate) fn look_up_condemned(&self, keys: &Keys, ids: &[ChunkId], answers: &mut [Lookup]) {
        let mut rows = self.condemned_rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.is_none() {
            match self.index.packs() {
                Ok(mut packs) => {
                    packs.retain(|facts| facts.state == PackState::Condemned);
                    *rows = Some(CondemnedRows::new(packs, ROWS_MAX));
                }
                Err(error) => {
                    let failed = Lookup::Failed { kind: error.kind(), pack: None };
                    return fail_novel(answers, Some(failed));
                }
            }
        }
        let Some(rows) = rows.as_mut() else { return };
        let read = |facts: &PackFacts| {
            let read = read_pack_directory(&*self.storage, keys, facts.pack, facts.sealed_bytes);
            let read = read
                .inspect_err(|error| tracing::debug!(%error, "a condemned pack is not readable"));
            match read {
                Ok(directory) => Ok(Some(directory)),
                Err(error) if is_gone_or_damaged(error.kind()) => Ok(None),
                Err(error) => Err(error.kind()),
            }
        };
        if let Err(error) = rows.look_up(ids, answers, &read) {
            tracing::debug!(%error, "condemned packs do not answer");
        }
    }
}

#[cfg(test)]
mod tests;
