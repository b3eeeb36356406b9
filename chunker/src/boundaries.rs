//! Where chunks end: a pure function of the bytes, the parameters and the gear table.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use fastcdc::v2020::{Normalization, select_masks};

use crate::error::Error;
use crate::gear::GearTable;
use crate::params::ChunkerParams;
use crate::scan::{Scan, Stretch};
use crate::scan_form::ScanForm;

#[cfg(test)]
mod tests;

/// Finds chunk boundaries in the caller's buffers, without copying and without state.
///
/// Can be shared between threads. It neither reads nor hashes; see
/// [`ChunkStream`](crate::ChunkStream).
pub struct Chunker {
    params: ChunkerParams,
    method: Method,
}

enum Method {
    FastCdc { sizes: Sizes, masks: Masks, scan: Scan },
    Fixed { bytes: usize },
}

#[derive(Clone, Copy)]
struct Sizes {
    min: usize,
    avg: usize,
    max: usize,
}

/// A chunk may end where `hash & mask == 0`: `strict` holds before the nominal mean, `loose` after.
#[derive(Clone, Copy)]
struct Masks {
    strict: u64,
    loose: u64,
}

impl Chunker {
    /// Prepares a scan; `table` goes unused for fixed chunks.
    ///
    /// # Errors
    /// The first limit of [`ChunkerParams::validate`] that is broken.
    pub fn new(params: ChunkerParams, table: GearTable) -> Result<Self, Error> {
        Self::with_scan(params, Scan::fastest(table))
    }

    /// As [`new`](Self::new), with a scan that is not the fastest: for tests and benches. The cuts
    /// are the same.
    ///
    /// # Errors
    /// [`Error::ScanForm`] if this processor cannot run it; else as [`new`](Self::new).
    pub fn with_scan_form(
        params: ChunkerParams,
        table: GearTable,
        form: ScanForm,
    ) -> Result<Self, Error> {
        let scan = Scan::new(table, form).ok_or(Error::ScanForm { form })?;
        Self::with_scan(params, scan)
    }

    fn with_scan(params: ChunkerParams, scan: Scan) -> Result<Self, Error> {
        params.validate()?;
        let method = match params {
            ChunkerParams::FastCdc { min, avg, max, level } => {
                let sizes = Sizes { min: min as usize, avg: avg as usize, max: max as usize };
                let (strict, loose) = select_masks(sizes.avg, normalization(level));
                Method::FastCdc { sizes, masks: Masks { strict, loose }, scan }
            }
            ChunkerParams::Fixed { bytes } => Method::Fixed { bytes: bytes as usize },
        };
        Ok(Self { params, method })
    }

    /// The parameters it was made with.
    #[must_use]
    pub fn params(&self) -> ChunkerParams {
        self.params
    }

    /// How it searches; `None` for fixed chunks.
    #[must_use]
    pub fn scan_form(&self) -> Option<ScanForm> {
        match &self.method {
            Method::FastCdc { scan, .. } => Some(scan.form()),
            Method::Fixed { .. } => None,
        }
    }

    /// True if chunks end at multiples of a length, whatever the bytes.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.method, Method::Fixed { .. })
    }

    /// Length of the largest chunk, bytes.
    #[must_use]
    pub fn bytes_max(&self) -> usize {
        self.params.bytes_max()
    }

    /// Length of the first chunk of `data`, which either holds at least [`bytes_max`] bytes or
    /// reaches to the end of the stream. 0 only if `data` is empty.
    ///
    /// Depends on none of the first `min` bytes, and on none behind the two that follow the cut.
    ///
    /// [`bytes_max`]: Self::bytes_max
    #[must_use]
    pub fn cut(&self, data: &[u8]) -> usize {
        match &self.method {
            Method::FastCdc { sizes, masks, scan } => cut_fastcdc(data, *sizes, *masks, scan),
            Method::Fixed { bytes } => data.len().min(*bytes),
        }
    }

    /// Length of the first chunk of `data` if bytes that may follow cannot change it, else `None`:
    /// for streams whose end has not been seen. Never `None` from [`bytes_max`](Self::bytes_max)
    /// bytes on.
    #[must_use]
    pub fn cut_settled(&self, data: &[u8]) -> Option<usize> {
        // A cut inside `data` was decided by bytes that are there. One at the very end means that
        // no boundary was found, which more bytes may change.
        let bytes = self.cut(data);
        (bytes < data.len() || data.len() >= self.bytes_max()).then_some(bytes)
    }

    /// The chunks of a whole stream, as consecutive ranges of `data`.
    #[must_use]
    pub fn cuts<'a>(&'a self, data: &'a [u8]) -> Cuts<'a> {
        Cuts { chunker: self, rest: data, offset: 0 }
    }
}

/// The table stays out: it may be a secret.
impl fmt::Debug for Chunker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunker").field("params", &self.params).finish_non_exhaustive()
    }
}

/// Iterator of [`Chunker::cuts`].
#[derive(Debug, Clone)]
pub struct Cuts<'a> {
    chunker: &'a Chunker,
    rest: &'a [u8],
    offset: usize,
}

impl Iterator for Cuts<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.chunker.cut(self.rest);
        let range = self.offset..self.offset + bytes;
        self.rest = self.rest.split_at(bytes).1;
        self.offset = range.end;
        Some(range)
    }
}

impl FusedIterator for Cuts<'_> {}

/// The rules of the original, to the byte: see [`reference_cut`](crate::reference_cut).
fn cut_fastcdc(data: &[u8], sizes: Sizes, masks: Masks, scan: &Scan) -> usize {
    if data.len() <= sizes.min {
        return data.len();
    }
    let end = data.len().min(sizes.max);
    // Bytes are tested in pairs, so an odd last one never is.
    let even = |bytes: usize| bytes / 2 * 2;
    let phase_switch = even(end.min(sizes.avg));
    let stretch = |positions| Stretch { data, restart: sizes.min, positions };
    scan.first_match(stretch(sizes.min..phase_switch), masks.strict)
        .or_else(|| scan.first_match(stretch(phase_switch..even(end)), masks.loose))
        .unwrap_or(end)
}

fn normalization(level: u8) -> Normalization {
    match level {
        0 => Normalization::Level0,
        1 => Normalization::Level1,
        2 => Normalization::Level2,
        3 => Normalization::Level3,
        _ => unreachable!("validated parameters have a level of at most 3"),
    }
}
