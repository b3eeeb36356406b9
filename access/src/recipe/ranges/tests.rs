//! Goal: ranges are the bytes of the whole at their places, for one decode.
//! Method: every recipe over the samples, random ascending ranges against the whole; how often the
//! body is read.
//! What a user loses if it fails: chunks that were found cannot be pulled.

use std::sync::atomic::Ordering;

use super::super::step::{Extent, PartEncoding, Step};
use super::super::test_inputs::{
    CountingBody, SteppingClock, ZipFile, ar, gzip, recipe, run, sample, tar, zip,
};
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::seeded::Seeded;

fn files() -> Vec<(String, Vec<u8>)> {
    let mut seeded = Seeded::new(3);
    (0..6).map(|n| (format!("file{n}"), seeded.bytes(3000))).collect()
}

fn attachment() -> Step {
    Step::Mime { path: vec![2], encoding: PartEncoding::Base64 }
}

#[test]
fn ranges_are_parts_of_the_whole() {
    let extent = |offset, len| Extent { offset, len };
    let cases: Vec<(Vec<Step>, Vec<u8>, bool)> = vec![
        (vec![], files()[0].1.clone(), true),
        (vec![Step::Identity(extent(100, 900))], files()[0].1.clone(), true),
        (
            vec![Step::Concat(vec![extent(500, 20), extent(0, 0), extent(7, 300)])],
            files()[0].1.clone(),
            true,
        ),
        (vec![Step::TarMember(4)], tar(&files()), true),
        (vec![Step::ArMember(2)], ar(&files()), true),
        (vec![Step::ZipMember(0)], zip(&[ZipFile::stored("a", &files()[0].1)]), true),
        (vec![Step::ZipMember(0)], zip(&[ZipFile::deflated("a", &files()[0].1)]), false),
        (vec![Step::Gunzip, Step::TarMember(3)], gzip(&tar(&files())), false),
        (vec![Step::Gunzip, Step::Identity(extent(50, 9))], gzip(&files()[0].1), false),
        (
            vec![Step::Gunzip, Step::Concat(vec![extent(5, 90), extent(200, 900)])],
            gzip(&files()[0].1),
            false,
        ),
        (vec![attachment()], sample("mail.eml"), true),
        // A mail that was decompressed is held in memory.
        (vec![Step::Gunzip, attachment()], sample("mail.eml.gz"), true),
        (vec![Step::LfToCrlf], sample("mail.eml"), false),
        (
            vec![Step::Mime { path: vec![1], encoding: PartEncoding::QuotedPrintable }],
            sample("mail.eml"),
            false,
        ),
    ];
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let mut seeded = Seeded::new(11);
    for (steps, body, can_seek) in cases {
        let whole = run(&steps, &body).unwrap();
        let recipe = recipe(&steps);
        let mut reader = recipe.ranges(&body, &limits, &clock, None).unwrap();
        assert_eq!(reader.can_seek(), can_seek, "{recipe}");
        let mut at = 0;
        let mut buffer = vec![1; 5];
        while at < whole.len() {
            let from = at + seeded.below(20).min(whole.len() - at);
            let len = seeded.below(80).min(whole.len() - from);
            reader.read(extent(from as u64, len as u64), &mut buffer).unwrap();
            assert_eq!(buffer, &whole[from..from + len], "{recipe}");
            at = from + len;
        }
        let beyond = reader.read(extent(whole.len() as u64, 1), &mut buffer);
        assert!(matches!(beyond, Err(Error::Corrupt(_))), "{recipe}");
        let back = reader.read(extent(0, 1), &mut buffer);
        assert_eq!(back.is_ok(), can_seek, "{recipe}");
        let endless = reader.read(extent(u64::MAX, 1), &mut buffer);
        assert!(endless.is_err(), "{recipe}");
        let large = reader.read(extent(0, (64 << 20) + 1), &mut buffer);
        assert!(matches!(large, Err(Error::Limit(LimitKind::Memory))), "{recipe}");
    }
}

#[test]
fn a_stream_is_decoded_once_for_all_ranges() {
    let body = CountingBody::new(gzip(&Seeded::new(5).bytes(300_000)));
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let recipe = recipe(&[Step::Gunzip]);
    let mut reader = recipe.ranges(&body, &limits, &clock, None).unwrap();
    let mut buffer = Vec::new();
    for offset in (0..300_000).step_by(1000) {
        reader.read(Extent { offset, len: 700 }, &mut buffer).unwrap();
    }
    assert!(body.read.load(Ordering::Relaxed) <= body.bytes.len() as u64);
}

#[test]
fn a_member_that_is_stored_is_read_where_it_lies() {
    let body = CountingBody::new(tar(&[
        ("before".into(), vec![1; 1 << 20]),
        ("wanted".into(), vec![2; 1 << 20]),
    ]));
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let recipe = recipe(&[Step::TarMember(1)]);
    let mut reader = recipe.ranges(&body, &limits, &clock, None).unwrap();
    reader.read(Extent { offset: 1 << 19, len: 4096 }, &mut Vec::new()).unwrap();
    assert!(body.read.load(Ordering::Relaxed) <= 100 << 10);
}
