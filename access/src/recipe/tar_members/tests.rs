//! Goal: a file of an archive is found by its number, whatever stands between.
//! Method: archives of the `tar` crate and of Python against the `tar` crate's own reader; lies and
//! cuts by hand.
//! What a user loses if it fails: another file's bytes under a file's recipe.

use std::io::Read;

use super::super::budget::Budget;
use super::super::input::Input;
use super::super::step::Step;
use super::super::test_inputs::{SteppingClock, run, sample, tar};
use super::{TarMember, TarMembers, begins_tar};
use crate::error::Error;
use crate::limits::Limits;

fn members(archive: &[u8]) -> Result<Vec<(TarMember, Vec<u8>)>, Error> {
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let budget = Budget::new(&limits, &clock);
    let input = Input::of_body(Box::new(archive), true, &budget);
    let mut members = TarMembers::new(input);
    let mut found = Vec::new();
    while let Some(member) = members.next()? {
        let mut bytes = Vec::new();
        members.read_to_end(&mut bytes)?;
        found.push((member, bytes));
    }
    Ok(found)
}

fn header(kind: u8, name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).unwrap();
    header.set_size(size);
    header.as_mut_bytes()[156] = kind;
    header.set_cksum();
    header
}

fn entry(kind: u8, name: &str, bytes: &[u8]) -> Vec<u8> {
    let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len()];
    [header(kind, name, bytes.len() as u64).as_bytes().as_slice(), bytes, &padding].concat()
}

#[test]
fn members_are_those_that_the_tar_crate_sees() {
    for (name, step) in
        [("gnu.tar.gz", Step::Gunzip), ("gnu.tar.zst", Step::Unzstd), ("pax.tar.xz", Step::Unxz)]
    {
        let archive = run(&[step], &sample(name)).unwrap();
        assert!(begins_tar(&archive));
        let found = members(&archive).unwrap();
        let mut theirs = tar::Archive::new(archive.as_slice());
        let mut expected = Vec::new();
        for entry in theirs.entries().unwrap() {
            let mut entry = entry.unwrap();
            if entry.header().entry_type().is_file() {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                expected.push((entry.path_bytes().into_owned(), bytes));
            }
        }
        assert_eq!(expected.len(), 5, "{name}");
        let seen: Vec<_> = found.iter().map(|(m, bytes)| (m.name.clone(), bytes.clone())).collect();
        assert_eq!(seen, expected, "{name}");
        for (number, (member, bytes)) in (0..).zip(&found) {
            assert_eq!(member.ordinal, number);
            let at = usize::try_from(member.offset).unwrap();
            assert_eq!(&archive[at..at + bytes.len()], bytes.as_slice());
        }
    }
}

#[test]
fn what_is_no_regular_file_does_not_count() {
    let mut link = header(b'1', "hard", 700);
    link.set_link_name("a").unwrap();
    link.set_cksum();
    let archive = [
        entry(b'5', "folder", b""),
        entry(b'0', "a", b"first"),
        // A hard link states its file's size and has no bytes.
        link.as_bytes().to_vec(),
        entry(b'2', "soft", b""),
        entry(b'3', "device", b""),
        entry(b'V', "volume", b""),
        entry(0, "old-folder/", b""),
        entry(b'0', "other-folder/", b""),
        entry(b'7', "b", &[7; 513]),
        entry(b'g', "global", b"13 comment=x\n"),
        entry(0, "c", b""),
    ];
    let found = members(&archive.concat()).unwrap();
    let seen: Vec<_> = found.iter().map(|(m, b)| (m.name.as_slice(), b.len())).collect();
    assert_eq!(seen, [(&b"a"[..], 5), (b"b", 513), (b"c", 0)]);
}

