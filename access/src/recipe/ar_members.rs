//! The files of an `ar` archive, in one pass.
//!
//! Own code, as the `ar` crate takes memory for a table of names by the size that it states.
//!
//! What a member is, is fixed here for ever: each entry but the tables (`/`, `//`, `/SYM64/`,
//! `__.SYMDEF` and what begins with it). A BSD name (`#1/` and its length) before the bytes is not
//! part of them.

use std::io::{self, Read};

use super::input::Input;
use crate::error::{Error, LimitKind};

#[cfg(test)]
mod tests;

/// What an archive begins with.
pub(crate) const MAGIC: &[u8] = b"!<arch>\n";

const HEADER_BYTES: usize = 60;

/// Bytes of a BSD name.
const NAME_BYTES_MAX: u64 = 4 << 10;

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArMember {
    /// Its place among the files, from 0.
    pub(crate) ordinal: u64,
    /// A long name of the GNU form is what stands for it: `/` and its place in a table.
    pub(crate) name: Vec<u8>,
    /// Where its bytes begin in the archive.
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

/// Walks over the members of an archive; between two of them it reads the bytes of the first.
pub(crate) struct ArMembers<'a> {
    input: Input<'a>,
    count: u64,
    has_begun: bool,
    /// Bytes of the current member that were not read.
    left: u64,
    /// True if a byte follows that makes the length even.
    is_padded: bool,
}

impl<'a> ArMembers<'a> {
    pub(crate) const fn new(input: Input<'a>) -> Self {
        Self { input, count: 0, has_begun: false, left: 0, is_padded: false }
    }

    /// Goes to the next member; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<ArMember>, Error> {
        if !self.has_begun {
            let mut magic = [0; 8];
            self.input.read_full(&mut magic)?;
            if magic != *MAGIC {
                return Err(Error::Corrupt("ar magic"));
            }
            self.has_begun = true;
        }
        while let Some(header) = self.next_header()? {
            let len = field(&header, 48..58).ok_or(Error::Corrupt("ar size"))?;
            self.left = len;
            self.is_padded = len % 2 == 1;
            let name = self.name(header.get(..16).unwrap_or_default())?;
            let is_table = matches!(name.as_slice(), b"/" | b"//" | b"/SYM64/")
                || name.starts_with(b"__.SYMDEF");
            if is_table {
                continue;
            }
            let ordinal = self.count;
            if ordinal >= self.input.budget().limits().members as u64 {
                return Err(Error::Limit(LimitKind::Members));
            }
            self.count = ordinal.saturating_add(1);
            let offset = self.input.position();
            return Ok(Some(ArMember { ordinal, name, offset, len: self.left }));
        }
        Ok(None)
    }

    fn next_header(&mut self) -> Result<Option<[u8; HEADER_BYTES]>, Error> {
        if self.input.skip(self.left)? < self.left {
            return Err(Error::Corrupt("ar member cut short"));
        }
        // The last one's padding is often forgotten.
        self.input.skip(u64::from(self.is_padded))?;
        self.left = 0;
        self.is_padded = false;
        let mut header = [0; HEADER_BYTES];
        match self.input.read_full(&mut header)? {
            0 => Ok(None),
            HEADER_BYTES if header.ends_with(b"`\n") => Ok(Some(header)),
            _ => Err(Error::Corrupt("ar header")),
        }
    }

    fn name(&mut self, stated: &[u8]) -> Result<Vec<u8>, Error> {
        let stated = stated.trim_ascii_end();
        let Some(len) = stated.strip_prefix(b"#1/") else {
            // GNU ends short names with a slash; names of tables are slashes.
            let short = stated.strip_suffix(b"/").filter(|short| !short.contains(&b'/'));
            return Ok(short.filter(|short| !short.is_empty()).unwrap_or(stated).to_vec());
        };
        let len = number(len).filter(|&len| len <= NAME_BYTES_MAX && len <= self.left);
        let len = len.ok_or(Error::Corrupt("ar name"))?;
        let mut name = vec![0; usize::try_from(len).unwrap_or(0)];
        if self.input.read_full(&mut name)? < name.len() {
            return Err(Error::Corrupt("ar member cut short"));
        }
        self.left = self.left.saturating_sub(len);
        let end = memchr::memchr(0, &name).unwrap_or(name.len());
        name.truncate(end);
        Ok(name)
    }
}

impl Read for ArMembers<'_> {
    /// Reads the current member.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 && wanted > 0 {
            return Err(io::Error::other(Error::Corrupt("ar member cut short")));
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

fn field(header: &[u8], range: std::ops::Range<usize>) -> Option<u64> {
    number(header.get(range)?.trim_ascii_end())
}

/// Decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}
