//! Goal: each representation is visited once, with the bytes that its recipe gives, for one decode.
//! Method: the samples by hand; random containers, each visit against `Recipe::open`; how much of
//! the body is read; members that fail; visitors that stop.
//! What a user loses if it fails: chunks published under a recipe that gives other bytes.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;

use super::super::step::{PartEncoding, Recipe, Step};
use super::super::test_inputs::{
    CountingBody, SteppingClock, Visited, ZipFile, ar, gzip, recipe, run, sample, tar, walk_all,
    xz, zip, zstd,
};
use super::{Hints, offers, walk};
use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::manual_clock::ManualClock;
use crate::object::ContentCoding;
use crate::seeded::Seeded;

const MAIL: Hints<'_> = Hints { content_codings: &[], is_mail: true };

fn coded(content_codings: &[ContentCoding]) -> Hints<'_> {
    Hints { content_codings, is_mail: false }
}

/// The recipes that are visited, as people see them, with names.
fn seen(visited: &Visited) -> Vec<String> {
    let line = |(recipe, name, bytes): &(Recipe, Option<String>, Result<Vec<u8>, Error>)| {
        let name = name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let problem = if bytes.is_err() { " failed" } else { "" };
        format!("{recipe}{name}{problem}")
    };
    visited.iter().map(line).collect()
}

fn assert_as_opened(visited: &Visited, body: &[u8]) {
    for (recipe, _, bytes) in visited {
        let opened = run(recipe.steps(), body);
        match (bytes, opened) {
            (Ok(bytes), Ok(opened)) => assert!(*bytes == opened, "{recipe}"),
            (Err(walked), Err(opened)) => assert_eq!(walked.reason(), opened.reason(), "{recipe}"),
            (walked, opened) => panic!("{recipe}: {walked:?} and {opened:?}"),
        }
    }
}

