//! A file of records of 40 bytes: an id and a time. Replaced as a whole.
//!
//! ```text
//! 0   magic "gleanchk"
//! 8   version u16 = 1, kind u8, 5 zero bytes
//! 16  id of the repository, 32 bytes
//! 48  number u64, records of the first list u64, of the second u64
//! 72  records: id 32 bytes, time i64 (nanoseconds since 1970)
//! end BLAKE3 of all before, 32 bytes
//! ```
//!
//! Binary and of fixed width rather than JSON lines: 40 bytes a pack instead of about 120, read and
//! written in one piece, and a damaged byte shows by the one hash.

#![expect(
    clippy::disallowed_methods,
    reason = "the memory lies in the cache folder, which no Storage stands for"
)]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

const MAGIC: &[u8; 8] = b"gleanchk";
const VERSION: u16 = 1;
const HEADER_BYTES: usize = 72;
const RECORD_BYTES: usize = 40;
const HASH_BYTES: usize = 32;
/// Longest file that is read: more than 25 million records.
const BYTES_MAX: u64 = 1 << 30;

/// What the ids are; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum RecordKind {
    Packs = 1,
    Snapshots = 2,
}

/// An id and a label time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: [u8; 32],
    pub(super) time_ns: i64,
}

/// All that a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) number: u64,
    pub(super) first: Vec<Record>,
    pub(super) second: Vec<Record>,
}

/// Why a file says nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("damaged, or of another version or repository")]
    Content,
}

impl Records {
    pub(super) fn encode(&self, kind: RecordKind, repository: &[u8; 32]) -> Vec<u8> {
        let count = self.first.len() + self.second.len();
        let mut bytes = Vec::with_capacity(HEADER_BYTES + count * RECORD_BYTES + HASH_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[kind as u8, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(repository);
        for number in [self.number, self.first.len() as u64, self.second.len() as u64] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for record in self.first.iter().chain(&self.second) {
            bytes.extend_from_slice(&record.id);
            bytes.extend_from_slice(&record.time_ns.to_le_bytes());
        }
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        bytes
    }

    /// `None` for anything that [`Self::encode`] did not make of this kind and repository.
    pub(super) fn decode(bytes: &[u8], kind: RecordKind, repository: &[u8; 32]) -> Option<Self> {
        let (content, hash) = bytes.split_last_chunk::<HASH_BYTES>()?;
        let (header, records) = content.split_first_chunk::<HEADER_BYTES>()?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        let empty = Self::default().encode(kind, repository);
        let same = |range: std::ops::Range<usize>| header.get(range.clone()) == empty.get(range);
        let number = |at: usize| {
            let bytes = header.get(at..)?.first_chunk()?;
            Some(u64::from_le_bytes(*bytes))
        };
        let (records, rest) = records.as_chunks::<RECORD_BYTES>();
        let (first, second) = (number(56)?, number(64)?);
        let is_whole = first.checked_add(second) == Some(records.len() as u64) && rest.is_empty();
        if !same(0..48) || !is_whole {
            return None;
        }
        let record = |bytes: &[u8; RECORD_BYTES]| {
            let (id, time) = bytes.split_first_chunk()?;
            Some(Record { id: *id, time_ns: i64::from_le_bytes(*time.first_chunk()?) })
        };
        let (first, second) = records.split_at_checked(usize::try_from(first).ok()?)?;
        let all =
            |records: &[[u8; RECORD_BYTES]]| records.iter().map(record).collect::<Option<_>>();
        Some(Self { number: number(48)?, first: all(first)?, second: all(second)? })
    }
}

/// Reads a file.
pub(super) fn load(
    path: &Path,
    kind: RecordKind,
    repository: &[u8; 32],
) -> Result<Records, Unusable> {
    if fs::metadata(path)?.len() > BYTES_MAX {
        return Err(Unusable::Content);
    }
    Records::decode(&fs::read(path)?, kind, repository).ok_or(Unusable::Content)
}

/// Puts a file in the place of the one before. Whenever the machine stops, one of both is there.
pub(super) fn store(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Of its own process: two checks at once must not write into each other's file.
    let unfinished = folder.join(format!("{name}.{}.new", std::process::id()));
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let replaced = written.and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if replaced.is_err() {
        // Perhaps the medium is full.
        drop(fs::remove_file(&unfinished));
    }
    replaced
}

#[cfg(test)]
mod tests {
    //! Goal: a file says what was kept, or nothing. Lost if this fails: a check skips packs that
    //! nobody verified.

    use super::{Record, RecordKind, Records, Unusable, load, store};

    const REPOSITORY: [u8; 32] = [7; 32];

    fn records() -> Records {
        let record = |number: u8| Record { id: [number; 32], time_ns: i64::from(number) - 3 };
        let (first, second) = ((0..5).map(record).collect(), (9..11).map(record).collect());
        Records { number: 12, first, second }
    }

    #[test]
    fn what_was_kept_is_read_and_takes_40_bytes_a_record() {
        let bytes = records().encode(RecordKind::Packs, &REPOSITORY);
        assert_eq!(bytes.len(), 72 + 7 * 40 + 32);
        assert_eq!(Records::decode(&bytes, RecordKind::Packs, &REPOSITORY), Some(records()));
        assert_eq!(Records::decode(&bytes, RecordKind::Snapshots, &REPOSITORY), None);
        assert_eq!(Records::decode(&bytes, RecordKind::Packs, &[8; 32]), None);
    }

    #[test]
    fn every_flipped_byte_and_every_cut_reads_as_nothing() {
        let bytes = records().encode(RecordKind::Packs, &REPOSITORY);
        for offset in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[offset] ^= 1 << (offset % 8);
            assert_eq!(Records::decode(&altered, RecordKind::Packs, &REPOSITORY), None);
            assert_eq!(Records::decode(&bytes[..offset], RecordKind::Packs, &REPOSITORY), None);
        }
    }

    #[test]
    fn counts_that_do_not_fit_the_length_read_as_nothing() {
        for (at, count) in [(56, u64::MAX), (64, u64::MAX), (56, 8), (56, 6)] {
            let mut bytes = records().encode(RecordKind::Packs, &REPOSITORY);
            bytes[at..at + 8].copy_from_slice(&count.to_le_bytes());
            let content = bytes.len() - 32;
            let hash = blake3::hash(&bytes[..content]);
            bytes[content..].copy_from_slice(hash.as_bytes());
            assert_eq!(Records::decode(&bytes, RecordKind::Packs, &REPOSITORY), None, "{count}");
        }
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let read = || load(&path.join("name"), RecordKind::Packs, &REPOSITORY);
        assert!(matches!(read(), Err(Unusable::Io(_))));
        for number in 0..3 {
            let kept = Records { number, ..records() };
            store(&path, "name", &kept.encode(RecordKind::Packs, &REPOSITORY)).unwrap();
            assert_eq!(read().unwrap(), kept);
        }
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 1);
        std::fs::write(path.join("name"), b"rubbish").unwrap();
        assert!(matches!(read(), Err(Unusable::Content)));
    }
}
