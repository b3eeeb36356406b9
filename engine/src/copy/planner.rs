//! First stage: reads the tree of the source and divides it into batches.

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_store::{Entry, EntryKind, Run as ChunkRun, TreeItem};

use super::step::{Batch, Fetched, Piece, Step};
use crate::error::{Error, Result};
use crate::progress::Cancel;
use crate::tree_reader::TreeReader;

/// Raw bytes of a batch, beside one largest chunk: a few blocks, of which neighbours share one.
const BATCH_BYTES: u64 = 4 << 20;
/// Steps of a batch.
const BATCH_STEPS: usize = 1024;
/// A file of more bytes of data is copied in parts.
const WHOLE_BYTES_MAX: u64 = 1 << 20;

/// A batch, and where it goes.
pub(super) type Job = (Batch, Sender<Result<Fetched>>);

/// Sends batches to the fetchers, and where their results will be to the sequencer.
pub(super) struct Planner<'a> {
    cancel: &'a Cancel,
    work: Sender<Job>,
    ordered: Sender<Receiver<Result<Fetched>>>,
    batch: Batch,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        cancel: &'a Cancel,
        work: Sender<Job>,
        ordered: Sender<Receiver<Result<Fetched>>>,
    ) -> Self {
        Self { cancel, work, ordered, batch: Batch::default() }
    }

    /// Plans the whole stream.
    ///
    /// # Errors
    /// What is wrong with the tree; [`Error::Cancelled`], also if nobody takes the batches.
    pub(super) fn run(mut self, mut tree: TreeReader<'_>) -> Result<()> {
        while let Some(item) = tree.next_item()? {
            self.cancel.check()?;
            match item {
                TreeItem::Enter(entry) => self.batch.steps.push(Step::Enter(entry)),
                TreeItem::Leave => self.batch.steps.push(Step::Leave),
                TreeItem::Node(entry) => self.node(entry)?,
                TreeItem::Content { runs, more } => self.content(runs, more)?,
            }
            if self.batch.bytes >= BATCH_BYTES || self.batch.steps.len() >= BATCH_STEPS {
                self.send()?;
            }
        }
        self.send()
    }

    fn node(&mut self, mut entry: Entry) -> Result<()> {
        let EntryKind::File { content, more, .. } = &mut entry.kind else {
            self.batch.steps.push(Step::Node(entry));
            return Ok(());
        };
        let (runs, more) = (std::mem::take(content), std::mem::take(more));
        if more || data_bytes(&runs) > WHOLE_BYTES_MAX {
            self.batch.steps.push(Step::Begin(entry));
            return self.content(runs, more);
        }
        let mut pieces = Vec::with_capacity(runs.len());
        for run in runs {
            pieces.push(match run {
                ChunkRun::Hole { bytes } => Piece::Hole(bytes),
                ChunkRun::Chunks { domain, chunks } => {
                    let start = self.batch.chunks.len();
                    self.batch.bytes += chunks.iter().map(|c| u64::from(c.bytes)).sum::<u64>();
                    self.batch.chunks.extend(chunks.into_iter().map(|chunk| (domain, chunk)));
                    Piece::Chunks(start..self.batch.chunks.len())
                }
            });
        }
        self.batch.steps.push(Step::File(entry, pieces));
        Ok(())
    }

    /// Content of a large file, in batches of its own.
    fn content(&mut self, runs: Vec<ChunkRun>, more: bool) -> Result<()> {
        self.send()?;
        for run in runs {
            match run {
                ChunkRun::Hole { bytes } => self.part(Piece::Hole(bytes)),
                ChunkRun::Chunks { domain, chunks } => {
                    for chunk in chunks {
                        let number = self.batch.chunks.len();
                        self.batch.bytes += u64::from(chunk.bytes);
                        self.batch.chunks.push((domain, chunk));
                        self.part(Piece::Chunks(number..number + 1));
                        if self.batch.bytes >= BATCH_BYTES {
                            self.send()?;
                        }
                    }
                }
            }
        }
        if !more {
            self.batch.is_part = true;
            self.batch.steps.push(Step::End);
        }
        self.send()
    }

    /// Adds a piece to the part that is being filled.
    fn part(&mut self, piece: Piece) {
        self.batch.is_part = true;
        let Some(Step::Content(pieces)) = self.batch.steps.last_mut() else {
            self.batch.steps.push(Step::Content(vec![piece]));
            return;
        };
        match (pieces.last_mut(), &piece) {
            (Some(Piece::Chunks(last)), Piece::Chunks(next)) => last.end = next.end,
            _ => pieces.push(piece),
        }
    }

    fn send(&mut self) -> Result<()> {
        if self.batch.steps.is_empty() {
            return Ok(());
        }
        let next = Batch { number: self.batch.number + 1, ..Batch::default() };
        let batch = std::mem::replace(&mut self.batch, next);
        let (reply, receipt) = bounded(1);
        // A closed queue means that the sequencer failed; its error is the one that counts.
        self.ordered.send(receipt).map_err(|_| Error::Cancelled)?;
        self.work.send((batch, reply)).map_err(|_| Error::Cancelled)
    }
}

fn data_bytes(runs: &[ChunkRun]) -> u64 {
    let is_data = |run: &&ChunkRun| matches!(run, ChunkRun::Chunks { .. });
    runs.iter().filter(is_data).map(ChunkRun::bytes).sum()
}
