//! How an agent follows its source: it applies what is told, reads what is new, and forgets what is
//! gone.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard};

use super::book_record::RootRecord;
use super::ended_pass::{EndedPass, Verdict, is_other, is_outdated};
use super::populate::{Populated, Populator, parts_of};
use super::{Agent, ObjectBook, ObjectNumber, lock, quarantine_digest};
use crate::error::{Error, Reason, SweepDoubt, SweepRefusal};
use crate::object::{ObjectKey, ObjectMeta};
use crate::scopes::log_key::{LogKey, without_empty_query};
use crate::scopes::scope_ledger::ScopedObject;
use crate::source::{Cursor, Event, RootInode};

/// A sweep that was refused, and of which root.
#[derive(Debug, Clone, Copy)]
struct RefusedSweep {
    refusal: SweepRefusal,
    root: Option<RootInode>,
    /// Monotonic time since which no other root was found.
    since_ns: u64,
}

/// How far listing has come. Nobody waits for the source while this is locked.
#[derive(Debug, Default)]
pub(super) struct Listing {
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

impl Agent {
    /// Lists the whole source. Objects in a generation that is known are not read again; what is
    /// known and not there goes, but only after a listing that came to its end.
    ///
    /// # Errors
    ///
    /// What concerns the source as a whole, among it [`Error::Unavailable`]: then nothing is
    /// forgotten. [`Error::SweepRefused`] if it is not believed that what was not told is gone: see
    /// [`confirm_root`](Self::confirm_root).
    pub fn scan(&self) -> Result<(), Error> {
        match self.list_all() {
            Err(Error::EmptyRoot) => self.list_empty(),
            ended => ended,
        }
    }

