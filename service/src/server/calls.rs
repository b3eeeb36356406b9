//! Requests to a tenant's storage.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use gleaner_net::{FrameSender, Hangup};
use gleaner_store::{Listed, ObjectName, Put as Stored, StorageError, Version};

use super::agents::Agents;
use super::ahead::Waiting;
use super::counts::Counts;
use super::memory::Memory;
use super::quota::Room;
use super::tenants::Grant;
use super::upload_budget::{UploadBudget, UploadPermit};
use crate::wire::{
    Data, Ends, Failure, Length, ListedObject, Message, Names, Objects, Offer, Put, PutDone,
    ReadAt, Versioned, head_of, pages,
};

/// An object that came whole.
pub(super) struct Upload<'b> {
    pub(super) name: ObjectName,
    pub(super) bytes: Vec<u8>,
    /// Of what the tenant may use.
    pub(super) room: Room,
    /// Given back when the object is in storage; a small one needs none.
    pub(super) permit: Option<UploadPermit<'b>>,
}

/// A version of an object that came whole.
pub(super) struct NextVersion<'b> {
    pub(super) name: ObjectName,
    /// The version before.
    pub(super) expected: Option<Version>,
    pub(super) upload: Upload<'b>,
}

/// An offer as it came.
pub(super) struct Offered {
    pub(super) offer: Offer,
    pub(super) tail: Vec<u8>,
}

/// Where a session's offers are looked for.
pub(super) struct Finding<'a> {
    pub(super) agents: Option<&'a Agents>,
    pub(super) uploads: &'a UploadBudget,
    /// The session's own.
    pub(super) nonce: [u8; 32],
}

/// What is to be carried out.
pub(super) enum Call<'b> {
    Put(Upload<'b>),
    Update(NextVersion<'b>),
    Other(Message),
    /// None, but what was asked ahead.
    Ahead,
}

/// Answers requests of one session; several threads do.
pub(super) struct Answerer<'a> {
    pub(super) grant: &'a Grant,
    pub(super) sender: &'a FrameSender,
    pub(super) piece_bytes: usize,
    /// Where an answer cannot be sent nobody waits for the others either.
    pub(super) hangup: Hangup,
    pub(super) memory: Memory,
    pub(super) waiting: Waiting,
    /// Nobody waits for answers any more.
    pub(super) is_over: AtomicBool,
    pub(super) finding: Finding<'a>,
    pub(super) counts: &'a Counts,
}

/// What a request comes to.
pub(super) enum Answer {
    Message(Message),
    Data(u64, Vec<u8>),
    Versioned(Versioned, Vec<u8>),
    Names(Vec<Listed>),
    /// With the first of their bytes, as many as this.
    NamesWith(Vec<Listed>, u64),
}

