//! Durations, spans of the calendar and points in time (CLI.md section 1.4).

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A span of the calendar, for `--keep-within*` alone: `1y5m7d2h` (m = months, restic's rule).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CalendarSpan {
    pub(crate) years: u32,
    pub(crate) months: u32,
    pub(crate) days: u32,
    pub(crate) hours: u32,
}

/// Reads a [`CalendarSpan`].
pub(crate) fn parse_calendar_span(text: &str) -> Result<CalendarSpan, String> {
    let mut span = CalendarSpan::default();
    for (number, unit) in pieces(text)? {
        let number = u32::try_from(number).ok().filter(|&number| number <= 10_000_000);
        let number = number.ok_or_else(|| format!("`{text}` is too long"))?;
        match unit {
            'y' => span.years = number,
            'm' => span.months = number,
            'd' => span.days = number,
            'h' => span.hours = number,
            _ => return Err(format!("`{unit}` is no unit here; try y, m, d or h")),
        }
    }
    Ok(span)
}

impl CalendarSpan {
    /// The point that lies this span before `time_ns`, counted in UTC; the smallest time there is
    /// if the calendar does not reach so far.
    pub(crate) fn before(self, time_ns: i64) -> i64 {
        let earlier = || {
            let span = Span::new()
                .try_years(self.years)
                .and_then(|span| span.try_months(self.months))
                .and_then(|span| span.try_days(self.days))
                .and_then(|span| span.try_hours(self.hours))?;
            let time = Timestamp::from_nanosecond(i128::from(time_ns))?.to_zoned(TimeZone::UTC);
            time.checked_sub(span)
        };
        earlier().map_or(i64::MIN, |time| {
            i64::try_from(time.timestamp().as_nanosecond()).unwrap_or(i64::MIN)
        })
    }
}

/// Reads a duration: `90s`, `1h30m`, `2w` (m = minutes).
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let mut seconds = 0_u64;
    for (number, unit) in pieces(text)? {
        let unit_seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            'w' => 7 * 24 * 60 * 60,
            _ => return Err(format!("`{unit}` is no unit here; try s, m, h, d or w")),
        };
        let piece = number.checked_mul(unit_seconds);
        seconds = piece
            .and_then(|piece| seconds.checked_add(piece))
            .ok_or_else(|| format!("`{text}` is too long"))?;
    }
    Ok(Duration::from_secs(seconds))
}

/// Splits `1h30m` into numbers and units; at least one pair.
fn pieces(text: &str) -> Result<Vec<(u64, char)>, String> {
    let wrong = || format!("`{text}` is no duration");
    let mut pieces = Vec::new();
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            pieces.push((digits.parse().map_err(|_| wrong())?, letter));
            digits.clear();
        }
    }
    if digits.is_empty() && !pieces.is_empty() { Ok(pieces) } else { Err(wrong()) }
}

/// Reads RFC 3339, or `YYYY-MM-DD[ HH:MM[:SS]]` in local time, as nanoseconds since 1970.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no time; try 2031-05-17T08:30:00Z or \"2031-05-17 08:30\"");
    let timestamp = text.parse::<Timestamp>().or_else(|_| {
        let civil: DateTime = text.parse()?;
        civil.to_zoned(TimeZone::system()).map(|zoned| zoned.timestamp())
    });
    let timestamp = timestamp.map_err(|_| wrong())?;
    i64::try_from(timestamp.as_nanosecond()).map_err(|_| wrong())
}

/// RFC 3339 in UTC with `Z`, as JSON has it.
pub(crate) fn rfc3339(time_ns: i64) -> String {
    Timestamp::from_nanosecond(i128::from(time_ns))
        .map_or_else(|_| time_ns.to_string(), |time| time.to_string())
}

/// `2031-05-17 08:30:00` in local time, for people.
pub(crate) fn local_time(time_ns: i64) -> String {
    Timestamp::from_nanosecond(i128::from(time_ns)).map_or_else(
        |_| time_ns.to_string(),
        |time| time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CalendarSpan, parse_calendar_span, parse_duration, parse_time, rfc3339};

    #[test]
    fn minutes_of_a_duration_are_minutes() {
        let seconds = |text| parse_duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("0s"), Ok(0));
        assert_eq!(seconds("1w2d"), Ok(9 * 86_400));
        assert_eq!(parse_duration("18446744073709551615s"), Ok(Duration::from_secs(u64::MAX)));
        for wrong in ["", "5", "h", "1y", "-1s", "1.5h", "18446744073709551615w", "1h1"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn spans_count_months() {
        let span = CalendarSpan { years: 1, months: 5, days: 7, hours: 2 };
        assert_eq!(parse_calendar_span("1y5m7d2h"), Ok(span));
        for wrong in ["", "h", "1", "1x", "5h3", "1w", "99999999999999999999h"] {
            assert!(parse_calendar_span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_month_before_is_a_month_of_the_calendar() {
        let march = parse_time("2031-03-31T12:00:00Z").unwrap();
        let month = CalendarSpan { months: 1, ..CalendarSpan::default() };
        assert_eq!(rfc3339(month.before(march)), "2031-02-28T12:00:00Z");
    }

    #[test]
    fn times_are_rfc_3339_or_local() {
        assert_eq!(parse_time("1970-01-01T00:00:01Z"), Ok(1_000_000_000));
        assert_eq!(parse_time("1970-01-01T01:00:01+01:00"), Ok(1_000_000_000));
        assert_eq!(rfc3339(1_000_000_000), "1970-01-01T00:00:01Z");
        assert!(parse_time("2031-05-17").is_ok());
        assert!(parse_time("2031-05-17 08:30").is_ok());
        assert!(parse_time("17.05.2031").is_err());
    }
}