    fn list_all(&self) -> Result<(), Error> {
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

    /// There is nothing in the root of a source whose objects are known: whether that is believed
    /// is decided here, and not by the source, which cannot ask anybody.
    fn list_empty(&self) -> Result<(), Error> {
        let root = self.source.root();
        let mut listing = lock(&self.listing);
        let book = lock(&self.book);
        let (known, believed) = (book.len() as u64, book.root());
        drop(book);
        let ended = EndedPass { root, told: 0, known_before: known, told_again: 0, unseen: known };
        if let Verdict::Doubted(doubt) = self.verdict(&listing, &ended, believed) {
            return Err(self.refuse_sweep(&mut listing, root, (doubt, known, known)));
        }
        drop(listing);
        self.source.believe_empty();
        self.list_all()
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
        match self.end_scan(ended) {
            Err(Error::EmptyRoot) => self.list_empty(),
            ended => ended,
        }
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
        let root = self.source.root();
        lock(&self.listing).uncommitted = 0;
        let mut book = lock(&self.book);
        // What is known of the root that is believed is kept true; and of a source of which nothing
        // was known, its first one is believed.
        let is_noted = match book.root() {
            Some(noted) => {
                let is_it = noted.inode == root && !noted.is_confirmed;
                !is_it || !is_outdated(&noted, &root_of(&book, root))
            }
            None => root.is_none() || is_other(None, root, book.told_again().0),
        };
        if !is_noted {
            note_root(&mut book, root, 0)?;
        }
        book.commit()
    }

    /// What another root lacks is not gone: whether that is the source now, the end of the pass
    /// says.
    fn apply_gone(&self, key: &ObjectKey) -> Result<(), Error> {
        let mut listing = lock(&self.listing);
        listing.again.remove(key);
        drop(listing);
        let root = self.source.root();
        let mut book = lock(&self.book);
        let (known_before, _) = book.told_again();
        if !is_other(book.root(), root, known_before) {
            return self.forget_in(book, key);
        }
        book.mark_unseen(key);
        drop(book);
        let mut listing = lock(&self.listing);
        listing.lists_all |= !listing.in_pass;
        Ok(())
    }

    fn end_pass(&self, cursor: Cursor) -> Result<(), Error> {
        let root = self.source.root();
        // Locked until the root is noted: nobody confirms another one meanwhile.
        let mut listing = lock(&self.listing);
        let is_first = listing.cursor.replace(cursor).is_none();
        let was_in_pass = std::mem::take(&mut listing.in_pass);
        let mut book = lock(&self.book);
        let (known_before, told_again) = book.told_again();
        let unseen = if was_in_pass { book.unseen() as u64 } else { 0 };
        let ended = EndedPass { root, told: listing.told, known_before, told_again, unseen };
        if !was_in_pass {
            // A feed begins with all there is. Later, another root begins an epoch.
            let is_other = is_other(book.root(), root, known_before);
            if is_first && is_other && ended.proves_root(book.root()) {
                note_root(&mut book, root, 0)?;
            }
            drop((book, listing));
            return self.commit();
        }
        match self.verdict(&listing, &ended, book.root()) {
            Verdict::Believed => note_root(&mut book, root, unseen)?,
            Verdict::Unproven => {}
            Verdict::Doubted(doubt) => {
                let known = book.len() as u64;
                drop(book);
                let error = self.refuse_sweep(&mut listing, root, (doubt, known, unseen));
                drop(listing);
                self.commit()?;
                return Err(error);
            }
        }
        listing.refused = None;
        drop(listing);
        let swept = book.sweep()?;
        drop(book);
        for (_, numbers) in swept {
            self.count(|counts| counts.gone = counts.gone.saturating_add(1));
            self.forget_numbers(&numbers);
        }
        self.commit()
    }

    /// What a listing is taken for; a doubt has an end.
    fn verdict(
        &self,
        listing: &Listing,
        ended: &EndedPass,
        believed: Option<RootRecord>,
    ) -> Verdict {
        let verdict = ended.verdict(believed, self.options.empty_sweep_max);
        let Verdict::Doubted(_) = verdict else { return verdict };
        let refused = listing.refused.filter(|refused| refused.root == ended.root);
        let doubted_ns =
            refused.map(|refused| self.clock.monotonic_ns().saturating_sub(refused.since_ns));
        let is_over = |ns: u64| u128::from(ns) >= self.options.doubt_max.as_nanos();
        if doubted_ns.is_some_and(is_over) { Verdict::Believed } else { verdict }
    }

    fn refuse_sweep(
        &self,
        listing: &mut Listing,
        root: Option<RootInode>,
        (doubt, known, unseen): (SweepDoubt, u64, u64),
    ) -> Error {
        let (source, word) = (self.source.id().get(), doubt.as_str());
        tracing::error!(source, doubt = word, known, unseen, "objects of a source are kept");
        self.count(|counts| counts.sweeps_refused = counts.sweeps_refused.saturating_add(1));
        let before = listing.refused.filter(|before| before.root == root);
        let since_ns = before.map_or_else(|| self.clock.monotonic_ns(), |before| before.since_ns);
        let refusal = SweepRefusal { doubt, known, unseen };
        listing.refused = Some(RefusedSweep { refusal, root, since_ns });
        listing.lists_all = true;
        Error::SweepRefused(refusal)
    }

    /// The last listing's sweep, if it was refused and nobody has confirmed it.
    #[must_use]
    pub fn refused_sweep(&self) -> Option<SweepRefusal> {
        lock(&self.listing).refused.map(|refused| refused.refusal)
    }

    /// Confirms that the source is to be as the listing found it whose sweep was refused: the next
    /// listing that ends sweeps, if it finds that root. False if no sweep is refused any more.
    ///
    /// # Errors
    ///
    /// What writing the journal gives.
    pub fn confirm_root(&self) -> Result<bool, Error> {
        // Locked until it is noted: no listing ends meanwhile.
        let mut listing = lock(&self.listing);
        let Some(refused) = listing.refused else { return Ok(false) };
        let mut book = lock(&self.book);
        let root = root_of(&book, refused.root);
        book.note_root(RootRecord { is_confirmed: true, ..root })?;
        book.commit()?;
        listing.refused = None;
        Ok(true)
    }

    fn forget(&self, key: &ObjectKey) -> Result<(), Error> {
        self.forget_in(lock(&self.book), key)
    }

    pub(super) fn forget_in(
        &self,
        mut book: MutexGuard<'_, ObjectBook>,
        key: &ObjectKey,
    ) -> Result<(), Error> {
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
            return self.forget_in(book, &meta.key);
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
        // It may have been taken out of use while it was read.
        if book.is_bad(&quarantine_digest(&meta.key, &meta.generation)) {
            return self.forget_in(book, &meta.key);
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
}

/// A root, with what is known now as its objects.
fn root_of(book: &ObjectBook, inode: Option<RootInode>) -> RootRecord {
    let (objects, next_number) = (book.len() as u64, book.next_number());
    RootRecord { inode, objects, next_number, is_confirmed: false }
}

/// Notes a root as the source's, of which so many objects are about to go.
fn note_root(book: &mut ObjectBook, inode: Option<RootInode>, unseen: u64) -> Result<(), Error> {
    let root = root_of(book, inode);
    book.note_root(RootRecord { objects: root.objects.saturating_sub(unseen), ..root })
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
