//! Ballast in the repository, so that a prune can begin on a full disk.
//!
//! Lease, list, epoch and outcome need a few blocks. An object without meaning keeps them free; a
//! prune that cannot write its lease deletes it first, and puts it back in the end.

use gleaner_store::{Storage, layout};

use crate::error::Result;

/// Enough for the objects of two runs of a prune, each in a block of its own, their folders, and 16
/// versions of its lease: so many are kept of one that shows for long that it lives.
const RESERVE_BYTES: usize = 128 << 10;

/// Makes the ballast unless it is there. That it cannot be made is no failure: it is missed only
/// on a full disk.
pub(crate) fn make(storage: &dyn Storage) {
    if storage.bytes(&layout::reserve()).is_ok() {
        return;
    }
    // Bytes that no file system stores as a hole or compresses.
    let mut ballast = vec![0; RESERVE_BYTES];
    blake3::Hasher::new().finalize_xof().fill(&mut ballast);
    if let Err(error) = storage.put_if_absent(&layout::reserve(), &[&ballast]) {
        tracing::debug!(%error, "no reserve for a full disk");
    }
}

/// Deletes the ballast.
///
/// # Errors
/// The storage's.
pub(crate) fn release(storage: &dyn Storage) -> Result<()> {
    Ok(storage.delete(&layout::reserve())?)
}
