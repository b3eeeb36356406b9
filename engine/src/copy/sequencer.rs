//! Third stage: takes batches in order, stores what is novel, writes the tree.

use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, bounded};
use gleaner_chunker::ChunkId;
use gleaner_store::{ChunkRef, Domain, PackKind, Snapshot, TreeItem};

use super::fetch::{Extent, FetchContext, Mode, extents, fetch_batches};
use super::item_runs::ItemRuns;
use super::planner::{Job, Planner};
use super::recut::Recutter;
use super::stats::CopyStats;
use super::step::{Bytes, Fetched, FetchedChunk, Piece, Step};
use crate::byte_budget::{ByteBudget, CloseOnDrop};
use crate::chunk_reader::ChunkFinder;
use crate::error::{Error, Result};
use crate::ingest::Ingest;
use crate::progress::Counters;
use crate::repository::Repository;
use crate::tree_reader::TreeReader;
use crate::tree_writer::{TreeWriter, WrittenTree};

/// Bytes of batches that were read, whatever the size of chunks and the number of threads. The
/// batch whose turn it is may exceed it by its own length, of at most 12 MiB.
const BATCHES_BYTES_MAX: usize = 48 << 20;

/// Copies all that a snapshot refers to into the stages behind `ingest`.
///
/// # Errors
/// [`Error::CopySource`] for whatever is wrong with the source; the stages'.
pub(super) fn copy_tree(
    ingest: &mut Ingest<'_>,
    from: &Repository,
    source: &Snapshot,
    is_shared: bool,
    stats: &mut CopyStats,
) -> Result<WrittenTree> {
    let (to, run) = (ingest.repository, ingest.run);
    let unreadable = |error| in_source(source, error);
    let index = from.index(run)?;
    let tree = TreeReader::open(from, Arc::clone(&index), source).map_err(unreadable)?;
    let mode = if is_shared {
        Mode::Shared(Arc::clone(ingest.index()))
    } else {
        Mode::Anew(to.chunker(), to.id_hasher())
    };
    let budget = ByteBudget::new(BATCHES_BYTES_MAX);
    let context =
        FetchContext { finder: ChunkFinder::new(from, index), mode, cancel: &run.cancel, budget };
    let threads = to.env.threads.max(1);
    let (work, jobs) = bounded::<Job>(threads);
    let (ordered, batches) = bounded::<Receiver<Result<Fetched>>>(2 * threads + 2);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (jobs, context) = (jobs.clone(), &context);
            scope.spawn(move || fetch_batches(context, &jobs));
        }
        drop(jobs);
        let planner = Planner::new(&run.cancel, work, ordered);
        let planner = scope.spawn(move || planner.run(tree));
        let mut sequencer = Sequencer::new(ingest, stats, is_shared);
        let close = CloseOnDrop(context.budget.clone());
        let result = sequencer.take_all(&batches, &context.budget, source);
        // Fetchers that wait for room and a planner that waits for the sequencer end with it.
        drop(close);
        drop(batches);
        let planned = planner.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // A planner that found its queue closed was stopped by the sequencer's own failure.
        result?;
        planned.map_err(unreadable)?;
        run.cancel.check()?;
        let Sequencer { ingest, tree, stats, .. } = sequencer;
        let written = tree.finish(ingest)?;
        stats.chunks_tree_novel += written.chunks_novel;
        stats.bytes_tree_novel += written.bytes_novel;
        Ok(written)
    })
}

/// Names the snapshot in an error of the source.
fn in_source(snapshot: &Snapshot, error: Error) -> Error {
    match error {
        Error::Cancelled => Error::Cancelled,
        error => Error::CopySource { snapshot: snapshot.id, source: Box::new(error) },
    }
}

struct Sequencer<'a, 'i> {
    ingest: &'a mut Ingest<'i>,
    tree: TreeWriter,
    stats: &'a mut CopyStats,
    /// Cuts parts of large files; `None` if the source's chunks are the target's.
    recutter: Option<Recutter>,
    /// The large file whose content is coming in.
    large: Option<ItemRuns>,
    path: Vec<u8>,
}

impl<'a, 'i> Sequencer<'a, 'i> {
    fn new(ingest: &'a mut Ingest<'i>, stats: &'a mut CopyStats, is_shared: bool) -> Self {
        let to = ingest.repository;
        let threads = to.env.threads.max(1);
        let recutter = (!is_shared).then(|| Recutter::new(to.chunker(), to.id_hasher(), threads));
        let tree = TreeWriter::new(to.tree_chunker(), to.id_hasher());
        Self { ingest, tree, stats, recutter, large: None, path: Vec::new() }
    }

    fn take_all(
        &mut self,
        batches: &Receiver<Receiver<Result<Fetched>>>,
        budget: &ByteBudget,
        source: &Snapshot,
    ) -> Result<()> {
        for (number, batch) in (0..).zip(batches) {
            budget.set_front(number);
            self.ingest.run.cancel.check()?;
            // The fetcher vanished: it panicked, and its scope reports that.
            let fetched = batch.recv().map_err(|_| Error::Cancelled)?;
            let fetched = fetched.map_err(|error| in_source(source, error))?;
            self.stats.bytes_read += fetched.bytes_read;
            self.take(fetched)?;
        }
        Ok(())
    }

