//! Heals packs from their sidecars.

use gleaner_chunker::PackId;
use gleaner_store::{Error as StoreError, ErrorKind, Storage};

use super::pack_bytes::{check_pack, read_pack, read_sidecar};
use crate::error::{Error, Result};

/// What a sidecar can do for its pack.
#[derive(Debug)]
pub(crate) enum Healing {
    /// There is no sidecar.
    NoSidecar,
    /// The sidecar cannot be used.
    BadSidecar(StoreError),
    /// More is damaged than the sidecar covers.
    Beyond(StoreError),
    /// The pack is as the sidecar knows it: whatever is wrong with it was so from the beginning.
    Whole,
    /// The pack is whole again.
    Healed {
        /// Its bytes: proved by the hash in the sidecar, and by the one in the pack itself.
        bytes: Vec<u8>,
        /// Data shards that were damaged.
        damaged: u32,
        /// Recovery shards that are sound.
        recovery: u32,
    },
}

/// Reads a pack and its sidecar, and heals the pack in memory. What cannot be read of it counts as
/// damaged. Nothing is written.
///
/// Memory: the pack and its sidecar. Needs no key.
///
/// # Errors
/// The storage's, where not the pack's content is concerned.
pub(crate) fn heal(storage: &dyn Storage, pack: PackId) -> Result<Healing> {
    let sidecar = match read_sidecar(storage, pack) {
        Ok(Some(sidecar)) => sidecar,
        Ok(None) => return Ok(Healing::NoSidecar),
        Err(Error::Store(error)) if error.kind() == ErrorKind::Corrupt => {
            return Ok(Healing::BadSidecar(error));
        }
        Err(error) => return Err(error),
    };
    let (bytes, unreadable) = read_pack(storage, sidecar.head())?;
    if unreadable.is_empty() && sidecar.matches(&bytes) {
        return Ok(Healing::Whole);
    }
    let recovery = sidecar.head().recovery_shards - sidecar.damaged_recovery_shards();
    let is_unreadable = |shard: &u32| {
        let place = sidecar.shard_range(*shard);
        unreadable.iter().any(|range| range.start < place.end && place.start < range.end)
    };
    let damaged = sidecar.damage(&bytes);
    let unread = (0..sidecar.head().data_shards()).filter(is_unreadable);
    let damaged: std::collections::BTreeSet<u32> = damaged.into_iter().chain(unread).collect();
    let damaged = u32::try_from(damaged.len()).unwrap_or(u32::MAX);
    match sidecar.heal(bytes, &unreadable) {
        Ok(bytes) if check_pack(pack, &bytes).is_ok() => {
            Ok(Healing::Healed { bytes, damaged, recovery })
        }
        // Not made by a program that looks at the pack first.
        Ok(_) => Ok(Healing::Beyond(StoreError::BeyondParity { pack, damaged, recovery })),
        Err(error) => Ok(Healing::Beyond(error)),
    }
}

/// The bytes of a damaged, cut or missing pack, made whole from its sidecar and proved; `None` if
/// there is no usable sidecar, if more is damaged than it covers, or if nothing is that it knows
/// of. Nothing is written.
///
/// Needs no key. Memory: the pack and its sidecar.
///
/// # Errors
/// The storage's, where not the content of the pack is concerned.
pub fn healed_bytes(storage: &dyn Storage, pack: PackId) -> Result<Option<Vec<u8>>> {
    match heal(storage, pack)? {
        Healing::Healed { bytes, .. } => Ok(Some(bytes)),
        Healing::NoSidecar | Healing::BadSidecar(_) | Healing::Beyond(_) | Healing::Whole => {
            Ok(None)
        }
    }
}
