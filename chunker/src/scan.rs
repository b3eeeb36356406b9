//! The search for the next boundary: the hot loop of the chunker, in three forms that agree.
//!
//! The hash at a position is the sum of the table's words for the last 64 bytes, the word of the
//! byte that is `k` bytes back shifted left by `k`; older bytes have left the 64 bits. So a scan
//! may start anywhere if it first takes in the 64 bytes before, which is what all forms rest on:
//!
//! - [`ScanForm::Lanes`] runs two hashes over two neighbouring stretches at a time, because one
//!   hash alone waits for its own last step.
//! - [`ScanForm::X86Lanes`] is the same loop with shift and add folded into one instruction.
//! - [`ScanForm::Avx512Vbmi`] computes the low 32 bits of the hashes of 16 stretches at a time and
//!   looks closer only where those fit the mask.
//!
//! A run of one byte repeated has one hash, so no form looks at its bytes one by one. What was
//! measured and what was tried besides: docs/decisions/0005-scan-forms.md.

use std::ops::Range;

use zeroize::Zeroize;

use crate::candidates::{BLOCK_BYTES_MAX, Candidates, TooManyMisses};
use crate::gear::{GearTable, WINDOW_BYTES};
use crate::repeated_byte::repeated_byte;
use crate::scan_form::ScanForm;
use crate::simd;

/// Length of a lane. Warming up the second lane costs 64 of these bytes; a boundary in the first
/// one throws away the second.
const LANE_BYTES: usize = 1024;

/// What is searched, or found to be one byte repeated, in one go is a multiple of this, up to
/// [`BLOCK_BYTES_MAX`]. Shorter stretches are searched byte by byte.
const BLOCK_BYTES_MIN: usize = 256;

/// Fewest bits of a mask below bit 32 with which the prefilter wins: below, too many positions
/// need the closer look (docs/decisions/0005-scan-forms.md).
const PREFILTER_BITS_MIN: u32 = 9;

/// Closer looks in vain after which a block is searched in lanes. A block of noise takes 16 with
/// the weakest mask that is filtered; with an unlucky table there would be one at each position.
const MISSES_MAX: u32 = 32;

/// Blocks behind such a block that are searched in lanes at once: what is unlucky seldom ends soon.
const UNLUCKY_BLOCKS: u32 = 7;

/// Searches with one gear table; does not know sizes.
pub(crate) struct Scan {
    table: GearTable,
    form: Form,
}

/// A form together with what it needs.
enum Form {
    Lanes,
    X86Lanes,
    Avx512Vbmi { vbmi: simd::Vbmi, planes: Box<simd::Planes> },
}

/// Where to search: all positions of `positions` in `data`, the hash being 0 before `restart`.
#[derive(Clone)]
pub(crate) struct Stretch<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) restart: usize,
    pub(crate) positions: Range<usize>,
}

impl Scan {
    /// `None` if this processor cannot run the form.
    pub(crate) fn new(table: GearTable, form: ScanForm) -> Option<Self> {
        let form = match form {
            ScanForm::Lanes => Form::Lanes,
            ScanForm::X86Lanes => cfg!(target_arch = "x86_64").then_some(Form::X86Lanes)?,
            ScanForm::Avx512Vbmi => {
                let vbmi = simd::Vbmi::detect()?;
                Form::Avx512Vbmi { vbmi, planes: simd::planes_of(table.words()) }
            }
        };
        Some(Self { table, form })
    }

    /// The fastest form of this processor.
    pub(crate) fn fastest(table: GearTable) -> Self {
        let fastest = ScanForm::available().pop();
        fastest
            .and_then(|form| Self::new(table.clone(), form))
            .unwrap_or_else(|| Self { table, form: Form::Lanes })
    }

    pub(crate) fn form(&self) -> ScanForm {
        match self.form {
            Form::Lanes => ScanForm::Lanes,
            Form::X86Lanes => ScanForm::X86Lanes,
            Form::Avx512Vbmi { .. } => ScanForm::Avx512Vbmi,
        }
    }

    #[cfg(test)]
    pub(crate) fn table(&self) -> &GearTable {
        &self.table
    }

