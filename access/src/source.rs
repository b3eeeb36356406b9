//! A source: what one access server holds, as events, readers and pins.
//!
//! The contract, which the suite `conformance` tests:
//!
//! - What `scan` lists can be opened under the key and generation that it gave, until it changes or
//!   goes; the bytes are those that the server would give for it.
//! - `watch` and `scan` come to the same set: whoever applies the events of one to an empty map has
//!   what the other lists.
//! - One object that cannot be read costs that object: it is told as [`Event::Skipped`] and
//!   counted. An `Err` concerns the source, and ends the iterator.
//! - A source that cannot be seen is [`Error::Unavailable`] or [`Error::EmptyRoot`], never a source
//!   without objects.

use std::fmt::Debug;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::body::Body;
use crate::error::{Error, Reason};
use crate::identifiers::Identifiers;
use crate::object::{Generation, ObjectKey, ObjectMeta, SourceId};

/// What a source can do; what it cannot, its methods refuse with [`Error::Incapable`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `scan` lists all objects.
    pub enumerate: bool,
    /// `watch` tells of changes.
    pub feed: bool,
    /// The feed comes from the server or the kernel; false if the source has to look again and
    /// again, so that a change is told after one interval.
    pub feed_by_events: bool,
    /// Bodies can be read from any offset at the cost of what is read.
    pub seek: bool,
    /// Readers can be pinned.
    pub pin: bool,
    /// `probe` finds by URL.
    pub probe_by_url: bool,
    /// `probe` finds by Message-ID.
    pub probe_by_message_id: bool,
    /// Whether the server was seen to answer from its cache alone when asked to; `None` where that
    /// does not matter.
    pub honours_only_if_cached: Option<bool>,
}

/// Which folder a source lies in, over restarts: without its mount, which is another one after each
/// start of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootInode {
    /// Device.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
}

/// Where in its feed a source stands: bytes of its kind's own making.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// Wraps the bytes of a cursor.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An object, or a file that would be one, which was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it lies, in words of its source: a path, a record's number. Not for logs at the
    /// default level.
    pub place: Vec<u8>,
    /// Why, as a word to count by.
    pub reason: Reason,
    /// Why, more precisely, where the format says.
    pub detail: &'static str,
}

/// What a source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The object is there in this generation, whatever was known of its key before.
    Upsert(Box<ObjectMeta>),
    /// The object is not there any more.
    Gone(ObjectKey),
    /// Events were lost or a new count begins: what is not told again before the next cursor is
    /// gone. Numbers only grow.
    Epoch(u64),
    /// All before it is told. Whoever hands the cursor to `scan` hears what came after it.
    Cursor(Cursor),
    /// Something was left out.
    Skipped(Skipped),
    /// The objects whose keys begin like this one cannot be seen now, all of them: where all is
    /// told anew, they are neither told nor gone.
    Unseen(ObjectKey),
}

/// What `scan` and `watch` give.
pub type Events<'a> = Box<dyn Iterator<Item = Result<Event, Error>> + Send + 'a>;

/// Tells a feed to end; clones are one switch.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A switch that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets it, for ever.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// True once it is set.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Sets it when what comes back is dropped, be it by a panic: whoever waits for the feed's
    /// thread then does not wait for ever.
    #[must_use]
    pub fn on_drop(&self) -> StopOnDrop {
        StopOnDrop(self.clone())
    }
}

/// Sets a [`Stop`] when it is dropped.
#[derive(Debug)]
pub struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// What one access server holds.
pub trait AccessSource: Send + Sync + Debug {
    /// Its number.
    fn id(&self) -> SourceId;

    /// The name of its kind, a word of ACCESS section 1.
    fn kind(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// What was seen and done since it was made.
    fn counters(&self) -> &Counters;

    /// The root that the last listing or feed looked at. `None` before the first, and where there
    /// is none: an account on a server.
    fn root(&self) -> Option<RootInode> {
        None
    }

    /// Says that the source is to be believed if its root is found empty, until something is in it
    /// again: then what is known is told to be gone, where it was [`Error::EmptyRoot`].
    fn believe_empty(&self) {}

    /// Lists all objects, or what changed since a cursor of this source. Ends with a cursor. If the
    /// cursor is too old or not of this run, the first event is [`Event::Epoch`] and all objects
    /// follow.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] and [`Error::EmptyRoot`] if the source cannot be seen,
    /// [`Error::Incapable`] if it does not enumerate.
    fn scan(&self, since: Option<&Cursor>) -> Result<Events<'_>, Error>;

    /// Tells what changes, beginning with what changed since the last event of `scan` or `watch`
    /// (all objects, if there was none), until `stop` is set; then it ends without an error. It
    /// blocks while there is nothing to tell.
    ///
    /// # Errors
    ///
    /// As `scan`; [`Error::Incapable`] if there is no feed.
    fn watch(&self, stop: &Stop) -> Result<Events<'_>, Error>;

    /// The objects that meet the identifiers, without a listing: candidates, which may be too many.
    ///
    /// # Errors
    ///
    /// [`Error::Incapable`] if none of the given kinds of identifiers finds here; what asking the
    /// server gives.
    fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error>;

    /// Opens an object in the generation that was told.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`], [`Error::Changed`] if it is there in another generation, [`Error::Busy`];
    /// what reading it gives.
    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error>;
}

/// One object in one generation, open.
pub trait ObjectReader: Send + Sync + Debug {
    /// What is known of it.
    fn meta(&self) -> &ObjectMeta;

