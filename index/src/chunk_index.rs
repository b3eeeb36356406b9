//! The trait of all indexes and its contract.

use gleaner_chunker::{ChunkId, ErrorKind, PackId};

use crate::error::Result;
use crate::index_options::IndexMode;
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
    Failed {
        /// What a caller can do.
        kind: ErrorKind,
        /// The pack that should hold the chunk, if it is its directory that could not be read.
        pack: Option<PackId>,
    },
}

/// What an index holds and uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Which chunks lookups recognise.
    pub mode: IndexMode,
    /// Packs in state live.
    pub packs_live: u64,
    /// Packs in state condemned or trash.
    pub packs_other: u64,
    /// Chunks of all known packs by their facts; a chunk in two packs counts twice.
    pub chunks_listed: u64,
    /// Rows, dead ones included. An estimate in `RocksDbIndex`, exact in `MemoryIndex`.
    pub rows_estimated: u64,
    /// Length of the files, bytes; 0 in memory.
    pub disk_bytes: u64,
    /// Memory by its parts.
    pub memory: IndexMemory,
    /// Ids looked up, by the layer that answered; since the index was built, if it outlives the
    /// process, and counted there at checkpoints.
    pub lookups: LookupCounts,
}

/// Memory of an index by its parts, bytes, each estimated by what its structures hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexMemory {
    /// What the index was told to stay within; 0 for one that has no budget.
    pub budget_bytes: u64,
    /// What the filter needs beyond the budget.
    pub beyond_budget_bytes: u64,
    /// Table of the packs.
    pub packs_bytes: u64,
    /// Rows in memory (`MemoryIndex`).
    pub rows_bytes: u64,
    /// Directories of packs that answered lately.
    pub locality_cache_bytes: u64,
    /// The filter over all rows.
    pub filter_bytes: u64,
    /// Index and filter blocks of RocksDB that stay in memory.
    pub pinned_bytes: u64,
    /// Data blocks of RocksDB in its cache.
    pub data_block_bytes: u64,
    /// Write buffers of RocksDB.
    pub write_buffer_bytes: u64,
}

impl IndexMemory {
    /// All parts together.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.packs_bytes
            + self.rows_bytes
            + self.locality_cache_bytes
            + self.filter_bytes
            + self.pinned_bytes
            + self.data_block_bytes
            + self.write_buffer_bytes
    }

    /// What grows with the number of chunks: rows, filter, and RocksDB's pinned blocks.
    #[must_use]
    pub fn key_bytes(&self) -> u64 {
        self.rows_bytes + self.filter_bytes + self.pinned_bytes
    }
}

/// Ids by the layer that answered them. `asked` is the sum of the five answers and of those that
/// failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LookupCounts {
    /// Ids in all batches.
    pub asked: u64,
    /// Not novel, by the caller's in-flight table
    /// ([`note_in_flight`](ChunkIndex::note_in_flight)).
    pub in_flight: u64,
    /// Stored, by a directory in memory.
    pub by_cache: u64,
    /// Novel, by the filter.
    pub by_filter: u64,
    /// Stored, by a row.
    pub by_row: u64,
    /// Novel, after rows were read.
    pub novel_by_row: u64,
    /// Gets of single keys in RocksDB, over all batches.
    pub gets: u64,
    /// Directories read through [`Directories`](crate::Directories).
    pub directories_read: u64,
}

/// Tells in batches where chunks are stored. Serves the ids of one domain.
///
/// # Contract
///
/// Every implementation passes the suite in `conformance`.
///
/// **Rows.** Slot `n` of a pack is the `n`-th id given to [`insert_pack`](Self::insert_pack). A
/// chunk has one row that counts. The first is kept while its pack is live; a live pack that comes
/// later takes over a row whose pack is not live or not known, and a pack that is not live takes
/// over rows of unknown packs only. A row is an answer only while its pack is live, so condemning
/// or removing a pack can make its chunks novel, even where a second live pack holds them: insert
/// that pack again afterwards, and its rows take over. The way back, condemned to live, needs the
/// same where rows were taken over.
///
/// **Answers.** `Stored` names a live pack that holds the chunk at that slot. If the row's pack is
/// live there is such an answer; it may name another live pack that holds the chunk too, and if the
/// row's pack is not live it may still be found in another that is.
///
/// **Order.** `lookup_batch` answers in input order; equal ids may get different answers that are
/// both right. `packs` is in order of pack id.
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
    /// Costs about two cache lines for an id whose pack answered lately or that is novel; for
    /// others a row, and the directory of each pack that is met anew.
    ///
    /// An index in mode [`Sparse`](IndexMode::Sparse) may call a stored chunk novel.
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup>;

    /// As [`lookup_batch`](Self::lookup_batch), in every mode for all chunks: for those who read
    /// chunks, and for those who decide what can be deleted. Costs a row for each chunk whose pack
    /// did not answer lately.
    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup>;

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

    /// Counts ids that the caller found among the chunks of its open packs, for the statistics.
    fn note_in_flight(&self, ids: u64);

    /// Sizes, for reports. Never exact enough to decide by.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn stats(&self) -> Result<IndexStats>;
}
