//! A response as a cache stored it: its status line and fields, what they say about the stored
//! body, and whether it may be offered at all.

use crate::error::Error;
use crate::identifiers::{DateKind, Identifiers};
use crate::limits::Limits;
use crate::object::ContentCoding;
use crate::web::http_checksum::{checksums, is_strong_etag};
use crate::web::http_date::parse_http_date;
use crate::web::http_fields::{HeaderFields, capped, endless, refused};
use crate::web::public_bar::bars_public;

#[cfg(test)]
mod tests;

/// A stored response header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// Three digits.
    pub status: u16,
    /// What stands behind the status, which means nothing in HTTP but much to Squid.
    pub reason: String,
    /// The header fields.
    pub fields: HeaderFields,
    /// Bytes of the block with the empty line that ends it: the body begins there.
    pub head_bytes: usize,
}

/// Why a stored response is no object, without being an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotOffered {
    /// Its status is not 200, 203 or 206.
    Status,
    /// `Cache-Control: no-store`: whoever kept it should not have.
    NoStore,
}

/// Which bytes of a whole a partial response has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentRange {
    /// First byte.
    pub start: u64,
    /// The byte after the last; more than `start`.
    pub end: u64,
    /// Bytes of the whole, if the server said so; at least `end`.
    pub total: Option<u64>,
}

impl StoredResponse {
    /// Reads the block at the start of `bytes`; what comes behind it is not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if no response begins there or its header block has no end,
    /// [`Error::Limit`] if the block has too many bytes or fields.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut headers = vec![httparse::EMPTY_HEADER; limits.header_fields];
        let mut response = httparse::Response::new(&mut headers);
        let mut parser = httparse::ParserConfig::default();
        parser
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .allow_spaces_after_header_name_in_responses(true);
        match parser.parse_response(&mut response, capped(bytes, limits)) {
            Ok(httparse::Status::Complete(head_bytes)) => Ok(Self {
                status: response.code.unwrap_or_default(),
                reason: response.reason.unwrap_or_default().to_owned(),
                fields: HeaderFields::from_parsed(response.headers),
                head_bytes,
            }),
            Ok(httparse::Status::Partial) => Err(endless(bytes, limits)),
            Err(error) => Err(refused(error)),
        }
    }

    /// Why it is no object; `None` if it may be offered to somebody.
    #[must_use]
    pub fn not_offered(&self) -> Option<NotOffered> {
        if !matches!(self.status, 200 | 203 | 206) {
            return Some(NotOffered::Status);
        }
        let is_kept_out = self.fields.list_names("cache-control", "no-store");
        is_kept_out.then_some(NotOffered::NoStore)
    }

    /// True if it was meant for one reader, whatever a source is declared as: `private`, a cookie,
    /// or a body that depends on who asks.
    #[must_use]
    pub fn is_never_public(&self) -> bool {
        bars_public(self.fields.as_bytes(), [])
    }

    /// `Content-Range` of a 206; `None` for other statuses.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for a 206 of several ranges, [`Error::Corrupt`] for one that does not
    /// say which bytes it has.
    pub fn content_range(&self) -> Result<Option<ContentRange>, Error> {
        if self.status != 206 {
            return Ok(None);
        }
        match self.fields.agreed("content-range")? {
            Some(value) => {
                parse_content_range(value).map(Some).ok_or(Error::Corrupt("a wrong Content-Range"))
            }
            None if self.media_type().is_some_and(|found| found == "multipart/byteranges") => {
                Err(Error::Unsupported("a response of several ranges"))
            }
            None => Err(Error::Corrupt("a partial response that does not say of what")),
        }
    }

    /// `Content-Length`; `None` if there is none, or if it means nothing beside a
    /// `Transfer-Encoding`, which caches keep in the block though the stored body is without it.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if it is no number, or two that differ.
    pub fn content_length(&self) -> Result<Option<u64>, Error> {
        if self.fields.contains("transfer-encoding") {
            return Ok(None);
        }
        let mut found = None;
        for value in self.fields.list("content-length") {
            let length = parse_decimal(value).ok_or(Error::Corrupt("a wrong Content-Length"))?;
            if found.replace(length).is_some_and(|other| other != length) {
                return Err(Error::Corrupt("lengths that contradict each other"));
            }
        }
        Ok(found)
    }

    /// Compares the length of a stored body to all that the block says of it.
    ///
    /// A response without a length passes: that its body was cut short, only a hash can show.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if a length differs; what [`content_range`](Self::content_range) and
    /// [`content_length`](Self::content_length) give.
    pub fn check_body_bytes(&self, body_bytes: u64) -> Result<(), Error> {
        let span = self.content_range()?.map(|range| range.end.saturating_sub(range.start));
        let lengths = [span, self.content_length()?];
        if lengths.into_iter().flatten().any(|length| length != body_bytes) {
            return Err(Error::Corrupt("a body that is not as long as its header says"));
        }
        Ok(())
    }

    /// Content codings in the order in which they were applied; `identity` is none.
    #[must_use]
    pub fn content_codings(&self) -> Vec<ContentCoding> {
        let named = self.fields.list("content-encoding").into_iter();
        named.filter_map(coding_of_name).collect()
    }

    /// Type and subtype in lower case, without parameters.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.fields.first_text("content-type")?;
        let word = value.split(';').next().unwrap_or_default().trim();
        (!word.is_empty()).then(|| word.to_ascii_lowercase())
    }

    /// `Date`, in seconds since 1970.
    #[must_use]
    pub fn date_s(&self) -> Option<i64> {
        parse_http_date(self.fields.first("date")?)
    }

    /// `Last-Modified`, in seconds since 1970.
    #[must_use]
    pub fn last_modified_s(&self) -> Option<i64> {
        parse_http_date(self.fields.first("last-modified")?)
    }

    /// The entity tag with its quotes, if it is a strong one.
    #[must_use]
    pub fn strong_etag(&self) -> Option<&[u8]> {
        let tag = self.fields.first("etag")?;
        is_strong_etag(tag).then_some(tag)
    }

    /// What the block says to find the object by: dates, digests, the entity tag. Digests are over
    /// the body after content coding, and of a part over the whole.
    #[must_use]
    pub fn identifiers(&self) -> Identifiers {
        let mut found =
            Identifiers { checksums: checksums(&self.fields), ..Identifiers::default() };
        if let Some(seconds) = self.last_modified_s() {
            found.add_date(DateKind::Modified, seconds);
        }
        if let Some(seconds) = self.date_s() {
            found.add_date(DateKind::Served, seconds);
        }
        found
    }
}

