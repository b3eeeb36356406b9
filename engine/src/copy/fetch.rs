//! Second stage: reads the chunks of batches from the source, verified, batches in parallel.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crossbeam::channel::Receiver;
use gleaner_chunker::{ChunkId, Chunker, IdHasher, PackId};
use gleaner_index::Lookup;
use gleaner_store::{ChunkRef, Domain};

use super::planner::Job;
use super::step::{Batch, Bytes, Fetched, FetchedChunk, Piece, Step};
use crate::byte_budget::{ByteBudget, Closed};
use crate::chunk_reader::{ChunkFinder, ChunkPlace};
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::progress::Cancel;

/// What all fetchers share.
pub(super) struct FetchContext<'a> {
    /// Finds chunks in the source.
    pub(super) finder: ChunkFinder<'a>,
    pub(super) mode: Mode,
    pub(super) cancel: &'a Cancel,
    /// For the buffers of batches.
    pub(super) budget: ByteBudget,
}

/// How chunks of the source become chunks of the target.
pub(super) enum Mode {
    /// They are the same. What the target's index has is not read.
    Shared(Arc<OpenIndex>),
    /// They are cut and named anew.
    Anew(Arc<Chunker>, Arc<IdHasher>),
}

/// Works on batches until there are no more.
pub(super) fn fetch_batches(context: &FetchContext<'_>, jobs: &Receiver<Job>) {
    for (batch, reply) in jobs {
        let fetched = context.cancel.check().and_then(|()| context.fetch(batch));
        // Nobody waits for the batch if the sequencer failed.
        let _unwanted = reply.send(fetched);
    }
}

