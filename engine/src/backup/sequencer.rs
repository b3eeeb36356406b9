//! Third stage: puts what was read back into order, looks chunks up, writes the tree stream.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, bounded};
use gleaner_chunker::ChunkId;
use gleaner_store::{
    Entry, EntryKind, Metadata, PackKind, Run as ChunkRun, Snapshot, Suite, TreeItem,
};

use super::file_content::{FileContent, split_runs};
use super::readers::{ReaderContext, read_batches};
use super::scan::{Batch, BatchQueues, Scan};
use super::step::{Done, DoneFile, Part, Piece};
use super::stream_pool::StreamPool;
use super::{BackupOptions, BackupStats};
use crate::byte_budget::{ByteBudget, CloseOnDrop};
use crate::error::Result;
use crate::ingest::Ingest;
use crate::nearby::NearbyPacks;
use crate::parent_cursor::{ParentCursor, ParentFacts};
use crate::progress::{Counters, EntryAction, EntryEvent, Run, Warning, WarningKind};
use crate::source::{Capture, CaptureOptions, FailureKind, OwnerNames, SourceFailure};
use crate::tree_reader::TreeReader;
use crate::tree_writer::{TreeWriter, WrittenTree};

/// Chunks of one large file that wait in memory for its end, so that a file whose reading fails
/// leaves no trace: 36 MiB of list for 64 GiB of file. A longer file is written as it comes, and
/// ends where its reading failed.
const FILE_CHUNKS_WAITING_MAX: usize = 1 << 20;

/// Bytes of parts and of the buffers behind them, whatever the size of chunks and the number of
/// threads. The batch whose turn it is may exceed it by two buffers of at most 16 MiB.
const PARTS_BYTES_MAX: usize = 48 << 20;

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
    let facts = ParentFacts {
        is_whole: parent.is_some_and(|snapshot| snapshot.stats.files_failed == 0),
        lacks_xattrs: parent.is_some_and(|snapshot| snapshot.lacks_xattrs),
    };
    let opened = parent.map(|snapshot| TreeReader::open(repository, Arc::clone(&index), snapshot));
    // A parent that cannot be read costs time only.
    let reader = opened.transpose().unwrap_or_else(|error| {
        let message = format!("the parent snapshot is not readable: {error}");
        let path = Vec::new();
        run.warn(&Warning { path, during: "scan", kind: WarningKind::Damaged, message });
        None
    });
    let threads = options.tuning.reader_threads.unwrap_or(repository.env.threads).max(1);
    let (work, batches) = bounded::<Batch>(threads);
    let (ordered, ordered_parts) = bounded(2 * threads + 2);
    // Nobody else seals for a repository that has no keys.
    let is_sealed = repository.keys().suite() != Suite::Checksum;
    let commissions = ingest.commissions.filter(|_| is_sealed && options.nearby.is_some());
    let capture = CaptureOptions { xattrs: options.xattrs, atime: options.with_atime };
    let context = ReaderContext {
        options,
        capture: Capture::new(capture, Arc::new(OwnerNames::new())),
        chunker: repository.chunker(),
        id_hasher: repository.id_hasher(),
        clock: &*repository.env.clock,
        times: ingest.times,
        cancel: &run.cancel,
        budget: ByteBudget::new(PARTS_BYTES_MAX),
        pool: StreamPool::new(repository.env.threads.max(1)),
        nearby: commissions.map(|of| {
            NearbyPacks::new(repository, &index, run, of, options.tuning.read_limit.clone())
        }),
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let (batches, context) = (batches.clone(), &context);
            scope.spawn(move || read_batches(context, &batches));
        }
        drop(batches);
        let queues = BatchQueues { work, ordered };
        let cursor = ParentCursor::new(reader, facts);
        let index = &*index;
        let scan = scope.spawn(move || Scan::new(options, run, index, cursor, queues).run(roots));
        let ordered_parts = OrderedParts(ordered_parts);
        let tree = TreeWriter::new(repository.tree_chunker(), repository.id_hasher());
        let mut sequencer =
            Sequencer { ingest, tree, stats, run, path: Vec::new(), streamed: None };
        let close = CloseOnDrop(context.budget.clone());
        let result = sequencer.take_all(&ordered_parts.0, &context.budget);
        drop(close);
        drop(ordered_parts);
        let scanned = scan.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // A scan that found its queue closed was stopped by the sequencer's own failure.
        result?;
        let relied = scanned?;
        run.cancel.check()?;
        let Sequencer { ingest, tree, .. } = sequencer;
        ingest.relied.extend(relied);
        tree.finish(ingest)
    })
}

