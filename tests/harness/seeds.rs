//! Which seeds a group of cases runs: the few of a quick run, or those that somebody asks for.
//!
//! A seed stands for one unit of a group's work, whatever that is, and says everything about it.
//! `GLEANER_SEEDS=FROM..TO` asks for other seeds than the quick ones; `scripts/nightly.sh` hands
//! them out, and whoever replays a failure asks for one.
#![expect(clippy::print_stderr, reason = "the seed of a failure is part of a test's result")]

use std::ops::Range;

/// The variable that asks for seeds.
pub const SEEDS_VARIABLE: &str = "GLEANER_SEEDS";

/// The seeds of one run of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seeds {
    range: Range<u64>,
    is_quick: bool,
}

impl Seeds {
    /// The first `quick` seeds, or those that [`SEEDS_VARIABLE`] asks for.
    ///
    /// # Panics
    /// When the variable holds no range.
    #[must_use]
    pub fn of_quick_run(quick: u64) -> Self {
        match std::env::var(SEEDS_VARIABLE) {
            Ok(asked) => Self {
                range: parse(&asked)
                    .unwrap_or_else(|| panic!("{SEEDS_VARIABLE}={asked}: not A..B")),
                is_quick: false,
            },
            Err(_) => Self { range: 0..quick, is_quick: true },
        }
    }

    /// Whether nobody asked for other seeds, so that how much there is to count is known.
    #[must_use]
    pub const fn is_quick(&self) -> bool {
        self.is_quick
    }

    /// Runs the case of each seed; names the seed of one that panics.
    pub fn run(&self, mut case: impl FnMut(u64)) {
        for seed in self.range.clone() {
            let _named = NamedIfItPanics(seed);
            case(seed);
        }
    }

    /// What a group prints at its end, in the form that `scripts/nightly.sh` adds up.
    #[must_use]
    pub fn counted(&self, cases: u64, of_what: &str) -> String {
        let Range { start, end } = self.range;
        format!("counted: {cases} {of_what}, seeds {start}..{end}")
    }
}

fn parse(asked: &str) -> Option<Range<u64>> {
    let (from, to) = asked.split_once("..")?;
    let range = from.parse().ok()?..to.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

struct NamedIfItPanics(u64);

impl Drop for NamedIfItPanics {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!("failed: seed {seed}; replay with {SEEDS_VARIABLE}={seed}..{}", seed + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn range_of_seeds_is_read_and_nothing_else() {
        assert_eq!(parse("3..5"), Some(3..5));
        for wrong in ["", "3", "3..", "..5", "5..3", "3..3", "-1..3", "3...5", "3..5x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
