//! Reads chunks by id: index, directory, block, and the id checked over the very bytes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_chunker::{ChunkId, IdHasher, PackId};
use gleaner_index::{Location, Lookup};
use gleaner_store::{Block, ChunkRef, Defect, Domain, ErrorKind, Run as ChunkRun, StorageError};

use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::progress::Run;
use crate::repository::Repository;
use crate::spare_copies::SpareCopies;

/// Opened blocks kept by one reader: a stream order of at most as many interleaved streams.
const BLOCKS_KEPT: usize = 8;

/// An opened block with the offsets of its chunks.
#[derive(Debug)]
pub(crate) struct OpenedBlock {
    block: Block,
    offsets: Vec<usize>,
}

impl OpenedBlock {
    pub(crate) fn new(block: Block) -> Self {
        let mut offsets = Vec::with_capacity(block.chunks.len() + 1);
        let mut offset = 0;
        offsets.push(0);
        for chunk in &block.chunks {
            offset += chunk.bytes as usize;
            offsets.push(offset);
        }
        Self { block, offsets }
    }

    /// Bytes of chunk number `position`, whose id must be `id`.
    pub(crate) fn chunk(&self, position: usize, id: &ChunkId) -> Option<&[u8]> {
        let chunk = self.block.chunks.get(position).filter(|chunk| chunk.id == *id)?;
        let start = *self.offsets.get(position)?;
        self.block.raw.get(start..start + chunk.bytes as usize)
    }
}

/// Where a chunk is, down to the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkPlace {
    pub(crate) pack: PackId,
    /// Number of the block in the pack.
    pub(crate) block: usize,
    /// Number of the chunk in the block.
    pub(crate) position: usize,
}

/// Finds and verifies chunks; shared by threads.
pub(crate) struct ChunkFinder<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) index: Arc<OpenIndex>,
    private: Arc<IdHasher>,
    public: IdHasher,
    has_caught_up: AtomicBool,
    spares: Mutex<Spares>,
}

/// Other copies, looked for when one cannot be read.
#[derive(Default)]
struct Spares {
    found: Option<SpareCopies>,
    /// How many chunks were asked for.
    asked: u64,
    /// The last block that was opened for one: its neighbors are often wanted next.
    block: Option<((PackId, usize), OpenedBlock)>,
}

impl<'a> ChunkFinder<'a> {
    pub(crate) fn new(repository: &'a Repository, index: Arc<OpenIndex>) -> Self {
        let private = repository.id_hasher();
        let has_caught_up = AtomicBool::new(false);
        let (public, spares) = (IdHasher::plain(), Mutex::default());
        Self { repository, index, private, public, has_caught_up, spares }
    }

    /// Places of chunks, in input order.
    pub(crate) fn places(&self, chunks: &[ChunkRef]) -> Vec<Result<ChunkPlace>> {
        let places = self.places_known(chunks);
        let is_gone = |place: &Result<ChunkPlace>| place.as_ref().is_err_and(is_pack_gone);
        if places.iter().any(is_gone) && self.catch_up() {
            return self.places_known(chunks);
        }
        places
    }

    fn places_known(&self, chunks: &[ChunkRef]) -> Vec<Result<ChunkPlace>> {
        let ids: Vec<ChunkId> = chunks.iter().map(|chunk| chunk.id).collect();
        let mut answers = self.index.locate(&ids);
        let mut unread = None;
        // Another process may have stored the chunk since the index was opened. Once is enough:
        // what a snapshot refers to was there before the snapshot.
        if answers.contains(&Lookup::Novel) && !self.has_caught_up.load(Ordering::Relaxed) {
            match self.index.catch_up(&Run::silent()) {
                Ok(left_out) => {
                    unread = left_out;
                    self.has_caught_up.store(unread.is_none(), Ordering::Relaxed);
                    answers = self.index.locate(&ids);
                }
                Err(error) => {
                    tracing::warn!(%error, "packs of other processes are not known");
                    unread = Some(error.kind());
                }
            }
        }
        if answers.contains(&Lookup::Novel) {
            self.index.look_up_condemned(self.repository.keys(), &ids, &mut answers);
        }
        let place = |(chunk, answer): (&ChunkRef, Lookup)| match (answer, unread) {
            (Lookup::Stored(location), _) => self.place(chunk.id, location),
            // A storage that does not answer is no reason to call a chunk missing.
            (Lookup::Novel, Some(kind)) => Err(Error::IndexUnanswered { chunk: chunk.id, kind }),
            (Lookup::Novel, None) => Err(Error::ChunkMissing { chunk: chunk.id }),
            (Lookup::Failed { kind, pack }, _) => Err(self.failure(chunk.id, kind, pack)),
        };
        chunks.iter().zip(answers).map(place).collect()
    }

