//! Copies what is still needed of packs that go into new packs: for prunes and repairs.
//!
//! A block all of whose chunks are needed is carried over as it was compressed; of others the
//! chunks that are needed are compressed anew. Either is opened, and each chunk's id recomputed:
//! damage is not copied. A prune leaves such a pack where it is; a repair takes what is left. What
//! was written is read back. Blocks are opened ahead of being written, and while one pack is
//! filled, the one before is written and the one before that read back.

mod block_opener;

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{
    BLOCK_RAW_BYTES_TARGET, BlockEncoding, ChunkRef, Defect, EncodedBlock, PACK_BYTES_MAX,
    PackDirectory, PackKind, PackWriter, SalvagedBlock, SealedPack, SessionId, TRAILER_BYTES,
    encode_block,
};

use crate::error::{Error, Result};
use crate::ingest::{new_pack, pack_target_bytes, store_pack};
use crate::key_epoch::current_key_epoch;
use crate::open_index::OpenIndex;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::work_ahead::in_order;

use block_opener::{BlockOpener, Needed, NeededBlock};

/// Opened blocks that wait for being written, for each thread: at most 2 MiB each.
const BLOCKS_AHEAD: usize = 2;

/// New packs in the making.
pub(crate) struct Survivors<'a> {
    place: &'a NewPlace<'a>,
    opener: Arc<BlockOpener<'a>>,
    data: Open,
    tree: Open,
    filled: Sender<SealedPack>,
}

/// Where survivors go.
pub(crate) struct NewPlace<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) index: &'a OpenIndex,
    pub(crate) run: &'a Run<'a>,
    pub(crate) session: SessionId,
}

/// A pack that is filled, and chunks for its next block.
#[derive(Default)]
struct Open {
    writer: Option<PackWriter>,
    chunks: Vec<ChunkRef>,
    raw: Vec<u8>,
}

impl NewPlace<'_> {
    /// Makes all that `carry` takes durable; `made` are the packs written and read back with their
    /// bytes, also after an error.
    ///
    /// Memory: three packs, of which one is filled, one written and one read back.
    ///
    /// # Errors
    /// Those of `carry`; the storage's.
    pub(crate) fn fill<T>(
        &self,
        made: &mut Vec<(PackId, u64)>,
        carry: impl FnOnce(&mut Survivors<'_>) -> Result<T>,
    ) -> Result<T> {
        let (filled, packs) = bounded(0);
        let (written, directories) = bounded(0);
        let mut survivors = Survivors {
            place: self,
            opener: Arc::new(BlockOpener::new(self.repository)),
            data: Open::default(),
            tree: Open::default(),
            filled,
        };
        thread::scope(|scope| {
            let writer = scope.spawn(move || self.write_all(&packs, &written));
            let prover = scope.spawn(move || self.prove_all(&directories, made));
            let carried = carry(&mut survivors);
            let carried = carried.and_then(|value| survivors.finish().map(|()| value));
            drop(survivors);
            let join = |stage: thread::ScopedJoinHandle<'_, Result<()>>| {
                stage.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            let (written, proved) = (join(writer), join(prover));
            // Each explains a queue that the one before found closed.
            proved.and(written)?;
            carried
        })
    }

    fn write_all(
        &self,
        packs: &Receiver<SealedPack>,
        written: &Sender<PackDirectory>,
    ) -> Result<()> {
        for pack in packs {
            let directory = store_pack(self.repository, pack)?;
            written.send(directory).map_err(|_| Error::Cancelled)?;
        }
        Ok(())
    }

    fn prove_all(
        &self,
        written: &Receiver<PackDirectory>,
        made: &mut Vec<(PackId, u64)>,
    ) -> Result<()> {
        for directory in written {
            if let Err(error) = self.read_back(&directory) {
                // Its directory may be sound, and a later run would count on the pack.
                if let Err(kept) = self.repository.storage().delete(&directory.name()) {
                    tracing::warn!(%kept, "a pack that cannot be read back keeps its name");
                }
                return Err(error);
            }
            self.index.insert_own(&directory)?;
            made.push((directory.id(), directory.pack_bytes));
            Counters::add(&self.run.counters.bytes_stored, directory.pack_bytes);
        }
        Ok(())
    }

    /// A pack that takes the place of others is not believed to be there, it is looked at.
    fn read_back(&self, directory: &PackDirectory) -> Result<()> {
        let name = directory.name();
        let bytes = self.repository.storage().get(&name, PACK_BYTES_MAX)?;
        let hashed = bytes.len().checked_sub(TRAILER_BYTES).and_then(|end| bytes.get(..end));
        let is_same = hashed.is_some_and(|hashed| {
            *blake3::hash(hashed).as_bytes() == directory.trailer.pack_hash
                && bytes.len() as u64 == directory.pack_bytes
        });
        if is_same {
            return Ok(());
        }
        let defect = Defect::Checksum { what: "pack" };
        Err(gleaner_store::Error::Damaged { name, offset: 0, defect }.into())
    }
}

