//! What an account holds, and what changed there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::error::{Error, LimitKind};
use crate::source::{Cursor, Event, Skipped, Stop};

use super::resync::KnownState;
use super::session::{Opened, Session};
use super::{ImapSource, key, key_prefix};

/// Mails that are asked for at once.
const MAILS_AT_ONCE: usize = 100;

/// How late a stop is seen.
const TICK: Duration = Duration::from_millis(100);

/// What was told.
#[derive(Debug)]
pub(super) struct State {
    epoch: u64,
    cursors: u64,
    /// By name.
    mailboxes: BTreeMap<String, Told>,
    /// Mailboxes that could not be looked at when all was told anew. Whoever listens may know mails
    /// of them that are gone.
    unseen: BTreeSet<String>,
    /// True while more was told, or less, than the last cursor says.
    is_undelivered: bool,
    is_running: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Told {
    uid_validity: u32,
    uid_next: u32,
    exists: u32,
    mod_seq: u64,
    /// Ascending.
    uids: Vec<u32>,
}

impl State {
    pub(super) fn new(wall_ns: i64) -> Self {
        Self {
            epoch: u64::try_from(wall_ns).unwrap_or_default(),
            cursors: 0,
            mailboxes: BTreeMap::new(),
            unseen: BTreeSet::new(),
            is_undelivered: false,
            is_running: false,
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor::new([self.epoch.to_le_bytes(), self.cursors.to_le_bytes()].concat())
    }
}

/// A look at the account, or looks until it is stopped.
pub(super) struct Feed<'a> {
    source: &'a ImapSource,
    session: Option<Session>,
    /// Mailboxes that are still to be looked at, the next one last.
    mailboxes: Vec<&'a str>,
    visit: Option<Visit<'a>>,
    outbox: VecDeque<Event>,
    retell: bool,
    /// `None` for one look.
    stop: Option<Stop>,
    has_told: bool,
    is_over: bool,
}

/// A mailbox whose mails are being told.
struct Visit<'a> {
    mailbox: &'a str,
    uid_validity: u32,
    /// UIDs whose mails are to be told, the next one last.
    uids: Vec<u32>,
}

impl<'a> Feed<'a> {
    pub(super) fn scan(source: &'a ImapSource, since: Option<&Cursor>) -> Result<Self, Error> {
        let mut feed = Self::begin(source, None)?;
        let is_known = since.is_some_and(|since| *since == source.state().cursor());
        feed.retell |= since.is_none();
        if since.is_some() && !is_known && !feed.retell {
            feed.begin_epoch();
        }
        Ok(feed)
    }

    pub(super) fn watch(source: &'a ImapSource, stop: &Stop) -> Result<Self, Error> {
        Self::begin(source, Some(stop.clone()))
    }

    fn begin(source: &'a ImapSource, stop: Option<Stop>) -> Result<Self, Error> {
        let mut state = source.state();
        if state.is_running {
            return Err(Error::Busy);
        }
        state.is_running = true;
        let was_undelivered = state.is_undelivered;
        drop(state);
        let mut feed = Self {
            source,
            session: None,
            mailboxes: Vec::new(),
            visit: None,
            outbox: VecDeque::new(),
            retell: false,
            stop,
            has_told: true,
            is_over: false,
        };
        feed.begin_look();
        if was_undelivered {
            feed.begin_epoch();
        }
        Ok(feed)
    }

    /// All is told anew; what is not told before the next cursor is gone.
    fn begin_epoch(&mut self) {
        let mut state = self.source.state();
        state.epoch = state.epoch.saturating_add(1);
        state.mailboxes.clear();
        state.is_undelivered = true;
        self.outbox.push_back(Event::Epoch(state.epoch));
        drop(state);
        self.source.counters.began_epoch();
        self.retell = true;
        self.has_told = true;
        self.visit = None;
        self.begin_look();
    }

    fn begin_look(&mut self) {
        let mailboxes = self.source.options.mailboxes.iter();
        self.mailboxes = mailboxes.rev().map(String::as_str).collect();
    }

