//! Finds bytes at access servers, for somebody who has shown that it holds them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use gleaner_access::{ObjectRow, PULL_RANGES_MAX, PullRange, PullRequest, RangeAnswer, Scope};
use gleaner_chunker::ChunkId;
use gleaner_index::{ObjectNumber, Sighting, SourceId};

use super::agents::Agents;
use crate::error::Result;
use crate::wire::{OfferedChunk, PULL_BYTES_MAX, proof_of};

/// How long is looked for what one offer holds; a pull that has begun comes to its end.
const FIND_MAX_NS: u64 = 60_000_000_000;
/// Sources that are tried for a chunk, one after the other.
const TRIES: usize = 3;

/// What was found, by public id.
#[derive(Debug, Default)]
pub(super) struct Found(HashMap<ChunkId, FoundChunk>);

#[derive(Debug)]
pub(super) struct FoundChunk {
    pub(super) bytes: Vec<u8>,
    pub(super) source: u16,
}

impl Found {
    pub(super) fn get(&self, id: &ChunkId) -> Option<&FoundChunk> {
        self.0.get(id)
    }
}

/// What is looked for, and how it is known that somebody holds it.
struct Wanted<'w> {
    chunks: HashMap<ChunkId, &'w OfferedChunk>,
    proof_key: &'w [u8; 32],
}

impl Wanted<'_> {
    /// Whether these bytes are those that the proof for this chunk was made of.
    fn is_held(&self, id: &ChunkId, bytes: &[u8]) -> bool {
        self.chunks.get(id).is_some_and(|offered| {
            offered.bytes as usize == bytes.len()
                && proof_of(self.proof_key, bytes) == offered.proof
        })
    }
}

/// One representation of an object at a source, and what is wanted of it.
struct Pullable {
    request: PullRequest,
    /// Bytes of its ranges.
    bytes: u64,
}

type Places = BTreeMap<(SourceId, ObjectNumber), ObjectRow>;

impl Agents {
    /// Looks for chunks, and pulls those that anybody may have. Each is hashed, and compared with
    /// what its proof is for: a proof that fails is no find.
    ///
    /// Cost: a lookup of all ids, one of all objects that hold them, and the pulls.
    /// A source that does not answer, or not in time, is not asked again; nor is anybody after
    /// [`FIND_MAX_NS`], or once it is over.
    pub(super) fn find(
        &self,
        wanted: &[OfferedChunk],
        proof_key: &[u8; 32],
        is_over: &dyn Fn() -> bool,
    ) -> Found {
        let until_ns = self.now_ns().saturating_add(FIND_MAX_NS);
        let mut silent = BTreeSet::new();
        let mut found = Found::default();
        let chunks = wanted.iter().map(|chunk| (chunk.id, chunk)).collect();
        let wanted = Wanted { chunks, proof_key };
        let candidates = self.candidates(&wanted.chunks).unwrap_or_else(|error| {
            tracing::warn!(%error, "nothing can be looked for nearby");
            Candidates::default()
        });
        for nth in 0..TRIES {
            let missing = candidates.sightings.iter().filter(|(id, _)| !found.0.contains_key(*id));
            let tried: Vec<(ChunkId, Sighting)> =
                missing.filter_map(|(id, all)| Some((*id, *all.get(nth)?))).collect();
            if tried.is_empty() {
                break;
            }
            for (source, pullable) in pullables(&tried, &candidates.places) {
                if is_over() || self.now_ns() > until_ns {
                    return found;
                }
                if !silent.contains(&source)
                    && !self.pull_into(&mut found, source, &pullable.request, &wanted)
                {
                    silent.insert(source);
                }
            }
        }
        found
    }