    fn take(&mut self, fetched: Fetched) -> Result<()> {
        let Fetched { steps, chunks, buffer, is_part, permit, .. } = fetched;
        let is_raw = is_part && self.recutter.is_some();
        if !is_raw {
            self.offer(&chunks, &buffer)?;
        }
        for step in steps {
            match step {
                Step::Enter(entry) => {
                    self.path.push(b'/');
                    self.path.extend_from_slice(&entry.name);
                    self.ingest.run.counters.set_current(&self.path);
                    self.push(&TreeItem::Enter(entry))?;
                }
                Step::Leave => {
                    let parent = self.path.iter().rposition(|&byte| byte == b'/');
                    self.path.truncate(parent.unwrap_or(0));
                    self.push(&TreeItem::Leave)?;
                }
                Step::Node(entry) => self.push(&TreeItem::Node(entry))?,
                Step::File(entry, pieces) => {
                    self.large = Some(ItemRuns::new(entry));
                    self.add_pieces(&pieces, &chunks)?;
                    self.end_file()?;
                }
                Step::Begin(entry) => self.large = Some(ItemRuns::new(entry)),
                Step::Content(pieces) if is_raw => self.recut(&pieces, &chunks, &buffer)?,
                Step::Content(pieces) => self.add_pieces(&pieces, &chunks)?,
                Step::End => {
                    self.cut(true)?;
                    self.end_file()?;
                }
            }
        }
        drop(permit);
        Ok(())
    }

    /// Pins what the target has and stores what it has not.
    fn offer(&mut self, chunks: &[FetchedChunk], buffer: &[u8]) -> Result<()> {
        let mut offered = Vec::with_capacity(chunks.len());
        for FetchedChunk { chunk, bytes, .. } in chunks {
            match bytes {
                Bytes::Known(pack) => {
                    self.ingest.relied.insert(*pack);
                    self.count(chunk.bytes, false);
                }
                Bytes::Read(range) => {
                    offered.push((chunk.id, buffer.get(range.clone()).unwrap_or_default()));
                }
            }
        }
        self.store(&offered).map(drop)
    }

    /// Stores chunks that are nowhere yet, and counts all of them.
    fn store(&mut self, chunks: &[(ChunkId, &[u8])]) -> Result<Vec<ChunkRef>> {
        let novel = self.ingest.offer(PackKind::Data, chunks)?;
        let refs = chunks.iter().zip(novel).map(|((id, bytes), is_novel)| {
            let bytes = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
            self.count(bytes, is_novel);
            ChunkRef { id: *id, bytes }
        });
        Ok(refs.collect())
    }

    fn count(&mut self, bytes: u32, is_novel: bool) {
        let bytes = u64::from(bytes);
        Counters::add(&self.ingest.run.counters.bytes_done, bytes);
        if is_novel {
            self.stats.chunks_novel += 1;
            self.stats.bytes_novel += bytes;
        } else {
            self.stats.chunks_known += 1;
            self.stats.bytes_known += bytes;
        }
    }

    /// Adds pieces whose chunks are the target's.
    fn add_pieces(&mut self, pieces: &[Piece], chunks: &[FetchedChunk]) -> Result<()> {
        for piece in pieces {
            match piece {
                Piece::Hole(bytes) => self.add_hole(*bytes)?,
                Piece::Chunks(numbers) => {
                    for fetched in chunks.get(numbers.clone()).unwrap_or_default() {
                        self.add_chunk(fetched.domain, fetched.chunk)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Cuts pieces whose chunks are the source's. Chunks never cross the edge of a hole.
    fn recut(&mut self, pieces: &[Piece], chunks: &[FetchedChunk], buffer: &[u8]) -> Result<()> {
        for extent in extents(pieces, chunks) {
            match extent {
                Extent::Data(range) => {
                    if let Some(recutter) = &mut self.recutter {
                        recutter.feed(buffer.get(range).unwrap_or_default());
                    }
                }
                Extent::Hole(bytes) => {
                    self.cut(true)?;
                    self.add_hole(bytes)?;
                }
            }
        }
        self.cut(false)
    }

    fn cut(&mut self, is_end: bool) -> Result<()> {
        let Some(mut recutter) = self.recutter.take() else { return Ok(()) };
        let cut = recutter.cut(is_end, |chunks| self.store(chunks));
        self.recutter = Some(recutter);
        for chunk in cut? {
            self.add_chunk(Domain::Private, chunk)?;
        }
        Ok(())
    }

    fn add_chunk(&mut self, domain: Domain, chunk: ChunkRef) -> Result<()> {
        let full = self.large.as_mut().and_then(|file| file.chunk(domain, chunk));
        full.map_or(Ok(()), |item| self.push(&item))
    }

    fn add_hole(&mut self, bytes: u64) -> Result<()> {
        Counters::add(&self.ingest.run.counters.bytes_done, bytes);
        let full = self.large.as_mut().and_then(|file| file.hole(bytes));
        full.map_or(Ok(()), |item| self.push(&item))
    }

    fn end_file(&mut self) -> Result<()> {
        Counters::add(&self.ingest.run.counters.files_done, 1);
        self.large.take().map_or(Ok(()), |file| self.push(&file.finish()))
    }

    fn push(&mut self, item: &TreeItem) -> Result<()> {
        self.tree.push(self.ingest, item)
    }
}
