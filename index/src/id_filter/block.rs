//! One cache line of the filter, and how a key meets it.

/// Eight words of 64 bits, one bit of each for a key: a split-block Bloom filter (Putze, Sanders,
/// Singler 2007, "Cache-, Hash- and Space-Efficient Bloom Filters"; the split is Impala's).
///
/// The alignment makes a block one cache line, so that a key costs one miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Block([u64; 8]);

/// Bits that choose one bit of a word.
const POSITION_BITS: u32 = 6;
const POSITION_MASK: u64 = (1 << POSITION_BITS) - 1;

const LOW_HALF: u128 = (1 << 64) - 1;

impl Block {
    pub(super) const BYTES: usize = 64;
    pub(super) const BITS: u64 = 512;
    pub(super) const EMPTY: Self = Self([0; 8]);

    /// Any word, so that a loop can ask for the line before another one needs it.
    pub(super) fn first_word(&self) -> u64 {
        self.0[0]
    }

    /// Whether all bits of the key are set. Without branches: half of the words of a full filter
    /// say no, so that a way out at the first one would be mispredicted every other time.
    pub(super) fn holds(&self, positions: u64) -> bool {
        let [first, ..] = self.0;
        self.holds_behind(first, positions)
    }

    /// [`Self::holds`] with [`Self::first_word`] at hand.
    pub(super) fn holds_behind(&self, first_word: u64, positions: u64) -> bool {
        let [_, words @ ..] = &self.0;
        let (mut all, mut rest) = (first_word >> (positions & POSITION_MASK), positions);
        for word in words {
            rest >>= POSITION_BITS;
            all &= word >> (rest & POSITION_MASK);
        }
        all & 1 == 1
    }

    /// Sets the bits of the key. Returns whether all were set before.
    pub(super) fn set(&mut self, positions: u64) -> bool {
        let (mut missing, mut rest) = (0, positions);
        for word in &mut self.0 {
            let bit = 1 << (rest & POSITION_MASK);
            missing |= bit & !*word;
            *word |= bit;
            rest >>= POSITION_BITS;
        }
        missing == 0
    }

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (piece, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *piece = word.to_le_bytes();
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut words = [0; 8];
        for (word, piece) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*piece);
        }
        Self(words)
    }
}

/// Key bytes 0..8 choose the block: their product with the number of blocks, high half
/// (multiply-shift), is uniform because ids are.
pub(super) fn block_number(key: &[u8; 16], block_count: usize) -> usize {
    let low = u128::from_le_bytes(*key) & LOW_HALF;
    #[expect(clippy::cast_possible_truncation, reason = "below the count, which is a usize")]
    let number = ((low * block_count as u128) >> 64) as usize;
    number
}

/// Key bytes 8..16 choose the bits, six from the low end for each word; 16 bits remain unused.
pub(super) fn positions(key: &[u8; 16]) -> u64 {
    (u128::from_le_bytes(*key) >> 64) as u64
}

#[cfg(test)]
mod tests {
    //! Goal: a key finds the bits that it set, and only these. If not, known chunks are novel.

    use super::{Block, block_number, positions};

    fn key(low: u64, high: u64) -> [u8; 16] {
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }

    #[test]
    fn block_numbers_cover_the_filter_and_never_leave_it() {
        for count in [1, 2, 3, 1 << 20, 23_437_501] {
            assert_eq!(block_number(&key(0, !0), count), 0);
            assert_eq!(block_number(&key(!0, 0), count), count - 1);
        }
        assert_eq!(block_number(&key(1 << 63, 0), 3), 1);
        assert_eq!(block_number(&key((1 << 63) - 1, 0), 2), 0);
    }

    #[test]
    fn each_word_has_one_bit_of_a_key_and_misses_without_it() {
        let positions = positions(&key(0, 0o7_66_50_41_32_23_14_05_77 | 1 << 63));
        let expected = [0o77, 0o05, 0o14, 0o23, 0o32, 0o41, 0o50, 0o66].map(|at: u32| 1 << at);
        let mut block = Block::EMPTY;
        assert!(!block.set(positions), "a new key");
        assert_eq!(block, Block(expected));
        assert!(block.set(positions), "all were set");
        assert!(block.holds(positions));
        for without in 0..8 {
            let mut words = expected;
            words[without] = !expected[without];
            assert!(!Block(words).holds(positions), "word {without}");
        }
    }

    #[test]
    fn block_bytes_are_words_in_order_little_endian() {
        let block = Block([0x0706_0504_0302_0100, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(block.to_bytes()[..10], [0, 1, 2, 3, 4, 5, 6, 7, 1, 0]);
        assert_eq!(Block::from_bytes(&block.to_bytes()), block);
        assert_eq!(size_of::<Block>(), Block::BYTES);
    }
}
