//! swap.state, the log in which a ufs store of Squid says which of its files are complete
//! (`src/StoreSwapLogData.h`), version 2 of a 64-bit little-endian build.
//!
//! Records are appended; now and then Squid writes the log anew, without what is gone.

use crate::error::Error;
use crate::little_endian::{array_at, i32_at, i64_at, u16_at, u64_at};

#[cfg(test)]
pub(crate) mod tests;

/// Bytes of a record, and of the header before the first.
pub(crate) const RECORD_BYTES: usize = 72;

const VERSION: i32 = 2;
const RECORD_SIZE: i32 = 72;

/// Squid numbers files with 24 bits.
const FILE_NUMBER_MAX: u32 = 0x00ff_ffff;

const OP_ADD: u8 = 1;
const OP_DELETE: u8 = 2;
const OP_HEADER: u8 = 3;

/// Whether an object came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SwapOp {
    /// The file is complete.
    Add,
    /// The file is about to go, or gone.
    Delete,
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwapRecord {
    /// What happened.
    pub op: SwapOp,
    /// The file's number; numbers are used again for other objects.
    pub file_number: u32,
    /// When it was stored or last found unchanged, seconds since 1970: not what the file says.
    pub timestamp_s: i64,
    /// When it was last asked for, seconds since 1970.
    pub last_used_s: i64,
    /// Until when it is fresh, seconds since 1970; -1 and -2 mean "not said".
    pub expires_s: i64,
    /// `Last-Modified`, seconds since 1970.
    pub last_modified_s: Option<i64>,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// How often it was asked for.
    pub uses: u16,
    /// Flags of the store entry.
    pub flags: u16,
    /// MD5 that the file carries too.
    pub key: [u8; 16],
}

/// Checks the header of a log: its first 72 bytes.
///
/// # Errors
///
/// [`Error::Busy`] if there are fewer yet, [`Error::Unsupported`] for another version or record
/// size, [`Error::Corrupt`] for a wrong checksum.
pub fn check_swap_state_header(bytes: &[u8]) -> Result<(), Error> {
    let Some(header) = bytes.first_chunk::<RECORD_BYTES>() else { return Err(Error::Busy) };
    let fields = (header.first().copied(), i32_at(header, 4), i32_at(header, 8));
    if fields != (Some(OP_HEADER), Some(VERSION), Some(RECORD_SIZE)) {
        return Err(Error::Unsupported("a swap.state of another Squid"));
    }
    let sum = u64::try_from(VERSION).unwrap_or(0).wrapping_add(RECORD_BYTES as u64);
    if array_at(header, 1) != Some(checksum(sum)) {
        return Err(Error::Corrupt("a log header whose checksum differs"));
    }
    Ok(())
}

impl SwapRecord {
    /// Reads one record.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if it is none: what follows it in the log means nothing.
    pub fn parse(bytes: &[u8; RECORD_BYTES]) -> Result<Self, Error> {
        Self::fields(bytes).ok_or(Error::Corrupt("a log record that is none"))
    }

    fn fields(bytes: &[u8; RECORD_BYTES]) -> Option<Self> {
        let op = match *bytes.first()? {
            OP_ADD => SwapOp::Add,
            OP_DELETE => SwapOp::Delete,
            _ => return None,
        };
        let file_number = u32::try_from(i32_at(bytes, 4)?).ok()?;
        let file_bytes = u64_at(bytes, 40)?;
        let sum = u64::from(file_number)
            .wrapping_add(file_bytes >> 32)
            .wrapping_add(file_bytes & 0xffff_ffff);
        if array_at(bytes, 1)? != checksum(sum) || file_number > FILE_NUMBER_MAX {
            return None;
        }
        let last_modified_s = i64_at(bytes, 32)?;
        Some(Self {
            op,
            file_number,
            timestamp_s: i64_at(bytes, 8)?,
            last_used_s: i64_at(bytes, 16)?,
            expires_s: i64_at(bytes, 24)?,
            last_modified_s: (last_modified_s != -1).then_some(last_modified_s),
            file_bytes,
            uses: u16_at(bytes, 48)?,
            flags: u16_at(bytes, 50)?,
            key: array_at(bytes, 52)?,
        })
    }
}

/// Folds a sum to 24 bits, inverted, least significant byte first.
fn checksum(mut sum: u64) -> [u8; 3] {
    while sum >> 24 != 0 {
        sum = (sum & 0x00ff_ffff) + (sum >> 24);
    }
    let [a, b, c, ..] = (!sum).to_le_bytes();
    [a, b, c]
}

/// The records of a piece of a log that begins with one, and how far they go.
#[derive(Debug)]
pub struct SwapRecords<'a> {
    rest: &'a [u8],
    has_failed: bool,
}

impl<'a> SwapRecords<'a> {
    /// The records of a piece that begins with one.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, has_failed: false }
    }

    /// Bytes not read: less than a record, which is being written, or what follows a bad one.
    #[must_use]
    pub fn rest_bytes(&self) -> usize {
        self.rest.len()
    }
}

impl Iterator for SwapRecords<'_> {
    type Item = Result<SwapRecord, Error>;

    /// The next whole record; after an error, nothing.
    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let (record, rest) = self.rest.split_first_chunk::<RECORD_BYTES>()?;
        let parsed = SwapRecord::parse(record);
        match parsed {
            Ok(_) => self.rest = rest,
            Err(_) => self.has_failed = true,
        }
        Some(parsed)
    }
}
