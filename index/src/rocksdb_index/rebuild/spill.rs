//! Entries in 256 partitions by the first byte of the id: in memory, and in files what does not
//! fit there.

#![expect(
    clippy::disallowed_methods,
    reason = "the index lives in the cache directory, which no Storage stands for"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use gleaner_chunker::ChunkId;

use super::entry::Entry;
use crate::error::{Error, Result};
use crate::row::Row;

/// One for each value of the first byte.
const PARTITIONS: usize = 256;

/// Entries read or written with one call to the system: 640 KiB.
const PIECE: usize = 1 << 14;

/// Takes entries.
pub(super) struct Spill {
    folder: PathBuf,
    partitions: Vec<Partition>,
    /// Entries of a partition in memory.
    held_max: usize,
    piece: Vec<u8>,
}

/// Entries that begin with one byte.
#[derive(Default)]
struct Partition {
    /// The last ones; those before are in the partition's file.
    held: Vec<Entry>,
    spilled: u64,
}

/// What a [`Spill`] took, to be read by any number of threads.
pub(super) struct Partitions {
    folder: PathBuf,
    partitions: Vec<Partition>,
}

impl Spill {
    /// Makes the folder. `bytes_max` are divided among the partitions: ids are uniform.
    pub(super) fn create(folder: &Path, bytes_max: usize) -> Result<Self> {
        fs::create_dir(folder).map_err(io_error(folder))?;
        let held_max = (bytes_max / PARTITIONS / Entry::BYTES).max(1);
        let partitions = (0..PARTITIONS).map(|_| Partition::default()).collect();
        Ok(Self { folder: folder.to_owned(), partitions, held_max, piece: Vec::new() })
    }

    /// Adds an entry to its partition.
    pub(super) fn push(&mut self, id: &ChunkId, row: Row) -> Result<()> {
        let [first, ..] = *id.as_bytes();
        let Some(partition) = self.partitions.get_mut(usize::from(first)) else { return Ok(()) };
        if partition.held.len() == self.held_max {
            partition.spill(&file_path(&self.folder, usize::from(first)), &mut self.piece)?;
        }
        if partition.held.len() == partition.held.capacity() {
            // By doubling, and never beyond the share.
            let more = partition.held.len().max(16).min(self.held_max - partition.held.len());
            partition.held.reserve_exact(more);
        }
        partition.held.push(Entry { id: *id, row });
        Ok(())
    }

    /// Ends taking.
    pub(super) fn finish(self) -> Partitions {
        Partitions { folder: self.folder, partitions: self.partitions }
    }
}

impl Partition {
    /// Moves what is held to the end of the file.
    fn spill(&mut self, path: &Path, piece: &mut Vec<u8>) -> Result<()> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let mut file = file.map_err(io_error(path))?;
        for entries in self.held.chunks(PIECE) {
            piece.clear();
            piece.extend(entries.iter().flat_map(|entry| entry.to_bytes()));
            file.write_all(piece).map_err(io_error(path))?;
        }
        self.spilled += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }
}

impl Partitions {
    /// Entries of each partition.
    pub(super) fn counts(&self) -> impl Iterator<Item = u64> {
        self.partitions.iter().map(|partition| partition.spilled + partition.held.len() as u64)
    }

    /// Replaces `entries` by those of a partition, and removes its file.
    pub(super) fn take(&self, number: usize, entries: &mut Vec<Entry>) -> Result<()> {
        entries.clear();
        let Some(Partition { held, spilled }) = self.partitions.get(number) else { return Ok(()) };
        if *spilled > 0 {
            let path = file_path(&self.folder, number);
            read(&path, *spilled, held.len(), entries)
                .and_then(|()| fs::remove_file(&path))
                .map_err(io_error(&path))?;
        }
        entries.extend_from_slice(held);
        Ok(())
    }
}