    /// Does one thing.
    fn advance(&mut self) -> Result<(), Error> {
        if self.visit.is_some() || !self.mailboxes.is_empty() {
            // Without a session there is no account; all other errors are of one mailbox.
            self.session()?;
        }
        if let Some(visit) = self.visit.take() {
            return self.go_on_visiting(visit);
        }
        if let Some(mailbox) = self.mailboxes.pop() {
            return self.visit(mailbox).or_else(|error| self.leave(mailbox, &[], &error));
        }
        self.retell = false;
        let mut state = self.source.state();
        if std::mem::take(&mut self.has_told) {
            state.cursors = state.cursors.saturating_add(1);
            self.outbox.push_back(Event::Cursor(state.cursor()));
        }
        state.is_undelivered = false;
        drop(state);
        match self.stop.clone() {
            None => self.is_over = true,
            Some(stop) => self.wait(&stop),
        }
        Ok(())
    }

    /// Until the next look, or until it is stopped.
    fn wait(&mut self, stop: &Stop) {
        if !self.outbox.is_empty() {
            return;
        }
        // Other sessions may be few, and ours would run into its timeout.
        self.session = None;
        let clock = &self.source.clock;
        let interval = u64::try_from(self.source.options.poll_interval.as_nanos());
        let end = clock.monotonic_ns().saturating_add(interval.unwrap_or(u64::MAX));
        while !stop.is_stopped() && clock.monotonic_ns() < end {
            clock.sleep(TICK.min(self.source.options.poll_interval));
        }
        self.is_over = stop.is_stopped();
        self.begin_look();
    }

    fn session(&mut self) -> Result<&mut Session, Error> {
        let session = match self.session.take() {
            Some(session) => session,
            None => {
                let mut session = self.source.session()?;
                session.enable_resync()?;
                session
            }
        };
        Ok(self.session.insert(session))
    }

    /// The state from which on changes are enough: all of that was told, and need not be again.
    fn known_of(&self, told: Option<&Told>) -> Option<KnownState> {
        let told = told.filter(|told| !self.retell && told.uid_next > 0)?;
        Some(KnownState { uid_validity: told.uid_validity, mod_seq: told.mod_seq })
    }

