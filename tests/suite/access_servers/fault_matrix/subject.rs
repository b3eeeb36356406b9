//! What a fault is done to, and what was told of it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gleaner_access::{
    AccessSource, Cursor, Error, Event, ObjectKey, ObjectMeta, Reason, conformance::read_reader,
};
use gleaner_tests::servers::wait_until;

/// What is right after a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// The object is not served, and counted under one of these reasons.
    Refused(&'static [Reason]),
    /// It is served as its server has it now, in another generation.
    AsItIsNow,
    /// It is told to be gone.
    Gone,
}

/// What is true of a store.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Habits {
    /// Objects lie in one file, which a fault of one may make unreadable.
    pub(super) shares_a_file: bool,
    /// One that is being written is to be seen where it will be when it is whole, and is counted.
    pub(super) is_seen_growing: bool,
    /// What changes nothing of the bytes changes the generation.
    pub(super) tells_revalidation: bool,
}

/// A store with its server and its reader. Objects have numbers, and editions with other bytes.
pub(super) trait Subject {
    fn source(&self) -> &dyn AccessSource;

    fn told(&self) -> &Told;

    fn habits(&self) -> Habits {
        Habits::default()
    }

    fn is(&self, meta: &ObjectMeta, number: u32) -> bool;

    /// A body as it is stored, as subscribers have it.
    fn as_given(&self, stored: Vec<u8>) -> Vec<u8> {
        stored
    }

    /// What the server gives its subscriber.
    fn given(&self, number: u32) -> Vec<u8>;

    /// Stores an object through the server.
    fn put(&self, number: u32, edition: u32);

    /// Begins to store one, lets `meanwhile` see it, and ends.
    fn put_slowly(&self, number: u32, meanwhile: &dyn Fn());

    /// Removes one through the server.
    fn remove(&self, number: u32);

    /// Puts another edition in its place, through the server.
    fn replace(&self, number: u32, edition: u32);

    /// Does what a server does to an object that is found to be still good, or only looked at.
    fn revalidate(&self, number: u32);

    /// Cuts what is stored, behind the server's back.
    fn truncate(&self, number: u32) -> Answer;

    /// Spoils what tells the reader where and what the object is.
    fn break_header(&self, _number: u32) -> Answer {
        panic!("the table has no such cell")
    }

    /// Lets it be of a version that the reader does not know.
    fn make_foreign(&self, _number: u32) -> Answer {
        panic!("the table has no such cell")
    }

    /// Writes the list of numbers anew, with this first line.
    fn write_uidlist(&self, _first_line: &str) {
        panic!("the table has no such cell")
    }
}

/// What a source told so far.
#[derive(Default, Debug)]
pub(super) struct Told {
    objects: RefCell<BTreeMap<ObjectKey, ObjectMeta>>,
    cursor: RefCell<Option<Cursor>>,
}

impl Told {
    /// Takes what changed.
    pub(super) fn go_on(&self, source: &dyn AccessSource) {
        let since = self.cursor.borrow_mut().take();
        let mut objects = self.objects.borrow_mut();
        for event in source.scan(since.as_ref()).unwrap() {
            match event.unwrap() {
                Event::Upsert(meta) => drop(objects.insert(meta.key.clone(), *meta)),
                Event::Gone(key) => drop(objects.remove(&key)),
                Event::Epoch(_) => objects.clear(),
                Event::Cursor(cursor) => *self.cursor.borrow_mut() = Some(cursor),
                Event::Skipped(_) | Event::Unseen(_) => {}
            }
        }
    }
}

/// The object, if it is told by now.
pub(super) fn find(subject: &dyn Subject, number: u32) -> Option<ObjectMeta> {
    subject.told().go_on(subject.source());
    let objects = subject.told().objects.borrow();
    let mut found = objects.values().filter(|meta| subject.is(meta, number));
    let first = found.next().cloned();
    assert!(found.next().is_none(), "an object is told once");
    first
}

/// The object, if a listing of everything tells it: that looks at files again of which nobody said
/// that they changed.
pub(super) fn find_anew(subject: &dyn Subject, number: u32) -> Option<ObjectMeta> {
    subject.told().objects.borrow_mut().clear();
    subject.told().cursor.borrow_mut().take();
    find(subject, number)
}

/// Waits until the object is told.
pub(super) fn wait_for(subject: &dyn Subject, number: u32) -> ObjectMeta {
    let mut found = None;
    wait_until(&format!("object {number} is told"), || {
        found = find(subject, number);
        found.is_some()
    });
    found.unwrap()
}

/// What the reader serves for an object that was told.
pub(super) fn read(subject: &dyn Subject, meta: &ObjectMeta) -> Result<Vec<u8>, Error> {
    let reader = subject.source().open(&meta.key, &meta.generation)?;
    read_reader(&*reader).map(|stored| subject.as_given(stored))
}

/// How many objects were left out for that reason.
pub(super) fn skipped(subject: &dyn Subject, reason: Reason) -> u64 {
    let counts = subject.source().counters().counts();
    counts.skipped.iter().filter(|(found, _)| *found == reason).map(|(_, count)| count).sum()
}
