//! What all mail stores in files share: reading a mail that may be compressed, and what it is found
//! by.

use std::io::{self, Read};

use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::files::file_format::Found;
use crate::identifiers::{DateKind, Identifiers, SequenceNumber};
use crate::limits::Limits;
use crate::mail::{MailFacts, MailSizes, SNIFFED_BYTES, StoredForm, header_block};
use crate::object::ContentCoding;
use crate::recipe::{Recipe, Step};

#[cfg(test)]
mod tests;

/// The media type of every mail.
pub(crate) const MEDIA_TYPE: &str = "message/rfc822";

/// What the configuration says of the mails of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailOptions {
    /// Names that the provider's own servers write after `by` in `Received:` fields. Without one,
    /// no mail has a source address.
    pub own_servers: Vec<String>,
    /// The IMAP server's URL, `imap://host`, without a slash at the end: with it, mails whose UID
    /// is known have URLs.
    pub imap_url: Option<String>,
    /// Folders from the root of the source down to a user's mail: 0 if the source is one user's.
    /// From there on, folders are mailboxes.
    pub home_depth: usize,
}

/// A mail by its number in its mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailNumber {
    /// The mailbox as IMAP calls it, in the encoding of the disk (modified UTF-7).
    pub(crate) mailbox: Vec<u8>,
    pub(crate) uid_validity: u32,
    pub(crate) uid: u32,
}

impl MailNumber {
    pub(crate) fn sequence_number(&self) -> SequenceNumber {
        let uid_validity = self.uid_validity.to_string();
        let space = [b"imap\0", self.mailbox.as_slice(), b"\0", uid_validity.as_bytes()].concat();
        SequenceNumber { space, number: u64::from(self.uid) }
    }

    /// The URL of RFC 5092.
    fn url(&self, server: &str) -> Vec<u8> {
        let mut url = format!("{server}/").into_bytes();
        for &byte in &self.mailbox {
            if byte.is_ascii_alphanumeric() || b"-._~/&+,".contains(&byte) {
                url.push(byte);
            } else {
                url.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        let number = format!(";UIDVALIDITY={}/;UID={}", self.uid_validity, self.uid);
        url.extend_from_slice(number.as_bytes());
        url
    }
}

/// A stored mail, looked into.
#[derive(Debug)]
pub(crate) struct StoredMail {
    pub(crate) form: StoredForm,
    pub(crate) facts: MailFacts,
    /// Only if the mail was read to its end.
    pub(crate) sizes: Option<MailSizes>,
}

impl StoredMail {
    /// Looks into the mail that `body` stores: at its header, or at all of it for its sizes, but
    /// not further than one byte beyond `plain_bytes_max`.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for a form that is not known; [`Error::Corrupt`] for a broken stream,
    /// [`Error::Limit`] for a stream that gives more than it may; what reading gives.
    pub(crate) fn read<B: Body + ?Sized>(
        body: &B,
        options: &MailOptions,
        (limits, clock): (&Limits, &dyn Clock),
        plain_bytes_max: Option<u64>,
    ) -> Result<Self, Error> {
        let mut start = [0; SNIFFED_BYTES];
        let bytes = usize::try_from(body.len()).unwrap_or(usize::MAX).min(SNIFFED_BYTES);
        let start = start.get_mut(..bytes).unwrap_or_default();
        body.read_exact_at(0, start)?;
        let form = StoredForm::sniff(start)?;
        // As recipes decode it, so that no mail is listed that none can read, nor takes longer.
        let mut text = recipe(form)?.open(&body, limits, clock)?;
        let head_bytes = limits.header_block_bytes.saturating_add(1);
        let mut head = Head { text: &mut text, kept: Vec::new(), bytes_max: head_bytes };
        let sizes = match plain_bytes_max {
            Some(bytes_max) => Some(MailSizes::count(&mut head, bytes_max)),
            None => head.read_header().map(|()| None).transpose(),
        };
        let sizes = sizes.transpose()?;
        // A header above the cap costs its facts, not the mail.
        let header = match header_block(&head.kept, limits) {
            Err(Error::Limit(LimitKind::Header)) => Vec::new(),
            other => other?,
        };
        Ok(Self { form, facts: MailFacts::read(&header, &options.own_servers), sizes })
    }

    /// What the object is that is made of this mail.
    pub(crate) fn describe(&self, found: &mut Found) {
        found.media_type = Some(MEDIA_TYPE.to_owned());
        found.encodings = match self.form {
            StoredForm::Plain => Vec::new(),
            StoredForm::Gzip => vec![ContentCoding::Gzip],
            StoredForm::Zstd => vec![ContentCoding::Zstd],
            StoredForm::Xz => vec![ContentCoding::Xz],
        };
        found.identifiers = identifiers(&self.facts);
    }
}

/// What a header is found by.
pub(crate) fn identifiers(facts: &MailFacts) -> Identifiers {
    let mut identifiers = Identifiers::default();
    identifiers.message_ids.extend(facts.message_id.clone().map(String::into_bytes));
    if let Some(date_s) = facts.date_s {
        identifiers.add_date(DateKind::Sent, date_s);
    }
    identifiers.source_addresses.extend(facts.source.map(|address| address.to_string()));
    let host = facts.sender.as_ref().and_then(|sender| sender.rsplit_once('@'));
    identifiers.source_addresses.extend(host.map(|(_, host)| host.to_ascii_lowercase()));
    identifiers
}

/// Adds when a mail came and which number it has.
pub(crate) fn add_place(
    identifiers: &mut Identifiers,
    received_s: Option<i64>,
    number: Option<&MailNumber>,
    options: &MailOptions,
) {
    if let Some(received_s) = received_s {
        identifiers.add_date(DateKind::Received, received_s);
    }
    if let Some(number) = number {
        identifiers.sequence_numbers.push(number.sequence_number());
        identifiers.urls.extend(options.imap_url.as_ref().map(|server| number.url(server)));
    }
}

/// Keeps the first bytes of what is read through it.
struct Head<R> {
    text: R,
    kept: Vec<u8>,
    bytes_max: usize,
}

impl<R: Read> Head<R> {
    /// Reads until the header ends, or as far as it may.
    fn read_header(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 4096];
        loop {
            let before = self.kept.len().saturating_sub(3);
            let read = self.read(&mut buffer)?;
            let fresh = self.kept.get(before..).unwrap_or_default();
            let is_end = |end: &[u8]| fresh.windows(end.len()).any(|window| window == end);
            if read == 0
                || self.kept.len() >= self.bytes_max
                || is_end(b"\n\n")
                || is_end(b"\n\r\n")
            {
                return Ok(());
            }
        }
    }
}

impl<R: Read> Read for Head<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        let room = self.bytes_max.saturating_sub(self.kept.len());
        let kept = buffer.get(..read.min(room)).unwrap_or_default();
        self.kept.extend_from_slice(kept);
        Ok(read)
    }
}

/// The step that gives a mail of that form as it was before it was stored.
fn recipe(form: StoredForm) -> Result<Recipe, Error> {
    Recipe::new(match form {
        StoredForm::Plain => Vec::new(),
        StoredForm::Gzip => vec![Step::Gunzip],
        StoredForm::Zstd => vec![Step::Unzstd],
        StoredForm::Xz => vec![Step::Unxz],
    })
}
