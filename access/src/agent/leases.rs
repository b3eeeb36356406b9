//! Objects that were promised and must stay readable for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::feed::ObjectNumber;
use crate::body::Body;
use crate::clock::Clock;
use crate::object::Generation;
use crate::source::{ObjectReader, Pin};

/// Names a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(u64);

#[derive(Debug)]
struct Lease {
    number: ObjectNumber,
    generation: Generation,
    pin: Pin,
    /// Says whether the bytes are still those of the generation.
    reader: Arc<dyn ObjectReader>,
    bytes: u64,
    expires_ns: u64,
}

/// The leases of one source. They hold pins, so that eviction does not end them.
#[derive(Debug)]
pub(super) struct Leases {
    clock: Arc<dyn Clock>,
    ttl_max: Duration,
    bytes_max: u64,
    held: BTreeMap<LeaseId, Lease>,
    bytes: u64,
    next_id: u64,
}

impl Leases {
    /// At most so many bytes of bodies, each for at most so long.
    pub(super) fn new(ttl_max: Duration, bytes_max: u64, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ttl_max, bytes_max, held: BTreeMap::new(), bytes: 0, next_id: 1 }
    }

    /// Pins an object; `None` if the budget is spent or the source cannot pin: go on without.
    pub(super) fn grant(
        &mut self,
        number: ObjectNumber,
        generation: Generation,
        reader: Arc<dyn ObjectReader>,
        ttl: Duration,
    ) -> Option<LeaseId> {
        self.end_expired();
        let bytes = reader.body().len();
        let with_it = self.bytes.saturating_add(bytes);
        if with_it > self.bytes_max {
            return None;
        }
        let ttl = ttl.min(self.ttl_max);
        let pin = reader.pin(ttl)?;
        let ttl_ns = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
        let expires_ns = self.clock.monotonic_ns().saturating_add(ttl_ns);
        let id = LeaseId(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        self.bytes = with_it;
        self.held.insert(id, Lease { number, generation, pin, reader, bytes, expires_ns });
        Some(id)
    }

    /// The body of an object that is leased, and its reader.
    pub(super) fn kept(
        &mut self,
        number: ObjectNumber,
        generation: Generation,
    ) -> Option<(Arc<dyn Body>, Arc<dyn ObjectReader>)> {
        self.end_expired();
        let is_it = |lease: &&Lease| lease.number == number && lease.generation == generation;
        let lease = self.held.values().find(is_it)?;
        Some((Arc::clone(lease.pin.body()), Arc::clone(&lease.reader)))
    }

    /// Ends a lease; one that is over already is passed over.
    pub(super) fn end(&mut self, id: LeaseId) {
        if let Some(lease) = self.held.remove(&id) {
            self.bytes = self.bytes.saturating_sub(lease.bytes);
        }
    }

    /// Bytes that are held.
    pub(super) fn bytes(&mut self) -> u64 {
        self.end_expired();
        self.bytes
    }

    fn end_expired(&mut self) {
        let now = self.clock.monotonic_ns();
        let expired = self.held.iter().filter(|(_, lease)| lease.expires_ns <= now);
        let expired: Vec<LeaseId> = expired.map(|(&id, _)| id).collect();
        for id in expired {
            self.end(id);
        }
    }
}