/// Reads `count` entries, and leaves room for as many as `further`.
fn read(path: &Path, count: u64, further: usize, entries: &mut Vec<Entry>) -> io::Result<()> {
    let mut left = usize::try_from(count).map_err(|_| io::ErrorKind::OutOfMemory)?;
    entries.reserve_exact(left + further);
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE.min(left) * Entry::BYTES];
    while left > 0 {
        piece.truncate(left * Entry::BYTES);
        file.read_exact(&mut piece)?;
        left -= piece.len() / Entry::BYTES;
        entries.extend(piece.as_chunks().0.iter().filter_map(Entry::from_bytes));
    }
    Ok(())
}

/// Removes the folder and what is left in it.
pub(super) fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).map_err(io_error(folder))
}

fn file_path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("partition-{number:02x}"))
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    //! Goal: what goes into a partition comes out of it, whether it fits into memory or not, and a
    //! medium that takes no more is an error. If it fails, chunks are novel after a rebuild.

    use gleaner_chunker::{ChunkId, ErrorKind};
    use tempfile::TempDir;

    use super::{Entry, PARTITIONS, Spill, file_path};
    use crate::conformance::Seeded;
    use crate::row::{Ordinal, Row};

    fn entry(first: u8, number: u64) -> Entry {
        let mut id = Seeded::new(number).bytes();
        id[0] = first;
        let slot = u32::try_from(number % 1000).unwrap();
        Entry { id: ChunkId::from_bytes(id), row: Row::new(Ordinal::new(number).unwrap(), slot) }
    }

    #[test]
    fn partitions_hold_what_was_pushed_in_its_order_in_memory_and_in_files() {
        // Of partition 7 by turns: none, fewer than fit, as many, one more, several times as many.
        for (held, count) in [(8, 0), (8, 7), (8, 8), (8, 9), (8, 64), (1, 5)] {
            let folder = TempDir::new().unwrap();
            let spill_folder = folder.path().join("spill");
            let bytes_max = held * Entry::BYTES * PARTITIONS;
            let mut spill = Spill::create(&spill_folder, bytes_max).unwrap();
            let sevens: Vec<_> = (0..count).map(|number| entry(7, number)).collect();
            let others: Vec<_> = (0..5).map(|number| entry(255, number)).collect();
            for entry in sevens.iter().chain(&others) {
                spill.push(&entry.id, entry.row).unwrap();
            }
            let is_in_file = file_path(&spill_folder, 7).exists();
            assert_eq!(is_in_file, count > held as u64, "{held} {count}");
            let partitions = spill.finish();
            let counts: Vec<_> = partitions.counts().collect();
            assert_eq!((counts.len(), counts[0], counts[7]), (PARTITIONS, 0, count));
            let mut taken = vec![entry(0, 0)];
            for (number, expected) in [(7, &sevens[..]), (255, &others[..]), (0, &[])] {
                partitions.take(number, &mut taken).unwrap();
                assert_eq!(taken, expected);
            }
            assert!(!file_path(&spill_folder, 7).exists());
        }
    }

    #[test]
    fn file_that_lost_its_end_is_an_error() {
        let folder = TempDir::new().unwrap();
        let spill_folder = folder.path().join("spill");
        let mut spill = Spill::create(&spill_folder, 1).unwrap();
        for number in 0..3 {
            let Entry { id, row } = entry(7, number);
            spill.push(&id, row).unwrap();
        }
        let path = file_path(&spill_folder, 7);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(spill.finish().take(7, &mut Vec::new()).is_err());
    }

    #[test]
    fn full_medium_is_an_error_of_that_kind() {
        let folder = TempDir::new().unwrap();
        let spill_folder = folder.path().join("spill");
        let mut spill = Spill::create(&spill_folder, 1).unwrap();
        std::os::unix::fs::symlink("/dev/full", file_path(&spill_folder, 7)).unwrap();
        let Entry { id, row } = entry(7, 1);
        spill.push(&id, row).unwrap();
        let refused = spill.push(&id, row).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Full, "{refused:?}");
    }
}
