//! The names that a log gets when it is rotated, as logrotate gives them: `access.log.1`, or with
//! `dateext` `access.log-20261129`; either also before the name's ending (`extension`), and with
//! the ending of what compressed it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::old_log::OpenLog;
use crate::error::Error;
use crate::files::access_fs::{FileStat, FsFolder};

/// Digits of a date at least; a number that counts rotations has fewer.
const DATE_DIGITS_MIN: usize = 8;
const NUMBER_DIGITS_MAX: usize = 6;

/// Digits of a time in seconds since 1970, until the year 2286.
const EPOCH_DIGITS: usize = 10;

/// Before this year no log was rotated: what reads as an earlier one is no date.
const YEAR_MIN: i16 = 1970;

/// Endings of compressed logs.
const PACKED: [&[u8]; 4] = [b".gz", b".bz2", b".xz", b".zst"];

const SECOND_NS: i64 = 1_000_000_000;

/// When a log lost its name, by the one that it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Age {
    /// Rotations since then, or one less: counted from 1 or from 0.
    Number(u32),
    /// The digits of the time.
    Date(Vec<u8>),
}

/// How a rotated log is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Packing {
    Plain,
    Gzip,
    /// By what is not read here.
    Other,
}

/// A rotated log.
#[derive(Debug, Clone)]
pub(super) struct Rotated {
    pub(super) name: Vec<u8>,
    /// What a stat by its name said, if it can be asked. The inode numbers of a listing are not
    /// always those (FUSE, overlays, files that something is mounted on).
    pub(super) stat: Option<FileStat>,
    pub(super) age: Age,
    pub(super) packing: Packing,
}

impl Rotated {
    pub(super) fn is_file_of(&self, log: &OpenLog) -> bool {
        self.stat.is_some_and(|stat| log.is_file_of((stat.dev, stat.ino)))
    }

    /// Whether one look found the same file under this name as another did.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let file = |it: &Self| it.stat.map(|stat| (stat.dev, stat.ino));
        self.name == other.name && file(self) == file(other)
    }

    /// Whether it was changed after a time.
    pub(super) fn is_changed_since(&self, time_ns: i64) -> bool {
        self.stat.is_some_and(|stat| stat.mtime_ns > time_ns)
    }

    /// Whether it has the time of a file, which compressors keep, some of them in whole seconds.
    pub(super) fn keeps_time(&self, time_ns: i64) -> bool {
        let whole = time_ns.saturating_sub(time_ns.rem_euclid(SECOND_NS));
        self.stat.is_some_and(|stat| stat.mtime_ns == time_ns || stat.mtime_ns == whole)
    }

    /// Whether it may hold what was written until a time.
    pub(super) fn may_reach(&self, time_ns: i64) -> bool {
        self.keeps_time(time_ns) || self.is_changed_since(time_ns)
    }

    fn has_age_like(&self, age: &Age) -> bool {
        std::mem::discriminant(&self.age) == std::mem::discriminant(age)
    }
}

/// All rotations of the log `log` that are in its folder, by name.
pub(super) fn rotations(folder: &dyn FsFolder, log: &[u8]) -> Result<Vec<Rotated>, Error> {
    let mut found = Vec::new();
    folder.read(&mut |entry| {
        if let Some((age, packing)) = parse(log, entry.name) {
            found.push(Rotated { name: entry.name.to_vec(), stat: None, age, packing });
        }
        ControlFlow::Continue(())
    })?;
    found.retain_mut(|it| match folder.stat(&it.name) {
        Err(Error::Gone) => false,
        asked => {
            it.stat = asked.ok();
            true
        }
    });
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Whether a name is that of a rotation of `log` that is not compressed.
pub(super) fn is_plain_rotation(log: &[u8], name: &[u8]) -> bool {
    matches!(parse(log, name), Some((_, Packing::Plain)))
}

/// Whether one of them has the number 0.
pub(super) fn counts_from_nought(rotations: &[Rotated]) -> bool {
    rotations.iter().any(|it| it.age == Age::Number(0))
}

/// Those that were rotated after one of them, the oldest first, and how many of them are not
/// there. Of a log that is there plain and compressed, the plain one. `None` if others were changed
/// since then whose names are of the other form: names give them no order.
pub(super) fn later<'a>(
    rotations: &'a [Rotated],
    one: &Rotated,
    from_nought: bool,
) -> Option<(Vec<&'a Rotated>, u64)> {
    let changed_ns = one.stat.map_or(i64::MIN, |stat| stat.mtime_ns);
    let is_other = |it: &Rotated| !it.has_age_like(&one.age) && it.is_changed_since(changed_ns);
    if rotations.iter().any(is_other) {
        return None;
    }
    Some(match &one.age {
        Age::Number(number) => later_numbers(rotations, *number, from_nought),
        Age::Date(date) => later_dates(rotations, date),
    })
}

