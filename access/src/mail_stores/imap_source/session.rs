//! What is asked of an IMAP server.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode};
use jiff::fmt::strtime;

use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

use super::ImapOptions;
use super::connection::{Connection, Outcome, RESPONSE_BYTES_MAX};
use super::connector::ImapConnector;
use super::resync::{KnownState, Resync};

/// Messages whose numbers are asked for at once: at most 11 bytes each.
const NUMBERS_AT_ONCE: u32 = 50_000;

/// Mails of one mailbox. A server that says it has more is not believed.
const MAILS_MAX: u32 = 10_000_000;

/// How often a list of numbers is begun anew because messages went while it was made.
const LISTINGS_MAX: usize = 5;

/// Bytes of the header fields of a mail that are looked at; a response has to hold them.
const HEADER_BYTES_MAX: usize = RESPONSE_BYTES_MAX / 2;

/// An opened mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) uid_validity: u32,
    /// 0 if the server does not say.
    pub(super) uid_next: u32,
    pub(super) exists: u32,
    /// 0 if the server keeps none.
    pub(super) mod_seq: u64,
}

/// A mail without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) uid: u32,
    pub(super) bytes: u32,
    pub(super) received_s: Option<i64>,
    /// The fields that are looked at.
    pub(super) header: Vec<u8>,
}

/// A session of a user.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    /// The server tells what changed since a known state.
    resyncs: bool,
}

impl Session {
    pub(super) fn log_in(
        connector: &dyn ImapConnector,
        options: &ImapOptions,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let unavailable = |_| Error::Unavailable("the IMAP server cannot be reached");
        let stream = connector.connect().map_err(unavailable)?;
        let mut connection = Connection::new(stream, Arc::clone(clock));
        let greeting = connection.response()?;
        if greeting.starts_with(b"* PREAUTH") {
            return Ok(Self { connection, resyncs: false });
        }
        if !greeting.starts_with(b"* OK") {
            return Err(Error::Unavailable("the IMAP server does not greet"));
        }
        let user = quoted(&options.user).unwrap_or_default();
        let password = quoted(&options.password).unwrap_or_default();
        let command = format!("LOGIN {user} {password}");
        match connection.command(&command, &mut |_| Ok(())) {
            Ok(Outcome::Ok) => Ok(Self { connection, resyncs: false }),
            Ok(Outcome::No | Outcome::NonExistent) | Err(Error::Corrupt(_)) => {
                Err(Error::Unavailable("the IMAP server refuses the user"))
            }
            Err(error) => Err(error),
        }
    }

    /// Lets the server tell changes instead of numbers, if it can. That it does, it says by naming
    /// what it enabled (RFC 5161): its OK alone says nothing.
    pub(super) fn enable_resync(&mut self) -> Result<(), Error> {
        self.resyncs = self.names_resync("CAPABILITY")? && self.names_resync("ENABLE QRESYNC")?;
        Ok(())
    }

