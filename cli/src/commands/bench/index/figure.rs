//! Counts as figures of a report.

/// A count that a ratio is made of; beyond 2^53 rounded.
#[expect(clippy::cast_precision_loss, reason = "for people, who read four digits")]
pub(super) fn figure(count: u64) -> f64 {
    count as f64
}

/// How much of `part` comes on each of `whole`; not a number if there is none.
pub(super) fn per(part: u64, whole: u64) -> f64 {
    figure(part) / figure(whole)
}
