//! Requests of one session, each tried once.

use std::collections::VecDeque;

use gleaner_store::{Listed, ObjectName, StorageError};

use crate::error::Error;
use crate::session::{Answers, Session, Unanswered, pieces};
use crate::wire::{
    self, Data, Delete, Get, Length, List, Message, Names, ReadAt, Recall, Received, Rename,
    Settle, Stat, WireError,
};

/// Objects of a list: ten million packs are hundreds of terabytes.
const LISTED_MAX: usize = 10_000_000;
/// Parts of an object that are asked for at a time.
const PARTS_AHEAD: usize = 4;

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The session is over.
    Ended(Error),
    /// The other end does not keep to the protocol.
    Protocol(WireError),
    /// The storage's answer.
    Failed(StorageError),
    /// Nobody knows whether the change was made.
    InDoubt,
}

/// What a server knows of a request whose answer did not come.
#[derive(Debug)]
pub(crate) enum Recalled {
    /// This was the answer.
    Answer(Received),
    /// It had no effect, and will have none.
    NotCarriedOut,
    /// It may have had.
    Unknown,
}

/// A request that changes what is stored, whose effect matters if it is sent twice.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'c> {
    /// Makes the folders of a repository.
    CreateLayout,
    /// Creates an object of these parts.
    Put(&'c ObjectName, &'c [&'c [u8]]),
    /// Makes objects durable, as many as fit a message.
    Settle(&'c [ObjectName]),
    /// Removes objects, as many as fit a message.
    Delete(&'c [ObjectName]),
    /// Gives an object another name.
    Rename(&'c ObjectName, &'c ObjectName),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        match error {
            Error::Protocol(error) => Self::Protocol(error),
            error => Self::Ended(error),
        }
    }
}

impl From<Unanswered> for CallError {
    fn from(unanswered: Unanswered) -> Self {
        unanswered.error.into()
    }
}

impl From<StorageError> for CallError {
    fn from(error: StorageError) -> Self {
        Self::Failed(error)
    }
}

type Result<T> = std::result::Result<T, CallError>;

/// A failure, or what does not answer the request.
pub(crate) fn unexpected(asked: &ObjectName, received: Received) -> CallError {
    match received.message {
        Message::Failed(failure) => failure.into_error(asked).into(),
        _ => CallError::Protocol(received.out_of_place()),
    }
}

impl Session {
    /// Sends a change, and gives its answer.
    pub(crate) fn carry_out(
        &self,
        change: &Change<'_>,
    ) -> std::result::Result<Received, Unanswered> {
        let names = |names: &[ObjectName]| names.iter().map(ToString::to_string).collect();
        match change {
            Change::CreateLayout => Self::answered(self.start(&Message::CreateLayout)),
            Change::Put(name, parts) => self.put(name, parts),
            Change::Settle(all) => {
                Self::answered(self.start(&Message::Settle(Settle { names: names(all) })))
            }
            Change::Delete(all) => {
                Self::answered(self.start(&Message::Delete(Delete { names: names(all) })))
            }
            Change::Rename(from, to) => {
                let rename = Rename { from: from.to_string(), to: to.to_string() };
                Self::answered(self.start(&Message::Rename(rename)))
            }
        }
    }

    fn answered(
        started: std::result::Result<Answers, Unanswered>,
    ) -> std::result::Result<Received, Unanswered> {
        let answers = started?;
        let request = Some(answers.request());
        answers.next().map_err(|error| Unanswered { request, error })
    }

    fn put(&self, name: &ObjectName, parts: &[&[u8]]) -> std::result::Result<Received, Unanswered> {
        let bytes = length_of(parts);
        let put = Message::Put(wire::Put { name: name.to_string(), bytes });
        if bytes <= wire::INLINE_BYTES_MAX.min(self.piece_bytes() as u64) {
            return Self::answered(self.start_with(&put, parts));
        }
        let answers = self.start(&put)?;
        let request = Some(answers.request());
        // Large objects once there is room for them.
        let sent = answers.next().and_then(|first| {
            if first.message != Message::Go {
                return Ok(first);
            }
            self.send_pieces(&answers, parts)?;
            answers.next()
        });
        sent.map_err(|error| Unanswered { request, error })
    }

    /// What became of a request of a session before.
    pub(crate) fn recall(&self, request: u32) -> Result<Recalled> {
        if !self.is_known(request) {
            return Ok(Recalled::Unknown);
        }
        let received = self.ask(&Message::Recall(Recall { request }))?;
        Ok(match received.message {
            Message::NotCarriedOut => Recalled::NotCarriedOut,
            Message::Forgotten => Recalled::Unknown,
            _ => Recalled::Answer(received),
        })
    }

    /// Whether an object is the concatenation of `parts`; false also if it is not there.
    pub(crate) fn holds(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<bool> {
        match self.bytes(name) {
            Ok(bytes) if bytes == length_of(parts) => {}
            Ok(_) | Err(CallError::Failed(StorageError::NotFound { .. })) => return Ok(false),
            Err(error) => return Err(error),
        }
        let (mut offset, mut read) = (0, Vec::new());
        for piece in pieces(parts, PARTS_AHEAD * self.piece_bytes()) {
            read.resize(piece.iter().map(|part| part.len()).sum(), 0);
            match self.read_at(name, offset, &mut read) {
                Err(CallError::Failed(StorageError::NotFound { .. })) => return Ok(false),
                result => result?,
            }
            offset += read.len() as u64;
            let mut rest = read.as_slice();
            for part in piece {
                let (front, behind) = rest.split_at(part.len());
                if front != part {
                    return Ok(false);
                }
                rest = behind;
            }
        }
        Ok(true)
    }

    pub(crate) fn bytes(&self, name: &ObjectName) -> Result<u64> {
        match self.ask(&Message::Stat(Stat { name: name.to_string() }))? {
            Received { message: Message::Length(Length { bytes }), .. } => Ok(bytes),
            other => Err(unexpected(name, other)),
        }
    }

    pub(crate) fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>> {
        let received = self.ask(&Message::Get(Get { name: name.to_string(), bytes_max }))?;
        let Message::Data(Data { bytes }) = received.message else {
            return Err(unexpected(name, received));
        };
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max }.into());
        }
        let first = received.tail();
        let Some(rest) = bytes.checked_sub(first.len() as u64) else {
            return Err(unexpected(name, received));
        };
        let mut object = first.to_vec();
        // In steps: a length that a server only says allocates nothing.
        let mut left = usize::try_from(rest).unwrap_or(usize::MAX);
        while left > 0 {
            let (start, step) = (object.len(), left.min(PARTS_AHEAD * self.piece_bytes()));
            object.resize(start + step, 0);
            let room = object.get_mut(start..).unwrap_or_default();
            self.read_at(name, start as u64, room)?;
            left -= step;
        }
        Ok(object)
    }

    pub(crate) fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<()> {
        let piece_bytes = self.piece_bytes();
        if to.is_empty() {
            return take_part(name, &self.start_part(name, offset, 0)?, to);
        }
        let mut asked = VecDeque::new();
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

    fn start_part(&self, name: &ObjectName, offset: u64, bytes: usize) -> Result<Answers> {
        let bytes = u32::try_from(bytes).expect("a part is smaller than a frame");
        let read = ReadAt { name: name.to_string(), offset, bytes };
        Ok(self.start(&Message::ReadAt(read))?)
    }

    pub(crate) fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>> {
        let answers = self.start(&Message::List(List { folder: folder.to_string() }))?;
        let mut listed: Vec<Listed> = Vec::new();
        loop {
            let received = answers.next()?;
            let out_of_place = received.out_of_place();
            let Message::Names(Names { objects, more }) = received.message else {
                return Err(unexpected(folder, received));
            };
            // A list that goes on for ever is none.
            if objects.is_empty() && more || listed.len() > LISTED_MAX {
                return Err(CallError::Protocol(out_of_place));
            }
            for object in objects {
                let name = ObjectName::new(&object.name).map_err(StorageError::from)?;
                // A list is what it was asked for, sorted, or nothing can be built on it.
                let is_next = listed.last().is_none_or(|last| last.name < name);
                if !name.is_below(folder) || !is_next {
                    return Err(CallError::Protocol(out_of_place));
                }
                listed.push(Listed { name, bytes: object.bytes });
            }
            if !more {
                return Ok(listed);
            }
        }
    }
}

pub(crate) fn length_of(parts: &[&[u8]]) -> u64 {
    parts.iter().map(|part| part.len() as u64).sum()
}

/// The answer to a part, into its place.
fn take_part(name: &ObjectName, answers: &Answers, to: &mut [u8]) -> Result<()> {
    let received = answers.next()?;
    match received.message {
        Message::Data(_) if received.tail().len() == to.len() => {
            to.copy_from_slice(received.tail());
            Ok(())
        }
        _ => Err(unexpected(name, received)),
    }
}

/// A part that is short is a range that is short.
fn whole_range(error: CallError, offset: u64, bytes: usize) -> CallError {
    match error {
        CallError::Failed(StorageError::Short { name, offset: at, found, .. }) => {
            let found = (at + found).saturating_sub(offset);
            StorageError::Short { name, offset, expected: bytes as u64, found }.into()
        }
        error => error,
    }
}