impl Answerer<'_> {
    /// Carries a request out and answers it, and then what was asked ahead and waits no longer.
    pub(super) fn work(&self, request: u32, call: Call<'_>) {
        self.work_on(request, call);
        while let Some(sequence) = self.waiting.next() {
            for (request, question) in sequence.numbered() {
                if self.is_over.load(Ordering::Relaxed) {
                    return;
                }
                self.work_on(request, Call::Other(question));
            }
        }
    }

    fn work_on(&self, request: u32, call: Call<'_>) {
        // Whoever waits for the answer of a call that panics would wait for ever.
        if catch_unwind(AssertUnwindSafe(|| self.carry_out(request, call))).is_err() {
            // Nobody knows what became of it.
            self.memory.note(request, &Message::Forgotten);
            self.hangup.cut();
        }
    }

    /// Looks for what was offered, and answers.
    pub(super) fn look(&self, request: u32, offered: &Offered) {
        let looked = catch_unwind(AssertUnwindSafe(|| {
            self.answer(request, false, self.offered(offered));
        }));
        if looked.is_err() {
            self.hangup.cut();
        }
    }

    fn carry_out(&self, request: u32, call: Call<'_>) {
        let (is_change, answer) = match call {
            Call::Ahead => return self.waiting.worker_came(),
            Call::Put(upload) => (true, self.put(upload)),
            Call::Update(next) => (true, self.update(next)),
            Call::Other(message) => (is_change(&message), self.other(message)),
        };
        self.answer(request, is_change, answer);
    }

    /// Answers a request.
    fn answer(&self, request: u32, is_change: bool, answer: Result<Answer, Failure>) {
        self.counts.request(answer.is_err());
        match answer.unwrap_or_else(|failure| Answer::Message(Message::Failed(failure))) {
            Answer::Message(message) => {
                if is_change {
                    self.memory.note(request, &message);
                }
                self.send(request, &message, &[]);
            }
            Answer::Data(bytes, tail) => {
                self.counts.read(tail.len());
                self.send(request, &Message::Data(Data { bytes }), &tail);
            }
            Answer::Versioned(versioned, tail) => {
                self.counts.read(tail.len());
                self.send(request, &Message::Versioned(versioned), &tail);
            }
            Answer::Names(listed) => self.send_names(request, &listed, false),
            Answer::NamesWith(listed, bytes_max) => {
                self.send_names(request, &listed, true);
                self.send_objects(request, &listed, bytes_max);
            }
        }
        self.waiting.answered(request);
    }

    /// Answers; where that fails the session is over.
    pub(super) fn send(&self, request: u32, message: &Message, tail: &[u8]) {
        if let Err(error) = self.sender.send(&[&head_of(request, message), tail]) {
            tracing::debug!(%error, "an answer could not be sent");
            self.hangup.cut();
        }
    }

    fn send_names(&self, request: u32, listed: &[Listed], is_followed: bool) {
        let object =
            |listed: &Listed| ListedObject { name: listed.name.to_string(), bytes: listed.bytes };
        let bytes_of = |listed: &Listed| listed.name.as_str().len();
        let mut pages = pages(listed, self.piece_bytes, bytes_of);
        let last = pages.pop().unwrap_or_default();
        // A list that is empty is none where something else follows.
        let last = Some(last).filter(|last| !(last.is_empty() && is_followed));
        let last = last.map(|last| (last, is_followed));
        for (page, more) in pages.into_iter().map(|page| (page, true)).chain(last) {
            let names = Names { objects: page.iter().map(object).collect(), more };
            self.send(request, &Message::Names(names), &[]);
        }
    }

    /// Objects of a list from its beginning, up to the first that cannot be had or does not fit.
    fn send_objects(&self, request: u32, listed: &[Listed], bytes_max: u64) {
        let bytes_max = bytes_max.min(self.piece_bytes as u64);
        let (mut count, mut tail) = (0, Vec::new());
        for object in listed {
            if object.bytes > bytes_max - tail.len() as u64 {
                break;
            }
            let got = self.grant.storage.get(&object.name, object.bytes);
            // One that is not what was listed any more.
            let got = got.ok().filter(|bytes| bytes.len() as u64 == object.bytes);
            let Some(bytes) = got else { break };
            tail.extend(bytes);
            count += 1;
        }
        self.counts.read(tail.len());
        self.send(request, &Message::Objects(Objects { count }), &tail);
    }

    /// The name of an object that may be created, and room for it; answers if it may not.
    pub(super) fn allow_put(&self, request: u32, put: &Put) -> Option<(ObjectName, Room)> {
        let allowed = name_of(&put.name)
            .and_then(|name| self.room_for(&name, put.bytes).map(|room| (name, room)));
        allowed.map_err(|failure| self.refuse(request, failure)).ok()
    }

    /// Room for an object that may be created.
    pub(super) fn room_for(&self, name: &ObjectName, bytes: u64) -> Result<Room, Failure> {
        allow(self.grant.rights.may_create(name), name)?;
        self.grant.room_for(name, bytes).ok_or_else(|| Failure::over_quota(name))
    }

    /// Answers a request that nothing comes of.
    pub(super) fn refuse(&self, request: u32, failure: Failure) {
        self.counts.request(true);
        self.send(request, &Message::Failed(failure), &[]);
        self.waiting.answered(request);
    }

    fn put(&self, upload: Upload<'_>) -> Result<Answer, Failure> {
        self.counts.put(upload.bytes.len());
        let put = self.grant.storage.put_if_absent(&upload.name, &[&upload.bytes]);
        drop(upload.permit);
        match &put {
            Ok(Stored::Created) => upload.room.keep(),
            Ok(Stored::AlreadyExists) => drop(upload.room),
            // Nobody knows whether it is there.
            Err(_) => {
                upload.room.keep();
                self.grant.quota.count_again();
            }
        }
        if matches!(put, Ok(Stored::Created)) && self.grant.rights.may_delete_own(&upload.name) {
            self.memory.made(upload.name, upload.bytes.len() as u64);
        }
        put.map(put_done).map_err(|error| Failure::of(&error))
    }

    fn other(&self, message: Message) -> Result<Answer, Failure> {
        let Grant { storage, rights, .. } = self.grant;
        let failed = |error: StorageError| Failure::of(&error);
        match message {
            Message::CreateLayout => {
                allow(rights.may_make_layout(), &name_of("data")?)?;
                storage.create_layout().map_err(failed)?;
                self.grant.has_layout.store(true, Ordering::Relaxed);
                Ok(done())
            }
            Message::Stat(stat) => {
                let bytes = storage.bytes(&name_of(&stat.name)?).map_err(failed)?;
                Ok(Answer::Message(Message::Length(Length { bytes })))
            }
            Message::Get(get) => self.get(&name_of(&get.name)?, get.bytes_max).map_err(failed),
            Message::ReadAt(read) => self.read_at(&read),
            Message::List(list) => {
                storage.list(&name_of(&list.folder)?).map(Answer::Names).map_err(failed)
            }
            Message::Settle(settle) => {
                let names = names_of(&settle.names)?;
                // Nobody makes anything of another's durable but who may write.
                let first = names.first().filter(|_| !rights.may_make_layout());
                first.map_or(Ok(()), |name| allow(false, name))?;
                storage.settle(&names).map(|()| done()).map_err(failed)
            }
            Message::Delete(delete) => {
                let names = names_of(&delete.names)?;
                names.iter().try_for_each(|name| allow(self.may_delete(name), name))?;
                self.delete(&names).map(|()| done()).map_err(failed)
            }
            Message::Rename(rename) => {
                let (from, to) = (name_of(&rename.from)?, name_of(&rename.to)?);
                allow(rights.may_delete(&from), &from)?;
                allow(rights.may_create(&to), &from)?;
                storage.rename(&from, &to).map(put_done).map_err(failed)
            }
            Message::ListWith(list) => {
                let listed = storage.list(&name_of(&list.folder)?).map_err(failed)?;
                Ok(Answer::NamesWith(listed, list.bytes_max))
            }
            Message::Ends(ends) => self.ends(&ends),
            Message::Latest(latest) => self.latest(&latest),
            Message::DeleteVersions(delete) => self.delete_versions(&delete),
            Message::Recall(recall) => {
                Ok(Answer::Message(self.memory.answer_before(recall.request)))
            }
            // What comes here was looked at before.
            _ => Err(Failure::unsupported()),
        }
    }

    pub(super) fn delete(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        let own = self.memory.unmake(names);
        let bytes: Option<u64> = own.iter().map(|(_, bytes)| *bytes).sum();
        let bytes = bytes.filter(|_| own.len() == names.len());
        if bytes.is_none() {
            self.grant.quota.count_again();
        }
        if let Err(error) = self.grant.storage.delete_all(names) {
            // It may try again.
            self.memory.remake(own);
            self.grant.quota.count_again();
            return Err(error);
        }
        self.grant.quota.give_back(bytes.unwrap_or_default());
        Ok(())
    }

    pub(super) fn may_delete(&self, name: &ObjectName) -> bool {
        self.grant.rights.may_delete(name) || self.memory.is_own(name)
    }

    /// The first piece of an object, which is all of a small one.
    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Answer, StorageError> {
        let storage = &self.grant.storage;
        let bytes = storage.bytes(name)?;
        if bytes > bytes_max {
            return Err(StorageError::TooLarge { name: name.clone(), bytes, bytes_max });
        }
        let piece = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.piece_bytes);
        let mut tail = vec![0; piece];
        storage.read_at(name, 0, &mut tail)?;
        Ok(Answer::Data(bytes, tail))
    }

    fn read_at(&self, read: &ReadAt) -> Result<Answer, Failure> {
        let name = name_of(&read.name)?;
        let bytes = read.bytes as usize;
        if bytes > self.piece_bytes {
            return Err(Failure::unsupported());
        }
        let mut tail = vec![0; bytes];
        let result = self.grant.storage.read_at(&name, read.offset, &mut tail);
        result.map(|()| Answer::Data(bytes as u64, tail)).map_err(|error| Failure::of(&error))
    }
}

