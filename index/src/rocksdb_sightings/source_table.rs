//! The sources in memory: their states and filters, and which rows a lookup needs.

use std::collections::BTreeMap;
use std::time::Duration;

use super::broom::LiveRanges;
use super::generation_filters::GenerationFilters;
use super::key::{SightingKey, sighting_key};
use crate::sighting::{IdPrefix, SourceId};
use crate::sighting_feed::SourceKind;
use crate::source_state::{LiveRange, SourceState};

#[derive(Debug, Default)]
pub(super) struct SourceTable {
    pub(super) sources: BTreeMap<SourceId, Source>,
    pub(super) epoch_floor: u32,
}

#[derive(Debug)]
pub(super) struct Source {
    pub(super) state: SourceState,
    pub(super) filters: GenerationFilters,
}

/// A source that a lookup asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) source: SourceId,
    pub(super) kind: SourceKind,
    pub(super) range: LiveRange,
    cost: u32,
}

/// A row that may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) key: SightingKey,
    /// Place of the id in the question.
    pub(super) position: usize,
    /// Place of the source among those asked.
    pub(super) rank: usize,
}

impl SourceTable {
    pub(super) fn state(&self, source: SourceId) -> Option<&SourceState> {
        self.sources.get(&source).map(|source| &source.state)
    }

    /// The sources to be asked, the cheapest first.
    pub(super) fn asked(&self, now: Duration) -> Vec<Asked> {
        let asked = self.sources.iter().filter(|(_, source)| source.state.is_asked(now));
        let mut asked: Vec<_> = asked
            .map(|(source, Source { state, .. })| Asked {
                source: *source,
                kind: state.kind,
                range: state.live_range(),
                cost: state.cost,
            })
            .collect();
        asked.sort_by_key(|asked| (asked.cost, asked.source));
        asked
    }

    /// The rows that filters do not rule out, in order of their keys.
    pub(super) fn candidates(&self, prefixes: &[IdPrefix], asked: &[Asked]) -> Vec<Candidate> {
        let (mut held, mut scratch) = (vec![false; prefixes.len()], vec![false; prefixes.len()]);
        let mut candidates = Vec::new();
        for (rank, Asked { source, .. }) in asked.iter().enumerate() {
            let Some(Source { filters, .. }) = self.sources.get(source) else { continue };
            filters.may_hold_batch(prefixes, &mut held, &mut scratch);
            for (position, (prefix, _)) in
                prefixes.iter().zip(&held).enumerate().filter(|(_, (_, held))| **held)
            {
                let key = sighting_key(prefix, *source);
                candidates.push(Candidate { key, position, rank });
            }
        }
        candidates.sort_unstable();
        candidates
    }

    pub(super) fn ranges(&self) -> LiveRanges {
        let range = |(id, source): (&SourceId, &Source)| (*id, source.state.live_range());
        let by_source = self.sources.iter().map(range).collect();
        LiveRanges { by_source, epoch_floor: self.epoch_floor }
    }

    pub(super) fn filter_bytes(&self) -> u64 {
        self.sources.values().map(|source| source.filters.memory_bytes()).sum()
    }
}
