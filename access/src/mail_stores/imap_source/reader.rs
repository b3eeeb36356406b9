//! One mail, read in pieces.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::body::Body;
use crate::error::Error;
use crate::object::{Generation, ObjectKey, ObjectMeta};
use crate::source::{ObjectReader, Pin};

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
        Ok(Self { meta, mail: Arc::new(ImapMail { uid, len, access }) })
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
        let mut access = self.mail.access.lock().unwrap_or_else(PoisonError::into_inner);
        access.session.has(self.mail.uid)
    }

    fn pin(&self, _ttl: Duration) -> Option<Pin> {
        None
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
        let access = &mut *self.access.lock().unwrap_or_else(PoisonError::into_inner);
        let held = offset.checked_sub(access.piece_offset);
        let held = held.and_then(|skip| usize::try_from(skip).ok());
        if held.is_none_or(|skip| skip >= access.piece.len()) {
            let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
            access.piece = access.session.piece(self.uid, offset, left.min(PIECE_BYTES))?;
            access.piece_offset = offset;
        }
        let skip = usize::try_from(offset.saturating_sub(access.piece_offset));
        let rest = skip.ok().and_then(|skip| access.piece.get(skip..)).unwrap_or_default();
        let bytes = rest.get(..buffer.len()).unwrap_or(rest);
        let target = buffer.get_mut(..bytes.len()).filter(|target| !target.is_empty());
        target.ok_or(Error::Changed)?.copy_from_slice(bytes);
        Ok(bytes.len())
    }
}
