//! Goal: a member of an ar archive is found by its number, in every form of its name.
//! Method: archives of the `ar` crate, of GNU ar and of hand; cuts; lies.
//! What a user loses if it fails: the files of Debian's packages are sent again.

use std::io::Read;

use super::super::budget::Budget;
use super::super::input::Input;
use super::super::test_inputs::{SteppingClock, ar, sample};
use super::ArMembers;
use crate::error::Error;
use crate::limits::Limits;

type Found = Vec<(String, Vec<u8>)>;

fn members(archive: &[u8]) -> Result<Found, Error> {
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let budget = Budget::new(&limits, &clock);
    let input = Input::of_body(Box::new(archive), true, &budget);
    let mut members = ArMembers::new(input);
    let mut found = Vec::new();
    while let Some(member) = members.next()? {
        assert_eq!(member.ordinal, found.len() as u64);
        let mut bytes = Vec::new();
        members.read_to_end(&mut bytes)?;
        let at = usize::try_from(member.offset).unwrap();
        assert_eq!(archive[at..at + usize::try_from(member.len).unwrap()], bytes);
        found.push((String::from_utf8(member.name).unwrap(), bytes));
    }
    Ok(found)
}

fn entry(name: &str, size: &str, bytes: &[u8]) -> Vec<u8> {
    let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, "100644");
    [header.as_bytes(), bytes].concat()
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [b"!<arch>\n".to_vec(), entries.concat()].concat()
}

#[test]
fn members_are_those_that_were_written() {
    // Short names, and long ones in the form of BSD.
    let files: Found = vec![
        ("one".into(), b"1".to_vec()),
        ("a name with spaces that is long".into(), vec![2; 99]),
        ("empty".into(), vec![]),
    ];
    assert_eq!(members(&ar(&files)).unwrap(), files);
    assert_eq!(members(b"!<arch>\n").unwrap(), []);
}

#[test]
fn tables_are_no_members() {
    let found = members(&sample("long_names.a")).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], ("a.o".into(), b"first".to_vec()));
    assert_eq!((found[1].0.as_str(), found[1].1.len()), ("/0", 333));
    let symbols = archive(&[
        entry("/", "4", b"\0\0\0\0"),
        entry("/SYM64/", "0", b""),
        entry("__.SYMDEF SORTED", "0", b""),
        entry("a/", "1", b"a"),
    ]);
    assert_eq!(members(&symbols).unwrap(), [("a".into(), b"a".to_vec())]);
}

#[test]
fn lies_and_cuts_are_corrupt() {
    for lying in [
        entry("a", "5", b"four"),
        entry("a", "9999999999", b""),
        entry("a", "", b""),
        entry("a", "-1", b""),
        entry("a", "+1", b"a"),
        entry("#1/9", "4", b"four"),
        entry("#1/9999999999", "4", b"four"),
        entry("#1/x", "4", b"four"),
    ] {
        let result = members(&archive(&[lying]));
        assert!(matches!(result, Err(Error::Corrupt(_))), "{result:?}");
    }
    let whole = archive(&[entry("a", "3", b"abc\n"), entry("b", "1", b"b")]);
    for cut in 0..whole.len() {
        let is_whole = [8, 71, 72].contains(&cut);
        assert_eq!(members(&whole[..cut]).is_ok(), is_whole, "cut at {cut}");
    }
}
