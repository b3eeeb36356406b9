//! Wall and CPU time beside each other, for whole runs that are compared by their ratios.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What one run took, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Time that went by.
    pub wall: f64,
    /// Time that all threads of this process were running.
    pub cpu: f64,
}

/// Runs `work` once.
pub fn time<T>(work: impl FnOnce() -> T) -> Sample {
    let before = (seconds(ClockId::Monotonic), seconds(ClockId::ProcessCPUTime));
    black_box(work());
    let after = (seconds(ClockId::Monotonic), seconds(ClockId::ProcessCPUTime));
    Sample { wall: after.0 - before.0, cpu: after.1 - before.1 }
}

fn seconds(clock: ClockId) -> f64 {
    let now = clock_gettime(clock);
    let whole = Duration::from_secs(now.tv_sec.unsigned_abs());
    (whole + Duration::from_nanos(now.tv_nsec.unsigned_abs())).as_secs_f64()
}

/// Median of one of the two times; the upper one of an even number.
#[must_use]
pub fn median(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut times: Vec<f64> = samples.iter().map(of).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_of_the_sorted_times() {
        let sample = |wall: f64| Sample { wall, cpu: -wall };
        assert!(median(&[], |sample| sample.wall).is_nan());
        for (walls, expected) in [(vec![3.0], 3.0), (vec![9.0, 1.0, 5.0], 5.0)] {
            let samples: Vec<Sample> = walls.into_iter().map(sample).collect();
            assert!((median(&samples, |sample| sample.wall) - expected).abs() < f64::EPSILON);
        }
    }
}
