//! What a check is asked for.

use std::num::NonZeroU64;
use std::time::Duration;

use gleaner_store::SnapshotId;

/// Which packs are read as a whole, beside the structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataRead {
    /// None.
    Nothing,
    /// All.
    All,
    /// Those whose id falls into part `number` of `of`, counted from 1: the parts have no pack in
    /// common, and together all.
    Part {
        /// Number of the part, at least 1.
        number: u32,
        /// Number of parts.
        of: u32,
    },
    /// That many millionths of the packs, drawn at random; at least one pack.
    Share {
        /// At most 1,000,000.
        millionths: u32,
    },
    /// As many packs as fit into so many bytes, least recently verified first; at least one.
    Bytes(u64),
}

/// What to verify, and when to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// Packs whose blocks are opened and whose chunk ids are computed again.
    pub data: DataRead,
    /// Packs that were verified less long ago are not read again.
    pub max_age: Option<Duration>,
    /// Only what these snapshots need; empty for all that is there.
    pub snapshots: Vec<SnapshotId>,
    /// Stop at the next safe point after so long, between two snapshots or two packs. In any case
    /// all directories are read, and one snapshot and one pack are looked at, so that runs which
    /// stop early get round.
    pub max_duration: Option<Duration>,
    /// Stop at the next safe point after so many findings of severity error; as `max_duration`.
    pub max_errors: Option<NonZeroU64>,
}

impl CheckOptions {
    /// The structure, without limits.
    #[must_use]
    pub const fn structure() -> Self {
        Self {
            data: DataRead::Nothing,
            max_age: None,
            snapshots: Vec::new(),
            max_duration: None,
            max_errors: None,
        }
    }

    /// Structure and every byte of every pack, without limits.
    #[must_use]
    pub fn read_data() -> Self {
        Self { data: DataRead::All, ..Self::structure() }
    }
}
