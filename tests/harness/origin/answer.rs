//! What the origin answers: status, headers, body, and how the body ends.

use super::{Put, Seen, bodies, path_of};
use crate::loopback_http::{Headers, header};

/// When every body was last changed, in seconds since 1970; each replacement adds a second.
pub const LAST_MODIFIED: u64 = 1_700_000_000;

/// How a body goes over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Framing {
    Length,
    Chunks,
    UntilClose,
    /// Half of what the length promises.
    CutShort,
    /// The second half waits for the test.
    Held,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    pub(super) framing: Framing,
}

impl Answer {
    fn new(status: u16, body: Vec<u8>, framing: Framing) -> Self {
        Self { status, headers: Vec::new(), body, framing }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// What a 304 keeps, and what a cache stores with the body.
    fn described(self, etag: String, version: u32) -> Self {
        let changed = LAST_MODIFIED + u64::from(version);
        self.with("Content-Type", "application/octet-stream")
            .with("ETag", etag)
            .with("Last-Modified", http_date(changed))
            .with("Cache-Control", "max-age=3600")
    }
}

/// The answer of the origin with this seed; `put` is what the test put at the path.
pub(super) fn to(seed: u64, request: &Seen, put: Option<Put>) -> Answer {
    let target = request.target.as_str();
    if let Some(put) = put {
        let etag = etag(&put.body);
        let mut answer = Answer::new(200, put.body, Framing::Length).described(etag, put.version);
        for (name, value) in put.headers {
            answer = answer.with(&name, value);
        }
        return conditional(answer, request);
    }
    let body = bodies::plain(seed, target);
    let etag = etag(&body);
    let framed = |framing| Answer::new(200, body.clone(), framing).described(etag.clone(), 0);
    let whole = || framed(Framing::Length);
    match bodies::kind(target) {
        "id" | "slice" | "empty" => conditional(whole(), request),
        "gz" => conditional(in_accepted_coding(whole(), request), request),
        "vary" => conditional(in_accepted_language(seed, request), request),
        "chunked" => framed(Framing::Chunks),
        "close" => framed(Framing::UntilClose),
        "cut" => framed(Framing::CutShort),
        "held" => framed(Framing::Held),
        "revalidate" => conditional(whole().with("Cache-Control", "max-age=2"), request),
        "private" => whole().with("Cache-Control", "private, max-age=3600"),
        "cookie" => whole().with("Set-Cookie", "session=1"),
        "no-store" => whole().with("Cache-Control", "no-store"),
        _ => not_found(path_of(target)),
    }
}

fn not_found(path: &str) -> Answer {
    let body = format!("nothing at {path}\n").into_bytes();
    Answer::new(404, body, Framing::Length).with("Content-Type", "text/plain")
}

fn in_accepted_coding(plain: Answer, request: &Seen) -> Answer {
    let plain = plain.with("Vary", "Accept-Encoding").with("Content-Type", "text/plain");
    let accepted = request.header("Accept-Encoding").unwrap_or_default();
    if !accepted.split(',').any(|coding| coding.trim() == "gzip") {
        return plain;
    }
    let etag = format!("{}-gz\"", etag(&plain.body).trim_end_matches('"'));
    let body = bodies::gzip(&plain.body);
    Answer { body, ..plain }.with("ETag", etag).with("Content-Encoding", "gzip")
}

fn in_accepted_language(seed: u64, request: &Seen) -> Answer {
    let language = request.header("Accept-Language").unwrap_or_default();
    let body = bodies::in_language(seed, &request.target, language);
    let etag = etag(&body);
    Answer::new(200, body, Framing::Length).described(etag, 0).with("Vary", "Accept-Language")
}

/// Turns a whole answer into the 304, 206 or 416 that the request's conditions ask for.
fn conditional(answer: Answer, request: &Seen) -> Answer {
    let etag = header(&answer.headers, "ETag").unwrap_or_default().to_owned();
    let changed = header(&answer.headers, "Last-Modified").unwrap_or_default();
    let is_known = match request.header("If-None-Match") {
        Some(tags) => tags.split(',').any(|tag| tag.trim() == etag || tag.trim() == "*"),
        None => request.header("If-Modified-Since") == Some(changed),
    };
    if is_known {
        return Answer { status: 304, body: Vec::new(), ..answer };
    }
    let is_same = request.header("If-Range").is_none_or(|same| same == etag || same == changed);
    let answer = answer.with("Accept-Ranges", "bytes");
    match request.header("Range") {
        Some(range) if is_same => in_range(answer, range),
        _ => answer,
    }
}

fn in_range(answer: Answer, range: &str) -> Answer {
    let total = answer.body.len();
    match parse_range(range, total) {
        Asked::Whole => answer,
        Asked::Nothing => {
            let answer = answer.with("Content-Range", format!("bytes */{total}"));
            Answer { status: 416, body: Vec::new(), ..answer }
        }
        Asked::Span { from, to } => {
            let span = format!("bytes {from}-{}/{total}", to - 1);
            let body = answer.body.get(from..to).unwrap_or_default().to_vec();
            Answer { status: 206, body, ..answer }.with("Content-Range", span)
        }
    }
}

#[derive(PartialEq, Eq, Debug)]
enum Asked {
    /// No range, or one that a server may leave aside.
    Whole,
    /// A range beyond the end.
    Nothing,
    /// `to` is the first byte after it.
    Span { from: usize, to: usize },
}

fn parse_range(range: &str, total: usize) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|span| span.split_once('-'))
    else {
        return Asked::Whole;
    };
    let (from, to) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(from), Ok(last)) if from <= last => (from, last.saturating_add(1).min(total)),
        (Ok(from), Err(_)) if last.is_empty() => (from, total),
        (Err(_), Ok(count)) if first.is_empty() => (total.saturating_sub(count), total),
        _ => return Asked::Whole,
    };
    if from < to { Asked::Span { from, to } } else { Asked::Nothing }
}

