//! The core of an agent: what it knows of one source, what it tells of it, and what it serves.
//!
//! The caller brings threads and the connection to a server: one thread applies the events of the
//! source, others may pull meanwhile.

mod feed;
mod journal_storage;
mod file_journal;
mod memory_journal;
mod journal;
mod object_chunks;
mod object_row;
mod book_record;
mod book_state;
mod object_book;
mod ended_pass;
mod identifier_index;
mod populate;
mod byte_rate;
mod hash_faults;
mod leases;
mod pull;
mod listing;
mod serving;
#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::object::{Generation, ObjectKey};
use crate::source::AccessSource;
use hash_faults::HashFaults;
use leases::Leases;
use listing::Listing;
use serving::Serving;

pub use byte_rate::ByteRate;
pub use feed::{
    Change, Delta, FeedMessage, Hello, ObjectNumber, ROW_BYTES_MAX, SEQ_MAX, SeenChunk, SeenObject,
    SnapshotPart,
};
pub use file_journal::FileJournal;
pub use identifier_index::{IdentifierIndex, is_offered};
pub use journal_storage::JournalStorage;
pub use leases::LeaseId;
pub use memory_journal::MemoryJournal;
pub use object_book::{Following, NewPart, ObjectBook, SnapshotPlan};
pub use object_chunks::{ChunkList, ChunkLister, ListedChunk, ObjectChunks};
pub use object_row::{ObjectRow, RowRepresentation};
pub use populate::PUBLISHED_BYTES_MIN;
pub use pull::{PULL_RANGES_MAX, PullRange, PullRequest, RangeAnswer};

/// How an agent works.
#[derive(Debug, Clone)]
pub struct AgentOptions {
    /// Caps on what one object costs.
    pub limits: Limits,
    /// How long the source counts as present after a message.
    pub lease: Duration,
    /// What it costs to fetch from it, compared with other sources.
    pub cost: u32,
    /// Most bytes a second that pulls read, `None` for no limit.
    pub pull_bytes_per_second: Option<u64>,
    /// The longest time for which an object is kept readable.
    pub keep_ttl_max: Duration,
    /// Bytes of objects that are kept readable at one time.
    pub keep_bytes_max: u64,
    /// Events after which what was found is made durable.
    pub commit_every: usize,
    /// If a listing tells of next to nothing and lacks more objects than this, they are not taken
    /// for gone. To list fewer anew is cheaper than to ask somebody.
    pub empty_sweep_max: u64,
    /// How long a doubted root is found, and no other, until it is believed all the same. Counted
    /// while the agent runs.
    pub doubt_max: Duration,
}

impl Default for AgentOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            lease: Duration::from_mins(5),
            cost: 100,
            pull_bytes_per_second: None,
            keep_ttl_max: Duration::from_mins(15),
            keep_bytes_max: 4 << 30,
            commit_every: 1024,
            empty_sweep_max: 100,
            doubt_max: Duration::from_hours(7 * 24),
        }
    }
}

/// What an agent did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentCounts {
    /// Objects whose chunk lists were made.
    pub listed: u64,
    /// Objects that were as they were known.
    pub unchanged: u64,
    /// Objects that went.
    pub gone: u64,
    /// Objects that could not be listed.
    pub failed: u64,
    /// Representations that could not be read.
    pub representations_failed: u64,
    /// Bytes of representations that were cut into chunks.
    pub bytes_listed: u64,
    /// Ranges asked for.
    pub ranges_asked: u64,
    /// Bytes of ranges that were served.
    pub bytes_served: u64,
    /// Ranges whose bytes were not what was told.
    pub mismatches: u64,
    /// New epochs.
    pub epochs: u64,
    /// Listings after which what they did not tell of was kept.
    pub sweeps_refused: u64,
}