    /// Pulls ranges of one object; false if the source is not to be asked for others.
    fn pull_into(
        &self,
        found: &mut Found,
        source: u16,
        request: &PullRequest,
        wanted: &Wanted<'_>,
    ) -> bool {
        let pulling = match self.pull(source, request) {
            Ok(pulling) => pulling,
            Err(error) => {
                tracing::debug!(source, %error, "nothing can be pulled");
                return false;
            }
        };
        for (range, answer) in request.ranges.iter().zip(pulling) {
            let RangeAnswer::Ok(bytes) = answer else {
                tracing::debug!(source, ?answer, "a pull ended early");
                return answer != RangeAnswer::Busy;
            };
            if wanted.is_held(&range.chunk, &bytes) {
                found.0.insert(range.chunk, FoundChunk { bytes, source });
            }
        }
        true
    }

    /// Where chunks were seen, as far as anybody may be told of it.
    fn candidates(&self, wanted: &HashMap<ChunkId, &OfferedChunk>) -> Result<Candidates> {
        let ids: Vec<ChunkId> = wanted.keys().copied().collect();
        let now = Duration::from_nanos(self.now_ns());
        let sightings = self.sightings().sightings_batch(&ids, now)?;
        let objects: BTreeSet<(SourceId, ObjectNumber)> =
            sightings.iter().flatten().map(|seen| (seen.source, seen.object)).collect();
        let objects: Vec<_> = objects.into_iter().collect();
        let rows = self.sightings().objects_batch(&objects)?;
        let public = objects.into_iter().zip(rows).filter_map(|(object, row)| {
            let row = ObjectRow::decode(&row?).ok()?;
            // Others are for those to whom a log or an owner's name leads: not yet.
            (row.scoped.scope == Scope::Public).then_some((object, row))
        });
        let places: Places = public.collect();
        let sightings = ids.into_iter().zip(sightings).map(|(id, mut seen)| {
            let bytes = wanted.get(&id).map_or(0, |chunk| chunk.bytes);
            seen.retain(|it| {
                places.contains_key(&(it.source, it.object)) && it.place.length == bytes
            });
            (id, seen)
        });
        let sightings = sightings.collect();
        Ok(Candidates { sightings, places })
    }
}

#[derive(Debug, Default)]
struct Candidates {
    sightings: HashMap<ChunkId, Vec<Sighting>>,
    places: Places,
}

/// Requests for all of these chunks, of as many ranges as a pull may have.
fn pullables(tried: &[(ChunkId, Sighting)], places: &Places) -> Vec<(u16, Pullable)> {
    let mut by_place: BTreeMap<_, Vec<PullRange>> = BTreeMap::new();
    for (chunk, seen) in tried {
        let place = (seen.source, seen.object, seen.place.representation);
        let range =
            PullRange { offset: seen.place.offset, length: seen.place.length, chunk: *chunk };
        by_place.entry(place).or_default().push(range);
    }
    let mut pullables: Vec<(u16, Pullable)> = Vec::new();
    for ((source, object, representation), mut ranges) in by_place {
        let Some(row) = places.get(&(source, object)) else { continue };
        let Some(of) = row.representations.get(usize::from(representation)) else { continue };
        ranges.sort_unstable_by_key(|range| range.offset);
        let request = || PullRequest {
            object: gleaner_access::ObjectNumber::new(object.number()),
            generation: row.generation,
            recipe: of.recipe.clone(),
            ranges: Vec::new(),
        };
        let mut open = Pullable { request: request(), bytes: 0 };
        let mut end = 0;
        for range in ranges {
            // What lies over another is asked for at another place, or not at all.
            if range.offset < end {
                continue;
            }
            end = range.offset.saturating_add(range.length.into());
            let is_full = open.request.ranges.len() == PULL_RANGES_MAX
                || open.bytes + u64::from(range.length) > PULL_BYTES_MAX;
            if is_full {
                let next = Pullable { request: request(), bytes: 0 };
                pullables.push((source.number(), std::mem::replace(&mut open, next)));
            }
            open.bytes += u64::from(range.length);
            open.request.ranges.push(range);
        }
        pullables.push((source.number(), open));
    }
    pullables
}
