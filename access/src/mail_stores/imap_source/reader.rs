//! One mail, read in pieces.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::object::{Generation, ObjectKey, ObjectMeta};
use crate::source::{Counters, ObjectReader, Pin};

use super::session::Session;
use super::{ImapSource, generation};

/// Bytes that are asked for at once.
const PIECE_BYTES: usize = 256 << 10;
const PIECE_LEN: u64 = PIECE_BYTES as u64;

/// A mail and the session that reads it.
#[derive(Debug)]
pub(super) struct ImapReader {
    meta: ObjectMeta,
    mail: Arc<ImapMail>,
}

#[derive(Debug)]
struct ImapMail {
    len: u64,
    access: Mutex<Access>,
}

#[derive(Debug)]
struct Access {
    session: Session,
    uid: u32,
    counters: Arc<Counters>,
    /// The last piece and where it begins.
    piece: Vec<u8>,
    piece_offset: u64,
}

impl ImapReader {
    pub(super) fn open(
        source: &ImapSource,
        key: &ObjectKey,
        wanted: &Generation,
    ) -> Result<Self, Error> {
        let parts = key.parts().ok_or(Error::Gone)?;
        let parts: Vec<_> = parts.iter().map(|part| std::str::from_utf8(part)).collect();
        let [Ok(mailbox), Ok(uid_validity), Ok(uid)] = parts.as_slice() else {
            return Err(Error::Gone);
        };
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| Error::Gone);
        let (uid_validity, uid) = (number(uid_validity)?, number(uid)?);
        if !source.options.mailboxes.iter().any(|known| known == mailbox) || uid == 0 {
            return Err(Error::Gone);
        }
        if generation(mailbox, uid_validity, uid) != *wanted {
            return Err(Error::Changed);
        }
        let mut session = source.session()?;
        if session.examine(mailbox)?.uid_validity != uid_validity {
            return Err(Error::Gone);
        }
        let mails = session.summaries(&[uid], &source.options.limits)?;
        let mut meta = source.meta(mailbox, uid_validity, mails.first().ok_or(Error::Gone)?)?;
        let counters = Arc::clone(&source.counters);
        let mut access = Access { session, uid, counters, piece: Vec::new(), piece_offset: 0 };
        let said = meta.raw_len.unwrap_or_default();
        let found = access.find_end(said, source.options.limits.object_bytes);
        let len = access.counted(found)?;
        meta.raw_len = Some(len);
        Ok(Self { meta, mail: Arc::new(ImapMail { len, access: Mutex::new(access) }) })
    }
}

impl ObjectReader for ImapReader {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn body(&self) -> Arc<dyn Body> {
        Arc::clone(&self.mail) as Arc<dyn Body>
    }

    fn still_same(&self) -> Result<bool, Error> {
        let access = &mut *self.mail.access();
        access.session.has(access.uid)
    }

    fn pin(&self, _ttl: Duration) -> Option<Pin> {
        None
    }
}

impl ImapMail {
    fn access(&self) -> MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the piece at an offset before the end, all of it.
    fn take_piece(&self, access: &mut Access, offset: u64) -> Result<(), Error> {
        access.take(offset)?;
        if access.piece.len() as u64 == self.len.saturating_sub(offset).min(PIECE_LEN) {
            return Ok(());
        }
        access.piece.clear();
        Err(Error::Changed)
    }
}

impl Access {
    /// Takes the bytes from `offset` on, a piece at most; none behind the end.
    fn take(&mut self, offset: u64) -> Result<(), Error> {
        self.piece.clear();
        self.piece = self.session.piece(self.uid, offset, PIECE_BYTES)?;
        self.piece_offset = offset;
        self.counters.read(self.piece.len() as u64);
        Ok(())
    }

    /// Counts why there are no bytes.
    fn counted<T>(&self, taken: Result<T, Error>) -> Result<T, Error> {
        match &taken {
            // What went is told and counted by the feed.
            Ok(_) | Err(Error::Gone) => {}
            Err(error) => self.counters.skipped(error.reason()),
        }
        taken
    }

    /// Where the mail ends. Servers guess sizes, and those that they keep may be of another mail:
    /// what they say is where the end is looked for first, and what they give is where it is. Most
    /// mails are one piece, which is held then.
    fn find_end(&mut self, said: u64, bytes_max: u64) -> Result<u64, Error> {
        let (mut known_to, mut empty_from, mut has_ended) = (0_u64, None, false);
        let mut offset = 0;
        loop {
            self.take(offset)?;
            let taken = self.piece.len() as u64;
            if taken > 0 {
                known_to = offset.saturating_add(taken);
            }
            let is_behind = taken == 0 && offset <= known_to;
            if is_behind && known_to == 0 && said > 0 {
                return Err(Error::Corrupt("imap: a mail without its bytes"));
            }
            let ends_here = taken < PIECE_LEN && known_to == said;
            if is_behind || (ends_here && taken > 0) {
                return Ok(known_to);
            }
            if known_to > bytes_max {
                return Err(Error::Limit(LimitKind::ObjectBytes));
            }
            if has_ended {
                return Err(Error::Corrupt("imap: a mail that goes on behind its end"));
            }
            has_ended = (1..PIECE_LEN).contains(&taken);
            if taken == 0 {
                empty_from = Some(offset);
            }
            let next = match empty_from {
                _ if has_ended => known_to,
                None => said.saturating_sub(PIECE_LEN / 2),
                Some(empty) if empty.saturating_sub(known_to) > PIECE_LEN => {
                    u64::midpoint(known_to, empty)
                }
                Some(_) => known_to,
            };
            offset = next.max(known_to);
        }
    }
}

impl Body for ImapMail {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        if buffer.is_empty() || offset >= self.len {
            return Ok(0);
        }
        let access = &mut *self.access();
        let held = offset.checked_sub(access.piece_offset);
        let held = held.and_then(|skip| usize::try_from(skip).ok());
        if held.is_none_or(|skip| skip >= access.piece.len()) {
            let taken = self.take_piece(access, offset);
            access.counted(taken)?;
        }
        let skip = usize::try_from(offset.saturating_sub(access.piece_offset));
        let rest = skip.ok().and_then(|skip| access.piece.get(skip..)).unwrap_or_default();
        let bytes = rest.get(..buffer.len()).unwrap_or(rest);
        let target = buffer.get_mut(..bytes.len()).filter(|target| !target.is_empty());
        target.ok_or(Error::Changed)?.copy_from_slice(bytes);
        Ok(bytes.len())
    }
}