    /// Learns of packs that others stored, or deleted; false if that failed.
    pub(crate) fn catch_up(&self) -> bool {
        let caught_up = self.index.catch_up(&Run::silent());
        if let Err(error) = &caught_up {
            tracing::warn!(%error, "packs of other processes are not known");
        }
        caught_up.is_ok()
    }

    fn place(&self, chunk: ChunkId, location: Location) -> Result<ChunkPlace> {
        let place = self.place_in(chunk, location.pack, location.slot)?;
        place.ok_or(Error::IndexUnanswered { chunk, kind: ErrorKind::Corrupt })
    }

    /// The place of a pack's slot, if the chunk is there.
    fn place_in(&self, chunk: ChunkId, pack: PackId, slot: u32) -> Result<Option<ChunkPlace>> {
        let directory = self.index.directory(pack)?;
        let found = directory.chunks.get(slot as usize);
        let block = directory.block_of(slot);
        let entry = block.and_then(|block| directory.blocks.get(block));
        Ok(match (found, block, entry) {
            (Some(found), Some(block), Some(entry)) if found.id == chunk => {
                Some(ChunkPlace { pack, block, position: (slot - entry.first_slot) as usize })
            }
            _ => None,
        })
    }

    /// The bytes of a chunk from another pack than the one where it cannot be read; `None` if there
    /// is no other, or it cannot be read either.
    ///
    /// Cost: at the first call that of [`SpareCopies::find`], then that of reading a block where
    /// it is not the one of the call before. One call at a time.
    pub(crate) fn read_spare(
        &self,
        domain: Domain,
        chunk: &ChunkRef,
        error: &Error,
    ) -> Option<Vec<u8>> {
        // A chunk that is missing has no row: no pack has it.
        if matches!(error, Error::Cancelled | Error::ChunkMissing { .. }) {
            return None;
        }
        let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
        self.search_spares(&mut spares);
        let Spares { found, block, .. } = &mut *spares;
        found.as_ref()?.of(&chunk.id).find_map(|(pack, slot)| {
            let place = self.place_in(chunk.id, pack, slot).ok().flatten()?;
            let at = (pack, place.block);
            if block.as_ref().is_none_or(|(kept, _)| *kept != at) {
                *block = Some((at, self.open_block(pack, place.block).ok()?));
            }
            let bytes = block.as_ref()?.1.chunk(place.position, &chunk.id)?;
            let is_right = self.is_chunk(domain, chunk, bytes);
            is_right.then(|| {
                tracing::warn!(%error, chunk = %chunk.id, %pack, "read from another pack");
                bytes.to_vec()
            })
        })
    }

    /// Looks for other copies, unless all are known.
    fn search_spares(&self, spares: &mut Spares) {
        spares.asked += 1;
        // What did not answer is asked again at the 2nd chunk, the 4th, the 8th: it may be back,
        // and one that stays away costs little.
        if !spares.asked.is_power_of_two() {
            return;
        }
        match &mut spares.found {
            Some(found) if found.is_whole() => {}
            Some(found) => found.look_again(&self.index),
            None => match SpareCopies::find(&self.index, self.repository.storage()) {
                Ok(found) => spares.found = Some(found),
                Err(error) => tracing::warn!(%error, "other copies of chunks are not known"),
            },
        }
    }

    /// Why a chunk cannot be found: in the words of its pack's directory, if that is what fails.
    fn failure(&self, chunk: ChunkId, kind: ErrorKind, pack: Option<PackId>) -> Error {
        let directory = pack.map(|pack| self.index.directory(pack));
        match directory {
            Some(Err(error)) => error,
            Some(Ok(_)) | None => Error::IndexUnanswered { chunk, kind },
        }
    }

    /// Reads and opens a block.
    pub(crate) fn open_block(&self, pack: PackId, block: usize) -> Result<OpenedBlock> {
        let keys = self.repository.keys();
        let directory = self.index.directory(pack)?;
        Ok(OpenedBlock::new(directory.read_block(self.repository.storage(), keys, block)?))
    }

