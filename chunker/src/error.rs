//! What can be wrong with parameters and ids that come from outside.

use thiserror::Error;

use crate::error_kind::ErrorKind;
use crate::scan_form::ScanForm;

/// A parameter or an id that this crate refuses.
///
/// Chunking itself cannot fail; an error of the reader under a [`ChunkStream`](crate::ChunkStream)
/// stays a [`std::io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The smallest chunk of a content-defined chunker lies outside the limits.
    #[error("minimum chunk size {found} is not an even number in {min}..={max}")]
    ChunkMin {
        /// The size asked for, bytes.
        found: u32,
        /// Smallest size accepted, bytes.
        min: u32,
        /// Largest size accepted, bytes.
        max: u32,
    },
    /// The nominal mean of a content-defined chunker lies outside the limits.
    #[error("average chunk size {found} is not a power of two in {min}..={max}")]
    ChunkAvg {
        /// The size asked for, bytes.
        found: u32,
        /// Smallest size accepted, bytes.
        min: u32,
        /// Largest size accepted, bytes.
        max: u32,
    },
    /// The largest chunk of a content-defined chunker lies outside the limits.
    #[error("maximum chunk size {found} is not an even number in {min}..={max}")]
    ChunkMax {
        /// The size asked for, bytes.
        found: u32,
        /// Smallest size accepted, bytes.
        min: u32,
        /// Largest size accepted, bytes.
        max: u32,
    },
    /// Each size is possible, but they do not grow from minimum to maximum.
    #[error("chunk sizes {min}, {avg}, {max} are not in ascending order")]
    ChunkOrder {
        /// Smallest chunk asked for, bytes.
        min: u32,
        /// Nominal mean asked for, bytes.
        avg: u32,
        /// Largest chunk asked for, bytes.
        max: u32,
    },
    /// There is no such normalization level.
    #[error("normalization level {found} is above {max}")]
    Level {
        /// The level asked for.
        found: u8,
        /// Highest level there is.
        max: u8,
    },
    /// The length of fixed chunks lies outside the limits.
    #[error("fixed chunk size {found} is not in {min}..={max}")]
    FixedBytes {
        /// The size asked for, bytes.
        found: u32,
        /// Smallest size accepted, bytes.
        min: u32,
        /// Largest size accepted, bytes.
        max: u32,
    },
    /// This processor cannot run a form of the scan that was asked for by name.
    #[error("this processor cannot run the scan form {form:?}")]
    ScanForm {
        /// The form asked for.
        form: ScanForm,
    },
    /// A text names no chunker.
    #[error("unknown chunker, expected default, fine, large or fixed:BYTES")]
    UnknownChunker,
    /// A text is too short or too long for an id.
    #[error("id has {found} characters, expected {expected}")]
    IdLength {
        /// Characters of an id in hexadecimal.
        expected: usize,
        /// Bytes of the text.
        found: usize,
    },
    /// A text has a character that no id has.
    #[error("id has a character at {offset} that is not a lower-case hexadecimal digit")]
    IdDigit {
        /// Where the first wrong byte stands.
        offset: usize,
    },
}

impl Error {
    /// What a caller can do about it: each error of this crate is wrong input.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::FixInput
    }
}