impl FetchContext<'_> {
    fn fetch(&self, batch: Batch) -> Result<Fetched> {
        let known = self.known(&batch.chunks);
        let mut bytes_read = 0;
        let mut chunks = Vec::with_capacity(batch.chunks.len());
        for ((domain, chunk), known) in batch.chunks.into_iter().zip(known) {
            let bytes = known.map_or_else(
                || {
                    let start = bytes_read;
                    bytes_read += chunk.bytes as usize;
                    Bytes::Read(start..bytes_read)
                },
                Bytes::Known,
            );
            chunks.push(FetchedChunk { domain, chunk, bytes });
        }
        let permit = self.budget.acquire(batch.number, bytes_read);
        let permit = permit.map_err(|Closed| Error::Cancelled)?;
        let mut buffer = vec![0; bytes_read];
        self.read(&chunks, &mut buffer)?;
        let mut fetched = Fetched {
            steps: batch.steps,
            chunks,
            buffer,
            is_part: batch.is_part,
            bytes_read: bytes_read as u64,
            permit,
        };
        if let Mode::Anew(chunker, hasher) = &self.mode
            && !fetched.is_part
        {
            cut_files(&mut fetched, chunker, hasher);
        }
        Ok(fetched)
    }

    /// For each chunk the pack of the target that has it, if its id means the same there.
    ///
    /// The sequencer pins that pack before the answer is used.
    fn known(&self, chunks: &[(Domain, ChunkRef)]) -> Vec<Option<PackId>> {
        let Mode::Shared(index) = &self.mode else { return vec![None; chunks.len()] };
        let ids: Vec<ChunkId> = chunks.iter().map(|(_, chunk)| chunk.id).collect();
        let pack = |answer| match answer {
            Lookup::Stored(location) => Some(location.pack),
            // An index that cannot answer costs bytes only: the chunk is read and stored again.
            Lookup::Novel | Lookup::Failed { .. } => None,
        };
        index.lookup(&ids).into_iter().map(pack).collect()
    }

    /// Reads what is to be read into the buffer, each block once.
    fn read(&self, chunks: &[FetchedChunk], buffer: &mut [u8]) -> Result<()> {
        let is_read = |fetched: &&FetchedChunk| matches!(fetched.bytes, Bytes::Read(_));
        let wanted: Vec<&FetchedChunk> = chunks.iter().filter(is_read).collect();
        let refs: Vec<ChunkRef> = wanted.iter().map(|fetched| fetched.chunk).collect();
        let mut blocks: BTreeMap<(PackId, usize), Vec<(ChunkPlace, &FetchedChunk)>> =
            BTreeMap::new();
        for (fetched, place) in wanted.into_iter().zip(self.finder.places(&refs)) {
            match place {
                Ok(place) => {
                    blocks.entry((place.pack, place.block)).or_default().push((place, fetched));
                }
                Err(error) if self.fill_spare(fetched, &error, buffer) => {}
                Err(error) => return Err(error),
            }
        }
        for ((pack, number), parts) in blocks {
            self.cancel.check()?;
            let block = match self.finder.open_block(pack, number) {
                Ok(block) => block,
                Err(error) => {
                    if parts.iter().all(|(_, part)| self.fill_spare(part, &error, buffer)) {
                        continue;
                    }
                    return Err(error);
                }
            };
            for (place, fetched) in parts {
                let FetchedChunk { domain, chunk, .. } = fetched;
                let found = block.chunk(place.position, &chunk.id);
                match self.finder.verify(*domain, chunk, place, found) {
                    Ok(()) => fill(fetched, found.unwrap_or_default(), buffer),
                    Err(error) if self.fill_spare(fetched, &error, buffer) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Reads a chunk from another pack than where it cannot be read; false if there is none.
    fn fill_spare(&self, fetched: &FetchedChunk, error: &Error, buffer: &mut [u8]) -> bool {
        let spare = self.finder.read_spare(fetched.domain, &fetched.chunk, error);
        spare.map(|bytes| fill(fetched, &bytes, buffer)).is_some()
    }
}

/// Puts bytes where they belong: what was verified has the length that the list states.
fn fill(fetched: &FetchedChunk, bytes: &[u8], buffer: &mut [u8]) {
    let Bytes::Read(range) = &fetched.bytes else { return };
    if let Some(room) = buffer.get_mut(range.clone()) {
        room.copy_from_slice(bytes);
    }
}

/// Cuts and names the content of small files as the target does.
fn cut_files(fetched: &mut Fetched, chunker: &Chunker, hasher: &IdHasher) {
    let Fetched { steps, chunks, buffer, .. } = fetched;
    let mut cut = Vec::with_capacity(chunks.len());
    for step in steps {
        let Step::File(_, pieces) = step else { continue };
        let mut anew = Vec::with_capacity(pieces.len());
        for extent in extents(pieces, chunks) {
            anew.push(match extent {
                Extent::Hole(bytes) => Piece::Hole(bytes),
                Extent::Data(range) => {
                    let first = cut.len();
                    let data = buffer.get(range.clone()).unwrap_or_default();
                    for piece in chunker.cuts(data) {
                        let bytes = data.get(piece.clone()).unwrap_or_default();
                        let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
                        let chunk = ChunkRef { id: hasher.id(bytes), bytes: length };
                        let bytes = Bytes::Read(range.start + piece.start..range.start + piece.end);
                        cut.push(FetchedChunk { domain: Domain::Private, chunk, bytes });
                    }
                    Piece::Chunks(first..cut.len())
                }
            });
        }
        *pieces = anew;
    }
    *chunks = cut;
}

/// Consecutive bytes of a file.
pub(super) enum Extent {
    /// In the batch's buffer.
    Data(Range<usize>),
    /// A hole of so many bytes.
    Hole(u64),
}

/// What pieces whose chunks were all read stand for; neighbouring pieces of data are one extent.
pub(super) fn extents(pieces: &[Piece], chunks: &[FetchedChunk]) -> Vec<Extent> {
    let mut extents = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Hole(bytes) => extents.push(Extent::Hole(*bytes)),
            Piece::Chunks(numbers) => {
                for fetched in chunks.get(numbers.clone()).unwrap_or_default() {
                    let Bytes::Read(range) = &fetched.bytes else { continue };
                    match extents.last_mut() {
                        // Chunks lie in the buffer in the order of the stream.
                        Some(Extent::Data(last)) => last.end = range.end,
                        _ => extents.push(Extent::Data(range.clone())),
                    }
                }
            }
        }
    }
    extents
}
