//! The central directory of a zip archive, and where its members' bytes lie.
//!
//! Own code, as the `zip` crate takes memory for all entries that a directory of any size has, and
//! reads members that overlap.
//!
//! What a member is, is fixed here for ever: each entry of the central directory, folders too, in
//! its order; its sizes are those of the directory. Members that overlap are refused, as they make
//! an archive larger than its bytes allow; what a local header says beyond its length is ignored.

use std::sync::Arc;

use super::budget::Budget;
use super::input::Input;
use crate::body::{Body, Slice};
use crate::error::{Error, LimitKind};
use crate::little_endian;

#[cfg(test)]
mod tests;

/// What a local header, and so an archive, begins with.
pub(crate) const LOCAL_MAGIC: &[u8] = b"PK\x03\x04";

const END_MAGIC: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: usize = 0xffff;
const LOCATOR_MAGIC: &[u8] = b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const END64_MAGIC: &[u8] = b"PK\x06\x06";
const END64_BYTES: usize = 56;
const ENTRY_MAGIC: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;

/// Bytes of all names of an archive that are kept; members behind are nameless.
const NAMES_BYTES_MAX: usize = 16 << 20;

/// Encryption, patches, strong encryption, a masked directory.
const REFUSED_FLAGS: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;

const CORRUPT: Error = Error::Corrupt("zip directory");

/// How a member is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZipMethod {
    Stored,
    Deflated,
    Other,
}

/// An entry of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ZipEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) method: ZipMethod,
    pub(crate) crc32: u32,
    pub(crate) stored_len: u64,
    pub(crate) len: u64,
    flags: u16,
    /// Of the local header in the body.
    header_offset: u64,
    overlaps: bool,
}

impl ZipEntry {
    pub(crate) fn is_folder(&self) -> bool {
        self.name.last() == Some(&b'/')
    }
}

/// The entries of an archive, in the directory's order.
pub(crate) struct ZipDirectory {
    pub(crate) entries: Vec<ZipEntry>,
    /// Where it begins: members lie before it.
    offset: u64,
}

/// What the end of the archive says of its directory.
struct Bounds {
    count: u64,
    bytes: u64,
    /// From the start of the archive, which may not be that of the body.
    offset: u64,
    /// Where the directory ends in the body.
    body_end: u64,
}

impl ZipDirectory {
    /// Reads the directory of the archive that ends with `body`.
    pub(crate) fn read(body: &dyn Body, budget: &Arc<Budget<'_>>) -> Result<Self, Error> {
        let end = find_end(body)?;
        let limits = budget.limits();
        if end.count > limits.members as u64 {
            return Err(Error::Limit(LimitKind::Members));
        }
        let offset = end.body_end.checked_sub(end.bytes).ok_or(CORRUPT)?;
        let base = offset.checked_sub(end.offset).ok_or(CORRUPT)?;
        let bytes = Slice::new(body, offset, end.bytes).ok_or(CORRUPT)?;
        let mut input = Input::of_body(Box::new(bytes), false, budget);
        let mut directory = Self { entries: Vec::new(), offset };
        let mut names_bytes = 0_usize;
        for _ in 0..end.count {
            let mut entry = read_entry(&mut input, base)?;
            names_bytes = names_bytes.saturating_add(entry.name.len());
            if names_bytes > NAMES_BYTES_MAX {
                entry.name = Vec::new();
            }
            directory.entries.push(entry);
        }
        directory.mark_overlaps();
        Ok(directory)
    }

    /// Where the bytes of an entry lie in the body.
    ///
    /// An entry that cannot be read gives an error of its own; others are not touched by it.
    pub(crate) fn place(&self, body: &dyn Body, entry: &ZipEntry) -> Result<u64, Error> {
        if entry.flags & REFUSED_FLAGS != 0 {
            return Err(Error::Unsupported("encrypted zip member"));
        }
        if entry.overlaps {
            return Err(Error::Corrupt("zip members overlap"));
        }
        let mut header = [0; LOCAL_BYTES];
        let header_end = entry.header_offset.checked_add(LOCAL_BYTES as u64);
        if header_end.is_none_or(|end| end > self.offset) {
            return Err(CORRUPT);
        }
        body.read_exact_at(entry.header_offset, &mut header)?;
        if !header.starts_with(LOCAL_MAGIC) {
            return Err(Error::Corrupt("zip local header"));
        }
        let behind = u64::from(u16_at(&header, 26)?).saturating_add(u16_at(&header, 28)?.into());
        let offset = header_end.and_then(|end| end.checked_add(behind)).ok_or(CORRUPT)?;
        let end = offset.checked_add(entry.stored_len).ok_or(CORRUPT)?;
        if end > self.offset {
            return Err(Error::Corrupt("zip member beyond the directory"));
        }
        Ok(offset)
    }

    fn mark_overlaps(&mut self) {
        let mut order: Vec<&mut ZipEntry> = self.entries.iter_mut().collect();
        order.sort_by_key(|entry| entry.header_offset);
        let mut furthest: Option<(u64, &mut ZipEntry)> = None;
        for entry in order {
            let bytes = entry.stored_len.saturating_add(LOCAL_BYTES as u64);
            let end = entry.header_offset.saturating_add(bytes);
            if let Some((furthest_end, other)) = &mut furthest
                && entry.header_offset < *furthest_end
            {
                entry.overlaps = true;
                other.overlaps = true;
            }
            if furthest.as_ref().is_none_or(|(furthest_end, _)| end > *furthest_end) {
                furthest = Some((end, entry));
            }
        }
    }
}

