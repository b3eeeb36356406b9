//! Files into chunks with ids, on one thread and in memory that the file's size does not matter to.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use gleaner_chunker::{ChunkId, Chunker, ChunkerParams, Error, GearTable, IdHasher};

use crate::thread_time::timed;

/// Bytes in memory at a time: twice the largest chunk that any parameters give.
const WINDOW_BYTES: usize = 16 << 20;

/// Cuts and names chunks as the public domain does, so that every run gives the same ones.
pub(crate) struct Cutter {
    chunker: Chunker,
    id_hasher: IdHasher,
}

/// Thread time spent.
#[derive(Default)]
pub(crate) struct CutTimes {
    pub(crate) cut: Duration,
    pub(crate) hash: Duration,
}

impl Cutter {
    pub(crate) fn new(params: ChunkerParams) -> Result<Self, Error> {
        let chunker = Chunker::new(params, GearTable::public())?;
        Ok(Self { chunker, id_hasher: IdHasher::plain() })
    }

    /// Gives each chunk of the file to `sink`, in order, and returns the file's length.
    pub(crate) fn cut_file(
        &self,
        path: &Path,
        times: &mut CutTimes,
        mut sink: impl FnMut(ChunkId, &[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let mut file = File::open(path)?;
        let mut window = Vec::with_capacity(WINDOW_BYTES);
        let mut file_bytes = 0;
        loop {
            let room = WINDOW_BYTES - window.len();
            let read = file.by_ref().take(room as u64).read_to_end(&mut window)?;
            file_bytes += read as u64;
            let at_end = read < room;
            let lengths = timed(&mut times.cut, || self.lengths(&window, at_end));
            let chunks = split(&window, &lengths);
            let ids: Vec<ChunkId> = timed(&mut times.hash, || {
                chunks.iter().map(|chunk| self.id_hasher.id(chunk)).collect()
            });
            for (id, chunk) in ids.into_iter().zip(&chunks) {
                sink(id, chunk)?;
            }
            if at_end {
                return Ok(file_bytes);
            }
            let settled: usize = lengths.iter().sum();
            window.drain(..settled);
        }
    }

    /// Lengths of the chunks that bytes behind the window cannot change.
    fn lengths(&self, window: &[u8], at_end: bool) -> Vec<usize> {
        let mut lengths = Vec::new();
        let mut rest = window;
        while !rest.is_empty() {
            let length = if at_end {
                self.chunker.cut(rest)
            } else {
                let Some(length) = self.chunker.cut_settled(rest) else { break };
                length
            };
            lengths.push(length);
            rest = rest.split_at(length).1;
        }
        lengths
    }
}

fn split<'a>(mut window: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (chunk, rest) = window.split_at(*length);
        chunks.push(chunk);
        window = rest;
    }
    chunks
}
