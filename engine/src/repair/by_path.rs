//! Lost chunks from a repository that names chunks otherwise: a copy under another key.
//!
//! A copy of a snapshot has the same files with the same bytes, whatever its chunks are called. So
//! the places of the lost chunks in the files of our snapshots are looked up, and the bytes at
//! these places are read there. Our ids prove them. Chunks of trees cannot be had in this way:
//! trees name chunks, so their bytes differ.

use std::collections::{BTreeMap, BTreeSet};

use gleaner_chunker::ChunkId;
use gleaner_store::{ChunkRef, ErrorKind, PackKind, Run as ChunkRun, Snapshot};

use super::copies::Search;
use crate::check::HealSource;
use crate::copy::origin;
use crate::error::{Error, Result};
use crate::progress::Run;
use crate::repository::Repository;
use crate::tree_walk::read_files;

/// Where lost chunks stand: for each path their offsets in the file.
type Places = BTreeMap<Vec<u8>, Vec<(u64, ChunkRef)>>;

/// Bytes of one file from the offsets of lost chunks on.
type Pieces = BTreeMap<u64, Vec<u8>>;

impl Search<'_> {
    pub(super) fn by_path(&mut self, other: &Repository) -> Result<()> {
        let theirs = other.snapshots()?.snapshots;
        for own in self.repository.snapshots()?.snapshots {
            let copies: Vec<&Snapshot> =
                theirs.iter().filter(|copy| origin(copy) == origin(&own)).collect();
            if copies.is_empty() || self.lost.is_empty() {
                continue;
            }
            let mut places = places(self.repository, &own, &self.lost, self.run)?;
            for copy in copies {
                if !places.is_empty() {
                    self.at_places(other, copy, &places)?;
                }
                places.retain(|_, wanted| {
                    wanted.retain(|(_, chunk)| self.lost.contains(&chunk.id));
                    !wanted.is_empty()
                });
            }
        }
        Ok(())
    }

    /// Reads the bytes at the places in one snapshot of another repository.
    fn at_places(&mut self, other: &Repository, copy: &Snapshot, places: &Places) -> Result<()> {
        let (mut offset, mut pieces) = (0, Pieces::new());
        let read = read_files(other, copy, b"", self.run, &mut |path, _, content| {
            if !content.is_continued {
                offset = 0;
                pieces.clear();
            }
            let start = offset;
            offset += content.bytes();
            let Some(wanted) = places.get(path) else { return Ok(()) };
            let window = &mut Window { offset: start, wanted, pieces: &mut pieces };
            // What is damaged there as well is no help.
            if matches!(content.write_to(window), Err(Error::Cancelled)) {
                return Err(Error::Cancelled);
            }
            for (at, chunk) in wanted {
                let is_whole = |piece: &Vec<u8>| piece.len() == chunk.bytes as usize;
                if pieces.get(at).is_some_and(is_whole)
                    && let Some(bytes) = pieces.remove(at)
                {
                    let source = HealSource::OtherRepository;
                    self.offer(source, PackKind::Data, chunk.id, &bytes)?;
                }
            }
            Ok(())
        });
        match read {
            // Their tree is damaged: what came before it was taken.
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                tracing::warn!(%error, "a snapshot to heal from is not readable");
                Ok(())
            }
            result => result,
        }
    }
}

/// Where the lost chunks stand in the files of a snapshot.
fn places(
    repository: &Repository,
    snapshot: &Snapshot,
    lost: &BTreeSet<ChunkId>,
    run: &Run<'_>,
) -> Result<Places> {
    let mut places = Places::new();
    let mut offset = 0;
    let read = read_files(repository, snapshot, b"", run, &mut |path, _, content| {
        if !content.is_continued {
            offset = 0;
        }
        for run in content.runs() {
            match run {
                ChunkRun::Hole { bytes } => offset += bytes,
                ChunkRun::Chunks { chunks, .. } => {
                    for chunk in chunks {
                        if lost.contains(&chunk.id) {
                            places.entry(path.to_vec()).or_default().push((offset, *chunk));
                        }
                        offset += u64::from(chunk.bytes);
                    }
                }
            }
        }
        Ok(())
    });
    match read {
        // A tree that is itself damaged says of some files where they are.
        Err(error) if error.kind() == ErrorKind::Corrupt => Ok(places),
        Err(error) => Err(error),
        Ok(()) => Ok(places),
    }
}

/// Takes what is written to it at certain places, and lets the rest pass.
struct Window<'w> {
    offset: u64,
    wanted: &'w [(u64, ChunkRef)],
    pieces: &'w mut Pieces,
}

impl std::io::Write for Window<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let (start, end) = (self.offset, self.offset + bytes.len() as u64);
        for (at, chunk) in self.wanted {
            let (from, to) = ((*at).max(start), (at + u64::from(chunk.bytes)).min(end));
            let range = |at: u64| usize::try_from(at - start).unwrap_or(usize::MAX);
            if from < to
                && let Some(part) = bytes.get(range(from)..range(to))
            {
                self.pieces.entry(*at).or_default().extend_from_slice(part);
            }
        }
        self.offset = end;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
