//! Goal: every way through a recipe ends in the right bytes or in the right error, within the caps.
//! Method: slices and caps by hand; a clock that moves; bodies that fail; every truncation and many
//! byte flips of every sample.
//! What a user loses if it fails: an object makes the agent hang or die, and all others with it.

use std::io::{self, Read};
use std::time::Duration;

use super::super::step::{Extent, PartEncoding, Recipe, Step, Validator};
use super::super::test_inputs::{
    SAMPLES, SteppingClock, ZipFile, gzip, recipe, run, run_under, sample, walk_all, zip,
};
use super::super::walk::Hints;
use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::seeded::Seeded;

fn extent(offset: u64, len: u64) -> Extent {
    Extent { offset, len }
}

#[test]
fn slices_are_within_the_body_or_refused() {
    let body = b"0123456789";
    assert_eq!(run(&[], body).unwrap(), body);
    assert_eq!(run(&[Step::Identity(extent(0, 10))], body).unwrap(), body);
    assert_eq!(run(&[Step::Identity(extent(10, 0))], body).unwrap(), b"");
    assert_eq!(run(&[Step::Identity(extent(3, 4))], body).unwrap(), b"3456");
    let twice = Step::Concat(vec![extent(8, 2), extent(5, 0), extent(0, 3), extent(0, 1)]);
    assert_eq!(run(std::slice::from_ref(&twice), body).unwrap(), b"890120");
    assert_eq!(run(&[twice.clone(), Step::Identity(extent(1, 3))], body).unwrap(), b"901");
    for beyond in [extent(0, 11), extent(10, 1), extent(11, 0), extent(1 << 60, 1)] {
        for step in [Step::Identity(beyond), Step::Concat(vec![extent(0, 1), beyond])] {
            assert!(matches!(run(&[step], body), Err(Error::Corrupt(_))), "{beyond}");
        }
    }
    let packed = gzip(body);
    assert_eq!(run(&[Step::Gunzip, Step::Identity(extent(3, 4))], &packed).unwrap(), b"3456");
    for beyond in [extent(0, 11), extent(10, 1), extent(11, 1), extent(1 << 60, 1)] {
        let steps = [Step::Gunzip, Step::Identity(beyond)];
        assert!(matches!(run(&steps, &packed), Err(Error::Corrupt(_))), "{beyond}");
    }
    assert!(matches!(run(&[Step::Gunzip, twice], &packed), Err(Error::Unsupported(_))));
}

#[test]
fn chains_go_as_deep_as_the_cap() {
    let text = run(&[Step::Gunzip], &sample("page.gz")).unwrap();
    let deb = [Step::ArMember(2), Step::Unxz, Step::TarMember(0)];
    assert_eq!(run(&deb, &sample("sample.deb")).unwrap(), text);
    let slices = vec![Step::Identity(extent(0, 1332)); 4];
    let sliced = [&slices[..], &deb].concat();
    assert_eq!(run(&sliced, &sample("sample.deb")).unwrap(), text, "slices do not count");
    let deeper = [&deb[..], &[Step::CrlfToLf]].concat();
    let result = run(&deeper, &sample("sample.deb"));
    assert!(matches!(result, Err(Error::Limit(LimitKind::RecipeSteps))));
}

#[test]
fn what_this_crate_cannot_do_it_says() {
    let render = Step::Render { format: 1, converter_version: 1 };
    assert!(matches!(run(&[render], b""), Err(Error::Incapable(_))));
    let validator = Validator::ModifiedAndLength { modified: 0, len: 0 };
    let refetch = Step::Refetch { url: "http://a/".into(), validator };
    assert!(matches!(run(&[refetch], b""), Err(Error::Incapable(_))), "off by default");
}

#[test]
fn parts_of_a_mail_that_are_not_there_are_corrupt() {
    let part = |path: &[u32]| Step::Mime { path: path.to_vec(), encoding: PartEncoding::Plain };
    let mail = sample("mail.eml");
    assert_eq!(run(&[part(&[3, 1])], &mail).unwrap(), b"inner text");
    for path in [&[4][..], &[3, 3], &[1, 1], &[u32::MAX]] {
        assert!(matches!(run(&[part(path)], &mail), Err(Error::Corrupt(_))), "{path:?}");
    }
}

