//! Which snapshots a retention policy keeps: restic's rules (its manual, "Removing snapshots
//! according to a policy").

use gleaner_store::{Snapshot, SnapshotId};

/// A local calendar date and hour, as the caller's time zone has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarHour {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month.
    pub day: u32,
    /// Hour of the day.
    pub hour: u32,
    /// Year to which the ISO week belongs.
    pub week_year: i32,
    /// ISO week.
    pub week: u32,
}

/// What to keep of a group of snapshots. All zeros and empty keeps nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepPolicy {
    /// The latest so many.
    pub last: u64,
    /// The latest of each of the latest so many hours that have snapshots.
    pub hourly: u64,
    /// As `hourly`, for days.
    pub daily: u64,
    /// As `hourly`, for ISO weeks.
    pub weekly: u64,
    /// As `hourly`, for months.
    pub monthly: u64,
    /// As `hourly`, for years.
    pub yearly: u64,
    /// All that have all tags of one of these lists.
    pub tags: Vec<Vec<String>>,
    /// All from this time on, nanoseconds since 1970.
    pub since_ns: Option<i64>,
}

impl KeepPolicy {
    /// True if nothing would be kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a policy says of one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The snapshot.
    pub id: SnapshotId,
    /// Why it is kept; empty if it is not.
    pub reasons: Vec<String>,
}

type Bucket = (i64, u32, u32, u32);

/// Applies a policy to the snapshots of one group; the result is newest first.
#[must_use]
pub fn apply_policy(
    snapshots: &[Snapshot],
    policy: &KeepPolicy,
    calendar: &dyn Fn(i64) -> CalendarHour,
) -> Vec<Kept> {
    let mut newest: Vec<&Snapshot> = snapshots.iter().collect();
    newest.sort_by_key(|snapshot| std::cmp::Reverse((snapshot.time_ns, snapshot.sequence)));
    let mut kept: Vec<Kept> =
        newest.iter().map(|s| Kept { id: s.id, reasons: Vec::new() }).collect();
    let at = |f: fn(CalendarHour) -> Bucket| {
        newest.iter().map(|s| f(calendar(s.time_ns))).collect::<Vec<Bucket>>()
    };
    let last: Vec<Bucket> = (0..).take(newest.len()).map(|n| (n, 0, 0, 0)).collect();
    let rules: [(u64, &str, Vec<Bucket>); 6] = [
        (policy.last, "last snapshot", last),
        (policy.hourly, "hourly snapshot", at(|c| (c.year.into(), c.month, c.day, c.hour))),
        (policy.daily, "daily snapshot", at(|c| (c.year.into(), c.month, c.day, 0))),
        (policy.weekly, "weekly snapshot", at(|c| (c.week_year.into(), c.week, 0, 0))),
        (policy.monthly, "monthly snapshot", at(|c| (c.year.into(), c.month, 0, 0))),
        (policy.yearly, "yearly snapshot", at(|c| (c.year.into(), 0, 0, 0))),
    ];
    for (count, reason, buckets) in rules {
        keep_buckets(&mut kept, count, reason, &buckets);
    }
    for (snapshot, kept) in newest.iter().zip(&mut kept) {
        for tags in &policy.tags {
            if tags.iter().all(|tag| snapshot.tags.contains(tag)) {
                kept.reasons.push(format!("tags {}", tags.join(",")));
            }
        }
        if policy.since_ns.is_some_and(|since| snapshot.time_ns >= since) {
            kept.reasons.push("within duration".to_owned());
        }
    }
    kept
}

/// Keeps the newest of each of the first `count` different buckets. If there are fewer, the
/// oldest snapshot is kept as well, as restic does: it is the best there is for what lies before.
fn keep_buckets(kept: &mut [Kept], count: u64, reason: &str, buckets: &[Bucket]) {
    let mut left = count;
    let mut last = None;
    for (index, bucket) in buckets.iter().enumerate() {
        if left == 0 {
            return;
        }
        let is_oldest = index + 1 == buckets.len();
        if last != Some(bucket) {
            last = Some(bucket);
            left -= 1;
            if let Some(kept) = kept.get_mut(index) {
                kept.reasons.push(reason.to_owned());
            }
        } else if is_oldest && let Some(kept) = kept.get_mut(index) {
            kept.reasons.push(format!("oldest {reason}"));
        }
    }
}