fn later_numbers(rotations: &[Rotated], number: u32, from_nought: bool) -> (Vec<&Rotated>, u64) {
    let numbers = rotations.iter().filter_map(|it| match it.age {
        Age::Number(other) => Some((other, it)),
        Age::Date(_) => None,
    });
    let numbers = plainest(numbers.filter(|(other, _)| *other < number));
    let first = u32::from(!from_nought && !numbers.contains_key(&0));
    let missing = u64::from(number.saturating_sub(first)).saturating_sub(numbers.len() as u64);
    (numbers.into_values().rev().collect(), missing)
}

fn later_dates<'a>(rotations: &'a [Rotated], date: &[u8]) -> (Vec<&'a Rotated>, u64) {
    let dates = plainest(rotations.iter().filter_map(|it| match &it.age {
        Age::Date(other) => Some((other.as_slice(), it)),
        Age::Number(_) => None,
    }));
    let holes = holes_after(date, &dates.keys().copied().collect::<Vec<_>>());
    let later = dates.into_iter().filter(|(other, _)| *other > date);
    (later.map(|(_, it)| it).collect(), holes)
}

/// How often logs seem to be missing after a date: where two follow each other at nearly twice the
/// shortest distance of any two, or more. Nothing says how often a log is rotated, but the others.
fn holes_after(date: &[u8], dates: &[&[u8]]) -> u64 {
    let spans: Vec<(&[u8], i64)> = dates
        .iter()
        .zip(dates.iter().skip(1))
        .filter_map(|(from, to)| Some((*from, seconds_of(to)?.checked_sub(seconds_of(from)?)?)))
        .filter(|(_, span)| *span > 0)
        .collect();
    let rhythm = spans.iter().map(|(_, span)| *span).min().unwrap_or(i64::MAX);
    let is_hole = |span: i64| span.saturating_sub(rhythm) >= rhythm / 2;
    spans.iter().filter(|(from, span)| *from >= date && is_hole(*span)).count() as u64
}

/// The time that a name's digits stand for, in seconds: a date to the day, hour, minute or second,
/// or seconds since 1970, also behind a date.
fn seconds_of(digits: &[u8]) -> Option<i64> {
    let digits = str::from_utf8(digits).ok()?;
    let part = |from: usize, len: usize| match digits.get(from..from.saturating_add(len)) {
        Some(part) => part.parse::<i8>().ok(),
        None => Some(0),
    };
    let date = || {
        let year = digits.get(..4)?.parse::<i16>().ok().filter(|year| *year >= YEAR_MIN)?;
        let (hour, minute, second) = (part(8, 2)?, part(10, 2)?, part(12, 2)?);
        let date = DateTime::new(year, part(4, 2)?, part(6, 2)?, hour, minute, second, 0).ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
    };
    let is_date = digits.len() <= 14 && digits.len().is_multiple_of(2);
    let epoch = || digits.get(digits.len().checked_sub(EPOCH_DIGITS)?..)?.parse().ok();
    is_date.then(date).flatten().or_else(epoch)
}

fn plainest<'a, K: Ord>(
    rotations: impl Iterator<Item = (K, &'a Rotated)>,
) -> BTreeMap<K, &'a Rotated> {
    let mut by_age: BTreeMap<K, &Rotated> = BTreeMap::new();
    for (age, it) in rotations {
        let known = by_age.entry(age).or_insert(it);
        if it.packing < known.packing {
            *known = it;
        }
    }
    by_age
}

