//! A `.header` file of Apache's `mod_cache_disk`: format 6, an object, and format 5, the list of
//! request fields by which the answers to a URL vary. 64-bit little-endian builds.

use md5::{Digest, Md5};

use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::little_endian::{i32_at, i64_at, slice_at, u32_at, u64_at};
use crate::web::empty_query::without_empty_query;
use crate::web::http_fields::HeaderFields;
use crate::web::http_message::StoredResponse;
use crate::web::public_bar::bars_public;

#[cfg(test)]
pub(crate) mod tests;

const FORMAT_VARY: u32 = 5;
const FORMAT_OBJECT: u32 = 6;

/// First byte of the name.
const NAME_START: usize = 120;

/// First byte of the list of format 5.
const LIST_START: usize = 12;

const HAS_BODY: u32 = 1;
const HEADER_ONLY: u32 = 2;

/// What a `.header` file is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApacheHeader {
    /// An object, whose body is in the `.data` file beside.
    Object(Box<ApacheObject>),
    /// No object: its variants lie in the folder `<name>.header.vary`.
    VaryIndex {
        /// Request fields in lower case.
        fields: Vec<String>,
    },
}

/// What format 6 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApacheObject {
    /// `http://host:port/path?`, with the question mark also where there is no query.
    pub name: Vec<u8>,
    /// When it was stored, microseconds since 1970.
    pub date_us: i64,
    /// Until when it is fresh, microseconds since 1970.
    pub expires_us: i64,
    /// Inode of the `.data` file.
    pub data_inode: u64,
    /// Device of the `.data` file.
    pub data_device: u64,
    /// Whether there is a body, and hence a `.data` file.
    pub has_body: bool,
    /// The answer's header block.
    pub response: StoredResponse,
    /// The request's header fields as of the time when it was stored.
    pub request: HeaderFields,
}

impl ApacheObject {
    /// The URL that was asked for: the name without the question mark that Apache put there.
    #[must_use]
    pub fn url(&self) -> &[u8] {
        without_empty_query(&self.name)
    }

    /// True if the request named somebody, or the answer was for one reader.
    #[must_use]
    pub fn is_never_public(&self) -> bool {
        bars_public(self.response.fields.as_bytes(), self.request.as_bytes())
    }
}

impl ApacheHeader {
    /// Reads a whole `.header` file.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for another format, [`Error::Corrupt`] if it contradicts itself,
    /// [`Error::Limit`] for a name or header over its cap.
    pub fn parse(file: &[u8], limits: &Limits) -> Result<Self, Error> {
        match u32_at(file, 0) {
            Some(FORMAT_OBJECT) => {
                let object = parse_object(file, limits)?;
                Ok(Self::Object(Box::new(object)))
            }
            Some(FORMAT_VARY) => parse_vary_index(file, limits),
            Some(_) => Err(Error::Unsupported("a header file of another Apache")),
            None => Err(Error::Corrupt("shorter than a header")),
        }
    }
}

fn parse_object(file: &[u8], limits: &Limits) -> Result<ApacheObject, Error> {
    let ends = || Error::Corrupt("shorter than a header");
    let flags = u32_at(file, 72).ok_or_else(ends)?;
    if flags & HEADER_ONLY != 0 {
        return Err(Error::Unsupported("the answer to a HEAD"));
    }
    let name_bytes = u64_at(file, 8).ok_or_else(ends)?;
    if name_bytes > limits.key_bytes as u64 {
        return Err(Error::Limit(LimitKind::Key));
    }
    let name_bytes = usize::try_from(name_bytes).map_err(|_| Error::Limit(LimitKind::Key))?;
    let name = slice_at(file, NAME_START, name_bytes).ok_or_else(ends)?;
    if !name.ends_with(b"?") && !name.contains(&b'?') {
        return Err(Error::Corrupt("a name without its question mark"));
    }
    let rest = file.get(NAME_START.saturating_add(name_bytes)..).ok_or_else(ends)?;
    let (response, request) = parse_blocks(rest, status(file)?, limits)?;
    Ok(ApacheObject {
        name: name.to_vec(),
        date_us: i64_at(file, 24).ok_or_else(ends)?,
        expires_us: i64_at(file, 32).ok_or_else(ends)?,
        data_inode: u64_at(file, 56).ok_or_else(ends)?,
        data_device: u64_at(file, 64).ok_or_else(ends)?,
        has_body: flags & HAS_BODY != 0,
        response,
        request,
    })
}

fn status(file: &[u8]) -> Result<u16, Error> {
    let status = i32_at(file, 4).and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (100..1000).contains(status));
    status.ok_or(Error::Corrupt("a wrong status"))
}

/// The answer's block and the request's: the file ends with them.
fn parse_blocks(
    bytes: &[u8],
    status: u16,
    limits: &Limits,
) -> Result<(StoredResponse, HeaderFields), Error> {
    let (fields, head_bytes) = HeaderFields::parse(bytes, limits)?;
    let rest = bytes.get(head_bytes..).unwrap_or_default();
    let (request, request_bytes) = HeaderFields::parse(rest, limits)?;
    if request_bytes != rest.len() {
        return Err(Error::Corrupt("bytes behind the last header block"));
    }
    let response = StoredResponse { status, reason: String::new(), fields, head_bytes };
    Ok((response, request))
}

/// Lines with a field name each, and an empty one.
fn parse_vary_index(file: &[u8], limits: &Limits) -> Result<ApacheHeader, Error> {
    let wrong = || Error::Corrupt("a wrong list of varying fields");
    let list = file.get(LIST_START..).ok_or_else(wrong)?;
    if list.len() > limits.header_block_bytes {
        return Err(Error::Limit(LimitKind::Header));
    }
    let list = std::str::from_utf8(list).ok().and_then(|list| list.strip_suffix("\r\n\r\n"));
    let mut fields = Vec::new();
    for line in list.ok_or_else(wrong)?.split("\r\n") {
        if line.is_empty() || fields.len() >= limits.header_fields {
            return Err(wrong());
        }
        fields.push(line.to_ascii_lowercase());
    }
    Ok(ApacheHeader::VaryIndex { fields })
}

/// The digits of file names, six bits each.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@";

/// Characters that an MD5 is written with.
pub(crate) const NAME_DIGITS: usize = 22;

/// The name of the file for a key, before it is divided into folders.
#[must_use]
pub(crate) fn file_name(key: &[u8]) -> String {
    let hash: [u8; 16] = Md5::digest(key).into();
    let mut name = String::with_capacity(NAME_DIGITS);
    for group in hash.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        // The last byte stands alone: its 8 bits take two digits, the second with two of them.
        let digits = group.len() + 1;
        let bits = bits << (6 * digits - 8 * group.len());
        for place in (0..digits).rev() {
            let digit = usize::try_from(bits >> (6 * place) & 63).unwrap_or(0);
            name.extend(DIGITS.get(digit).copied().map(char::from));
        }
    }
    name
}

/// The key of a variant: each field with its request value, then the name of the object.
#[must_use]
pub(crate) fn variant_key(fields: &[String], request: &HeaderFields, name: &[u8]) -> Vec<u8> {
    let mut key = Vec::new();
    for field in fields {
        key.extend_from_slice(field.as_bytes());
        key.extend_from_slice(request.first(field).unwrap_or_default());
    }
    key.extend_from_slice(name);
    key
}
