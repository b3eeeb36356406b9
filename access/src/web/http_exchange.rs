//! One request to a cache, one answer: HTTP/1.1 over a connection of its own.
//!
//! Not by `ureq`: it asks a proxy for a tunnel (CONNECT), past the cache that is to be asked. This
//! sends nothing but what it is given: no cookies, no credentials, and it follows no redirect.

use std::fmt::Debug;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::web::http_message::StoredResponse;

#[cfg(test)]
mod tests;

/// What is read from the connection at once.
const PIECE_BYTES: usize = 16 << 10;

/// Digits and extensions of one chunk's length; a longer line is refused.
const CHUNK_LINE_BYTES_MAX: usize = 1024;

/// Answers before the final one (status 1xx) that are passed over.
const INTERIM_MAX: usize = 8;

/// How long to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTimeouts {
    /// For the connection.
    pub connect: Duration,
    /// For the first byte of the answer, and for each piece after it.
    pub silence: Duration,
    /// For the whole of an answer.
    pub whole: Duration,
}

impl Default for HttpTimeouts {
    /// Two seconds, ten seconds (ACCESS section 7), ten minutes.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            silence: Duration::from_secs(10),
            whole: Duration::from_mins(10),
        }
    }
}

/// What an answer is read under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExchangeRules<'a> {
    pub(crate) timeouts: &'a HttpTimeouts,
    pub(crate) limits: &'a Limits,
    pub(crate) clock: &'a dyn Clock,
}

/// A connection, as far as an exchange needs it.
trait Connection: Read + Write + Send {}

impl<C: Read + Write + Send> Connection for C {}

/// An answer whose body is still to be read.
pub(crate) struct Exchange<'a> {
    pub(crate) response: StoredResponse,
    body: ExchangeBody<'a>,
}

impl Debug for Exchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange").field("status", &self.response.status).finish_non_exhaustive()
    }
}

/// Sends a request, whose text ends with an empty line, and reads the answer up to its body.
///
/// # Errors
///
/// [`Error::Io`] if there is no connection, or no answer in time; [`Error::Corrupt`] and
/// [`Error::Limit`] for an answer that is none or too long.
pub(crate) fn exchange<'a>(
    server: SocketAddr,
    request: &str,
    rules: ExchangeRules<'a>,
) -> Result<Exchange<'a>, Error> {
    let deadline_ns = rules.clock.monotonic_ns().saturating_add(nanoseconds(rules.timeouts.whole));
    let stream = TcpStream::connect_timeout(&server, rules.timeouts.connect)?;
    stream.set_read_timeout(Some(rules.timeouts.silence))?;
    stream.set_write_timeout(Some(rules.timeouts.silence))?;
    exchange_over(Box::new(stream), request, rules, deadline_ns)
}

fn exchange_over<'a>(
    mut connection: Box<dyn Connection>,
    request: &str,
    rules: ExchangeRules<'a>,
    deadline_ns: u64,
) -> Result<Exchange<'a>, Error> {
    connection.write_all(request.as_bytes())?;
    connection.flush()?;
    let mut wire = Wire { connection, rules, deadline_ns, held: Vec::new() };
    for _ in 0..INTERIM_MAX {
        let response = wire.read_head()?;
        if !(100..200).contains(&response.status) {
            let framing = Framing::of(&response)?;
            let body = ExchangeBody { wire, framing, bytes_read: 0 };
            return Ok(Exchange { response, body });
        }
    }
    Err(Error::Corrupt("an answer that never begins"))
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The connection, and what was read of it too early.
struct Wire<'a> {
    connection: Box<dyn Connection>,
    rules: ExchangeRules<'a>,
    deadline_ns: u64,
    held: Vec<u8>,
}

impl Wire<'_> {
    fn read_head(&mut self) -> Result<StoredResponse, Error> {
        let limits = self.rules.limits;
        loop {
            // Only a whole block is parsed: that a part is no error yet, its parser cannot tell.
            if let Some(end) = end_of_head(&self.held) {
                let head: Vec<u8> = self.held.drain(..end).collect();
                let response = StoredResponse::parse(&head, limits)?;
                return Ok(response);
            }
            if self.held.len() > limits.header_block_bytes {
                return Err(Error::Limit(LimitKind::Header));
            }
            if self.fill()? == 0 {
                return Err(Error::Corrupt("an answer without a header"));
            }
        }
    }

    /// Reads more; 0 at the end.
    fn fill(&mut self) -> Result<usize, Error> {
        let mut piece = [0; PIECE_BYTES];
        let read = self.read_some(&mut piece)?;
        self.held.extend_from_slice(piece.get(..read).unwrap_or_default());
        Ok(read)
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        loop {
            if self.rules.clock.monotonic_ns() >= self.deadline_ns {
                return Err(Error::Limit(LimitKind::DecodeTime));
            }
            match self.connection.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => return Ok(other?),
            }
        }
    }

    /// Takes what is held, else reads; never more than `bytes_max`.
    fn take(&mut self, buffer: &mut [u8], bytes_max: u64) -> Result<usize, Error> {
        let wanted = usize::try_from(bytes_max).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if self.held.is_empty() {
            return self.read_some(buffer);
        }
        let read = self.held.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.held.drain(..read)) {
            *to = from;
        }
        Ok(read)
    }

    /// A line without its end.
    fn read_line(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.held) {
                let mut line: Vec<u8> = self.held.drain(..=at).collect();
                line.truncate(line.trim_ascii_end().len());
                return Ok(line);
            }
            if self.held.len() > CHUNK_LINE_BYTES_MAX {
                return Err(Error::Corrupt("a chunk without a length"));
            }
            if self.fill()? == 0 {
                return Err(Error::Changed);
            }
        }
    }
}

