//! The key epoch: under which keys new packs are sealed (FORMAT.md section 5.3).

use gleaner_store::{Defect, Suite, Update, Version, decode_key_epoch, encode_key_epoch, layout};

use crate::error::{Error, Result};
use crate::repository::Repository;

/// Attempts to start an epoch while others do. Each failed one means that another ended.
const ROTATE_ATTEMPTS: u32 = 100;

/// Starts the next key epoch and returns its number. Durable on return.
///
/// Packs that are written by runs which begin from now on are sealed under its keys. Those that are
/// there stay under theirs and are read as before, with the same passwords; a run that is going on
/// ends under the epoch that it began with. A key that leaked is not revoked by this: what it opens
/// has to be written anew, and the old packs deleted, which two prunes with
/// [`PruneOptions::rewrite_key_epochs`](crate::PruneOptions::rewrite_key_epochs) do.
///
/// One exclusive creation: a crash leaves the old epoch or the new one.
///
/// # Errors
/// [`Error::NotEncrypted`]; a key epoch that cannot be read; the storage's. After an error of the
/// storage the epoch may have been started.
pub fn rotate_keys(repository: &Repository) -> Result<u32> {
    if repository.keys().suite() == Suite::Checksum {
        return Err(Error::NotEncrypted);
    }
    let (storage, name) = (repository.storage(), layout::key_epoch());
    for _ in 0..ROTATE_ATTEMPTS {
        let current = current_key_epoch(repository)?;
        let next = current.checked_add(1).ok_or_else(|| {
            let (value, max) = (u64::from(current), u64::from(u32::MAX) - 1);
            damaged(Defect::Limit { what: "key epoch", value, max })
        })?;
        let version = (current > 0).then_some(Version(current.into()));
        let bytes = encode_key_epoch(next, repository.keys());
        if let Update::Written(_) = storage.update_if(&name, version, &bytes)? {
            return Ok(next);
        }
    }
    Err(gleaner_store::StorageError::Contended { name, attempts: ROTATE_ATTEMPTS }.into())
}

/// The key epoch of new packs; 0 until the first rotation.
///
/// Cost: a listing, and a read if there was a rotation; nothing without encryption.
///
/// # Errors
/// The storage's; damage, which keeps a repository from being written, but not from being read.
pub fn current_key_epoch(repository: &Repository) -> Result<u32> {
    if repository.keys().suite() == Suite::Checksum {
        return Ok(0);
    }
    match repository.storage().read_latest(&layout::key_epoch())? {
        None => Ok(0),
        Some((version, bytes)) => {
            decode_key_epoch(version, &bytes, repository.keys()).map_err(damaged)
        }
    }
}

fn damaged(defect: Defect) -> Error {
    let name = layout::key_epoch();
    gleaner_store::Error::Damaged { name, offset: 0, defect }.into()
}
