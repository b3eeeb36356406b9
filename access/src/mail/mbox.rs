//! Mails in an mbox: one file, each mail behind a line that begins with `From `.

use std::ops::Range;

use crate::body::Body;
use crate::error::Error;
use crate::limits::Limits;
use crate::mail::fields::Fields;
use crate::mail::lines::Lines;

#[cfg(test)]
mod tests;

/// Fields that Dovecot adds to a mail in an mbox, and hides from those who read it.
const ADDED_FIELDS: [&str; 7] =
    ["Content-Length", "Status", "X-IMAP", "X-IMAPbase", "X-Keywords", "X-Status", "X-UID"];

/// Fields that the server added which are left out of one mail; more are nobody's but the sender's.
const ADDED_FIELDS_MAX: usize = 64;

/// How much of a `From ` line is looked at for a date.
const FROM_LINE_BYTES_MAX: usize = 1000;

/// A mail in an mbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MboxMail {
    /// Where its `From ` line begins.
    pub from_line: u64,
    /// Where its header begins.
    pub offset: u64,
    /// Where its body begins.
    pub body_offset: u64,
    /// Where it ends, without the blank line that divides it from the next one.
    pub end: u64,
    /// Fields of its header that the server added, within the file, in order.
    pub added: Vec<Range<u64>>,
}

impl MboxMail {
    /// What the mail is made of, as (offset, bytes) within the file: all but the added fields.
    #[must_use]
    pub fn slices(&self) -> Vec<(u64, u64)> {
        let mut slices = Vec::with_capacity(self.added.len().saturating_add(1));
        let mut at = self.offset;
        let ends = self.added.iter().map(|range| (range.start, range.end));
        for (end, next) in ends.chain([(self.end, self.end)]) {
            if end > at {
                slices.push((at, end.saturating_sub(at)));
            }
            at = next;
        }
        slices
    }
}

/// What of an mbox was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MboxLeftOut {
    /// Mails whose header block, or `From ` line, is above a cap.
    pub mails: u64,
    /// True if there are more mails than the cap allows: those behind them were not looked at.
    pub has_more: bool,
}

/// Finds the mails of the mbox that `file` is; `found` gets each with its header block without the
/// fields that the server added. A mail above a cap is left out alone.
///
/// A mail ends where its Content-Length leads, if a `From ` line or the end of the file is there;
/// else before a blank line and a `From ` line with a date.
///
/// # Errors
///
/// [`Error::Corrupt`] if the file does not begin with such a line; what reading or `found` gives.
pub fn mbox_mails<B: Body + ?Sized>(
    file: &B,
    limits: &Limits,
    mut found: impl FnMut(MboxMail, &[u8]) -> Result<(), Error>,
) -> Result<MboxLeftOut, Error> {
    let mut left_out = MboxLeftOut::default();
    if file.is_empty() {
        return Ok(left_out);
    }
    let mut from_line = 0;
    for count in 0.. {
        if count >= limits.members {
            left_out.has_more = true;
            break;
        }
        let is_first = count == 0;
        let start = Start::read(file, from_line, is_first, limits)?;
        let (end, next) = match start.end_by_length(file)? {
            Some(by_length) => by_length,
            None => end_by_from_line(file, start.body_offset)?,
        };
        let Start { offset, body_offset, added, header, is_above_cap, .. } = start;
        let end = end.max(body_offset);
        if is_above_cap {
            left_out.mails = left_out.mails.saturating_add(1);
        } else {
            found(MboxMail { from_line, offset, body_offset, end, added }, &header)?;
        }
        match next {
            Some(next) => from_line = next,
            None => break,
        }
    }
    Ok(left_out)
}

/// A mail up to its body.
struct Start {
    offset: u64,
    body_offset: u64,
    added: Vec<Range<u64>>,
    /// Without the added fields.
    header: Vec<u8>,
    content_len: Option<u64>,
    /// Then the header is not all of it.
    is_above_cap: bool,
}

