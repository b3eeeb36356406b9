//! Files of Dovecot's sdbox and mdbox: one mail or many, each between a header and its metadata.

use crate::body::{Body, Slice};
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::mail::lines::Lines;

#[cfg(test)]
mod tests;

/// Bytes of the header before each mail.
const MAIL_HEADER_BYTES: usize = 30;
/// What begins each mail's header: a magic, the type of a normal mail, ten spaces.
const MAIL_HEADER_START: &[u8; 13] = b"\x01\x02N          ";
/// What follows the bytes of each mail.
const MAGIC_AFTER: &[u8; 4] = b"\n\x01\x03\n";

/// A mail in a dbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DboxMail {
    /// Where its header begins.
    pub header_offset: u64,
    /// Where its stored bytes begin: text, or a compressed stream.
    pub offset: u64,
    /// How many there are.
    pub len: u64,
    /// What Dovecot calls the mail, wherever it lies.
    pub guid: [u8; 16],
    /// When it was received (INTERNALDATE), in seconds since 1970.
    pub received_s: Option<i64>,
    /// Bytes of the mail with CR LF for each line end.
    pub crlf_bytes: Option<u64>,
    /// Bytes of the mail before compression; only where it is compressed.
    pub plain_bytes: Option<u64>,
    /// True if attachments lie in files of their own: the stored bytes are not the whole mail.
    pub has_external_parts: bool,
    /// Where the next header begins.
    pub end: u64,
}

/// The mails of a dbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DboxMails {
    /// Those that are whole.
    pub mails: Vec<DboxMail>,
    /// True if another one follows that is still being written.
    pub is_growing: bool,
}

/// Walks over the mails of the dbox file that `file` is, without reading their bytes.
///
/// # Errors
///
/// [`Error::Busy`] if the first line is still being written; [`Error::Unsupported`] for another
/// version; [`Error::Corrupt`] where a record is not what it must be; [`Error::Limit`] for too many
/// mails, a mail or metadata above the caps; what reading gives.
pub fn dbox_mails<B: Body + ?Sized>(file: &B, limits: &Limits) -> Result<DboxMails, Error> {
    let mut offset = file_header_len(file)?;
    let mut mails = Vec::new();
    while offset < file.len() {
        let Some(mail) = mail_at(file, offset, limits)? else {
            return Ok(DboxMails { mails, is_growing: true });
        };
        if mails.len() >= limits.members {
            return Err(Error::Limit(LimitKind::Members));
        }
        offset = mail.end;
        mails.push(mail);
    }
    Ok(DboxMails { mails, is_growing: false })
}

/// Length of the first line, `2 M1e C<stamp>`: the version, the bytes of a mail's header, when the
/// file was made; numbers but the version in hex.
fn file_header_len<B: Body + ?Sized>(file: &B) -> Result<u64, Error> {
    let corrupt = Error::Corrupt("dbox: first line");
    let mut lines = Lines::new(file, 0);
    let Some(line) = lines.next()? else { return Err(Error::Busy) };
    let fields = std::str::from_utf8(line.text).unwrap_or_default().split(' ');
    let fields: Vec<_> = fields.take(3).collect();
    if line.break_len == 0 {
        return Err(if line.text.len() < MAIL_HEADER_BYTES { Error::Busy } else { corrupt });
    }
    match fields.as_slice() {
        ["2", "M1e", stamp] if stamp.strip_prefix('C').and_then(hex).is_some() => Ok(line.end()),
        [version, ..] if *version != "2" && version.parse::<u32>().is_ok() => {
            Err(Error::Unsupported("dbox of another version"))
        }
        ["2", header_len, ..] if *header_len != "M1e" && header_len.starts_with('M') => {
            Err(Error::Unsupported("dbox with mail headers of another length"))
        }
        _ => Err(corrupt),
    }
}

