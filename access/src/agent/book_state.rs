//! The state that the records of a journal lead to.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::book_record::{PutRecord, Record, RootRecord, StartRecord};
use super::feed::ObjectNumber;
use super::journal::RecordPlace;
use crate::error::Error;
use crate::object::{Generation, ObjectKey};
use crate::scopes::scope_ledger::ScopedObject;

/// Removals that can still be told one by one; who missed more gets a snapshot.
const ENDED_MAX: usize = 100_000;

/// What is not tried again, 16 bytes each; the oldest is tried again when there are more.
const BAD_MAX: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Known {
    pub(super) generation: Generation,
    pub(super) scoped: ScopedObject,
    pub(super) numbers: Vec<ObjectNumber>,
    pub(super) place: RecordPlace,
    pub(super) first_seq: u64,
    pub(super) chunks: u32,
    /// In which pass over the source it was seen last.
    pub(super) pass: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Added(ObjectNumber),
    Ended(ObjectNumber),
}

/// Everything but the journal itself.
#[derive(Debug)]
pub(super) struct BookState {
    pub(super) start: StartRecord,
    pub(super) known: HashMap<Arc<ObjectKey>, Known>,
    pub(super) keys: BTreeMap<ObjectNumber, Arc<ObjectKey>>,
    pub(super) positions: BTreeMap<u64, Position>,
    ended: VecDeque<u64>,
    bad: HashSet<[u8; 16]>,
    bad_order: VecDeque<[u8; 16]>,
    /// Bytes of the records of objects that are there.
    pub(super) live_bytes: u64,
    pub(super) pass: u32,
    /// Objects that were known when the pass began.
    pub(super) known_before: u64,
    /// Those among them that the pass told again, as far as they were known when the root was
    /// believed last.
    pub(super) told_again: u64,
    pub(super) root: Option<RootRecord>,
}

impl BookState {
    pub(super) fn new(start: StartRecord) -> Self {
        Self {
            start,
            known: HashMap::new(),
            keys: BTreeMap::new(),
            positions: BTreeMap::new(),
            ended: VecDeque::new(),
            bad: HashSet::new(),
            bad_order: VecDeque::new(),
            live_bytes: 0,
            pass: 0,
            known_before: 0,
            told_again: 0,
            root: None,
        }
    }

    pub(super) fn is_bad(&self, digest: &[u8; 16]) -> bool {
        self.bad.contains(digest)
    }

    pub(super) fn bad(&self) -> impl Iterator<Item = [u8; 16]> {
        self.bad_order.iter().copied()
    }

    /// Takes a record that was read at, or written to, a place. The first is the start.
    pub(super) fn apply(&mut self, record: &Record, place: RecordPlace) -> Result<(), Error> {
        match record {
            Record::Start(start) if start.source == self.start.source => self.start = *start,
            Record::Start(_) => return Err(Error::Unsupported("the journal of another source")),
            Record::Put(put) => self.apply_put(put, place),
            Record::Remove { first_seq, key, numbers } => {
                self.forget(key);
                self.end_numbers(*first_seq, numbers);
            }
            Record::Ended { seq, number } => self.end_numbers(*seq, &[*number]),
            Record::Epoch(epoch) => self.start.epoch = *epoch,
            Record::Bad(digest) => self.apply_bad(*digest),
            Record::Root(root) => self.root = Some(*root),
        }
        Ok(())
    }

    pub(super) fn begin_pass(&mut self) {
        self.pass = self.pass.wrapping_add(1);
        (self.known_before, self.told_again) = (self.known.len() as u64, 0);
    }

    /// An object is told of.
    pub(super) fn see(&mut self, key: &ObjectKey) {
        let Some(known) = self.known.get_mut(key) else { return };
        let was_seen = std::mem::replace(&mut known.pass, self.pass) == self.pass;
        // What was found in a root that was not believed says nothing of the source's.
        let was_believed = self.root.is_none_or(|root| {
            let first = known.numbers.first();
            root.objects == 0 || first.is_some_and(|number| number.get() < root.next_number)
        });
        if !was_seen && was_believed {
            self.told_again = self.told_again.saturating_add(1);
        }
    }

    fn forget(&mut self, key: &ObjectKey) {
        let Some(known) = self.known.remove(key) else { return };
        self.live_bytes = self.live_bytes.saturating_sub(known.place.bytes.into());
        for (seq, number) in (known.first_seq..).zip(&known.numbers) {
            self.positions.remove(&seq);
            self.keys.remove(number);
        }
    }

    fn end_numbers(&mut self, first_seq: u64, numbers: &[ObjectNumber]) {
        for (seq, &number) in (first_seq..).zip(numbers) {
            self.positions.insert(seq, Position::Ended(number));
            self.ended.push_back(seq);
            self.start.last_seq = self.start.last_seq.max(seq);
        }
        while self.ended.len() > ENDED_MAX {
            let Some(seq) = self.ended.pop_front() else { break };
            self.positions.remove(&seq);
            self.start.deltas_from = self.start.deltas_from.max(seq);
        }
    }

    fn apply_put(&mut self, put: &PutRecord, place: RecordPlace) {
        self.see(&put.key);
        self.forget(&put.key);
        let key = Arc::new(put.key.clone());
        let numbers: Vec<ObjectNumber> = put.parts.iter().map(|part| part.number).collect();
        let mut chunks = 0_usize;
        for (seq, part) in (put.first_seq..).zip(&put.parts) {
            self.positions.insert(seq, Position::Added(part.number));
            self.keys.insert(part.number, Arc::clone(&key));
            self.start.last_seq = self.start.last_seq.max(seq);
            let next_number = part.number.get().saturating_add(1);
            self.start.next_number = self.start.next_number.max(next_number);
            chunks = chunks.saturating_add(part.chunks.len());
        }
        let after_parts = put.first_seq.saturating_add(put.parts.len() as u64);
        self.end_numbers(after_parts, &put.ended);
        self.live_bytes = self.live_bytes.saturating_add(place.bytes.into());
        let chunks = u32::try_from(chunks).unwrap_or(u32::MAX);
        let (generation, scoped) = (put.generation, put.scoped);
        let (first_seq, pass) = (put.first_seq, self.pass);
        let known = Known { generation, scoped, numbers, place, first_seq, chunks, pass };
        self.known.insert(key, known);
    }

    fn apply_bad(&mut self, digest: [u8; 16]) {
        if self.bad.insert(digest) {
            self.bad_order.push_back(digest);
        }
        if self.bad.len() > BAD_MAX
            && let Some(oldest) = self.bad_order.pop_front()
        {
            self.bad.remove(&oldest);
        }
    }
}