#[test]
fn time_is_bounded_and_a_slow_reader_is_not_charged() {
    let body = gzip(&Seeded::new(1).bytes(200_000));
    let limits = Limits { decode_time: Duration::from_secs(10), ..Limits::default() };
    let clock = SteppingClock { step_ns: 3_000_000_000, ..SteppingClock::default() };
    let recipe = recipe(&[Step::Gunzip]);
    let result = recipe
        .open(&body, &limits, &clock)
        .and_then(|mut decoded| io::copy(&mut decoded, &mut io::sink()).map_err(Error::from));
    assert!(matches!(result, Err(Error::Limit(LimitKind::DecodeTime))), "{result:?}");

    let clock = SteppingClock::default();
    let mut decoded = recipe.open(&body, &limits, &clock).unwrap();
    let mut buffer = vec![0; 1000];
    while decoded.read(&mut buffer).unwrap() > 0 {
        clock.now_ns.fetch_add(60_000_000_000, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn bytes_earn_time() {
    let body = gzip(&Seeded::new(1).bytes(200_000));
    let clock = SteppingClock { step_ns: 100_000_000, ..SteppingClock::default() };
    let decode_time = Duration::from_millis(300);
    let poor = Limits { decode_time, bytes_per_second: 10 << 20, ..Limits::default() };
    let rich = Limits { bytes_per_second: 1000, ..poor.clone() };
    let run = |limits: &Limits| {
        let mut decoded = recipe(&[Step::Gunzip]).open(&body, limits, &clock)?;
        io::copy(&mut decoded, &mut io::sink()).map_err(Error::from)
    };
    assert!(matches!(run(&poor), Err(Error::Limit(LimitKind::DecodeTime))));
    assert_eq!(run(&rich).unwrap(), 200_000);
}

/// A body that fails, in its own words.
struct Failing(fn() -> Error);

impl Body for Failing {
    fn len(&self) -> u64 {
        100
    }

    fn read_at(&self, _offset: u64, _buffer: &mut [u8]) -> Result<usize, Error> {
        Err((self.0)())
    }
}

#[test]
fn an_error_of_the_body_comes_through_every_step_as_it_was() {
    let part = Step::Mime { path: vec![1], encoding: PartEncoding::Base64 };
    let steps = [
        Step::Identity(extent(0, 50)),
        Step::Concat(vec![extent(5, 50)]),
        Step::Gunzip,
        Step::Unzstd,
        Step::Unbrotli,
        Step::Unxz,
        Step::LfToCrlf,
        Step::CrlfToLf,
        Step::ZipMember(0),
        Step::TarMember(0),
        Step::ArMember(0),
        part,
    ];
    let errors: [fn() -> Error; 4] = [
        || Error::Changed,
        || Error::Gone,
        || Error::Io(io::ErrorKind::TimedOut.into()),
        || Error::Io(io::Error::from_raw_os_error(5)),
    ];
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    for step in steps {
        for error in errors {
            let recipe = recipe(std::slice::from_ref(&step));
            let result = recipe.open(&Failing(error), &limits, &clock).map(|mut decoded| {
                let result = io::copy(&mut decoded, &mut io::sink()).map_err(Error::from);
                assert!(decoded.read(&mut [0; 9]).is_err(), "it stays failed");
                result
            });
            let found = result.and_then(|result| result).unwrap_err();
            assert_eq!(found.reason(), error().reason(), "{step}: {found:?}");
        }
    }
}

#[test]
fn a_body_that_is_shorter_than_it_was_has_changed() {
    struct Shrunk;
    impl Body for Shrunk {
        fn len(&self) -> u64 {
            100
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
            b"short".as_slice().read_at(offset, buffer)
        }
    }
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    for steps in [&[][..], &[Step::LfToCrlf], &[Step::Identity(extent(0, 50))]] {
        let mut decoded = recipe(steps).open(&Shrunk, &limits, &clock).unwrap();
        let result = io::copy(&mut decoded, &mut io::sink()).map_err(Error::from);
        assert!(matches!(result, Err(Error::Changed)), "{steps:?}");
    }
}

#[test]
fn what_has_to_be_held_whole_has_a_cap() {
    let inner = zip(&[ZipFile::stored("a", &Seeded::new(2).bytes(5000))]);
    let outer = zip(&[ZipFile::deflated("b", &inner)]);
    let nested = [Step::ZipMember(0), Step::ZipMember(0)];
    assert_eq!(run(&nested, &outer).unwrap().len(), 5000);
    let limits = Limits { memory_bytes: 1000, ..Limits::default() };
    let result = run_under(&nested, &outer, &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::Memory))));
}

