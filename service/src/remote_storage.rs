//! A storage at the other end of a session.

use std::io;
use std::sync::Arc;

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

use crate::error::Error;
use crate::session::{Answers, Session};
use crate::wire::{
    self, Data, Delete, Get, Length, List, Message, Names, PutDone, ReadAt, Received, Rename,
    Settle, Stat, WireError,
};

/// Objects of a list: ten million packs are hundreds of terabytes.
const LISTED_MAX: usize = 10_000_000;
/// Parts of an object that are asked for at a time.
const PARTS_AHEAD: usize = 4;

/// The repository of a tenant on a backup server.
///
/// Each call is a request; calls of several threads are on their way together. A large object is
/// sent and read in pieces of a frame. After the session has ended all calls fail with
/// [`StorageError::Io`], and of those that were on their way nobody knows what became of them, as
/// after any failed call.
#[derive(Debug, Clone)]
pub struct RemoteStorage {
    session: Arc<Session>,
}

impl RemoteStorage {
    /// Uses a session; any number of these may.
    #[must_use]
    pub const fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn ask(&self, asked: &ObjectName, message: &Message) -> Result<Received, StorageError> {
        self.session.ask(message).map_err(|error| ended(asked, error))
    }

    /// Asks for what is answered with `Done`.
    fn order(&self, asked: &ObjectName, message: &Message) -> Result<(), StorageError> {
        match self.ask(asked, message)? {
            Received { message: Message::Done, .. } => Ok(()),
            other => Err(unexpected(asked, other)),
        }
    }

    /// Orders the same for all of these names, as many in a message as fit.
    fn in_pages(
        &self,
        names: &[ObjectName],
        message: impl Fn(Vec<String>) -> Message,
    ) -> Result<(), StorageError> {
        let bytes_of = |name: &ObjectName| name.as_str().len();
        for page in wire::pages(names, self.session.piece_bytes(), bytes_of) {
            let Some(first) = page.first() else { continue };
            self.order(first, &message(page.iter().map(ToString::to_string).collect()))?;
        }
        Ok(())
    }

    /// Sends an object once there is room for it.
    fn put_large(&self, put: &Message, parts: &[&[u8]]) -> crate::error::Result<Received> {
        let answers = self.session.start(put)?;
        let first = answers.next()?;
        if first.message != Message::Go {
            return Ok(first);
        }
        self.session.send_pieces(&answers, parts)?;
        answers.next()
    }

    fn start_part(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: usize,
    ) -> Result<Answers, StorageError> {
        let bytes = u32::try_from(bytes).expect("a part is smaller than a frame");
        let read = ReadAt { name: name.to_string(), offset, bytes };
        self.session.start(&Message::ReadAt(read)).map_err(|error| ended(name, error))
    }
}

/// The answer to a part, into its place.
fn take_part(name: &ObjectName, answers: &Answers, to: &mut [u8]) -> Result<(), StorageError> {
    let received = answers.next().map_err(|error| ended(name, error))?;
    match received.message {
        Message::Data(_) if received.tail().len() == to.len() => {
            to.copy_from_slice(received.tail());
            Ok(())
        }
        _ => Err(unexpected(name, received)),
    }
}

/// What a session that has ended is for a storage.
fn ended(asked: &ObjectName, error: Error) -> StorageError {
    let source = io::Error::new(io::ErrorKind::ConnectionAborted, error);
    StorageError::Io { name: asked.clone(), operation: "request", source }
}

/// A failure, or what does not answer the request.
fn unexpected(asked: &ObjectName, received: Received) -> StorageError {
    match received.message {
        Message::Failed(failure) => failure.into_error(asked),
        _ => ended(asked, received.out_of_place().into()),
    }
}

