//! Threads behind [`Ingest`]: compression pool, sealer, storer.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded, unbounded};
use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{
    ChunkRef, EncodedBlock, NewPack, PackKind, PackWriter, RepositoryConfig, SealedPack,
    encode_block,
};

use super::pack_store::store_pack;
use super::{BlockBuilder, Ingest, IngestOptions, StageTimes, StoredTotals};
use crate::byte_budget::{ByteBudget, CloseOnDrop, Permit};
use crate::error::{Error, Result};
use crate::key_epoch::current_key_epoch;
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;

/// A tree pack is closed at this size, so that a pack of each kind fits the budget for retries.
const TREE_PACK_TARGET_BYTES: u32 = 8 << 20;

/// Size in bytes at which a pack is closed, by the config.
pub(crate) fn pack_target_bytes(config: &RepositoryConfig, kind: PackKind) -> u64 {
    u64::from(match kind {
        PackKind::Data => config.pack_target_bytes,
        PackKind::Tree => TREE_PACK_TARGET_BYTES,
    })
}

/// A block to compress, and where the result goes.
pub(super) struct BlockJob {
    pub(super) chunks: Vec<ChunkRef>,
    pub(super) raw: Vec<u8>,
    pub(super) reply: Sender<EncodedBlock>,
}

/// A block in the order of the stream, which may still be in the making, and the permit for its raw
/// bytes.
pub(super) type Ordered = (PackKind, Receiver<EncodedBlock>, Permit);

/// Raw bytes of blocks on their way into a pack, whatever the size of chunks and the number of
/// threads.
const BLOCKS_BYTES_MAX: usize = 32 << 20;

/// Runs `body` with the stages behind it, then waits until everything it offered is durable and
/// in the index.
///
/// # Errors
/// The first stage that failed, else what `body` returned. Packs stored so far stay: the next
/// run finds them. A key epoch that cannot be read.
pub(crate) fn ingest<'a, R>(
    repository: &'a Repository,
    run: &'a Run<'a>,
    times: &'a StageTimes,
    options: IngestOptions,
    body: impl FnOnce(&mut Ingest<'a>) -> Result<R>,
) -> Result<(R, HashSet<PackId>, StoredTotals)> {
    let index = repository.index(run)?;
    let key_epoch = if options.dry_run { 0 } else { current_key_epoch(repository)? };
    let threads = repository.env.threads.max(1);
    let (block_sender, block_receiver) = bounded::<BlockJob>(threads);
    let (ordered_sender, ordered_receiver) = bounded::<Ordered>(2 * threads);
    let (pack_sender, pack_receiver) = bounded::<SealedPack>(0);
    let (stored_sender, stored) = unbounded();
    let mut entrance = Ingest {
        repository,
        run,
        times,
        index: Arc::clone(&index),
        blocks: (!options.dry_run).then_some(block_sender),
        ordered: (!options.dry_run).then_some(ordered_sender),
        stored,
        budget: ByteBudget::new(BLOCKS_BYTES_MAX),
        in_flight: HashSet::new(),
        relied: HashSet::new(),
        commissions: (!options.dry_run).then_some((options.session, options.encoding)),
        data: BlockBuilder::default(),
        tree: BlockBuilder::default(),
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let jobs = block_receiver.clone();
            scope.spawn(move || compress(repository, times, options, &jobs));
        }
        drop(block_receiver);
        // A sealer that fails leaves blocks in its queue, and the entrance waiting for their bytes.
        let close = CloseOnDrop(entrance.budget.clone());
        let sealer = scope.spawn(move || {
            let _close = close;
            seal(repository, options, key_epoch, &ordered_receiver, &pack_sender)
        });
        let storer = scope
            .spawn(move || store(repository, run, times, &index, &pack_receiver, &stored_sender));
        let result = body(&mut entrance).and_then(|value| entrance.finish().map(|()| value));
        let relied = std::mem::take(&mut entrance.relied);
        // Closing the entrance ends the stages one after the other.
        drop(entrance);
        let sealed = join(sealer);
        let stored = join(storer);
        let totals = first_error(stored, sealed)?;
        Ok((result?, relied, totals))
    })
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The storer's error explains a sealer that found its queue closed.
fn first_error(stored: Result<StoredTotals>, sealed: Result<()>) -> Result<StoredTotals> {
    let totals = stored?;
    sealed?;
    Ok(totals)
}

