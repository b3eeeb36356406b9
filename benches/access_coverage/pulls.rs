//! A sample of what is covered, pulled through the agents: what is listed and not served is not
//! covered.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::Result;
use gleaner_access::{PullRange, PullRequest, RangeAnswer};
use gleaner_benches::Seeded;
use gleaner_chunker::ChunkId;

use crate::coverage::{Coverage, Place, Way};
use crate::saved::SavedFile;
use crate::sources::Source;

/// What became of the chunks that were asked for in one way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pulled {
    pub(crate) listed: u64,
    pub(crate) asked: u64,
    pub(crate) served: u64,
    /// Served, but other bytes than were saved. The agents verify, so that there is no such chunk.
    pub(crate) wrong: u64,
    /// Why others were not served, and how many.
    pub(crate) refused: BTreeMap<String, u64>,
}

/// Pulls up to `count` chunks for each way, drawn at random, and takes the ways that fail out of
/// the coverage.
pub(crate) fn pull(
    coverage: &mut Coverage,
    (files, sources): (&[SavedFile], &[Source]),
    count: usize,
    seeded: &mut Seeded,
) -> Result<BTreeMap<Way, Pulled>> {
    let mut by_way: BTreeMap<Way, Vec<ChunkId>> = BTreeMap::new();
    for (&id, wanted) in &coverage.wanted {
        for place in &wanted.places {
            by_way.entry(place.way).or_default().push(id);
        }
    }
    let mut pulled = BTreeMap::new();
    for (way, mut ids) in by_way {
        ids.sort_unstable();
        let mut result = Pulled { listed: ids.len() as u64, ..Pulled::default() };
        let drawn = count.min(ids.len());
        let drawn: Vec<ChunkId> =
            (0..drawn).map(|_| ids.swap_remove(seeded.below(ids.len()))).collect();
        if let Some(source) = sources.get(way.source) {
            result.pull(way, &drawn, (&mut *coverage, files), source)?;
        }
        pulled.insert(way, result);
    }
    Ok(pulled)
}

impl Pulled {
    /// One request for the chunks of each representation, in the order of their places.
    fn pull(
        &mut self,
        way: Way,
        ids: &[ChunkId],
        (coverage, files): (&mut Coverage, &[SavedFile]),
        source: &Source,
    ) -> Result<()> {
        let mut places: Vec<(ChunkId, Place)> = Vec::new();
        for id in ids {
            let wanted = coverage.wanted.get(id).into_iter();
            let of_way = wanted.flat_map(|wanted| &wanted.places).filter(|it| it.way == way);
            places.extend(of_way.map(|place| (*id, place.clone())));
        }
        let order = |(_, place): &(ChunkId, Place)| {
            let it = &place.representation;
            (it.object, it.recipe.encode(), place.offset)
        };
        places.sort_by_cached_key(order);
        let is_same = |a: &(ChunkId, Place), b: &(ChunkId, Place)| {
            std::rc::Rc::ptr_eq(&a.1.representation, &b.1.representation)
        };
        for group in places.chunk_by(is_same) {
            let Some((_, first)) = group.first() else { continue };
            let answers = ask(source, first, group)?;
            for (place, (id, _)) in group.iter().enumerate() {
                self.asked += 1;
                match answers.get(&place) {
                    Some(RangeAnswer::Ok(bytes)) if is_chunk(coverage, files, *id, bytes)? => {
                        self.served += 1;
                        continue;
                    }
                    Some(RangeAnswer::Ok(_)) => self.wrong += 1,
                    Some(other) => *self.refused.entry(format!("{other:?}")).or_default() += 1,
                    None => *self.refused.entry("no answer".to_owned()).or_default() += 1,
                }
                if let Some(wanted) = coverage.wanted.get_mut(id) {
                    wanted.places.retain(|place| place.way != way);
                }
            }
        }
        Ok(())
    }
}

fn ask(
    source: &Source,
    first: &Place,
    group: &[(ChunkId, Place)],
) -> Result<BTreeMap<usize, RangeAnswer>> {
    let range = |&(chunk, ref place): &(ChunkId, Place)| PullRange {
        offset: place.offset,
        length: place.length,
        chunk,
    };
    let request = PullRequest {
        object: first.representation.object,
        generation: first.representation.generation,
        recipe: first.representation.recipe.clone(),
        ranges: group.iter().map(range).collect(),
    };
    let mut answers = BTreeMap::new();
    source.agent.pull(&request, &mut |place, answer| {
        answers.insert(place, answer);
        ControlFlow::Continue(())
    })?;
    Ok(answers)
}

/// Whether these bytes are the saved chunk: its id, and byte for byte.
fn is_chunk(coverage: &Coverage, files: &[SavedFile], id: ChunkId, bytes: &[u8]) -> Result<bool> {
    let file = coverage.wanted.get(&id).and_then(|wanted| files.get(wanted.file));
    let Some(file) = file else { return Ok(false) };
    Ok(blake3::hash(bytes).as_bytes() == id.as_bytes() && file.read_chunk(id)? == bytes)
}
