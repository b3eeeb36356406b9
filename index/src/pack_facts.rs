//! What the index keeps of a pack beside its chunks.

use gleaner_chunker::PackId;

/// Most chunks that one pack can hold in any index: slots are 24 bits wide.
///
/// The pack format may allow fewer.
pub const PACK_CHUNKS_MAX: u32 = 1 << 24;

/// One pack as the index knows it.
///
/// It does not say whether the pack's file is present or whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackFacts {
    /// The pack's id.
    pub pack: PackId,
    /// What the pack holds; never changes.
    pub kind: PackKind,
    /// Where the pack stands in its life; changed by
    /// [`set_pack_states`](crate::ChunkIndex::set_pack_states) alone.
    pub state: PackState,
    /// Chunks in the pack's directory, slots `0..chunk_count`; never changes.
    pub chunk_count: u32,
    /// Length of the pack's file, bytes; never changes.
    pub sealed_bytes: u64,
}

impl PackFacts {
    /// Whether `other` describes the same immutable file; the state may differ.
    pub(crate) fn same_file(&self, other: &Self) -> bool {
        Self { state: other.state, ..*self } == *other
    }
}

/// What a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackKind {
    /// Chunks of increments.
    Data,
    /// Chunks of tree streams.
    Tree,
}

/// Where a pack stands in its life (DESIGN section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackState {
    /// New backups may refer to its chunks.
    Live,
    /// Chosen for removal: restores read it, lookups miss it, it may be made live again.
    Condemned,
    /// To be deleted, and never used again.
    Trash,
}