impl Survivors<'_> {
    /// Takes those chunks of a pack that are wanted, and takes them off `wanted`. Returns why the
    /// pack cannot be read, if it cannot: then what was not taken is wanted still.
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn carry(
        &mut self,
        pack: PackId,
        bytes: u64,
        wanted: &mut HashSet<ChunkId>,
    ) -> Result<Option<Error>> {
        let directory = match self.place.index.directory_of(pack, bytes) {
            Ok(directory) => directory,
            Err(error) => return Ok(Some(error.into())),
        };
        let mut blocks = Vec::new();
        for ordinal in 0..directory.blocks.len() {
            let chunks = directory.chunks_of(ordinal).unwrap_or_default();
            let needed: Vec<bool> = chunks.iter().map(|chunk| wanted.remove(&chunk.id)).collect();
            if needed.contains(&true) {
                blocks.push(NeededBlock { ordinal, needed });
            }
        }
        let Some((taken, error)) = self.carry_blocks(&directory, &blocks)? else {
            return Ok(None);
        };
        for NeededBlock { ordinal, needed } in blocks.iter().skip(taken) {
            let chunks = directory.chunks_of(*ordinal).unwrap_or_default();
            let left = chunks.iter().zip(needed).filter(|(_, needed)| **needed);
            wanted.extend(left.map(|(chunk, _)| chunk.id));
        }
        Ok(Some(error))
    }

    /// Takes blocks, which other threads open ahead of this one; if one cannot be opened, returns
    /// how many were taken before it, and why.
    fn carry_blocks(
        &mut self,
        directory: &PackDirectory,
        blocks: &[NeededBlock],
    ) -> Result<Option<(usize, Error)>> {
        let (place, opener) = (self.place, Arc::clone(&self.opener));
        let (kind, threads) = (directory.header.kind, place.repository.env.threads);
        let open = |block: &NeededBlock| opener.open(directory, block);
        in_order(blocks, threads, BLOCKS_AHEAD, open, |opened| {
            for (taken, needed) in opened.enumerate() {
                place.run.cancel.check()?;
                match needed {
                    Ok(Needed::Whole(block)) => self.append(kind, block)?,
                    Ok(Needed::Part(chunks, raw)) => self.gather(kind, chunks, &raw)?,
                    Err(error) => return Ok(Some((taken, error))),
                }
            }
            Ok(None)
        })
    }

    /// Takes what is right of a block of a damaged pack, but for chunks that were `taken` before.
    ///
    /// # Errors
    /// The storage's.
    pub(crate) fn carry_salvaged(
        &mut self,
        kind: PackKind,
        salvaged: SalvagedBlock,
        taken: &mut HashSet<ChunkId>,
    ) -> Result<()> {
        let SalvagedBlock { encoded, block, .. } = salvaged;
        let is_whole =
            block.iter().all(|(id, bytes)| !taken.contains(&id) && self.opener.is(&id, bytes));
        if is_whole {
            taken.extend(block.iter().map(|(id, _)| id));
            return self.append(kind, encoded);
        }
        for (id, bytes) in block.iter() {
            if self.opener.is(&id, bytes) && taken.insert(id) {
                self.carry_chunk(kind, id, bytes)?;
            }
        }
        Ok(())
    }

    /// Takes a chunk whose bytes were proved.
    ///
    /// # Errors
    /// The storage's.
    pub(crate) fn carry_chunk(&mut self, kind: PackKind, id: ChunkId, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
        self.gather(kind, vec![ChunkRef { id, bytes: length }], bytes)
    }

    fn of_kind(&mut self, kind: PackKind) -> &mut Open {
        match kind {
            PackKind::Data => &mut self.data,
            PackKind::Tree => &mut self.tree,
        }
    }

    fn gather(&mut self, kind: PackKind, chunks: Vec<ChunkRef>, raw: &[u8]) -> Result<()> {
        let open = self.of_kind(kind);
        open.chunks.extend(chunks);
        open.raw.extend_from_slice(raw);
        if open.raw.len() >= BLOCK_RAW_BYTES_TARGET { self.close_block(kind) } else { Ok(()) }
    }

    fn close_block(&mut self, kind: PackKind) -> Result<()> {
        let config = self.place.repository.config();
        let encoding = BlockEncoding { level: config.compression_level, pad: config.pad };
        let open = self.of_kind(kind);
        if open.chunks.is_empty() {
            return Ok(());
        }
        let block = encode_block(std::mem::take(&mut open.chunks), &open.raw, encoding);
        open.raw.clear();
        self.append(kind, block)
    }

    fn append(&mut self, kind: PackKind, block: EncodedBlock) -> Result<()> {
        if self.of_kind(kind).writer.as_ref().is_some_and(|writer| !writer.has_room_for(&block)) {
            self.close_pack(kind)?;
        }
        let mut writer = match self.of_kind(kind).writer.take() {
            Some(writer) => writer,
            None => {
                let key_epoch = current_key_epoch(self.place.repository)?;
                new_pack(self.place.repository, kind, self.place.session.0, key_epoch)?
            }
        };
        writer.append(block)?;
        let is_full = writer.bytes() >= pack_target_bytes(self.place.repository.config(), kind);
        self.of_kind(kind).writer = Some(writer);
        if is_full { self.close_pack(kind) } else { Ok(()) }
    }

    fn close_pack(&mut self, kind: PackKind) -> Result<()> {
        let Some(writer) = self.of_kind(kind).writer.take() else { return Ok(()) };
        // Closed after an error, which is the one that counts.
        self.filled.send(writer.finish()).map_err(|_| Error::Cancelled)
    }

    fn finish(&mut self) -> Result<()> {
        for kind in [PackKind::Data, PackKind::Tree] {
            self.close_block(kind)?;
            self.close_pack(kind)?;
        }
        Ok(())
    }
}
