//! A storage at the other end of a line.

use std::io;
use std::sync::Arc;

use gleaner_store::{
    Listed, ObjectName, Put, Storage, StorageError, Update, VERSIONS_KEPT, Version,
};

use crate::change::Change;
use crate::error::Error;
use crate::line::Line;
use crate::session::{Session, Unanswered};
use crate::session_calls::{CallError, Recalled, length_of, unexpected};
use crate::step_by_step::StepByStep;
use crate::wire::{self, Message, PutDone, Received, Updated};

/// How often a call is sent, at most: then something in it ends each session.
const SENT_MAX: u32 = 8;

/// The repository of a tenant on a backup server.
///
/// Each call is a request; calls of several threads are on their way together. A large object is
/// sent and read in pieces of a frame.
///
/// When a session is cut, what had no answer goes on in the next one, which begins after the server
/// has carried out or dropped all that came before ([`Line`]). The server is asked what became of
/// a change; only what was not carried out is sent again, so that each has its effect once. A
/// server that was started anew does not know. Then an object whose name nobody else gives (below
/// `data`, `snapshots`, `leases`, `tmp`) counts as created if it is there with the same bytes,
/// signs of life are removed once more, and any other change fails.
///
/// What a verb is likely to ask is asked ahead, so that it does not wait for one answer after the
/// other: `list`, `get` and `read_latest` may tell what was so when this client changed
/// something last, or logged in, and not at the time of the call; of several calls none tells
/// anything older than the one before.
///
/// After the line has ended all calls fail with [`StorageError::Io`], and of those that were on
/// their way nobody knows what became of them, as after any failed call.
#[derive(Debug, Clone)]
pub struct RemoteStorage {
    line: Arc<Line>,
}

impl RemoteStorage {
    /// Uses a session, and ends with it; any number of these may.
    #[must_use]
    pub fn new(session: Arc<Session>) -> Self {
        Self { line: Arc::new(Line::of_one(session)) }
    }

    /// Uses whatever session a line has.
    #[must_use]
    pub const fn on(line: Arc<Line>) -> Self {
        Self { line }
    }

    /// Changes something, once.
    fn change(&self, asked: &ObjectName, change: &Change<'_>) -> Result<Received, StorageError> {
        // The request of which it is not known whether it was carried out.
        let mut lost = None;
        self.in_sessions(asked, |session| {
            if let Some(request) = lost {
                match session.recall(request)? {
                    Recalled::Answer(answer) => return Ok(answer),
                    Recalled::NotCarriedOut => lost = None,
                    Recalled::Unknown => {
                        if let Some(answer) = in_doubt(session, change)? {
                            return Ok(answer);
                        }
                    }
                }
            }
            session.carry_out(change).map_err(|Unanswered { request, error }| {
                lost = request.or(lost);
                error.into()
            })
        })
    }

    /// Tries in one session after the other.
    fn in_sessions<T>(
        &self,
        asked: &ObjectName,
        mut attempt: impl FnMut(&Session) -> Result<T, CallError>,
    ) -> Result<T, StorageError> {
        let mut session = self.line.session();
        let mut sent = 0;
        loop {
            let error = match attempt(&session) {
                Ok(answer) => return Ok(answer),
                Err(CallError::Failed(error)) => return Err(error),
                Err(CallError::Protocol(error)) => {
                    return Err(no_answer(asked, Error::Protocol(error)));
                }
                Err(CallError::InDoubt) => return Err(no_answer(asked, Error::InDoubt)),
                Err(CallError::Ended(error)) => error,
            };
            sent += 1;
            if sent == SENT_MAX {
                return Err(no_answer(asked, self.line.give_up(error)));
            }
            session = self.line.after(&session, error).map_err(|error| no_answer(asked, error))?;
        }
    }

    /// Changes that are answered with `Done`.
    fn order(&self, asked: &ObjectName, change: &Change<'_>) -> Result<(), StorageError> {
        match self.change(asked, change)? {
            Received { message: Message::Done, .. } => Ok(()),
            other => Err(not_an_answer(asked, other)),
        }
    }

    /// Changes that are answered with `PutDone`.
    fn put(&self, asked: &ObjectName, change: &Change<'_>) -> Result<Put, StorageError> {
        let received = self.change(asked, change)?;
        match received.message {
            Message::PutDone(PutDone { is_created: true }) => Ok(Put::Created),
            Message::PutDone(PutDone { is_created: false }) => Ok(Put::AlreadyExists),
            _ => Err(not_an_answer(asked, received)),
        }
    }

    /// Orders the same for all of these names, as many in a message as fit.
    fn in_pages<'n>(
        &self,
        names: &'n [ObjectName],
        change: impl Fn(&'n [ObjectName]) -> Change<'n>,
    ) -> Result<(), StorageError> {
        let bytes_of = |name: &ObjectName| name.as_str().len();
        for page in wire::pages(names, self.line.session().piece_bytes(), bytes_of) {
            let Some(first) = page.first() else { continue };
            self.order(first, &change(page))?;
        }
        Ok(())
    }
}