    /// The body as it is stored. What was read of it is good only if `still_same` says so after
    /// the last read.
    fn body(&self) -> Arc<dyn Body>;

    /// True if what was read so far is of this generation; false: throw it away.
    ///
    /// # Errors
    ///
    /// What looking at it again gives.
    fn still_same(&self) -> Result<bool, Error>;

    /// Keeps the body readable for up to `ttl` although the server may evict it. `None` where that
    /// cannot be: go on without.
    fn pin(&self, ttl: Duration) -> Option<Pin>;

    /// The object as another program of the source makes it (recipe step `render`).
    ///
    /// # Errors
    ///
    /// [`Error::Incapable`] with every source of this crate.
    fn render(&self, _format: u64, _version: u64) -> Result<Box<dyn Read + Send>, Error> {
        Err(Error::Incapable("render"))
    }
}

/// A body that outlives its eviction. Dropping it releases it, its time running out does too: reads
/// then give [`Error::Gone`].
pub struct Pin {
    body: Arc<dyn Body>,
    // Held for its drop.
    _hold: Box<dyn Send + Sync>,
}

impl Pin {
    /// A pin on `body`, released when `hold` is dropped.
    #[must_use]
    pub fn new(body: Arc<dyn Body>, hold: Box<dyn Send + Sync>) -> Self {
        Self { body, _hold: hold }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Arc<dyn Body> {
        &self.body
    }
}

impl Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pin").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// Number of [`Reason`]s.
const REASONS: usize = Reason::ALL.len();

/// What a source saw and did; any thread may add.
#[derive(Debug, Default)]
pub struct Counters {
    seen: AtomicU64,
    indexed: AtomicU64,
    gone: AtomicU64,
    changed: AtomicU64,
    bytes_read: AtomicU64,
    epochs: AtomicU64,
    feed_lag_ns: AtomicU64,
    skipped: [AtomicU64; REASONS],
    refused: [AtomicU64; REASONS],
}

/// Values of [`Counters`] at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Files or records that were looked at.
    pub seen: u64,
    /// Objects that were told for the first time.
    pub indexed: u64,
    /// Objects that went.
    pub gone: u64,
    /// Objects that were told again in another generation.
    pub changed: u64,
    /// Bytes of bodies that were read.
    pub bytes_read: u64,
    /// Epochs after the first.
    pub epochs: u64,
    /// Nanoseconds from the last change to its being told, where the kernel says when it was.
    pub feed_lag_ns: u64,
    /// What was left out, by reason; reasons without a case are not listed.
    pub skipped: Vec<(Reason, u64)>,
    /// Listings, opens, reads and re-checks of objects that gave nothing, by reason: what was asked
    /// for is not what is there.
    pub refused: Vec<(Reason, u64)>,
}

impl Counters {
    /// All at zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A file or record was looked at.
    pub fn saw(&self) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }

    /// An object was told for the first time.
    pub fn indexed(&self) {
        self.indexed.fetch_add(1, Ordering::Relaxed);
    }

    /// An object went.
    pub fn gone(&self) {
        self.gone.fetch_add(1, Ordering::Relaxed);
    }

    /// An object was told again in another generation.
    pub fn changed(&self) {
        self.changed.fetch_add(1, Ordering::Relaxed);
    }

    /// Bytes of a body were read.
    pub fn read(&self, bytes: u64) {
        self.bytes_read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A new epoch began.
    pub fn began_epoch(&self) {
        self.epochs.fetch_add(1, Ordering::Relaxed);
    }

    /// A change was told so long after it was made.
    pub fn lagged(&self, ns: u64) {
        self.feed_lag_ns.store(ns, Ordering::Relaxed);
    }

    /// An object was left out.
    pub fn skipped(&self, reason: Reason) {
        if let Some(counter) = self.skipped.get(reason.index()) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts an answer that is none.
    pub(crate) fn answered<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &answer {
            self.refused(error.reason());
        }
        answer
    }

    /// Counts what a re-check found, if that is not the same object.
    pub(crate) fn rechecked(&self, is_same: Result<bool, Error>) -> Result<bool, Error> {
        if let Ok(false) = is_same {
            self.refused(Reason::Changed);
        }
        self.answered(is_same)
    }

    fn refused(&self, reason: Reason) {
        if let Some(counter) = self.refused.get(reason.index()) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The values now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let by_reason = |counters: &[AtomicU64; REASONS]| {
            let counted = Reason::ALL.into_iter().zip(counters.iter().map(value));
            counted.filter(|&(_, count)| count > 0).collect()
        };
        Counts {
            seen: value(&self.seen),
            indexed: value(&self.indexed),
            gone: value(&self.gone),
            changed: value(&self.changed),
            bytes_read: value(&self.bytes_read),
            epochs: value(&self.epochs),
            feed_lag_ns: value(&self.feed_lag_ns),
            skipped: by_reason(&self.skipped),
            refused: by_reason(&self.refused),
        }
    }
}