#[test]
fn objects_above_the_cap_are_not_opened() {
    let limits = Limits { object_bytes: 9, ..Limits::default() };
    assert_eq!(run_under(&[], b"123456789", &limits).unwrap().len(), 9);
    let result = run_under(&[], b"1234567890", &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::ObjectBytes))));
    let many = Step::Concat(vec![extent(0, 9), extent(0, 1)]);
    assert!(run_under(&[many], b"123456789", &limits).is_err());
}

fn hints(name: &str) -> Hints<'static> {
    Hints { is_mail: name.starts_with("mail"), ..Hints::default() }
}

/// The recipes that a sample offers, and those that its name stands for.
fn recipes(name: &str, bytes: &[u8]) -> Vec<Recipe> {
    let offered = walk_all(&bytes.to_vec(), hints(name)).0.into_iter().map(|visit| visit.0);
    let by_name = match name {
        "page.zlib" | "page.deflate" => vec![recipe(&[Step::Gunzip])],
        "page.br" | "large_window.br" => vec![recipe(&[Step::Unbrotli])],
        _ => vec![],
    };
    offered.chain(by_name).collect()
}

/// Opens every recipe of a sample over other bytes, and walks over them: there must be no panic,
/// and what both give must be the same.
fn attack(name: &str, recipes: &[Recipe], bytes: &[u8]) {
    let bytes = bytes.to_vec();
    let visited = walk_all(&bytes, hints(name)).0;
    for recipe in recipes {
        let opened = run(recipe.steps(), &bytes);
        let walked = visited.iter().find(|visit| visit.0 == *recipe);
        match (walked.map(|visit| &visit.2), opened) {
            (Some(Ok(walked)), Ok(opened)) => assert!(*walked == opened, "{name}: {recipe}"),
            (Some(Err(walked)), Err(opened)) => {
                assert_eq!(walked.reason(), opened.reason(), "{name}: {recipe}");
            }
            (None, _) => {}
            (walked, opened) => panic!("{name}: {recipe}: {walked:?} and {opened:?}"),
        }
    }
}

/// The one that gives 64 MiB has a test of its own.
fn small_samples() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    SAMPLES.into_iter().filter(|(name, _)| *name != "zeros.br")
}

#[test]
fn every_truncation_of_every_sample_is_survived() {
    for (name, bytes) in small_samples() {
        let recipes = recipes(name, bytes);
        for cut in 0..bytes.len() {
            attack(name, &recipes, &bytes[..cut]);
        }
    }
}

#[test]
fn flipped_bytes_of_every_sample_are_survived() {
    const SEED: u64 = 42;
    const FLIPS: usize = 100_000;
    let samples: Vec<_> = small_samples().collect();
    let mut seeded = Seeded::new(SEED);
    for (name, bytes) in &samples {
        let recipes = recipes(name, bytes);
        for case in 0..FLIPS / samples.len() {
            let mut flipped = bytes.to_vec();
            for _ in 0..=case % 3 {
                let at = seeded.below(flipped.len());
                flipped[at] ^= 1 << seeded.below(8);
            }
            attack(name, &recipes, &flipped);
        }
    }
}