    /// The first position whose hash, the byte at the position included, has no bit of `mask`.
    pub(crate) fn first_match(&self, stretch: Stretch<'_>, mask: u64) -> Option<usize> {
        let words = self.table.words();
        let in_x86_lanes = |block: &[u8]| in_lanes(words, block, mask, simd::kept_apart);
        match &self.form {
            Form::Lanes => first_in_blocks(words, stretch, mask, |block| {
                in_lanes(words, block, mask, |word| word)
            }),
            Form::Avx512Vbmi { vbmi, planes }
                if low_half(mask).count_ones() >= PREFILTER_BITS_MIN =>
            {
                let mut unlucky_blocks = 0;
                first_in_blocks(words, stretch, mask, |block| {
                    if unlucky_blocks > 0 {
                        unlucky_blocks -= 1;
                        return in_x86_lanes(block);
                    }
                    let mut candidates = Candidates::new(block.len() - WINDOW_BYTES);
                    let steps = candidates.steps_mut();
                    vbmi.filter(planes, block, low_half(mask), steps);
                    let is_match =
                        |at| hash_before(words, block, 0, WINDOW_BYTES + at + 1) & mask == 0;
                    let found = candidates.first(MISSES_MAX, is_match);
                    found.unwrap_or_else(|TooManyMisses| {
                        unlucky_blocks = UNLUCKY_BLOCKS;
                        in_x86_lanes(block)
                    })
                })
            }
            Form::X86Lanes | Form::Avx512Vbmi { .. } => {
                first_in_blocks(words, stretch, mask, in_x86_lanes)
            }
        }
    }
}

