//! Goal: one stream has one set of chunks, whichever way it is cut. Method: parameters, key, data
//! and the pace of the reader are drawn from the input; cuts over the slice are compared with the
//! `fastcdc` crate (public table) and the plain form (derived table), the stream with the slice.
//! If two ways differ, the same file is stored twice and never deduplicates against itself.

use std::io::{self, Read};
use std::sync::Arc;

use fastcdc::v2020::{FastCDC, Normalization};
use gleaner_chunker::{ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher, reference_cut};

/// Data made from one input, bytes: some largest chunks of most parameters drawn, and a single-byte
/// reader is done well within the second that libFuzzer allows on a busy machine.
const DATA_BYTES_MAX: usize = 512 << 10;

/// Runs one input; short ones are filled up with zeros.
///
/// # Panics
/// When two ways to cut the same data differ.
pub fn chunk_boundaries(input: &[u8]) {
    let mut draw = Draw { rest: input };
    let (min, avg, max, level) = draw_sizes(&mut draw);
    let fixed_bytes = 512 + u32::from(draw.u16());
    let domain_key: [u8; 32] = std::array::from_fn(|_| draw.byte());
    let batch_bytes = usize::from(draw.u16()) << 5;
    let pace = Pace { piece_bytes_max: 1 + usize::from(draw.u16()), interrupt_every: draw.byte() };
    let data = expand(draw.rest);

    let params = ChunkerParams::fastcdc(min, avg, max, level).expect("drawn within the limits");
    let public = chunker(params, &GearTable::public());
    assert_eq!(cut_ends(&public, &data), crate_ends(params, &data), "{params}: crate");
    check_stream(public, &data, batch_bytes, pace);

    let table = GearTable::derive(&domain_key);
    let private = chunker(params, &table);
    let plain = reference_ends(params, &table, &data);
    assert_eq!(cut_ends(&private, &data), plain, "{params}: plain form");
    check_stream(private, &data, batch_bytes, pace);

    let fixed = ChunkerParams::fixed(fixed_bytes).expect("drawn within the limits");
    check_stream(chunker(fixed, &table), &data, batch_bytes, pace);
}

/// Takes values off the front of the input, and zeros once it is used up.
struct Draw<'a> {
    rest: &'a [u8],
}

impl Draw<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }
}

/// Sizes around an average of 256 B to 32 KiB, so that the data holds several chunks.
fn draw_sizes(draw: &mut Draw<'_>) -> (u32, u32, u32, u8) {
    let avg = 256 << (draw.byte() % 8);
    let level = draw.byte() % 4;
    let min = (64 + u32::from(draw.u16()) % (avg - 63)) & !1;
    let max = (avg + (u32::from(draw.u16()) << 2)).max(1024) & !1;
    (min, avg, max, level)
}

/// Reads the input as a program, since libFuzzer's own inputs are too short to cut: each pair of
/// bytes appends a run of one byte, noise, the program itself or what came before.
fn expand(program: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let (steps, _) = program.as_chunks::<2>();
    for [kind, size] in steps {
        let room = DATA_BYTES_MAX - data.len();
        let bytes = (usize::from(*size) * usize::from(*size)).min(room);
        match kind % 4 {
            0 => data.resize(data.len() + bytes, kind / 4),
            1 => append_noise(&mut data, u64::from(*kind), bytes),
            2 => data.extend(program.iter().cycle().take(bytes)),
            _ => data.extend_from_within(..bytes.min(data.len())),
        }
    }
    data
}

/// BLAKE3's extendable output: noise without a generator of our own.
fn append_noise(data: &mut Vec<u8>, seed: u64, bytes: usize) {
    let start = data.len();
    data.resize(start + bytes, 0);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(&(start as u64).to_le_bytes());
    hasher.finalize_xof().fill(data.split_at_mut(start).1);
}

fn chunker(params: ChunkerParams, table: &GearTable) -> Arc<Chunker> {
    Arc::new(Chunker::new(params, table.clone()).expect("valid parameters"))
}

fn cut_ends(chunker: &Chunker, data: &[u8]) -> Vec<usize> {
    chunker.cuts(data).map(|range| range.end).collect()
}

fn crate_ends(params: ChunkerParams, data: &[u8]) -> Vec<usize> {
    let ChunkerParams::FastCdc { min, avg, max, level } = params else {
        unreachable!("only content-defined chunks are compared with the crate")
    };
    let level = match level {
        0 => Normalization::Level0,
        1 => Normalization::Level1,
        2 => Normalization::Level2,
        _ => Normalization::Level3,
    };
    FastCDC::with_level(data, min as usize, avg as usize, max as usize, level)
        .map(|chunk| chunk.offset + chunk.length)
        .collect()
}

fn reference_ends(params: ChunkerParams, table: &GearTable, mut rest: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = 0;
    while !rest.is_empty() {
        let bytes = reference_cut(params, table, rest);
        rest = rest.split_at(bytes).1;
        end += bytes;
        ends.push(end);
    }
    ends
}

fn check_stream(chunker: Arc<Chunker>, data: &[u8], batch_bytes: usize, pace: Pace) {
    let params = chunker.params();
    let expected = cut_ends(&chunker, data);
    let reader = PacedReader { rest: data, pace, calls: 0 };
    let id_hasher = Arc::new(IdHasher::plain());
    let mut stream = ChunkStream::new(reader, chunker, id_hasher.clone(), batch_bytes);
    let mut ends = Vec::new();
    let mut end = 0;
    while let Some(batch) = stream.next_batch().expect("the reader only interrupts") {
        assert_eq!(batch.offset(), end as u64);
        for (id, chunk) in batch.iter() {
            end += chunk.len();
            ends.push(end);
            assert_eq!(id, id_hasher.id(chunk));
        }
        assert!(data.get(..end).is_some_and(|read| read.ends_with(batch.bytes())));
        stream.recycle(batch.into_buffer());
    }
    assert_eq!(ends, expected, "{params}: stream");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_input_is_a_case() {
        for count in 0..64 {
            for byte in [0, 1, 0x55, 0xff] {
                chunk_boundaries(&vec![byte; count]);
            }
        }
    }
}
