//! The retention policy of the command line, and the calendar by which it counts.

use gleaner_engine::{CalendarHour, KeepPolicy, Kept, apply_policy};
use gleaner_store::Snapshot;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::KeepArgs;

/// What the policy says of the snapshots of one group, newest first. Hours, days and so on are
/// those of this machine's time zone.
pub(crate) fn verdicts(snapshots: &[Snapshot], keep: &KeepArgs) -> Vec<Kept> {
    let zone = TimeZone::system();
    let newest = snapshots.iter().map(|snapshot| snapshot.time_ns).max();
    let number = |number: Option<u32>| u64::from(number.unwrap_or(0));
    let policy = KeepPolicy {
        last: number(keep.keep_last),
        hourly: number(keep.keep_hourly),
        daily: number(keep.keep_daily),
        weekly: number(keep.keep_weekly),
        monthly: number(keep.keep_monthly),
        yearly: number(keep.keep_yearly),
        tags: tag_lists(&keep.keep_tag),
        since_ns: keep.keep_within.zip(newest).map(|(span, newest)| span.before(newest)),
    };
    apply_policy(snapshots, &policy, &|time_ns| calendar_hour(time_ns, &zone))
}

/// An empty list has all of its tags in every snapshot: it is left out.
fn tag_lists(lists: &[String]) -> Vec<Vec<String>> {
    let split = |list: &String| -> Vec<String> {
        list.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    };
    lists.iter().map(split).filter(|tags| !tags.is_empty()).collect()
}

fn calendar_hour(time_ns: i64, zone: &TimeZone) -> CalendarHour {
    let time = Timestamp::from_nanosecond(i128::from(time_ns)).unwrap_or_default();
    let time = time.to_zoned(zone.clone());
    let week = time.date().iso_week_date();
    CalendarHour {
        year: time.year().into(),
        month: time.month().unsigned_abs().into(),
        day: time.day().unsigned_abs().into(),
        hour: time.hour().unsigned_abs().into(),
        week_year: week.year().into(),
        week: week.week().unsigned_abs().into(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{calendar_hour, tag_lists};

    #[test]
    fn the_calendar_knows_that_a_week_may_belong_to_another_year() {
        let time: jiff::Timestamp = "2027-01-01T23:00:00Z".parse().unwrap();
        let time_ns = i64::try_from(time.as_nanosecond()).unwrap();
        let hour = calendar_hour(time_ns, &TimeZone::UTC);
        assert_eq!((hour.year, hour.month, hour.day, hour.hour), (2027, 1, 1, 23));
        assert_eq!((hour.week_year, hour.week), (2026, 53));
    }

    #[test]
    fn an_empty_list_of_tags_keeps_nothing() {
        let lists = ["a,b".to_owned(), ",".to_owned(), String::new()];
        assert_eq!(tag_lists(&lists), [["a", "b"]]);
    }
}
