//! What the chunker's targets draw from an input: parameters, a gear table and data.

use std::sync::Arc;

use fastcdc::v2020::{Normalization, get_gear_with_seed};
use gleaner_chunker::{Chunker, ChunkerParams, GearTable, IdHasher, ScanForm};

/// Data made from one input, bytes, in one case of 256: some largest chunks of most parameters
/// drawn, and done well within the second that libFuzzer allows on a busy machine.
const DATA_BYTES_MAX: usize = 4 << 20;

/// As much in one case of 16, and in the others: libFuzzer keeps to large data where it may, and
/// then runs a tenth of the cases in the same time.
const DATA_BYTES_OFTEN: usize = 128 << 10;
const DATA_BYTES_MOSTLY: usize = 4 << 10;

/// Takes values off the front of the input, and zeros once it is used up.
pub(super) struct Draw<'a> {
    rest: &'a [u8],
}

impl<'a> Draw<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }
}

/// Sizes of content-defined chunks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) min: u32,
    pub(super) avg: u32,
    pub(super) max: u32,
    pub(super) level: u8,
}

impl Sizes {
    /// Averages of 256 B to 1 MiB, every level, sizes around the average that differ by bytes.
    fn draw(draw: &mut Draw<'_>) -> Self {
        let avg = 256 << (draw.byte() % 13);
        let level = draw.byte() % 4;
        let below = u32::from(draw.u16()) << (draw.byte() % 5);
        let min = (64 + below % (avg - 63)) & !1;
        let above = u32::from(draw.u16()) << (draw.byte() % 7);
        let max = (avg + above).max(1024) & !1;
        Self { min, avg, max, level }
    }

    pub(super) fn params(&self) -> ChunkerParams {
        ChunkerParams::fastcdc(self.min, self.avg, self.max, self.level)
            .expect("drawn within the limits")
    }

    pub(super) fn normalization(&self) -> Normalization {
        match self.level {
            0 => Normalization::Level0,
            1 => Normalization::Level1,
            2 => Normalization::Level2,
            _ => Normalization::Level3,
        }
    }
}

/// One stream to be cut.
pub(super) struct Case {
    pub(super) sizes: Sizes,
    pub(super) words: Box<[u64; 256]>,
    pub(super) data: Vec<u8>,
}

impl Case {
    /// Uses up the input.
    pub(super) fn draw(mut draw: Draw<'_>) -> Self {
        let sizes = Sizes::draw(&mut draw);
        let words = draw_table(&mut draw);
        let bytes_max = match draw.byte() {
            255 => DATA_BYTES_MAX,
            drawn if drawn % 16 == 15 => DATA_BYTES_OFTEN,
            _ => DATA_BYTES_MOSTLY,
        };
        Self { sizes, words, data: expand(draw.rest, bytes_max) }
    }

    /// A chunker for each form that this processor can run.
    pub(super) fn chunkers(&self) -> Vec<Arc<Chunker>> {
        let of_form = |form| {
            let table = GearTable::custom(&self.words);
            Arc::new(Chunker::with_scan_form(self.sizes.params(), table, form).expect("available"))
        };
        ScanForm::available().into_iter().map(of_form).collect()
    }

    /// Ids of the domain, which the table does not say.
    pub(super) fn id_hasher() -> Arc<IdHasher> {
        Arc::new(IdHasher::keyed(&[7; 32]))
    }
}

/// The public table, those of the crate's seeds, noise, and tables with so few words that hashes of
/// different bytes are the same or match everywhere.
fn draw_table(draw: &mut Draw<'_>) -> Box<[u64; 256]> {
    let kind = draw.byte();
    let mut words = Box::new([0; 256]);
    match kind % 4 {
        0 => words.copy_from_slice(&get_gear_with_seed(0).0),
        1 => words.copy_from_slice(&get_gear_with_seed(draw.u64()).0),
        2 => {
            let mut noise = [0; 2048];
            append_noise_to(&mut noise, draw.u64());
            let (parts, _) = noise.as_chunks::<8>();
            for (word, part) in words.iter_mut().zip(parts) {
                *word = u64::from_le_bytes(*part);
            }
        }
        _ => {
            let few = [draw.u64(), draw.u64(), u64::from(draw.u16()), 0];
            for (word, value) in words.iter_mut().zip(few.iter().cycle()) {
                *word = *value;
            }
        }
    }
    words
}

/// Reads the input as a program, since libFuzzer's own inputs are too short to cut: each pair of
/// bytes appends a run of one byte, noise, the program itself or what came before, and one of them
/// up to 4 MiB of noise.
fn expand(program: &[u8], bytes_max: usize) -> Vec<u8> {
    let mut data = Vec::new();
    let (steps, _) = program.as_chunks::<2>();
    for [kind, size] in steps {
        let size = usize::from(*size);
        // Mostly short, so that many cases are tried: boundaries care about places, not bulk.
        let wanted = if *kind == 0xfd { size << 14 } else { size << (2 * (kind >> 6)) };
        let bytes = wanted.min(bytes_max - data.len());
        match kind % 4 {
            0 => data.resize(data.len() + bytes, kind / 4),
            1 => {
                let start = data.len();
                data.resize(start + bytes, 0);
                append_noise_to(data.split_at_mut(start).1, u64::from(*kind) + start as u64);
            }
            2 => data.extend(program.iter().cycle().take(bytes)),
            _ => data.extend_from_within(..bytes.min(data.len())),
        }
    }
    data
}

/// BLAKE3's extendable output: noise without a generator of our own.
fn append_noise_to(room: &mut [u8], seed: u64) {
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(room);
}

pub(super) fn cut_ends(chunker: &Chunker, data: &[u8]) -> Vec<usize> {
    chunker.cuts(data).map(|range| range.end).collect()
}
