//! Steps that go over their input piece by piece, whatever the pieces are.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::budget::Metered;
use super::input::Input;
use crate::error::Error;

/// Bytes to bytes. What is given in all must not depend on how the input is divided.
pub(crate) trait Transform: Default + Send {
    /// Appends to `out` what `piece` gives.
    fn piece(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// Appends what the end of the input gives.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Error>;
}

/// The step that a transform makes of its input.
pub(crate) fn transformed<'a, T: Transform + 'a>(input: Input<'a>) -> Box<dyn Read + Send + 'a> {
    let budget = Arc::clone(input.budget());
    let reader =
        Transformed::<T> { input, transform: T::default(), out: Vec::new(), at: 0, is_end: false };
    Box::new(Metered::new(reader, &budget, "transformed bytes"))
}

struct Transformed<'a, T> {
    input: Input<'a>,
    transform: T,
    /// Given by the transform, and taken by the reader up to `at`.
    out: Vec<u8>,
    at: usize,
    is_end: bool,
}

impl<T: Transform> Read for Transformed<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.out.len() && !self.is_end {
            self.out.clear();
            self.at = 0;
            let piece = self.input.fill_buf()?;
            let taken = piece.len();
            self.is_end = piece.is_empty();
            let transformed = if self.is_end {
                self.transform.end(&mut self.out)
            } else {
                self.transform.piece(piece, &mut self.out)
            };
            transformed.map_err(io::Error::other)?;
            self.input.consume(taken);
        }
        let mut rest = self.out.get(self.at..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.at = self.at.saturating_add(read);
        Ok(read)
    }
}

/// What a transform makes of pieces, for tests.
#[cfg(test)]
pub(crate) fn transform_pieces<T: Transform>(pieces: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let mut transform = T::default();
    let mut out = Vec::new();
    for piece in pieces {
        transform.piece(piece, &mut out)?;
    }
    transform.end(&mut out)?;
    Ok(out)
}
