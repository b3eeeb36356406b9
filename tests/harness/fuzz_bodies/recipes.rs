//! Goal: no bytes under a recipe do harm, and what a recipe gives does not depend on how it is
//! read. Method: recipes of each family over the input, read in large pieces and in small ones, by
//! ranges, and in a walk. If it fails: one hostile object stops an agent, or chunks are published
//! that a pull does not find again.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::time::Duration;

use gleaner_access::{Clock, Error, Extent, Hints, Limits, PartEncoding, Recipe, Step, walk};

/// Time that stands still: what is slow, libFuzzer sees itself.
#[derive(Debug)]
struct Standstill;

impl Clock for Standstill {
    fn wall_ns(&self) -> i64 {
        0
    }

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn sleep(&self, _duration: Duration) {}
}

/// What keeps one input below some milliseconds.
fn limits() -> Limits {
    Limits { members: 64, decoded_bytes: 1 << 20, memory_bytes: 16 << 20, ..Limits::default() }
}

/// An encoded recipe.
///
/// # Panics
/// When a recipe has two encodings.
pub fn recipe_encoding(input: &[u8]) {
    if let Ok(recipe) = Recipe::decode(input) {
        assert_eq!(recipe.encode(), input);
        assert_eq!(Recipe::new(recipe.steps().to_vec()).expect("it was decoded"), recipe);
        assert!(!recipe.to_string().is_empty());
    }
}

/// A zip archive.
///
/// # Panics
/// When a member depends on how it is read.
pub fn recipe_zip(input: &[u8]) {
    (0..4).for_each(|index| assert_one_result(&[Step::ZipMember(index)], input));
    assert_walk_agrees(input, Hints::default());
}

/// A tar archive.
///
/// # Panics
/// When a member depends on how it is read.
pub fn recipe_tar(input: &[u8]) {
    (0..4).for_each(|ordinal| assert_one_result(&[Step::TarMember(ordinal)], input));
    assert_walk_agrees(input, Hints::default());
}

/// An ar archive, or a package of Debian's.
///
/// # Panics
/// When a member depends on how it is read.
pub fn recipe_ar(input: &[u8]) {
    (0..4).for_each(|ordinal| assert_one_result(&[Step::ArMember(ordinal)], input));
    assert_walk_agrees(input, Hints::default());
}

/// A compressed stream behind a byte that chooses the coding.
///
/// # Panics
/// When what comes out depends on how it is read.
pub fn recipe_codings(input: &[u8]) {
    let Some((&choice, stream)) = input.split_first() else { return };
    let step = match choice % 4 {
        0 => Step::Gunzip,
        1 => Step::Unzstd,
        2 => Step::Unbrotli,
        _ => Step::Unxz,
    };
    assert_one_result(&[step], stream);
    assert_walk_agrees(stream, Hints::default());
}

/// A mail of one part behind a byte that chooses the transfer encoding, and its line ends.
///
/// # Panics
/// When what comes out depends on how it is read, or other line ends do not come back.
pub fn recipe_mime(input: &[u8]) {
    let Some((&choice, part)) = input.split_first() else { return };
    let (name, encoding) = match choice % 3 {
        0 => ("base64", PartEncoding::Base64),
        1 => ("quoted-printable", PartEncoding::QuotedPrintable),
        _ => ("8bit", PartEncoding::Plain),
    };
    let header = format!("Content-Transfer-Encoding: {name}\n\n");
    let mail = [header.as_bytes(), part].concat();
    assert_one_result(&[Step::Mime { path: vec![1], encoding }], &mail);
    assert_walk_agrees(&mail, Hints { is_mail: true, ..Hints::default() });
    let crlf = read(&[Step::LfToCrlf], part, 4096).expect("every text has a CRLF form");
    let once_more = read(&[Step::LfToCrlf], &crlf, 7).expect("every text has a CRLF form");
    assert_eq!(once_more, crlf);
    if !part.windows(2).any(|pair| pair == b"\r\n") {
        assert_eq!(read(&[Step::CrlfToLf], &crlf, 5).expect("and back"), part);
    }
}

fn read(steps: &[Step], input: &[u8], piece_bytes: usize) -> Result<Vec<u8>, Error> {
    let (limits, clock) = (limits(), Standstill);
    let recipe = Recipe::new(steps.to_vec())?;
    let body = input.to_vec();
    let mut decoded = recipe.open(&body, &limits, &clock)?;
    let mut piece = vec![0; piece_bytes];
    let mut out = Vec::new();
    loop {
        match decoded.read(&mut piece)? {
            0 => return Ok(out),
            read => out.extend_from_slice(piece.split_at(read).0),
        }
    }
}

/// Reads in several ways, which must give the same bytes, or fail alike.
fn assert_one_result(steps: &[Step], input: &[u8]) {
    let large = read(steps, input, 64 << 10);
    let small = read(steps, input, 61);
    let (Ok(large), Ok(small)) = (&large, &small) else {
        assert!(large.is_err() && small.is_err(), "{large:?} and {small:?}");
        return;
    };
    assert!(large == small, "it depends on the size of the pieces");
    let (limits, clock) = (limits(), Standstill);
    let recipe = Recipe::new(steps.to_vec()).expect("a recipe");
    let body = input.to_vec();
    let mut ranges = recipe.ranges(&body, &limits, &clock, None).expect("it was opened before");
    let mut buffer = Vec::new();
    let mut offset = 0;
    for part in large.chunks(997) {
        let range = Extent { offset, len: part.len() as u64 };
        ranges.read(range, &mut buffer).expect("a range of what was read");
        assert!(buffer == part, "a range differs from the whole");
        offset += part.len() as u64;
    }
    assert!(ranges.read(Extent { offset, len: 1 }, &mut buffer).is_err());
}

/// What a walk gives for a recipe is what opening it gives, or fails for the same reason. Only the
/// caps may be met sooner: all that one walk decodes is under those of one recipe. And where damage
/// follows close behind a cap, it is a matter of the pieces that are read which of them is met.
fn assert_walk_agrees(input: &[u8], hints: Hints<'_>) {
    let (limits, clock) = (limits(), Standstill);
    let body = input.to_vec();
    let mut visits = 0;
    let visit = &mut |offer: &gleaner_access::Offer, bytes: Result<&mut dyn Read, Error>| {
        visits += 1;
        let walked = bytes.and_then(|bytes| {
            let mut out = Vec::new();
            bytes.read_to_end(&mut out)?;
            Ok(out)
        });
        match (walked, read(offer.recipe.steps(), input, 4096)) {
            (Ok(walked), Ok(opened)) => assert!(walked == opened, "{}", offer.recipe),
            (Err(Error::Limit(_)), _) | (Err(_), Err(Error::Limit(_))) => {}
            (walked, opened) => {
                let reason = |result: Result<Vec<u8>, Error>| result.err().map(|it| it.reason());
                assert_eq!(reason(walked), reason(opened), "{}", offer.recipe);
            }
        }
        if visits < 8 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    drop(walk(&body, hints, (&limits, &clock), visit).map_err(io::Error::other));
}
