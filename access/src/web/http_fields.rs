//! The fields of an HTTP header block as a cache stored it.

use crate::error::{Error, LimitKind};
use crate::limits::Limits;

#[cfg(test)]
mod tests;

/// Header fields in their order. Names are in lower case; a value that was folded over lines has a
/// space for each fold, as RFC 9112 section 5.2 wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderFields {
    fields: Vec<(String, Vec<u8>)>,
}

impl HeaderFields {
    /// Reads fields up to and including the empty line that ends them, and says how many bytes
    /// that were. There is no status or request line before them.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if this is no header block or has no end, [`Error::Limit`] if it has too
    /// many bytes or fields.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<(Self, usize), Error> {
        let block = capped(bytes, limits);
        let mut headers = vec![httparse::EMPTY_HEADER; limits.header_fields];
        match httparse::parse_headers(block, &mut headers) {
            Ok(httparse::Status::Complete((consumed, headers))) => {
                Ok((Self::from_parsed(headers), consumed))
            }
            Ok(httparse::Status::Partial) => Err(endless(bytes, limits)),
            Err(error) => Err(refused(error)),
        }
    }

    pub(crate) fn from_parsed(headers: &[httparse::Header<'_>]) -> Self {
        let field = |header: &httparse::Header<'_>| {
            (header.name.to_ascii_lowercase(), unfolded(header.value))
        };
        Self { fields: headers.iter().map(field).collect() }
    }

    /// All fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// All fields in their order, names as bytes.
    pub(crate) fn as_bytes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|(name, value)| (name.as_bytes(), value))
    }

    /// The values of all fields of that name, which is given in lower case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The value of the first field of that name, which is given in lower case.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// [`first`](Self::first) where it is UTF-8.
    #[must_use]
    pub fn first_text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.first(name)?).ok()
    }

    /// The value of that name where all its fields say the same; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if they differ: whom to believe, two readers decide differently.
    pub fn agreed(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let Some(first) = self.first(name) else { return Ok(None) };
        if self.all(name).any(|other| other != first) {
            return Err(Error::Corrupt("header fields that contradict each other"));
        }
        Ok(Some(first))
    }

    /// The members of the comma-separated lists of that name; a comma between double quotes does
    /// not separate. Members are trimmed, empty ones left out.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&[u8]> {
        let mut members = Vec::new();
        for (_, value) in self.iter().filter(|(found, _)| *found == name) {
            split_list(value, &mut members);
        }
        members
    }

    /// True if a list of that name has that member or `member=...`, in whatever case.
    #[must_use]
    pub fn list_names(&self, name: &str, member: &str) -> bool {
        self.list(name).into_iter().any(|found| {
            let word = found.split(|&byte| byte == b'=').next().unwrap_or_default();
            word.trim_ascii().eq_ignore_ascii_case(member.as_bytes())
        })
    }

    /// True if there is a field of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

/// As much of the bytes as a header block may have.
pub(crate) fn capped<'a>(bytes: &'a [u8], limits: &Limits) -> &'a [u8] {
    bytes.get(..limits.header_block_bytes).unwrap_or(bytes)
}

/// Why a block without an end is refused.
pub(crate) fn endless(bytes: &[u8], limits: &Limits) -> Error {
    if bytes.len() > limits.header_block_bytes {
        Error::Limit(LimitKind::Header)
    } else {
        Error::Corrupt("a header block without its end")
    }
}

pub(crate) fn refused(error: httparse::Error) -> Error {
    match error {
        httparse::Error::TooManyHeaders => Error::Limit(LimitKind::Header),
        _ => Error::Corrupt("not a header block"),
    }
}

fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(&b' ')
}

fn split_list<'a>(value: &'a [u8], members: &mut Vec<&'a [u8]>) {
    let mut is_quoted = false;
    let mut is_escaped = false;
    let separates = |&byte: &u8| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match byte {
            b'\\' if is_quoted && !was_escaped => is_escaped = true,
            b'"' if !was_escaped => is_quoted = !is_quoted,
            _ => {}
        }
        byte == b',' && !is_quoted
    };
    let found = value.split(separates).map(<[u8]>::trim_ascii);
    members.extend(found.filter(|member| !member.is_empty()));
}
