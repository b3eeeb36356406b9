//! The names that a log gets when it is rotated, as logrotate gives them: `access.log.1`, or with
//! `dateext` `access.log-20261129`; either also before the name's ending (`extension`), and with
//! the ending of what compressed it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::error::Error;
use crate::files::access_fs::FsFolder;

/// Digits of a date at least; a number that counts rotations has fewer.
const DATE_DIGITS_MIN: usize = 8;
const NUMBER_DIGITS_MAX: usize = 6;

/// Endings of compressed logs.
const PACKED: [&[u8]; 4] = [b".gz", b".bz2", b".xz", b".zst"];

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rotated {
    pub(super) name: Vec<u8>,
    pub(super) ino: u64,
    pub(super) age: Age,
    pub(super) packing: Packing,
}

/// All rotations of the log `log` that are in its folder: the newest first, the plain ones before
/// the compressed.
pub(super) fn rotations(folder: &dyn FsFolder, log: &[u8]) -> Result<Vec<Rotated>, Error> {
    let mut found = Vec::new();
    folder.read(&mut |entry| {
        if let Some((age, packing)) = parse(log, entry.name) {
            found.push(Rotated { name: entry.name.to_vec(), ino: entry.ino, age, packing });
        }
        ControlFlow::Continue(())
    })?;
    found.sort_by(|a, b| newest_first(&a.age, &b.age).then(a.packing.cmp(&b.packing)));
    Ok(found)
}

fn newest_first(a: &Age, b: &Age) -> Ordering {
    match (a, b) {
        (Age::Number(a), Age::Number(b)) => a.cmp(b),
        (Age::Date(a), Age::Date(b)) => b.cmp(a),
        (Age::Number(_), Age::Date(_)) => Ordering::Less,
        (Age::Date(_), Age::Number(_)) => Ordering::Greater,
    }
}

/// Those that were rotated after one of that age, the oldest first, and how many of them are not
/// there. Of a log that is there plain and compressed, the plain one.
pub(super) fn later<'a>(rotations: &'a [Rotated], age: &Age) -> (Vec<&'a Rotated>, u64) {
    match age {
        Age::Number(number) => {
            let numbers = rotations.iter().filter_map(|it| match it.age {
                Age::Number(number) => Some((number, it)),
                Age::Date(_) => None,
            });
            let numbers = plainest(numbers.filter(|(other, _)| other < number));
            let first = u32::from(!numbers.contains_key(&0));
            let there = numbers.len() as u64;
            let missing = u64::from(number.saturating_sub(first)).saturating_sub(there);
            (numbers.into_values().rev().collect(), missing)
        }
        Age::Date(date) => {
            let dates = rotations.iter().filter_map(|it| match &it.age {
                Age::Date(date) => Some((date, it)),
                Age::Number(_) => None,
            });
            let dates = plainest(dates.filter(|(other, _)| *other > date));
            (dates.into_values().collect(), 0)
        }
    }
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

    use super::{Age, Packing, Rotated, later, parse};

    fn rotated(log: &str, names: &[&str]) -> Vec<Rotated> {
        let parse = |name: &&str| {
            let (age, packing) = parse(log.as_bytes(), name.as_bytes())?;
            Some(Rotated { name: name.as_bytes().to_vec(), ino: 0, age, packing })
        };
        names.iter().filter_map(parse).collect()
    }

    #[test]
    fn rotated_names_are_told_from_those_of_other_files() {
        let log = b"access.log";
        let date = |digits: &str| Age::Date(digits.as_bytes().to_vec());
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
        let names = |found: (Vec<&Rotated>, u64)| {
            let name = |it: &&Rotated| String::from_utf8(it.name.clone()).unwrap();
            (found.0.iter().map(name).collect::<Vec<_>>(), found.1)
        };
        let numbers = rotated("a", &["a.1", "a.5.gz", "a.3.gz", "a.3", "a.10", "a-20260101"]);
        let expected = vec!["a.5.gz".to_owned(), "a.3".to_owned(), "a.1".to_owned()];
        assert_eq!(names(later(&numbers, &Age::Number(6))), (expected, 2));
        assert_eq!(names(later(&numbers, &Age::Number(1))), (Vec::new(), 0));
        let from_nought = rotated("a", &["a.1", "a.0"]);
        assert_eq!(later(&from_nought, &Age::Number(2)).1, 0);
        let dates = rotated("a", &["a-20260103", "a-20260101.gz", "a-20260102.gz", "a.1"]);
        let expected = vec!["a-20260102.gz".to_owned(), "a-20260103".to_owned()];
        let first = Age::Date(b"20260101".to_vec());
        assert_eq!(names(later(&dates, &first)), (expected, 0));
    }
}
