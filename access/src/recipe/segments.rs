//! Slices of a body, one after the other, as a body.

use super::step::Extent;
use crate::body::Body;
use crate::error::Error;

/// What [`Step::Concat`](super::step::Step::Concat) gives.
pub(crate) struct Segments<B> {
    body: B,
    /// Where each slice begins in the whole; the slice. None is empty.
    slices: Vec<(u64, Extent)>,
    len: u64,
}

impl<B: Body> Segments<B> {
    /// The slices must lie within the body.
    pub(crate) fn new(body: B, slices: &[Extent]) -> Result<Self, Error> {
        let mut placed = Vec::with_capacity(slices.len());
        let mut len = 0_u64;
        for &slice in slices {
            if slice.end().is_none_or(|end| end > body.len()) {
                return Err(Error::Corrupt("slice beyond the body"));
            }
            if slice.len > 0 {
                placed.push((len, slice));
            }
            len = len.checked_add(slice.len).ok_or(Error::Corrupt("slices without an end"))?;
        }
        Ok(Self { body, slices: placed, len })
    }
}

impl<B: Body> Body for Segments<B> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let behind = self.slices.partition_point(|&(start, _)| start <= offset);
        let Some(&(start, slice)) = behind.checked_sub(1).and_then(|at| self.slices.get(at)) else {
            return Ok(0);
        };
        let within = offset.saturating_sub(start);
        let left = usize::try_from(slice.len.saturating_sub(within)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        if part.is_empty() {
            return Ok(0);
        }
        self.body.read_at(slice.offset.saturating_add(within), part)
    }
}
