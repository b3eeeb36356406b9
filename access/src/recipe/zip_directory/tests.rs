//! Goal: a member of a zip archive is found by its number, and no archive gives more than its bytes
//! allow.
//! Method: archives of Python and of a small writer, which lies on request; members against the
//! `zip` crate's view of them.
//! What a user loses if it fails: another member's bytes, or an agent that a few bytes keep busy.

use std::io::{Cursor, Read};

use super::super::step::Step;
use super::super::test_inputs::{
    ZipFile, run, run_under, sample, zip, zip_end, zip_entry, zip_local,
};
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

fn member(archive: &[u8], index: u64) -> Result<Vec<u8>, Error> {
    run(&[Step::ZipMember(index)], archive)
}

fn two() -> [ZipFile; 2] {
    [ZipFile::stored("a", b"stored"), ZipFile::deflated("b", &[b'b'; 1000])]
}

#[test]
fn members_are_those_that_other_programs_wrote() {
    let office = sample("office.zip");
    let text = run(&[Step::Gunzip], &sample("page.gz")).unwrap();
    assert_eq!(member(&office, 0).unwrap(), text);
    assert_eq!(member(&office, 1).unwrap(), b"", "a folder counts");
    assert_eq!(member(&office, 2).unwrap().len(), 700);
    assert_eq!(member(&office, 3).unwrap(), b"");
    assert!(matches!(member(&office, 4), Err(Error::Unsupported(_))), "bzip2");
    assert!(matches!(member(&office, 5), Err(Error::Corrupt(_))));
    assert_eq!(member(&sample("streamed.zip"), 0).unwrap(), text);
}

#[test]
fn stored_bytes_are_those_that_the_zip_crate_finds() {
    let files: Vec<_> =
        (0..20_u8).map(|n| ZipFile::stored(&format!("file {n}"), &vec![n; n.into()])).collect();
    let archive = zip(&files);
    let mut theirs = zip::ZipArchive::new(Cursor::new(&archive)).unwrap();
    assert_eq!(theirs.len(), 20);
    for index in 0..20 {
        let mut expected = Vec::new();
        theirs.by_index(index).unwrap().read_to_end(&mut expected).unwrap();
        assert_eq!(member(&archive, index as u64).unwrap(), expected);
    }
}

#[test]
fn bytes_before_and_a_comment_behind_the_archive_do_not_matter() {
    let archive = zip(&two());
    let before = [b"#!/bin/sh\n".as_slice(), &archive].concat();
    assert_eq!(member(&before, 0).unwrap(), b"stored");
    let mut commented = archive;
    let comment = b"PK\x05\x06 is in the comment";
    let at = commented.len() - 2;
    commented[at] = u8::try_from(comment.len()).unwrap();
    commented.extend_from_slice(comment);
    assert_eq!(member(&commented, 1).unwrap().len(), 1000);
}

#[test]
fn sizes_and_checksums_that_lie_are_corrupt() {
    let right = ZipFile::deflated("a", &[b'a'; 1000]);
    let lies = [
        ZipFile { len: 999, ..right.clone() },
        ZipFile { len: 1001, ..right.clone() },
        ZipFile { len: 0, ..right.clone() },
        ZipFile { crc32: 1, ..right.clone() },
        ZipFile { stored: right.stored[..5].to_vec(), ..right.clone() },
        ZipFile { stored: vec![], ..right.clone() },
        ZipFile { stored: vec![0xff; 20], ..right.clone() },
        ZipFile { len: 5, ..ZipFile::stored("a", b"four") },
    ];
    for lie in lies {
        let archive = zip(&[lie, ZipFile::stored("b", b"neighbour")]);
        assert!(matches!(member(&archive, 0), Err(Error::Corrupt(_))));
        assert_eq!(member(&archive, 1).unwrap(), b"neighbour");
    }
}

