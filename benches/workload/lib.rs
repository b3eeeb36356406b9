//! Seeded inputs for benches: the same bytes on every machine, made fast enough not to be waited
//! for.
//!
//! A [`Workload`] fills a buffer from a seed. The generators are part of every recorded number:
//! a change to one makes old records incomparable, so digests of each are fixed by a test. They
//! model a property, not a corpus; real corpora are measured elsewhere.
//!
//! ```
//! use gleaner_benches::Workload;
//!
//! let input = Workload::Text.bytes(1, 1 << 20);
//! assert_eq!(input, Workload::Text.bytes(1, 1 << 20));
//! assert_ne!(input, Workload::Text.bytes(2, 1 << 20));
//! ```

#![forbid(unsafe_code)]

mod seeded;
mod text;
mod timing;

pub use seeded::Seeded;
pub use timing::{Sample, median, time};

/// Longest stretch of one kind in [`Workload::ZeroRuns`], bytes: runs shorter and longer than a
/// largest chunk of the default preset occur.
const RUN_BYTES_MAX: usize = 1 << 20;

/// A kind of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Workload {
    /// Bytes without any structure: encrypted or compressed files. Boundaries fall as the
    /// probability of the masks says, nothing compresses.
    Random,
    /// Words and punctuation with the frequencies of a language, lines of about 80 bytes; `zstd -3`
    /// shrinks it to 47 %.
    Text,
    /// Random stretches between runs of zeros, about half of the bytes each: disk images.
    ZeroRuns,
}

impl Workload {
    /// Every kind, for benches that run them in turn.
    pub const ALL: [Self; 3] = [Self::Random, Self::Text, Self::ZeroRuns];

    /// The name in reports; never changed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Text => "text",
            Self::ZeroRuns => "zero-runs",
        }
    }

    /// A new buffer of `count` bytes.
    #[must_use]
    pub fn bytes(self, seed: u64, count: usize) -> Vec<u8> {
        let mut buffer = vec![0; count];
        self.fill(seed, &mut buffer);
        buffer
    }

    /// Overwrites `buffer`. What a seed gives for a shorter buffer begins what it gives for a
    /// longer one.
    pub fn fill(self, seed: u64, buffer: &mut [u8]) {
        let mut seeded = Seeded::new(seed);
        match self {
            Self::Random => seeded.fill(buffer),
            Self::Text => text::fill(&mut seeded, buffer),
            Self::ZeroRuns => fill_zero_runs(&mut seeded, buffer),
        }
    }
}

fn fill_zero_runs(seeded: &mut Seeded, mut rest: &mut [u8]) {
    let mut zero = false;
    while !rest.is_empty() {
        let run_bytes = 1 + seeded.below(RUN_BYTES_MAX);
        let (run, after) = rest.split_at_mut(run_bytes.min(rest.len()));
        if zero {
            run.fill(0);
        } else {
            seeded.fill(run);
        }
        zero = !zero;
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    //! Goal: recorded numbers stay comparable. Method: digests. A generator that drifts makes a
    //! slowdown look like a change of input, or the other way round.

    use gleaner_chunker::IdHasher;

    use super::*;

    #[test]
    fn workloads_never_change() {
        let digests = [
            (Workload::Random, "bdb9617e1cfc28fc44748db2db18bde90e488becd173a0e0c6097b38040fd07b"),
            (Workload::Text, "4de2ae3066c8b12255712cf311bfe08bd27a356df27fb8528db545ee926cee7a"),
            (
                Workload::ZeroRuns,
                "03551ab001abdc2649d03388a8ecccd4220c01b3c9254fc8d065e226413782d8",
            ),
        ];
        for (workload, digest) in digests {
            let found = IdHasher::plain().id(&workload.bytes(1, 3_000_001));
            assert_eq!(found.to_string(), digest, "{}", workload.name());
        }
    }

    #[test]
    fn shorter_inputs_begin_longer_ones() {
        for workload in Workload::ALL {
            let long = workload.bytes(7, 50_000);
            for count in [0, 1, 7, 8, 9, 4095, 49_999] {
                assert_eq!(workload.bytes(7, count), long[..count], "{}", workload.name());
            }
        }
    }

    #[test]
    fn zero_runs_are_about_half_zeros() {
        let input = Workload::ZeroRuns.bytes(1, 64 << 20);
        let zeros: usize = input.iter().map(|byte| usize::from(*byte == 0)).sum();
        assert!((24 << 20..40 << 20).contains(&zeros), "{zeros}");
    }
}
