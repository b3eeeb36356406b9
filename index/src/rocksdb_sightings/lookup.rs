//! Lookups: filters first, then exactly the rows that may be there.

use std::collections::BTreeMap;
use std::time::Duration;

use gleaner_chunker::ChunkId;

use super::key::{ObjectKey, object_key};
use super::source_table::{Asked, Candidate};
use super::tables::Tables;
use crate::error::Result;
use crate::sighting::{ObjectNumber, Sighting, SourceId, StoredSighting, id_prefix};
use crate::sighting_feed::SourceKind;
use crate::source_state::SourceState;

/// Keys that one multi-get takes: bounds the cache blocks that it holds at a time.
const KEYS_MAX: usize = 1024;

/// A row that passed the tests on its own stamp.
struct Found {
    /// Place of the id in the question, and of the source among those asked.
    place: (usize, usize),
    row: StoredSighting,
    /// The object that has to be there too.
    object: Option<ObjectKey>,
}

impl Tables {
    pub(super) fn sightings_batch(
        &self,
        ids: &[ChunkId],
        now: Duration,
    ) -> Result<Vec<Vec<Sighting>>> {
        let prefixes: Vec<_> = ids.iter().map(id_prefix).collect();
        let (asked, candidates) = {
            let table = self.sources_read();
            let asked = table.asked(now);
            let candidates = table.candidates(&prefixes, &asked);
            (asked, candidates)
        };
        let mut found = Vec::new();
        for candidates in candidates.chunks(KEYS_MAX) {
            let rows = self.database.sighting_rows(candidates.iter().map(|row| &row.key))?;
            let rows = candidates.iter().zip(rows);
            found.extend(rows.filter_map(|(candidate, row)| live_row(&asked, candidate, row?)));
        }
        self.keep_those_with_objects(&mut found)?;
        found.sort_unstable_by_key(|found| found.place);
        let mut answers = vec![Vec::new(); ids.len()];
        for Found { place: (position, rank), row, .. } in found {
            if let (Some(answer), Some(asked)) = (answers.get_mut(position), asked.get(rank)) {
                let (object, place) = (row.object, row.place);
                answer.push(Sighting { source: asked.source, object, place });
            }
        }
        Ok(answers)
    }

    /// Drops the sightings whose object is gone or was added again.
    fn keep_those_with_objects(&self, found: &mut Vec<Found>) -> Result<()> {
        let mut keys: Vec<_> = found.iter().filter_map(|found| found.object).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut stamps = Vec::with_capacity(keys.len());
        for keys in keys.chunks(KEYS_MAX) {
            stamps.extend(self.database.object_rows(keys.iter(), |stamp, _| stamp)?);
        }
        found.retain(|Found { row, object, .. }| {
            let Some(key) = object else { return true };
            let stamp = keys.binary_search(key).ok().and_then(|at| *stamps.get(at)?);
            // An object is never forgotten before its chunks, so its epoch needs no test.
            stamp.is_some_and(|stamp| stamp.seq == row.stamp.seq)
        });
        Ok(())
    }

    pub(super) fn objects_batch(
        &self,
        objects: &[(SourceId, ObjectNumber)],
    ) -> Result<Vec<Option<Vec<u8>>>> {
        // In order of the keys, each once.
        let mut rows = BTreeMap::new();
        for (source, object) in objects {
            rows.insert(object_key(*source, *object), (*source, None));
        }
        let keys: Vec<_> = rows.keys().copied().collect();
        let ranges = {
            let table = self.sources_read();
            let range = |source| table.state(source).map(SourceState::live_range);
            rows.values().map(|(source, _)| range(*source)).collect::<Vec<_>>()
        };
        let mut ranges = ranges.into_iter();
        let mut places = rows.values_mut();
        for keys in keys.chunks(KEYS_MAX) {
            let found =
                self.database.object_rows(keys.iter(), |stamp, bytes| (stamp, bytes.to_vec()))?;
            for ((row, range), (_, place)) in found.into_iter().zip(&mut ranges).zip(&mut places) {
                let row = row.filter(|(stamp, _)| range.is_some_and(|range| range.holds(*stamp)));
                *place = row.map(|(_, bytes)| bytes);
            }
        }
        let bytes = |&(source, object): &_| rows.get(&object_key(source, object))?.1.clone();
        Ok(objects.iter().map(bytes).collect())
    }
}

fn live_row(asked: &[Asked], candidate: &Candidate, row: StoredSighting) -> Option<Found> {
    let Asked { source, kind, range, .. } = asked.get(candidate.rank)?;
    if !range.holds(row.stamp) {
        return None;
    }
    let object = match kind {
        SourceKind::Ring => None,
        SourceKind::Listed => Some(object_key(*source, row.object)),
    };
    Some(Found { place: (candidate.position, candidate.rank), row, object })
}
