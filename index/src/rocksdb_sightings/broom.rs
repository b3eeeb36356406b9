//! Drops dead rows while RocksDB compacts. A broom, never what makes an answer right: lookups
//! compare stamps themselves.
//!
//! Each run has the ranges as they were when it began. Older ranges only keep more: epochs and
//! positions never fall, and an epoch that a copy does not know yet is kept.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use rocksdb::CompactionDecision;
use rocksdb::compaction_filter::CompactionFilter;
use rocksdb::compaction_filter_factory::{CompactionFilterContext, CompactionFilterFactory};

use super::key::{read_object_source, read_sighting_key};
use super::value::read_stamp;
use crate::sighting::{SourceId, Stamp};
use crate::source_state::LiveRange;

/// What of each source is live.
#[derive(Debug, Clone, Default)]
pub(super) struct LiveRanges {
    pub(super) by_source: BTreeMap<SourceId, LiveRange>,
    /// Rows of sources that are not there are dead up to this epoch.
    pub(super) epoch_floor: u32,
}

impl LiveRanges {
    fn is_past(&self, source: SourceId, stamp: Stamp) -> bool {
        match self.by_source.get(&source) {
            Some(range) => range.is_past(stamp),
            None => stamp.epoch <= self.epoch_floor,
        }
    }
}

/// The ranges of which the next run will take a copy.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedRanges(Arc<RwLock<LiveRanges>>);

impl SharedRanges {
    pub(super) fn set(&self, source: SourceId, range: LiveRange) {
        self.write().by_source.insert(source, range);
    }

    /// Without the source, and with all its rows dead.
    pub(super) fn remove(&self, source: SourceId, epoch_floor: u32) {
        let mut ranges = self.write();
        ranges.epoch_floor = epoch_floor;
        ranges.by_source.remove(&source);
    }

    /// All at once.
    pub(super) fn fill(&self, ranges: LiveRanges) {
        *self.write() = ranges;
    }

    fn copy(&self) -> LiveRanges {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    // Half of a change leaves a floor that is right and a source that is not there any more.
    fn write(&self) -> RwLockWriteGuard<'_, LiveRanges> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which keys a broom meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swept {
    Sightings,
    Objects,
}

impl Swept {
    fn source(self, key: &[u8]) -> Option<SourceId> {
        match self {
            Self::Sightings => read_sighting_key(key).map(|(_, source)| source),
            Self::Objects => read_object_source(key),
        }
    }
}

pub(super) struct BroomFactory {
    pub(super) ranges: SharedRanges,
    pub(super) swept: Swept,
}

impl CompactionFilterFactory for BroomFactory {
    type Filter = Broom;

    fn create(&mut self, _context: CompactionFilterContext) -> Broom {
        Broom { ranges: self.ranges.copy(), swept: self.swept }
    }

    fn name(&self) -> &CStr {
        c"gleaner-dead-sightings"
    }
}

/// The filter of one run.
pub(super) struct Broom {
    ranges: LiveRanges,
    swept: Swept,
}

impl CompactionFilter for Broom {
    fn filter(&mut self, _level: u32, key: &[u8], value: &[u8]) -> CompactionDecision {
        // A row that cannot be read is kept: opening and lookups report it.
        let (Some(source), Some(stamp)) = (self.swept.source(key), read_stamp(value)) else {
            return CompactionDecision::Keep;
        };
        if self.ranges.is_past(source, stamp) {
            CompactionDecision::Remove
        } else {
            CompactionDecision::Keep
        }
    }

    fn name(&self) -> &CStr {
        c"gleaner-dead-sightings"
    }
}
