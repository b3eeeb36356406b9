//! One mail, read in pieces.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::body::Body;
use crate::error::Error;
use crate::object::{Generation, ObjectKey, ObjectMeta};
use crate::source::{Counters, ObjectReader, Pin};

use super::session::Session;
use super::{ImapSource, generation};

/// Bytes that are asked for at once.
const PIECE_BYTES: usize = 256 << 10;

/// A mail and the session that reads it.
#[derive(Debug)]
pub(super) struct ImapReader {
    meta: ObjectMeta,
    mail: Arc<ImapMail>,
}

#[derive(Debug)]
struct ImapMail {
    uid: u32,
    len: u64,
    counters: Arc<Counters>,
    access: Mutex<Access>,
}

#[derive(Debug)]
struct Access {
    session: Session,
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
        let meta = source.meta(mailbox, uid_validity, mails.first().ok_or(Error::Gone)?)?;
        let len = meta.raw_len.unwrap_or_default();
        let access = Mutex::new(Access { session, piece: Vec::new(), piece_offset: 0 });
        let counters = Arc::clone(&source.counters);
        let mail = ImapMail { uid, len, counters, access };
        if len == 0 {
            // Of others, the last piece shows it.
            mail.take_piece(&mut mail.access(), 0)?;
        }
        Ok(Self { meta, mail: Arc::new(mail) })
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
        self.mail.access().session.has(self.mail.uid)
    }

    fn pin(&self, _ttl: Duration) -> Option<Pin> {
        None
    }
}

impl ImapMail {
    fn access(&self) -> MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes bytes from `offset` on, and counts them, or why there are none.
    fn take_piece(&self, access: &mut Access, offset: u64) -> Result<(), Error> {
        let taken = self.piece(access, offset);
        match &taken {
            Ok(piece) => self.counters.read(piece.len() as u64),
            // What went is told and counted by the feed.
            Err(Error::Gone) => {}
            Err(error) => self.counters.skipped(error.reason()),
        }
        (access.piece, access.piece_offset) = (taken?, offset);
        Ok(())
    }

    /// Bytes from `offset` on, which is not behind the end; the last piece with the proof that it
    /// is the last. Servers keep sizes, and what they keep may be of another mail.
    fn piece(&self, access: &mut Access, offset: u64) -> Result<Vec<u8>, Error> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = if left <= PIECE_BYTES { left.saturating_add(1) } else { PIECE_BYTES };
        let piece = access.session.piece(self.uid, offset, wanted)?;
        if piece.len() > left || piece.len() < left.min(PIECE_BYTES) {
            return Err(Error::Corrupt("imap: a mail is not as long as the server says"));
        }
        Ok(piece)
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
            self.take_piece(access, offset)?;
        }
        let skip = usize::try_from(offset.saturating_sub(access.piece_offset));
        let rest = skip.ok().and_then(|skip| access.piece.get(skip..)).unwrap_or_default();
        let bytes = rest.get(..buffer.len()).unwrap_or(rest);
        let target = buffer.get_mut(..bytes.len()).filter(|target| !target.is_empty());
        target.ok_or(Error::Changed)?.copy_from_slice(bytes);
        Ok(bytes.len())
    }
}