fn compress(
    repository: &Repository,
    times: &StageTimes,
    options: IngestOptions,
    jobs: &Receiver<BlockJob>,
) {
    for job in jobs {
        let start = repository.env.clock.monotonic_ns();
        let block = encode_block(job.chunks, &job.raw, options.encoding);
        let end = repository.env.clock.monotonic_ns();
        times.seal.fetch_add(end - start, Ordering::Relaxed);
        // Nobody waits for the block if a later stage failed.
        let _unwanted = job.reply.send(block);
    }
}

fn seal(
    repository: &Repository,
    options: IngestOptions,
    key_epoch: u32,
    blocks: &Receiver<Ordered>,
    packs: &Sender<SealedPack>,
) -> Result<()> {
    let (mut data, mut tree) = (None, None);
    for (kind, block, _permit) in blocks {
        // The compressor vanished: it panicked, and its scope reports that.
        let Ok(block) = block.recv() else { return Err(Error::Cancelled) };
        let (slot, target) = match kind {
            PackKind::Data => (&mut data, u64::from(options.pack_target)),
            PackKind::Tree => (&mut tree, u64::from(TREE_PACK_TARGET_BYTES)),
        };
        // Very small chunks fill the directory before the pack.
        let full = slot.take_if(|writer: &mut PackWriter| !writer.has_room_for(&block));
        if full.is_some_and(|full| packs.send(full.finish()).is_err()) {
            return Err(Error::Cancelled);
        }
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => new_pack(repository, kind, options.session, key_epoch)?,
        };
        writer.append(block)?;
        if writer.bytes() < target {
            *slot = Some(writer);
        } else if packs.send(writer.finish()).is_err() {
            return Err(Error::Cancelled);
        }
    }
    for writer in [data, tree].into_iter().flatten() {
        if packs.send(writer.finish()).is_err() {
            return Err(Error::Cancelled);
        }
    }
    Ok(())
}

pub(crate) fn new_pack(
    repository: &Repository,
    kind: PackKind,
    session: [u8; 16],
    key_epoch: u32,
) -> Result<PackWriter> {
    let new = NewPack {
        kind,
        id: PackId::from_bytes(repository.env.random_bytes()?),
        key_epoch,
        domain_id: repository.config().domain_id,
        session,
    };
    Ok(PackWriter::create(repository.keys(), new))
}

#[expect(clippy::too_many_arguments, reason = "the root of one thread")]
fn store(
    repository: &Repository,
    run: &Run<'_>,
    times: &StageTimes,
    index: &OpenIndex,
    packs: &Receiver<SealedPack>,
    stored: &Sender<Vec<ChunkId>>,
) -> Result<StoredTotals> {
    let mut totals = StoredTotals::default();
    for pack in packs {
        let start = repository.env.clock.monotonic_ns();
        let directory = store_pack(repository, pack)?;
        let end = repository.env.clock.monotonic_ns();
        times.write.fetch_add(end - start, Ordering::Relaxed);
        // Never before the pack is durable: an index row must not outlive its pack.
        index.insert_own(&directory)?;
        Counters::add(&run.counters.bytes_stored, directory.pack_bytes);
        match directory.header.kind {
            PackKind::Data => totals.bytes_data_packs += directory.pack_bytes,
            PackKind::Tree => totals.bytes_tree_packs += directory.pack_bytes,
        }
        // After the end of the stream nobody listens any more.
        let ids = directory.chunks.iter().map(|chunk| chunk.id).collect();
        let _unheard = stored.send(ids);
    }
    Ok(totals)
}
