//! Commands and responses on one connection.

use std::sync::Arc;
use std::time::Duration;

use imap_proto::Response;
use memchr::memchr;

use crate::clock::Clock;
use crate::error::{Error, LimitKind};

use super::connector::ImapStream;

/// Bytes of one response. The largest that is asked for is a piece of a mail, or a list of numbers.
pub(super) const RESPONSE_BYTES_MAX: usize = 1 << 20;

/// Lists within lists of one response. The parser goes down by one call for each.
const NESTING_MAX: usize = 32;

/// Responses to one command.
const RESPONSES_MAX: usize = 16 << 20;

/// How long a server may take for one command, however steadily it sends. The longest answers are
/// of some MiB.
pub(super) const COMMAND_TIME_MAX: Duration = Duration::from_mins(5);

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    /// The server will not, now or ever.
    No,
    /// It will not because what was named is not there (RFC 5530).
    NonExistent,
}

impl Outcome {
    /// An answer to a command that a server has no reason to refuse.
    pub(super) fn done(self) -> Result<(), Error> {
        match self {
            Self::Ok => Ok(()),
            Self::No | Self::NonExistent => {
                Err(Error::Unavailable("the IMAP server refuses a command"))
            }
        }
    }
}

/// A connection on which one command runs at a time. After an error it is of no use.
pub(super) struct Connection {
    stream: Box<dyn ImapStream>,
    /// Bytes from `at` on are not taken yet.
    buffer: Vec<u8>,
    at: usize,
    commands: u64,
    clock: Arc<dyn Clock>,
    /// When the running command has to be done.
    deadline_ns: u64,
}

impl Connection {
    /// The greeting is under the time of a command.
    pub(super) fn new(stream: Box<dyn ImapStream>, clock: Arc<dyn Clock>) -> Self {
        let deadline_ns = deadline_ns(&*clock);
        Self { stream, buffer: Vec::new(), at: 0, commands: 0, clock, deadline_ns }
    }

    /// Sends a command, which has no line break in it, and hands each response to `each`. Those
    /// that the parser does not know are passed over.
    pub(super) fn command(
        &mut self,
        command: &str,
        each: &mut dyn FnMut(Response<'_>) -> Result<(), Error>,
    ) -> Result<Outcome, Error> {
        self.commands = self.commands.saturating_add(1);
        self.deadline_ns = deadline_ns(&*self.clock);
        let tag = format!("g{} ", self.commands);
        self.stream.write_all(format!("{tag}{command}\r\n").as_bytes())?;
        self.stream.flush()?;
        for _ in 0..RESPONSES_MAX {
            let response = self.response()?;
            if let Some(outcome) = response.strip_prefix(tag.as_bytes()) {
                if let Ok((_, parsed)) = Response::parse(&response) {
                    each(parsed)?;
                }
                return match outcome.get(..3) {
                    Some(b"OK " | b"OK\r") => Ok(Outcome::Ok),
                    Some(b"NO ") if is_non_existent(outcome) => Ok(Outcome::NonExistent),
                    Some(b"NO " | b"NO\r") => Ok(Outcome::No),
                    _ => Err(Error::Corrupt("imap: command refused")),
                };
            }
            if response.starts_with(b"* BYE") {
                return Err(Error::Unavailable("the IMAP server ended the session"));
            }
            if let Ok((_, parsed)) = Response::parse(&response) {
                each(parsed)?;
            }
        }
        Err(Error::Limit(LimitKind::Members))
    }

    /// The next response: lines, each but the last of which ends in `{N}` and N bytes.
    pub(super) fn response(&mut self) -> Result<Vec<u8>, Error> {
        let mut response = Vec::new();
        let mut nesting = 0_usize;
        loop {
            let start = response.len();
            self.take_line(&mut response)?;
            let line = response.get(start..).unwrap_or_default();
            for byte in line {
                match byte {
                    b'(' => nesting = nesting.saturating_add(1),
                    b')' => nesting = nesting.saturating_sub(1),
                    _ => {}
                }
                if nesting > NESTING_MAX {
                    return Err(Error::Limit(LimitKind::Memory));
                }
            }
            let Some(bytes) = literal_bytes(line) else { return Ok(response) };
            self.take(bytes, &mut response)?;
        }
    }

    /// Adds a line with its break.
    fn take_line(&mut self, response: &mut Vec<u8>) -> Result<(), Error> {
        let mut searched = 0;
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if let Some(feed) = memchr(b'\n', rest.get(searched..).unwrap_or_default()) {
                let len = searched.saturating_add(feed).saturating_add(1);
                return self.take(len, response);
            }
            searched = rest.len();
            if searched > RESPONSE_BYTES_MAX {
                return Err(Error::Limit(LimitKind::Memory));
            }
            self.fill()?;
        }
    }

    /// Adds that many bytes, as they come: none is reserved because the server says so.
    fn take(&mut self, mut bytes: usize, response: &mut Vec<u8>) -> Result<(), Error> {
        if response.len().saturating_add(bytes) > RESPONSE_BYTES_MAX {
            return Err(Error::Limit(LimitKind::Memory));
        }
        while bytes > 0 {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let taken = rest.get(..bytes).unwrap_or(rest);
            response.extend_from_slice(taken);
            bytes = bytes.saturating_sub(taken.len());
            self.at = self.at.saturating_add(taken.len());
            if bytes > 0 {
                self.fill()?;
            }
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), Error> {
        if self.clock.monotonic_ns() > self.deadline_ns {
            return Err(Error::Unavailable("the IMAP server takes too long"));
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let held = self.buffer.len();
        self.buffer.resize(held.saturating_add(64 << 10), 0);
        let read = loop {
            match self.stream.read(self.buffer.get_mut(held..).unwrap_or_default()) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(held.saturating_add(*read.as_ref().unwrap_or(&0)));
        match read? {
            0 => Err(Error::Unavailable("the IMAP server closed the connection")),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("commands", &self.commands).finish_non_exhaustive()
    }
}

fn deadline_ns(clock: &dyn Clock) -> u64 {
    let longest_ns = u64::try_from(COMMAND_TIME_MAX.as_nanos()).unwrap_or(u64::MAX);
    clock.monotonic_ns().saturating_add(longest_ns)
}

/// True for `NO [NONEXISTENT] ...`.
fn is_non_existent(outcome: &[u8]) -> bool {
    const CODE: &[u8] = b"NO [NONEXISTENT]";
    outcome.get(..CODE.len()).is_some_and(|start| start.eq_ignore_ascii_case(CODE))
}

/// `{N}` before the break announces N bytes.
fn literal_bytes(line: &[u8]) -> Option<usize> {
    let announced = line.strip_suffix(b"}\r\n")?;
    let brace = memchr::memrchr(b'{', announced)?;
    std::str::from_utf8(announced.get(brace..)?.get(1..)?).ok()?.parse().ok()
}
