//! Which packs are covered, and how well.

use gleaner_chunker::PackId;
use gleaner_store::{PACK_BYTES_MAX, PARITY_HEAD_BYTES, ParityHead, Storage, StorageError, layout};

use super::listing::{is_gone, list_pairs};
use super::pack_bytes::read_sidecar;
use crate::error::{Error, Result};
use crate::progress::{Counters, Run};
use crate::repository::Repository;

/// What a pack has for a sidecar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParityState {
    /// One whose head is sound and whose length is right.
    Covered {
        /// Data shards of the pack.
        data_shards: u32,
        /// Recovery shards: so many data shards may be lost.
        recovery_shards: u32,
    },
    /// None.
    Missing,
    /// One that is damaged.
    Damaged,
    /// One whose pack is gone.
    Orphan,
}

/// A pack and its sidecar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackParity {
    /// The pack.
    pub pack: PackId,
    /// Length of the pack in bytes; 0 if it is gone.
    pub pack_bytes: u64,
    /// Length of the sidecar in bytes; 0 if there is none.
    pub parity_bytes: u64,
    /// What it has.
    pub state: ParityState,
}

/// All packs, or those asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParityStatus {
    /// What the repository wants for new packs; `None` for no sidecars.
    pub percent: Option<u8>,
    /// In order of their ids.
    pub packs: Vec<PackParity>,
}

impl ParityStatus {
    /// Number of packs in a state.
    fn count(&self, is_meant: impl Fn(ParityState) -> bool) -> u64 {
        self.packs.iter().filter(|pack| is_meant(pack.state)).count() as u64
    }

    /// Packs that are there.
    #[must_use]
    pub fn packs_total(&self) -> u64 {
        self.count(|state| state != ParityState::Orphan)
    }

    /// Packs with a sidecar.
    #[must_use]
    pub fn packs_covered(&self) -> u64 {
        self.count(|state| matches!(state, ParityState::Covered { .. }))
    }

    /// Packs without a sidecar.
    #[must_use]
    pub fn packs_bare(&self) -> u64 {
        self.count(|state| state == ParityState::Missing)
    }

    /// Sidecars that are damaged.
    #[must_use]
    pub fn sidecars_damaged(&self) -> u64 {
        self.count(|state| state == ParityState::Damaged)
    }

    /// Sidecars whose packs are gone: the next prune removes them.
    #[must_use]
    pub fn sidecars_orphan(&self) -> u64 {
        self.count(|state| state == ParityState::Orphan)
    }

    /// Bytes of all packs.
    #[must_use]
    pub fn bytes_packs(&self) -> u64 {
        self.packs.iter().map(|pack| pack.pack_bytes).sum()
    }

    /// Bytes of all sidecars.
    #[must_use]
    pub fn bytes_parity(&self) -> u64 {
        self.packs.iter().map(|pack| pack.parity_bytes).sum()
    }
}

/// Says which packs have sidecars: all, or those of `packs`.
///
/// Cost: one listing, and a read of a few bytes for each sidecar; a whole sidecar where those are
/// damaged. Damage behind the heads is found by a check that reads the packs.
///
/// # Errors
/// [`Error::NoSuchPack`]; the storage's.
pub fn parity_status(
    repository: &Repository,
    packs: &[PackId],
    run: &Run<'_>,
) -> Result<ParityStatus> {
    let storage = repository.storage();
    let pairs = list_pairs(storage)?;
    if let Some(unknown) = packs.iter().find(|pack| !pairs.contains_key(pack)) {
        return Err(Error::NoSuchPack { pack: *unknown });
    }
    let mut status = ParityStatus { percent: repository.config().parity_percent, packs: vec![] };
    for (pack, pair) in pairs {
        if !packs.is_empty() && !packs.contains(&pack) {
            continue;
        }
        run.cancel.check()?;
        let state = match (pair.pack_bytes, pair.parity_bytes) {
            (_, None) => ParityState::Missing,
            (Some(pack_bytes), Some(bytes)) => sidecar_state(storage, pack, pack_bytes, bytes)?,
            (None, Some(_)) if is_gone(storage, pack)? => ParityState::Orphan,
            // It came while the listing was made.
            (None, Some(_)) => continue,
        };
        let (pack_bytes, parity_bytes) =
            (pair.pack_bytes.unwrap_or(0), pair.parity_bytes.unwrap_or(0));
        Counters::add(&run.counters.bytes_done, pack_bytes);
        status.packs.push(PackParity { pack, pack_bytes, parity_bytes, state });
    }
    Ok(status)
}

/// Looks at the heads of a sidecar that is `bytes` long.
fn sidecar_state(
    storage: &dyn Storage,
    pack: PackId,
    pack_bytes: u64,
    bytes: u64,
) -> Result<ParityState> {
    let name = layout::parity(&pack);
    let mut head = [0; PARITY_HEAD_BYTES];
    let state = |head: &ParityHead| {
        let is_right = head.pack == pack
            && head.pack_bytes == pack_bytes.min(PACK_BYTES_MAX)
            && head.sidecar_bytes() == bytes;
        let (data_shards, recovery_shards) = (head.data_shards(), head.recovery_shards);
        is_right.then_some(ParityState::Covered { data_shards, recovery_shards })
    };
    match storage.read_at(&name, 0, &mut head) {
        Ok(()) => {}
        Err(StorageError::NotFound { .. }) => return Ok(ParityState::Missing),
        Err(_) => return Ok(ParityState::Damaged),
    }
    if let Some(state) = ParityHead::decode(&head).ok().as_ref().and_then(state) {
        return Ok(state);
    }
    // A cut sidecar, or one of a damaged pack; either may still do what it is there for.
    match read_sidecar(storage, pack) {
        Ok(Some(sidecar)) if sidecar.is_sound() => {
            let head = sidecar.head();
            let (data_shards, recovery_shards) = (head.data_shards(), head.recovery_shards);
            Ok(ParityState::Covered { data_shards, recovery_shards })
        }
        Ok(Some(_)) => Ok(ParityState::Damaged),
        Ok(None) => Ok(ParityState::Missing),
        Err(Error::Store(error)) if error.kind() == gleaner_store::ErrorKind::Corrupt => {
            Ok(ParityState::Damaged)
        }
        Err(error) => Err(error),
    }
}
