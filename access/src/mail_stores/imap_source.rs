//! Mail over IMAP (RFC 3501), for stores that are not files on this machine: one source is one
//! account of one subscriber.
//!
//! Mailboxes are opened with EXAMINE and mails read with `BODY.PEEK`, so that reading leaves no
//! trace. A mail is immutable under (mailbox, UIDVALIDITY, UID); another UIDVALIDITY begins a new
//! epoch. There are no events: the feed looks at each mailbox every interval, which costs one
//! command where nothing changed. Where the server knows QRESYNC (RFC 7162) it asks what changed,
//! elsewhere for all numbers of a mailbox in which something did.
//!
//! A mailbox that cannot be looked at is told as skipped and costs the others nothing; if all was
//! told anew but for it, an epoch follows once it can be.
//!
//! Responses are parsed by imap-proto, one whole response at a time. Its parser calls itself for
//! nested lists, so that responses are limited in size and in nesting before it sees them.

mod connector;
mod connection;
mod resync;
mod session;
mod feed;
mod reader;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::mail::MailFacts;
use crate::mail_stores::stored_mail::{
    MEDIA_TYPE, MailNumber, MailOptions, add_place, identifiers,
};
use crate::object::{Generation, GenerationTuple, ObjectKey, ObjectMeta, SourceId};
use crate::scope::{Scope, SubscriberId};
use crate::source::{AccessSource, Capabilities, Counters, Cursor, Events, ObjectReader, Stop};

use self::feed::{Feed, State};
use self::reader::ImapReader;
use self::session::{Session, Summary};

pub use self::connector::{ImapConnector, ImapStream, LoopbackConnector};

#[cfg(test)]
mod tests;

/// The name of the kind.
const KIND: &str = "imap";

/// One account, and how it is looked at.
#[derive(Clone)]
pub struct ImapOptions {
    /// The source's number.
    pub id: SourceId,
    /// Whose mail it is.
    pub owner: SubscriberId,
    /// The account's name.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Mailboxes that are looked at, as IMAP calls them (modified UTF-7).
    pub mailboxes: Vec<String>,
    /// What is known of the provider's servers; `home_depth` has no meaning here.
    pub mail: MailOptions,
    /// How much of one mail is looked at.
    pub limits: Limits,
    /// Time between two looks of the feed.
    pub poll_interval: Duration,
}

impl fmt::Debug for ImapOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImapOptions").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A source that is an account on an IMAP server.
///
/// One `scan` or `watch` runs at a time; a second gives [`Error::Busy`]. Each reader has a
/// connection of its own.
#[derive(Debug)]
pub struct ImapSource {
    connector: Arc<dyn ImapConnector>,
    clock: Arc<dyn Clock>,
    options: ImapOptions,
    counters: Arc<Counters>,
    state: Mutex<State>,
}

