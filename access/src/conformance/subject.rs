//! A source under test, how its server fills it, and what its events build up.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::clock::Clock;
use crate::error::Error;
use crate::object::{Generation, ObjectKey, ObjectMeta};
use crate::source::{AccessSource, Cursor, Event, ObjectReader, Skipped};

/// A source under test, with the means to do to it what its server would do.
pub trait SourceSubject: Sync + Debug {
    /// The source.
    fn source(&self) -> &dyn AccessSource;

    /// The clock that the source has.
    fn clock(&self) -> &dyn Clock;

    /// Stores an object under a name, or replaces the one that is there, as the server does it; it
    /// is complete when this returns.
    fn put(&self, name: &str, body: &[u8]);

    /// Removes an object, as an eviction does.
    fn remove(&self, name: &str);

    /// The key under which the object of a name is listed.
    fn key(&self, name: &str) -> ObjectKey;

    /// Does what makes a source believe that what was put is complete, where it takes time.
    fn settle(&self);

    /// Puts beside the objects what a source must pass over: links, pipes, files without content
    /// or permission, files of other versions and with broken headers.
    fn put_hostile_neighbours(&self) {}

    /// Begins to store an object and stops after a part of its body. False if the server never
    /// shows such a state.
    fn put_in_part(&self, _name: &str, _body: &[u8], _bytes: usize) -> bool {
        false
    }

    /// Cuts a stored object's body to some bytes behind the server's back. False if it cannot be.
    fn truncate(&self, _name: &str, _bytes: usize) -> bool {
        false
    }
}

/// A body of some bytes that no other seed gives.
#[must_use]
pub fn body(seed: u64, bytes: usize) -> Vec<u8> {
    let mut body = vec![0; bytes];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.finalize_xof().fill(&mut body);
    body
}

/// What a listing or a feed told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The objects, after all events were applied.
    pub objects: BTreeMap<ObjectKey, ObjectMeta>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// How many objects were told, again or for the first time.
    pub upserts: usize,
    /// How many were told to be gone.
    pub gone: usize,
    /// The last cursor.
    pub cursor: Option<Cursor>,
}

impl Told {
    /// Applies one event.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Upsert(meta) => {
                self.upserts += 1;
                self.objects.insert(meta.key.clone(), *meta);
            }
            Event::Gone(key) => {
                self.gone += 1;
                self.objects.remove(&key);
            }
            // What is not told again is gone: for these small sources all is told at once.
            Event::Epoch(_) => self.objects.clear(),
            Event::Cursor(cursor) => self.cursor = Some(cursor),
            Event::Skipped(skipped) => self.skipped.push(skipped),
            Event::Unseen(_) => {}
        }
    }

    /// The generation of an object.
    #[must_use]
    pub fn generation(&self, key: &ObjectKey) -> Generation {
        let meta = self.objects.get(key);
        meta.unwrap_or_else(|| panic!("{key:?} is listed: {:?}", self.skipped)).generation
    }
}

/// Lists a source.
#[must_use]
pub fn told_by_scan(subject: &dyn SourceSubject, since: Option<&Cursor>) -> Told {
    let mut told = Told::default();
    for event in subject.source().scan(since).expect("the source can be listed") {
        told.apply(event.expect("the listing ends well"));
    }
    assert!(told.cursor.is_some(), "a listing ends with a cursor");
    told
}

/// Reads an open object whole.
///
/// # Errors
///
/// What reading gives; [`Error::Changed`] if it is not the same afterwards.
pub fn read_reader(reader: &dyn ObjectReader) -> Result<Vec<u8>, Error> {
    let body = reader.body();
    let mut bytes = vec![0; usize::try_from(body.len()).expect("test bodies are small")];
    body.read_exact_at(0, &mut bytes)?;
    if reader.still_same()? { Ok(bytes) } else { Err(Error::Changed) }
}

/// Reads an object whole.
///
/// # Errors
///
/// What opening and reading give.
pub fn read_object(
    subject: &dyn SourceSubject,
    key: &ObjectKey,
    generation: &Generation,
) -> Result<Vec<u8>, Error> {
    read_reader(&*subject.source().open(key, generation)?)
}
