//! Goal: cut points are those of the `fastcdc` crate, whichever form of the scan finds them.
//! Method: sizes, level, table and data are drawn from the input; each form that this processor can
//! run is compared with the crate's own function and with the plain form. If they differ, nothing
//! deduplicates between two machines, or against what was stored before.

use fastcdc::v2020::{cut_gear, select_masks};
use gleaner_chunker::{GearTable, reference_cut};

use super::chunk_case::{Case, Draw, cut_ends};

/// The plain form is too slow for more.
const REFERENCE_BYTES_MAX: usize = 256 << 10;

/// Runs one input; short ones are filled up with zeros.
///
/// # Panics
/// When two ways to cut the same data differ.
pub fn chunk_boundaries(input: &[u8]) {
    let case = Case::draw(Draw::new(input));
    let expected = crate_ends(&case);
    if case.data.len() <= REFERENCE_BYTES_MAX {
        assert_eq!(reference_ends(&case), expected, "{:?}: plain form", case.sizes);
    }
    for chunker in case.chunkers() {
        let found = cut_ends(&chunker, &case.data);
        assert_eq!(found, expected, "{:?}: {:?}", case.sizes, chunker.scan_form());
    }
}

/// Ends of the chunks that `first_chunk` cuts one by one.
fn ends(mut rest: &[u8], first_chunk: impl Fn(&[u8]) -> usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = 0;
    while !rest.is_empty() {
        let bytes = first_chunk(rest);
        rest = rest.split_at(bytes).1;
        end += bytes;
        ends.push(end);
    }
    ends
}

fn crate_ends(case: &Case) -> Vec<usize> {
    let (min, avg, max) =
        (case.sizes.min as usize, case.sizes.avg as usize, case.sizes.max as usize);
    let (strict, loose) = select_masks(avg, case.sizes.normalization());
    let words: &[u64] = &*case.words;
    let doubled: Vec<u64> = words.iter().map(|word| word << 1).collect();
    ends(&case.data, |rest| {
        let (strict_2, loose_2) = (strict << 1, loose << 1);
        cut_gear(rest, min, avg, max, strict, loose, strict_2, loose_2, words, &doubled).1
    })
}

fn reference_ends(case: &Case) -> Vec<usize> {
    let table = GearTable::custom(&case.words);
    ends(&case.data, |rest| reference_cut(case.sizes.params(), &table, rest))
}
