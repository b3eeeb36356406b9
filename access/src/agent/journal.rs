//! An append-only file of checksummed records that survives a crash at any byte.
//!
//! It begins with [`MAGIC`]. A record is its length u32, the CRC-32 of length and payload u32, and
//! the payload; numbers are little-endian. What follows the last sound record is cut off when the
//! journal is opened: a crash tears only its end. Damage that a sound record follows is none of a
//! crash: such a journal is refused. Rewriting makes a second file that takes the
//! place of the first.

#[cfg(test)]
mod tests;

use std::io;

use super::journal_storage::JournalStorage;
use crate::error::{Error, LimitKind};

/// The first bytes, with the version of the whole.
const MAGIC: [u8; 8] = *b"glnracj1";

/// Bytes before a payload.
const FRAME_BYTES: u64 = 8;

/// Bytes of the longest payload: far above an object of a million chunks.
pub(super) const PAYLOAD_BYTES_MAX: usize = 128 << 20;

/// Bytes read at once, so that no declared length is believed.
const READ_BYTES: usize = 1 << 20;

const FAILED: Error = Error::Unavailable("the journal could not be written");

/// Bytes behind damage in which a sound record is looked for.
const SEARCH_BYTES: u64 = 8 << 20;

/// Where a record lies: its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordPlace {
    pub(super) offset: u64,
    pub(super) bytes: u32,
}

/// What takes the records that are there.
pub(super) type TakeRecord<'a> = dyn FnMut(RecordPlace, &[u8]) -> Result<(), Error> + 'a;

/// Records over a storage. After an error of a write it takes no more.
#[derive(Debug)]
pub(super) struct Journal {
    storage: Box<dyn JournalStorage>,
    len: u64,
    has_failed: bool,
    /// Length of the second journal, if one is being written.
    next_len: u64,
    payload_bytes_max: usize,
}

impl Journal {
    /// Reads all sound records in order, hands each to `each`, and cuts off what follows them.
    ///
    /// If that holds a sound record, it is [`Error::DamagedJournal`], and nothing is cut: what was
    /// told already would be forgotten.
    pub(super) fn open(
        storage: Box<dyn JournalStorage>,
        each: &mut TakeRecord<'_>,
    ) -> Result<Self, Error> {
        let payload_bytes_max = PAYLOAD_BYTES_MAX;
        let mut journal =
            Self { storage, len: 0, has_failed: false, next_len: 0, payload_bytes_max };
        let file_len = journal.storage.len()?;
        let mut magic = Vec::new();
        journal.read(0, MAGIC.len() as u64, &mut magic)?;
        if !MAGIC.starts_with(&magic) {
            return Err(Error::Unsupported("a journal of another version"));
        }
        if magic.len() < MAGIC.len() {
            journal.storage.truncate(0)?;
            journal.storage.append(&MAGIC)?;
            journal.storage.sync()?;
            journal.len = MAGIC.len() as u64;
            return Ok(journal);
        }
        journal.len = MAGIC.len() as u64;
        let mut payload = Vec::new();
        while let Some(place) = journal.sound_record(&mut payload)? {
            each(place, &payload)?;
            journal.len = place.offset.saturating_add(place.bytes.into());
        }
        if journal.len < file_len {
            if journal.is_record_behind()? {
                return Err(Error::DamagedJournal { offset: journal.len });
            }
            journal.storage.truncate(journal.len)?;
        }
        Ok(journal)
    }

