//! The chunk lists of one object: all its representations in one pass.

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

use super::feed::SeenChunk;
use super::object_book::NewPart;
use super::object_chunks::{ChunkLister, ObjectChunks};
use super::object_row::{ObjectRow, REPRESENTATIONS_MAX, RowRepresentation};
use crate::clock::Clock;
use crate::error::{Error, Reason};
use crate::limits::Limits;
use crate::object::{Generation, Partial};
use crate::recipe::{Extent, Hints, Recipe, walk};
use crate::scopes::scope_ledger::ScopedObject;
use crate::source::ObjectReader;

/// Representations below this are told of by their hash alone: what finding them saves is less than
/// what telling of them costs.
pub const PUBLISHED_BYTES_MIN: u64 = 512;

/// Representations of one object; more are left out.
const LISTS_MAX: usize = 1 << 16;

/// What became of one object.
#[derive(Debug, Default)]
pub(super) struct Populated {
    /// Its representations, the body as it is stored first.
    pub(super) lists: Vec<ObjectChunks>,
    /// Digests of recipes that are not to be tried again on this generation.
    pub(super) bad: Vec<[u8; 16]>,
    /// Representations that could not be read, and why.
    pub(super) faults: Vec<Reason>,
}

/// Names a recipe, or the walk over all of them, on a generation.
pub(super) fn digest_of(generation: &Generation, recipe: Option<&Recipe>) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("gleaner access 2026 not to be tried again");
    hasher.update(generation.as_bytes());
    if let Some(recipe) = recipe {
        hasher.update(&recipe.encode());
    }
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    digest
}

/// What a populating agent works with.
#[derive(Debug)]
pub(super) struct Populator<'a> {
    pub(super) lister: &'a mut ChunkLister,
    pub(super) limits: &'a Limits,
    pub(super) clock: &'a dyn Clock,
}

impl Populator<'_> {
    /// Reads all representations that are not bad.
    ///
    /// # Errors
    ///
    /// What concerns the object as a whole: it went, changed, is busy, cannot be read, or its body
    /// exceeds a cap. Errors of single representations are in the result.
    pub(super) fn read(
        &mut self,
        reader: &dyn ObjectReader,
        is_bad: &dyn Fn(&[u8; 16]) -> bool,
    ) -> Result<Populated, Error> {
        let meta = reader.meta();
        let body = reader.body();
        let mut pass = Pass {
            lister: self.lister,
            reader,
            is_bad,
            found: Populated::default(),
            wholes: HashSet::new(),
            chunks_left: self.limits.chunks,
            failure: None,
        };
        if let Some(partial) = &meta.partial {
            pass.read_runs(partial)?;
        } else {
            let walked = digest_of(&meta.generation, None);
            let identity_only = is_bad(&walked);
            let result =
                walk(&*body, Hints::of(meta), (self.limits, self.clock), &mut |offer, it| {
                    if identity_only && !offer.recipe.is_identity() {
                        return ControlFlow::Break(());
                    }
                    pass.visit(&offer.recipe, it)
                });
            pass.end_walk(result, walked)?;
        }
        let found = pass.found;
        if reader.still_same()? { Ok(found) } else { Err(Error::Changed) }
    }
}

struct Pass<'a> {
    lister: &'a mut ChunkLister,
    reader: &'a dyn ObjectReader,
    is_bad: &'a dyn Fn(&[u8; 16]) -> bool,
    found: Populated,
    /// Hashes of what was listed: another recipe for the same bytes tells nothing new.
    wholes: HashSet<[u8; 32]>,
    chunks_left: usize,
    failure: Option<Error>,
}

