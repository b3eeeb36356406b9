//! The plain form of the scan: one byte at a time, nothing clever. Slow; what every faster form is
//! compared with, also under tables that the `fastcdc` crate cannot be given.

use fastcdc::v2020::MASKS;

use crate::gear::GearTable;
use crate::params::ChunkerParams;

/// [`Chunker::cut`](crate::Chunker::cut), computed the slow and obvious way, for tests, fuzzing and
/// benches.
///
/// Three rules of the original are kept to the byte: the hash starts at 0 behind the smallest
/// chunk; the byte that completes a match is not in the chunk; bytes are tested in pairs, so the
/// odd last byte of a stream never is, and the mask changes at an even position.
///
/// # Panics
/// If `params` are not valid.
#[must_use]
pub fn reference_cut(params: ChunkerParams, table: &GearTable, data: &[u8]) -> usize {
    params.validate().expect("the caller validates parameters");
    let (min, avg, max, level) = match params {
        ChunkerParams::Fixed { bytes } => return data.len().min(bytes as usize),
        ChunkerParams::FastCdc { min, avg, max, level } => {
            (min as usize, avg as usize, max as usize, usize::from(level))
        }
    };
    if data.len() <= min {
        return data.len();
    }
    let end = data.len().min(max);
    let phase_switch = end.min(avg) / 2 * 2;
    let log2_avg = avg.ilog2() as usize;
    let mut hash = 0u64;
    for (at, byte) in data.iter().enumerate().take(end / 2 * 2).skip(min) {
        let bits = if at < phase_switch { log2_avg + level } else { log2_avg - level };
        hash = (hash << 1).wrapping_add(*word_of(table, *byte));
        if hash & MASKS.get(bits).copied().unwrap_or_default() == 0 {
            return at;
        }
    }
    end
}

#[expect(clippy::indexing_slicing, reason = "the table has a word for every byte")]
fn word_of(table: &GearTable, byte: u8) -> &u64 {
    &table.words()[usize::from(byte)]
}
