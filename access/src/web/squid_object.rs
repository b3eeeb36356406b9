//! An object file of Squid's ufs, aufs and diskd stores (`src/store/SwapMeta.h`): packed fields of
//! Squid's own, the reply header, the body.
//!
//! The file is made under its final name and grows there: whether it is complete, only swap.state
//! tells. Numbers are those of a 64-bit little-endian build.

use md5::{Digest, Md5};

use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::little_endian::{i32_at, i64_at, slice_at, u16_at};
use crate::web::http_message::StoredResponse;

#[cfg(test)]
pub(crate) mod tests;

/// First byte of a file.
const META_OK: u8 = 0x03;

/// Bytes before the first field.
const META_START: usize = 5;

/// Bytes of a field before its value: type and length.
const FIELD_HEAD_BYTES: usize = 5;

/// Bytes of one value, by Squid's own rule.
const VALUE_BYTES_MAX: usize = 64 << 10;

const FIELD_KEY: u8 = 3;
const FIELD_URL: u8 = 4;
const FIELD_VARY: u8 = 8;
const FIELD_TIMES: u8 = 9;
const FIELD_OBJECT_BYTES: u8 = 10;

/// What the byte before the URL is in the hash of a GET.
const METHOD_GET: u8 = 1;

const VARY_MARKER_REASON: &str = "Internal marker object";
const VARY_MARKER_TYPE: &str = "x-squid-internal/vary";

/// What an object file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SquidObject {
    /// MD5 over method, URL and vary text, which is verified: the same as in swap.state.
    pub key: [u8; 16],
    /// The URL.
    pub url: Vec<u8>,
    /// The request fields that the answer depends on, with their values, such as
    /// `accept-encoding="gzip"`; empty if it does not vary.
    pub vary: Vec<u8>,
    /// When it was stored, seconds since 1970.
    pub timestamp_s: i64,
    /// Until when it is fresh, seconds since 1970; -1 and -2 mean "not said".
    pub expires_s: i64,
    /// `Last-Modified`, seconds since 1970.
    pub last_modified_s: Option<i64>,
    /// `SwapMeta` flags of the store entry.
    pub flags: u16,
    /// First byte of the body, which ends with the file.
    pub body_start: u64,
    /// Bytes of the body.
    pub body_bytes: u64,
    /// The reply header.
    pub response: StoredResponse,
}

impl SquidObject {
    /// True for the file that tells by which request fields the answers to a URL vary: it is none
    /// of them.
    #[must_use]
    pub fn is_vary_marker(&self) -> bool {
        self.response.reason == VARY_MARKER_REASON
            || self.response.media_type().as_deref() == Some(VARY_MARKER_TYPE)
    }
}

/// The fields before the reply header, as they stand there.
#[derive(Default)]
struct Meta<'a> {
    key: Option<[u8; 16]>,
    url: Option<&'a [u8]>,
    vary: Option<&'a [u8]>,
    times: Option<&'a [u8]>,
    object_bytes: Option<i64>,
}

impl SquidObject {
    /// Reads and checks the start of a file of `file_bytes` bytes: as much of it as there is, or as
    /// its own fields and its reply header may have.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if it is no such file, [`Error::Corrupt`] if a check fails,
    /// [`Error::Limit`] for a key or a header over its cap.
    pub fn parse(start: &[u8], file_bytes: u64, limits: &Limits) -> Result<Self, Error> {
        let meta_bytes = meta_bytes(start)?;
        if meta_bytes > limits.header_bytes {
            return Err(Error::Limit(LimitKind::Header));
        }
        let fields =
            start.get(META_START..meta_bytes).ok_or(Error::Corrupt("shorter than its meta"))?;
        let meta = parse_fields(fields)?;
        let key = meta.key.ok_or(Error::Corrupt("no key"))?;
        let url = meta.url.and_then(text_before_nul).ok_or(Error::Corrupt("no URL"))?;
        let vary = meta.vary.unwrap_or_default();
        if url.len().saturating_add(vary.len()) > limits.key_bytes {
            return Err(Error::Limit(LimitKind::Key));
        }
        if key != store_key(url, vary) {
            return Err(Error::Corrupt("a key that is not that of the URL"));
        }
        check_object_bytes(meta.object_bytes, meta_bytes, file_bytes)?;
        let response = StoredResponse::parse(start.get(meta_bytes..).unwrap_or_default(), limits)?;
        let body_start = (meta_bytes.saturating_add(response.head_bytes)) as u64;
        let body_bytes = file_bytes
            .checked_sub(body_start)
            .ok_or(Error::Corrupt("a header beyond the end of the file"))?;
        let times = Times::of(meta.times.ok_or(Error::Corrupt("no times"))?)?;
        Ok(Self {
            key,
            url: url.to_vec(),
            vary: vary.to_vec(),
            timestamp_s: times.timestamp_s,
            expires_s: times.expires_s,
            last_modified_s: times.last_modified_s,
            flags: times.flags,
            body_start,
            body_bytes,
            response,
        })
    }
}