    /// Whether the answer to a command names QRESYNC. One that the server does not know, it answers
    /// with BAD.
    fn names_resync(&mut self, command: &str) -> Result<bool, Error> {
        let mut is_named = false;
        let asked = self.connection.command(command, &mut |response| {
            if let Response::Capabilities(capabilities) = response {
                is_named |= capabilities.iter().any(is_resync);
            }
            Ok(())
        });
        match asked {
            Ok(outcome) => Ok(is_named && outcome == Outcome::Ok),
            Err(Error::Corrupt(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens a mailbox so that nothing in it can be changed; [`Error::Gone`] if there is none.
    pub(super) fn examine(&mut self, mailbox: &str) -> Result<Opened, Error> {
        self.examine_since(mailbox, None).map(|(opened, _)| opened)
    }

    /// Opens a mailbox, and tells what changed since it was in that state, if the server says it.
    pub(super) fn examine_since(
        &mut self,
        mailbox: &str,
        known: Option<KnownState>,
    ) -> Result<(Opened, Option<Resync>), Error> {
        let mut opened = Opened { uid_validity: 0, uid_next: 0, exists: 0, mod_seq: 0 };
        let mut changes = Resync::default();
        let known = known.filter(|known| self.resyncs && known.mod_seq > 0);
        let mut command = format!("EXAMINE {}", quoted(mailbox).unwrap_or_default());
        if let Some(KnownState { uid_validity, mod_seq }) = known {
            command = format!("{command} (QRESYNC ({uid_validity} {mod_seq}))");
        }
        let asked = self.connection.command(&command, &mut |response| {
            match response {
                Response::MailboxData(MailboxDatum::Exists(exists)) => opened.exists = exists,
                Response::Vanished { uids, .. } => changes.vanished(uids),
                Response::Fetch(_, attributes) => {
                    for attribute in attributes {
                        if let AttributeValue::Uid(uid) = attribute {
                            changes.seen(uid);
                        }
                    }
                }
                Response::Data { outcome, .. } | Response::Done { outcome, .. } => {
                    match outcome.code {
                        Some(ResponseCode::UidValidity(number)) => opened.uid_validity = number,
                        Some(ResponseCode::UidNext(number)) => opened.uid_next = number,
                        Some(ResponseCode::HighestModSeq(number)) => opened.mod_seq = number,
                        _ => {}
                    }
                }
                _ => {}
            }
            Ok(())
        });
        let outcome = match asked {
            // It said that it would, and does not know it: it is asked without.
            Err(Error::Corrupt(_)) if known.is_some() => {
                self.resyncs = false;
                return self.examine_since(mailbox, None);
            }
            asked => asked?,
        };
        // Servers refuse for a while, too: under load, or while a mailbox is rebuilt. And Dovecot
        // 2.3 gives no reason where there is no such mailbox.
        match outcome {
            Outcome::Ok if opened.uid_validity == 0 => {
                Err(Error::Unsupported("mailbox without UIDVALIDITY"))
            }
            Outcome::Ok => {
                let now = KnownState { uid_validity: opened.uid_validity, mod_seq: opened.mod_seq };
                let continues = known.is_some_and(|known| known.continues_in(now));
                Ok((opened, continues.then_some(changes)))
            }
            Outcome::No if self.lists(mailbox)? => {
                Err(Error::Unavailable("the IMAP server does not open a mailbox"))
            }
            Outcome::No | Outcome::NonExistent => Err(Error::Gone),
        }
    }

    /// Whether the server lists the mailbox, or will not say so.
    fn lists(&mut self, mailbox: &str) -> Result<bool, Error> {
        let command = format!("LIST \"\" {}", quoted(mailbox).unwrap_or_default());
        let mut is_listed = false;
        let outcome = self.connection.command(&command, &mut |response| {
            is_listed |= matches!(response, Response::MailboxData(MailboxDatum::List { .. }));
            Ok(())
        })?;
        Ok(is_listed || outcome != Outcome::Ok)
    }

    /// The UIDs of the opened mailbox, ascending.
    pub(super) fn uids(&mut self, opened: &Opened) -> Result<Vec<u32>, Error> {
        let mut exists = opened.exists;
        for _ in 0..LISTINGS_MAX {
            let mut uids = Vec::new();
            let mut went = false;
            let mut first = 1;
            while first <= exists && !went {
                if exists > MAILS_MAX {
                    return Err(Error::Limit(LimitKind::Members));
                }
                let last = first.saturating_add(NUMBERS_AT_ONCE - 1).min(exists);
                let command = format!("UID SEARCH {first}:{last}");
                let outcome = self.connection.command(&command, &mut |response| {
                    match response {
                        Response::MailboxData(MailboxDatum::Search(found)) => {
                            add_uids(&mut uids, found)?;
                        }
                        Response::MailboxData(MailboxDatum::Exists(now)) => exists = now,
                        Response::Expunge(_) => {
                            exists = exists.saturating_sub(1);
                            went = true;
                        }
                        Response::Vanished { uids, .. } => {
                            let count = |range: &RangeInclusive<u32>| {
                                range.end().saturating_sub(*range.start()).saturating_add(1)
                            };
                            exists = uids.iter().map(count).fold(exists, u32::saturating_sub);
                            went = true;
                        }
                        _ => {}
                    }
                    Ok(())
                })?;
                outcome.done()?;
                let Some(next) = last.checked_add(1) else { break };
                first = next;
            }
            if !went {
                uids.sort_unstable();
                uids.dedup();
                return Ok(uids);
            }
        }
        Err(Error::Busy)
    }

    /// The UIDs whose Message-ID holds these bytes; none for bytes that no command can carry.
    pub(super) fn uids_of_message_id(&mut self, message_id: &[u8]) -> Result<Vec<u32>, Error> {
        let quoted = std::str::from_utf8(message_id).ok().and_then(quoted);
        let Some(quoted) = quoted else { return Ok(Vec::new()) };
        self.search(&format!("HEADER Message-ID {quoted}"))
    }

    /// True if the opened mailbox has a mail of that number.
    pub(super) fn has(&mut self, uid: u32) -> Result<bool, Error> {
        // A session sees what others expunged only once it was told.
        self.connection.command("NOOP", &mut |_| Ok(()))?.done()?;
        Ok(self.search(&format!("UID {uid}"))?.contains(&uid))
    }

    fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Error> {
        let mut uids = Vec::new();
        let outcome =
            self.connection.command(&format!("UID SEARCH {criteria}"), &mut |response| {
                if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                    add_uids(&mut uids, found)?;
                }
                Ok(())
            })?;
        outcome.done()?;
        Ok(uids)
    }

    /// The mails of these numbers, each once at most, in the server's order.
    pub(super) fn summaries(
        &mut self,
        uids: &[u32],
        limits: &Limits,
    ) -> Result<Vec<Summary>, Error> {
        let mut wanted: BTreeSet<u32> = uids.iter().copied().collect();
        let (Some(&first), Some(&last)) = (wanted.first(), wanted.last()) else {
            return Ok(Vec::new());
        };
        let header_bytes = limits.header_block_bytes.min(HEADER_BYTES_MAX);
        let command = format!(
            "UID FETCH {first}:{last} (UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS \
             (MESSAGE-ID DATE FROM RECEIVED)]<0.{header_bytes}>)"
        );
        let mut summaries = Vec::new();
        let outcome = self.connection.command(&command, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return Ok(()) };
            summaries.extend(summary(attributes).filter(|mail| wanted.remove(&mail.uid)));
            Ok(())
        })?;
        outcome.done()?;
        Ok(summaries)
    }

    /// Bytes of a mail from `offset` on; fewer than `len` only at its end.
    pub(super) fn piece(&mut self, uid: u32, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<{offset}.{len}>)");
        let mut piece = None;
        let outcome = self.connection.command(&command, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return Ok(()) };
            let is_it = attributes.contains(&AttributeValue::Uid(uid));
            for attribute in attributes {
                if let AttributeValue::BodySection { section: None, data, .. } = attribute
                    && is_it
                {
                    // Servers may write nothing as NIL.
                    piece = Some(data.map(std::borrow::Cow::into_owned).unwrap_or_default());
                }
            }
            Ok(())
        })?;
        outcome.done()?;
        let piece = piece.ok_or(Error::Gone)?;
        if piece.len() > len {
            return Err(Error::Limit(LimitKind::Memory));
        }
        Ok(piece)
    }
}

