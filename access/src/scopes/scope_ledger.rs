//! Who may learn of an object: the rules, over what the logs prove.
//!
//! "Found" is an oracle. Outside of its scope an object is answered for as if it were not there,
//! after the same work: one row and one set of marks are looked up whatever is asked.

mod credential_marks;
mod served_rows;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::scope::{Scope, SubscriberId, TenantId};
use crate::scopes::access_log::{Deed, LogLine};
use crate::scopes::client_table::ClientTable;
use crate::scopes::log_key::{LogKey, LogKeyRule};
use crate::web::slice_key::SliceKey;
use credential_marks::CredentialMarks;
use served_rows::ServedRows;

pub use served_rows::ServedRow;

/// What counts as served, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeOptions {
    /// How long a line proves anything.
    pub window: Duration,
    /// Whether a client that got a part may learn of the whole.
    pub parts_count: bool,
    /// Rows of one subscriber: one for each object that it got. The oldest are forgotten.
    pub rows_per_subscriber_max: usize,
    /// Rows of all, about 110 bytes each. Beyond that, whoever has most loses its oldest.
    pub rows_max: usize,
}

impl Default for ScopeOptions {
    fn default() -> Self {
        Self {
            window: Duration::from_hours(30 * 24),
            parts_count: false,
            rows_per_subscriber_max: 1 << 16,
            rows_max: 1 << 19,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The subscriber.
    pub subscriber: SubscriberId,
    /// The tenant that it belongs to, where the provider hosts that tenant's data.
    pub tenant: Option<TenantId>,
}

/// What the rules have to know of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopedObject {
    /// Its scope.
    pub scope: Scope,
    /// The name by which logs know it; `None` if none of them does.
    pub log_key: Option<LogKey>,
    /// Its bytes as they are sent, if they are known.
    pub bytes: Option<u64>,
}

/// What the asker may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// The same as for an id that nobody knows.
    Unknown,
    /// That the object is there.
    Found,
    /// That it is there, once the asker has proved that it holds the bytes: the log proves the name
    /// of what was sent, not which version it was. A proof that fails is [`Verdict::Unknown`].
    FoundWithProof,
}

/// What an enrolled subscriber got or brought, from the access logs of one source.
#[derive(Debug)]
pub struct ScopeLedger {
    clients: ClientTable,
    key_rule: LogKeyRule,
    options: ScopeOptions,
    clock: Arc<dyn Clock>,
    rows: HashMap<SubscriberId, ServedRows>,
    rows_count: usize,
    marks: CredentialMarks,
    gaps: u64,
}

impl ScopeLedger {
    /// Knows nothing yet, and hence takes no object for public: see
    /// [`take_marks_as_complete`](Self::take_marks_as_complete).
    #[must_use]
    pub fn new(
        clients: ClientTable,
        key_rule: LogKeyRule,
        options: ScopeOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let marks = CredentialMarks::default();
        let rows = HashMap::new();
        Self { clients, key_rule, options, clock, rows, rows_count: 0, marks, gaps: 0 }
    }

    /// Rows of all subscribers.
    #[must_use]
    pub fn rows_count(&self) -> usize {
        self.rows_count
    }

    /// Takes another table of clients. Rows of who is not enrolled any more are forgotten.
    pub fn set_clients(&mut self, clients: ClientTable) {
        let enrolled = clients.enrolled();
        self.rows.retain(|subscriber, _| enrolled.contains(subscriber));
        self.rows_count = self.rows.values().map(ServedRows::len).sum();
        self.clients = clients;
    }

    /// Takes a line of the source's access log.
    pub fn record(&mut self, line: &LogLine) {
        let Some(name) = self.key_rule.name(&line.key) else { return };
        let key = LogKey::of(&name);
        // Whatever came of the request: an answer to it may be what is stored.
        if line.carries_credentials {
            self.marks.mark(key);
            // A log that names slices one by one tells of the whole. It proves no row: a client may
            // ask for such a name.
            if let Some(slice) = SliceKey::of(&name) {
                self.marks.mark(LogKey::of(slice.whole));
            }
        }
        if line.deed == Deed::Nothing {
            return;
        }
        let now_ns = self.clock.wall_ns();
        // A clock that is ahead makes no row live longer.
        let time_ns = line.time_ns.min(now_ns);
        if time_ns < self.oldest(now_ns) {
            return;
        }
        let Some(subscriber) = self.clients.subscriber_of(line) else { return };
        self.insert(subscriber, ServedRow::of(key, time_ns, line.deed));
    }

