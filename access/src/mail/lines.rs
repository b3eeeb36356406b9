//! Lines of a body of any length, in constant memory.

use memchr::memchr;

use crate::body::Body;
use crate::error::Error;

#[cfg(test)]
mod tests;

/// Most of a line that is held to be given at once.
const PIECE_BYTES_MAX: usize = 64 << 10;
/// Bytes of the first read; each is twice the one before, up to [`PIECE_BYTES_MAX`]. A store of
/// small mails is walked over with a walk for each of their headers.
const FIRST_READ_BYTES: usize = 4 << 10;

/// A line, or a piece of one that is longer than [`PIECE_BYTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// Offset of the first byte.
    pub(crate) start: u64,
    /// The bytes, without the line's break. Only a piece that ends its line may end in CR.
    pub(crate) text: &'a [u8],
    /// Bytes of the break, LF or CR LF; 0 if the line goes on, or ends with the body.
    pub(crate) break_len: u8,
    /// False if it goes on with the line of the piece before.
    pub(crate) begins_line: bool,
}

impl Piece<'_> {
    /// Offset after the text, before the break.
    pub(crate) fn text_end(&self) -> u64 {
        self.start.saturating_add(self.text.len() as u64)
    }

    /// Offset after the break.
    pub(crate) fn end(&self) -> u64 {
        self.text_end().saturating_add(u64::from(self.break_len))
    }
}

/// Walks over a body line by line.
pub(crate) struct Lines<B> {
    body: B,
    /// Bytes from `at` on are not given yet.
    buffer: Vec<u8>,
    at: usize,
    /// Offset in the body of `buffer[0]`.
    base: u64,
    begins_line: bool,
    read_bytes: usize,
}

impl<B: Body> Lines<B> {
    /// Lines of `body`, from `offset` on, which begins one.
    pub(crate) fn new(body: B, offset: u64) -> Self {
        let read_bytes = FIRST_READ_BYTES;
        Self { body, buffer: Vec::new(), at: 0, base: offset, begins_line: true, read_bytes }
    }

    /// The next line, or piece of one; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// What reading the body gives.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'_>>, Error> {
        let mut searched = 0;
        let feed = loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if let Some(found) = memchr(b'\n', rest.get(searched..).unwrap_or_default()) {
                break Some(searched.saturating_add(found));
            }
            searched = rest.len();
            if searched >= PIECE_BYTES_MAX || !self.fill()? {
                break None;
            }
        };
        Ok(self.take(feed))
    }

    /// Reads on behind what the buffer holds; false at the end.
    fn fill(&mut self) -> Result<bool, Error> {
        self.buffer.drain(..self.at);
        self.base = self.base.saturating_add(self.at as u64);
        self.at = 0;
        let held = self.buffer.len();
        self.buffer.resize(held.saturating_add(self.read_bytes), 0);
        self.read_bytes = self.read_bytes.saturating_mul(2).min(PIECE_BYTES_MAX);
        let room = self.buffer.get_mut(held..).unwrap_or_default();
        let read = self.body.read_at(self.base.saturating_add(held as u64), room);
        self.buffer.truncate(held.saturating_add(*read.as_ref().unwrap_or(&0)));
        Ok(read? > 0)
    }

    /// Gives what is there up to the line feed, or what there is without one.
    fn take(&mut self, feed: Option<usize>) -> Option<Piece<'_>> {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return None;
        }
        let start = self.base.saturating_add(self.at as u64);
        let begins_line = std::mem::replace(&mut self.begins_line, feed.is_some());
        let (text, break_len) = match feed.and_then(|feed| rest.get(..feed)) {
            Some(line) => match line.strip_suffix(b"\r") {
                Some(text) => (text, 2),
                None => (line, 1),
            },
            None if rest.len() < PIECE_BYTES_MAX => (rest, 0),
            // A CR at the end may be half of a break.
            None => (rest.strip_suffix(b"\r").unwrap_or(rest), 0),
        };
        self.at = self.at.saturating_add(text.len()).saturating_add(usize::from(break_len));
        Some(Piece { start, text, break_len, begins_line })
    }
}
