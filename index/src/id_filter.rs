//! A filter over ids: says "not held" for sure and "held" almost for sure.

/// Bits for each expected key.
const BITS_PER_KEY: u64 = 12;

const BLOCK_BITS: u64 = 512;

/// One block: a cache line, one bit of each word for each key.
type Block = [u64; 8];

/// A blocked Bloom filter of fixed capacity. Keys are parts of BLAKE3 ids, so nothing is hashed.
///
/// More keys than expected raise the rate of false answers, about 0.5 % at the expected number.
#[derive(Debug)]
pub(crate) struct IdFilter {
    blocks: Vec<Block>,
}

impl IdFilter {
    pub(crate) fn for_keys(expected: u64) -> Self {
        let count = expected.saturating_mul(BITS_PER_KEY).div_ceil(BLOCK_BITS).max(1);
        Self { blocks: vec![[0; 8]; usize::try_from(count).unwrap_or(usize::MAX)] }
    }

    pub(crate) fn insert(&mut self, key: &[u8; 16]) {
        let place = block_of(key, self.blocks.len());
        if let Some(block) = self.blocks.get_mut(place) {
            block.iter_mut().zip(mask_of(key)).for_each(|(word, bit)| *word |= bit);
        }
    }

    /// Sets each answer for the key in the same place: whether it may have been inserted.
    pub(crate) fn may_hold_batch(&self, keys: &[[u8; 16]], answers: &mut [bool]) {
        for (key, answer) in keys.iter().zip(answers) {
            let block = self.blocks.get(block_of(key, self.blocks.len()));
            *answer = block.is_some_and(|block| {
                block.iter().zip(mask_of(key)).all(|(word, bit)| word & bit != 0)
            });
        }
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        (self.blocks.len() * size_of::<Block>()) as u64
    }
}

fn halves(key: &[u8; 16]) -> [u64; 2] {
    let half = |bytes: Option<&[u8; 8]>| u64::from_le_bytes(*bytes.expect("a key has 16 bytes"));
    [half(key.first_chunk()), half(key.last_chunk())]
}

/// By multiply-shift from the first half.
fn block_of(key: &[u8; 16], count: usize) -> usize {
    let product = u128::from(halves(key)[0]) * count as u128;
    usize::try_from(product >> 64).expect("it is below the count")
}

/// One bit a word from the second half, six bits of it each.
fn mask_of(key: &[u8; 16]) -> Block {
    let bits = halves(key)[1];
    std::array::from_fn(|word| 1 << (bits >> (6 * word) & 63))
}

#[cfg(test)]
mod tests {
    //! Goal: no inserted key is denied, and few others are affirmed.

    use super::IdFilter;
    use crate::conformance::Seeded;

    #[test]
    fn inserted_keys_are_held_and_few_others() {
        let mut seeded = Seeded::new(7);
        let mut keys = |count| -> Vec<[u8; 16]> {
            (0..count).map(|_| *seeded.bytes().first_chunk().unwrap()).collect()
        };
        let (inside, outside) = (keys(20_000), keys(20_000));
        let mut filter = IdFilter::for_keys(20_000);
        for key in &inside {
            filter.insert(key);
        }
        let mut answers = vec![false; 20_000];
        filter.may_hold_batch(&inside, &mut answers);
        assert!(answers.iter().all(|held| *held));
        filter.may_hold_batch(&outside, &mut answers);
        let wrong = answers.iter().filter(|held| **held).count();
        assert!(wrong < 400, "{wrong} of 20000");
        assert_eq!(filter.memory_bytes(), 469 * 64);
    }
}
