//! Which seeds a group of cases runs. The twin of `gleaner_tests::seeds`, which no package of the
//! product may import.

use std::ops::Range;

pub(crate) struct Seeds(Range<u64>);

impl Seeds {
    /// The first `quick` seeds, or those that `GLEANER_SEEDS=FROM..TO` asks for.
    pub(crate) fn of_quick_run(quick: u64) -> Self {
        let Ok(asked) = std::env::var("GLEANER_SEEDS") else { return Self(0..quick) };
        let (from, to) = asked.split_once("..").expect("GLEANER_SEEDS is FROM..TO");
        Self(from.parse().unwrap()..to.parse().unwrap())
    }

    /// Runs the case of each seed; names the seed of one that panics.
    pub(crate) fn run(&self, mut case: impl FnMut(u64)) {
        for seed in self.0.clone() {
            let _named = NamedIfItPanics(seed);
            case(seed);
        }
    }

    /// What a group prints at its end, in the form that `scripts/nightly.sh` adds up.
    pub(crate) fn counted(&self, cases: u64, of_what: &str) -> String {
        let Range { start, end } = self.0;
        format!("counted: {cases} {of_what}, seeds {start}..{end}")
    }
}

struct NamedIfItPanics(u64);

impl Drop for NamedIfItPanics {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!("failed: seed {seed}; replay with GLEANER_SEEDS={seed}..{}", seed + 1);
        }
    }
}
