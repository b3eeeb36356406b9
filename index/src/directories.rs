//! What an index asks of the outside: the chunk ids of a pack.

use gleaner_chunker::{ChunkId, ErrorKind};

use crate::pack_facts::PackFacts;

/// Reads pack directories for an index, which knows packs by their ids only.
///
/// The index keeps half of a chunk id in its rows, and compares the whole id with the directory
/// before it says "stored". Called from any thread, also for several packs at once, and never with
/// a lock held that a lookup of resident chunks needs.
pub trait Directories: Send + Sync {
    /// All chunk ids of a pack, in slot order; `facts` as they were inserted, the state apart.
    ///
    /// # Errors
    ///
    /// What a caller can do about a directory that cannot be read. The details are the
    /// implementation's to log: the index reports the pack and this kind.
    fn chunk_ids(&self, facts: &PackFacts) -> Result<Vec<ChunkId>, ErrorKind>;
}
