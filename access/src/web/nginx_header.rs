//! The header of a file of nginx's `proxy_cache`: version 5 of a 64-bit little-endian build
//! (nginx 1.18 and later, `src/http/ngx_http_cache.h`).
//!
//! Nothing is believed before every check has passed, and no offset is guessed: a file of another
//! version, another word size or another program is refused as a whole.

use md5::{Digest, Md5};

use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::little_endian::{array_at, i64_at, slice_at, u16_at, u32_at, u64_at};
use crate::web::http_fields::HeaderFields;
use crate::web::http_message::StoredResponse;

#[cfg(test)]
pub(crate) mod tests;

/// The version that is read.
const VERSION: u64 = 5;

/// Bytes of the header before the key.
pub(crate) const FIXED_BYTES: usize = 336;

/// Before the key text; in a 32-bit build it stands elsewhere.
const MARKER: &[u8] = b"\nKEY: ";

/// First byte of the key text.
const KEY_START: usize = FIXED_BYTES + MARKER.len();

/// Bytes there are for an entity tag, and for the value of `Vary`.
const TEXT_BYTES_MAX: usize = 128;

/// What a file of a cache says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NginxHeader {
    /// The cache key as `proxy_cache_key` made it, without the line feed behind it.
    pub key: Vec<u8>,
    /// MD5 over the key and the request fields that `Vary` names; zeros without `Vary`.
    pub variant: [u8; 16],
    /// True if the file is named by its variant: a second or later answer under its key.
    pub is_named_by_variant: bool,
    /// The value of `Vary`; empty without one.
    pub vary: Vec<u8>,
    /// The entity tag as sent, with its quotes; empty without one.
    pub etag: Vec<u8>,
    /// `Last-Modified`, seconds since 1970.
    pub last_modified_s: Option<i64>,
    /// When the body was stored or last found unchanged, seconds since 1970.
    pub date_s: i64,
    /// Until when it is fresh, seconds since 1970.
    pub valid_until_s: i64,
    /// First byte of the body, which ends with the file.
    pub body_start: u64,
    /// Bytes of the body.
    pub body_bytes: u64,
    /// The header block as the upstream sent it.
    pub response: StoredResponse,
}

/// How many bytes of a file [`NginxHeader::parse`] needs, told from its first 336 bytes; at most
/// 65,535.
///
/// # Errors
///
/// [`Error::Unsupported`] for another version, [`Error::Corrupt`] if the file ends before.
pub fn nginx_bytes_needed(start: &[u8]) -> Result<usize, Error> {
    match u64_at(start, 0) {
        Some(VERSION) => {}
        Some(_) => return Err(Error::Unsupported("a cache file of another nginx")),
        None => return Err(Error::Corrupt("shorter than a header")),
    }
    let body_start = u16_at(start, 56).ok_or(Error::Corrupt("shorter than a header"))?;
    Ok(usize::from(body_start))
}

impl NginxHeader {
    /// Reads and checks the start of a file of `file_bytes` bytes with that name. `start` has at
    /// least as many bytes as [`nginx_bytes_needed`] says, or all there are.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if no such nginx wrote it, [`Error::Corrupt`] if a check fails,
    /// [`Error::Limit`] for a key or header over its cap.
    pub fn parse(
        start: &[u8],
        file_bytes: u64,
        name: &[u8],
        limits: &Limits,
    ) -> Result<Self, Error> {
        let body_start = nginx_bytes_needed(start)?;
        if body_start > limits.header_bytes {
            return Err(Error::Limit(LimitKind::Header));
        }
        let ends = || Error::Corrupt("shorter than a header");
        if slice_at(start, FIXED_BYTES, MARKER.len()).ok_or_else(ends)? != MARKER {
            return Err(Error::Unsupported("a cache file of another build of nginx"));
        }
        let header_start = usize::from(u16_at(start, 54).ok_or_else(ends)?);
        let head = check_spans(start, header_start, body_start, file_bytes)?;
        let key = key_text(start, header_start)?;
        if key.len() > limits.key_bytes {
            return Err(Error::Limit(LimitKind::Key));
        }
        let variant: [u8; 16] = array_at(start, 316).ok_or_else(ends)?;
        let vary = text_at(start, 187)?;
        if vary.is_empty() && variant != [0; 16] {
            return Err(Error::Corrupt("a variant of an answer that does not vary"));
        }
        let body_bytes = file_bytes.saturating_sub(body_start as u64);
        let last_modified_s = i64_at(start, 32).ok_or_else(ends)?;
        Ok(Self {
            key: key.to_vec(),
            variant,
            is_named_by_variant: is_named_by_variant(name, key, vary, variant)?,
            vary: vary.to_vec(),
            etag: text_at(start, 58)?.to_vec(),
            last_modified_s: (last_modified_s != -1).then_some(last_modified_s),
            date_s: i64_at(start, 40).ok_or_else(ends)?,
            valid_until_s: i64_at(start, 8).ok_or_else(ends)?,
            body_start: body_start as u64,
            body_bytes,
            response: upstream_response(head, limits)?,
        })
    }
}