/// Where a header block ends: behind the first empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut lines = memchr::memchr_iter(b'\n', bytes);
    lines.find_map(|at| {
        let rest = bytes.get(at.checked_add(1)?..)?;
        match rest {
            [b'\n', ..] => at.checked_add(2),
            [b'\r', b'\n', ..] => at.checked_add(3),
            _ => None,
        }
    })
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// After so many bytes.
    Left(u64),
    /// In a chunk with so many bytes left; `is_first` before any.
    Chunk { left: u64, is_first: bool },
    /// With the connection.
    UntilClose,
    /// It has ended.
    Ended,
}

impl Framing {
    fn of(response: &StoredResponse) -> Result<Self, Error> {
        if matches!(response.status, 204 | 304) {
            return Ok(Self::Ended);
        }
        let codings = response.fields.list("transfer-encoding");
        match codings.as_slice() {
            [] => {}
            [coding] if coding.eq_ignore_ascii_case(b"chunked") => {
                return Ok(Self::Chunk { left: 0, is_first: true });
            }
            _ => return Err(Error::Unsupported("another transfer coding than chunked")),
        }
        Ok(match response.content_length()? {
            Some(0) => Self::Ended,
            Some(length) => Self::Left(length),
            None => Self::UntilClose,
        })
    }
}

/// The body of an answer, without its framing, in one pass.
struct ExchangeBody<'a> {
    wire: Wire<'a>,
    framing: Framing,
    bytes_read: u64,
}

impl ExchangeBody<'_> {
    fn read_piece(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        loop {
            let (left, is_chunk) = match self.framing {
                Framing::Ended => return Ok(0),
                Framing::UntilClose => (u64::MAX, false),
                Framing::Left(left) => (left, false),
                Framing::Chunk { left: 0, is_first } => {
                    self.framing = self.next_chunk(is_first)?;
                    continue;
                }
                Framing::Chunk { left, .. } => (left, true),
            };
            let read = self.wire.take(buffer, left)?;
            let left = left.saturating_sub(read as u64);
            self.framing = match (self.framing, read) {
                (Framing::UntilClose, 0) => Framing::Ended,
                (Framing::UntilClose, _) => Framing::UntilClose,
                // The connection ended before the body did.
                (_, 0) => return Err(Error::Changed),
                _ if is_chunk => Framing::Chunk { left, is_first: false },
                _ if left == 0 => Framing::Ended,
                _ => Framing::Left(left),
            };
            self.bytes_read = self.bytes_read.saturating_add(read as u64);
            if self.bytes_read > self.wire.rules.limits.object_bytes {
                return Err(Error::Limit(LimitKind::ObjectBytes));
            }
            return Ok(read);
        }
    }

    fn next_chunk(&mut self, is_first: bool) -> Result<Framing, Error> {
        let wrong = Error::Corrupt("a chunk without a length");
        if !is_first && !self.wire.read_line()?.is_empty() {
            return Err(wrong);
        }
        let line = self.wire.read_line()?;
        let digits = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong);
        }
        let digits = std::str::from_utf8(digits).ok();
        let left = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or(wrong)?;
        // Fields may follow the last chunk; nobody needs them.
        let next = Framing::Chunk { left, is_first: false };
        Ok(if left == 0 { Framing::Ended } else { next })
    }
}

impl Exchange<'_> {
    /// Reads the whole body, of at most `bytes_max` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if it is longer, [`Error::Changed`] if it ends too early; what reading
    /// gives.
    pub(crate) fn read_body(mut self, bytes_max: u64) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        let mut piece = [0; PIECE_BYTES];
        loop {
            let read = self.body.read_piece(&mut piece)?;
            if read == 0 {
                return Ok(body);
            }
            body.extend_from_slice(piece.get(..read).unwrap_or_default());
            if body.len() as u64 > bytes_max {
                return Err(Error::Limit(LimitKind::ObjectBytes));
            }
        }
    }
}