/// The agent of one source. All calls may run at once; what applies events waits for itself.
#[derive(Debug)]
pub struct Agent {
    source: Arc<dyn AccessSource>,
    clock: Arc<dyn Clock>,
    options: AgentOptions,
    rate: ByteRate,
    book: Mutex<ObjectBook>,
    listing: Mutex<Listing>,
    /// Held while an object is read: only others that are to be listed wait for that.
    lister: Mutex<ChunkLister>,
    serving: Mutex<Serving>,
    index: Mutex<IdentifierIndex>,
    counts: Mutex<AgentCounts>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The epoch of a book that begins now: seconds since the end of 2023. So a book that takes the
/// place of one that was lost is in a later epoch than that, unless epochs rose faster than time
/// or the clock was set back; then a server that was told of later ones says so.
fn first_epoch(clock: &dyn Clock) -> u32 {
    let seconds = clock.wall_ns() / 1_000_000_000 - 1_704_000_000;
    u32::try_from(seconds).unwrap_or(0).max(1)
}

impl Agent {
    /// Opens the agent of a source with what its journal knows.
    ///
    /// # Errors
    ///
    /// What opening the journal gives.
    pub fn open(
        source: Box<dyn AccessSource>,
        journal: Box<dyn JournalStorage>,
        options: AgentOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let mut book = ObjectBook::open(journal, source.id(), first_epoch(&*clock))?;
        // Whatever the journal knows was not told yet.
        book.begin_pass();
        let leases = Leases::new(options.keep_ttl_max, options.keep_bytes_max, Arc::clone(&clock));
        let serving = Serving { leases, faults: HashFaults::default() };
        Ok(Self {
            source: Arc::from(source),
            rate: ByteRate::new(options.pull_bytes_per_second, Arc::clone(&clock)),
            clock,
            options,
            book: Mutex::new(book),
            listing: Mutex::default(),
            lister: Mutex::new(ChunkLister::new()),
            serving: Mutex::new(serving),
            index: Mutex::default(),
            counts: Mutex::default(),
        })
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &Arc<dyn AccessSource> {
        &self.source
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> AgentCounts {
        *lock(&self.counts)
    }

    fn count(&self, count: impl FnOnce(&mut AgentCounts)) {
        count(&mut lock(&self.counts));
    }

    /// Objects that are known.
    #[must_use]
    pub fn objects(&self) -> usize {
        lock(&self.book).len()
    }

    /// The objects that identifiers find: see [`IdentifierIndex::find`].
    #[must_use]
    pub fn find(&self, wanted: &Identifiers) -> Vec<ObjectNumber> {
        lock(&self.index).find(wanted)
    }

    /// How the source introduces itself.
    #[must_use]
    pub fn hello(&self) -> FeedMessage {
        let (lease, cost) = (self.options.lease, self.options.cost);
        FeedMessage::Hello(Hello { epoch: lock(&self.book).durable_epoch(), lease, cost })
    }

    /// Says that the journal does not hold what a server was told, up to an epoch: it was lost, or
    /// an older one was put in its place. All is told anew, in a later epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the epochs are used up; what writing the journal gives.
    pub fn lose_history(&self, known: u32) -> Result<(), Error> {
        lock(&self.book).begin_epoch_above(known)?;
        self.count(|counts| counts.epochs = counts.epochs.saturating_add(1));
        self.commit()
    }

    /// A sign of life.
    #[must_use]
    pub fn sign_of_life(&self) -> FeedMessage {
        FeedMessage::Lease { epoch: lock(&self.book).durable_epoch() }
    }

    /// The changes after a position, with at most about `chunks_max` chunks.
    ///
    /// # Errors
    ///
    /// What reading the journal gives.
    pub fn following(&self, epoch: u32, seq: u64, chunks_max: usize) -> Result<Following, Error> {
        lock(&self.book).following(epoch, seq, chunks_max)
    }

    /// Plans a snapshot of parts with about `chunks_max` chunks each.
    #[must_use]
    pub fn snapshot(&self, chunks_max: usize) -> SnapshotPlan {
        lock(&self.book).snapshot(chunks_max)
    }

    /// One part of a snapshot; `None` if it has no such part or is of another epoch.
    ///
    /// # Errors
    ///
    /// What reading the journal gives.
    pub fn snapshot_part(
        &self,
        plan: &SnapshotPlan,
        part: usize,
    ) -> Result<Option<FeedMessage>, Error> {
        let part = lock(&self.book).snapshot_part(plan, part)?;
        Ok(part.map(FeedMessage::Snapshot))
    }
}

/// Names an object in one generation that is not to be read again.
fn quarantine_digest(key: &ObjectKey, generation: &Generation) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("gleaner access 2026 quarantine");
    hasher.update(generation.as_bytes());
    hasher.update(key.as_bytes());
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    digest
}
