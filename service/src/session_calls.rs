//! Requests of one session, each tried once.

use std::collections::VecDeque;

use gleaner_store::{Listed, ObjectName, StorageError, Version};

use crate::change::Change;
use crate::error::Error;
use crate::foreseen::Answer;
use crate::foresight;
use crate::session::{Answers, Session, Unanswered, pieces};
use crate::wire::{
    self, Data, Delete, DeleteVersions, Ends, Get, Latest, Length, List, Message, Names, Objects,
    ReadAt, Recall, Received, Rename, Settle, Stat, Update, Versioned, WireError,
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
            Change::CreateLayout => self.order(change, &Message::CreateLayout, &[]),
            Change::Put(name, parts) => {
                let bytes = length_of(parts);
                let put = Message::Put(wire::Put { name: name.to_string(), bytes });
                let is_small = bytes <= wire::INLINE_BYTES_MAX.min(self.piece_bytes() as u64);
                self.order(change, &put, if is_small { parts } else { &[] })
            }
            Change::Settle(all) => {
                self.order(change, &Message::Settle(Settle { names: names(all) }), &[])
            }
            Change::Delete(all) => {
                self.order(change, &Message::Delete(Delete { names: names(all) }), &[])
            }
            Change::Rename(from, to) => {
                let rename = Rename { from: from.to_string(), to: to.to_string() };
                self.order(change, &Message::Rename(rename), &[])
            }
            Change::Update(name, expected, bytes) => {
                let expected = expected.map(|Version(number)| number);
                let update = Message::Update(Update { name: name.to_string(), expected });
                self.order(change, &update, &[bytes])
            }
            Change::DeleteVersions(name, kept) => {
                let delete = DeleteVersions { name: name.to_string(), kept: *kept };
                self.order(change, &Message::DeleteVersions(delete), &[])
            }
        }
    }

    /// Sends a change, with what is likely to be asked behind it.
    fn order(
        &self,
        change: &Change<'_>,
        message: &Message,
        tail: &[&[u8]],
    ) -> std::result::Result<Received, Unanswered> {
        // That folders are there changes no answer.
        let generation = match change {
            Change::CreateLayout => None,
            Change::Delete(_) | Change::Rename(..) => Some(self.foreseen.change(true)),
            _ => Some(self.foreseen.change(false)),
        };
        let answers = self.start_with(message, tail)?;
        let request = answers.request();
        let behind = self.start_behind(request, foresight::behind(change));
        let answered = answers.next().and_then(|first| match change {
            // Large objects once there is room for them.
            Change::Put(_, parts) if first.message == Message::Go => {
                self.send_pieces(&answers, parts)?;
                answers.next()
            }
            _ => Ok(first),
        });
        if let Some(generation) = generation {
            self.foreseen.changed(generation, behind);
        }
        answered.map_err(|error| Unanswered { request: Some(request), error })
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
        self.foreseen.pass_over();
        match self.ask(&Message::Stat(Stat { name: name.to_string() }))? {
            Received { message: Message::Length(Length { bytes }), .. } => Ok(bytes),
            other => Err(unexpected(name, other)),
        }
    }

    pub(crate) fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>> {
        let too_large = |bytes| StorageError::TooLarge { name: name.clone(), bytes, bytes_max };
        let is_it = |question: &Message| foresight::is_get(question, name, bytes_max);
        let received = match self.foreseen.take(is_it) {
            Some((_, Answer::Object(object))) if object.len() as u64 <= bytes_max => {
                return Ok(object);
            }
            Some((_, Answer::Object(object))) => return Err(too_large(object.len() as u64).into()),
            Some((_, Answer::Coming(answers))) => answers.next()?,
            None => self.get_with_its_neighbours(name, bytes_max)?,
        };
        let Message::Data(Data { bytes }) = received.message else {
            return Err(unexpected(name, received));
        };
        if bytes > bytes_max {
            return Err(too_large(bytes).into());
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

    /// Asks for an object, and ahead for those that are next in the last list if it was next.
    fn get_with_its_neighbours(&self, name: &ObjectName, bytes_max: u64) -> Result<Received> {
        let generation = self.foreseen.generation();
        let answers = self.start(&Message::Get(Get { name: name.to_string(), bytes_max }))?;
        let get = |name| Message::Get(Get { name, bytes_max });
        let neighbours = self.foreseen.together_with(name).into_iter().map(get).collect();
        let behind = self.start_behind(answers.request(), neighbours);
        let received = answers.next()?;
        self.foreseen.expect(generation, behind);
        Ok(received)
    }

    /// The highest version of a versioned object, if there is one; its bytes, if a message holds
    /// them.
    pub(crate) fn latest(&self, name: &ObjectName) -> Result<Option<(Version, Option<Vec<u8>>)>> {
        let is_it = |question: &Message| foresight::is_latest(question, name);
        let received = match self.foreseen.take(is_it) {
            Some((_, Answer::Coming(answers))) => answers.next()?,
            _ => self.ask(&Message::Latest(Latest { name: name.to_string() }))?,
        };
        let Message::Versioned(Versioned { version, bytes }) = received.message else {
            return Err(unexpected(name, received));
        };
        let Some(version) = version.map(Version) else { return Ok(None) };
        let tail = received.tail();
        match tail.len() as u64 == bytes {
            true => Ok(Some((version, Some(tail.to_vec())))),
            false if tail.is_empty() => Ok(Some((version, None))),
            false => Err(CallError::Protocol(received.out_of_place())),
        }
    }

    pub(crate) fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<()> {
        if self.foreseen.read(name, offset, to) {
            return Ok(());
        }
        self.foreseen.pass_over();
        if foresight::is_header(name, offset, to.len()) && self.read_ends(name, to)? {
            return Ok(());
        }
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

    /// Reads the front of an object together with its back; false if it has to be asked for alone.
    fn read_ends(&self, name: &ObjectName, to: &mut [u8]) -> Result<bool> {
        let (front, back) = foresight::ENDS_BYTES;
        if (front + back) as usize > self.piece_bytes() {
            return Ok(false);
        }
        let removals = self.foreseen.removals();
        let received = self.ask(&Message::Ends(Ends { name: name.to_string(), front, back }))?;
        let Message::Data(Data { bytes }) = received.message else {
            return Err(unexpected(name, received));
        };
        let (front, back) = (u64::from(front), u64::from(back));
        let tail = received.tail();
        let split = usize::try_from(bytes.min(front)).unwrap_or(usize::MAX);
        let is_sound = tail.len() as u64 == bytes.min(front + back);
        let Some((front, back)) = tail.split_at_checked(split).filter(|_| is_sound) else {
            return Err(CallError::Protocol(received.out_of_place()));
        };
        self.foreseen.ends(removals, name, bytes, (front.to_vec(), back.to_vec()));
        Ok(self.foreseen.read(name, 0, to))
    }

    fn start_part(&self, name: &ObjectName, offset: u64, bytes: usize) -> Result<Answers> {
        let bytes = u32::try_from(bytes).expect("a part is smaller than a frame");
        let read = ReadAt { name: name.to_string(), offset, bytes };
        Ok(self.start(&Message::ReadAt(read))?)
    }

    pub(crate) fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>> {
        let is_it = |question: &Message| foresight::is_list(question, folder);
        let answers = match self.foreseen.take(is_it) {
            Some((_, Answer::Coming(answers))) => answers,
            _ => self.start(&Message::List(List { folder: folder.to_string() }))?,
        };
        let generation = self.foreseen.generation();
        let mut listed: Vec<Listed> = Vec::new();
        loop {
            let received = answers.next()?;
            let out_of_place = received.out_of_place();
            if let Message::Objects(Objects { count }) = received.message {
                let objects = split_objects(&listed, count, received.tail());
                let objects = objects.ok_or(CallError::Protocol(out_of_place))?;
                self.foreseen.list(generation, &listed, objects);
                return Ok(listed);
            }
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
                if foresight::is_read_through(folder) {
                    self.foreseen.list(generation, &listed, Vec::new());
                }
                return Ok(listed);
            }
        }
    }
}

/// The bytes of the first objects of a list; `None` if that is not what the tail is.
fn split_objects(listed: &[Listed], count: u32, tail: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut rest = tail;
    let first = listed.get(..usize::try_from(count).ok()?)?;
    let objects = first.iter().map(|listed| {
        let (object, behind) = rest.split_at_checked(usize::try_from(listed.bytes).ok()?)?;
        rest = behind;
        Some(object.to_vec())
    });
    let objects = objects.collect::<Option<Vec<_>>>()?;
    rest.is_empty().then_some(objects)
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
