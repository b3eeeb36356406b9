//! The way of novel chunks into packs: blocks are filled in stream order, compressed in
//! parallel, sealed in order, and stored pack by pack (docs/architecture.md, "Ingest").
//!
//! ```text
//! offer -> block builder -> compress pool -> sealer (pack writer) -> storer -> index
//! ```
//! Every queue is bounded, so that a slow storage holds up the reader and not the memory.

mod pack_store;
mod stages;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam::channel::{Receiver, Sender};
use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::Lookup;
use gleaner_store::{BLOCK_RAW_BYTES_TARGET, BlockEncoding, ChunkRef, PackKind, RepositoryConfig};

use crate::byte_budget::{ByteBudget, Closed};
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;

pub(crate) use pack_store::store_pack;
use stages::BlockJob;
pub(crate) use stages::{ingest, new_pack, pack_target_bytes};

/// Nanoseconds spent per stage, summed over threads.
#[derive(Debug, Default)]
pub(crate) struct StageTimes {
    pub(crate) scan: AtomicU64,
    pub(crate) read: AtomicU64,
    pub(crate) chunk: AtomicU64,
    pub(crate) hash: AtomicU64,
    pub(crate) lookup: AtomicU64,
    pub(crate) seal: AtomicU64,
    pub(crate) write: AtomicU64,
}

impl StageTimes {
    /// Seconds of scan, read, chunk, hash, lookup, seal, write.
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    pub(crate) fn seconds(&self) -> [f64; 7] {
        let all = [
            &self.scan,
            &self.read,
            &self.chunk,
            &self.hash,
            &self.lookup,
            &self.seal,
            &self.write,
        ];
        all.map(|ns| ns.load(Ordering::Relaxed) as f64 / 1e9)
    }
}

/// Ids that a dry run remembers to recognise repeats, about 50 MiB: a repeat after as many novel
/// chunks counts as novel again.
const DRY_RUN_IDS_MAX: usize = 1 << 20;

/// What a run of the stages is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IngestOptions {
    pub(crate) session: [u8; 16],
    pub(crate) encoding: BlockEncoding,
    /// Size in bytes at which a data pack is closed.
    pub(crate) pack_target: u32,
    /// Count what would be stored, and store nothing.
    pub(crate) dry_run: bool,
}

impl IngestOptions {
    /// As the config says.
    pub(crate) const fn of(config: &RepositoryConfig, session: [u8; 16]) -> Self {
        let encoding = BlockEncoding { level: config.compression_level, pad: config.pad };
        Self { session, encoding, pack_target: config.pack_target_bytes, dry_run: false }
    }
}

/// What the stages wrote.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StoredTotals {
    pub(crate) bytes_data_packs: u64,
    pub(crate) bytes_tree_packs: u64,
}

/// The entrance of the stages: takes chunks in stream order and keeps those that are novel.
pub(crate) struct Ingest<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) run: &'a Run<'a>,
    pub(crate) times: &'a StageTimes,
    index: Arc<OpenIndex>,
    blocks: Option<Sender<BlockJob>>,
    ordered: Option<Sender<stages::Ordered>>,
    stored: Receiver<Vec<ChunkId>>,
    /// For blocks between here and their pack.
    budget: ByteBudget,
    /// Chunks of blocks and packs that are not in the index yet. A dry run forgets them all from
    /// time to time.
    in_flight: HashSet<ChunkId>,
    /// What packs are made with that others make for this session; none in a dry run.
    pub(crate) commissions: Option<([u8; 16], BlockEncoding)>,
    /// Packs that answered "stored": pinned before the answer is used (step S3).
    pub(crate) relied: HashSet<PackId>,
    data: BlockBuilder,
    tree: BlockBuilder,
}

#[derive(Default)]
struct BlockBuilder {
    chunks: Vec<ChunkRef>,
    raw: Vec<u8>,
}

impl Ingest<'_> {
    /// Takes consecutive chunks of one stream and stores those that are nowhere yet; says for
    /// each whether it was novel.
    ///
    /// An index that cannot answer costs bytes only: the chunk is stored again.
    pub(crate) fn offer(
        &mut self,
        kind: PackKind,
        chunks: &[(ChunkId, &[u8])],
    ) -> Result<Vec<bool>> {
        let start = self.repository.env.clock.monotonic_ns();
        for id in self.stored.try_iter().flatten() {
            self.in_flight.remove(&id);
        }
        let asked: Vec<ChunkId> =
            chunks.iter().map(|(id, _)| *id).filter(|id| !self.in_flight.contains(id)).collect();
        self.index.note_in_flight(chunks.len() - asked.len());
        let answers = self.index.lookup(&asked);
        let mut answers = asked.iter().zip(answers).peekable();
        let mut novel = Vec::with_capacity(chunks.len());
        for (id, _) in chunks {
            let answer = answers.next_if(|(asked, _)| *asked == id).map(|(_, answer)| answer);
            novel.push(match answer {
                Some(Lookup::Stored(location)) => {
                    self.relied.insert(location.pack);
                    false
                }
                // Also false for a repeat inside this offer.
                _ => self.in_flight.insert(*id),
            });
        }
        if self.blocks.is_none() && self.in_flight.len() > DRY_RUN_IDS_MAX {
            self.in_flight.clear();
        }
        let end = self.repository.env.clock.monotonic_ns();
        self.times.lookup.fetch_add(end - start, Ordering::Relaxed);
        for ((id, bytes), is_novel) in chunks.iter().zip(&novel) {
            if *is_novel {
                if kind == PackKind::Data {
                    Counters::add(&self.run.counters.bytes_novel, bytes.len() as u64);
                }
                self.push(kind, *id, bytes)?;
            }
        }
        Ok(novel)
    }

    fn push(&mut self, kind: PackKind, id: ChunkId, bytes: &[u8]) -> Result<()> {
        let builder = match kind {
            PackKind::Data => &mut self.data,
            PackKind::Tree => &mut self.tree,
        };
        let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
        builder.chunks.push(ChunkRef { id, bytes: length });
        builder.raw.extend_from_slice(bytes);
        if builder.raw.len() >= BLOCK_RAW_BYTES_TARGET { self.flush(kind) } else { Ok(()) }
    }

    /// Sends the block that is being filled on its way, if there is one.
    fn flush(&mut self, kind: PackKind) -> Result<()> {
        let builder = match kind {
            PackKind::Data => &mut self.data,
            PackKind::Tree => &mut self.tree,
        };
        if builder.chunks.is_empty() {
            return Ok(());
        }
        let next = Vec::with_capacity(builder.raw.capacity());
        let raw = std::mem::replace(&mut builder.raw, next);
        let chunks = std::mem::take(&mut builder.chunks);
        let (Some(blocks), Some(ordered)) = (&self.blocks, &self.ordered) else { return Ok(()) };
        self.run.cancel.check()?;
        let (reply, receipt) = crossbeam::channel::bounded(1);
        // A closed queue means that a later stage failed; its error is the one that counts.
        let permit = self.budget.acquire(0, raw.len()).map_err(|Closed| Error::Cancelled)?;
        ordered.send((kind, receipt, permit)).map_err(|_| Error::Cancelled)?;
        blocks.send(BlockJob { chunks, raw, reply }).map_err(|_| Error::Cancelled)
    }

    /// The index behind the stages.
    pub(crate) fn index(&self) -> &Arc<OpenIndex> {
        &self.index
    }

    fn finish(&mut self) -> Result<()> {
        self.flush(PackKind::Data)?;
        self.flush(PackKind::Tree)
    }
}
