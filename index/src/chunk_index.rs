//! The trait of all indexes and its contract.

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use crate::error::Result;
use crate::pack_facts::{PackFacts, PackState};

/// Where a chunk's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    /// The pack.
    pub pack: PackId,
    /// Position in the pack's directory; block, offset and length stand there.
    pub slot: u32,
}

/// Answer for one chunk id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Lookup {
    /// A live pack holds the chunk.
    Stored(Location),
    /// No row of a live pack.
    Novel,
    /// The index cannot say. Ingest may take it for novel, which costs bytes; whoever is going to
    /// delete something must stop.
    Failed(ErrorKind),
}

/// What an index holds and uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Packs in state live.
    pub packs_live: u64,
    /// Packs in state condemned or trash.
    pub packs_other: u64,
    /// Chunks of all known packs by their facts; a chunk in two packs counts twice.
    pub chunks_listed: u64,
    /// Rows, dead ones included. An estimate in `RocksDbIndex`, exact in `MemoryIndex`.
    pub rows_estimated: u64,
    /// Memory of tables, caches and write buffers, bytes, estimated.
    pub memory_bytes: u64,
    /// Length of the files, bytes; 0 in memory.
    pub disk_bytes: u64,
}

/// Tells in batches where chunks are stored. Serves the ids of one domain.
///
/// # Contract
///
/// Every implementation passes the suite in `conformance`.
///
/// **Rows.** Slot `n` of a pack is the `n`-th id given to [`insert_pack`](Self::insert_pack). An id
/// has at most one row. The first row is kept while its pack is live; a live pack that comes later
/// takes over a row whose pack is not live or not known, and a pack that is not live takes over
/// rows of unknown packs only. Inside a pack the lowest slot of an id counts. A row is an answer
/// only while its pack is live, so condemning or removing a pack makes its chunks novel, even where
/// a second live pack holds them: insert that pack again afterwards, and its rows take over. The
/// way back, condemned to live, needs the same where rows were taken over.
///
/// **Order.** `lookup_batch` answers in input order, and equal ids get equal answers. `packs` is in
/// order of pack id.
///
/// **Atomicity.** `insert_pack`, `remove_packs` and `set_pack_states` happen as a whole or not at
/// all, also over a crash: the pack rows are the watermark, and a pack that [`packs`](Self::packs)
/// names has all its rows. A `lookup_batch` beside a write may see it for some ids and not for
/// others, each id for itself is never wrong.
///
/// **Durability.** What returned survives the end of the process, however it ends. A power loss
/// takes back the latest calls since the last [`checkpoint`](Self::checkpoint), from the end, whole
/// calls only. (`MemoryIndex` keeps nothing.) An index can thus be behind the storage: whoever
/// opens one compares `packs` with the packs that exist, removes, inserts and sets states, before
/// the first lookup counts.
///
/// **Errors.** An error means that nothing changed, unless it comes from the medium: then lookups
/// go on, further writes answer [`WritesStopped`](crate::Error::WritesStopped), and after opening
/// again the call has happened or not.
///
/// **Threads.** All calls may run at once; writes wait for each other, lookups for nothing but
/// memory and the medium.
pub trait ChunkIndex: Send + Sync {
    /// One answer for each id, in input order. 256 to 4096 ids a call are a good batch.
    ///
    /// Costs O(n log n) comparisons; each novel id costs one filter probe, each stored id about
    /// one cached block.
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup>;

    /// Enters a pack that is durable in the storage, with the ids of its directory in slot order.
    ///
    /// A known pack keeps its state, whatever `facts.state` says, and gets the rows that the
    /// contract now gives it; nothing is written if there are none. Limits are checked first:
    /// [`TooManyChunks`](crate::Error::TooManyChunks) by `facts.chunk_count`, then
    /// [`ChunkCount`](crate::Error::ChunkCount), then [`PackDiffers`](crate::Error::PackDiffers).
    ///
    /// Costs a lookup of all ids and one write of about 50 bytes a row.
    ///
    /// # Errors
    ///
    /// Those named, or the medium's.
    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()>;

    /// All packs that are in, in order of their id. Costs a copy; reads no medium.
    ///
    /// # Errors
    ///
    /// None of today's implementations.
    fn packs(&self) -> Result<Vec<PackFacts>>;

    /// Forgets packs, and with them their rows. Unknown ones are passed over.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn remove_packs(&self, packs: &[PackId]) -> Result<()>;

    /// Sets the states of known packs; of two states for one pack the latter counts.
    ///
    /// Which changes make sense is not checked here.
    ///
    /// # Errors
    ///
    /// [`UnknownPack`](crate::Error::UnknownPack), or the medium's.
    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()>;

    /// Makes all that returned durable against power loss. Costs one sync.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn checkpoint(&self) -> Result<()>;

    /// Sizes, for reports. Never exact enough to decide by.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn stats(&self) -> Result<IndexStats>;
}
