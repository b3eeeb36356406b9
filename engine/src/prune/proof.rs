//! Which chunks of a pack are really there, before another copy of them goes.
//!
//! A directory says what a pack held when it was written. After an undone repair, or on a bad
//! medium, its blocks may not: then the copy that is about to go may be the only good one.

use gleaner_chunker::{ChunkId, IdHasher};
use gleaner_store::PackDirectory;

use crate::repository::Repository;

/// The chunks of a pack that are asked for, and whose bytes are what their ids say.
///
/// Cost: the blocks that list such a chunk are read and opened.
pub(super) fn proved_chunks(
    repository: &Repository,
    directory: &PackDirectory,
    is_asked: impl Fn(&ChunkId) -> bool,
) -> Vec<ChunkId> {
    let (private, public) = (repository.id_hasher(), IdHasher::plain());
    let mut proved = Vec::new();
    for ordinal in 0..directory.blocks.len() {
        let chunks = directory.chunks_of(ordinal).unwrap_or_default();
        if !chunks.iter().any(|chunk| is_asked(&chunk.id)) {
            continue;
        }
        // What cannot be read is nothing to count on.
        let block = directory.read_block(repository.storage(), repository.keys(), ordinal);
        let Ok(block) = block else { continue };
        let right =
            |id: &ChunkId, bytes: &[u8]| private.id(bytes) == *id || public.id(bytes) == *id;
        let found = block.iter().filter(|(id, bytes)| is_asked(id) && right(id, bytes));
        proved.extend(found.map(|(id, _)| id));
    }
    proved
}
