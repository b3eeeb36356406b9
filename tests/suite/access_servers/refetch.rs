//! Goal: what a recipe fetches anew is the representation of its validator, or nothing.
//! Method: a [`Refetcher`] against the origin, which may be asked by an exception for its address;
//! bodies that are the same, other, gone, moved, cut and too long. If one of these fails: a chunk
//! of another version is offered, or the agent follows where a hostile server sends it.

use std::io::Read;
use std::net::Ipv4Addr;
use std::time::Duration;

use gleaner_access::{
    Error, Limits, Recipe, RefetchOptions, Refetcher, Step, SystemClock, Validator,
};
use gleaner_tests::origin::{LAST_MODIFIED, Origin};

const SEED: u64 = 29;

fn refetcher(origin: &Origin, limits: &Limits) -> Refetcher {
    let host = origin.url("").trim_start_matches("http://").to_owned();
    let options = RefetchOptions {
        hosts: vec![host],
        private_addresses: vec![Ipv4Addr::LOCALHOST.into()],
        timeout: Duration::from_secs(10),
    };
    Refetcher::new(&options, limits)
}

fn fetch(
    origin: &Origin,
    path: &str,
    validator: Validator,
    limits: &Limits,
) -> Result<Vec<u8>, Error> {
    let step = Step::Refetch { url: origin.url(path), validator };
    let recipe = Recipe::new(vec![step])?;
    let clock = SystemClock::new();
    let refetcher = refetcher(origin, limits);
    let nothing: Vec<u8> = Vec::new();
    let mut decoded = recipe.open_with(&nothing, limits, &clock, Some(&refetcher))?;
    let mut body = Vec::new();
    decoded.read_to_end(&mut body)?;
    Ok(body)
}

fn tag_of(body: &[u8]) -> Validator {
    Validator::StrongTag(Origin::etag(body))
}

#[test]
fn the_same_representation_is_fetched_by_either_validator() {
    let origin = Origin::start(SEED);
    let body = origin.body("/id/a");
    let limits = Limits::default();
    assert_eq!(fetch(&origin, "/id/a", tag_of(&body), &limits).unwrap(), body);
    let date = Validator::ModifiedAndLength { modified: LAST_MODIFIED, len: body.len() as u64 };
    assert_eq!(fetch(&origin, "/id/a", date, &limits).unwrap(), body);
    let seen = origin.seen();
    assert!(seen.iter().all(|seen| seen.header("cookie").is_none()));
    assert!(seen.iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn another_representation_has_changed() {
    let origin = Origin::start(SEED);
    let body = origin.body("/id/a");
    let limits = Limits::default();
    let others = [
        Validator::StrongTag("\"other\"".into()),
        Validator::ModifiedAndLength { modified: LAST_MODIFIED + 1, len: body.len() as u64 },
        Validator::ModifiedAndLength { modified: LAST_MODIFIED, len: body.len() as u64 - 1 },
    ];
    for validator in others {
        let result = fetch(&origin, "/id/a", validator.clone(), &limits);
        assert!(matches!(result, Err(Error::Changed)), "{validator:?}: {result:?}");
    }
    origin.put_with("/coded", "abc", &[("Content-Encoding", "gzip"), ("ETag", "\"c\"")]);
    let coded = fetch(&origin, "/coded", Validator::StrongTag("\"c\"".into()), &limits);
    assert!(matches!(coded, Err(Error::Changed)), "{coded:?}");
    origin.put_with("/weak", "abc", &[("ETag", "W/\"w\"")]);
    let weak = fetch(&origin, "/weak", Validator::StrongTag("\"w\"".into()), &limits);
    assert!(matches!(weak, Err(Error::Changed)), "{weak:?}");
}

#[test]
fn what_is_gone_is_gone_and_a_cut_body_is_no_body() {
    let origin = Origin::start(SEED);
    let limits = Limits::default();
    let gone = fetch(&origin, "/nowhere", tag_of(b""), &limits);
    assert!(matches!(gone, Err(Error::Gone)), "{gone:?}");
    let body = origin.body("/cut/a");
    let cut = fetch(&origin, "/cut/a", tag_of(&body), &limits);
    assert!(matches!(cut, Err(Error::Changed | Error::Io(_))), "{:?}", cut.map(|b| b.len()));
}

#[test]
fn a_body_above_the_cap_is_not_read_to_its_end() {
    let origin = Origin::start(SEED);
    let limits = Limits { object_bytes: 30_000, ..Limits::default() };
    for path in ["/id/a", "/chunked/a", "/close/a"] {
        let body = origin.body(path);
        assert!(body.len() > 30_000, "{path}");
        let result = fetch(&origin, path, tag_of(&body), &limits);
        assert!(matches!(result, Err(Error::Limit(_) | Error::Changed)), "{path}");
    }
}

#[test]
fn no_host_beside_the_list_and_no_inner_address_is_asked() {
    let origin = Origin::start(SEED);
    let limits = Limits::default();
    let clock = SystemClock::new();
    let body = origin.body("/id/a");
    let step = Step::Refetch { url: origin.url("/id/a"), validator: tag_of(&body) };
    let recipe = Recipe::new(vec![step]).unwrap();
    let nothing: Vec<u8> = Vec::new();
    let host = origin.url("").trim_start_matches("http://").to_owned();
    let options = |hosts: Vec<String>| RefetchOptions {
        hosts,
        private_addresses: Vec::new(),
        timeout: Duration::from_secs(10),
    };
    for hosts in [vec!["example.org".to_owned()], vec![host]] {
        let refetcher = Refetcher::new(&options(hosts), &limits);
        let result = recipe.open_with(&nothing, &limits, &clock, Some(&refetcher));
        assert!(matches!(result, Err(Error::Denied)));
    }
    assert!(matches!(recipe.open(&nothing, &limits, &clock), Err(Error::Incapable(_))));
    assert!(origin.seen().is_empty());
}
