//! Which of the saved chunks are in the lists of which agents, and by which recipes.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use anyhow::{Result, ensure};
use gleaner_access::{Generation, ObjectNumber, Recipe, Step};
use gleaner_chunker::ChunkId;

use crate::saved::SavedFile;
use crate::sources::Source;

/// A source, by its place in the list, and a kind of recipe by its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Way {
    pub(crate) source: usize,
    pub(crate) kind: usize,
}

/// One representation of an object.
#[derive(Debug)]
pub(crate) struct Representation {
    pub(crate) object: ObjectNumber,
    pub(crate) generation: Generation,
    pub(crate) recipe: Recipe,
}

/// Where an agent says that a chunk is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) way: Way,
    pub(crate) representation: Rc<Representation>,
    pub(crate) offset: u64,
    pub(crate) length: u32,
}

/// A chunk of what was saved.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) bytes: u32,
    /// The first file that has it, by its place.
    pub(crate) file: usize,
    /// At most one for each way.
    pub(crate) places: Vec<Place>,
}

/// What one agent lists.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Listed {
    pub(crate) objects: usize,
    pub(crate) bytes: u64,
    pub(crate) chunks: u64,
    pub(crate) failed: u64,
}

/// The saved chunks and where they are.
#[derive(Debug)]
pub(crate) struct Coverage {
    pub(crate) wanted: HashMap<ChunkId, Wanted>,
    /// The kinds of recipes.
    pub(crate) kinds: Vec<String>,
    /// In the order of the sources.
    pub(crate) listed: Vec<Listed>,
}

impl Coverage {
    /// Looks all saved chunks up in what the agents tell the subscriber.
    pub(crate) fn measure(files: &[SavedFile], sources: &[Source]) -> Result<Self> {
        let mut wanted: HashMap<ChunkId, Wanted> = HashMap::new();
        for (place, file) in files.iter().enumerate() {
            for &(id, bytes) in &file.chunks {
                wanted.entry(id).or_insert(Wanted { bytes, file: place, places: Vec::new() });
            }
        }
        let mut coverage = Self { wanted, kinds: Vec::new(), listed: Vec::new() };
        let mut kinds = BTreeMap::new();
        for (place, source) in sources.iter().enumerate() {
            coverage.look_up(place, source, &mut kinds)?;
        }
        coverage.number_kinds(kinds);
        Ok(coverage)
    }

    /// Numbers the kinds in the order of their names: agents list in the order of the disk.
    fn number_kinds(&mut self, kinds: BTreeMap<String, usize>) {
        let new: HashMap<usize, usize> =
            kinds.values().enumerate().map(|(new, &old)| (old, new)).collect();
        for place in self.wanted.values_mut().flat_map(|wanted| &mut wanted.places) {
            place.way.kind = new.get(&place.way.kind).copied().unwrap_or(place.way.kind);
        }
        self.kinds = kinds.into_keys().collect();
    }

    fn look_up(
        &mut self,
        number: usize,
        source: &Source,
        kinds: &mut BTreeMap<String, usize>,
    ) -> Result<()> {
        let mut listed = Listed { objects: source.agent.objects(), ..Listed::default() };
        let mut rows = 0;
        let to_strangers = source.told(&mut |seen, row| {
            rows += 1;
            let representations: Vec<_> = row
                .representations
                .iter()
                .map(|it| {
                    let next = kinds.len();
                    let kind = *kinds.entry(kind_of(&it.recipe)).or_insert(next);
                    let representation = Representation {
                        object: seen.object,
                        generation: row.generation,
                        recipe: it.recipe.clone(),
                    };
                    (Way { source: number, kind }, Rc::new(representation))
                })
                .collect();
            for chunk in &seen.chunks {
                listed.chunks += 1;
                listed.bytes += u64::from(chunk.length);
                let Some(wanted) = self.wanted.get_mut(&chunk.chunk) else { continue };
                let found = representations.get(usize::from(chunk.representation));
                let Some((way, representation)) = found else { continue };
                if wanted.places.iter().all(|place| place.way != *way) {
                    let representation = Rc::clone(representation);
                    let (offset, length) = (chunk.offset, chunk.length);
                    wanted.places.push(Place { way: *way, representation, offset, length });
                }
            }
        })?;
        let is_right = if source.is_public() { to_strangers == rows } else { to_strangers == 0 };
        ensure!(is_right, "{}: a stranger learns of {to_strangers} rows", source.name);
        listed.failed = source.agent.counts().representations_failed;
        self.listed.push(listed);
        Ok(())
    }
}

/// A recipe without its numbers.
fn kind_of(recipe: &Recipe) -> String {
    let name = |step: &Step| match step {
        Step::TarMember(_) => "tar member".to_owned(),
        Step::ZipMember(_) => "zip member".to_owned(),
        Step::ArMember(_) => "ar member".to_owned(),
        Step::Mime { encoding, .. } => format!("mime part, {encoding:?}"),
        other => other.to_string(),
    };
    match recipe.steps() {
        [] => "identity".to_owned(),
        steps => steps.iter().map(name).collect::<Vec<_>>().join(" / "),
    }
}