/// Finds the record that ends the archive: the last one whose comment fits in.
fn find_end(body: &dyn Body) -> Result<Bounds, Error> {
    let tail_bytes = body.len().min((END_BYTES + COMMENT_BYTES_MAX) as u64);
    let tail_start = body.len().saturating_sub(tail_bytes);
    let mut tail = vec![0; usize::try_from(tail_bytes).unwrap_or(0)];
    body.read_exact_at(tail_start, &mut tail)?;
    let record = memchr::memmem::rfind_iter(&tail, END_MAGIC).find_map(|at| {
        let record = tail.get(at..)?;
        let comment = usize::from(u16_at(record, 20).ok()?);
        let comment_room = record.len().checked_sub(END_BYTES)?;
        (comment_room >= comment).then_some((at, record))
    });
    let (at, record) = record.ok_or(Error::Corrupt("zip without an end"))?;
    let at = tail_start.saturating_add(at as u64);
    let is_large = [8, 10].iter().any(|&at| u16_at(record, at).is_ok_and(|value| value == 0xffff))
        || [12, 16].iter().any(|&at| u32_at(record, at).is_ok_and(|value| value == u32::MAX));
    if is_large && let Some(end) = find_end64(body, at)? {
        return Ok(end);
    }
    if [4, 6].iter().any(|&at| u16_at(record, at).is_ok_and(|disk| disk != 0)) {
        return Err(Error::Unsupported("zip of several volumes"));
    }
    Ok(Bounds {
        count: u16_at(record, 10)?.into(),
        bytes: u32_at(record, 12)?.into(),
        offset: u32_at(record, 16)?.into(),
        body_end: at,
    })
}

/// The larger record of ZIP64, which a locator before the end points to; `None` without one.
fn find_end64(body: &dyn Body, end: u64) -> Result<Option<Bounds>, Error> {
    let Some(locator_offset) = end.checked_sub(LOCATOR_BYTES as u64) else { return Ok(None) };
    let mut locator = [0; LOCATOR_BYTES];
    body.read_exact_at(locator_offset, &mut locator)?;
    if !locator.starts_with(LOCATOR_MAGIC) {
        return Ok(None);
    }
    // Where the locator says, and where it is if bytes were put before the archive.
    let stated = u64_at(&locator, 8)?;
    let adjoining = locator_offset.checked_sub(END64_BYTES as u64);
    for at in [Some(stated), adjoining].into_iter().flatten() {
        if at.checked_add(END64_BYTES as u64).is_none_or(|end| end > locator_offset) {
            continue;
        }
        let mut record = [0; END64_BYTES];
        body.read_exact_at(at, &mut record)?;
        if record.starts_with(END64_MAGIC) {
            return Ok(Some(Bounds {
                count: u64_at(&record, 32)?,
                bytes: u64_at(&record, 40)?,
                offset: u64_at(&record, 48)?,
                body_end: at,
            }));
        }
    }
    Err(CORRUPT)
}

fn read_entry(input: &mut Input<'_>, base: u64) -> Result<ZipEntry, Error> {
    let mut fixed = [0; ENTRY_BYTES];
    if input.read_full(&mut fixed)? < ENTRY_BYTES || !fixed.starts_with(ENTRY_MAGIC) {
        return Err(CORRUPT);
    }
    let mut name = vec![0; usize::from(u16_at(&fixed, 28)?)];
    let mut extra = vec![0; usize::from(u16_at(&fixed, 30)?)];
    let comment_bytes = u64::from(u16_at(&fixed, 32)?);
    let is_whole = input.read_full(&mut name)? == name.len()
        && input.read_full(&mut extra)? == extra.len()
        && input.skip(comment_bytes)? == comment_bytes;
    if !is_whole {
        return Err(CORRUPT);
    }
    let mut large = large_fields(&extra);
    let mut field = |at| -> Result<u64, Error> {
        match u32_at(&fixed, at)? {
            u32::MAX => {
                // Without the larger field the value means what it says.
                let Some((value, rest)) = large.split_at_checked(8) else {
                    return Ok(u32::MAX.into());
                };
                large = rest;
                u64_at(value, 0)
            }
            small => Ok(small.into()),
        }
    };
    let len = field(24)?;
    let stored_len = field(20)?;
    let header_offset = field(42)?.checked_add(base).ok_or(CORRUPT)?;
    let method = match u16_at(&fixed, 10)? {
        0 => ZipMethod::Stored,
        8 => ZipMethod::Deflated,
        _ => ZipMethod::Other,
    };
    let flags = u16_at(&fixed, 8)?;
    let crc32 = u32_at(&fixed, 16)?;
    let overlaps = false;
    Ok(ZipEntry { name, method, crc32, stored_len, len, flags, header_offset, overlaps })
}

/// The extra field of ZIP64: the values that do not fit, in the order of the entry.
fn large_fields(mut extra: &[u8]) -> &[u8] {
    while let (Ok(id), Ok(bytes)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let rest = extra.get(4..).unwrap_or_default();
        let Some((value, behind)) = rest.split_at_checked(bytes.into()) else { break };
        if id == 1 {
            return value;
        }
        extra = behind;
    }
    &[]
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Error> {
    little_endian::u16_at(bytes, at).ok_or(CORRUPT)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Error> {
    little_endian::u32_at(bytes, at).ok_or(CORRUPT)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, Error> {
    little_endian::u64_at(bytes, at).ok_or(CORRUPT)
}