/// Bytes before the reply header, told from the first five of a file.
fn meta_bytes(start: &[u8]) -> Result<usize, Error> {
    match start.first() {
        Some(&META_OK) => {}
        Some(_) => return Err(Error::Unsupported("no object file of Squid")),
        None => return Err(Error::Corrupt("an empty object file")),
    }
    let bytes = i32_at(start, 1).and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = bytes.filter(|&bytes| bytes > META_START);
    bytes.ok_or(Error::Corrupt("a wrong length of the meta"))
}

fn parse_fields(mut fields: &[u8]) -> Result<Meta<'_>, Error> {
    let mut meta = Meta::default();
    while let Some(&kind) = fields.first() {
        let len = i32_at(fields, 1).and_then(|len| usize::try_from(len).ok());
        let len = len.filter(|&len| len <= VALUE_BYTES_MAX);
        let value = len.and_then(|len| slice_at(fields, FIELD_HEAD_BYTES, len));
        let value = value.ok_or(Error::Corrupt("a field beyond the meta"))?;
        meta.take(kind, value)?;
        fields = fields.get(FIELD_HEAD_BYTES.saturating_add(value.len())..).unwrap_or_default();
    }
    Ok(meta)
}

impl<'a> Meta<'a> {
    /// Takes a field; those of other kinds are of no use here.
    fn take(&mut self, kind: u8, value: &'a [u8]) -> Result<(), Error> {
        let whole = || Error::Corrupt("a field of a wrong length");
        let was_there = match kind {
            FIELD_KEY => self.key.replace(value.try_into().map_err(|_| whole())?).is_some(),
            FIELD_URL => self.url.replace(value).is_some(),
            FIELD_VARY => self.vary.replace(value).is_some(),
            FIELD_TIMES => self.times.replace(value).is_some(),
            FIELD_OBJECT_BYTES => {
                let bytes = value.try_into().map_err(|_| whole())?;
                self.object_bytes.replace(i64::from_le_bytes(bytes)).is_some()
            }
            _ => false,
        };
        if was_there { Err(Error::Corrupt("a field that comes twice")) } else { Ok(()) }
    }
}

/// The five numbers of the times field that matter.
struct Times {
    timestamp_s: i64,
    expires_s: i64,
    last_modified_s: Option<i64>,
    flags: u16,
}

/// Bytes of the times field: four times, a size that is 0 here, a counter, flags.
const TIMES_BYTES: usize = 44;

impl Times {
    fn of(value: &[u8]) -> Result<Self, Error> {
        let wrong = Error::Corrupt("a field of a wrong length");
        if value.len() != TIMES_BYTES {
            return Err(wrong);
        }
        let read = || {
            Some(Self {
                timestamp_s: i64_at(value, 0)?,
                expires_s: i64_at(value, 16)?,
                last_modified_s: i64_at(value, 24).map(|time| (time != -1).then_some(time))?,
                flags: u16_at(value, 42)?,
            })
        };
        read().ok_or(wrong)
    }
}

fn text_before_nul(value: &[u8]) -> Option<&[u8]> {
    let (nul, text) = value.split_last()?;
    (*nul == 0 && !text.is_empty() && !text.contains(&0)).then_some(text)
}

/// What a GET of that URL is stored under.
pub(crate) fn store_key(url: &[u8], vary: &[u8]) -> [u8; 16] {
    let mut hash = Md5::new();
    hash.update([METHOD_GET]);
    hash.update(url);
    hash.update(vary);
    hash.finalize().into()
}

/// Reply header and body are as long as the file says, where it knew when it was begun.
fn check_object_bytes(
    object_bytes: Option<i64>,
    meta_bytes: usize,
    file_bytes: u64,
) -> Result<(), Error> {
    let Some(object_bytes) = object_bytes else { return Ok(()) };
    let found = file_bytes.checked_sub(meta_bytes as u64);
    if u64::try_from(object_bytes).ok() == found && found.is_some() {
        return Ok(());
    }
    Err(Error::Corrupt("a file that is not as long as it says"))
}

/// Where a file lies below its `cache_dir`, which has `first` folders with `second` folders each.
#[must_use]
pub(crate) fn file_path(file_number: u32, first: u32, second: u32) -> Option<String> {
    let high = file_number.checked_div(second)?.checked_div(second)?.checked_rem(first)?;
    let low = file_number.checked_div(second)?.checked_rem(second)?;
    Some(format!("{high:02X}/{low:02X}/{file_number:08X}"))
}
