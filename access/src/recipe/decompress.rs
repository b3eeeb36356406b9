//! The decompressors: gzip and its relatives, zstd, brotli, xz.
//!
//! What a stream is, is fixed here for ever:
//! - An empty input is a truncated one, whatever the coding.
//! - gzip: members follow one another. What comes after a whole member and does not begin another
//!   (`1f 8b`) is ignored, as gzip(1) and browsers do.
//! - zlib is told from bare deflate by its two header bytes, gzip by its two. Both are one stream;
//!   what follows is ignored.
//! - zstd: frames and skippable frames, nothing else behind them. xz: streams and their padding,
//!   nothing else. brotli: one stream, nothing behind it.

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::sync::Arc;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
use liblzma::stream::CONCATENATED;

use super::budget::{Budget, Metered};
use super::input::{Input, PEEK_BYTES_MAX};
use super::step::Step;
use crate::error::Error;

#[cfg(test)]
mod tests;

/// Bytes that a decoder of zstd is asked for at a time: a block (RFC 8878 section 3.1.1.2.4).
const PIECE_BYTES: usize = 128 << 10;
/// Largest window of zstd: 128 MiB, what `zstd -d` takes without being told.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Runs one of the steps that decompress.
pub(crate) fn decompress<'a>(
    step: &Step,
    input: Input<'a>,
) -> Result<Box<dyn Read + Send + 'a>, Error> {
    match step {
        Step::Gunzip => gunzip(input),
        Step::Unzstd => unzstd(input),
        Step::Unbrotli => unbrotli(input),
        Step::Unxz => unxz(input),
        _ => Err(Error::Incapable("decompress by a step of another kind")),
    }
}

/// Decompresses gzip, zlib or bare deflate.
fn gunzip<'a>(mut input: Input<'a>) -> Result<Box<dyn Read + Send + 'a>, Error> {
    let budget = Arc::clone(input.budget());
    let coding = match *input.peek(2)? {
        [] => return Err(Error::Corrupt("empty gzip stream")),
        [0x1f, 0x8b] => return Ok(metered(Members::new(input), &budget, "gzip stream")),
        [first, second] if is_zlib(first, second) => Decompress::new(true),
        _ => Decompress::new(false),
    };
    Ok(metered(Inflate::new(input, coding), &budget, "deflate stream"))
}

/// Decompresses zstd.
fn unzstd<'a>(mut input: Input<'a>) -> Result<Box<dyn Read + Send + 'a>, Error> {
    let budget = Arc::clone(input.budget());
    // As much as whoever chooses a recipe looks at: the decoder gets the same pieces either way.
    if input.peek(PEEK_BYTES_MAX)?.is_empty() {
        return Err(Error::Corrupt("empty zstd stream"));
    }
    let window_log = budget.limits().memory_bytes.checked_ilog2().unwrap_or(0);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
    decoder.window_log_max(window_log.clamp(10, ZSTD_WINDOW_LOG_MAX))?;
    Ok(metered(EqualPieces::new(decoder), &budget, "zstd stream"))
}

/// Reads pieces of one size, whatever size its own reader asks for. libzstd decodes a frame at once
/// where there is room for all of it, and then refuses some damage that it passes over piece by
/// piece (a last block of length 0 before the content size that the frame states).
struct EqualPieces<R> {
    inner: R,
    piece: Box<[u8]>,
    /// What of it was not handed on yet.
    left: Range<usize>,
}

impl<R: Read> EqualPieces<R> {
    fn new(inner: R) -> Self {
        Self { inner, piece: vec![0; PIECE_BYTES].into(), left: 0..0 }
    }
}

impl<R: Read> Read for EqualPieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left.is_empty() {
            self.left = 0..self.inner.read(&mut self.piece)?;
        }
        let left = self.piece.get(self.left.clone()).unwrap_or_default();
        let bytes = left.len().min(buffer.len());
        let (into, from) = (buffer.get_mut(..bytes), left.get(..bytes));
        if let (Some(into), Some(from)) = (into, from) {
            into.copy_from_slice(from);
        }
        self.left.start += bytes;
        Ok(bytes)
    }
}

/// Decompresses brotli.
fn unbrotli<'a>(mut input: Input<'a>) -> Result<Box<dyn Read + Send + 'a>, Error> {
    let budget = Arc::clone(input.budget());
    if input.peek(1)?.is_empty() {
        return Err(Error::Corrupt("empty brotli stream"));
    }
    Ok(metered(Brotli::new(input), &budget, "brotli stream"))
}

