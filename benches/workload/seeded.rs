//! The random numbers under every workload.

/// `SplitMix64` (Steele, Lea and Flood, 2014): one addition and three mixing steps a word, and any
/// seed is as good as any other. Not for secrets.
#[derive(Debug, Clone)]
pub struct Seeded {
    state: u64,
}

impl Seeded {
    /// Starts the sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub const fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `limit`, by multiplication: the bias is below 2^-32 for the limits used here.
    ///
    /// # Panics
    /// If `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        assert!(limit > 0, "no number is below 0");
        let product = u128::from(self.word()) * limit as u128;
        usize::try_from(product >> 64).expect("below a usize")
    }

    /// Overwrites `buffer`, little-endian, one word for each eight bytes begun.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        let (words, rest) = buffer.as_chunks_mut::<8>();
        for word in words {
            *word = self.word().to_le_bytes();
        }
        if !rest.is_empty() {
            let word = self.word().to_le_bytes();
            rest.copy_from_slice(word.split_at(rest.len()).0);
        }
    }
}