fn coding_of_name(name: &[u8]) -> Option<ContentCoding> {
    Some(match name.to_ascii_lowercase().as_slice() {
        b"identity" => return None,
        b"gzip" | b"x-gzip" => ContentCoding::Gzip,
        b"deflate" => ContentCoding::Deflate,
        b"br" => ContentCoding::Brotli,
        b"zstd" => ContentCoding::Zstd,
        _ => ContentCoding::Unknown,
    })
}

/// `bytes START-LAST/TOTAL`, where the total may be `*`.
pub(crate) fn parse_content_range(value: &[u8]) -> Option<ContentRange> {
    let text = std::str::from_utf8(value).ok()?;
    let (unit, rest) = text.trim().split_once(' ')?;
    let (span, total) = rest.trim().split_once('/')?;
    let (start, last) = span.split_once('-')?;
    let start = parse_decimal(start.trim().as_bytes())?;
    let end = parse_decimal(last.trim().as_bytes())?.checked_add(1)?;
    let total = match total.trim() {
        "*" => None,
        number => Some(parse_decimal(number.as_bytes())?),
    };
    let is_sound =
        unit.eq_ignore_ascii_case("bytes") && start < end && total.is_none_or(|total| end <= total);
    is_sound.then_some(ContentRange { start, end, total })
}

/// Digits alone: `u64::from_str` would take a sign.
pub(crate) fn parse_decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}