#[test]
fn what_this_version_does_not_read_is_unsupported() {
    for flags in [1, 1 | 1 << 6, 1 << 5, 1 << 13] {
        let archive = zip(&[ZipFile { flags, ..two()[0].clone() }]);
        assert!(matches!(member(&archive, 0), Err(Error::Unsupported(_))), "flags {flags}");
    }
    for method in [1, 9, 12, 14, 93, 95, 99] {
        let archive = zip(&[ZipFile { method, ..two()[0].clone() }]);
        assert!(matches!(member(&archive, 0), Err(Error::Unsupported(_))), "method {method}");
    }
    let named_and_streamed = zip(&[ZipFile { flags: 1 << 11 | 1 << 3, ..two()[0].clone() }]);
    assert_eq!(member(&named_and_streamed, 0).unwrap(), b"stored");
}

#[test]
fn members_that_overlap_are_refused_and_others_are_not() {
    // Each header quotes the next, as in the bombs of Fifield (2019), and one member stands apart.
    let kernel = ZipFile::deflated("k", &[0; 5000]);
    let apart = ZipFile::stored("apart", b"apart");
    let local = zip_local(&kernel);
    let quoting = ZipFile { stored: local.clone(), ..ZipFile::stored("q", &local) };
    let body = [zip_local(&apart), zip_local(&quoting)].concat();
    let quoted_offset = body.len() - local.len();
    let directory = [
        zip_entry(&apart, 0),
        zip_entry(&quoting, zip_local(&apart).len() as u64),
        zip_entry(&kernel, quoted_offset as u64),
        zip_entry(&kernel, quoted_offset as u64),
    ]
    .concat();
    let end = zip_end(4, directory.len() as u64, body.len() as u64);
    let archive = [body, directory, end].concat();
    assert_eq!(member(&archive, 0).unwrap(), b"apart");
    for index in 1..4 {
        assert!(matches!(member(&archive, index), Err(Error::Corrupt(_))), "member {index}");
    }
}

#[test]
fn a_directory_that_lies_is_corrupt() {
    let files = two();
    let local: Vec<u8> = files.iter().flat_map(zip_local).collect();
    let second = zip_local(&files[0]).len() as u64;
    let directory = [zip_entry(&files[0], 0), zip_entry(&files[1], second)].concat();
    let (bytes, offset) = (directory.len() as u64, local.len() as u64);
    let with_end = |end: Vec<u8>| [local.clone(), directory.clone(), end].concat();
    assert!(member(&with_end(zip_end(2, bytes, offset)), 1).is_ok());
    for end in [
        zip_end(3, bytes, offset),
        zip_end(2, bytes + 1, offset),
        zip_end(2, bytes - 1, offset),
        zip_end(2, u64::from(u32::MAX) - 1, 0),
        zip_end(2, bytes, offset + 1),
        zip_end(2, 0, 0),
    ] {
        assert!(matches!(member(&with_end(end), 1), Err(Error::Corrupt(_))));
    }
    for offset in [1, offset - 1, offset, u64::from(u32::MAX) - 1] {
        let directory = [zip_entry(&files[0], offset), zip_entry(&files[1], second)].concat();
        let end = zip_end(2, bytes, local.len() as u64);
        let archive = [local.clone(), directory, end].concat();
        assert!(matches!(member(&archive, 0), Err(Error::Corrupt(_))), "offset {offset}");
    }
}

#[test]
fn members_above_the_cap_are_refused() {
    let archive = zip(&vec![ZipFile::stored("a", b""); 4]);
    let limits = Limits { members: 3, ..Limits::default() };
    let result = run_under(&[Step::ZipMember(0)], &archive, &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::Members))));
}

#[test]
fn a_stored_member_is_read_where_it_lies() {
    let archive = zip(&two());
    let (limits, clock) = (Limits::default(), super::super::test_inputs::SteppingClock::default());
    let recipe = super::super::test_inputs::recipe(&[Step::ZipMember(0)]);
    assert!(recipe.ranges(&archive, &limits, &clock, None).unwrap().can_seek());
    let recipe = super::super::test_inputs::recipe(&[Step::ZipMember(1)]);
    assert!(!recipe.ranges(&archive, &limits, &clock, None).unwrap().can_seek());
}