/// What it is for a storage that there is no answer.
fn no_answer(
    asked: &ObjectName,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StorageError {
    let source = io::Error::new(io::ErrorKind::ConnectionAborted, error);
    StorageError::Io { name: asked.clone(), operation: "request", source }
}

/// A failure, or what does not answer the request.
fn not_an_answer(asked: &ObjectName, received: Received) -> StorageError {
    match unexpected(asked, received) {
        CallError::Failed(error) => error,
        CallError::Protocol(error) => no_answer(asked, Error::Protocol(error)),
        CallError::Ended(error) => no_answer(asked, error),
        CallError::InDoubt => no_answer(asked, Error::InDoubt),
    }
}

/// The answer to a change of which nobody knows whether it was made, if it can be told from what is
/// there; `None` if it does not matter whether it is made twice.
fn in_doubt(session: &Session, change: &Change<'_>) -> Result<Option<Received>, CallError> {
    let is_below = |name: &ObjectName, tops: &[&str]| {
        tops.contains(&name.as_str().split('/').next().unwrap_or_default())
    };
    match change {
        // Whoever gives such a name draws it at random.
        Change::Put(name, parts) if is_below(name, &["data", "snapshots", "leases", "tmp"]) => {
            if session.holds(name, parts)? {
                return settled(session, name, Message::PutDone(PutDone { is_created: true }));
            }
        }
        // What lives tells so itself, and nobody else in its words.
        Change::Update(name, expected, bytes) if is_below(name, &["leases"]) => {
            let next = expected.map_or(0, |Version(number)| number).saturating_add(1);
            match session.latest(name)? {
                Some((Version(found), Some(latest))) if found == next && latest == *bytes => {
                    let name = name.join(&format!("{next:020}")).map_err(StorageError::from)?;
                    return settled(
                        session,
                        &name,
                        Message::Updated(Updated { version: Some(next) }),
                    );
                }
                found if found.as_ref().map(|(version, _)| *version) == *expected => {}
                _ => return Err(CallError::InDoubt),
            }
        }
        Change::DeleteVersions(name, _) if is_below(name, &["leases"]) => {}
        Change::Delete(names) if names.iter().all(|name| is_below(name, &["leases", "tmp"])) => {}
        Change::CreateLayout | Change::Settle(_) => {}
        _ => return Err(CallError::InDoubt),
    }
    Ok(None)
}

/// Says that a change was made, once the object that shows it is durable.
fn settled(
    session: &Session,
    name: &ObjectName,
    answer: Message,
) -> Result<Option<Received>, CallError> {
    let settled = session.carry_out(&Change::Settle(std::slice::from_ref(name)))?;
    Ok(Some(match settled.message {
        Message::Done => Received::made(answer),
        _ => settled,
    }))
}

impl Storage for RemoteStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        if self.line.session().welcome().has_layout {
            return Ok(());
        }
        self.order(&ObjectName::new("data")?, &Change::CreateLayout)
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let bytes = length_of(parts);
        let bytes_max = self.line.session().welcome().object_bytes_max;
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        }
        self.put(name, &Change::Put(name, parts))
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.in_sessions(name, |session| session.bytes(name))
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.in_sessions(name, |session| session.get(name, bytes_max))
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        self.in_sessions(name, |session| session.read_at(name, offset, to))
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.in_sessions(folder, |session| session.list(folder))
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.in_pages(names, Change::Settle)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.delete_all(std::slice::from_ref(name))
    }

    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        // Several messages for very many names: what a crash may do to them is the same.
        self.in_pages(names, Change::Delete)
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        self.put(from, &Change::Rename(from, to))
    }

    fn read_latest(&self, name: &ObjectName) -> Result<Option<(Version, Vec<u8>)>, StorageError> {
        match self.in_sessions(name, |session| session.latest(name))? {
            None => Ok(None),
            Some((version, Some(bytes))) => Ok(Some((version, bytes))),
            // More than a message holds.
            Some((_, None)) => StepByStep(self).read_latest(name),
        }
    }

    fn update_if(
        &self,
        name: &ObjectName,
        expected: Option<Version>,
        bytes: &[u8],
    ) -> Result<Update, StorageError> {
        let bytes_max = wire::INLINE_BYTES_MAX.min(self.line.session().piece_bytes() as u64);
        if bytes.len() as u64 > bytes_max {
            return StepByStep(self).update_if(name, expected, bytes);
        }
        let received = self.change(name, &Change::Update(name, expected, bytes))?;
        match received.message {
            Message::Updated(Updated { version: Some(number) }) => {
                Ok(Update::Written(Version(number)))
            }
            Message::Updated(Updated { version: None }) => Ok(Update::Conflict),
            _ => Err(not_an_answer(name, received)),
        }
    }

    fn delete_old_versions(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.order(name, &Change::DeleteVersions(name, VERSIONS_KEPT))
    }

    fn delete_versioned(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.order(name, &Change::DeleteVersions(name, 0))
    }
}
