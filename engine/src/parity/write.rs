//! Writes sidecars.

use gleaner_chunker::PackId;
use gleaner_store::{Put, SealedPack, Storage, StorageError, encode_parity, layout};

/// Stores the sidecar of a pack that was just made durable. That it cannot be stored is no failure
/// of what stored the pack: the pack is whole without it, a check says that it is missing, and
/// [`super::parity_add`] makes it later.
pub(crate) fn store_sidecar(storage: &dyn Storage, pack: &SealedPack, percent: u8) {
    let parts: Vec<&[u8]> = pack.parts().collect();
    let id = pack.directory.id();
    let bytes = encode_parity(id, &parts, percent);
    if let Err(error) = put_sidecar(storage, id, &bytes) {
        tracing::warn!(%error, "a pack has no parity sidecar");
    }
}

/// Stores a sidecar; durable on return. One that is there already stays.
///
/// # Errors
/// The storage's, with nothing left under the name as far as it can be taken back.
pub(super) fn put_sidecar(
    storage: &dyn Storage,
    pack: PackId,
    bytes: &[u8],
) -> Result<(), StorageError> {
    let name = layout::parity(&pack);
    match storage.put_if_absent(&name, &[bytes]) {
        Ok(Put::Created | Put::AlreadyExists) => Ok(()),
        Err(error) => {
            if let Err(kept) = storage.delete(&name) {
                tracing::warn!(%kept, "a sidecar that is not durable keeps its name");
            }
            Err(error)
        }
    }
}
