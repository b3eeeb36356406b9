//! Which packs have sidecars.

use std::collections::BTreeMap;

use gleaner_chunker::PackId;
use gleaner_store::{Storage, StorageError, layout};

use crate::error::Result;

/// Lengths of a pack and of its sidecar, of each that is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) pack_bytes: Option<u64>,
    pub(crate) parity_bytes: Option<u64>,
}

impl Pair {
    /// Bytes of both.
    pub(crate) fn bytes(&self) -> u64 {
        self.pack_bytes.unwrap_or(0) + self.parity_bytes.unwrap_or(0)
    }
}

/// All packs and sidecars.
///
/// Cost: one listing.
///
/// # Errors
/// The storage's.
pub(crate) fn list_pairs(storage: &dyn Storage) -> Result<BTreeMap<PackId, Pair>> {
    let mut pairs: BTreeMap<PackId, Pair> = BTreeMap::new();
    for listed in storage.list(&layout::packs())? {
        if let Some(pack) = layout::parse_pack(&listed.name) {
            pairs.entry(pack).or_default().pack_bytes = Some(listed.bytes);
        } else if let Some(pack) = layout::parse_parity(&listed.name) {
            pairs.entry(pack).or_default().parity_bytes = Some(listed.bytes);
        }
    }
    Ok(pairs)
}

/// Sidecars of a listing whose packs are gone, with their lengths.
///
/// # Errors
/// The storage's.
pub(crate) fn orphans(
    storage: &dyn Storage,
    listed: &BTreeMap<PackId, Pair>,
) -> Result<Vec<(PackId, u64)>> {
    let mut orphans = Vec::new();
    for (pack, pair) in listed {
        let (Some(bytes), None) = (pair.parity_bytes, pair.pack_bytes) else { continue };
        if is_gone(storage, *pack)? {
            orphans.push((*pack, bytes));
        }
    }
    Ok(orphans)
}

/// Whether a pack whose sidecar was seen is gone. A listing does not tell: both may have come while
/// it was made. But a pack is there before its sidecar.
pub(crate) fn is_gone(storage: &dyn Storage, pack: PackId) -> Result<bool> {
    match storage.bytes(&layout::pack(&pack)) {
        Ok(_) => Ok(false),
        Err(StorageError::NotFound { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
