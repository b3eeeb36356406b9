//! The contract in maps: what dies is removed at once, by enumeration, where the real sets compare
//! stamps.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::sighting::{IdPrefix, ObjectNumber, Sighting, SourceId, id_prefix};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage, Hello, SeenObject, SnapshotPart, SourceKind,
};
use crate::sighting_index::Outcome;

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) sources: BTreeMap<SourceId, ModelSource>,
    pub(crate) now: Duration,
    /// Answer to the last message; `None` if it was refused.
    pub(crate) answer: Option<FeedAnswer>,
    pub(crate) limit: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct ModelSource {
    hello: Hello,
    pub(crate) epoch: u32,
    pub(crate) position: FeedAnswer,
    pub(crate) range: (u64, u64),
    objects: BTreeMap<ObjectNumber, (u64, u32, Vec<u8>)>,
    sightings: BTreeMap<IdPrefix, (Sighting, u64, u32)>,
    /// Counts the generations; each has `taken` rows at last.
    generation: u32,
    taken: u64,
    outcomes: VecDeque<bool>,
    is_resting: bool,
    present_until: Duration,
}

impl ModelSource {
    fn new(hello: Hello) -> Self {
        Self {
            hello,
            epoch: hello.epoch,
            position: FeedAnswer::SendSnapshot,
            range: (0, 0),
            objects: BTreeMap::new(),
            sightings: BTreeMap::new(),
            generation: 0,
            taken: 0,
            outcomes: VecDeque::new(),
            is_resting: false,
            present_until: Duration::ZERO,
        }
    }

    fn clear(&mut self) {
        self.objects.clear();
        self.sightings.clear();
        (self.taken, self.generation, self.range) = (0, 0, (0, 0));
        self.position = FeedAnswer::SendSnapshot;
    }

    fn take(&mut self, id: SourceId, message: &FeedMessage, limit: u64) -> bool {
        if message.epoch() > self.epoch {
            self.clear();
            self.epoch = message.epoch();
        }
        match message {
            FeedMessage::Lease { .. } => {}
            FeedMessage::Hello(hello) => {
                if hello.kind != self.hello.kind {
                    self.clear();
                }
                if matches!(self.position, FeedAnswer::SendPart { .. }) {
                    self.position = FeedAnswer::SendSnapshot;
                }
                self.hello = *hello;
            }
            FeedMessage::Snapshot(part) => return self.take_part(id, part, limit),
            FeedMessage::Delta(delta) => return self.take_delta(id, delta, limit),
        }
        true
    }

    fn take_part(&mut self, id: SourceId, part: &SnapshotPart, limit: u64) -> bool {
        let range = (part.low_seq, part.high_seq);
        let is_next = match self.position {
            FeedAnswer::Following { seq } if part.high_seq < seq => return true,
            FeedAnswer::Following { seq } if part.high_seq == seq && part.part > 0 => return true,
            FeedAnswer::SendPart { part: next } if range == self.range => {
                if part.part < next {
                    return true;
                }
                part.part == next
            }
            _ => false,
        };
        if !is_next && part.part > 0 {
            return false;
        }
        if !is_next {
            self.clear();
            self.outcomes.clear();
            (self.is_resting, self.range) = (false, range);
        }
        for (seq, object) in &part.objects {
            self.add(id, *seq, object, limit);
        }
        self.position = if part.is_last {
            FeedAnswer::Following { seq: part.high_seq }
        } else {
            FeedAnswer::SendPart { part: part.part + 1 }
        };
        self.drop_below_the_ring();
        true
    }

    fn take_delta(&mut self, id: SourceId, delta: &Delta, limit: u64) -> bool {
        let FeedAnswer::Following { seq: taken } = self.position else { return false };
        if delta.first_seq > taken + 1 {
            return false;
        }
        for (seq, change) in (delta.first_seq..).zip(&delta.changes) {
            if seq <= taken {
                continue;
            }
            self.position = FeedAnswer::Following { seq };
            match change {
                Change::Add(object) => self.add(id, seq, object, limit),
                Change::Evict(object) => self.let_go(*object),
                Change::Touch(_) => {}
            }
        }
        self.range.0 = self.range.0.max(delta.low_seq);
        self.drop_below_the_ring();
        true
    }

