//! What an agent knows of its source: objects with their numbers and chunk lists, and the order in
//! which they came and went. Feed and cursor are one thing with it.
//!
//! Rows and chunk lists lie in the journal; memory holds about 200 bytes and the key of an object,
//! and 40 bytes for each of the last removals. Nothing is told before it is durable, so that no
//! number and no position is ever given twice.

use std::sync::Arc;

use super::book_record::{PartRecord, PutRecord, Record, RootRecord, StartRecord};
use super::book_state::{BookState, Known, Position};
use super::feed::{Change, Delta, ObjectNumber, SEQ_MAX, SeenChunk, SeenObject, SnapshotPart};
use super::journal::{Journal, RecordPlace};
use super::journal_storage::JournalStorage;
use crate::error::Error;
use crate::key_prefixes::KeyPrefixes;
use crate::object::{Generation, ObjectKey, SourceId};
use crate::scopes::scope_ledger::ScopedObject;

#[cfg(test)]
mod tests;

/// A journal is not rewritten for less.
const WASTE_BYTES_MIN: u64 = 4 << 20;

/// A row of an object and its chunks, before they have a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPart {
    /// The row: [`ObjectRow`](super::ObjectRow), encoded.
    pub row: Vec<u8>,
    /// Its chunks.
    pub chunks: Vec<SeenChunk>,
}

/// What to tell next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Following {
    /// All that is durable was told.
    Nothing,
    /// These changes.
    Delta(Delta),
    /// The position is too old, or none of this source.
    SnapshotNeeded,
}

/// A snapshot that is being told. Sent again, its parts are the same but for what went meanwhile,
/// which later changes tell of too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPlan {
    epoch: u32,
    high_seq: u64,
    chunks_expected: u64,
    parts: Vec<Vec<(u64, ObjectNumber)>>,
}

impl SnapshotPlan {
    /// Number of parts, one at least.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The position that the snapshot shows.
    #[must_use]
    pub fn high_seq(&self) -> u64 {
        self.high_seq
    }
}

/// The book of one source.
#[derive(Debug)]
pub struct ObjectBook {
    journal: Journal,
    state: BookState,
    /// Positions up to here are durable.
    durable_seq: u64,
    durable_epoch: u32,
    durable_root: Option<RootRecord>,
    /// Length of the journal when nothing in it was out of date.
    rewritten_len: u64,
    /// The object that was read last: its parts are asked for one after the other.
    last_read: Option<(RecordPlace, PutRecord)>,
    /// What cannot be seen in this pass.
    hidden: KeyPrefixes,
}

impl ObjectBook {
    /// Opens the book of a source, or begins one, with `first_epoch`: whoever follows must not take
    /// a new book for one that was lost.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for a journal of another version or source; what the storage gives.
    pub fn open(
        storage: Box<dyn JournalStorage>,
        source: SourceId,
        first_epoch: u32,
    ) -> Result<Self, Error> {
        let (last_seq, next_number, deltas_from) = (0, 1, 0);
        let start = StartRecord { source, epoch: first_epoch, last_seq, next_number, deltas_from };
        let mut state = BookState::new(start);
        let mut is_new = true;
        let mut take = |place, payload: &[u8]| {
            let record = Record::decode(payload)?;
            if std::mem::take(&mut is_new) && !matches!(record, Record::Start(_)) {
                return Err(Error::Corrupt("a journal without a start"));
            }
            state.apply(&record, place)
        };
        let mut journal = Journal::open(storage, &mut take)?;
        if is_new {
            journal.append(&Record::Start(start).encode()?)?;
        }
        journal.sync()?;
        let (durable_seq, durable_epoch) = (state.start.last_seq, state.start.epoch);
        let (durable_root, rewritten_len) = (state.root, state.live_bytes);
        let (last_read, hidden) = (None, KeyPrefixes::default());
        Ok(Self {
            journal,
            state,
            durable_seq,
            durable_epoch,
            durable_root,
            rewritten_len,
            last_read,
            hidden,
        })
    }