/// The mail whose header begins at `header_offset`; `None` if it is not yet written to its end.
fn mail_at<B: Body + ?Sized>(
    file: &B,
    header_offset: u64,
    limits: &Limits,
) -> Result<Option<DboxMail>, Error> {
    let corrupt = Error::Corrupt("dbox: header of a mail");
    let left = file.len().saturating_sub(header_offset);
    let mut header = [0; MAIL_HEADER_BYTES];
    let held = usize::try_from(left).unwrap_or(usize::MAX).min(MAIL_HEADER_BYTES);
    let (held, _) = header.split_at_mut_checked(held).ok_or(Error::Changed)?;
    file.read_exact_at(header_offset, held)?;
    // Dovecot holds the place with zeros until it knows the size.
    if held.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let start_held = held.get(..MAIL_HEADER_START.len()).unwrap_or(held);
    if !MAIL_HEADER_START.starts_with(start_held) {
        return Err(corrupt);
    }
    let Some((size, [b'\n'])) = header
        .get(MAIL_HEADER_START.len()..)
        .and_then(|rest| rest.split_at_checked(MAIL_HEADER_BYTES - MAIL_HEADER_START.len() - 1))
    else {
        return if left < MAIL_HEADER_BYTES as u64 { Ok(None) } else { Err(corrupt) };
    };
    let len = std::str::from_utf8(size).ok().and_then(hex).ok_or(corrupt)?;
    let offset = header_offset.saturating_add(MAIL_HEADER_BYTES as u64);
    let Some(after) = offset.checked_add(len).filter(|&after| after <= file.len()) else {
        return Ok(None);
    };
    if len > limits.object_bytes {
        return Err(Error::Limit(LimitKind::ObjectBytes));
    }
    if !magic_follows(file, after)? {
        return Ok(None);
    }
    let mail = DboxMail {
        header_offset,
        offset,
        len,
        guid: [0; 16],
        received_s: None,
        crlf_bytes: None,
        plain_bytes: None,
        has_external_parts: false,
        end: after.saturating_add(MAGIC_AFTER.len() as u64),
    };
    with_metadata(file, mail, limits)
}

/// True if the magic is there, false if the file ends within it.
fn magic_follows<B: Body + ?Sized>(file: &B, offset: u64) -> Result<bool, Error> {
    let left = usize::try_from(file.len().saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut magic = [0; MAGIC_AFTER.len()];
    let held = magic.get_mut(..left.min(MAGIC_AFTER.len())).unwrap_or_default();
    file.read_exact_at(offset, held)?;
    if !MAGIC_AFTER.starts_with(held) {
        return Err(Error::Corrupt("dbox: no magic after a mail"));
    }
    Ok(held.len() == MAGIC_AFTER.len())
}

/// Adds what the lines up to the next empty one say, which begin at the mail's `end`.
fn with_metadata<B: Body + ?Sized>(
    file: &B,
    mut mail: DboxMail,
    limits: &Limits,
) -> Result<Option<DboxMail>, Error> {
    let corrupt = || Error::Corrupt("dbox: metadata of a mail");
    let start = mail.end;
    // Never reads far beyond the metadata: an mdbox file holds megabytes of other mails.
    let longest = (limits.header_bytes as u64).saturating_add(1);
    let held = file.len().saturating_sub(start).min(longest);
    let mut lines = Lines::new(Slice::new(file, start, held).ok_or(Error::Changed)?, 0);
    let mut guid = None;
    while let Some(line) = lines.next()? {
        if line.break_len == 0 {
            break;
        }
        let Some((&key, value)) = line.text.split_first() else {
            mail.end = start.saturating_add(line.end());
            mail.guid = guid.ok_or(Error::Unsupported("dbox: mail without a GUID"))?;
            return Ok(Some(mail));
        };
        let value = std::str::from_utf8(value).unwrap_or_default();
        let number = || hex(value).ok_or_else(corrupt);
        match key {
            b'R' => mail.received_s = Some(i64::try_from(number()?).map_err(|_| corrupt())?),
            b'V' => mail.crlf_bytes = Some(number()?),
            b'Z' => mail.plain_bytes = Some(number()?),
            b'G' => guid = Some(guid_of(value).ok_or_else(corrupt)?),
            b'X' => mail.has_external_parts = true,
            _ => {}
        }
    }
    if held == longest {
        return Err(Error::Limit(LimitKind::Header));
    }
    Ok(None)
}

/// A number of 1 to 16 hex digits.
fn hex(digits: &str) -> Option<u64> {
    let is_hex = digits.len() <= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(digits, 16).ok())?
}

fn guid_of(digits: &str) -> Option<[u8; 16]> {
    let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(digits, 16).ok())??;
    #[expect(clippy::big_endian_bytes, reason = "the order in which the digits are written")]
    Some(number.to_be_bytes())
}