impl Pass<'_> {
    /// Each run of a part of a whole is a slice of the body.
    fn read_runs(&mut self, partial: &Partial) -> Result<(), Error> {
        let body = self.reader.body();
        for run in &partial.runs {
            let extent = Extent { offset: run.body_offset, len: run.len };
            let recipe = Recipe::identity().then(crate::recipe::Step::Identity(extent))?;
            let slice = crate::body::Slice::new(&*body, run.body_offset, run.len);
            let slice = slice.ok_or(Error::Corrupt("a run beyond the body"))?;
            let bytes = &mut BodyBytes { body: slice, offset: 0 };
            let list = self.lister.list(bytes, self.chunks_left)?;
            self.add(&recipe, list.within(run, partial.total));
        }
        Ok(())
    }

    fn visit(&mut self, recipe: &Recipe, bytes: Result<&mut dyn Read, Error>) -> ControlFlow<()> {
        let digest = digest_of(&self.reader.meta().generation, Some(recipe));
        if !recipe.is_identity() && (self.is_bad)(&digest) {
            return ControlFlow::Continue(());
        }
        let is_full = self.chunks_left == 0 || self.found.lists.len() >= LISTS_MAX;
        if is_full {
            self.found.faults.push(Reason::Limit);
            return ControlFlow::Break(());
        }
        match bytes.and_then(|bytes| self.lister.list(bytes, self.chunks_left)) {
            Ok(list) => self.add(recipe, list),
            Err(error) if recipe.is_identity() || concerns_object(&error) => {
                self.failure = Some(error);
                return ControlFlow::Break(());
            }
            Err(error) => self.fault(&error, digest),
        }
        ControlFlow::Continue(())
    }

    fn add(&mut self, recipe: &Recipe, list: super::object_chunks::ChunkList) {
        if !self.wholes.insert(list.whole) {
            return;
        }
        self.chunks_left = self.chunks_left.saturating_sub(list.chunks.len());
        let meta = self.reader.meta();
        self.found.lists.push(ObjectChunks {
            generation: meta.generation,
            recipe: recipe.clone(),
            whole: list.whole,
            len: list.len,
            chunks: list.chunks,
        });
    }

    fn fault(&mut self, error: &Error, digest: [u8; 16]) {
        self.found.faults.push(error.reason());
        if matches!(error, Error::Limit(_)) {
            self.found.bad.push(digest);
        }
    }

    fn end_walk(&mut self, result: Result<(), Error>, walked: [u8; 16]) -> Result<(), Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        match result {
            Ok(()) => Ok(()),
            // Without the body itself there is nothing to tell.
            Err(error) if concerns_object(&error) || self.found.lists.is_empty() => Err(error),
            Err(error) => {
                self.fault(&error, walked);
                Ok(())
            }
        }
    }
}

/// Whether an error is one of the object, not of one representation.
fn concerns_object(error: &Error) -> bool {
    !matches!(
        error.reason(),
        Reason::Limit | Reason::Corrupt | Reason::Unsupported | Reason::Incapable
    )
}

/// The bytes of a body from a place on.
struct BodyBytes<B> {
    body: B,
    offset: u64,
}

impl<B: crate::body::Body> Read for BodyBytes<B> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.body.read_at(self.offset, buffer).map_err(Error::into_io)?;
        self.offset = self.offset.saturating_add(read as u64);
        Ok(read)
    }
}

/// Rows and chunks of an object, as many representations to a row as fit.
///
/// Representations other than the first are left out if they are too short to be told of, or if
/// their recipe fits no row.
pub(super) fn parts_of(
    generation: Generation,
    scoped: ScopedObject,
    lists: &[ObjectChunks],
) -> Result<Vec<NewPart>, Error> {
    let empty = ObjectRow { generation, scoped, representations: Vec::new() };
    let mut parts = Vec::new();
    let mut row = empty.clone();
    let mut encoded = row.encode()?;
    let mut chunks = Vec::new();
    for (place, list) in lists.iter().enumerate() {
        let is_told = list.len >= PUBLISHED_BYTES_MIN;
        if place > 0 && !is_told {
            continue;
        }
        let (recipe, whole, len) = (list.recipe.clone(), list.whole, list.len);
        let representation = RowRepresentation { recipe, whole, len };
        let mut longer = row.clone();
        longer.representations.push(representation.clone());
        let mut longer_encoded = longer.encode();
        if longer_encoded.is_err() || longer.representations.len() > REPRESENTATIONS_MAX {
            let mut alone = empty.clone();
            alone.representations.push(representation);
            let Ok(alone_encoded) = alone.encode() else { continue };
            if !row.representations.is_empty() {
                parts.push(NewPart { row: encoded, chunks: std::mem::take(&mut chunks) });
            }
            (longer, longer_encoded) = (alone, Ok(alone_encoded));
        }
        (row, encoded) = (longer, longer_encoded?);
        let number = row.representations.len().saturating_sub(1);
        let representation = u8::try_from(number).map_err(|_| Error::Corrupt("a row"))?;
        if is_told {
            chunks.extend(list.chunks.iter().map(|chunk| SeenChunk {
                chunk: chunk.id,
                representation,
                offset: chunk.offset,
                length: chunk.length,
            }));
        }
    }
    parts.push(NewPart { row: encoded, chunks });
    Ok(parts)
}