impl ImapSource {
    /// The source of that account. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a name or password that IMAP cannot carry as a quoted string.
    pub fn new(
        connector: Arc<dyn ImapConnector>,
        clock: Arc<dyn Clock>,
        options: ImapOptions,
    ) -> Result<Self, Error> {
        let user = [("user", &options.user), ("password", &options.password)];
        let mailboxes = options.mailboxes.iter().map(|mailbox| ("mailboxes", mailbox));
        for (option, value) in user.into_iter().chain(mailboxes) {
            if session::quoted(value).is_none() {
                let problem = "control characters or more than ASCII".to_owned();
                return Err(Error::Configuration { option, problem });
            }
        }
        let state = Mutex::new(State::new(clock.wall_ns()));
        let counters = Arc::new(Counters::new());
        Ok(Self { connector, clock, options, counters, state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self) -> Result<Session, Error> {
        Session::log_in(&*self.connector, &self.options, &self.clock)
    }

    /// What is known of a mail.
    fn meta(&self, mailbox: &str, uid_validity: u32, mail: &Summary) -> Result<ObjectMeta, Error> {
        let number = number(mailbox, uid_validity, mail.uid);
        let facts = MailFacts::read(&mail.header, &self.options.mail.own_servers);
        let mut identifiers = identifiers(&facts);
        add_place(&mut identifiers, mail.received_s, Some(&number), &self.options.mail);
        Ok(ObjectMeta {
            key: key(mailbox, uid_validity, mail.uid)?,
            generation: generation(mailbox, uid_validity, mail.uid),
            identifiers,
            scope: Scope::Owner(self.options.owner),
            raw_len: Some(u64::from(mail.bytes)),
            media_type: Some(MEDIA_TYPE.to_owned()),
            encodings: Vec::new(),
            partial: None,
        })
    }

    /// The mails of a mailbox that meet the identifiers.
    fn probe_mailbox(
        &self,
        session: &mut Session,
        mailbox: &str,
        wanted: &Identifiers,
    ) -> Result<Vec<ObjectMeta>, Error> {
        let opened = session.examine(mailbox)?;
        let space = number(mailbox, opened.uid_validity, 0).sequence_number().space;
        let numbers = wanted.sequence_numbers.iter().filter(|number| number.space == space);
        let mut uids: Vec<u32> =
            numbers.filter_map(|number| u32::try_from(number.number).ok()).collect();
        for message_id in &wanted.message_ids {
            uids.extend(session.uids_of_message_id(message_id)?);
        }
        uids.sort_unstable();
        uids.dedup();
        let mut found = Vec::new();
        for uid in uids.into_iter().filter(|&uid| uid > 0) {
            for mail in session.summaries(&[uid], &self.options.limits)? {
                let meta = self.meta(mailbox, opened.uid_validity, &mail)?;
                // Servers look for a part of the field.
                if meta.identifiers.meets(wanted) {
                    found.push(meta);
                }
            }
        }
        Ok(found)
    }
}

impl AccessSource for ImapSource {
    fn id(&self) -> SourceId {
        self.options.id
    }

    fn kind(&self) -> &'static str {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            enumerate: true,
            feed: true,
            seek: true,
            probe_by_message_id: true,
            ..Capabilities::default()
        }
    }

    fn counters(&self) -> &Counters {
        &self.counters
    }

    fn scan(&self, since: Option<&Cursor>) -> Result<Events<'_>, Error> {
        Ok(Box::new(Feed::scan(self, since)?))
    }

    fn watch(&self, stop: &Stop) -> Result<Events<'_>, Error> {
        Ok(Box::new(Feed::watch(self, stop)?))
    }

    fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        if identifiers.message_ids.is_empty() && identifiers.sequence_numbers.is_empty() {
            return Err(Error::Incapable("find mails by these identifiers"));
        }
        let mut session = self.session()?;
        let mut found = Vec::new();
        for mailbox in &self.options.mailboxes {
            match self.probe_mailbox(&mut session, mailbox, identifiers) {
                Ok(mails) => found.extend(mails),
                Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        Ok(Box::new(ImapReader::open(self, key, generation)?))
    }
}

/// The key of a mail: (mailbox, UIDVALIDITY, UID), numbers as ten digits so that they keep order.
fn key(mailbox: &str, uid_validity: u32, uid: u32) -> Result<ObjectKey, Error> {
    let uid_validity = format!("{uid_validity:010}");
    let uid = format!("{uid:010}");
    ObjectKey::of_parts(&[mailbox.as_bytes(), uid_validity.as_bytes(), uid.as_bytes()])
}

/// What the keys of all mails of a mailbox begin with.
fn key_prefix(mailbox: &str) -> Result<ObjectKey, Error> {
    ObjectKey::of_parts(&[mailbox.as_bytes(), b""])
}

fn number(mailbox: &str, uid_validity: u32, uid: u32) -> MailNumber {
    MailNumber { mailbox: mailbox.as_bytes().to_vec(), uid_validity, uid }
}

fn generation(mailbox: &str, uid_validity: u32, uid: u32) -> Generation {
    let tuple = GenerationTuple::new(KIND).bytes(mailbox.as_bytes());
    tuple.number(u64::from(uid_validity)).number(u64::from(uid)).finish()
}
