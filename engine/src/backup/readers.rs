//! Second stage: reads, cuts and hashes files, batches in parallel.

use std::io::{Read, Seek as _};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam::channel::{Receiver, Sender};
use gleaner_chunker::{ChunkId, ChunkStream, Chunker, IdHasher};
use gleaner_store::{Clock, Entry, EntryKind, MappedFile, NobodyWrites, PacedRead};

use super::BackupOptions;
use super::scan::Batch;
use super::step::{Done, DoneFile, Part, Piece, Step};
use super::stream_pool::{Ahead, StreamPool};
use crate::byte_budget::{ByteBudget, Closed, Permit};
use crate::ingest::StageTimes;
use crate::nearby::{NEARBY_FILES_MAX, NearbyFile, NearbyPacks};
use crate::progress::Cancel;
use crate::source::{
    Capture, Captured, Change, Extent, FailureKind, Found, OpenFile, SourceFailure,
};

/// A file of more bytes is streamed in parts; a smaller one is read as a whole.
const WHOLE_BYTES_MAX: u64 = 1 << 20;
/// First probe of a file that states no size.
const PROBE_BYTES: usize = 64;

/// What all readers share.
pub(super) struct ReaderContext<'a> {
    pub(super) options: &'a BackupOptions,
    pub(super) capture: Capture,
    pub(super) chunker: Arc<Chunker>,
    pub(super) id_hasher: Arc<IdHasher>,
    pub(super) clock: &'a dyn Clock,
    pub(super) times: &'a StageTimes,
    pub(super) cancel: &'a Cancel,
    /// For the buffers of parts and streams.
    pub(super) budget: ByteBudget,
    /// Hashes and cuts what is streamed.
    pub(super) pool: StreamPool,
    /// Where packs come to that others make.
    pub(super) nearby: Option<NearbyPacks<'a>>,
}

/// The sequencer stopped listening; its error is the one that counts.
struct Unheard;

/// Works on batches until there are no more.
pub(super) fn read_batches(context: &ReaderContext<'_>, batches: &Receiver<Batch>) {
    for batch in batches {
        if let Some(packs) = &context.nearby {
            show_files(context, packs, &batch.steps);
        }
        let (number, part) = (batch.number, OpenPart::default());
        let mut reader = Reader { context, number, parts: batch.parts, part };
        for step in batch.steps {
            if context.cancel.is_cancelled() || reader.step(step).is_err() {
                return;
            }
        }
        if reader.send_steps().is_err() {
            return;
        }
    }
}

/// Shows the files of a batch to whoever may have their bytes nearby.
fn show_files(context: &ReaderContext<'_>, packs: &NearbyPacks<'_>, steps: &[Step]) {
    let Some(nearby) = &context.options.nearby else { return };
    let files = steps.iter().filter_map(|step| match step {
        Step::File { found, .. } => {
            // One that cannot be opened is reported when it is read.
            let mut file = OpenFile::open(found).ok()?;
            let bytes = file.stat().bytes;
            // Around holes it is cut otherwise than as a whole.
            let whole = Extent::Data { offset: 0, bytes };
            file.next_extent().ok().flatten().filter(|extent| *extent == whole)?;
            let mut file = file.into_file();
            // Where holes are, was asked by moving its position.
            file.rewind().ok()?;
            let file = NearbyFile { path: found.path(), file, bytes };
            nearby.wants(&file).then_some(file)
        }
        _ => None,
    });
    let mut wanted = Vec::new();
    for file in files {
        wanted.push(file);
        if wanted.len() == NEARBY_FILES_MAX {
            nearby.bring(&std::mem::take(&mut wanted), packs);
        }
        if context.cancel.is_cancelled() {
            return;
        }
    }
    if !wanted.is_empty() {
        nearby.bring(&wanted, packs);
    }
}

#[derive(Default)]
struct OpenPart {
    steps: Vec<Done>,
    buffer: Vec<u8>,
    chunks: Vec<(ChunkId, Range<usize>)>,
}

struct Reader<'a> {
    context: &'a ReaderContext<'a>,
    /// Number of the batch.
    number: u64,
    parts: Sender<Part>,
    part: OpenPart,
}

