//! The stored bytes of an object, by position.

use crate::error::Error;

/// Bytes of a known length that can be read anywhere: what recipes work on.
///
/// The length is what it was when the object was opened. Where the bytes end sooner, reads give
/// [`Error::Changed`]: a body never ends quietly.
pub trait Body: Send + Sync {
    /// Bytes there are.
    fn len(&self) -> u64;

    /// Fills a prefix of `buffer` from `offset` on and returns its length; 0 only at or after the
    /// end, or for an empty buffer.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if the bytes end before `len`; what reading gives.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error>;

    /// True if there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if the body ends before it is full; what reading gives.
    fn read_exact_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> Result<(), Error> {
        while !buffer.is_empty() {
            let read = self.read_at(offset, buffer)?;
            if read == 0 {
                return Err(Error::Changed);
            }
            buffer = buffer.get_mut(read..).unwrap_or_default();
            offset = offset.saturating_add(read as u64);
        }
        Ok(())
    }
}

impl<B: Body + ?Sized> Body for &B {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        (**self).read_at(offset, buffer)
    }
}

impl<B: Body + ?Sized> Body for Box<B> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        (**self).read_at(offset, buffer)
    }
}

impl<B: Body + ?Sized> Body for std::sync::Arc<B> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        (**self).read_at(offset, buffer)
    }
}

impl Body for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let rest = usize::try_from(offset).ok().and_then(|from| self.get(from..));
        let mut rest = rest.unwrap_or_default();
        std::io::Read::read(&mut rest, buffer).map_err(Error::from)
    }
}

impl Body for Vec<u8> {
    fn len(&self) -> u64 {
        Body::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// A part of a body.
#[derive(Debug, Clone)]
pub struct Slice<B> {
    body: B,
    offset: u64,
    len: u64,
}

impl<B: Body> Slice<B> {
    /// `len` bytes of `body` from `offset` on; `None` if it has no such part.
    #[must_use]
    pub fn new(body: B, offset: u64, len: u64) -> Option<Self> {
        let end = offset.checked_add(len)?;
        (end <= body.len()).then_some(Self { body, offset, len })
    }
}

impl<B: Body> Body for Slice<B> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let left = self.len.saturating_sub(offset);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        if part.is_empty() {
            return Ok(0);
        }
        self.body.read_at(self.offset.saturating_add(offset), part)
    }
}