    /// Whether `bytes` are the chunk.
    pub(crate) fn is_chunk(&self, domain: Domain, chunk: &ChunkRef, bytes: &[u8]) -> bool {
        let hasher = match domain {
            Domain::Private => &*self.private,
            Domain::Public => &self.public,
        };
        bytes.len() == chunk.bytes as usize && hasher.id(bytes) == chunk.id
    }

    /// Checks bytes against their id (P2: never wrong bytes).
    pub(crate) fn verify(
        &self,
        domain: Domain,
        chunk: &ChunkRef,
        place: ChunkPlace,
        bytes: Option<&[u8]>,
    ) -> Result<()> {
        if bytes.is_some_and(|bytes| self.is_chunk(domain, chunk, bytes)) {
            return Ok(());
        }
        let name = gleaner_store::layout::pack(&place.pack);
        let defect = Defect::ChunkId { chunk: chunk.id };
        Err(gleaner_store::Error::Damaged { name, offset: 0, defect }.into())
    }
}

/// Whether a pack was not there, as opposed to damaged.
fn is_pack_gone(error: &Error) -> bool {
    matches!(error, Error::Store(gleaner_store::Error::Storage(StorageError::NotFound { .. })))
}

/// Reads chunks one after the other, as streams need them.
pub(crate) struct ChunkReader<'a> {
    finder: ChunkFinder<'a>,
    kept: VecDeque<((PackId, usize), Arc<OpenedBlock>)>,
}

impl<'a> ChunkReader<'a> {
    pub(crate) fn new(repository: &'a Repository, index: Arc<OpenIndex>) -> Self {
        Self { finder: ChunkFinder::new(repository, index), kept: VecDeque::new() }
    }

    /// Appends the bytes of a chunk to `out`.
    pub(crate) fn read(
        &mut self,
        domain: Domain,
        chunk: &ChunkRef,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let read = self.read_first(domain, chunk, out);
        let Err(error) = read else { return Ok(()) };
        let spare = self.finder.read_spare(domain, chunk, &error).ok_or(error)?;
        out.extend_from_slice(&spare);
        Ok(())
    }

    /// From the pack that the index names.
    fn read_first(&mut self, domain: Domain, chunk: &ChunkRef, out: &mut Vec<u8>) -> Result<()> {
        let (place, block) = match self.place_and_block(chunk) {
            // A prune deleted the pack since its place was known; it says where the chunk is now.
            Err(error) if is_pack_gone(&error) && self.finder.catch_up() => {
                self.place_and_block(chunk)?
            }
            found => found?,
        };
        let bytes = block.chunk(place.position, &chunk.id);
        self.finder.verify(domain, chunk, place, bytes)?;
        out.extend_from_slice(bytes.unwrap_or_default());
        Ok(())
    }

    fn place_and_block(&mut self, chunk: &ChunkRef) -> Result<(ChunkPlace, Arc<OpenedBlock>)> {
        let mut places = self.finder.places(std::slice::from_ref(chunk));
        let place = places.pop().unwrap_or(Err(Error::ChunkMissing { chunk: chunk.id }))?;
        Ok((place, self.block(place)?))
    }

    /// Appends all that `runs` stand for to `out`; holes become zeros.
    pub(crate) fn read_runs(&mut self, runs: &[ChunkRun], out: &mut Vec<u8>) -> Result<()> {
        for run in runs {
            match run {
                ChunkRun::Chunks { domain, chunks } => {
                    for chunk in chunks {
                        self.read(*domain, chunk, out)?;
                    }
                }
                ChunkRun::Hole { bytes } => {
                    let zeros = usize::try_from(*bytes).unwrap_or(usize::MAX);
                    out.resize(out.len().saturating_add(zeros), 0);
                }
            }
        }
        Ok(())
    }

    fn block(&mut self, place: ChunkPlace) -> Result<Arc<OpenedBlock>> {
        let key = (place.pack, place.block);
        if let Some((_, block)) = self.kept.iter().find(|(kept, _)| *kept == key) {
            return Ok(Arc::clone(block));
        }
        let block = Arc::new(self.finder.open_block(place.pack, place.block)?);
        if self.kept.len() == BLOCKS_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((key, Arc::clone(&block)));
        Ok(block)
    }
}