impl Reader<'_> {
    fn step(&mut self, step: Step) -> Result<(), Unheard> {
        let done = match step {
            Step::Enter { name, folder, parent } => {
                let path = folder.path().to_vec();
                let metadata = self.taken(&path, self.context.capture.folder(&folder));
                let entry = Entry { name, metadata, kind: EntryKind::Directory };
                Done::Enter { path, entry, parent }
            }
            Step::Leave => Done::Leave,
            Step::Node { found } => self.node(&found),
            Step::File { found, is_known } => return self.file(&found, is_known),
            Step::Unchanged { path, mut entry, found } => {
                if let Some(found) = found {
                    entry.metadata = self.taken(&path, self.context.capture.found(&found));
                }
                Done::Unchanged { path, entry }
            }
            Step::UnchangedContent { runs, more } => Done::UnchangedContent { runs, more },
            Step::Failed(failure) => Done::Failed(failure),
        };
        self.part.steps.push(done);
        Ok(())
    }

    /// Metadata of a capture; what is missing from it becomes a step of its own.
    fn taken(&mut self, path: &[u8], captured: Captured) -> gleaner_store::Metadata {
        if !captured.warnings.is_empty() {
            self.part.steps.push(Done::Attributes(path.to_vec(), captured.warnings));
        }
        captured.metadata
    }

    fn node(&mut self, found: &Found) -> Done {
        let path = found.path();
        match found.entry_kind() {
            Ok(kind) => {
                let metadata = self.taken(&path, self.context.capture.found(found));
                Done::Node(Entry { name: found.name.clone(), metadata, kind })
            }
            Err(source) => {
                Done::Failed(SourceFailure { kind: FailureKind::Unreadable, path, source })
            }
        }
    }

    fn file(&mut self, found: &Found, is_known: bool) -> Result<(), Unheard> {
        let mut file = match OpenFile::open(found) {
            Ok(file) => file,
            Err(failure) => {
                self.part.steps.push(Done::Failed(failure));
                return Ok(());
            }
        };
        let path = found.path();
        let captured = self.context.capture.open_file(std::os::fd::AsFd::as_fd(&file), file.stat());
        let metadata = self.taken(&path, captured);
        let bytes = file.stat().bytes;
        let kind = EntryKind::File { bytes, content: Vec::new(), more: false };
        let entry = Entry { name: found.name.clone(), metadata, kind };
        let done = DoneFile { path, entry, is_known, is_unstable: false };
        if bytes > WHOLE_BYTES_MAX || (bytes == 0 && has_unstated_bytes(&file)) {
            self.send_steps()?;
            return self.streamed(&mut file, done);
        }
        let mark = (self.part.buffer.len(), self.part.chunks.len());
        let step = match self.whole(&mut file) {
            Ok((pieces, is_unstable)) => Done::File(DoneFile { is_unstable, ..done }, pieces),
            Err(source) => {
                self.part.buffer.truncate(mark.0);
                self.part.chunks.truncate(mark.1);
                let kind = FailureKind::Unreadable;
                Done::Failed(SourceFailure { kind, path: done.path, source })
            }
        };
        self.part.steps.push(step);
        if self.part.buffer.len() as u64 > WHOLE_BYTES_MAX { self.send_steps() } else { Ok(()) }
    }

    /// Reads a file into the part's buffer; says whether it changed meanwhile.
    fn whole(&mut self, file: &mut OpenFile) -> std::io::Result<(Vec<Piece>, bool)> {
        let OpenPart { buffer, chunks, .. } = &mut self.part;
        let (clock, times) = (self.context.clock, self.context.times);
        let mut pieces = Vec::new();
        let mut is_short = false;
        while let Some(extent) = file.next_extent()? {
            let (offset, bytes) = match extent {
                Extent::Hole { bytes, .. } => {
                    pieces.push(Piece::Hole(bytes));
                    continue;
                }
                Extent::Data { offset, bytes } => (offset, bytes),
            };
            let start_ns = clock.monotonic_ns();
            let start = buffer.len();
            let limit = self.context.options.tuning.read_limit.as_deref();
            PacedRead::new(file.data(offset, bytes), limit).take(bytes).read_to_end(buffer)?;
            is_short |= ((buffer.len() - start) as u64) < bytes;
            let read_ns = clock.monotonic_ns();
            let data = buffer.get(start..).unwrap_or_default();
            let first = chunks.len();
            let ranges: Vec<Range<usize>> = self.context.chunker.cuts(data).collect();
            let cut_ns = clock.monotonic_ns();
            for range in ranges {
                let id = self.context.id_hasher.id(data.get(range.clone()).unwrap_or_default());
                chunks.push((id, start + range.start..start + range.end));
            }
            let hashed_ns = clock.monotonic_ns();
            times.read.fetch_add(read_ns - start_ns, Ordering::Relaxed);
            times.chunk.fetch_add(cut_ns - read_ns, Ordering::Relaxed);
            times.hash.fetch_add(hashed_ns - cut_ns, Ordering::Relaxed);
            if chunks.len() > first {
                pieces.push(Piece::Chunks(first..chunks.len()));
            }
            if is_short {
                // What follows would land at a wrong offset.
                break;
            }
        }
        let is_unstable = is_short || has_changed(file)?;
        Ok((pieces, is_unstable))
    }

    /// Sends a file in parts as it is read.
    fn streamed(&mut self, file: &mut OpenFile, done: DoneFile) -> Result<(), Unheard> {
        let failed = |path: Vec<u8>, source| {
            Part::Broken(SourceFailure { kind: FailureKind::Unreadable, path, source })
        };
        let path = done.path.clone();
        self.parts.send(Part::Begin(done)).map_err(|_| Unheard)?;
        let end = match self.stream_extents(file) {
            Ok(Err(Unheard)) => return Err(Unheard),
            Ok(Ok(is_short)) => match has_changed(file) {
                Ok(changed) => Part::End { is_unstable: is_short || changed },
                Err(source) => failed(path, source),
            },
            Err(source) => failed(path, source),
        };
        self.parts.send(end).map_err(|_| Unheard)
    }

    fn stream_extents(&mut self, file: &mut OpenFile) -> std::io::Result<Result<bool, Unheard>> {
        while let Some(extent) = file.next_extent()? {
            let (offset, bytes) = match extent {
                Extent::Hole { bytes, .. } => {
                    if self.parts.send(Part::Hole(bytes)).is_err() {
                        return Ok(Err(Unheard));
                    }
                    continue;
                }
                Extent::Data { offset, bytes } => (offset, bytes),
            };
            let mapped = self.map(file, offset, bytes)?;
            let read = match mapped.as_deref().and_then(|map| map.get(..usize_of(bytes))) {
                Some(slice) => self.stream(slice, bytes)?,
                None => self.stream(file.data(offset, bytes), bytes)?,
            };
            match read {
                // What follows a short extent would land at a wrong offset.
                Ok(read) if read < bytes => return Ok(Ok(true)),
                Ok(_) => {}
                Err(Unheard) => return Ok(Err(Unheard)),
            }
        }
        Ok(Ok(false))
    }

    /// Maps an extent if the caller asked for that.
    fn map(&self, file: &OpenFile, offset: u64, bytes: u64) -> std::io::Result<Option<MappedFile>> {
        if !self.context.options.map_files || offset != 0 || bytes != file.stat().bytes {
            return Ok(None);
        }
        let fd = std::os::fd::AsFd::as_fd(file).try_clone_to_owned()?;
        let promise = NobodyWrites::promised_by_caller();
        MappedFile::open(&std::fs::File::from(fd), promise).map(Some)
    }

    /// Sends the chunks of `bytes` bytes of data, or of fewer if it ends before.
    fn stream(&self, data: impl Read, bytes: u64) -> std::io::Result<Result<u64, Unheard>> {
        let context = self.context;
        let (clock, times) = (context.clock, context.times);
        let (chunker, hasher) = (Arc::clone(&context.chunker), Arc::clone(&context.id_hasher));
        let limit = context.options.tuning.read_limit.as_deref();
        let chunk_bytes_max = chunker.bytes_max();
        let batch_bytes = StreamPool::batch_bytes(bytes);
        let mut stream =
            ChunkStream::new(PacedRead::new(data, limit), chunker, hasher, batch_bytes);
        if let Some(pool) = context.pool.threads() {
            stream = stream.with_pool(pool);
        }
        let buffer_bytes = stream.buffer_bytes();
        let Ok(_own_buffer) = self.acquire(buffer_bytes) else { return Ok(Err(Unheard)) };
        let mut ahead: Option<Ahead<'_>> = None;
        let mut done_bytes = 0;
        loop {
            let Ok(permit) = self.acquire(buffer_bytes) else { return Ok(Err(Unheard)) };
            // Another file may have had the turn; a paced one is not made faster by it.
            if ahead.is_none() && limit.is_none() {
                let left = bytes.saturating_sub(done_bytes);
                ahead = context.pool.begin_ahead(left, chunk_bytes_max);
                stream.set_read_ahead(ahead.as_ref().map_or(0, Ahead::batches));
            }
            let start_ns = clock.monotonic_ns();
            let Some(batch) = stream.next_batch()? else { return Ok(Ok(done_bytes)) };
            times.read.fetch_add(clock.monotonic_ns() - start_ns, Ordering::Relaxed);
            done_bytes += batch.bytes().len() as u64;
            let part = Part::Chunks(batch, permit);
            if context.cancel.is_cancelled() || self.parts.send(part).is_err() {
                return Ok(Err(Unheard));
            }
        }
    }

    fn send_steps(&mut self) -> Result<(), Unheard> {
        let OpenPart { steps, buffer, chunks } = std::mem::take(&mut self.part);
        if steps.is_empty() {
            return Ok(());
        }
        let permit = self.acquire(buffer.len())?;
        self.parts.send(Part::Steps { steps, buffer, chunks, permit }).map_err(|_| Unheard)
    }

    fn acquire(&self, bytes: usize) -> Result<Permit, Unheard> {
        self.context.budget.acquire(self.number, bytes).map_err(|Closed| Unheard)
    }
}

fn usize_of(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn has_changed(file: &OpenFile) -> std::io::Result<bool> {
    Ok(file.change()?.is_some_and(|change: Change| {
        // Another link to the file changes its status only.
        change.before.bytes != change.after.bytes || change.before.mtime != change.after.mtime
    }))
}

/// True for pseudo files, which state size 0 and have bytes.
fn has_unstated_bytes(file: &OpenFile) -> bool {
    let mut probe = [0; PROBE_BYTES];
    file.data(0, 0).read(&mut probe).is_ok_and(|bytes| bytes > 0)
}
