//! Goal: whatever a crash leaves, the records that come back are the first ones that were written,
//! whole. Method: every cut and every flipped byte of a small journal, in memory and in files. If
//! it fails, an agent gives a number of an object to another object.

use super::Journal;
use crate::agent::file_journal::FileJournal;
use crate::agent::journal_storage::JournalStorage;
use crate::agent::memory_journal::MemoryJournal;
use crate::error::Error;

fn records(storage: Box<dyn JournalStorage>) -> Result<(Vec<Vec<u8>>, Journal), Error> {
    let mut records = Vec::new();
    let journal = Journal::open(storage, &mut |_, payload| {
        records.push(payload.to_vec());
        Ok(())
    })?;
    Ok((records, journal))
}

fn written() -> (Vec<Vec<u8>>, MemoryJournal) {
    let payloads: Vec<Vec<u8>> =
        [1, 5, 300, 2, 70].iter().map(|&len| vec![u8::try_from(len % 251).unwrap(); len]).collect();
    let memory = MemoryJournal::new();
    let (_, mut journal) = records(Box::new(memory.clone())).unwrap();
    for payload in &payloads {
        let place = journal.append(payload).unwrap();
        assert_eq!(journal.payload(place).unwrap(), *payload);
    }
    (payloads, memory)
}

#[test]
fn journal_torn_at_every_byte_recovers_to_a_prefix_and_goes_on() {
    let (payloads, memory) = written();
    let bytes = memory.bytes();
    let mut lens = Vec::new();
    for cut in 0..=bytes.len() {
        let torn = MemoryJournal::of(&bytes[..cut]);
        let (found, mut journal) = records(Box::new(torn.clone())).unwrap();
        assert_eq!(found, payloads[..found.len()], "{cut}");
        lens.push(found.len());
        journal.append(b"next").unwrap();
        let (again, _) = records(Box::new(torn)).unwrap();
        assert_eq!(again[..found.len()], found);
        assert_eq!(again[found.len()..], [b"next"]);
    }
    assert!(lens.is_sorted() && lens.last() == Some(&payloads.len()));
}

#[test]
fn flipped_byte_before_the_last_record_is_damage_and_nothing_is_cut() {
    let (payloads, memory) = written();
    let bytes = memory.bytes();
    let last = bytes.len() - payloads.last().unwrap().len() - 8;
    for at in 8..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        let journal = MemoryJournal::of(&flipped);
        let found = records(Box::new(journal.clone()));
        if at < last {
            let Err(Error::DamagedJournal { offset }) = found else { panic!("{at}: {found:?}") };
            let at = u64::try_from(at).unwrap();
            assert!(offset <= at && at < offset + 8 + 300, "{offset} for {at}");
            assert_eq!(journal.bytes(), flipped);
        } else {
            assert_eq!(found.unwrap().0, payloads[..payloads.len() - 1], "{at}");
        }
    }
    // Zeros after a crash are no records.
    let zeros = [bytes, vec![0; 100]].concat();
    assert_eq!(records(Box::new(MemoryJournal::of(&zeros))).unwrap().0, payloads);
}

#[test]
fn journal_of_another_version_is_left_alone() {
    let (_, memory) = written();
    for at in 0..8 {
        let mut bytes = memory.bytes();
        bytes[at] ^= 1;
        let other = MemoryJournal::of(&bytes);
        assert!(matches!(records(Box::new(other.clone())), Err(Error::Unsupported(_))));
        assert_eq!(other.bytes(), bytes);
    }
}

#[test]
fn files_keep_records_and_the_rewritten_journal_takes_the_place_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let open = || records(Box::new(FileJournal::open(folder.path()).unwrap())).unwrap();
    let (found, mut journal) = open();
    assert!(found.is_empty());
    let place = journal.append(b"one").unwrap();
    journal.append(b"two").unwrap();
    journal.sync().unwrap();
    assert_eq!(journal.payload(place).unwrap(), b"one");
    assert_eq!(open().0, [b"one", b"two"]);
    journal.begin_next().unwrap();
    let place = journal.append_next(b"three").unwrap();
    journal.replace_by_next().unwrap();
    assert_eq!(journal.payload(place).unwrap(), b"three");
    journal.append(b"four").unwrap();
    assert_eq!(open().0, [b"three".as_slice(), b"four"]);
    journal.begin_next().unwrap();
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names(), 2);
    open();
    assert_eq!(names(), 1, "a second journal that was not finished goes");
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    #[derive(Debug)]
    struct Full(MemoryJournal);
    impl JournalStorage for Full {
        fn len(&mut self) -> std::io::Result<u64> {
            self.0.len()
        }
        fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read_at(offset, buffer)
        }
        fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
            if self.0.len()? > 60 {
                self.0.append(&bytes[..1])?;
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            self.0.append(bytes)
        }
        fn sync(&mut self) -> std::io::Result<()> {
            self.0.sync()
        }
        fn truncate(&mut self, len: u64) -> std::io::Result<()> {
            self.0.truncate(len)
        }
        fn begin_next(&mut self) -> std::io::Result<()> {
            self.0.begin_next()
        }
        fn append_next(&mut self, bytes: &[u8]) -> std::io::Result<()> {
            self.0.append_next(bytes)
        }
        fn drop_next(&mut self) -> std::io::Result<()> {
            self.0.drop_next()
        }
        fn replace_by_next(&mut self) -> std::io::Result<()> {
            self.0.replace_by_next()
        }
    }
    let memory = MemoryJournal::new();
    let (_, mut journal) = records(Box::new(Full(memory.clone()))).unwrap();
    let mut count = 0;
    while journal.append(&[7; 20]).is_ok() {
        count += 1;
    }
    assert!(matches!(journal.sync(), Err(Error::Unavailable(_))));
    assert!(matches!(journal.append(b"x"), Err(Error::Unavailable(_))));
    assert_eq!(records(Box::new(memory)).unwrap().0, vec![vec![7; 20]; count]);
}
