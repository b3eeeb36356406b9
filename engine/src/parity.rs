//! Parity sidecars of packs (FORMAT.md section 6.6): written beside new packs, added to packs that
//! exist, and asked when a pack is damaged.
//!
//! A sidecar is derived from its pack, so nothing relies on it: one that is missing, damaged or
//! left over costs a way to heal. No lease is taken to write or remove one: a prune that deletes
//! the pack meanwhile leaves a sidecar behind that the next prune removes.

mod pack_bytes;
mod listing;
mod heal;
mod write;
mod status;
mod add;
mod remove;

pub use add::{ParityAdded, ParityOptions, parity_add};
pub use heal::healed_bytes;
pub use remove::{ParityRemoved, parity_remove};
pub use status::{PackParity, ParityState, ParityStatus, parity_status};

pub(crate) use heal::{Healing, heal};
pub(crate) use listing::{Pair, is_gone, list_pairs, orphans};
pub(crate) use pack_bytes::read_sidecar;
pub(crate) use write::store_sidecar;

/// Recovery shards for each hundred data shards unless somebody says otherwise: 1 MiB of parity
/// lets any 31 of the 1024 shards of a pack of 32 MiB be lost.
pub const PARITY_PERCENT_DEFAULT: u8 = 3;