/// What a name says, if it is one of a rotation of `log`.
fn parse(log: &[u8], name: &[u8]) -> Option<(Age, Packing)> {
    let ending = PACKED.iter().find(|ending| name.ends_with(ending));
    let plain = ending.map_or(name, |ending| name.strip_suffix(*ending).unwrap_or(name));
    let packing = match ending {
        None => Packing::Plain,
        Some(&b".gz") => Packing::Gzip,
        Some(_) => Packing::Other,
    };
    let dot = memchr::memrchr(b'.', log).filter(|&dot| dot > 0);
    let (stem, ending) = log.split_at_checked(dot.unwrap_or(log.len()))?;
    let added = plain.strip_prefix(log);
    let added = added.or_else(|| plain.strip_prefix(stem)?.strip_suffix(ending))?;
    Some((age_of(added)?, packing))
}

/// What was added to a name.
fn age_of(added: &[u8]) -> Option<Age> {
    let (separator, rest) = added.split_first()?;
    let digits: Vec<u8> = rest.iter().copied().filter(u8::is_ascii_digit).collect();
    let is_number = *separator == b'.' && (1..=NUMBER_DIGITS_MAX).contains(&digits.len());
    if is_number && digits.len() == rest.len() {
        return Some(Age::Number(std::str::from_utf8(&digits).ok()?.parse().ok()?));
    }
    let is_time = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let is_date = matches!(separator, b'-' | b'.') && rest.iter().all(is_time);
    (is_date && digits.len() >= DATE_DIGITS_MIN).then_some(Age::Date(digits))
}

#[cfg(test)]
mod tests {
    //! Goal: the logs that came after another are known by their names, and what is missing is.
    //! Method: names as logrotate makes them, and names of others. If it fails, another host's log
    //! is read as this one's, or a lost day goes unnoticed.

    use super::{Age, Packing, Rotated, later, parse, seconds_of};
    use crate::files::access_fs::{EntryKind, FileStat};

    /// Rotations that were changed in the order in which they stand here.
    fn rotated(log: &str, names: &[&str]) -> Vec<Rotated> {
        let parse = |(name, mtime_ns): (&&str, i64)| {
            let (age, packing) = parse(log.as_bytes(), name.as_bytes())?;
            let stat = FileStat {
                kind: EntryKind::File,
                dev: 1,
                ino: 1,
                nlink: 1,
                bytes: 1,
                mtime_ns,
                ctime_ns: 0,
            };
            Some(Rotated { name: name.as_bytes().to_vec(), stat: Some(stat), age, packing })
        };
        names.iter().zip(1..).filter_map(parse).collect()
    }

    /// The names of those after the first that has this age, and how many are missing.
    fn after(rotations: &[Rotated], age: &Age, from_nought: bool) -> Option<(Vec<String>, u64)> {
        let one = rotations.iter().find(|it| it.age == *age).expect("the log is there");
        let (later, missing) = later(rotations, one, from_nought)?;
        let name = |it: &&Rotated| String::from_utf8(it.name.clone()).unwrap();
        Some((later.iter().map(name).collect(), missing))
    }

    fn date(digits: &str) -> Age {
        Age::Date(digits.as_bytes().to_vec())
    }

    #[test]
    fn rotated_names_are_told_from_those_of_other_files() {
        let log = b"access.log";
        for (name, age, packing) in [
            ("access.log.1", Age::Number(1), Packing::Plain),
            ("access.log.0", Age::Number(0), Packing::Plain),
            ("access.log.12.gz", Age::Number(12), Packing::Gzip),
            ("access.log.2.xz", Age::Number(2), Packing::Other),
            ("access.3.log", Age::Number(3), Packing::Plain),
            ("access.log-20261129", date("20261129"), Packing::Plain),
            ("access-20261129.log.gz", date("20261129"), Packing::Gzip),
            ("access.log-2026-11-29", date("20261129"), Packing::Plain),
            ("access.log-20261129-1795947046", date("202611291795947046"), Packing::Plain),
            ("access.log.1795947046", date("1795947046"), Packing::Plain),
        ] {
            assert_eq!(parse(log, name.as_bytes()), Some((age, packing)), "{name}");
        }
        for name in [
            "access.log",
            "access.log.gz",
            "access.log.",
            "access.log.old",
            "access.log.1~",
            "access.log-1",
            "access_ssl.log.1",
            "access.log.1.tmp",
            "other.log.1",
            "access.log.1a",
            "access-ssl.log",
            "access.log.20261129x",
        ] {
            assert_eq!(parse(log, name.as_bytes()), None, "{name}");
        }
        assert_eq!(parse(b"log", b"log.1"), Some((Age::Number(1), Packing::Plain)));
    }

