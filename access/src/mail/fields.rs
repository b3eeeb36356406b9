//! Header fields of a mail or of a part, as bytes: split, unfolded, looked up.

use std::ops::Range;

use memchr::memchr;

#[cfg(test)]
mod tests;

/// A field of a header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// The name as it is written, without white space before the colon.
    pub(crate) name: &'a [u8],
    /// The value as it is written: folded, with white space around it and its last break.
    pub(crate) value: &'a [u8],
    /// Where the whole field lies in the block, its last break included.
    pub(crate) range: Range<usize>,
}

impl Field<'_> {
    /// True if it has that name, in whatever case.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value without breaks and without white space around it. Bytes that are no UTF-8 become
    /// replacement characters; encoded words stay as they are.
    pub(crate) fn text(&self) -> String {
        let unfolded: Vec<u8> =
            self.value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        String::from_utf8_lossy(&unfolded).trim().to_owned()
    }

    /// The field with at most so many bytes of its value.
    pub(crate) fn shortened(&self, bytes_max: usize) -> Self {
        let value = self.value.get(..bytes_max).unwrap_or(self.value);
        Self { name: self.name, value, range: self.range.clone() }
    }

    /// [`text`](Self::text) with its encoded words (RFC 2047) decoded.
    pub(crate) fn decoded_text(&self) -> String {
        let mut field = b"x: ".to_vec();
        field.extend_from_slice(self.value.trim_ascii());
        match mailparse::parse_header(&field) {
            Ok((header, _)) => header.get_value(),
            Err(_) => self.text(),
        }
    }
}

/// The fields of a header block, up to a blank line or the end. A line that is neither a field nor
/// the continuation of one is passed over.
pub(crate) struct Fields<'a> {
    block: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// The fields of `block`.
    pub(crate) fn new(block: &'a [u8]) -> Self {
        Self { block, at: 0 }
    }

    /// Where the line that begins at `at` ends, its break included.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.block.get(at..).unwrap_or_default();
        let len = memchr(b'\n', rest).map_or(rest.len(), |feed| feed.saturating_add(1));
        at.saturating_add(len)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let start = self.at;
            let mut end = self.line_end(start);
            let line = self.block.get(start..end)?;
            if matches!(line, b"" | b"\n" | b"\r\n") {
                return None;
            }
            while matches!(self.block.get(end), Some(b' ' | b'\t')) {
                end = self.line_end(end);
            }
            self.at = end;
            let colon = memchr(b':', line);
            let Some((colon, field)) = colon.zip(self.block.get(start..end)) else { continue };
            let (name, value) = field.split_at_checked(colon)?;
            let name = name.trim_ascii_end();
            if name.is_empty() || name.first().is_some_and(u8::is_ascii_whitespace) {
                continue;
            }
            return Some(Field { name, value: value.get(1..)?, range: start..end });
        }
    }
}
