//! The regular files of a tar archive, in one pass. Nothing is extracted, names are data.
//!
//! Own code over the headers of the `tar` crate, as that crate's archive reader holds long names
//! and extended headers in memory however long they are.
//!
//! What a member is, is fixed here for ever: entries of type `0`, NUL and `7`, unless their name
//! ends in `/`, and sparse files, which count and are refused. Links, folders, devices and entries
//! of other types do not count. The archive ends with the first block of zeros or with its bytes.

use std::io::{self, Read};

use tar::Header;

use super::input::Input;
use crate::error::{Error, LimitKind};

#[cfg(test)]
mod tests;

const BLOCK_BYTES: usize = 512;

/// Bytes of an extended header, which may hold attributes of 64 KiB each.
const EXTENDED_BYTES_MAX: u64 = 1 << 20;

/// Bytes of a name that are kept.
const NAME_BYTES_MAX: usize = 4 << 10;

/// A regular file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TarMember {
    /// Its place among the regular files, from 0.
    pub(crate) ordinal: u64,
    pub(crate) name: Vec<u8>,
    /// Where its bytes begin in the archive.
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// It has holes that its bytes leave out.
    pub(crate) is_sparse: bool,
}

/// What entries of other types say of the entry behind them.
#[derive(Debug, Default)]
struct Overrides {
    name: Option<Vec<u8>>,
    len: Option<u64>,
    is_sparse: bool,
}

/// Walks over the members of an archive; between two of them it reads the bytes of the first.
pub(crate) struct TarMembers<'a> {
    input: Input<'a>,
    count: u64,
    /// Bytes of the current member that were not read.
    left: u64,
    /// Zeros behind it.
    padding: u64,
    has_ended: bool,
}

impl<'a> TarMembers<'a> {
    pub(crate) const fn new(input: Input<'a>) -> Self {
        Self { input, count: 0, left: 0, padding: 0, has_ended: false }
    }