#[test]
fn an_extended_header_says_the_size_and_the_name() {
    let records = [&b"12 size=600\n"[..], b"17 path=other.txt\n"].concat();
    assert!(members(&entry(b'x', "x", &records)).is_err(), "a wrong length of a record");
    let records = [&b"12 size=600\n"[..], b"18 path=other.txt\n"].concat();
    let mut short = header(b'0', "short", 3);
    short.set_cksum();
    let archive = [
        entry(b'x', "x", &records),
        short.as_bytes().to_vec(),
        vec![5; 600],
        vec![0; 424],
        entry(b'0', "next", b"n"),
    ];
    let found = members(&archive.concat()).unwrap();
    assert_eq!((found[0].0.name.as_slice(), found[0].0.len), (&b"other.txt"[..], 600));
    assert_eq!(found[1].0.name, b"next");
}

#[test]
fn sparse_members_count_and_are_refused() {
    let mut old = header(b'S', "old", 512).as_bytes().to_vec();
    old[482] = 1;
    let sum: u32 = old.iter().map(|&byte| u32::from(byte)).sum();
    let own: u32 = old[148..156].iter().map(|&byte| u32::from(byte)).sum();
    old[148..156].copy_from_slice(format!("{:06o}\0 ", sum - own + 256).as_bytes());
    let (mut first_map, last_map) = (vec![1; 512], vec![0; 512]);
    first_map[504] = 1;
    let archive = [
        [old, first_map, last_map, vec![9; 512]].concat(),
        entry(b'x', "x", b"22 GNU.sparse.major=1\n"),
        entry(b'0', "new", b"map"),
        entry(b'0', "whole", b"whole"),
    ]
    .concat();
    let found = members(&archive).unwrap();
    let sparse: Vec<_> = found.iter().map(|(member, _)| member.is_sparse).collect();
    assert_eq!(sparse, [true, true, false]);
    assert!(matches!(run(&[Step::TarMember(0)], &archive), Err(Error::Unsupported(_))));
    assert!(matches!(run(&[Step::TarMember(1)], &archive), Err(Error::Unsupported(_))));
    assert_eq!(run(&[Step::TarMember(2)], &archive).unwrap(), b"whole");
}

#[test]
fn sizes_that_lie_are_corrupt_and_take_no_memory() {
    for size in [1, 511, 1 << 40, u64::MAX - 600, u64::MAX] {
        for kind in *b"0Lxg" {
            let lying = header(kind, "a", size).as_bytes().to_vec();
            let result = members(&lying);
            let is_refused = matches!(result, Err(Error::Corrupt(_) | Error::Limit(_)));
            assert!(is_refused, "{kind} of {size}: {result:?}");
        }
    }
}

#[test]
fn an_archive_may_end_without_its_blocks_of_zeros_but_not_within_a_member() {
    let archive = tar(&[("a".into(), vec![1; 700]), ("b".into(), vec![2; 10])]);
    for cut in 0..archive.len() {
        let result = members(&archive[..cut]);
        match cut {
            0 => assert!(result.unwrap().is_empty()),
            // Between members, or within the zeros at the end.
            1536 => assert_eq!(result.unwrap().len(), 1),
            _ if cut == 2560 || cut >= 3072 => assert_eq!(result.unwrap().len(), 2),
            _ => assert!(matches!(result, Err(Error::Corrupt(_))), "cut at {cut}"),
        }
    }
}

#[test]
fn members_above_the_cap_are_refused() {
    let files: Vec<_> = (0..5).map(|n| (format!("{n}"), vec![])).collect();
    let archive = tar(&files);
    let limits = Limits { members: 3, ..Limits::default() };
    let run = |n| super::super::test_inputs::run_under(&[Step::TarMember(n)], &archive, &limits);
    assert!(run(2).is_ok());
    assert!(matches!(run(3), Err(Error::Limit(_))));
}

#[test]
fn a_text_is_no_tar_archive() {
    assert!(!begins_tar(&[0; 512]));
    assert!(!begins_tar(&[b'a'; 512]));
    assert!(!begins_tar(&tar(&[("a".into(), vec![])])[..511]));
}
