//! Takes sidecars away.

use gleaner_store::{ObjectName, layout};

use super::ParityOptions;
use super::listing::list_pairs;
use crate::error::{Error, Result};
use crate::repository::Repository;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParityRemoved {
    /// Sidecars.
    pub sidecars: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Deletes the sidecars of all packs, or of those that the options name; also of packs that are
/// gone. The packs stay as they are. Durable on return.
///
/// # Errors
/// [`Error::NoSuchPack`]; the storage's, and then some sidecars may be gone.
pub fn parity_remove(repository: &Repository, options: &ParityOptions) -> Result<ParityRemoved> {
    let storage = repository.storage();
    let pairs = list_pairs(storage)?;
    if let Some(unknown) = options.packs.iter().find(|pack| !pairs.contains_key(pack)) {
        return Err(Error::NoSuchPack { pack: *unknown });
    }
    let mut removed = ParityRemoved::default();
    let mut names: Vec<ObjectName> = Vec::new();
    for (pack, pair) in pairs {
        let is_meant = options.packs.is_empty() || options.packs.contains(&pack);
        let Some(bytes) = pair.parity_bytes.filter(|_| is_meant) else { continue };
        removed.sidecars += 1;
        removed.bytes += bytes;
        names.push(layout::parity(&pack));
    }
    if !options.dry_run {
        storage.delete_all(&names)?;
    }
    Ok(removed)
}
