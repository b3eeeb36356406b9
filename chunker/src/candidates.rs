//! What the AVX-512 filter finds in a block, and the first of it that matches.
//!
//! A block is searched as 16 streams, equally long and one behind the other, that take their steps
//! together. So a step is one position in each stream, and the first candidate found need not be
//! the first in the block.

/// Streams of a block.
pub(crate) const STREAMS: usize = 16;

/// Bytes that a stream takes in before its own, of which 31 show in the low 32 bits of a hash.
pub(crate) const WARM_UP_BYTES: usize = 32;

/// Longest block that is filtered.
pub(crate) const BLOCK_BYTES_MAX: usize = 8 << 10;

/// Candidates of a block: a bit for each of the streams, least significant first, in each step.
pub(crate) struct Candidates {
    /// Steps of the warm-up and then one for each byte of a stream.
    steps: [u16; WARM_UP_BYTES + BLOCK_BYTES_MAX / STREAMS],
    stream_bytes: usize,
}

/// Too many candidates do not match.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyMisses;

impl Candidates {
    /// None yet, for a block that is a multiple of 16 bytes.
    pub(crate) fn new(block_bytes: usize) -> Self {
        debug_assert!(block_bytes.is_multiple_of(STREAMS) && block_bytes <= BLOCK_BYTES_MAX);
        let steps = [0; WARM_UP_BYTES + BLOCK_BYTES_MAX / STREAMS];
        Self { steps, stream_bytes: block_bytes / STREAMS }
    }

    /// For the filter to fill. What it says of the warm-up is not looked at.
    pub(crate) fn steps_mut(&mut self) -> &mut [u16] {
        let count = WARM_UP_BYTES + self.stream_bytes;
        self.steps.get_mut(..count).expect("no block is longer")
    }

    /// The first position in the block that is a candidate and matches. Asks in no order, though
    /// never behind a match, and gives up after more than `misses_max` in vain.
    pub(crate) fn first(
        &self,
        misses_max: u32,
        is_match: impl Fn(usize) -> bool,
    ) -> Result<Option<usize>, TooManyMisses> {
        let mut first = None;
        let mut misses = 0;
        let steps = self.steps.get(WARM_UP_BYTES..).unwrap_or_default();
        let (groups, _) = steps.get(..self.stream_bytes).unwrap_or_default().as_chunks::<4>();
        for (group_at, group) in groups.iter().enumerate() {
            // Nearly all are: this is what the loop spends its time on.
            if *group == [0; 4] {
                continue;
            }
            for (at, streams) in group.iter().enumerate() {
                let step = 4 * group_at + at;
                let mut streams = *streams;
                while streams != 0 {
                    let position = streams.trailing_zeros() as usize * self.stream_bytes + step;
                    streams &= streams - 1;
                    if first.is_some_and(|first| first < position) {
                        continue;
                    }
                    if is_match(position) {
                        first = Some(position);
                    } else if misses == misses_max {
                        return Err(TooManyMisses);
                    } else {
                        misses += 1;
                    }
                }
            }
        }
        Ok(first)
    }
}
