//! The origin and the client, one against the other.

use std::io::Read;

use super::Origin;
use crate::loopback_http::{Request, Response, get, request};

fn fetch(origin: &Origin, path: &str, headers: &[(&str, &str)]) -> Response {
    get(origin.port(), path, headers).expect("the origin answers")
}

#[test]
fn every_way_of_serving_gives_the_body_of_the_seed() {
    let origin = Origin::start(1);
    for path in [
        "/id/a",
        "/id/a?bytes=0",
        "/id/a?bytes=511",
        "/gz/a",
        "/chunked/a",
        "/close/a",
        "/empty/a",
        "/vary/a",
        "/slice/a",
        "/revalidate/a",
        "/private/a",
        "/cookie/a",
        "/no-store/a",
    ] {
        let response = fetch(&origin, path, &[]);
        assert!(response.is_whole, "{path}");
        assert_eq!(response.status, 200, "{path}");
        assert!(response.body == origin.body(path), "{path}");
        assert!(response.body == Origin::start(1).body(path), "{path}");
        assert_eq!(origin.count(path), 1);
    }
    assert_ne!(origin.body("/id/a"), Origin::start(2).body("/id/a"));
    assert_eq!(fetch(&origin, "/id", &[]).status, 404);
    assert_eq!(fetch(&origin, "/nothing/a", &[]).status, 404);
}

#[test]
fn variants_follow_the_request() {
    let origin = Origin::start(1);
    let response = fetch(&origin, "/gz/a", &[("Accept-Encoding", "br, gzip")]);
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.body, origin.gzip_body("/gz/a"));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&response.body[..]).read_to_end(&mut plain).expect("gzip");
    assert_eq!(plain, origin.body("/gz/a"));
    let response = fetch(&origin, "/vary/a", &[("Accept-Language", "de")]);
    assert_eq!(response.body, origin.body_in_language("/vary/a", "de"));
    assert_ne!(response.body, origin.body("/vary/a"));
}

#[test]
fn bodies_that_stop_early_are_not_whole() {
    let origin = Origin::start(1);
    let response = fetch(&origin, "/cut/a", &[]);
    assert!(!response.is_whole);
    assert_eq!(response.body, origin.body("/cut/a")[..25_000]);
    std::thread::scope(|scope| {
        let held = scope.spawn(|| fetch(&origin, "/held/a", &[]));
        while origin.count("/held/a") == 0 {
            std::thread::yield_now();
        }
        origin.release();
        let response = held.join().expect("the client does not panic");
        assert!(response.is_whole && response.body == origin.body("/held/a"));
    });
}

#[test]
fn ranges_and_conditions_are_answered() {
    let origin = Origin::start(1);
    let body = origin.body("/slice/a");
    let etag = Origin::etag(&body);
    let response = fetch(&origin, "/slice/a", &[("Range", "bytes=1000-1999")]);
    assert_eq!(response.status, 206);
    assert_eq!(response.header("content-range"), Some("bytes 1000-1999/2500000"));
    assert_eq!(response.header("etag"), Some(etag.as_str()));
    assert_eq!(response.body, body[1000..2000]);
    let response = fetch(&origin, "/slice/a", &[("Range", "bytes=0-1"), ("If-Range", "\"other\"")]);
    assert_eq!((response.status, response.body.len()), (200, body.len()));
    let response = fetch(&origin, "/slice/a", &[("Range", "bytes=2500000-")]);
    assert_eq!(response.status, 416);
    let response = fetch(&origin, "/slice/a", &[("If-None-Match", &etag)]);
    assert_eq!((response.status, response.body.len()), (304, 0));
    let changed = response.header("last-modified").expect("a date");
    assert_eq!(fetch(&origin, "/slice/a", &[("If-Modified-Since", changed)]).status, 304);
}

#[test]
fn bodies_put_at_run_time_are_served_and_replaced() {
    let origin = Origin::start(1);
    assert_eq!(fetch(&origin, "/files/a", &[]).status, 404);
    origin.put("/files/a", "first");
    let first = fetch(&origin, "/files/a", &[]);
    origin.put_with("/files/a", "other", &[("cache-control", "max-age=2"), ("X-Test", "1")]);
    let second = fetch(&origin, "/files/a", &[]);
    assert_eq!((first.body.as_slice(), second.body.as_slice()), (&b"first"[..], &b"other"[..]));
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_ne!(first.header("last-modified"), second.header("last-modified"));
    assert_eq!(second.header("Cache-Control"), Some("max-age=2"));
    assert_eq!(second.header("x-test"), Some("1"));
    let head = Request { method: "HEAD", target: "/files/a", headers: &[("A", "b")], body: b"" };
    let response = request(origin.port(), &head).expect("an answer");
    assert_eq!(response.header("content-length"), Some("5"));
    let seen = origin.seen();
    assert_eq!(seen.last().and_then(|seen| seen.header("a")), Some("b"));
    assert_eq!(seen.len(), 4);
    origin.take_away("/files/a");
    assert_eq!(fetch(&origin, "/files/a", &[]).status, 404);
}