impl Storage for RemoteStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.order(&ObjectName::new("data")?, &Message::CreateLayout)
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let bytes: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let bytes_max = self.session.welcome().object_bytes_max;
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        }
        let put = Message::Put(wire::Put { name: name.to_string(), bytes });
        let received = if bytes <= wire::INLINE_BYTES_MAX.min(self.session.piece_bytes() as u64) {
            let answers = self.session.start_with(&put, parts);
            answers.and_then(|answers| answers.next())
        } else {
            self.put_large(&put, parts)
        }
        .map_err(|error| ended(name, error))?;
        match received.message {
            Message::PutDone(PutDone { is_created: true }) => Ok(Put::Created),
            Message::PutDone(PutDone { is_created: false }) => Ok(Put::AlreadyExists),
            _ => Err(unexpected(name, received)),
        }
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        match self.ask(name, &Message::Stat(Stat { name: name.to_string() }))? {
            Received { message: Message::Length(Length { bytes }), .. } => Ok(bytes),
            other => Err(unexpected(name, other)),
        }
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        let received = self.ask(name, &Message::Get(Get { name: name.to_string(), bytes_max }))?;
        let Message::Data(Data { bytes }) = received.message else {
            return Err(unexpected(name, received));
        };
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        }
        let first = received.tail();
        let Some(rest) = bytes.checked_sub(first.len() as u64) else {
            return Err(unexpected(name, received));
        };
        let mut object = first.to_vec();
        // In steps: a length that a server only says allocates nothing.
        let mut left = usize::try_from(rest).unwrap_or(usize::MAX);
        while left > 0 {
            let (start, step) = (object.len(), left.min(PARTS_AHEAD * self.session.piece_bytes()));
            object.resize(start + step, 0);
            let room = object.get_mut(start..).unwrap_or_default();
            self.read_at(name, start as u64, room)?;
            left -= step;
        }
        Ok(object)
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        let piece_bytes = self.session.piece_bytes();
        if to.is_empty() {
            return take_part(name, &self.start_part(name, offset, 0)?, to);
        }
        let mut asked = std::collections::VecDeque::new();
        let mut next = 0;
        let (all, mut parts) = (to.len(), to.chunks_mut(piece_bytes));
        loop {
            while asked.len() < PARTS_AHEAD && next < all {
                let bytes = piece_bytes.min(all - next);
                asked.push_back(self.start_part(name, offset + next as u64, bytes)?);
                next += bytes;
            }
            let (Some(answers), Some(part)) = (asked.pop_front(), parts.next()) else {
                return Ok(());
            };
            take_part(name, &answers, part).map_err(|error| whole_range(error, offset, all))?;
        }
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        let list = Message::List(List { folder: folder.to_string() });
        let answers = self.session.start(&list).map_err(|error| ended(folder, error))?;
        let mut listed: Vec<Listed> = Vec::new();
        loop {
            let received = answers.next().map_err(|error| ended(folder, error))?;
            let Message::Names(Names { objects, more }) = received.message else {
                return Err(unexpected(folder, received));
            };
            // A list that goes on for ever is none.
            if objects.is_empty() && more || listed.len() > LISTED_MAX {
                return Err(ended(folder, out_of_place(more)));
            }
            for object in objects {
                let name = ObjectName::new(&object.name)?;
                // A list is what it was asked for, sorted, or nothing can be built on it.
                let is_next = listed.last().is_none_or(|last| last.name < name);
                if !name.is_below(folder) || !is_next {
                    return Err(ended(folder, out_of_place(more)));
                }
                listed.push(Listed { name, bytes: object.bytes });
            }
            if !more {
                return Ok(listed);
            }
        }
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.in_pages(names, |names| Message::Settle(Settle { names }))
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.delete_all(std::slice::from_ref(name))
    }

    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        // Several messages for very many names: what a crash may do to them is the same.
        self.in_pages(names, |names| Message::Delete(Delete { names }))
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        let rename = Rename { from: from.to_string(), to: to.to_string() };
        match self.ask(from, &Message::Rename(rename))? {
            Received { message: Message::PutDone(PutDone { is_created: true }), .. } => {
                Ok(Put::Created)
            }
            Received { message: Message::PutDone(PutDone { is_created: false }), .. } => {
                Ok(Put::AlreadyExists)
            }
            other => Err(unexpected(from, other)),
        }
    }
}

/// What a list is not.
fn out_of_place(more: bool) -> Error {
    let kind = Message::Names(Names { objects: Vec::new(), more }).kind();
    WireError::OutOfPlace { kind }.into()
}

/// A part that is short is a range that is short.
fn whole_range(error: StorageError, offset: u64, bytes: usize) -> StorageError {
    match error {
        StorageError::Short { name, offset: at, found, .. } => {
            let found = (at + found).saturating_sub(offset);
            StorageError::Short { name, offset, expected: bytes as u64, found }
        }
        error => error,
    }
}
