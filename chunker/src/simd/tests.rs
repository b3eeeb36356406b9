//! Goal: the filter passes over no position, and what is made of its answer is the first match; a
//! user would else store again what is there. Method: the filter against a model of a few lines
//! that computes the hash of every position by itself, for masks from none to many bits and blocks
//! of one, few and most turns; the search, on any processor, against all positions of the model.

use super::*;
use crate::candidates::{BLOCK_BYTES_MAX, Candidates, STREAMS, TooManyMisses, WARM_UP_BYTES};
use crate::gear::WINDOW_BYTES;
use crate::seeded::Seeded;

const MASKS: [u32; 7] = [0, 1, 0x8000_0000, 0x0000_1100, 0x0003_5300, 0x6753_7000, u32::MAX];

/// The shortest block, one more turn, less than the longest by a turn, the longest.
const BLOCKS_BYTES: [usize; 6] = [256, 512, 768, 4096, BLOCK_BYTES_MAX - 256, BLOCK_BYTES_MAX];

fn seeded_words(seeded: &mut Seeded) -> [u64; 256] {
    let mut words = [0; 256];
    for word in &mut words {
        *word = u64::from_le_bytes(seeded.bytes(8).try_into().expect("eight bytes"));
    }
    words
}

/// Whether the low half of the hash fits `mask`, for each position behind the window.
fn fits(words: &[u64; 256], block: &[u8], mask: u32) -> Vec<bool> {
    let mut hash = 0u64;
    let mut fits = Vec::new();
    for byte in block {
        hash = (hash << 1).wrapping_add(words[usize::from(*byte)]);
        fits.push(hash & u64::from(mask) == 0);
    }
    fits.split_off(WINDOW_BYTES)
}

/// The steps behind the warm-up that the filter should fill in.
fn steps_of(fits: &[bool]) -> Vec<u16> {
    let stream_bytes = fits.len() / STREAMS;
    let bits_of = |step| {
        (0..STREAMS).fold(0, |bits, at| bits | u16::from(fits[at * stream_bytes + step]) << at)
    };
    (0..stream_bytes).map(bits_of).collect()
}

fn candidates_of(fits: &[bool]) -> Candidates {
    let mut candidates = Candidates::new(fits.len());
    // Whatever the warm-up says counts for nothing.
    candidates.steps_mut().fill(u16::MAX);
    candidates.steps_mut()[WARM_UP_BYTES..].copy_from_slice(&steps_of(fits));
    candidates
}

#[test]
fn filter_finds_every_position_that_fits_and_no_other() {
    let Some(vbmi) = Vbmi::detect() else { return };
    let mut seeded = Seeded::new(11);
    for block_bytes in BLOCKS_BYTES {
        let words = seeded_words(&mut seeded);
        let planes = planes_of(&words);
        let block = seeded.bytes(WINDOW_BYTES + block_bytes);
        for mask in MASKS {
            let expected = steps_of(&fits(&words, &block, mask));
            let mut candidates = Candidates::new(block_bytes);
            vbmi.filter(&planes, &block, mask, candidates.steps_mut());
            let steps = &candidates.steps_mut()[WARM_UP_BYTES..];
            assert_eq!(steps, expected, "{block_bytes} bytes, {mask:#x}");
        }
    }
}

#[test]
fn filter_finds_the_one_position_that_fits_wherever_it_is() {
    let Some(vbmi) = Vbmi::detect() else { return };
    // The hash of nothing but zeros is odd; a one at a position clears the lowest bit there only.
    let mut words = [1; 256];
    words[1] = 2;
    let planes = planes_of(&words);
    for block_bytes in [256, 768, BLOCK_BYTES_MAX] {
        for at in 0..block_bytes {
            let mut block = vec![0; WINDOW_BYTES + block_bytes];
            block[WINDOW_BYTES + at] = 1;
            let mut candidates = Candidates::new(block_bytes);
            vbmi.filter(&planes, &block, 1, candidates.steps_mut());
            let steps = candidates.steps_mut()[WARM_UP_BYTES..].iter();
            assert_eq!(steps.map(|bits| bits.count_ones()).sum::<u32>(), 1, "at {at}");
            assert_eq!(candidates.first(0, |found| found == at), Ok(Some(at)));
        }
    }
}

#[test]
fn first_candidate_that_matches_is_found_whatever_stream_it_is_in() {
    let mut seeded = Seeded::new(12);
    for block_bytes in BLOCKS_BYTES {
        let words = seeded_words(&mut seeded);
        let block = seeded.bytes(WINDOW_BYTES + block_bytes);
        for mask in MASKS {
            let fits = fits(&words, &block, mask);
            let candidates = candidates_of(&fits);
            // The later a match may be, the rarer: in the first stream, across streams, nowhere.
            for one_in in [1, 7, 50, 997, usize::MAX] {
                let is_match = |at: usize| (at + 3).is_multiple_of(one_in);
                let expected = (0..block_bytes).find(|at| fits[*at] && is_match(*at));
                let found = candidates.first(u32::MAX, |at| {
                    assert!(fits[at], "asked for {at}, which is no candidate");
                    is_match(at)
                });
                assert_eq!(found, Ok(expected), "{block_bytes} bytes, {mask:#x}, 1 in {one_in}");
            }
        }
    }
}

#[test]
fn search_gives_up_after_the_last_miss_allowed() {
    let mut fits = vec![false; 1024];
    for at in [3, 70, 500, 1023] {
        fits[at] = true;
    }
    let candidates = candidates_of(&fits);
    assert_eq!(candidates.first(4, |_| false), Ok(None));
    assert_eq!(candidates.first(3, |_| false), Err(TooManyMisses));
    assert_eq!(candidates.first(0, |_| false), Err(TooManyMisses));
    assert_eq!(candidates.first(0, |_| true), Ok(Some(3)));
}

#[test]
fn planes_hold_the_low_halves() {
    let mut words = [0; 256];
    words[0] = 0xaaaa_aaaa_0403_0201;
    words[255] = 0xffff_ffff_1413_1211;
    let planes = planes_of(&words);
    assert_eq!(planes.map(|plane| plane[0]), [1, 2, 3, 4]);
    assert_eq!(planes.map(|plane| plane[255]), [0x11, 0x12, 0x13, 0x14]);
    assert_eq!(planes.map(|plane| plane[128]), [0; 4]);
}