fn is_resync(capability: &Capability<'_>) -> bool {
    matches!(capability, Capability::Atom(name) if name.eq_ignore_ascii_case("QRESYNC"))
}

fn add_uids(uids: &mut Vec<u32>, found: Vec<u32>) -> Result<(), Error> {
    if uids.len().saturating_add(found.len()) > MAILS_MAX as usize {
        return Err(Error::Limit(LimitKind::Members));
    }
    uids.extend(found);
    Ok(())
}

fn summary(attributes: Vec<AttributeValue<'_>>) -> Option<Summary> {
    let (mut uid, mut bytes, mut received_s, mut header) = (None, None, None, Vec::new());
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(number) => uid = Some(number),
            AttributeValue::Rfc822Size(number) => bytes = Some(number),
            AttributeValue::InternalDate(date) => received_s = internal_date_s(&date),
            AttributeValue::BodySection { data: Some(data), .. } => header = data.into_owned(),
            _ => {}
        }
    }
    Some(Summary { uid: uid?, bytes: bytes?, received_s, header })
}

/// `22-Nov-2026 03:13:19 +0000`, the day padded with a space.
fn internal_date_s(date: &str) -> Option<i64> {
    let parsed = strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim()).ok()?;
    parsed.to_timestamp().ok().map(jiff::Timestamp::as_second)
}

/// A quoted string; `None` for what it cannot carry.
pub(super) fn quoted(text: &str) -> Option<String> {
    let is_carried = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    is_carried.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