/// The upstream's header block, once its place is sound.
fn check_spans(
    start: &[u8],
    header_start: usize,
    body_start: usize,
    file_bytes: u64,
) -> Result<&[u8], Error> {
    if header_start <= KEY_START || header_start >= body_start {
        return Err(Error::Corrupt("offsets in no order"));
    }
    if body_start as u64 > file_bytes {
        return Err(Error::Corrupt("a body beyond the end of the file"));
    }
    let head =
        start.get(header_start..body_start).ok_or(Error::Corrupt("shorter than a header"))?;
    if !head.ends_with(b"\r\n\r\n") {
        return Err(Error::Corrupt("no empty line before the body"));
    }
    Ok(head)
}

fn key_text(start: &[u8], header_start: usize) -> Result<&[u8], Error> {
    let text = start.get(KEY_START..header_start).unwrap_or_default();
    let Some((b'\n', key)) = text.split_last() else {
        return Err(Error::Corrupt("a key that does not end before the header"));
    };
    if u32_at(start, 48) != Some(crc32fast::hash(key)) {
        return Err(Error::Corrupt("a key whose checksum differs"));
    }
    Ok(key)
}

/// A text with one byte before it that tells its length.
fn text_at(start: &[u8], offset: usize) -> Result<&[u8], Error> {
    let len = start.get(offset).copied().map(usize::from);
    let text = len.filter(|&len| len <= TEXT_BYTES_MAX);
    let text = text.and_then(|len| slice_at(start, offset + 1, len));
    text.ok_or(Error::Corrupt("a text longer than its field"))
}

/// Which of the two names that a file can have it has.
fn is_named_by_variant(
    name: &[u8],
    key: &[u8],
    vary: &[u8],
    variant: [u8; 16],
) -> Result<bool, Error> {
    let main: [u8; 16] = Md5::digest(key).into();
    if name == hex_name(main) {
        Ok(false)
    } else if !vary.is_empty() && name == hex_name(variant) {
        Ok(true)
    } else {
        Err(Error::Corrupt("a file under the name of another"))
    }
}

/// The name of a file: a hash in lower-case hex digits.
pub(crate) fn hex_name(hash: [u8; 16]) -> [u8; 32] {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
    let mut name = [0; 32];
    for (pair, byte) in name.chunks_exact_mut(2).zip(hash) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    name
}

/// True for a name that a complete file can have. While it is written, a dot and ten digits follow.
pub(crate) fn is_final_name(name: &[u8]) -> bool {
    name.len() == 32 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The block of an HTTP upstream begins with a status line. That of a CGI-like one does not: there
/// the status is the field `Status`, and 200 without it. A `fastcgi_cache` keeps the head of the
/// record in which the block came (version 1, type 6, six more bytes), and of the body none.
fn upstream_response(head: &[u8], limits: &Limits) -> Result<StoredResponse, Error> {
    let head = if let [1, 6, _, _, _, _, _, 0, block @ ..] = head { block } else { head };
    let response = if head.starts_with(b"HTTP/") {
        StoredResponse::parse(head, limits)?
    } else {
        let (fields, head_bytes) = HeaderFields::parse(head, limits)?;
        let status = match fields.agreed("status")? {
            Some(text) => cgi_status(text).ok_or(Error::Corrupt("a wrong status"))?,
            None => 200,
        };
        StoredResponse { status, reason: String::new(), fields, head_bytes }
    };
    if response.head_bytes != head.len() {
        return Err(Error::Corrupt("an empty line inside the header"));
    }
    Ok(response)
}

/// `404 Not Found`.
fn cgi_status(text: &[u8]) -> Option<u16> {
    let (digits, rest) = text.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) || !matches!(rest.first(), None | Some(b' ')) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}