/// Decompresses xz.
fn unxz<'a>(mut input: Input<'a>) -> Result<Box<dyn Read + Send + 'a>, Error> {
    let budget = Arc::clone(input.budget());
    if input.peek(1)?.is_empty() {
        return Err(Error::Corrupt("empty xz stream"));
    }
    let memory_bytes = budget.limits().memory_bytes;
    let stream = liblzma::stream::Stream::new_stream_decoder(memory_bytes, CONCATENATED)
        .map_err(io::Error::from)?;
    let decoder = liblzma::bufread::XzDecoder::new_stream(input, stream);
    Ok(metered(decoder, &budget, "xz stream"))
}

fn metered<'a>(
    decoder: impl Read + Send + 'a,
    budget: &Arc<Budget<'a>>,
    problem: &'static str,
) -> Box<dyn Read + Send + 'a> {
    Box::new(Metered::new(decoder, budget, problem))
}

/// RFC 1950: method 8, a window up to 32 KiB, and a check over both bytes. The first byte of bare
/// deflate would have to be a stored block with other bits set than any encoder sets.
fn is_zlib(first: u8, second: u8) -> bool {
    let both = u32::from(first) << 8 | u32::from(second);
    first & 0x0f == 8 && first >> 4 <= 7 && both.is_multiple_of(31)
}

/// The members of a gzip stream, one after the other.
struct Members<'a> {
    /// `None` after the last one.
    member: Option<flate2::bufread::GzDecoder<Input<'a>>>,
}

impl<'a> Members<'a> {
    fn new(input: Input<'a>) -> Self {
        Self { member: Some(flate2::bufread::GzDecoder::new(input)) }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let Some(ended) = self.member.take() else { break };
            let mut input = ended.into_inner();
            match *input.peek(2)? {
                [0x1f, 0x8b] => self.member = Some(flate2::bufread::GzDecoder::new(input)),
                [0x1f] => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => {}
            }
        }
        Ok(0)
    }
}

/// Deflate, with zlib's wrapping or bare. Unlike `flate2`'s readers it does not take the end of its
/// input for the end of the stream.
pub(crate) struct Inflate<I> {
    input: I,
    state: Decompress,
    has_ended: bool,
}

impl<I: BufRead> Inflate<I> {
    pub(crate) const fn new(input: I, state: Decompress) -> Self {
        Self { input, state, has_ended: false }
    }
}

impl<I: BufRead> Read for Inflate<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.has_ended && !buffer.is_empty() {
            let input = self.input.fill_buf()?;
            let is_end = input.is_empty();
            let (taken_before, given_before) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, buffer, FlushDecompress::None);
            let taken = self.state.total_in().saturating_sub(taken_before);
            let given = self.state.total_out().saturating_sub(given_before);
            self.input.consume(usize::try_from(taken).unwrap_or(usize::MAX));
            self.has_ended = status? == Status::StreamEnd;
            if given > 0 {
                return Ok(usize::try_from(given).unwrap_or(usize::MAX).min(buffer.len()));
            }
            if !self.has_ended && (is_end || taken == 0) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

struct Brotli<'a> {
    input: Input<'a>,
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    has_ended: bool,
    total: usize,
}

impl<'a> Brotli<'a> {
    fn new(input: Input<'a>) -> Self {
        // Strict: no windows above 16 MiB, which no content coding has (RFC 7932, section 9.1).
        let alloc = StandardAlloc::default;
        let state = BrotliState::new_strict(alloc(), alloc(), alloc());
        Self { input, state: Box::new(state), has_ended: false, total: 0 }
    }
}

impl Read for Brotli<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.has_ended {
            let input = self.input.fill_buf()?;
            let (mut left, mut taken) = (input.len(), 0);
            let (mut room, mut given) = (buffer.len(), 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut taken,
                input,
                &mut room,
                &mut given,
                buffer,
                &mut self.total,
                &mut self.state,
            );
            let is_end = input.is_empty();
            self.input.consume(taken);
            match result {
                BrotliResult::ResultFailure => return Err(io::ErrorKind::InvalidData.into()),
                BrotliResult::ResultSuccess => {
                    self.has_ended = true;
                    if !self.input.peek(1)?.is_empty() {
                        return Err(io::ErrorKind::InvalidData.into());
                    }
                }
                BrotliResult::NeedsMoreInput if is_end && given == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            }
            if given > 0 {
                return Ok(given);
            }
        }
        Ok(0)
    }
}