fn assert_visits(body: &[u8], hints: Hints<'_>, expected: &[&str]) {
    let (visited, result) = walk_all(&body.to_vec(), hints);
    result.unwrap();
    assert_eq!(seen(&visited), expected);
    assert_as_opened(&visited, body);
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let body = body.to_vec();
    let offers = offers(&body, hints, &limits, &clock).unwrap();
    let offered: Vec<_> = offers.iter().map(|offer| &offer.recipe).collect();
    let mut given = Vec::new();
    walk(&body, hints, (&limits, &clock), &mut |offer, bytes| {
        given.extend(bytes.is_ok().then(|| offer.recipe.clone()));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(offered, given.iter().collect::<Vec<_>>());
    let failed: Vec<_> = visited.iter().filter(|visit| visit.2.is_err()).collect();
    assert!(offered.len() + failed.len() >= visited.len(), "what can be read is offered");
}

#[test]
fn plain_bytes_offer_themselves() {
    for body in [&b""[..], b"text", &[0; 2000], b"PK", b"\x1f\x8b"] {
        assert_visits(body, Hints::default(), &["identity"]);
    }
}

#[test]
fn a_content_coding_offers_what_it_hides() {
    assert_visits(&sample("page.zlib"), coded(&[ContentCoding::Deflate]), &["identity", "gunzip"]);
    assert_visits(&sample("page.br"), coded(&[ContentCoding::Brotli]), &["identity", "unbrotli"]);
    let twice = zstd(&sample("page.gz"));
    let both = [ContentCoding::Gzip, ContentCoding::Zstd];
    assert_visits(&twice, coded(&both), &["identity", "unzstd / gunzip"]);
    let unknown = [ContentCoding::Gzip, ContentCoding::Unknown];
    assert_visits(&sample("page.gz"), coded(&unknown), &["identity"]);
}

#[test]
fn a_coding_that_lies_fails_alone() {
    let (visited, _) = walk_all(&b"plain text".to_vec(), coded(&[ContentCoding::Gzip]));
    assert_eq!(seen(&visited), ["identity", "gunzip failed"]);
}

#[test]
fn a_compressed_file_offers_what_is_in_it() {
    assert_visits(&sample("page.gz"), Hints::default(), &["identity", "gunzip"]);
    assert_visits(&zstd(b"a"), Hints::default(), &["identity", "unzstd"]);
    assert_visits(&xz(b""), Hints::default(), &["identity", "unxz"]);
}

#[test]
fn archives_offer_their_files() {
    let name = format!("data/{}.txt", "long-name-".repeat(14));
    let files = ["docs/readme.txt", "docs/empty", "data/noise.bin", &name, "last.txt"];
    for (sample_name, step) in
        [("gnu.tar.gz", "gunzip"), ("gnu.tar.zst", "unzstd"), ("pax.tar.xz", "unxz")]
    {
        let mut expected = vec!["identity".to_owned()];
        expected.extend(
            files.iter().enumerate().map(|(n, name)| format!("{step} / tar member {n} ({name})")),
        );
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_visits(&sample(sample_name), Hints::default(), &expected);
    }
    assert_visits(
        &sample("office.zip"),
        Hints::default(),
        &[
            "identity",
            "zip member 0 ([Content_Types].xml)",
            "zip member 2 (media/image.bin)",
            "zip member 3 (empty)",
            "zip member 4 (bz.txt) failed",
        ],
    );
}

#[test]
fn a_package_offers_the_files_that_it_installs() {
    let expected = [
        "identity",
        "ar member 0 (debian-binary)",
        "ar member 1 / gunzip / tar member 0 (control)",
        "ar member 2 / unxz / tar member 0 (usr/share/doc/sample/readme)",
        "ar member 2 / unxz / tar member 1 (usr/bin/noise)",
    ];
    let (visited, result) = walk_all(&sample("sample.deb"), Hints::default());
    result.unwrap();
    let lines: Vec<_> = seen(&visited).iter().map(|line| line.replace("(./", "(")).collect();
    assert_eq!(lines, expected);
    assert_as_opened(&visited, &sample("sample.deb"));
    // One step deeper the files are out of reach, and the members are offered as they are.
    let (visited, result) = walk_all(&gzip(&sample("sample.deb")), coded(&[ContentCoding::Gzip]));
    result.unwrap();
    let expected = [
        "identity",
        "gunzip",
        "gunzip / ar member 0 (debian-binary)",
        "gunzip / ar member 1 (control.tar.gz)",
        "gunzip / ar member 2 (data.tar.xz)",
    ];
    assert_eq!(seen(&visited), expected);
}

#[test]
fn a_mail_offers_its_crlf_form_and_its_parts_with_either_line_ends() {
    let parts = |other: &str| {
        [
            "mime part 1 quoted-printable".to_owned(),
            format!("mime part 1 quoted-printable / {other}"),
            "mime part 2 base64 (noise.bin)".to_owned(),
            "mime part 3".to_owned(),
            format!("mime part 3 / {other}"),
            "mime part 3.1".to_owned(),
            "mime part 3.2 base64".to_owned(),
        ]
    };
    let assert_offers = |body: &Vec<u8>, first: &[&str], parts: &[String]| {
        let parts = parts.iter().map(String::as_str);
        assert_visits(body, MAIL, &first.iter().copied().chain(parts).collect::<Vec<_>>());
    };
    assert_offers(&sample("mail.eml"), &["identity", "lf to crlf"], &parts("lf to crlf"));
    let behind = parts("lf to crlf").map(|part| format!("gunzip / {part}"));
    let first = ["identity", "gunzip", "gunzip / lf to crlf"];
    assert_offers(&sample("mail.eml.gz"), &first, &behind);
    let crlf = run(&[Step::LfToCrlf], &sample("mail.eml")).unwrap();
    assert_offers(&crlf, &["identity"], &parts("crlf to lf"));
}

#[test]
fn a_text_of_a_mail_is_offered_as_it_was_sent_and_as_programs_save_it() {
    let mixed = b"Content-Type: text/plain\n\none\r\ntwo\nthree".to_vec();
    let expected = ["identity", "lf to crlf", "mime part 1", "mime part 1 / lf to crlf"];
    assert_visits(&mixed, MAIL, &[&expected[..], &["mime part 1 / crlf to lf"]].concat());
    let part = Step::Mime { path: vec![1], encoding: PartEncoding::Plain };
    let as_saved = |step| run(&[part.clone(), step], &mixed).unwrap();
    assert_eq!(as_saved(Step::LfToCrlf), b"one\r\ntwo\r\nthree");
    assert_eq!(as_saved(Step::CrlfToLf), b"one\ntwo\nthree");
    let one_line = b"A: 1\n\nx".to_vec();
    assert_visits(&one_line, MAIL, &["identity", "lf to crlf", "mime part 1"]);
}

#[test]
fn an_attachment_is_the_file_that_was_attached() {
    let noise = run(&[Step::ZipMember(2)], &sample("office.zip")).unwrap();
    let part = Step::Mime { path: vec![2], encoding: PartEncoding::Base64 };
    assert_eq!(run(std::slice::from_ref(&part), &sample("mail.eml")).unwrap(), noise);
    let crlf = run(&[Step::LfToCrlf], &sample("mail.eml")).unwrap();
    assert_eq!(run(&[part], &crlf).unwrap(), noise);
}

#[test]
fn a_member_that_fails_is_alone() {
    let bad = ZipFile { crc32: 1, ..ZipFile::deflated("bad", b"bytes") };
    let archive = zip(&[ZipFile::stored("a", b"a"), bad, ZipFile::deflated("c", b"c")]);
    let (visited, result) = walk_all(&archive, Hints::default());
    result.unwrap();
    let expected =
        ["identity", "zip member 0 (a)", "zip member 1 (bad) failed", "zip member 2 (c)"];
    assert_eq!(seen(&visited), expected);
}

#[test]
fn a_broken_end_leaves_what_was_before_it() {
    let files = [("a".to_owned(), vec![1; 600]), ("b".to_owned(), Seeded::new(8).bytes(600_000))];
    for packed in [gzip(&tar(&files)), xz(&tar(&files)), zstd(&tar(&files)), tar(&files)] {
        let cut = packed[..packed.len() - packed.len() / 4].to_vec();
        let (visited, result) = walk_all(&cut, Hints::default());
        assert!(matches!(result, Err(Error::Corrupt(_))), "{result:?}");
        assert!(visited.iter().any(|visit| visit.1.as_deref() == Some("a") && visit.2.is_ok()));
        let broken = visited.iter().find(|visit| visit.1.as_deref() == Some("b"));
        assert!(broken.is_none_or(|visit| visit.2.is_err()));
    }
}

#[test]
fn a_visitor_may_stop_and_need_not_read() {
    let archive = gzip(&tar(&(0..9).map(|n| (format!("{n}"), vec![n; 999])).collect::<Vec<_>>()));
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    for stop_at in 0..10_usize {
        let mut visits = 0;
        walk(&archive, Hints::default(), (&limits, &clock), &mut |_, bytes| {
            if visits % 2 == 0 {
                bytes.unwrap().read_exact(&mut [0; 10]).unwrap();
            }
            visits += 1;
            if visits > stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert_eq!(visits, stop_at + 1);
    }
}

#[test]
fn all_members_of_an_archive_cost_one_decode() {
    let mut seeded = Seeded::new(4);
    let files: Vec<_> = (0..200).map(|n| (format!("{n}"), seeded.bytes(5000))).collect();
    let data = tar(&files);
    let deb = ar(&[("debian-binary".into(), b"2.0\n".to_vec()), ("data.tar.xz".into(), xz(&data))]);
    for (archive, passes) in
        [(gzip(&data), 1), (xz(&data), 1), (zstd(&data), 1), (data, 1), (deb, 2)]
    {
        let body = CountingBody::new(archive);
        let (visited, result) = walk_all(&body, Hints::default());
        result.unwrap();
        assert!(visited.len() > 200);
        // Once for the identity, once for all members; a package is looked into a little besides.
        let read = body.read.load(Ordering::Relaxed);
        let bound = body.bytes.len() as u64 * (passes + 1) + (400 << 10);
        assert!(read <= bound, "{read} of {}", body.bytes.len());
    }
}

#[test]
fn all_that_is_decoded_in_a_walk_is_bounded() {
    let files: Vec<_> =
        (0..50).map(|n| ZipFile::deflated(&format!("{n}"), &vec![1; 100_000])).collect();
    let archive = zip(&files);
    let limits = Limits { decoded_bytes: 1_000_000, ..Limits::default() };
    let clock = SteppingClock::default();
    let mut visits = 0;
    let result = walk(&archive, Hints::default(), (&limits, &clock), &mut |_, bytes| {
        visits += 1;
        std::io::copy(bytes.unwrap(), &mut std::io::sink()).unwrap();
        ControlFlow::Continue(())
    });
    assert!(matches!(result, Err(Error::Limit(LimitKind::DecodedBytes))), "{result:?}");
    assert_eq!(visits, 12, "the identity, ten members, the one too many");
}

fn any_files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..2000),
        (any::<u8>(), 0_usize..40_000).prop_map(|(byte, len)| vec![byte; len]),
    ];
    let names = "[a-z]{1,20}|[a-z]{90,140}";
    prop::collection::vec((names, bytes), 0..12)
}

fn containers(files: &[(String, Vec<u8>)]) -> Vec<(Vec<u8>, usize)> {
    let archive = tar(files);
    let members: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(n, (name, bytes))| match n % 2 {
            0 => ZipFile::stored(name, bytes),
            _ => ZipFile::deflated(name, bytes),
        })
        .collect();
    let count = files.len();
    let deb = ar(&[("debian-binary".into(), b"2.0\n".to_vec()), ("d".into(), zstd(&archive))]);
    // An archive of nothing but zeros is told from a file of zeros by nobody.
    let as_file = usize::from(count == 0);
    vec![
        (gzip(&archive), count + as_file),
        (zstd(&archive), count + as_file),
        (archive, count),
        (ar(files), count),
        (deb, count + 1 + as_file),
        (zip(&members), count),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_visit_gives_what_its_recipe_gives(files in any_files()) {
        for (body, members) in containers(&files) {
            let (visited, result) = walk_all(&body, Hints::default());
            prop_assert!(result.is_ok(), "{:?}", result);
            prop_assert_eq!(visited.len(), members + 1);
            assert_as_opened(&visited, &body);
            let recipes: std::collections::HashSet<_> =
                visited.iter().map(|visit| visit.0.encode()).collect();
            prop_assert_eq!(recipes.len(), visited.len(), "each once");
        }
    }
}

#[test]
fn recipes_of_a_walk_can_be_published() {
    for (name, bytes) in super::super::test_inputs::SAMPLES {
        for (visited, ..) in walk_all(&bytes.to_vec(), Hints::default()).0 {
            assert_eq!(Recipe::decode(&visited.encode()).unwrap(), visited, "{name}");
            assert_eq!(visited, recipe(visited.steps()));
        }
    }
}

/// Storage that needs a second for each read.
struct SlowBody<'c> {
    bytes: Vec<u8>,
    clock: &'c ManualClock,
}