    /// Bytes of the journal.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Reads up to `bytes` bytes at `offset`.
    fn read(&mut self, offset: u64, bytes: u64, into: &mut Vec<u8>) -> Result<(), Error> {
        into.clear();
        while (into.len() as u64) < bytes {
            let left = bytes.saturating_sub(into.len() as u64);
            let piece = usize::try_from(left).unwrap_or(READ_BYTES).min(READ_BYTES);
            let before = into.len();
            into.resize(before.saturating_add(piece), 0);
            let at = offset.saturating_add(before as u64);
            let read = self.storage.read_at(at, into.get_mut(before..).unwrap_or_default())?;
            into.truncate(before.saturating_add(read));
            if read == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The record at the end of what was read, if it is there and sound.
    fn sound_record(&mut self, payload: &mut Vec<u8>) -> Result<Option<RecordPlace>, Error> {
        self.read(self.len, FRAME_BYTES, payload)?;
        let Some((bytes, checksum)) = frame_of(payload) else { return Ok(None) };
        let offset = self.len.saturating_add(FRAME_BYTES);
        self.read(offset, bytes.into(), payload)?;
        let is_sound = payload.len() as u64 == u64::from(bytes)
            && payload.len() <= PAYLOAD_BYTES_MAX
            && checksum_of(payload) == checksum;
        Ok(is_sound.then_some(RecordPlace { offset, bytes }))
    }

    /// Whether a sound record begins anywhere behind the place where one should. Checksums of all
    /// stretches come from those of the prefixes, so that no length that is found costs much.
    fn is_record_behind(&mut self) -> Result<bool, Error> {
        let mut bytes = Vec::new();
        self.read(self.len, SEARCH_BYTES, &mut bytes)?;
        let mut hasher = crc32fast::Hasher::new();
        let mut prefixes = vec![hasher.clone().finalize()];
        for byte in &bytes {
            hasher.update(std::slice::from_ref(byte));
            prefixes.push(hasher.clone().finalize());
        }
        let is_record = |at: usize| {
            let frame = bytes.get(at..)?.first_chunk::<8>()?;
            let (length, checksum) = frame_of(frame)?;
            let begin = at.checked_add(frame.len())?;
            let end = begin.checked_add(usize::try_from(length).ok()?)?;
            let (before, through) = (*prefixes.get(begin)?, *prefixes.get(end)?);
            // CRCs are linear: what `before` makes of as many zeros is what it adds to `through`.
            let mut shifted = crc32fast::Hasher::new_with_initial(before);
            shifted.combine(&crc32fast::Hasher::new_with_initial_len(0, length.into()));
            let of_payload = through ^ shifted.finalize();
            let mut whole = crc32fast::Hasher::new();
            whole.update(&length.to_le_bytes());
            whole.combine(&crc32fast::Hasher::new_with_initial_len(of_payload, length.into()));
            Some(whole.finalize() == checksum)
        };
        Ok((1..bytes.len()).any(|at| is_record(at).unwrap_or_default()))
    }

    /// Reads the payload of a record that `open`, `append` or `append_next` told of.
    pub(super) fn payload(&mut self, place: RecordPlace) -> Result<Vec<u8>, Error> {
        let mut frame = Vec::new();
        let frame_offset = place.offset.saturating_sub(FRAME_BYTES);
        self.read(frame_offset, FRAME_BYTES, &mut frame)?;
        let mut payload = Vec::new();
        self.read(place.offset, place.bytes.into(), &mut payload)?;
        let expected = Some((place.bytes, checksum_of(&payload)));
        if payload.len() as u64 != u64::from(place.bytes) || frame_of(&frame) != expected {
            return Err(Error::Corrupt("a record of the journal"));
        }
        Ok(payload)
    }

    /// Writes only records up to a length.
    #[cfg(test)]
    pub(super) fn limit_payloads(&mut self, bytes: usize) {
        self.payload_bytes_max = bytes;
    }

    /// Adds a record. One that is too long is [`Error::Limit`], and the journal as it was.
    pub(super) fn append(&mut self, payload: &[u8]) -> Result<RecordPlace, Error> {
        let record = record_of(payload, self.payload_bytes_max)?;
        let place = place_after(self.len, payload);
        self.write(|storage| storage.append(&record))?;
        self.len = self.len.saturating_add(record.len() as u64);
        Ok(place)
    }

    /// Makes all records durable.
    pub(super) fn sync(&mut self) -> Result<(), Error> {
        self.write(JournalStorage::sync)
    }

    /// Whether nothing more is written.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Begins a second journal. As long as it is not the first, its errors do not end that.
    pub(super) fn begin_next(&mut self) -> Result<(), Error> {
        self.write_next(|storage| {
            storage.begin_next()?;
            storage.append_next(&MAGIC)
        })?;
        self.next_len = MAGIC.len() as u64;
        Ok(())
    }

    /// Adds a record to the second journal; its place holds once that is the first.
    pub(super) fn append_next(&mut self, payload: &[u8]) -> Result<RecordPlace, Error> {
        let record = record_of(payload, PAYLOAD_BYTES_MAX)?;
        let place = place_after(self.next_len, payload);
        self.write_next(|storage| storage.append_next(&record))?;
        self.next_len = self.next_len.saturating_add(record.len() as u64);
        Ok(place)
    }

    /// Gives the second journal up.
    pub(super) fn drop_next(&mut self) {
        self.next_len = 0;
        // One that stays is thrown away when the next one begins, or the journal is opened.
        drop(self.storage.drop_next());
    }

    /// Puts the second journal in the place of the first.
    pub(super) fn replace_by_next(&mut self) -> Result<(), Error> {
        self.write(JournalStorage::replace_by_next)?;
        self.len = self.next_len;
        Ok(())
    }

    fn write_next(
        &mut self,
        write: impl FnOnce(&mut (dyn JournalStorage + 'static)) -> io::Result<()>,
    ) -> Result<(), Error> {
        if self.has_failed {
            return Err(FAILED);
        }
        write(self.storage.as_mut()).map_err(Error::Io)
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut (dyn JournalStorage + 'static)) -> io::Result<()>,
    ) -> Result<(), Error> {
        if self.has_failed {
            return Err(FAILED);
        }
        write(self.storage.as_mut()).map_err(|error| {
            self.has_failed = true;
            Error::Io(error)
        })
    }
}

fn checksum_of(payload: &[u8]) -> u32 {
    let bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes.to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// Length and checksum of a payload; `None` if there are none. The length 0 is no record: a file
/// system may leave zeros where it lost what was written.
fn frame_of(frame: &[u8]) -> Option<(u32, u32)> {
    let (bytes, rest) = frame.split_first_chunk()?;
    let checksum = rest.first_chunk()?;
    let bytes = u32::from_le_bytes(*bytes);
    let fits = bytes > 0 && usize::try_from(bytes).is_ok_and(|it| it <= PAYLOAD_BYTES_MAX);
    fits.then_some((bytes, u32::from_le_bytes(*checksum)))
}

fn record_of(payload: &[u8], bytes_max: usize) -> Result<Vec<u8>, Error> {
    const TOO_LONG: Error = Error::Limit(LimitKind::Chunks);
    if payload.is_empty() {
        return Err(Error::Corrupt("a record without content"));
    }
    if payload.len() > bytes_max {
        return Err(TOO_LONG);
    }
    let bytes = u32::try_from(payload.len()).map_err(|_| TOO_LONG)?;
    let mut record = bytes.to_le_bytes().to_vec();
    record.extend(checksum_of(payload).to_le_bytes());
    record.extend_from_slice(payload);
    Ok(record)
}

/// Where a payload lies that is written after `len` bytes.
fn place_after(len: u64, payload: &[u8]) -> RecordPlace {
    let bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    RecordPlace { offset: len.saturating_add(FRAME_BYTES), bytes }
}
