//! Reads packs and sidecars as bytes, without any key.

use std::ops::Range;

use gleaner_chunker::PackId;
use gleaner_store::{
    Defect, Error as StoreError, PACK_BYTES_MAX, PACK_HEADER_BYTES, PackHeader, ParityHead,
    ParitySidecar, Storage, StorageError, TRAILER_BYTES, Trailer, layout, parity_bytes_max,
};

use crate::error::Result;

/// Whether these are the bytes of pack `id`, whole and unchanged.
///
/// # Errors
/// The first [`Defect`] that is in the way; it may be that the pack is newer than this program.
pub(super) fn check_pack(id: PackId, bytes: &[u8]) -> Result<(), Defect> {
    let needed = (PACK_HEADER_BYTES + TRAILER_BYTES) as u64;
    let short = Defect::Truncated { needed, found: bytes.len() as u64 };
    let header = PackHeader::decode(bytes.first_chunk().ok_or_else(|| short.clone())?)?;
    let (covered, trailer) = bytes.split_last_chunk().ok_or(short)?;
    let trailer = Trailer::decode(trailer, bytes.len() as u64)?;
    if header.id != id {
        return Err(Defect::Identity);
    }
    if *blake3::hash(covered).as_bytes() == trailer.pack_hash {
        Ok(())
    } else {
        Err(Defect::Checksum { what: "pack" })
    }
}

/// Reads the sidecar of a pack; `None` if there is none.
///
/// # Errors
/// [`StoreError::Damaged`] if neither end can be used; the storage's.
pub(crate) fn read_sidecar(storage: &dyn Storage, pack: PackId) -> Result<Option<ParitySidecar>> {
    let name = layout::parity(&pack);
    let bytes = match storage.get(&name, parity_bytes_max(PACK_BYTES_MAX)) {
        Ok(bytes) => bytes,
        Err(StorageError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let sidecar = ParitySidecar::decode(pack, bytes);
    Ok(Some(sidecar.map_err(|defect| StoreError::Damaged { name, offset: 0, defect })?))
}

/// Reads a pack of which parts may be unreadable, and says which. One that is missing is empty.
///
/// Cost: one read; if it fails, one for each shard, and a second one where that fails too.
///
/// # Errors
/// The storage's, if not even the length of the pack can be told.
pub(super) fn read_pack(
    storage: &dyn Storage,
    head: &ParityHead,
) -> Result<(Vec<u8>, Vec<Range<u64>>)> {
    let name = layout::pack(&head.pack);
    match storage.get(&name, PACK_BYTES_MAX) {
        Ok(bytes) => return Ok((bytes, Vec::new())),
        Err(StorageError::NotFound { .. }) => return Ok((Vec::new(), Vec::new())),
        Err(_) => {}
    }
    // What lies beyond the length that it had is of no use.
    let length = storage.bytes(&name)?.min(head.pack_bytes);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    let mut unreadable = Vec::new();
    let mut offset = 0;
    for shard in bytes.chunks_mut(head.shard_bytes as usize) {
        let end = offset + shard.len() as u64;
        let mut read = || storage.read_at(&name, offset, shard);
        if read().or_else(|_| read()).is_err() {
            unreadable.push(offset..end);
        }
        offset = end;
    }
    Ok((bytes, unreadable))
}