    /// Compares a mailbox with what was told of it.
    fn visit(&mut self, mailbox: &'a str) -> Result<(), Error> {
        let told = self.source.state().mailboxes.get(mailbox).cloned();
        let known = self.known_of(told.as_ref());
        let (opened, changes) = match self.session()?.examine_since(mailbox, known) {
            Ok(opened) => opened,
            Err(Error::Gone) => {
                self.forget(mailbox)?;
                let uids = Vec::new();
                self.visit = Some(Visit { mailbox, uid_validity: 0, uids });
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if told.as_ref().is_some_and(|told| told.uid_validity != opened.uid_validity) {
            self.begin_epoch();
            return Ok(());
        }
        let told = told.unwrap_or_default();
        let is_unchanged = opened.uid_next > 0
            && (opened.uid_next, opened.exists) == (told.uid_next, told.exists)
            && opened.mod_seq >= told.mod_seq;
        if is_unchanged && !self.retell {
            if let Some(told) = self.source.state().mailboxes.get_mut(mailbox) {
                told.mod_seq = opened.mod_seq;
            }
            return Ok(());
        }
        let uids = changes.and_then(|changes| changes.applied_to(&told.uids, opened.exists));
        let uids = match uids {
            Some(uids) => uids,
            None => self.session()?.uids(&opened)?,
        };
        self.compare(mailbox, &opened, &told, uids)
    }

    fn compare(
        &mut self,
        mailbox: &'a str,
        opened: &Opened,
        told: &Told,
        uids: Vec<u32>,
    ) -> Result<(), Error> {
        for uid in told.uids.iter().filter(|uid| uids.binary_search(uid).is_err()) {
            self.tell_gone(key(mailbox, opened.uid_validity, *uid)?);
        }
        let is_new = |uid: &&u32| self.retell || told.uids.binary_search(uid).is_err();
        let mut fresh: Vec<u32> = uids.iter().filter(is_new).copied().collect();
        fresh.reverse();
        self.has_told |= !fresh.is_empty();
        let mut state = self.source.state();
        state.is_undelivered |= !fresh.is_empty() || !self.outbox.is_empty();
        let &Opened { uid_validity, uid_next, exists, mod_seq } = opened;
        let now = Told { uid_validity, uid_next, exists, mod_seq, uids };
        state.mailboxes.insert(mailbox.to_owned(), now);
        drop(state);
        self.visit = Some(Visit { mailbox, uid_validity, uids: fresh });
        Ok(())
    }

    /// The mailbox is not there any more.
    fn forget(&mut self, mailbox: &str) -> Result<(), Error> {
        let told = self.source.state().mailboxes.remove(mailbox);
        for uid in told.iter().flat_map(|told| &told.uids) {
            let uid_validity = told.as_ref().map_or(0, |told| told.uid_validity);
            self.tell_gone(key(mailbox, uid_validity, *uid)?);
        }
        Ok(())
    }

    fn tell_gone(&mut self, key: crate::object::ObjectKey) {
        self.source.counters.gone();
        self.has_told = true;
        self.outbox.push_back(Event::Gone(key));
    }

    /// Tells the next mails of a mailbox.
    fn go_on_visiting(&mut self, mut visit: Visit<'a>) -> Result<(), Error> {
        let rest = visit.uids.len().saturating_sub(MAILS_AT_ONCE);
        let batch = visit.uids.get(rest..).unwrap_or_default();
        if let Err(error) = self.tell_mails(&visit, batch) {
            return self.leave(visit.mailbox, &visit.uids, &error);
        }
        visit.uids.truncate(rest);
        if visit.uids.is_empty() {
            // What went while it could not be looked at is not told one by one.
            let was_unseen = self.source.state().unseen.remove(visit.mailbox);
            if was_unseen && !self.retell {
                self.begin_epoch();
            }
        } else {
            self.visit = Some(visit);
        }
        Ok(())
    }

    /// A mailbox cannot be looked at: it is left, with its mails of which those were not told yet.
    fn leave(&mut self, mailbox: &str, untold: &[u32], error: &Error) -> Result<(), Error> {
        self.session = None;
        let (place, reason, detail) = (mailbox.as_bytes().to_vec(), error.reason(), error.detail());
        self.source.counters.skipped(reason);
        self.outbox.push_back(Event::Skipped(Skipped { place, reason, detail }));
        let mut state = self.source.state();
        if let Some(told) = state.mailboxes.get_mut(mailbox) {
            let untold: BTreeSet<u32> = untold.iter().copied().collect();
            told.uids.retain(|uid| !untold.contains(uid));
            // It is looked at again, whatever the server says of it.
            told.uid_next = 0;
        }
        if self.retell {
            state.unseen.insert(mailbox.to_owned());
            self.outbox.push_back(Event::Unseen(key_prefix(mailbox)?));
        }
        Ok(())
    }

    fn tell_mails(&mut self, visit: &Visit<'a>, batch: &[u32]) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let source = self.source;
        let limits = &source.options.limits;
        let mails = self.session()?.summaries(batch, limits)?;
        for mail in &mails {
            source.counters.saw();
            if u64::from(mail.bytes) > limits.object_bytes {
                let error = Error::Limit(LimitKind::ObjectBytes);
                source.counters.skipped(error.reason());
                let place = key(visit.mailbox, visit.uid_validity, mail.uid)?.as_bytes().to_vec();
                let (reason, detail) = (error.reason(), "mail");
                self.outbox.push_back(Event::Skipped(Skipped { place, reason, detail }));
                continue;
            }
            let meta = source.meta(visit.mailbox, visit.uid_validity, mail)?;
            source.counters.indexed();
            self.outbox.push_back(Event::Upsert(Box::new(meta)));
        }
        Ok(())
    }
}

impl Iterator for Feed<'_> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.outbox.pop_front() {
                return Some(Ok(event));
            }
            let is_stopped = self.stop.as_ref().is_some_and(Stop::is_stopped);
            if self.is_over || is_stopped {
                return None;
            }
            if let Err(error) = self.advance() {
                self.is_over = true;
                self.source.state().is_undelivered = true;
                return Some(Err(error));
            }
        }
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        let mut state = self.source.state();
        state.is_running = false;
        state.is_undelivered |= !self.outbox.is_empty();
    }
}