    /// Says that no object of the source was ever asked for with credentials but in lines that were
    /// recorded: the source keeps no objects from before the log's first line. Without it, and
    /// without [`restore_marks`](Self::restore_marks), public objects are for those to whom the log
    /// shows that they were served.
    pub fn take_marks_as_complete(&mut self) {
        self.marks.complete();
    }

    /// Says that lines may be missing which were not recorded
    /// ([`History::Missing`](crate::History::Missing)). An object may have been asked for with
    /// credentials in one of them: until
    /// [`take_marks_as_complete`](Self::take_marks_as_complete), public objects are for those to
    /// whom the log shows that they were served, and there are no [`marks`](Self::marks) to keep.
    pub fn lose_history(&mut self) {
        self.gaps = self.gaps.saturating_add(1);
        self.marks.lose();
    }

    /// How often lines were missing.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// Which objects were asked for with credentials, to be kept over a restart together with
    /// [`rows`](Self::rows) and the position in the log; 512 KiB at most. `None` if some may be
    /// missing.
    #[must_use]
    pub fn marks(&self) -> Option<Vec<u8>> {
        self.marks.bytes()
    }

    /// Takes back what [`marks`](Self::marks) gave; the log is read on from the place where it was
    /// then.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if these are no marks; then no object counts as public.
    pub fn restore_marks(&mut self, marks: &[u8]) -> Result<(), Error> {
        self.marks.restore(marks)
    }

    /// Rows, to be kept over a restart together with the position in the log and the
    /// [`marks`](Self::marks).
    pub fn rows(&self) -> impl Iterator<Item = (SubscriberId, ServedRow)> {
        self.rows.iter().flat_map(|(&subscriber, rows)| rows.iter().map(move |it| (subscriber, it)))
    }

    /// Takes back a row of [`rows`](Self::rows), if its subscriber is enrolled and it is not too
    /// old.
    pub fn restore(&mut self, subscriber: SubscriberId, row: ServedRow) {
        let is_fresh = row.time_ns >= self.oldest(self.clock.wall_ns());
        if is_fresh && self.clients.enrolled().contains(&subscriber) {
            self.insert(subscriber, row);
        }
    }

    /// What `asker` may be told of an object; `None` stands for an id that nobody knows.
    pub fn may_learn(&self, asker: Asker, object: Option<&ScopedObject>) -> Verdict {
        let key = object.and_then(|object| object.log_key).unwrap_or(LogKey::NONE);
        let row = self.rows.get(&asker.subscriber).and_then(|rows| rows.find(key));
        let is_marked = self.marks.holds(key);
        let oldest = self.oldest(self.clock.wall_ns());
        let Some(object) = object else { return Verdict::Unknown };
        let is_proved = row.is_some_and(|row| {
            row.time_ns >= oldest && row.covers(object.bytes, self.options.parts_count)
        });
        match object.scope {
            Scope::Public if !is_marked => Verdict::Found,
            Scope::Public | Scope::Log if is_proved => Verdict::FoundWithProof,
            Scope::Owner(owner) if owner == asker.subscriber => Verdict::Found,
            Scope::Tenant(tenant) if Some(tenant) == asker.tenant => Verdict::Found,
            _ => Verdict::Unknown,
        }
    }

    /// The time before which nothing counts.
    fn oldest(&self, now_ns: i64) -> i64 {
        let window_ns = i64::try_from(self.options.window.as_nanos()).unwrap_or(i64::MAX);
        now_ns.saturating_sub(window_ns)
    }

    fn insert(&mut self, subscriber: SubscriberId, row: ServedRow) {
        let rows = self.rows.entry(subscriber).or_default();
        let before = rows.len();
        rows.insert(row);
        while rows.len() > self.options.rows_per_subscriber_max {
            rows.forget_oldest();
        }
        self.rows_count = self.rows_count.saturating_add(rows.len()).saturating_sub(before);
        while self.rows_count > self.options.rows_max {
            let Some(most) = self.rows.values_mut().max_by_key(|rows| rows.len()) else { break };
            most.forget_oldest();
            self.rows_count = self.rows_count.saturating_sub(1);
        }
    }

    /// Forgets what is too old, which no answer depends on: it gives memory back.
    pub fn forget_old(&mut self) {
        let oldest = self.oldest(self.clock.wall_ns());
        for rows in self.rows.values_mut() {
            rows.forget_before(oldest);
        }
        self.rows.retain(|_, rows| rows.len() > 0);
        self.rows_count = self.rows.values().map(ServedRows::len).sum();
    }
}