impl Start {
    fn read<B: Body + ?Sized>(
        file: &B,
        from_line: u64,
        is_first: bool,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let mut lines = Lines::new(file, from_line);
        let line = lines.next()?.filter(|line| line.text.starts_with(b"From "));
        let line = line.filter(|line| !is_first || is_from_line(line.text));
        let line = line.ok_or(Error::Corrupt("mbox: no From line"))?;
        let (mut offset, mut goes_on) = (line.end(), line.break_len == 0);
        let mut is_above_cap = false;
        let mut block = Vec::new();
        let mut body_offset = offset;
        while let Some(piece) = lines.next()? {
            body_offset = piece.end();
            if goes_on && !piece.begins_line {
                is_above_cap = true;
                offset = body_offset;
                continue;
            }
            goes_on = false;
            let block_bytes = body_offset.saturating_sub(offset);
            is_above_cap |= !piece.begins_line || block_bytes > limits.header_block_bytes as u64;
            if !is_above_cap {
                block.extend_from_slice(piece.text);
                let line_end: &[u8] = if piece.break_len == 2 { b"\r\n" } else { b"\n" };
                block.extend_from_slice(line_end.get(..piece.break_len.into()).unwrap_or_default());
            }
            if piece.begins_line && piece.text.is_empty() && piece.break_len > 0 {
                break;
            }
        }
        let mut content_len = None;
        let mut added = Vec::new();
        let mut header = Vec::with_capacity(block.len());
        let mut kept_to = 0;
        for field in Fields::new(&block) {
            let is_added = ADDED_FIELDS.iter().any(|name| field.is(name));
            if !is_added || added.len() >= ADDED_FIELDS_MAX {
                continue;
            }
            if field.is("Content-Length") {
                content_len = content_len.or_else(|| field.text().parse().ok());
            }
            header.extend_from_slice(block.get(kept_to..field.range.start).unwrap_or_default());
            kept_to = field.range.end;
            let at = |index: usize| offset.saturating_add(index as u64);
            added.push(at(field.range.start)..at(field.range.end));
        }
        header.extend_from_slice(block.get(kept_to..).unwrap_or_default());
        Ok(Self { offset, body_offset, added, header, content_len, is_above_cap })
    }

    /// Where the mail ends and the next one begins, by Content-Length, if that can be believed.
    fn end_by_length<B: Body + ?Sized>(
        &self,
        file: &B,
    ) -> Result<Option<(u64, Option<u64>)>, Error> {
        let end = self.content_len.and_then(|len| self.body_offset.checked_add(len));
        let Some(end) = end.filter(|&end| end < file.len()) else { return Ok(None) };
        let left = usize::try_from(file.len().saturating_sub(end)).unwrap_or(usize::MAX);
        let mut buffer = [0; 7];
        let follows = buffer.get_mut(..left.min(7)).unwrap_or_default();
        file.read_exact_at(end, follows)?;
        let line_end = if follows.first() == Some(&b'\r') { 2 } else { 1 };
        let next = end.saturating_add(line_end as u64);
        let Some((b"\n" | b"\r\n", rest)) = follows.split_at_checked(line_end) else {
            return Ok(None);
        };
        if next == file.len() {
            return Ok(Some((end, None)));
        }
        Ok(rest.starts_with(b"From ").then_some((end, Some(next))))
    }
}

/// Where the mail ends whose body begins at `offset`, and where the next one begins, by the first
/// `From ` line behind a blank one. A blank line at the end of the file divides, too.
fn end_by_from_line<B: Body + ?Sized>(file: &B, offset: u64) -> Result<(u64, Option<u64>), Error> {
    let mut lines = Lines::new(file, offset);
    // The blank line behind the header may also be the one before the next mail.
    let mut blank = Some(offset);
    let mut blank_at_end = None;
    while let Some(piece) = lines.next()? {
        if !piece.begins_line {
            continue;
        }
        if let Some(blank) = blank
            && is_from_line(piece.text)
        {
            return Ok((blank, Some(piece.start)));
        }
        blank = (piece.text.is_empty() && piece.break_len > 0).then_some(piece.start);
        blank_at_end = blank;
    }
    Ok((blank_at_end.unwrap_or(file.len()), None))
}

/// True for `From `, whatever, and a date as `ctime` writes it: `Sun Nov 22 03:13:19 2026`, maybe
/// with a time zone within or behind it.
fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let rest = String::from_utf8_lossy(rest.get(..FROM_LINE_BYTES_MAX).unwrap_or(rest));
    let words: Vec<_> = rest.split_ascii_whitespace().collect();
    let is_year = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    (0..words.len()).any(|at| match words.get(at..) {
        Some([day_name, month, day, time, rest @ ..]) => {
            DAYS.contains(day_name)
                && MONTHS.contains(month)
                && day.parse().is_ok_and(|day: u32| (1..=31).contains(&day))
                && is_time(time)
                && rest.iter().take(2).any(is_year)
        }
        _ => false,
    })
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `hh:mm` or `hh:mm:ss`.
fn is_time(word: &str) -> bool {
    let mut parts = word.split(':');
    let mut below = |limit: u32| {
        parts.next().is_some_and(|part| {
            part.len() == 2 && part.parse().is_ok_and(|number: u32| number < limit)
        })
    };
    below(24) && below(60) && (word.len() == 5 || (word.len() == 8 && below(61)))
}
