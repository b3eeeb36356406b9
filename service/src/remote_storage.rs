//! A storage at the other end of a line.

use std::io;
use std::sync::Arc;

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

use crate::error::Error;
use crate::line::Line;
use crate::session::Session;
use crate::session_calls::CallError;

/// How often a call is sent, at most: one that ends each session ends none after these.
const SENT_MAX: u32 = 8;

/// The repository of a tenant on a backup server.
///
/// Each call is a request; calls of several threads are on their way together. A large object is
/// sent and read in pieces of a frame.
///
/// When a session is cut, calls that had no answer are sent again in the next one, which begins
/// after the server has carried out or dropped all that came before ([`Line`]). So what a call does
/// it does once, and never after it has returned. An object that is there when it is sent again was
/// created by this call if it has the same bytes: then `Created` is the answer. (Of two callers who
/// put the same bytes under one name both may hear `Created`, if a session of one is cut just then.
/// What is sealed has random bytes in it and is never the same.)
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

    /// Calls until there is an answer; `call` is told whether it was called before.
    fn call<T>(
        &self,
        asked: &ObjectName,
        mut call: impl FnMut(&Session, bool) -> Result<T, CallError>,
    ) -> Result<T, StorageError> {
        let mut session = self.line.session();
        let mut sent = 0;
        loop {
            let error = match call(&session, sent > 0) {
                Ok(answer) => return Ok(answer),
                Err(CallError::Failed(error)) => return Err(error),
                Err(CallError::Protocol(error)) => {
                    return Err(no_answer(asked, Error::Protocol(error)));
                }
                Err(CallError::Ended(error)) => error,
            };
            sent += 1;
            if sent == SENT_MAX {
                return Err(no_answer(asked, error));
            }
            session = self.line.after(&session, error).map_err(|error| no_answer(asked, error))?;
        }
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

impl Storage for RemoteStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.call(&ObjectName::new("data")?, |session, _| session.create_layout())
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.call(name, |session, is_again| match session.put_if_absent(name, parts)? {
            Put::AlreadyExists if is_again && session.holds(name, parts)? => Ok(Put::Created),
            put => Ok(put),
        })
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.call(name, |session, _| session.bytes(name))
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.call(name, |session, _| session.get(name, bytes_max))
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        self.call(name, |session, _| session.read_at(name, offset, to))
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.call(folder, |session, _| session.list(folder))
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        let Some(first) = names.first() else { return Ok(()) };
        self.call(first, |session, _| session.settle(names))
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.delete_all(std::slice::from_ref(name))
    }

    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        let Some(first) = names.first() else { return Ok(()) };
        self.call(first, |session, is_again| match session.delete_all(names) {
            // Who may remove what is its own may do it once: it had been done.
            Err(CallError::Failed(StorageError::Denied { .. }))
                if is_again && session.are_absent(names)? =>
            {
                Ok(())
            }
            deleted => deleted,
        })
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        self.call(from, |session, is_again| match session.rename(from, to) {
            // It had been done.
            Err(CallError::Failed(StorageError::NotFound { .. }))
                if is_again && !session.are_absent(std::slice::from_ref(to))? =>
            {
                Ok(Put::Created)
            }
            renamed => renamed,
        })
    }
}