impl Body for SlowBody<'_> {
    fn len(&self) -> u64 {
        Body::len(&self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        self.clock.advance(Duration::from_secs(1));
        self.bytes.read_at(offset, buffer)
    }
}

#[test]
fn stored_members_of_slow_storage_are_all_visited() {
    let files: Vec<_> = (0..20).map(|n| (n.to_string(), vec![7; 400_000])).collect();
    let stored: Vec<_> = files.iter().map(|(name, bytes)| ZipFile::stored(name, bytes)).collect();
    let packed: Vec<_> = files.iter().map(|(name, bytes)| ZipFile::deflated(name, bytes)).collect();
    let limits = Limits::default();
    for bytes in [zip(&stored), zip(&packed), tar(&files), ar(&files)] {
        let clock = ManualClock::new();
        let body = SlowBody { bytes, clock: &clock };
        let mut visits = 0;
        let result = walk(&body, Hints::default(), (&limits, &clock), &mut |_, bytes| {
            visits += 1;
            let bytes = bytes.unwrap();
            let mut buffer = [0; 8 << 10];
            while bytes.read(&mut buffer).unwrap() > 0 {}
            ControlFlow::Continue(())
        });
        assert!(result.is_ok() && visits == 21, "{result:?} after {visits}");
    }
}

