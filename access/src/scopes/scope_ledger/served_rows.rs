//! What one subscriber got or brought: a row an object, the oldest forgotten first.

use std::collections::{HashMap, VecDeque};

use crate::scopes::access_log::{Amount, Deed};
use crate::scopes::log_key::LogKey;

/// That one object went to a subscriber, or came from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServedRow {
    /// The object's name.
    pub key: LogKey,
    /// When last; nanoseconds since 1970.
    pub time_ns: i64,
    /// The most of it that was sent.
    pub served: Option<Amount>,
    /// The most of it that was received.
    pub uploaded: Option<Amount>,
}

impl ServedRow {
    pub(super) fn of(key: LogKey, time_ns: i64, deed: Deed) -> Self {
        let (served, uploaded) = match deed {
            Deed::Nothing => (None, None),
            Deed::Served(amount) => (Some(amount), None),
            Deed::Uploaded(amount) => (None, Some(amount)),
        };
        Self { key, time_ns, served, uploaded }
    }

    /// Whether it shows that the subscriber had all of an object of that many bytes.
    pub(super) fn covers(&self, bytes: Option<u64>, parts_count: bool) -> bool {
        let is_all = |amount: Amount| match amount {
            Amount::Whole => true,
            Amount::Bytes(sent) => bytes.is_some_and(|bytes| sent >= bytes),
            Amount::Part => false,
        };
        // A part that was uploaded may stand among bytes of another.
        self.uploaded.is_some_and(is_all)
            || self.served.is_some_and(|amount| parts_count || is_all(amount))
    }

    fn join(&mut self, other: &Self) {
        self.time_ns = self.time_ns.max(other.time_ns);
        self.served = self.served.max(other.served);
        self.uploaded = self.uploaded.max(other.uploaded);
    }
}

/// Rows by their keys. Inserting and forgetting cost O(1), spread over calls.
#[derive(Debug, Default)]
pub(super) struct ServedRows {
    by_key: HashMap<LogKey, (u64, ServedRow)>,
    /// Keys in order of arrival; an entry whose number is not its row's is out of date.
    arrivals: VecDeque<(u64, LogKey)>,
    next_arrival: u64,
}

impl ServedRows {
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn find(&self, key: LogKey) -> Option<&ServedRow> {
        self.by_key.get(&key).map(|(_, row)| row)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = ServedRow> {
        self.by_key.values().map(|&(_, row)| row)
    }

    /// Adds a row, or joins it to that of its key, which becomes the youngest.
    pub(super) fn insert(&mut self, row: ServedRow) {
        let arrival = self.next_arrival;
        self.next_arrival = self.next_arrival.saturating_add(1);
        let entry = self.by_key.entry(row.key).or_insert((arrival, row));
        entry.0 = arrival;
        entry.1.join(&row);
        self.arrivals.push_back((arrival, row.key));
        if self.arrivals.len() > self.by_key.len().saturating_mul(2).saturating_add(64) {
            let by_key = &self.by_key;
            self.arrivals.retain(|(arrival, key)| {
                by_key.get(key).is_some_and(|(current, _)| current == arrival)
            });
        }
    }

    pub(super) fn forget_oldest(&mut self) {
        while let Some((arrival, key)) = self.arrivals.pop_front() {
            if self.by_key.get(&key).is_some_and(|(current, _)| *current == arrival) {
                self.by_key.remove(&key);
                return;
            }
        }
    }

    pub(super) fn forget_before(&mut self, oldest_ns: i64) {
        self.by_key.retain(|_, (_, row)| row.time_ns >= oldest_ns);
        let by_key = &self.by_key;
        self.arrivals.retain(|(_, key)| by_key.contains_key(key));
        self.by_key.shrink_to_fit();
        self.arrivals.shrink_to_fit();
    }
}
