//! Which snapshots of a group a policy keeps: restic's rules.
//!
//! Seen from the newest to the oldest, the first snapshot of each hour, day and so on is kept until
//! the number is used up; the oldest of the group is kept too while there is number left.

use gleaner_store::{Snapshot, SnapshotId};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::args::KeepArgs;

/// Marks the period that a snapshot falls into.
type Period = fn(&Zoned, usize) -> i64;

/// One of the counted rules.
struct Bucket {
    left: u32,
    period: Period,
    last: Option<i64>,
    reason: &'static str,
}

/// Ids of the snapshots to keep, with reasons; `snapshots` are of one group.
pub(crate) fn kept(
    snapshots: &[Snapshot],
    keep: &KeepArgs,
    zone: &TimeZone,
) -> Vec<(SnapshotId, Vec<String>)> {
    let mut newest_first: Vec<&Snapshot> = snapshots.iter().collect();
    newest_first.sort_by_key(|snapshot| (snapshot.time_ns, snapshot.sequence));
    newest_first.reverse();
    let within = keep.keep_within.zip(newest_first.first());
    let within_from = within.map(|(span, newest)| span.before(newest.time_ns));
    let mut buckets = buckets(keep);
    let mut kept = Vec::new();
    for (position, snapshot) in newest_first.iter().enumerate() {
        let mut reasons = tag_reasons(snapshot, keep);
        if within_from.is_some_and(|from| snapshot.time_ns > from) {
            reasons.push("within the span".to_owned());
        }
        let time = Timestamp::from_nanosecond(i128::from(snapshot.time_ns)).unwrap_or_default();
        let time = time.to_zoned(zone.clone());
        let is_oldest = position + 1 == newest_first.len();
        for bucket in buckets.iter_mut().filter(|bucket| bucket.left > 0) {
            let period = (bucket.period)(&time, position);
            let is_new = bucket.last != Some(period);
            if is_new || is_oldest {
                bucket.last = Some(period);
                bucket.left -= 1;
                let oldest = if is_new { "" } else { "oldest " };
                reasons.push(format!("{oldest}{}", bucket.reason));
            }
        }
        if !reasons.is_empty() {
            kept.push((snapshot.id, reasons));
        }
    }
    kept
}

fn tag_reasons(snapshot: &Snapshot, keep: &KeepArgs) -> Vec<String> {
    let has_all = |list: &&String| {
        let mut tags = list.split(',').filter(|tag| !tag.is_empty());
        tags.all(|tag| snapshot.tags.iter().any(|have| have == tag))
    };
    let lists = keep.keep_tag.iter().filter(|list| !list.is_empty()).filter(has_all);
    lists.map(|list| format!("has tags {list}")).collect()
}

fn buckets(keep: &KeepArgs) -> Vec<Bucket> {
    fn day(time: &Zoned) -> i64 {
        (i64::from(time.year()) * 100 + i64::from(time.month())) * 100 + i64::from(time.day())
    }
    let week = |time: &Zoned, _: usize| {
        let week = time.date().iso_week_date();
        i64::from(week.year()) * 100 + i64::from(week.week())
    };
    let rules: [(Option<u32>, Period, &'static str); 6] = [
        (keep.keep_last, |_, position| i64::try_from(position).unwrap_or(i64::MAX), "last"),
        (keep.keep_hourly, |time, _| day(time) * 100 + i64::from(time.hour()), "hourly"),
        (keep.keep_daily, |time, _| day(time), "daily"),
        (keep.keep_weekly, week, "weekly"),
        (keep.keep_monthly, |time, _| day(time) / 100, "monthly"),
        (keep.keep_yearly, |time, _| i64::from(time.year()), "yearly"),
    ];
    rules
        .into_iter()
        .map(|(left, period, reason)| Bucket {
            left: left.unwrap_or(0),
            period,
            last: None,
            reason,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use gleaner_store::{Snapshot, SnapshotId, SnapshotState, SnapshotStats, TreeRef};
    use jiff::tz::TimeZone;

    use super::kept;
    use crate::args::{CalendarSpan, KeepArgs};

    /// Snapshots at these times of UTC, numbered from 0.
    fn snapshots(times: &[&str]) -> Vec<Snapshot> {
        let snapshot = |(number, time): (usize, &&str)| {
            let time: jiff::Timestamp = time.parse().unwrap();
            Snapshot {
                id: SnapshotId([u8::try_from(number).unwrap(); 32]),
                time_ns: i64::try_from(time.as_nanosecond()).unwrap(),
                sequence: number as u64,
                epoch: 0,
                session: [0; 16],
                host: String::new(),
                user: String::new(),
                tags: if number == 0 { vec!["a".into(), "b".into()] } else { Vec::new() },
                roots: Vec::new(),
                tree: TreeRef::default(),
                parent: None,
                original: None,
                stats: SnapshotStats::default(),
                provenance: gleaner_store::ProvenanceSummary::default(),
                state: SnapshotState::Complete,
                program: String::new(),
            }
        };
        times.iter().enumerate().map(snapshot).collect()
    }

    fn numbers(times: &[&str], keep: &KeepArgs) -> Vec<u8> {
        let kept = kept(&snapshots(times), keep, &TimeZone::UTC);
        let mut numbers: Vec<u8> = kept.iter().map(|(id, _)| id.0[0]).collect();
        numbers.sort_unstable();
        numbers
    }

    const TIMES: [&str; 6] = [
        "2031-01-05T10:00:00Z",
        "2031-02-05T10:00:00Z",
        "2031-02-06T10:00:00Z",
        "2031-02-06T11:00:00Z",
        "2031-02-06T11:30:00Z",
        "2031-02-07T09:00:00Z",
    ];

    #[test]
    fn the_last_of_each_period_is_kept() {
        let none = KeepArgs::default;
        assert_eq!(numbers(&TIMES, &KeepArgs { keep_last: Some(2), ..none() }), [4, 5]);
        assert_eq!(numbers(&TIMES, &KeepArgs { keep_daily: Some(2), ..none() }), [4, 5]);
        assert_eq!(numbers(&TIMES, &KeepArgs { keep_hourly: Some(3), ..none() }), [2, 4, 5]);
        assert_eq!(numbers(&TIMES, &KeepArgs { keep_monthly: Some(1), ..none() }), [5]);
        assert_eq!(numbers(&TIMES, &none()), [0_u8; 0]);
    }

    #[test]
    fn the_oldest_is_kept_while_there_is_number_left() {
        let yearly = KeepArgs { keep_yearly: Some(5), ..KeepArgs::default() };
        assert_eq!(numbers(&TIMES, &yearly), [0, 5]);
    }

    #[test]
    fn spans_and_tags_keep_besides() {
        let within = Some(CalendarSpan { days: 1, ..CalendarSpan::default() });
        let span = KeepArgs { keep_within: within, ..KeepArgs::default() };
        assert_eq!(numbers(&TIMES, &span), [2, 3, 4, 5]);
        let tags = KeepArgs { keep_tag: vec!["a,b".into()], ..KeepArgs::default() };
        assert_eq!(numbers(&TIMES, &tags), [0]);
        let other = KeepArgs { keep_tag: vec!["a,c".into()], ..KeepArgs::default() };
        assert_eq!(numbers(&TIMES, &other), [0_u8; 0]);
    }
}