#[test]
fn a_compressed_mail_too_large_to_be_held_is_visited_whole() {
    let noise = Seeded::new(3).bytes(60_000);
    for line_end in [&b"\n"[..], b"\r\n"] {
        let mail = [b"A: 1", line_end, line_end, &noise.repeat(2)].concat();
        let mut mail = mail;
        mail.retain(|&byte| byte != b'\n' || line_end.len() == 1);
        let body = gzip(&mail);
        let limits = Limits { memory_bytes: 100_000, ..Limits::default() };
        let clock = SteppingClock::default();
        let mut visits = Vec::new();
        let result = walk(&body, MAIL, (&limits, &clock), &mut |offer, bytes| {
            let mut read = Vec::new();
            bytes.unwrap().read_to_end(&mut read).unwrap();
            visits.push((offer.recipe.to_string(), read));
            ControlFlow::Continue(())
        });
        assert!(matches!(result, Err(Error::Limit(LimitKind::Memory))), "{result:?}");
        let mut expected = vec![("identity".to_owned(), body.clone()), ("gunzip".into(), mail)];
        if line_end.len() == 1 {
            let crlf = run(&[Step::Gunzip, Step::LfToCrlf], &body).unwrap();
            expected.push(("gunzip / lf to crlf".into(), crlf));
        }
        assert!(visits == expected);
    }
}
