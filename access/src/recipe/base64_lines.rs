//! Base64 of which all lines have one length: then each decoded byte has a known place.

use std::io::BufRead;
use std::sync::Arc;

use super::budget::Budget;
use super::input::Input;
use super::transfer_encoding::Base64;
use super::transform::Transform;
use crate::body::Body;
use crate::error::Error;

#[cfg(test)]
mod tests;

/// Letters of the longest line for which places are computed. RFC 2045 allows 76.
const LETTERS_MAX: usize = 4096;

/// Lines that are decoded at once.
const LINES_AT_ONCE: u64 = 512;

/// The decoded form of a part whose lines all have one length, but for the last.
pub(crate) struct Base64Lines<B> {
    body: B,
    /// Letters of a line, a multiple of 4.
    letters: u64,
    /// Bytes from the start of a line to that of the next.
    stride: u64,
    /// Bytes of the body up to which lines go on; breaks may follow.
    encoded_len: u64,
    len: u64,
}

impl<B: Body + Clone> Base64Lines<B> {
    /// Goes over the whole body once without decoding it; `None` if it is of another form.
    pub(crate) fn find<'a>(body: B, budget: &Arc<Budget<'a>>) -> Result<Option<Self>, Error>
    where
        B: 'a,
    {
        let mut input = Input::of_body(Box::new(body.clone()), true, budget);
        let head = input.peek(LETTERS_MAX.saturating_add(2))?;
        let Some(feed) = memchr::memchr(b'\n', head) else { return Ok(None) };
        let line = head.get(..feed).unwrap_or_default();
        let letters = line.strip_suffix(b"\r").unwrap_or(line).len();
        if letters == 0 || !letters.is_multiple_of(4) {
            return Ok(None);
        }
        let shape = Shape { letters, break_bytes: feed.saturating_add(1).saturating_sub(letters) };
        let Some(last) = shape.last_line(&mut input)? else { return Ok(None) };
        Ok(last.decoded_len(&shape).map(|len| Self {
            body,
            letters: letters as u64,
            stride: feed.saturating_add(1) as u64,
            encoded_len: last.end,
            len,
        }))
    }
}

/// What every line looks like.
struct Shape {
    letters: usize,
    break_bytes: usize,
}

/// The line that may be shorter: where it begins, its letters, where it ends.
struct LastLine {
    start: u64,
    letters: Vec<u8>,
    end: u64,
}

impl Shape {
    /// Checks all lines; the last one, or `None` if one of them is of another shape.
    fn last_line(&self, input: &mut Input<'_>) -> Result<Option<LastLine>, Error> {
        let stride = self.letters.saturating_add(self.break_bytes);
        let line_break: &[u8] = if self.break_bytes == 2 { b"\r\n" } else { b"\n" };
        loop {
            let start = input.position();
            let is_short = input.fill_buf()?.len() < stride;
            let piece = if is_short { input.peek(stride)? } else { input.fill_buf()? };
            let mut whole = 0_usize;
            for line in piece.chunks_exact(stride) {
                let (letters, end) = line.split_at_checked(self.letters).unwrap_or_default();
                if end != line_break || !letters.iter().all(|&letter| is_letter(letter)) {
                    break;
                }
                whole = whole.saturating_add(stride);
            }
            if whole > 0 {
                input.consume(whole);
                continue;
            }
            return self.check_last(input, start);
        }
    }

    /// What is left after the lines of full length: a line that may be shorter, breaks, the end.
    fn check_last(&self, input: &mut Input<'_>, start: u64) -> Result<Option<LastLine>, Error> {
        let rest = input.peek(self.letters.saturating_add(64))?;
        let text = rest.iter().take_while(|&&byte| !matches!(byte, b'\r' | b'\n')).count();
        let (letters, breaks) = rest.split_at_checked(text).unwrap_or_default();
        let are_letters = letters.iter().all(|&byte| is_letter(byte) || byte == b'=');
        let are_breaks = breaks.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        if text > self.letters || !are_letters || !are_breaks {
            return Ok(None);
        }
        let letters = letters.to_vec();
        let (taken, end) = (rest.len(), start.saturating_add(text as u64));
        input.consume(taken);
        let is_end = input.peek(1)?.is_empty();
        Ok(is_end.then_some(LastLine { start, letters, end }))
    }
}

impl LastLine {
    /// Decoded bytes of all lines; `None` if the last one cannot be decoded.
    fn decoded_len(&self, shape: &Shape) -> Option<u64> {
        let mut decoded = Vec::new();
        let mut base64 = Base64::default();
        base64.piece(&self.letters, &mut decoded).ok()?;
        base64.end(&mut decoded).ok()?;
        let stride = (shape.letters as u64).saturating_add(shape.break_bytes as u64);
        let lines = self.start.checked_div(stride)?;
        let before = lines.checked_mul((shape.letters / 4 * 3) as u64)?;
        before.checked_add(decoded.len() as u64)
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

impl<B: Body> Body for Base64Lines<B> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        if offset >= self.len || buffer.is_empty() {
            return Ok(0);
        }
        let per_line = self.letters / 4 * 3;
        let first_line = offset.checked_div(per_line).unwrap_or(0);
        let within = offset.saturating_sub(first_line.saturating_mul(per_line));
        let wanted = within.saturating_add(buffer.len() as u64);
        let lines = wanted.div_ceil(per_line.max(1)).min(LINES_AT_ONCE);
        let start = first_line.saturating_mul(self.stride);
        let bytes = lines.saturating_mul(self.stride).min(self.encoded_len.saturating_sub(start));
        let mut encoded = vec![0; usize::try_from(bytes).unwrap_or(0)];
        self.body.read_exact_at(start, &mut encoded)?;
        let mut decoded = Vec::with_capacity(encoded.len());
        let mut base64 = Base64::default();
        base64.piece(&encoded, &mut decoded)?;
        base64.end(&mut decoded)?;
        let from = usize::try_from(within).unwrap_or(usize::MAX);
        let mut rest = decoded.get(from..).unwrap_or_default();
        let read = std::io::Read::read(&mut rest, buffer)?;
        // The places were computed when the lines were checked: other bytes are there by now.
        if read == 0 { Err(Error::Changed) } else { Ok(read) }
    }
}
