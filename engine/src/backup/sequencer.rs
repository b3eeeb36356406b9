//! Third stage: puts what was read back into order, looks chunks up, writes the tree stream.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, bounded};
use gleaner_chunker::ChunkId;
use gleaner_store::{
    ChunkRef, Domain, Entry, EntryKind, ITEM_CHUNKS_MAX, Metadata, PackKind, Run as ChunkRun,
    Snapshot, TreeItem,
};

use super::readers::{ReaderContext, read_batches};
use super::scan::{Batch, BatchQueues, Scan};
use super::step::{Done, DoneFile, Part, Piece};
use super::{BackupOptions, BackupStats};
use crate::error::{Error, Result};
use crate::ingest::Ingest;
use crate::parent_cursor::ParentCursor;
use crate::progress::{Counters, EntryAction, EntryEvent, Run, Warning, WarningKind};
use crate::source::{Capture, CaptureOptions, FailureKind, OwnerNames, SourceFailure};
use crate::tree_reader::TreeReader;
use crate::tree_writer::{TreeWriter, WrittenTree};

/// Chunks of one large file that wait in memory for its end, so that a file whose reading fails
/// leaves no trace: 36 MiB of list for 64 GiB of file. A longer file is written as it comes, and
/// ends where its reading failed.
const FILE_CHUNKS_WAITING_MAX: usize = 1 << 20;

/// Runs scan and readers and writes the tree of what they find.
pub(super) fn write_tree(
    ingest: &mut Ingest<'_>,
    options: &BackupOptions,
    roots: &[PathBuf],
    parent: Option<&Snapshot>,
    stats: &mut BackupStats,
) -> Result<WrittenTree> {
    let repository = ingest.repository;
    let run = ingest.run;
    let index = Arc::clone(ingest.index());
    let reader = match parent {
        Some(snapshot) => Some(TreeReader::open(repository, Arc::clone(&index), snapshot)?),
        None => None,
    };
    let threads = repository.env.threads.max(1);
    let (work, batches) = bounded::<Batch>(threads);
    let (ordered, ordered_parts) = bounded(2 * threads + 2);
    let capture = CaptureOptions { xattrs: options.xattrs, atime: options.with_atime };
    let context = ReaderContext {
        options,
        capture: Capture::new(capture, Arc::new(OwnerNames::new())),
        chunker: repository.chunker(),
        id_hasher: repository.id_hasher(),
        clock: &*repository.env.clock,
        times: ingest.times,
        cancel: &run.cancel,
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let (batches, context) = (batches.clone(), &context);
            scope.spawn(move || read_batches(context, &batches));
        }
        drop(batches);
        let queues = BatchQueues { work, ordered };
        let cursor = ParentCursor::new(reader);
        let index = &*index;
        let scan = scope.spawn(move || Scan::new(options, run, index, cursor, queues).run(roots));
        let tree = TreeWriter::new(repository.tree_chunker(), repository.id_hasher());
        let mut sequencer = Sequencer { ingest, tree, stats, run, path: Vec::new(), large: None };
        let result = sequencer.take_all(&ordered_parts);
        drop(ordered_parts);
        let scanned = scan.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // A scan that found its queue closed was stopped by the sequencer's own failure.
        result?;
        scanned?;
        run.cancel.check()?;
        let Sequencer { ingest, tree, .. } = sequencer;
        tree.finish(ingest)
    })
}

/// A large file whose parts are coming in.
#[derive(Default)]
struct LargeFile {
    runs: Vec<ChunkRun>,
    chunks: usize,
    bytes: u64,
    bytes_holes: u64,
    chunks_novel: u64,
    bytes_novel: u64,
}

struct Sequencer<'a, 'i> {
    ingest: &'a mut Ingest<'i>,
    tree: TreeWriter,
    stats: &'a mut BackupStats,
    run: &'a Run<'a>,
    path: Vec<u8>,
    large: Option<LargeFile>,
}

