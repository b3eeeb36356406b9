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
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, Reason, SweepRefusal};
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::object::{Generation, ObjectKey, ObjectMeta};
use crate::scopes::log_key::{LogKey, without_empty_query};
use crate::scopes::scope_ledger::ScopedObject;
use crate::source::{AccessSource, Cursor, Event, RootInode};
use book_record::RootRecord;
use ended_pass::{EndedPass, is_other};
use hash_faults::HashFaults;
use leases::Leases;
use populate::{Populated, Populator, digest_of, parts_of};
use pull::{PullEnd, Server, UNSOUND, answer_all, is_sound};

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
    /// If more objects than this are known and a listing tells of none, they are not taken for
    /// gone. To list fewer anew is cheaper than to ask somebody.
    pub empty_sweep_max: u64,
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

/// A sweep that was refused, and of which root.
#[derive(Debug, Clone, Copy)]
struct RefusedSweep {
    refusal: SweepRefusal,
    root: Option<RootInode>,
}

/// How far listing has come. Nobody waits for the source while this is locked.
#[derive(Debug, Default)]
struct Listing {
    /// A pass is under way: what is not told before its end goes.
    in_pass: bool,
    /// Objects that were told of in this pass.
    told: u64,
    cursor: Option<Cursor>,
    refused: Option<RefusedSweep>,
    uncommitted: usize,
    /// Objects that could not be read once, and may be later: the source does not tell of them
    /// again as long as they are the same.
    again: BTreeMap<ObjectKey, ObjectMeta>,
    /// Only a listing of everything finds what is to be done: there are more objects to be tried
    /// again, or a sweep was refused.
    lists_all: bool,
}

/// Objects that are kept to be tried again.
const AGAIN_MAX: usize = 1024;

#[derive(Debug)]
struct Serving {
    leases: Leases,
    faults: HashFaults,
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
        let book = ObjectBook::open(journal, source.id())?;
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

    /// Lists the whole source. Objects in a generation that is known are not read again; what is
    /// known and not there goes, but only after a listing that came to its end.
    ///
    /// # Errors
    ///
    /// What concerns the source as a whole, among it [`Error::Unavailable`]: then nothing is
    /// forgotten. [`Error::SweepRefused`] if it is not believed that what was not told is gone: see
    /// [`confirm_root`](Self::confirm_root).
    pub fn scan(&self) -> Result<(), Error> {
        self.check_enabled()?;
        let source = Arc::clone(&self.source);
        self.begin_pass();
        let listed_all = std::mem::take(&mut lock(&self.listing).lists_all);
        let ended = source.scan(None).and_then(|events| self.apply_all(events, true));
        if ended.is_err() {
            lock(&self.listing).lists_all |= listed_all;
        }
        self.end_scan(ended)
    }

