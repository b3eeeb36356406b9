//! Lines of the report, and what all parts share.

use std::io::Write as _;

use gleaner_benches::{Sample, median};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Seed of all noise.
pub(crate) const SEED: u64 = 1;
pub(crate) const MIB: usize = 1 << 20;

/// Prints a line.
pub(crate) fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}").expect("standard output is open");
}

/// A row of a table: rates by wall and by CPU time.
pub(crate) fn row(name: &str, bytes: usize, samples: &[Sample]) {
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let rate = |seconds: f64| bytes as f64 / seconds / 1e9;
    let (wall, cpu) = (median(samples, |s| s.wall), median(samples, |s| s.cpu));
    say(&format!("| {name} | {:.2} | {:.2} |", rate(wall), rate(cpu)));
}

/// Median over the repetitions of what `of` makes of the samples of one repetition.
pub(crate) fn ratio(samples: &[Vec<Sample>], of: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let repetitions = samples.first().map_or(0, Vec::len);
    let of_clock = |clock: fn(&Sample) -> f64| {
        let mut ratios: Vec<f64> = (0..repetitions)
            .map(|at| {
                let row: Vec<f64> =
                    samples.iter().filter_map(|of_one| of_one.get(at)).map(clock).collect();
                of(&row)
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    };
    (of_clock(|sample| sample.wall), of_clock(|sample| sample.cpu))
}

/// Keeps the compiler from dropping ids.
pub(crate) fn fold_id(sum: usize, id: gleaner_chunker::ChunkId) -> usize {
    sum ^ usize::from(id.as_bytes()[0])
}

/// A pool of so many threads.
pub(crate) fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}