pub(super) fn etag(body: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(body).to_hex()[..16])
}

/// Seconds since 1970 as HTTP writes them: `Tue, 14 Nov 2023 22:13:20 GMT`.
#[must_use]
pub fn http_date(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let weekday = (0..7).zip(DAYS).find(|&(day, _)| day == days % 7).map_or("", |(_, name)| name);
    let (mut year, mut day) = (1970, days);
    while day >= days_of_year(year) {
        day -= days_of_year(year);
        year += 1;
    }
    let mut month = "";
    for (name, days) in months_of_year(year) {
        month = name;
        if day < days {
            break;
        }
        day -= days;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1)
}

fn days_of_year(year: u64) -> u64 {
    months_of_year(year).map(|(_, days)| days).iter().sum()
}

fn months_of_year(year: u64) -> [(&'static str, u64); 12] {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    [
        ("Jan", 31),
        ("Feb", if is_leap { 29 } else { 28 }),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Asked, http_date, parse_range};

    #[test]
    fn dates_are_those_of_other_clocks() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(http_date(1_700_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(http_date(1_798_761_599), "Thu, 31 Dec 2026 23:59:59 GMT");
    }

    #[test]
    fn ranges_end_at_the_end() {
        let span = |from, to| Asked::Span { from, to };
        let cases = [
            ("bytes=0-0", span(0, 1)),
            ("bytes=2-", span(2, 10)),
            ("bytes=-3", span(7, 10)),
            ("bytes=-30", span(0, 10)),
            ("bytes=5-99", span(5, 10)),
            ("bytes=9-9", span(9, 10)),
            ("bytes=10-10", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=3-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("lines=0-1", Asked::Whole),
        ];
        for (range, asked) in cases {
            assert_eq!(parse_range(range, 10), asked, "{range}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Asked::Nothing);
    }
}