    #[test]
    fn later_logs_come_in_their_order_and_holes_are_counted() {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let names = ["a-20260101", "a.6", "a.5.gz", "a.3.gz", "a.3", "a.1", "a.10"];
        let numbers = rotated("a", &names);
        let expected = (owned(&["a.5.gz", "a.3", "a.1"]), 2);
        assert_eq!(after(&numbers, &Age::Number(6), false), Some(expected));
        assert_eq!(after(&numbers, &Age::Number(1), false), Some((Vec::new(), 0)));
        let from_nought = rotated("a", &["a.2", "a.1", "a.0"]);
        assert_eq!(after(&from_nought, &Age::Number(2), false).unwrap().1, 0);
        let dates = rotated("a", &["a.1", "a-20260101.gz", "a-20260102.gz", "a-20260103"]);
        let expected = (owned(&["a-20260102.gz", "a-20260103"]), 0);
        assert_eq!(after(&dates, &date("20260101"), false), Some(expected));
    }

    #[test]
    fn number_nought_that_is_not_there_is_missing_where_there_was_one() {
        let rotations = rotated("a", &["a.2", "a.1"]);
        assert_eq!(after(&rotations, &Age::Number(2), false).unwrap().1, 0);
        assert_eq!(after(&rotations, &Age::Number(2), true).unwrap().1, 1);
    }

    #[test]
    fn days_that_are_missing_show_by_the_rhythm_of_the_others() {
        let missing = |names: &[&str], first: &str| {
            let names: Vec<String> = names.iter().map(|digits| format!("a-{digits}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            after(&rotated("a", &names), &date(first), false).unwrap().1
        };
        assert_eq!(missing(&["20260101", "20260102", "20260104", "20260105"], "20260102"), 1);
        assert_eq!(missing(&["20260101", "20260103", "20260104", "20260107"], "20260101"), 2);
        assert_eq!(missing(&["20260101", "20260102", "20260104"], "20260104"), 0, "before it");
        // Weeks and months are as regular as days.
        assert_eq!(missing(&["20260101", "20260108", "20260115"], "20260101"), 0);
        assert_eq!(missing(&["20260101", "20260201", "20260301", "20260401"], "20260101"), 0);
        assert_eq!(missing(&["2026010123", "2026010200", "2026010202"], "2026010123"), 1);
        assert_eq!(missing(&["1795947046", "1795950650", "1795957840"], "1795947046"), 1);
        assert_eq!(missing(&["20260101", "20260103"], "20260101"), 0, "nothing to compare with");
    }

    #[test]
    fn digits_are_read_as_the_time_that_they_stand_for() {
        let day = 24 * 3600;
        assert_eq!(seconds_of(b"19700102"), Some(day));
        assert_eq!(seconds_of(b"1970010201"), Some(day + 3600));
        assert_eq!(seconds_of(b"197001020102"), Some(day + 3600 + 120));
        assert_eq!(seconds_of(b"19700102010203"), Some(day + 3600 + 120 + 3));
        assert_eq!(seconds_of(b"1795947046"), Some(1_795_947_046));
        assert_eq!(seconds_of(b"202611291795947046"), Some(1_795_947_046));
        assert_eq!(seconds_of(b"20261399"), None);
    }

    #[test]
    fn names_of_both_forms_give_no_order_if_they_were_changed_since() {
        let switched = rotated("a", &["a.2", "a.1", "a-20260101"]);
        assert_eq!(after(&switched, &Age::Number(2), false), None);
        let long_ago = rotated("a", &["a-20200101", "a.2", "a.1"]);
        let expected = (vec!["a.1".to_owned()], 0);
        assert_eq!(after(&long_ago, &Age::Number(2), false), Some(expected));
    }
}