/// What the forms derive from a table is as secret as the table.
impl Drop for Scan {
    fn drop(&mut self) {
        if let Form::Avx512Vbmi { planes, .. } = &mut self.form {
            planes.zeroize();
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
fn low_half(mask: u64) -> u32 {
    mask as u32
}

/// `hash` moved on by one byte.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a step of the hot loop")]
#[expect(clippy::indexing_slicing, reason = "the table has a word for every byte")]
fn step(words: &[u64; 256], hash: u64, byte: u8, kept_apart: impl Fn(u64) -> u64) -> u64 {
    (hash << 1).wrapping_add(kept_apart(words[usize::from(byte)]))
}

/// Hash before `position`.
fn hash_before(words: &[u64; 256], data: &[u8], restart: usize, position: usize) -> u64 {
    let from = restart.max(position.saturating_sub(WINDOW_BYTES));
    let window = data.get(from..position).unwrap_or_default();
    let hash_of = |hash, bytes: &[u8]| {
        bytes.iter().fold(hash, |hash, byte| step(words, hash, *byte, |word| word))
    };
    // Parts of their own, so that no sum waits for all of those before it.
    let (parts, rest) = window.as_chunks::<16>();
    let hash = parts.iter().fold(0u64, |hash, part| (hash << 16).wrapping_add(hash_of(0, part)));
    hash_of(hash, rest)
}

/// One byte after the other: what is too short for the other forms.
fn first_in_order(words: &[u64; 256], stretch: Stretch<'_>, mask: u64) -> Option<usize> {
    let Stretch { data, restart, positions } = stretch;
    let mut hash = hash_before(words, data, restart, positions.start);
    let bytes = data.get(positions.clone())?;
    let at = bytes.iter().position(|byte| {
        hash = step(words, hash, *byte, |word| word);
        hash & mask == 0
    })?;
    Some(positions.start + at)
}

/// Searches byte by byte behind the restart, where hashes are still growing, and then blocks by
/// `in_block`, which gets a window and a multiple of 256 bytes behind it, unless they are one byte
/// repeated.
#[inline]
fn first_in_blocks(
    words: &[u64; 256],
    stretch: Stretch<'_>,
    mask: u64,
    mut in_block: impl FnMut(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let Stretch { data, restart, positions } = stretch;
    let part = |positions| Stretch { data, restart, positions };
    let mut at = positions.end.min(positions.start.max(restart + WINDOW_BYTES));
    if let Some(found) = first_in_order(words, part(positions.start..at), mask) {
        return Some(found);
    }
    while positions.end.saturating_sub(at) >= BLOCK_BYTES_MIN {
        let rest_bytes = (positions.end - at).min(BLOCK_BYTES_MAX);
        let block_bytes = rest_bytes / BLOCK_BYTES_MIN * BLOCK_BYTES_MIN;
        let block = data.get(at - WINDOW_BYTES..at + block_bytes);
        let block = block.expect("positions are in the data, a window behind the restart");
        if !is_run_without_match(words, block, mask)
            && let Some(found) = in_block(block)
        {
            return Some(at + found);
        }
        at += block_bytes;
    }
    first_in_order(words, part(at..positions.end), mask)
}

/// True if the block is one byte repeated whose hash does not match: the hash of 64 times the same
/// word `w` is `w * (2^64 - 1)`, so `-w`.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the table has a word for every byte")]
fn is_run_without_match(words: &[u64; 256], block: &[u8], mask: u64) -> bool {
    repeated_byte(block).is_some_and(|byte| words[usize::from(byte)].wrapping_neg() & mask != 0)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the step must be compiled into it")]
fn in_lanes(
    words: &[u64; 256],
    block: &[u8],
    mask: u64,
    kept_apart: impl Fn(u64) -> u64 + Copy,
) -> Option<usize> {
    let mut hash = hash_before(words, block, 0, WINDOW_BYTES);
    let mut at = WINDOW_BYTES;
    while at < block.len() {
        let rest_bytes = block.len() - at;
        let lane_bytes = if rest_bytes > 3 * LANE_BYTES { LANE_BYTES } else { rest_bytes / 2 };
        let hash_2 = hash_before(words, block, 0, at + lane_bytes);
        let (lane_1, lane_2) = block.get(at..at + 2 * lane_bytes)?.split_at(lane_bytes);
        match in_two_lanes(words, (lane_1, lane_2), (hash, hash_2), mask, kept_apart) {
            Ok(found) => return Some(at - WINDOW_BYTES + found),
            Err(hash_at_end) => hash = hash_at_end,
        }
        at += 2 * lane_bytes;
    }
    None
}

/// Searches two neighbouring lanes of a multiple of 8 bytes each; returns the position behind the
/// start of the first, or else the hash at the end of the second.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the step must be compiled into it")]
fn in_two_lanes(
    words: &[u64; 256],
    (lane_1, lane_2): (&[u8], &[u8]),
    (mut hash_1, mut hash_2): (u64, u64),
    mask: u64,
    kept_apart: impl Fn(u64) -> u64 + Copy,
) -> Result<usize, u64> {
    // Eight steps of each lane a turn, so that the turn itself costs little. Nothing is counted:
    // the checks for overflow, which release builds keep, would cost as much as the steps.
    let (turns_1, _) = lane_1.as_chunks::<8>();
    let (turns_2, _) = lane_2.as_chunks::<8>();
    let mut turns = turns_1.iter().zip(turns_2);
    while let Some((bytes_1, bytes_2)) = turns.next() {
        // For the next two lanes.
        simd::fetch_ahead(bytes_1, 2 * LANE_BYTES);
        simd::fetch_ahead(bytes_2, 2 * LANE_BYTES);
        let before_turn = (hash_1, hash_2);
        for (byte_1, byte_2) in bytes_1.iter().zip(bytes_2) {
            hash_1 = step(words, hash_1, *byte_1, kept_apart);
            let is_match_1 = hash_1 & mask == 0;
            hash_2 = step(words, hash_2, *byte_2, kept_apart);
            if is_match_1 || hash_2 & mask == 0 {
                let from = lane_1.len() - 8 * (1 + turns.len());
                return Ok(first_of_lanes(words, (lane_1, lane_2), from, before_turn, mask));
            }
        }
    }
    Err(hash_2)
}

/// The first match of two lanes, the second of which has none before `from` and one soon after. A
/// match in the first lane goes first, and that one has not been searched to its end.
#[cold]
fn first_of_lanes(
    words: &[u64; 256],
    (lane_1, lane_2): (&[u8], &[u8]),
    from: usize,
    (hash_1, hash_2): (u64, u64),
    mask: u64,
) -> usize {
    let first = |lane: &[u8], mut hash: u64| {
        let at = lane.get(from..)?.iter().position(|byte| {
            hash = step(words, hash, *byte, |word| word);
            hash & mask == 0
        })?;
        Some(from + at)
    };
    let in_second = || first(lane_2, hash_2).map(|at| lane_1.len() + at);
    first(lane_1, hash_1).or_else(in_second).expect("one of the lanes has a match")
}