    /// Lists what changed since the last listing or poll, and what could not be read then; all, if
    /// there was none, if too much could not be read, or after a sweep that was refused.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn poll(&self) -> Result<(), Error> {
        let listing = lock(&self.listing);
        let cursor = listing.cursor.clone().filter(|_| !listing.lists_all);
        drop(listing);
        let Some(cursor) = cursor else { return self.scan() };
        self.check_enabled()?;
        let source = Arc::clone(&self.source);
        // Before the events: these may tell of later generations.
        let ended = self.try_again().and_then(|()| source.scan(Some(&cursor)));
        let ended = ended.and_then(|events| self.apply_all(events, false));
        self.end_scan(ended)
    }

    fn try_again(&self) -> Result<(), Error> {
        let again = std::mem::take(&mut lock(&self.listing).again);
        again.values().try_for_each(|meta| self.upsert(meta))
    }

    fn begin_pass(&self) {
        let mut listing = lock(&self.listing);
        (listing.in_pass, listing.told) = (true, 0);
        drop(listing);
        lock(&self.book).begin_pass();
    }

    /// An epoch at the beginning of a listing of everything loses nothing: the end of the pass
    /// tells what went.
    fn apply_all(&self, events: crate::source::Events<'_>, is_whole: bool) -> Result<(), Error> {
        let mut is_first = is_whole;
        for event in events {
            let event = event?;
            let is_announced = std::mem::take(&mut is_first) && matches!(event, Event::Epoch(_));
            if !is_announced {
                self.apply(event)?;
            }
        }
        Ok(())
    }

    fn end_scan(&self, ended: Result<(), Error>) -> Result<(), Error> {
        if ended.is_err() {
            self.abandon_pass();
        }
        self.commit()?;
        ended
    }

    /// Says that the events of a feed ended without their end: nothing is swept.
    pub fn abandon_pass(&self) {
        lock(&self.listing).in_pass = false;
    }

    /// Applies one event of the source's feed.
    ///
    /// # Errors
    ///
    /// What writing the journal gives, and [`Error::Unavailable`] once the source is disabled;
    /// [`Error::SweepRefused`] at the end of an epoch as for [`scan`](Self::scan): the next
    /// [`poll`](Self::poll) lists everything. Errors of the object are counted.
    pub fn apply(&self, event: Event) -> Result<(), Error> {
        self.check_enabled()?;
        match event {
            Event::Upsert(meta) => {
                let mut listing = lock(&self.listing);
                listing.told = listing.told.saturating_add(1);
                drop(listing);
                self.upsert(&meta)?;
            }
            Event::Gone(key) => self.apply_gone(&key)?,
            Event::Epoch(_) => {
                lock(&self.book).begin_epoch()?;
                self.count(|counts| counts.epochs = counts.epochs.saturating_add(1));
                self.begin_pass();
            }
            Event::Cursor(cursor) => self.end_pass(cursor)?,
            Event::Unseen(prefix) => lock(&self.book).mark_seen_below(&prefix),
            Event::Skipped(_) => {}
        }
        let mut listing = lock(&self.listing);
        listing.uncommitted = listing.uncommitted.saturating_add(1);
        let is_due = listing.uncommitted >= self.options.commit_every;
        drop(listing);
        if is_due { self.commit() } else { Ok(()) }
    }

    /// Makes durable what was applied, so that it is told.
    ///
    /// # Errors
    ///
    /// What writing the journal gives.
    pub fn commit(&self) -> Result<(), Error> {
        lock(&self.listing).uncommitted = 0;
        lock(&self.book).commit()
    }

    /// What another root lacks is not gone: whether that is the source now, the end of the pass
    /// says.
    fn apply_gone(&self, key: &ObjectKey) -> Result<(), Error> {
        let mut listing = lock(&self.listing);
        listing.again.remove(key);
        drop(listing);
        let believed = lock(&self.book).root();
        if !is_other(believed, self.source.root()) {
            return self.forget(key);
        }
        lock(&self.book).mark_unseen(key);
        let mut listing = lock(&self.listing);
        listing.lists_all |= !listing.in_pass;
        Ok(())
    }

    fn end_pass(&self, cursor: Cursor) -> Result<(), Error> {
        let mut listing = lock(&self.listing);
        listing.cursor = Some(cursor);
        let (was_in_pass, told) = (std::mem::take(&mut listing.in_pass), listing.told);
        drop(listing);
        let root = self.source.root();
        if was_in_pass {
            self.sweep(root, told)?;
        } else if root.is_some() && lock(&self.book).root().is_none() {
            self.believe(root)?;
        }
        self.commit()
    }

    /// Forgets what a pass did not tell of, or refuses to.
    fn sweep(&self, root: Option<RootInode>, told: u64) -> Result<(), Error> {
        let mut book = lock(&self.book);
        let (known, unseen) = (book.len() as u64, book.unseen() as u64);
        let ended = EndedPass { root, told, known, unseen };
        if let Some(refusal) = ended.refusal(book.root(), self.options.empty_sweep_max) {
            drop(book);
            self.refuse_sweep(RefusedSweep { refusal, root });
            self.commit()?;
            return Err(Error::SweepRefused(refusal));
        }
        let swept = book.sweep()?;
        drop(book);
        for (_, numbers) in swept {
            self.count(|counts| counts.gone = counts.gone.saturating_add(1));
            self.forget_numbers(&numbers);
        }
        lock(&self.listing).refused = None;
        self.believe(root)
    }

    /// Remembers a root as that of what is known.
    fn believe(&self, root: Option<RootInode>) -> Result<(), Error> {
        let mut book = lock(&self.book);
        let objects = book.len() as u64;
        book.note_root(RootRecord { inode: root, objects })
    }

    fn refuse_sweep(&self, refused: RefusedSweep) {
        let SweepRefusal { doubt, known, unseen } = refused.refusal;
        let (source, doubt) = (self.source.id().get(), doubt.as_str());
        tracing::error!(source, doubt, known, unseen, "objects of a source are kept");
        self.count(|counts| counts.sweeps_refused = counts.sweeps_refused.saturating_add(1));
        let mut listing = lock(&self.listing);
        listing.refused = Some(refused);
        listing.lists_all = true;
    }

    /// The last listing's sweep, if it was refused and nobody has confirmed it.
    #[must_use]
    pub fn refused_sweep(&self) -> Option<SweepRefusal> {
        lock(&self.listing).refused.map(|refused| refused.refusal)
    }

    /// Confirms that the source is to be as the listing found it whose sweep was refused: the next
    /// listing sweeps, if it finds that root. False if no sweep was refused.
    ///
    /// # Errors
    ///
    /// What writing the journal gives.
    pub fn confirm_root(&self) -> Result<bool, Error> {
        let Some(refused) = lock(&self.listing).refused else { return Ok(false) };
        let mut book = lock(&self.book);
        // No objects: that there are none is confirmed too.
        book.note_root(RootRecord { inode: refused.root, objects: 0 })?;
        book.commit()?;
        drop(book);
        lock(&self.listing).refused = None;
        Ok(true)
    }

    fn forget(&self, key: &ObjectKey) -> Result<(), Error> {
        let mut book = lock(&self.book);
        let numbers = book.numbers(key).to_vec();
        if numbers.is_empty() {
            return Ok(());
        }
        book.remove(key)?;
        drop(book);
        self.count(|counts| counts.gone = counts.gone.saturating_add(1));
        self.forget_numbers(&numbers);
        Ok(())
    }

    fn forget_numbers(&self, numbers: &[ObjectNumber]) {
        let mut index = lock(&self.index);
        for &number in numbers {
            index.remove(number);
        }
    }

    fn upsert(&self, meta: &ObjectMeta) -> Result<(), Error> {
        lock(&self.listing).again.remove(&meta.key);
        let scoped = scoped_of(self.source.kind(), meta);
        let mut book = lock(&self.book);
        if book.is_bad(&quarantine_digest(&meta.key, &meta.generation)) {
            drop(book);
            return self.forget(&meta.key);
        }
        let is_known = book.generation(&meta.key) == Some(meta.generation)
            && book.scoped(&meta.key) == Some(scoped);
        if is_known {
            book.mark_seen(&meta.key);
            self.index_numbers(&book, meta);
            drop(book);
            self.count(|counts| counts.unchanged = counts.unchanged.saturating_add(1));
            return Ok(());
        }
        drop(book);
        let error = match self.populate(meta) {
            Err(error) => error,
            Ok(found) => match self.put(meta, scoped, &found) {
                Err(error) if is_of_object(&error) => error,
                written => return written,
            },
        };
        self.count(|counts| counts.failed = counts.failed.saturating_add(1));
        // Whatever was known of the key is not so any more.
        self.forget(&meta.key)?;
        match error.reason() {
            Reason::Limit => {
                let digest = quarantine_digest(&meta.key, &meta.generation);
                lock(&self.book).mark_bad(digest)?;
            }
            Reason::Io | Reason::Busy | Reason::Changed | Reason::Denied | Reason::Unavailable => {
                let mut listing = lock(&self.listing);
                if listing.again.len() < AGAIN_MAX {
                    listing.again.insert(meta.key.clone(), meta.clone());
                } else {
                    listing.lists_all = true;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn populate(&self, meta: &ObjectMeta) -> Result<Populated, Error> {
        let reader = self.source.open(&meta.key, &meta.generation)?;
        let mut lister = lock(&self.lister);
        let (limits, clock) = (&self.options.limits, self.clock.as_ref());
        let mut populator = Populator { lister: &mut lister, limits, clock };
        populator.read(reader.as_ref(), &|digest| lock(&self.book).is_bad(digest))
    }

    fn put(&self, meta: &ObjectMeta, scoped: ScopedObject, found: &Populated) -> Result<(), Error> {
        let parts = parts_of(meta.generation, scoped, &found.lists)?;
        let mut book = lock(&self.book);
        for digest in &found.bad {
            book.mark_bad(*digest)?;
        }
        let before = book.numbers(&meta.key).to_vec();
        book.put(&meta.key, meta.generation, scoped, parts)?;
        self.forget_numbers(&before);
        self.index_numbers(&book, meta);
        drop(book);
        let bytes = found.lists.iter().fold(0_u64, |sum, list| sum.saturating_add(list.len));
        self.count(|counts| {
            counts.listed = counts.listed.saturating_add(1);
            counts.bytes_listed = counts.bytes_listed.saturating_add(bytes);
            let faults = found.faults.len() as u64;
            counts.representations_failed = counts.representations_failed.saturating_add(faults);
        });
        Ok(())
    }

    /// An object with several numbers is found by its first.
    fn index_numbers(&self, book: &ObjectBook, meta: &ObjectMeta) {
        if let Some(first) = book.numbers(&meta.key).first() {
            lock(&self.index).put(*first, &meta.identifiers);
        }
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

    /// Keeps an object readable for a while although its server may evict it. `None` where that
    /// cannot be: go on without.
    #[must_use]
    pub fn keep(
        &self,
        number: ObjectNumber,
        generation: Generation,
        ttl: Duration,
    ) -> Option<LeaseId> {
        let (key, known) = self.found(number)?;
        let reader = self.source.open(&key, &generation).ok().filter(|_| known == generation)?;
        lock(&self.serving).leases.grant(number, generation, Arc::from(reader), ttl)
    }

    /// Ends what [`keep`](Self::keep) gave.
    pub fn let_go(&self, lease: LeaseId) {
        lock(&self.serving).leases.end(lease);
    }

    /// Bytes of objects that are kept.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        lock(&self.serving).leases.bytes()
    }

    fn found(&self, number: ObjectNumber) -> Option<(ObjectKey, Generation)> {
        let book = lock(&self.book);
        book.find(number).map(|(key, generation)| (key.clone(), generation))
    }

    /// Answers a pull: for each range, in order, until one fails or the receiver breaks off.
    ///
    /// Who asks has been asked for its right to the object already; the receiver hashes again.
    ///
    /// # Errors
    ///
    /// What writing the journal gives, after a fault of the source.
    pub fn pull(
        &self,
        request: &PullRequest,
        answer: &mut dyn FnMut(usize, RangeAnswer) -> std::ops::ControlFlow<()>,
    ) -> Result<(), Error> {
        let asked = request.ranges.len() as u64;
        self.count(|counts| counts.ranges_asked = counts.ranges_asked.saturating_add(asked));
        let end = match self.serve(request, answer) {
            Ok(end) => end,
            Err(error) => {
                let count = request.ranges.len().min(PULL_RANGES_MAX);
                answer_all(0, count, &RangeAnswer::of(&error), answer);
                return Ok(());
            }
        };
        self.count(|counts| {
            counts.bytes_served = counts.bytes_served.saturating_add(end.bytes_sent);
        });
        if end.has_exceeded {
            let digest = digest_of(&request.generation, Some(&request.recipe));
            lock(&self.book).mark_bad(digest)?;
        }
        match end.mismatch {
            Some(range) if self.was_told(request, range)? => self.quarantine(request),
            _ => Ok(()),
        }
    }

    /// Whether this agent said that these bytes are there: a wrong guess of the server is no fault
    /// of the source.
    fn was_told(&self, request: &PullRequest, range: PullRange) -> Result<bool, Error> {
        let mut book = lock(&self.book);
        let Some((key, generation)) = book.find(request.object) else { return Ok(false) };
        if generation != request.generation {
            return Ok(false);
        }
        let key = key.clone();
        for part in book.parts(&key)? {
            let row = ObjectRow::decode(&part.row)?;
            let is_it = |seen: &SeenChunk| {
                let recipe = row.representations.get(usize::from(seen.representation));
                (seen.offset, seen.length, seen.chunk) == (range.offset, range.length, range.chunk)
                    && recipe.is_some_and(|found| found.recipe == request.recipe)
            };
            if part.chunks.iter().any(is_it) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn serve(
        &self,
        request: &PullRequest,
        answer: &mut dyn FnMut(usize, RangeAnswer) -> std::ops::ControlFlow<()>,
    ) -> Result<PullEnd, Error> {
        self.check_enabled()?;
        if !is_sound(request) {
            return Err(UNSOUND);
        }
        let digest = digest_of(&request.generation, Some(&request.recipe));
        if lock(&self.book).is_bad(&digest) {
            return Err(UNSOUND);
        }
        let (limits, clock) = (&self.options.limits, self.clock.as_ref());
        let server = Server { limits, clock, rate: &self.rate };
        let kept = lock(&self.serving).leases.kept(request.object, request.generation);
        if let Some((body, reader)) = kept {
            // A server may write into a file that is kept too: that is no fault of the source.
            return Ok(server.serve(request, &body, &|| reader.still_same(), answer));
        }
        let (key, known) = self.found(request.object).ok_or(Error::Gone)?;
        if known != request.generation {
            return Err(Error::Changed);
        }
        let reader = self.source.open(&key, &request.generation)?;
        Ok(server.serve(request, &reader.body(), &|| reader.still_same(), answer))
    }

    /// Takes an object out of use whose bytes are not what was listed; too many of them, and the
    /// source is out of use.
    fn quarantine(&self, request: &PullRequest) -> Result<(), Error> {
        self.count(|counts| counts.mismatches = counts.mismatches.saturating_add(1));
        let now_ns = self.clock.wall_ns();
        if lock(&self.serving).faults.note(now_ns) {
            tracing::error!(source = self.source.id().get(), "source disabled: wrong bytes");
        }
        if let Some((key, generation)) = self.found(request.object)
            && generation == request.generation
        {
            lock(&self.book).mark_bad(quarantine_digest(&key, &generation))?;
            self.forget(&key)?;
        }
        self.commit()
    }

    /// Whether the source was disabled because too many of its bytes were wrong.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        lock(&self.serving).faults.is_disabled()
    }

    fn check_enabled(&self) -> Result<(), Error> {
        if self.is_disabled() {
            return Err(Error::Unavailable("too many of its bytes were wrong"));
        }
        Ok(())
    }
}

/// Whether what is wrong is what was to be written, and not the writing.
fn is_of_object(error: &Error) -> bool {
    matches!(error.reason(), Reason::Limit | Reason::Corrupt | Reason::Unsupported)
}

/// What the scope rules have to know: logs name an object by the first part of its key, Apache
/// without the `?` that it adds to the names in its cache, and nginx by the URL in it.
fn scoped_of(kind: &str, meta: &ObjectMeta) -> ScopedObject {
    let name = meta.key.parts().and_then(|parts| parts.into_iter().next());
    let log_key = name.and_then(|name| match kind {
        "apache-disk" => Some(LogKey::of(without_empty_query(&name))),
        "nginx" => crate::web::nginx_format::log_name(meta, &name).map(LogKey::of),
        _ => Some(LogKey::of(&name)),
    });
    ScopedObject { scope: meta.scope, log_key, bytes: meta.raw_len }
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
