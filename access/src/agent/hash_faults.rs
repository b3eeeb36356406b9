//! Bytes that were not what their ids say, though the object had not changed.

use std::collections::VecDeque;

const DAY_NS: i64 = 86_400 * 1_000_000_000;

/// So many a day are accidents of objects; more are a fault of this program or of its belief in a
/// format (ACCESS section 11).
pub(super) const FAULTS_PER_DAY_MAX: usize = 10;

/// The faults of one source.
#[derive(Debug, Default)]
pub(super) struct HashFaults {
    times_ns: VecDeque<i64>,
    is_disabled: bool,
}

impl HashFaults {
    /// Notes one; true if the source must not be used any more.
    pub(super) fn note(&mut self, now_ns: i64) -> bool {
        let day_ago = now_ns.saturating_sub(DAY_NS);
        self.times_ns.retain(|&time_ns| time_ns > day_ago);
        self.times_ns.push_back(now_ns);
        self.is_disabled |= self.times_ns.len() > FAULTS_PER_DAY_MAX;
        self.is_disabled
    }

    /// Whether the source is out of use, which only a restart ends.
    pub(super) fn is_disabled(&self) -> bool {
        self.is_disabled
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a source that is misread is out of use after ten faults a day, and not before. Method:
    //! faults around the limits. If it fails, a wrong parser costs every pull its time.

    use super::{DAY_NS, HashFaults};

    #[test]
    fn eleventh_fault_of_a_day_disables_for_good() {
        let mut faults = HashFaults::default();
        assert!((0..10).all(|time| !faults.note(time)));
        assert!(!faults.note(DAY_NS), "the first is a day old");
        assert!(faults.note(DAY_NS), "eleven within a day");
        assert!(faults.note(9 * DAY_NS) && faults.is_disabled());
    }
}
