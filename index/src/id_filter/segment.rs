//! A filter of fixed capacity.

use super::block::{Block, block_number, positions};

/// Keys whose cache misses overlap; their lines are 2 KiB of L1. Groups of 16 to 128 differ by less
/// than two runs of one of them (`benches/id_filter.rs`).
pub(super) const GROUP: usize = 32;

/// Bits for each key that fits, of a filter up to [`SMALL_KEYS`]: 0.09 % false positives when full.
const BITS_PER_KEY_SMALL: u64 = 16;
/// The same above: 0.42 %.
const BITS_PER_KEY: u64 = 12;
/// The largest filter that has more bits a key, 2 MiB, and the smallest that is made.
pub(super) const SMALL_KEYS: u64 = 1 << 20;

/// The high half of a product with the count, of which there is at least one.
const NUMBER_IS_BELOW_COUNT: &str = "a block's number is below their count";

/// Blocks of one Bloom filter. It takes `capacity` keys; more would raise its rate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    capacity: u64,
    keys: u64,
    blocks: Vec<Block>,
}

impl Segment {
    /// An empty segment for a filter of `filter_capacity` keys, of which it takes `capacity`.
    pub(super) fn new(capacity: u64, filter_capacity: u64) -> Self {
        let small = filter_capacity <= SMALL_KEYS;
        let bits_per_key = if small { BITS_PER_KEY_SMALL } else { BITS_PER_KEY };
        let count = usize::try_from(block_count(capacity, bits_per_key));
        let count = count.expect("a filter is smaller than the address space");
        Self { capacity, keys: 0, blocks: vec![Block::EMPTY; count] }
    }

    /// A segment as it was written; `None` unless a segment of such sizes can exist.
    pub(super) fn from_parts(capacity: u64, keys: u64, blocks: Vec<Block>) -> Option<Self> {
        let count = blocks.len() as u64;
        Self::is_shape(capacity, keys, count).then_some(Self { capacity, keys, blocks })
    }

    /// Whether a segment can have these sizes.
    pub(super) fn is_shape(capacity: u64, keys: u64, blocks: u64) -> bool {
        let sizes = [BITS_PER_KEY, BITS_PER_KEY_SMALL].map(|bits| block_count(capacity, bits));
        keys <= capacity && sizes.contains(&blocks)
    }

    pub(super) fn capacity(&self) -> u64 {
        self.capacity
    }

    pub(super) fn keys(&self) -> u64 {
        self.keys
    }

    pub(super) fn is_full(&self) -> bool {
        self.keys >= self.capacity
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(super) fn may_hold(&self, key: &[u8; 16]) -> bool {
        block_of(&self.blocks, key).holds(positions(key))
    }

    /// Sets an answer to true where the segment may hold the key, and leaves the others.
    pub(super) fn add_answers(&self, keys: &[[u8; 16]; GROUP], answers: &mut [bool; GROUP]) {
        add_answers(&self.blocks, keys, answers);
    }

    /// Returns whether the key was possibly there; then it does not count.
    pub(super) fn insert(&mut self, key: &[u8; 16]) -> bool {
        let number = block_number(key, self.blocks.len());
        let block = self.blocks.get_mut(number).expect(NUMBER_IS_BELOW_COUNT);
        let known = block.set(positions(key));
        self.keys += u64::from(!known);
        known
    }
}

fn block_count(capacity: u64, bits_per_key: u64) -> u64 {
    let bits = u128::from(capacity) * u128::from(bits_per_key);
    let blocks = bits.div_ceil(u128::from(Block::BITS));
    u64::try_from(blocks).unwrap_or(u64::MAX).max(1)
}

fn block_of<'a>(blocks: &'a [Block], key: &[u8; 16]) -> &'a Block {
    blocks.get(block_number(key, blocks.len())).expect(NUMBER_IS_BELOW_COUNT)
}

/// The plain form is `answer |= block_of(blocks, key).holds(positions(key))` for each key. This one
/// departs from it in one point: a first loop loads one word of each block and does nothing with
/// it. These loads do not wait for each other, so the core has many of them on the way at once,
/// which is what a prefetch instruction would do; the second loop finds its lines in L1. At 10^8
/// keys that is twice as fast.
fn add_answers(blocks: &[Block], keys: &[[u8; 16]; GROUP], answers: &mut [bool; GROUP]) {
    let mut found = [(&Block::EMPTY, 0); GROUP];
    for ((block, first_word), key) in found.iter_mut().zip(keys) {
        *block = block_of(blocks, key);
        *first_word = block.first_word();
    }
    for ((answer, (block, first_word)), key) in answers.iter_mut().zip(found).zip(keys) {
        *answer |= block.holds_behind(first_word, positions(key));
    }
}
