//! A chunk and its place in one pack, before it is decided which place gets the row.

use gleaner_chunker::ChunkId;

use crate::row::Row;

/// One chunk of one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: ChunkId,
    pub(super) row: Row,
}

impl Entry {
    /// Length in a file: the id, and the row as in the database.
    pub(super) const BYTES: usize = 40;

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (id, row) = bytes.split_at_mut(32);
        id.copy_from_slice(self.id.as_bytes());
        row.copy_from_slice(&self.row.to_bytes());
        bytes
    }

    /// `None` never: the lengths are right.
    pub(super) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (id, row) = bytes.split_first_chunk::<32>()?;
        Some(Self { id: ChunkId::from_bytes(*id), row: Row::from_bytes(row)? })
    }
}
