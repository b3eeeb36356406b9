//! Dates as HTTP writes them: RFC 9110 section 5.6.7, all three forms.

use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

/// No HTTP date is longer; what is longer is not looked at.
const DATE_BYTES_MAX: usize = 64;

/// Seconds since 1970-01-01T00:00:00Z, or `None` where this is no date.
pub(crate) fn parse_http_date(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if text.len() > DATE_BYTES_MAX {
        return None;
    }
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(timestamp) = parser.parse_timestamp(text) {
        return Some(timestamp.as_second());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].into_iter().find_map(|form| {
        let time = strtime::parse(form, text).ok()?.to_datetime().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
    })
}

#[cfg(test)]
mod tests {
    use super::parse_http_date;

    #[test]
    fn all_three_forms_of_a_date_are_the_same_second() {
        let forms = [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ];
        for form in forms {
            assert_eq!(parse_http_date(form.as_bytes()), Some(784_111_777), "{form}");
        }
    }

    #[test]
    fn wrong_weekday_is_no_reason_to_lose_a_date() {
        assert_eq!(parse_http_date(b"Mon, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
    }

    #[test]
    fn what_is_no_date_is_none() {
        let long = b"Sun, 06 Nov 1994 08:49:37 GMT ".repeat(1000);
        let wrong: [&[u8]; 6] =
            [b"", b"0", b"-1", b"Sun, 32 Nov 1994 08:49:37 GMT", b"\xff", &long];
        for value in wrong {
            assert_eq!(parse_http_date(value), None);
        }
    }
}