impl Answerer<'_> {
    /// Both ends of an object, which meet in a small one.
    fn ends(&self, ends: &Ends) -> Result<Answer, Failure> {
        let name = name_of(&ends.name)?;
        let (front, back) = (u64::from(ends.front), u64::from(ends.back));
        if front + back > self.piece_bytes as u64 {
            return Err(Failure::unsupported());
        }
        let read = || -> Result<Answer, StorageError> {
            let storage = &self.grant.storage;
            let bytes = storage.bytes(&name)?;
            let front = bytes.min(front);
            let back = (bytes - front).min(back);
            let mut tail = vec![0; usize::try_from(front + back).unwrap_or_default()];
            let (begin, end) = tail.split_at_mut(usize::try_from(front).unwrap_or_default());
            storage.read_at(&name, 0, begin)?;
            storage.read_at(&name, bytes - back, end)?;
            Ok(Answer::Data(bytes, tail))
        };
        read().map_err(|error| Failure::of(&error))
    }
}

/// Whether it matters if a request is carried out again.
const fn is_change(message: &Message) -> bool {
    matches!(
        message,
        Message::CreateLayout
            | Message::Settle(_)
            | Message::Delete(_)
            | Message::Rename(_)
            | Message::DeleteVersions(_)
    )
}

pub(super) const fn done() -> Answer {
    Answer::Message(Message::Done)
}

fn put_done(put: Stored) -> Answer {
    Answer::Message(Message::PutDone(PutDone { is_created: put == Stored::Created }))
}

pub(super) fn name_of(text: &str) -> Result<ObjectName, Failure> {
    ObjectName::new(text).map_err(|_| Failure::unsupported())
}

fn names_of(texts: &[String]) -> Result<Vec<ObjectName>, Failure> {
    texts.iter().map(|text| name_of(text)).collect()
}

pub(super) fn allow(is_allowed: bool, name: &ObjectName) -> Result<(), Failure> {
    if is_allowed { Ok(()) } else { Err(Failure::denied(name)) }
}