    /// Goes to the next member; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<TarMember>, Error> {
        let mut overrides = Overrides::default();
        while let Some(header) = self.next_header()? {
            let kind = kind_of(&header);
            let own_len = header.entry_size().map_err(|_| Error::Corrupt("tar size"))?;
            match kind {
                b'x' => self.extended(own_len, &mut overrides)?,
                b'L' => overrides.name = Some(self.long_name(own_len)?),
                b'K' | b'g' => self.pass_over(own_len)?,
                _ => {
                    let overrides = std::mem::take(&mut overrides);
                    // A hard link states the size of its file, and has no bytes.
                    let has_bytes = kind != b'1';
                    let len = overrides.len.unwrap_or(own_len);
                    self.pass_over_sparse_map(&header)?;
                    self.set_left(if has_bytes { len } else { 0 })?;
                    let name = overrides.name.unwrap_or_else(|| header.path_bytes().into());
                    if is_file(kind, &name) {
                        return self.member(name, len, overrides.is_sparse || kind == b'S');
                    }
                }
            }
        }
        Ok(None)
    }

    fn member(
        &mut self,
        name: Vec<u8>,
        len: u64,
        is_sparse: bool,
    ) -> Result<Option<TarMember>, Error> {
        let ordinal = self.count;
        if ordinal >= self.input.budget().limits().members as u64 {
            return Err(Error::Limit(LimitKind::Members));
        }
        self.count = ordinal.saturating_add(1);
        Ok(Some(TarMember { ordinal, name, offset: self.input.position(), len, is_sparse }))
    }

    /// The header behind what is left of the entry; `None` at the end.
    fn next_header(&mut self) -> Result<Option<Header>, Error> {
        let rest = self.left.saturating_add(self.padding);
        self.left = 0;
        self.padding = 0;
        if self.input.skip(rest)? < rest {
            return Err(Error::Corrupt("tar member cut short"));
        }
        let mut block = [0; BLOCK_BYTES];
        let filled = if self.has_ended { 0 } else { self.input.read_full(&mut block)? };
        if filled == 0 || (filled == BLOCK_BYTES && block.iter().all(|&byte| byte == 0)) {
            self.has_ended = true;
            return Ok(None);
        }
        if filled < BLOCK_BYTES {
            return Err(Error::Corrupt("tar header cut short"));
        }
        let header = Header::from_byte_slice(&block).clone();
        if !has_right_sum(&header) {
            return Err(Error::Corrupt("tar header"));
        }
        Ok(Some(header))
    }

    fn set_left(&mut self, len: u64) -> Result<(), Error> {
        let end = len.checked_next_multiple_of(BLOCK_BYTES as u64);
        self.padding = end.ok_or(Error::Corrupt("tar size"))?.saturating_sub(len);
        self.left = len;
        Ok(())
    }

    fn pass_over(&mut self, len: u64) -> Result<(), Error> {
        self.set_left(len)
    }

    /// The old sparse format: blocks of holes behind the header that are part of no size.
    fn pass_over_sparse_map(&mut self, header: &Header) -> Result<(), Error> {
        let is_sparse = kind_of(header) == b'S';
        let mut goes_on = is_sparse && header.as_bytes().get(482).is_some_and(|&flag| flag != 0);
        while goes_on {
            let mut block = [0; BLOCK_BYTES];
            if self.input.read_full(&mut block)? < BLOCK_BYTES {
                return Err(Error::Corrupt("tar member cut short"));
            }
            goes_on = block.get(504).is_some_and(|&flag| flag != 0);
        }
        Ok(())
    }

    fn long_name(&mut self, len: u64) -> Result<Vec<u8>, Error> {
        self.set_left(len)?;
        let mut name = vec![0; usize::try_from(len).unwrap_or(usize::MAX).min(NAME_BYTES_MAX)];
        self.read_all(&mut name)?;
        let end = memchr::memchr(0, &name).unwrap_or(name.len());
        name.truncate(end);
        Ok(name)
    }

    /// The records of a POSIX extended header: `length key=value LF`.
    fn extended(&mut self, len: u64, overrides: &mut Overrides) -> Result<(), Error> {
        if len > EXTENDED_BYTES_MAX {
            return Err(Error::Limit(LimitKind::Header));
        }
        self.set_left(len)?;
        let mut block = vec![0; usize::try_from(len).unwrap_or(0)];
        self.read_all(&mut block)?;
        let mut rest = block.as_slice();
        while !rest.is_empty() {
            let (key, value, behind) = record(rest).ok_or(Error::Corrupt("tar extended header"))?;
            rest = behind;
            match key {
                b"size" => {
                    let number = str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    overrides.len = Some(number.ok_or(Error::Corrupt("tar size"))?);
                }
                b"path" => {
                    let kept = value.get(..NAME_BYTES_MAX).unwrap_or(value);
                    overrides.name = Some(kept.to_vec());
                }
                _ if key.starts_with(b"GNU.sparse.") => overrides.is_sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_all(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        let read = self.input.read_full(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        if read < buffer.len() {
            return Err(Error::Corrupt("tar member cut short"));
        }
        Ok(())
    }
}

impl Read for TarMembers<'_> {
    /// Reads the current member.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 && wanted > 0 {
            return Err(io::Error::other(Error::Corrupt("tar member cut short")));
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

/// The type as it is written: the `tar` crate takes NUL for `0`.
fn kind_of(header: &Header) -> u8 {
    header.as_bytes().get(156).copied().unwrap_or_default()
}

fn is_file(kind: u8, name: &[u8]) -> bool {
    match kind {
        b'0' | b'7' | 0 => name.last() != Some(&b'/'),
        b'S' => true,
        _ => false,
    }
}

/// One record, its key, its value, and what is behind it.
fn record(rest: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = memchr::memchr(b' ', rest)?;
    let len: usize = str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
    let (record, behind) = rest.split_at_checked(len)?;
    let body = record.get(space.checked_add(1)?..)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', body)?;
    Some((body.get(..equals)?, body.get(equals.checked_add(1)?..)?, behind))
}

/// True if a block is the header of a tar archive: its sum is right, and it is of a known form.
pub(crate) fn begins_tar(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK_BYTES) else { return false };
    let header = Header::from_byte_slice(block);
    let is_named = block.get(257..262) == Some(b"ustar");
    let is_old = matches!(kind_of(header), 0 | b'0'..=b'2')
        && block.first().is_some_and(|&first| first != 0);
    (is_named || is_old) && has_right_sum(header) && header.entry_size().is_ok()
}

fn has_right_sum(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum_of = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    let own = bytes.get(148..156).unwrap_or_default();
    let sum = sum_of(bytes).saturating_sub(sum_of(own)).saturating_add(8 * u32::from(b' '));
    header.cksum().is_ok_and(|stated| stated == sum)
}
