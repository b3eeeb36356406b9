//! Goal: one stream has one set of chunks, however it is read. Method: the case of
//! `chunk_boundaries`, read at a drawn pace with interruptions, in one domain or two, ahead or not,
//! compared with cuts over the whole slice. If they differ, the same file is stored twice and never
//! deduplicates against itself.

use std::io::{self, Read};
use std::sync::{Arc, LazyLock};

use gleaner_chunker::{ChunkId, ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::chunk_case::{Case, Draw, cut_ends};

/// Runs one input; short ones are filled up with zeros.
///
/// # Panics
/// When the stream is cut elsewhere, or an id is not that of its bytes.
pub fn chunk_streams(input: &[u8]) {
    let mut draw = Draw::new(input);
    let batch_bytes = usize::from(draw.u16()) << 5;
    let read_ahead = usize::from(draw.byte() % 4);
    let fixed_bytes = 512 + u32::from(draw.u16());
    let (piece_bytes_max, interrupt_every) = (1 + usize::from(draw.u16()), draw.byte());
    let case = Case::draw(draw);
    // Single bytes of all of the largest data would take seconds and tell nothing new.
    let pace = Pace { piece_bytes_max: piece_bytes_max + case.data.len() / 4096, interrupt_every };
    let id_hasher = Case::id_hasher();

    // One form a case: the other targets compare forms.
    let chunkers = case.chunkers();
    let chunker = chunkers.iter().cycle().nth(case.data.len() % 7).expect("one form at least");
    let fixed = ChunkerParams::fixed(fixed_bytes).expect("drawn within the limits");
    let fixed = Arc::new(Chunker::new(fixed, GearTable::public()).expect("valid"));
    for second in [None, Some(&fixed)] {
        let reader = PacedReader { rest: &case.data, pace, calls: 0 };
        let (chunker, id_hasher) = (chunker.clone(), id_hasher.clone());
        let stream = ChunkStream::new(reader, chunker.clone(), id_hasher.clone(), batch_bytes);
        let mut stream = stream.with_pool(pool());
        stream.set_read_ahead(read_ahead);
        if let Some(second) = second {
            stream = stream.with_second_domain(second.clone(), Arc::new(IdHasher::plain()));
        }
        check_stream(stream, &case.data, &[&chunker, second.unwrap_or(&chunker)], second.is_some());
    }
}

fn pool() -> Arc<ThreadPool> {
    static POOL: LazyLock<Arc<ThreadPool>> = LazyLock::new(|| {
        Arc::new(ThreadPoolBuilder::new().num_threads(2).build().expect("threads"))
    });
    POOL.clone()
}

fn check_stream(
    mut stream: ChunkStream<PacedReader<'_>>,
    data: &[u8],
    [first, second]: &[&Chunker; 2],
    has_second: bool,
) {
    let mut of_first = Seen { data, end: 0, ends: Vec::new() };
    let mut of_second = Seen { data, end: 0, ends: Vec::new() };
    let (private, public) = (Case::id_hasher(), IdHasher::plain());
    while let Some(batch) = stream.next_batch().expect("the reader only interrupts") {
        assert_eq!(batch.offset(), of_first.end as u64);
        batch.iter().for_each(|(id, chunk)| of_first.see(&private, id, chunk));
        batch.second_domain().for_each(|(id, chunk)| of_second.see(&public, id, chunk));
        stream.recycle(batch.into_buffer());
    }
    assert_eq!(of_first.ends, cut_ends(first, data), "{first:?}");
    if has_second {
        assert_eq!(of_second.ends, cut_ends(second, data), "{second:?}");
    }
}

/// Chunks of one domain that came by.
struct Seen<'a> {
    data: &'a [u8],
    end: usize,
    ends: Vec<usize>,
}

impl Seen<'_> {
    fn see(&mut self, id_hasher: &IdHasher, id: ChunkId, chunk: &[u8]) {
        let start = self.end;
        self.end += chunk.len();
        assert_eq!(self.data.get(start..self.end), Some(chunk), "bytes from {start} on");
        // Some ids only: what can go wrong is the order, and hashing costs more than the rest.
        if self.ends.len().is_multiple_of(7) {
            assert_eq!(id, id_hasher.id(chunk));
        }
        self.ends.push(self.end);
    }
}

#[derive(Clone, Copy)]
struct Pace {
    piece_bytes_max: usize,
    /// One call in this many is interrupted; below 2, none.
    interrupt_every: u8,
}

struct PacedReader<'a> {
    rest: &'a [u8],
    pace: Pace,
    calls: usize,
}

impl Read for PacedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        let interrupt_every = usize::from(self.pace.interrupt_every);
        if interrupt_every > 1 && self.calls.is_multiple_of(interrupt_every) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        // Pieces shrink and grow with the number of calls, so that no length repeats for long.
        let bytes = 1 + self.calls * 7919 % self.pace.piece_bytes_max;
        let (piece, rest) = self.rest.split_at(bytes.min(buffer.len()).min(self.rest.len()));
        let (room, _) = buffer.split_at_mut(piece.len());
        room.copy_from_slice(piece);
        self.rest = rest;
        Ok(piece.len())
    }
}