    #[cfg(test)]
    pub(super) fn limit_records(&mut self, bytes: usize) {
        self.journal.limit_payloads(bytes);
    }

    /// The source's epoch as it may be told.
    #[must_use]
    pub fn durable_epoch(&self) -> u32 {
        self.durable_epoch
    }

    /// The source's epoch.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.state.start.epoch
    }

    /// The last position.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.state.start.last_seq
    }

    /// The number that the next object gets.
    pub(super) fn next_number(&self) -> u64 {
        self.state.start.next_number
    }

    /// Objects that were known when the pass began, and those among them that it told again, as far
    /// as they were known when the root was believed last.
    pub(super) fn told_again(&self) -> (u64, u64) {
        (self.state.known_before, self.state.told_again)
    }

    /// Objects that are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.known.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.known.is_empty()
    }

    /// The generation in which an object is known.
    #[must_use]
    pub fn generation(&self, key: &ObjectKey) -> Option<Generation> {
        self.state.known.get(key).map(|known| known.generation)
    }

    /// The scope in which an object is known.
    #[must_use]
    pub fn scoped(&self, key: &ObjectKey) -> Option<ScopedObject> {
        self.state.known.get(key).map(|known| known.scoped)
    }

    /// The numbers of an object.
    #[must_use]
    pub fn numbers(&self, key: &ObjectKey) -> &[ObjectNumber] {
        self.state.known.get(key).map_or(&[], |known| known.numbers.as_slice())
    }

    /// The object with a number, and its generation.
    #[must_use]
    pub fn find(&self, number: ObjectNumber) -> Option<(&ObjectKey, Generation)> {
        let key = self.state.keys.get(&number)?;
        self.state.known.get(key).map(|known| (key.as_ref(), known.generation))
    }

    /// The rows and chunks of an object.
    ///
    /// # Errors
    ///
    /// What reading the journal gives.
    pub fn parts(&mut self, key: &ObjectKey) -> Result<Vec<NewPart>, Error> {
        let Some(known) = self.state.known.get(key) else { return Ok(Vec::new()) };
        let place = known.place;
        let parts = self.put_at(place)?.parts.iter().cloned();
        Ok(parts.map(|part| NewPart { row: part.row, chunks: part.chunks }).collect())
    }

    fn put_at(&mut self, place: RecordPlace) -> Result<&PutRecord, Error> {
        const FAULT: Error = Error::Corrupt("a record of the journal");
        if self.last_read.as_ref().is_none_or(|(found, _)| *found != place) {
            let Record::Put(put) = Record::decode(&self.journal.payload(place)?)? else {
                return Err(FAULT);
            };
            self.last_read = Some((place, put));
        }
        self.last_read.as_ref().map(|(_, put)| put).ok_or(FAULT)
    }

    /// Says that an object is as it was: it outlives the next sweep.
    pub fn mark_seen(&mut self, key: &ObjectKey) {
        self.state.see(key);
    }

    /// Says that objects whose keys begin like this one cannot be seen: they outlive the next
    /// sweep.
    pub fn mark_seen_below(&mut self, prefix: &ObjectKey) {
        self.hidden.add(prefix);
    }

    /// Says that an object was told to be gone: it goes with the next sweep, unless it is seen or
    /// cannot be.
    pub fn mark_unseen(&mut self, key: &ObjectKey) {
        if let Some(known) = self.state.known.get_mut(key) {
            known.pass = self.state.pass.wrapping_sub(1);
        }
    }

    /// Objects that the next sweep removes.
    #[must_use]
    pub fn unseen(&self) -> usize {
        self.not_seen().count()
    }

    fn not_seen(&self) -> impl Iterator<Item = (&ObjectKey, &Known)> {
        let known = self.state.known.iter().map(|(key, known)| (key.as_ref(), known));
        known.filter(|(key, known)| known.pass != self.state.pass && !self.hidden.covers(key))
    }

    /// The root of the last listing that was believed.
    pub(super) fn root(&self) -> Option<RootRecord> {
        self.state.root
    }

    /// Notes the root of a listing that is believed.
    pub(super) fn note_root(&mut self, root: RootRecord) -> Result<(), Error> {
        if self.state.root == Some(root) { Ok(()) } else { self.write(&Record::Root(root)) }
    }

    /// Begins a pass over the source: all that is not put or marked before [`sweep`](Self::sweep)
    /// goes.
    pub fn begin_pass(&mut self) {
        self.state.begin_pass();
        self.hidden.clear();
    }

    /// Ends a pass: the objects that were not seen in it and were removed.
    ///
    /// # Errors
    ///
    /// What writing gives.
    pub fn sweep(&mut self) -> Result<Vec<(ObjectKey, Vec<ObjectNumber>)>, Error> {
        let unseen = self.not_seen().map(|(key, known)| (key.clone(), known.numbers.clone()));
        let mut unseen: Vec<(ObjectKey, Vec<ObjectNumber>)> = unseen.collect();
        unseen.sort_unstable();
        for (key, _) in &unseen {
            self.remove(key)?;
        }
        Ok(unseen)
    }

    /// Puts an object in the place of what was known of its key. An object has a part at least.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] without a part, [`Error::Limit`] if it is too long for a record: then all
    /// is as it was. What writing gives.
    pub fn put(
        &mut self,
        key: &ObjectKey,
        generation: Generation,
        scoped: ScopedObject,
        parts: Vec<NewPart>,
    ) -> Result<(), Error> {
        if parts.is_empty() {
            return Err(Error::Corrupt("an object without a part"));
        }
        let mut old = self.numbers(key).to_vec();
        let ended = old.split_off(parts.len().min(old.len()));
        let mut next_number = self.state.start.next_number;
        let mut numbers = old.into_iter();
        let parts = parts.into_iter().map(|part| {
            let number = numbers.next().unwrap_or_else(|| {
                let number = ObjectNumber::new(next_number);
                next_number = next_number.saturating_add(1);
                number
            });
            PartRecord { number, row: part.row, chunks: part.chunks }
        });
        let first_seq = self.state.start.last_seq.saturating_add(1);
        let put = PutRecord {
            first_seq,
            key: key.clone(),
            generation,
            scoped,
            parts: parts.collect(),
            ended,
        };
        self.check_seq(put.parts.len().saturating_add(put.ended.len()))?;
        self.write(&Record::Put(put))
    }

    /// Removes an object; one that is not known is passed over.
    ///
    /// # Errors
    ///
    /// What writing gives.
    pub fn remove(&mut self, key: &ObjectKey) -> Result<(), Error> {
        let numbers = self.numbers(key).to_vec();
        if numbers.is_empty() {
            return Ok(());
        }
        self.check_seq(numbers.len())?;
        let first_seq = self.state.start.last_seq.saturating_add(1);
        self.write(&Record::Remove { first_seq, key: key.clone(), numbers })
    }

    fn write(&mut self, record: &Record) -> Result<(), Error> {
        let place = self.journal.append(&record.encode()?)?;
        self.state.apply(record, place)
    }

    fn check_seq(&self, more: usize) -> Result<(), Error> {
        let last = self.state.start.last_seq.saturating_add(more as u64);
        if last < SEQ_MAX { Ok(()) } else { Err(Error::Unavailable("the positions are used up")) }
    }

    /// A new epoch: history was lost.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the epochs are used up; what writing gives.
    pub fn begin_epoch(&mut self) -> Result<(), Error> {
        self.begin_epoch_above(self.state.start.epoch)
    }

    /// The same, where somebody was told of epochs up to this one.
    ///
    /// # Errors
    ///
    /// As [`begin_epoch`](Self::begin_epoch).
    pub fn begin_epoch_above(&mut self, known: u32) -> Result<(), Error> {
        let epoch = self.state.start.epoch.max(known).checked_add(1);
        let epoch = epoch.ok_or(Error::Unavailable("the epochs are used up"))?;
        self.write(&Record::Epoch(epoch))
    }

    /// Notes the digest of something that is not to be tried again.
    ///
    /// # Errors
    ///
    /// What writing gives.
    pub fn mark_bad(&mut self, digest: [u8; 16]) -> Result<(), Error> {
        if self.state.is_bad(&digest) { Ok(()) } else { self.write(&Record::Bad(digest)) }
    }

    /// Whether that was noted.
    #[must_use]
    pub fn is_bad(&self, digest: &[u8; 16]) -> bool {
        self.state.is_bad(digest)
    }

    /// Makes all that happened durable, so that it can be told, and rewrites a journal of which
    /// most is out of date.
    ///
    /// # Errors
    ///
    /// What writing gives; then nothing more is written.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.make_durable()?;
        let useful = self.rewritten_len.saturating_mul(2).saturating_add(WASTE_BYTES_MIN);
        if self.journal.len() <= useful {
            return Ok(());
        }
        match self.rewrite() {
            Err(error) if !self.journal.has_failed() => {
                // The first journal is as it was. When it has grown, this is tried again.
                tracing::warn!(reason = error.reason().as_str(), "the journal was not rewritten");
                self.rewritten_len = self.journal.len() / 2;
                Ok(())
            }
            rewritten => rewritten,
        }
    }

    fn make_durable(&mut self) -> Result<(), Error> {
        let (last_seq, epoch) = (self.state.start.last_seq, self.state.start.epoch);
        let root = self.state.root;
        if self.durable_seq < last_seq || self.durable_epoch < epoch || self.durable_root != root {
            self.journal.sync()?;
            (self.durable_seq, self.durable_epoch, self.durable_root) = (last_seq, epoch, root);
        }
        Ok(())
    }

    /// Writes a second journal that holds what is there and takes the place of the first. Until it
    /// does, an error leaves the first in use.
    fn rewrite(&mut self) -> Result<(), Error> {
        let places = match self.write_next() {
            Ok(places) => places,
            Err(error) => {
                self.journal.drop_next();
                return Err(error);
            }
        };
        self.journal.replace_by_next()?;
        let mut live_bytes = 0_u64;
        for (key, place) in places {
            live_bytes = live_bytes.saturating_add(place.bytes.into());
            if let Some(known) = self.state.known.get_mut(&key) {
                known.place = place;
            }
        }
        self.state.live_bytes = live_bytes;
        self.last_read = None;
        self.rewritten_len = self.journal.len();
        Ok(())
    }

    /// Writes the second journal: where the objects lie in it.
    fn write_next(&mut self) -> Result<Vec<(Arc<ObjectKey>, RecordPlace)>, Error> {
        self.journal.begin_next()?;
        self.journal.append_next(&Record::Start(self.state.start).encode()?)?;
        if let Some(root) = self.state.root {
            self.journal.append_next(&Record::Root(root).encode()?)?;
        }
        for digest in self.state.bad() {
            self.journal.append_next(&Record::Bad(digest).encode()?)?;
        }
        for (&seq, position) in &self.state.positions {
            if let Position::Ended(number) = *position {
                self.journal.append_next(&Record::Ended { seq, number }.encode()?)?;
            }
        }
        let mut keys: Vec<Arc<ObjectKey>> = self.state.known.keys().cloned().collect();
        keys.sort_unstable_by_key(|key| self.state.known.get(key).map(|known| known.first_seq));
        let mut places = Vec::new();
        for key in keys {
            let Some(known) = self.state.known.get(&key) else { continue };
            let payload = self.journal.payload(known.place)?;
            places.push((key, self.journal.append_next(&payload)?));
        }
        Ok(places)
    }

    /// The changes after a position, with at most about `chunks_max` chunks. What happened is made
    /// durable first: a removal shows in what is told of earlier positions.
    ///
    /// # Errors
    ///
    /// What reading and writing the journal gives.
    pub fn following(
        &mut self,
        epoch: u32,
        seq: u64,
        chunks_max: usize,
    ) -> Result<Following, Error> {
        self.make_durable()?;
        if epoch != self.durable_epoch
            || seq < self.state.start.deltas_from
            || seq > self.durable_seq
        {
            return Ok(Following::SnapshotNeeded);
        }
        if seq == self.durable_seq {
            return Ok(Following::Nothing);
        }
        let first_seq = seq.saturating_add(1);
        let mut changes = Vec::new();
        let mut chunks = 0_usize;
        for seq in first_seq..=self.durable_seq {
            if !changes.is_empty() && (chunks >= chunks_max || changes.len() >= chunks_max) {
                break;
            }
            let change = match self.state.positions.get(&seq).copied() {
                Some(Position::Ended(number)) => Change::Evict(number),
                Some(Position::Added(number)) => match self.seen(seq, number)? {
                    Some(seen) => Change::Add(seen),
                    None => Change::Touch(number),
                },
                None => Change::Touch(ObjectNumber::new(0)),
            };
            if let Change::Add(seen) = &change {
                chunks = chunks.saturating_add(seen.chunks.len());
            }
            changes.push(change);
        }
        Ok(Following::Delta(Delta { epoch, first_seq, changes }))
    }

    /// The object that was added at a position, if it is still that.
    fn seen(&mut self, seq: u64, number: ObjectNumber) -> Result<Option<SeenObject>, Error> {
        let known = self.state.keys.get(&number).and_then(|key| self.state.known.get(key));
        let Some(known) = known else { return Ok(None) };
        let place = known.place;
        let put = self.put_at(place)?;
        let at = seq.checked_sub(put.first_seq).and_then(|at| usize::try_from(at).ok());
        let part = at.and_then(|at| put.parts.get(at)).cloned();
        let part = part.filter(|part| part.number == number);
        Ok(part.map(|part| SeenObject { object: number, bytes: part.row, chunks: part.chunks }))
    }

    /// Plans a snapshot of what is durable, of parts with about `chunks_max` chunks each.
    #[must_use]
    pub fn snapshot(&self, chunks_max: usize) -> SnapshotPlan {
        let mut parts = vec![Vec::new()];
        let (mut chunks_expected, mut chunks) = (0_u64, 0_usize);
        for (&seq, position) in self.state.positions.range(..=self.durable_seq) {
            let Position::Added(number) = *position else { continue };
            let known = self.state.keys.get(&number).and_then(|key| self.state.known.get(key));
            // An object counts as one chunk at least: its row has a length too. Chunks of an object
            // with several numbers are counted with the first.
            let first = known.filter(|known| known.first_seq == seq).map_or(0, |it| it.chunks);
            let more = usize::try_from(first).unwrap_or(usize::MAX).max(1);
            if chunks > 0 && chunks.saturating_add(more) > chunks_max {
                parts.push(Vec::new());
                chunks = 0;
            }
            chunks = chunks.saturating_add(more);
            chunks_expected = chunks_expected.saturating_add(u64::from(first));
            if let Some(part) = parts.last_mut() {
                part.push((seq, number));
            }
        }
        let (epoch, high_seq) = (self.durable_epoch, self.durable_seq);
        SnapshotPlan { epoch, high_seq, chunks_expected, parts }
    }

    /// One part of a snapshot; `None` if it has no such part, or is of another epoch. What happened
    /// is made durable first: the part lacks what was removed.
    ///
    /// # Errors
    ///
    /// What reading and writing the journal gives.
    pub fn snapshot_part(
        &mut self,
        plan: &SnapshotPlan,
        part: usize,
    ) -> Result<Option<SnapshotPart>, Error> {
        self.make_durable()?;
        let Some(planned) = plan.parts.get(part).filter(|_| plan.epoch == self.durable_epoch)
        else {
            return Ok(None);
        };
        let mut objects = Vec::new();
        for &(seq, number) in planned {
            if let Some(seen) = self.seen(seq, number)? {
                objects.push((seq, seen));
            }
        }
        Ok(Some(SnapshotPart {
            epoch: plan.epoch,
            high_seq: plan.high_seq,
            part: u32::try_from(part).unwrap_or(u32::MAX),
            is_last: part.saturating_add(1) == plan.parts.len(),
            chunks_expected: plan.chunks_expected,
            objects,
        }))
    }
}