/// The queue of batches whose parts come in, once the scan fills it.
struct OrderedParts(Receiver<Receiver<Part>>);

impl Drop for OrderedParts {
    /// After a failure, readers wait for room in batches that nobody takes any more, and the scan
    /// for a reader. A queue keeps its messages until its sender is gone as well: so they are
    /// taken and dropped until the scan ends. At the end of a whole stream there are none.
    fn drop(&mut self) {
        self.0.iter().for_each(drop);
    }
}

/// A streamed file whose parts are coming in.
struct Streamed {
    file: DoneFile,
    content: FileContent,
    /// True once the entry was written: the list became too long to wait for the file's end.
    is_begun: bool,
}

struct Sequencer<'a, 'i> {
    ingest: &'a mut Ingest<'i>,
    tree: TreeWriter,
    stats: &'a mut BackupStats,
    run: &'a Run<'a>,
    path: Vec<u8>,
    streamed: Option<Streamed>,
}

impl Sequencer<'_, '_> {
    fn take_all(&mut self, batches: &Receiver<Receiver<Part>>, budget: &ByteBudget) -> Result<()> {
        for (number, parts) in (0..).zip(batches) {
            budget.set_front(number);
            for part in parts {
                self.run.cancel.check()?;
                match part {
                    Part::Steps { steps, buffer, chunks, permit: _permit } => {
                        let chunks: Vec<(ChunkId, &[u8])> = chunks
                            .into_iter()
                            .map(|(id, range)| (id, buffer.get(range).unwrap_or_default()))
                            .collect();
                        let novel = self.ingest.offer(PackKind::Data, &chunks)?;
                        for step in steps {
                            self.take(step, &chunks, &novel)?;
                        }
                    }
                    Part::Begin(file) => {
                        let content = FileContent::default();
                        self.streamed = Some(Streamed { file, content, is_begun: false });
                    }
                    Part::Chunks(batch, _permit) => {
                        let chunks: Vec<(ChunkId, &[u8])> = batch.iter().collect();
                        self.streamed_chunks(&chunks)?;
                    }
                    Part::Hole(bytes) => {
                        Counters::add(&self.run.counters.bytes_done, bytes);
                        if let Some(streamed) = &mut self.streamed {
                            streamed.content.hole(bytes);
                        }
                    }
                    Part::End { is_unstable } => self.streamed_end(is_unstable)?,
                    Part::Broken(failure) => self.streamed_broken(&failure)?,
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
                self.stats.attributes_failed += 1;
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
        let mut content = FileContent::default();
        for piece in pieces {
            match piece {
                Piece::Hole(bytes) => content.hole(*bytes),
                Piece::Chunks(range) => {
                    let chunks = chunks.get(range.clone()).unwrap_or_default();
                    let novel = novel.get(range.clone()).unwrap_or_default();
                    content.chunks(chunks, novel);
                }
            }
        }
        self.file(file, content)
    }

    fn streamed_chunks(&mut self, chunks: &[(ChunkId, &[u8])]) -> Result<()> {
        let novel = self.ingest.offer(PackKind::Data, chunks)?;
        let bytes = chunks.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        Counters::add(&self.run.counters.bytes_done, bytes);
        let Some(mut streamed) = self.streamed.take() else { return Ok(()) };
        streamed.content.chunks(chunks, &novel);
        if streamed.content.chunks_waiting > FILE_CHUNKS_WAITING_MAX {
            self.push_streamed(&mut streamed, true)?;
        }
        self.streamed = Some(streamed);
        Ok(())
    }

    /// Writes what waits of a streamed file, the entry first.
    fn push_streamed(&mut self, streamed: &mut Streamed, more: bool) -> Result<()> {
        let runs = streamed.content.take_runs();
        if std::mem::replace(&mut streamed.is_begun, true) {
            self.push_content(runs, more)
        } else {
            self.push_file(&mut streamed.file.entry, runs, more)
        }
    }

    fn streamed_end(&mut self, is_unstable: bool) -> Result<()> {
        let Some(mut streamed) = self.streamed.take() else { return Ok(()) };
        streamed.file.is_unstable = is_unstable;
        if is_unstable && streamed.is_begun {
            // The entry states another size by now; a failure keeps the next run from believing it.
            self.stats.files_failed += 1;
        }
        self.count_file(&streamed.file, &streamed.content, 0);
        self.push_streamed(&mut streamed, false)
    }

    /// A file whose reading failed leaves no trace, unless it was begun: then it ends here, and
    /// its size says that more is missing.
    fn streamed_broken(&mut self, failure: &SourceFailure) -> Result<()> {
        self.failed(failure);
        let Some(mut streamed) = self.streamed.take() else { return Ok(()) };
        if !streamed.is_begun {
            return Ok(());
        }
        streamed.file.is_unstable = true;
        self.count_file(&streamed.file, &streamed.content, 0);
        self.push_streamed(&mut streamed, false)
    }

    /// Writes a file that was read as a whole.
    fn file(&mut self, mut file: DoneFile, mut content: FileContent) -> Result<()> {
        self.count_file(&file, &content, content.bytes);
        self.push_file(&mut file.entry, content.take_runs(), false)
    }

    fn count_file(&mut self, file: &DoneFile, content: &FileContent, bytes_done: u64) {
        let stats = &mut *self.stats;
        stats.total_files_processed += 1;
        stats.total_bytes_processed = stats.total_bytes_processed.saturating_add(content.bytes);
        stats.bytes_read += content.bytes - content.bytes_holes;
        stats.bytes_holes = stats.bytes_holes.saturating_add(content.bytes_holes);
        stats.chunks_novel += content.chunks_novel;
        stats.chunks_known += content.chunks_total - content.chunks_novel;
        stats.bytes_novel += content.bytes_novel;
        stats.bytes_known += content.bytes - content.bytes_holes - content.bytes_novel;
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
        let (bytes, bytes_novel) = (content.bytes, content.bytes_novel);
        self.done(&EntryEvent { path: &file.path, action, bytes, bytes_novel }, bytes_done);
    }

    /// Writes the items of a file: the entry, and further content if the list is long.
    fn push_file(&mut self, entry: &mut Entry, runs: Vec<ChunkRun>, is_open: bool) -> Result<()> {
        let mut parts = split_runs(runs).into_iter();
        let first = parts.next().unwrap_or_default();
        let rest: Vec<Vec<ChunkRun>> = parts.collect();
        if let EntryKind::File { bytes, content, more } = &mut entry.kind {
            if !is_open {
                // What was read, not what was stated: else a file that shrank while it was read
                // would pass for unchanged.
                *bytes = first.iter().chain(rest.iter().flatten()).map(ChunkRun::bytes).sum();
            }
            *content = first;
            *more = is_open || !rest.is_empty();
        }
        self.tree.push(self.ingest, &TreeItem::Node(entry.clone()))?;
        self.push_parts(rest, is_open)
    }

    /// Writes further content of a file that was begun.
    fn push_content(&mut self, runs: Vec<ChunkRun>, is_open: bool) -> Result<()> {
        self.push_parts(split_runs(runs), is_open)
    }

    fn push_parts(&mut self, parts: Vec<Vec<ChunkRun>>, is_open: bool) -> Result<()> {
        let mut parts = parts.into_iter().peekable();
        while let Some(runs) = parts.next() {
            let more = is_open || parts.peek().is_some();
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
            let total = &mut self.stats.total_bytes_processed;
            *total = total.saturating_add(run.bytes());
            match run {
                ChunkRun::Hole { bytes } => {
                    self.stats.bytes_holes = self.stats.bytes_holes.saturating_add(*bytes);
                }
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