impl Sequencer<'_, '_> {
    fn take_all(&mut self, batches: &Receiver<Receiver<Part>>) -> Result<()> {
        for parts in batches {
            for part in parts {
                self.run.cancel.check()?;
                match part {
                    Part::Steps { steps, buffer, chunks } => {
                        let chunks: Vec<(ChunkId, &[u8])> = chunks
                            .into_iter()
                            .map(|(id, range)| (id, buffer.get(range).unwrap_or_default()))
                            .collect();
                        let novel = self.ingest.offer(PackKind::Data, &chunks)?;
                        for step in steps {
                            self.take(step, &chunks, &novel)?;
                        }
                    }
                    Part::Chunks(batch) => {
                        let chunks: Vec<(ChunkId, &[u8])> = batch.iter().collect();
                        self.large_chunks(&chunks)?;
                    }
                    Part::Hole(bytes) => self.large_hole(bytes),
                    Part::End(file) => self.large_end(file)?,
                    Part::Broken(failure) => {
                        self.large = None;
                        self.failed(&failure);
                    }
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, step: Done, chunks: &[(ChunkId, &[u8])], novel: &[bool]) -> Result<()> {
        match step {
            Done::Enter { path, entry, parent } => {
                self.count_folder(&entry.metadata, parent.as_ref());
                self.path = path;
                self.run.counters.set_current(&self.path);
                self.tree.push(self.ingest, &TreeItem::Enter(entry))
            }
            Done::Leave => self.tree.push(self.ingest, &TreeItem::Leave),
            Done::Node(entry) => {
                self.stats.others += 1;
                self.tree.push(self.ingest, &TreeItem::Node(entry))
            }
            Done::File(file, pieces) => self.whole(file, &pieces, chunks, novel),
            Done::Unchanged { path, entry } => self.unchanged(&path, *entry),
            Done::UnchangedContent { runs, more } => {
                self.count_unchanged(&runs);
                self.tree.push(self.ingest, &TreeItem::Content { runs, more })
            }
            Done::Attributes(path, warnings) => {
                for warning in warnings {
                    self.warn(&path, WarningKind::Metadata, warning.to_string());
                }
                Ok(())
            }
            Done::Failed(failure) => {
                self.failed(&failure);
                Ok(())
            }
        }
    }

    fn whole(
        &mut self,
        file: DoneFile,
        pieces: &[Piece],
        chunks: &[(ChunkId, &[u8])],
        novel: &[bool],
    ) -> Result<()> {
        let mut large = LargeFile::default();
        for piece in pieces {
            match piece {
                Piece::Hole(bytes) => large.hole(*bytes),
                Piece::Chunks(range) => {
                    let chunks = chunks.get(range.clone()).unwrap_or_default();
                    let novel = novel.get(range.clone()).unwrap_or_default();
                    large.chunks(chunks, novel);
                }
            }
        }
        self.file(file, large)
    }

    fn large_chunks(&mut self, chunks: &[(ChunkId, &[u8])]) -> Result<()> {
        let novel = self.ingest.offer(PackKind::Data, chunks)?;
        let large = self.large.get_or_insert_default();
        large.chunks(chunks, &novel);
        let bytes = chunks.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        Counters::add(&self.run.counters.bytes_done, bytes);
        if large.chunks > FILE_CHUNKS_WAITING_MAX {
            return Err(Error::Store(gleaner_store::Error::Limit {
                what: "chunks of a file",
                value: large.chunks as u64,
                max: FILE_CHUNKS_WAITING_MAX as u64,
            }));
        }
        Ok(())
    }

    fn large_hole(&mut self, bytes: u64) {
        self.large.get_or_insert_default().hole(bytes);
        Counters::add(&self.run.counters.bytes_done, bytes);
    }

    fn large_end(&mut self, file: DoneFile) -> Result<()> {
        let large = self.large.take().unwrap_or_default();
        self.file(file, large)
    }

    /// Writes a file that was read.
    fn file(&mut self, mut file: DoneFile, large: LargeFile) -> Result<()> {
        let is_streamed = large.bytes > super::readers::WHOLE_BYTES_MAX;
        let stats = &mut *self.stats;
        stats.total_files_processed += 1;
        stats.total_bytes_processed += large.bytes;
        stats.bytes_read += large.bytes - large.bytes_holes;
        stats.bytes_holes += large.bytes_holes;
        stats.chunks_novel += large.chunks_novel;
        stats.chunks_known += large.chunks as u64 - large.chunks_novel;
        stats.bytes_novel += large.bytes_novel;
        stats.bytes_known += large.bytes - large.bytes_holes - large.bytes_novel;
        let action = if file.is_known {
            stats.files_changed += 1;
            EntryAction::Modified
        } else {
            stats.files_new += 1;
            EntryAction::New
        };
        if file.is_unstable {
            stats.files_unstable += 1;
            let message = "changed while it was read; saved as read".to_owned();
            self.warn(&file.path, WarningKind::Changed, message);
        }
        let bytes_done = if is_streamed { 0 } else { large.bytes };
        let (bytes, bytes_novel) = (large.bytes, large.bytes_novel);
        self.done(&EntryEvent { path: &file.path, action, bytes, bytes_novel }, bytes_done);
        self.push_file(&mut file.entry, large.runs)
    }

    /// Writes the items of a file: the entry, and further content if the list is long.
    fn push_file(&mut self, entry: &mut Entry, runs: Vec<ChunkRun>) -> Result<()> {
        let mut parts = split_runs(runs).into_iter().peekable();
        let first = parts.next().unwrap_or_default();
        if let EntryKind::File { content, more, .. } = &mut entry.kind {
            *content = first;
            *more = parts.peek().is_some();
        }
        self.tree.push(self.ingest, &TreeItem::Node(entry.clone()))?;
        while let Some(runs) = parts.next() {
            let more = parts.peek().is_some();
            self.tree.push(self.ingest, &TreeItem::Content { runs, more })?;
        }
        Ok(())
    }

    fn unchanged(&mut self, path: &[u8], entry: Entry) -> Result<()> {
        self.stats.total_files_processed += 1;
        self.stats.files_unmodified += 1;
        let bytes = match &entry.kind {
            EntryKind::File { content, bytes, .. } => {
                self.count_unchanged(content);
                *bytes
            }
            _ => 0,
        };
        let action = EntryAction::Unchanged;
        self.done(&EntryEvent { path, action, bytes, bytes_novel: 0 }, bytes);
        self.tree.push(self.ingest, &TreeItem::Node(entry))
    }

    fn count_unchanged(&mut self, runs: &[ChunkRun]) {
        for run in runs {
            self.stats.total_bytes_processed += run.bytes();
            match run {
                ChunkRun::Hole { bytes } => self.stats.bytes_holes += bytes,
                ChunkRun::Chunks { chunks, .. } => {
                    self.stats.bytes_known += run.bytes();
                    self.stats.chunks_known += chunks.len() as u64;
                }
            }
        }
    }

    fn count_folder(&mut self, now: &Metadata, parent: Option<&Metadata>) {
        match parent {
            None => self.stats.dirs_new += 1,
            Some(before) if Metadata { atime: before.atime, ..now.clone() } == *before => {
                self.stats.dirs_unmodified += 1;
            }
            Some(_) => self.stats.dirs_changed += 1,
        }
    }

    fn done(&self, event: &EntryEvent<'_>, bytes: u64) {
        Counters::add(&self.run.counters.files_done, 1);
        Counters::add(&self.run.counters.bytes_done, bytes);
        self.run.observer.entry(event);
    }

    fn failed(&mut self, failure: &SourceFailure) {
        self.stats.files_failed += 1;
        let kind = match failure.kind {
            FailureKind::Vanished | FailureKind::Replaced => WarningKind::Vanished,
            FailureKind::RootMissing | FailureKind::Unreadable => WarningKind::Unreadable,
        };
        self.warn(&failure.path, kind, format!("{}: {}", failure.kind, failure.source));
    }

    fn warn(&self, path: &[u8], kind: WarningKind, message: String) {
        self.run.warn(&Warning { path: path.to_vec(), during: "read", kind, message });
    }
}

impl LargeFile {
    fn hole(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.bytes_holes += bytes;
        match self.runs.last_mut() {
            Some(ChunkRun::Hole { bytes: last }) => *last += bytes,
            _ if bytes > 0 => self.runs.push(ChunkRun::Hole { bytes }),
            _ => {}
        }
    }

    fn chunks(&mut self, added: &[(ChunkId, &[u8])], novel: &[bool]) {
        if added.is_empty() {
            return;
        }
        if !matches!(self.runs.last(), Some(ChunkRun::Chunks { .. })) {
            self.runs.push(ChunkRun::Chunks { domain: Domain::Private, chunks: Vec::new() });
        }
        let Some(ChunkRun::Chunks { chunks, .. }) = self.runs.last_mut() else { return };
        for ((id, bytes), is_novel) in added.iter().zip(novel) {
            let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
            chunks.push(ChunkRef { id: *id, bytes: length });
            self.chunks += 1;
            self.bytes += u64::from(length);
            self.chunks_novel += u64::from(*is_novel);
            self.bytes_novel += u64::from(length) * u64::from(*is_novel);
        }
    }
}

/// Splits a chunk list so that each part fits one tree item.
pub(super) fn split_runs(runs: Vec<ChunkRun>) -> Vec<Vec<ChunkRun>> {
    let mut parts: Vec<Vec<ChunkRun>> = vec![Vec::new()];
    let mut room = ITEM_CHUNKS_MAX;
    let mut push = |run: ChunkRun, cost: usize, room: &mut usize| {
        if *room < cost {
            parts.push(Vec::new());
            *room = ITEM_CHUNKS_MAX;
        }
        *room -= cost;
        if let Some(part) = parts.last_mut() {
            part.push(run);
        }
    };
    for run in runs {
        match run {
            ChunkRun::Hole { .. } => push(run, 1, &mut room),
            ChunkRun::Chunks { domain, chunks } => {
                for piece in chunks.chunks(ITEM_CHUNKS_MAX) {
                    let chunks = piece.to_vec();
                    push(ChunkRun::Chunks { domain, chunks }, piece.len(), &mut room);
                }
            }
        }
    }
    parts
}