    fn let_go(&mut self, object: ObjectNumber) {
        self.objects.remove(&object);
        if self.hello.kind == SourceKind::Listed {
            self.sightings.retain(|_, (sighting, ..)| sighting.object != object);
        }
    }

    fn add(&mut self, source: SourceId, seq: u64, seen: &SeenObject, limit: u64) {
        let object = seen.object;
        self.let_go(object);
        for number in 0..seen.chunks.len().max(1) {
            if self.taken == (limit / 2).max(1) {
                self.generation += 1;
                self.taken = 0;
            }
            self.taken += 1;
            if let Some(seen) = seen.chunks.get(number) {
                let sighting = Sighting { source, object, place: seen.place };
                self.sightings.insert(id_prefix(&seen.chunk), (sighting, seq, self.generation));
            }
        }
        self.objects.insert(object, (seq, self.generation, seen.bytes.clone()));
        let oldest = self.generation.saturating_sub(1);
        self.sightings.retain(|_, (_, _, generation)| *generation >= oldest);
        self.objects.retain(|_, (_, generation, _)| *generation >= oldest);
    }

    fn drop_below_the_ring(&mut self) {
        if self.hello.kind == SourceKind::Ring {
            self.sightings.retain(|_, (_, seq, _)| *seq >= self.range.0);
            self.objects.retain(|_, (seq, ..)| *seq >= self.range.0);
        }
    }

    fn note(&mut self, outcome: Outcome) {
        self.outcomes.push_back(outcome == Outcome::Verified);
        if self.outcomes.len() > 1000 {
            self.outcomes.pop_front();
        }
        let (verified, attempted) = self.quality();
        self.is_resting |= attempted >= 20 && verified * 2 < attempted;
    }

    fn quality(&self) -> (u64, u64) {
        let verified = self.outcomes.iter().filter(|verified| **verified).count();
        (verified as u64, self.outcomes.len() as u64)
    }

    /// Epoch, presence, rest and quality.
    pub(crate) fn report(&self, now: Duration) -> (u32, bool, bool, (u64, u64)) {
        (self.epoch, now < self.present_until, self.is_resting, self.quality())
    }
}

impl Model {
    pub(crate) fn feed(&mut self, id: SourceId, message: &FeedMessage) {
        let (now, limit) = (self.now, self.limit);
        if let FeedMessage::Hello(hello) = message {
            self.sources.entry(id).or_insert_with(|| ModelSource::new(*hello));
        }
        self.answer = match self.sources.get_mut(&id) {
            None => Some(FeedAnswer::SendHello),
            Some(source) if message.epoch() < source.epoch => None,
            Some(source) => {
                let was_taken = source.take(id, message, limit);
                if was_taken {
                    source.present_until = now.saturating_add(source.hello.lease);
                }
                Some(if was_taken { source.position } else { FeedAnswer::SendSnapshot })
            }
        };
    }

    pub(crate) fn report(&mut self, id: SourceId, outcomes: &[(IdPrefix, Outcome)]) {
        let Some(source) = self.sources.get_mut(&id) else { return };
        for (prefix, outcome) in outcomes {
            source.note(*outcome);
            if *outcome == Outcome::False {
                source.sightings.remove(prefix);
            }
        }
    }

    pub(crate) fn replace(&mut self, id: SourceId, object: ObjectNumber, bytes: &[u8]) {
        let row = self.sources.get_mut(&id).and_then(|source| source.objects.get_mut(&object));
        if let Some((.., old)) = row {
            *old = bytes.to_vec();
        }
    }

    pub(crate) fn forget_leases(&mut self) {
        self.sources.values_mut().for_each(|source| source.present_until = Duration::ZERO);
    }

    pub(crate) fn sightings(&self, prefix: &IdPrefix) -> Vec<Sighting> {
        let asked = self
            .sources
            .values()
            .filter(|source| self.now < source.present_until && !source.is_resting);
        let found = asked.filter_map(|source| {
            source.sightings.get(prefix).map(|(sighting, ..)| (source.hello.cost, *sighting))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|(cost, sighting)| (*cost, sighting.source));
        found.into_iter().map(|(_, sighting)| sighting).collect()
    }

    pub(crate) fn object(&self, id: SourceId, object: ObjectNumber) -> Option<Vec<u8>> {
        let (.., bytes) = self.sources.get(&id)?.objects.get(&object)?;
        Some(bytes.clone())
    }
}
