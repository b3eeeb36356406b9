//! The bytes that a step reads: from a body at a place, or from the step before.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::budget::Budget;
use crate::body::Body;
use crate::error::Error;

/// Bytes read at once.
const BUFFER_BYTES: usize = 32 << 10;

/// Bytes that can be looked at ahead.
pub(crate) const PEEK_BYTES_MAX: usize = 256 << 10;

/// A body read from its start on.
pub(crate) struct BodyReader<B> {
    body: B,
    offset: u64,
}

impl<B: Body> BodyReader<B> {
    pub(crate) const fn new(body: B) -> Self {
        Self { body, offset: 0 }
    }
}

impl<B: Body> Read for BodyReader<B> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Wrapped even if it is an error of the system, so that no decoder takes it for its own.
        let read = self.body.read_at(self.offset, buffer).map_err(io::Error::other)?;
        if read == 0 && !buffer.is_empty() && self.offset < self.body.len() {
            return Err(io::Error::other(Error::Changed));
        }
        self.offset = self.offset.saturating_add(read as u64);
        Ok(read)
    }
}

enum Origin<'a> {
    Body { reader: BodyReader<Box<dyn Body + 'a>>, is_raw: bool },
    Step(Box<dyn Read + Send + 'a>),
}

/// A buffer before a body or a step: what is taken of the raw body counts from here, byte by byte.
pub(crate) struct Input<'a> {
    origin: Origin<'a>,
    buffer: Vec<u8>,
    /// What of the buffer is filled and not yet taken.
    start: usize,
    end: usize,
    /// Bytes taken in all.
    position: u64,
    budget: Arc<Budget<'a>>,
}

impl<'a> Input<'a> {
    /// Reads a body; `is_raw` says that it is of the object itself.
    pub(crate) fn of_body(
        body: Box<dyn Body + 'a>,
        is_raw: bool,
        budget: &Arc<Budget<'a>>,
    ) -> Self {
        Self::new(Origin::Body { reader: BodyReader::new(body), is_raw }, budget)
    }

    /// Reads what a step gives.
    pub(crate) fn of_step(step: Box<dyn Read + Send + 'a>, budget: &Arc<Budget<'a>>) -> Self {
        Self::new(Origin::Step(step), budget)
    }

    fn new(origin: Origin<'a>, budget: &Arc<Budget<'a>>) -> Self {
        let budget = Arc::clone(budget);
        Self { origin, buffer: Vec::new(), start: 0, end: 0, position: 0, budget }
    }

    /// Bytes taken so far: the offset of the next one.
    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    /// True if the bytes are read from a body as they are.
    pub(crate) const fn is_of_body(&self) -> bool {
        matches!(self.origin, Origin::Body { .. })
    }

    pub(crate) const fn budget(&self) -> &Arc<Budget<'a>> {
        &self.budget
    }

    fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next `bytes` bytes, up to [`PEEK_BYTES_MAX`], without taking them; fewer only at the
    /// end.
    pub(crate) fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        let bytes = bytes.min(PEEK_BYTES_MAX);
        if self.buffer.len() < bytes {
            self.buffer.resize(bytes.max(BUFFER_BYTES), 0);
        }
        while self.held().len() < bytes && self.fill()? > 0 {}
        let held = self.held();
        Ok(held.get(..bytes).unwrap_or(held))
    }

    /// Fills `buffer` and says how much of it could be; less than all only at the end.
    pub(crate) fn read_full(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest) {
                Ok(0) => break,
                Ok(read) => filled = filled.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }

    /// Takes `bytes` bytes unseen, or all that are left; says how many.
    pub(crate) fn skip(&mut self, bytes: u64) -> Result<u64, Error> {
        let mut left = bytes;
        loop {
            let held = self.held().len();
            let taken = usize::try_from(left).unwrap_or(usize::MAX).min(held);
            self.consume(taken);
            left = left.saturating_sub(taken as u64);
            if left == 0 {
                return Ok(bytes);
            }
            if let Origin::Body { reader, .. } = &mut self.origin {
                let behind = reader.body.len().saturating_sub(reader.offset);
                let jumped = left.min(behind);
                reader.offset = reader.offset.saturating_add(jumped);
                self.position = self.position.saturating_add(jumped);
                return Ok(bytes.saturating_sub(left).saturating_add(jumped));
            }
            if self.fill_buf()?.is_empty() {
                return Ok(bytes.saturating_sub(left));
            }
        }
    }

    /// Reads behind what is held, and says how much.
    fn fill(&mut self) -> io::Result<usize> {
        self.budget.check_time().map_err(io::Error::other)?;
        if self.buffer.is_empty() {
            self.buffer = vec![0; BUFFER_BYTES];
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = self.origin.read(room)?;
        self.end = self.end.saturating_add(read);
        Ok(read)
    }

    fn count(&mut self, bytes: usize) {
        self.position = self.position.saturating_add(bytes as u64);
        if matches!(self.origin, Origin::Body { is_raw: true, .. }) {
            self.budget.took_raw(bytes as u64);
        }
    }
}

impl Read for Origin<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Body { reader, .. } => reader.read(buffer),
                Self::Step(step) => step.read(buffer),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start >= self.end {
            self.fill()?;
        }
        Ok(self.held())
    }

    fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.held().len());
        self.start = self.start.saturating_add(bytes);
        self.count(bytes);
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.held().is_empty() && buffer.len() >= BUFFER_BYTES {
            // Nothing is gained by a copy.
            self.budget.check_time().map_err(io::Error::other)?;
            let read = self.origin.read(buffer)?;
            self.count(read);
            return Ok(read);
        }
        let mut held = self.fill_buf()?;
        let read = held.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
