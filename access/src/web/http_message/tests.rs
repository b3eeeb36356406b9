//! Goal: what may be offered, to whom, and how long a body has to be, is read as RFC 9110 says.
//! Method: one case for each rule, each with its counterpart; hostile blocks.
//! If it fails: one subscriber's private page is offered to another, or a cut body as a whole one.

use super::{ContentRange, NotOffered, StoredResponse, parse_decimal};
use crate::error::{Error, Reason};
use crate::identifiers::DateKind;
use crate::limits::Limits;
use crate::object::ContentCoding;
use crate::seeded::Seeded;

fn try_parse(text: &[u8]) -> Result<StoredResponse, Error> {
    StoredResponse::parse(text, &Limits::default())
}

/// A response with that status line and these lines.
fn response(status: &str, lines: &[&str]) -> StoredResponse {
    let head =
        [&[format!("HTTP/1.1 {status}").as_str()], lines, &["", "body"]].concat().join("\r\n");
    try_parse(head.as_bytes()).unwrap()
}

fn ok(lines: &[&str]) -> StoredResponse {
    response("200 OK", lines)
}

#[test]
fn block_ends_where_the_body_begins() {
    for text in [&b"HTTP/1.0 200 OK\r\nA: b\r\n\r\nbody"[..], b"HTTP/1.1 200 \r\nA: b\r\n\r\nbody"]
    {
        let response = try_parse(text).unwrap();
        assert_eq!((response.status, &text[response.head_bytes..]), (200, &b"body"[..]));
    }
    for wrong in ["", "x", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n"]
    {
        assert_eq!(try_parse(wrong.as_bytes()).unwrap_err().reason(), Reason::Corrupt, "{wrong:?}");
    }
}

#[test]
fn folded_value_is_one_value() {
    let response = ok(&["Cache-Control: max-age=1,", "  private", "X: y"]);
    assert_eq!(response.fields.first("cache-control"), Some(&b"max-age=1, private"[..]));
    assert!(response.is_never_public());
}

#[test]
fn only_answers_with_a_body_of_their_url_are_objects() {
    for status in ["200", "203", "206"] {
        assert_eq!(response(status, &[]).not_offered(), None);
    }
    for status in ["100", "201", "204", "301", "304", "404", "410", "500", "299", "999"] {
        assert_eq!(response(status, &[]).not_offered(), Some(NotOffered::Status), "{status}");
    }
    let no_store = ok(&["Cache-Control: max-age=60", "cache-control: NO-STORE"]);
    assert_eq!(no_store.not_offered(), Some(NotOffered::NoStore));
    assert_eq!(ok(&["Cache-Control: no-cache, x-no-store-x"]).not_offered(), None);
}

#[test]
fn what_was_meant_for_one_reader_is_never_public() {
    for line in [
        "Cache-Control: private",
        "Cache-Control: public, Private=\"Set-Cookie\"",
        "Set-Cookie: a=b",
        "Vary: Authorization",
        "Vary: Accept-Encoding,cookie",
        "Vary: *",
    ] {
        assert!(ok(&[line]).is_never_public(), "{line}");
    }
    for line in ["Cache-Control: public", "Vary: Accept-Encoding", "X: private", "Vary: Cookies"] {
        assert!(!ok(&[line]).is_never_public(), "{line}");
    }
}

#[test]
fn body_has_to_be_as_long_as_every_field_says() {
    let checks = |response: &StoredResponse, bytes| response.check_body_bytes(bytes).is_ok();
    let plain = ok(&["Content-Length: 5"]);
    assert_eq!([4, 5, 6].map(|bytes| checks(&plain, bytes)), [false, true, false]);
    let chunked = ok(&["Transfer-Encoding: chunked", "Content-Length: 5"]);
    assert!(checks(&chunked, 0) && checks(&chunked, u64::MAX));
    let part = response("206 P", &["Content-Range: bytes 10-14/20"]);
    assert_eq!([4, 5, 6].map(|bytes| checks(&part, bytes)), [false, true, false]);
    let torn = response("206 P", &["Content-Range: bytes 10-14/20", "Content-Length: 6"]);
    assert!(!checks(&torn, 5) && !checks(&torn, 6));
}

#[test]
fn lengths_that_are_none_or_differ_are_corrupt() {
    assert_eq!(ok(&[]).content_length().unwrap(), None);
    assert_eq!(
        ok(&["Content-Length: 5, 5", "Content-Length: 5"]).content_length().unwrap(),
        Some(5)
    );
    let big = "Content-Length: 18446744073709551615";
    assert_eq!(ok(&[big]).content_length().unwrap(), Some(u64::MAX));
    for wrong in ["+5", "-5", "5 5", "0x5", "5, 6", "18446744073709551616", "\""] {
        let error = ok(&[&format!("Content-Length: {wrong}")]).content_length().unwrap_err();
        assert_eq!(error.reason(), Reason::Corrupt, "{wrong}");
    }
    assert_eq!(parse_decimal(b""), None);
}

#[test]
fn range_of_a_part_is_read_or_refused() {
    let range =
        |value: &str| response("206 P", &[&format!("Content-Range: {value}")]).content_range();
    let found = |value: &str| range(value).unwrap().unwrap();
    assert_eq!(found("bytes 0-0/1"), ContentRange { start: 0, end: 1, total: Some(1) });
    assert_eq!(found("BYTES 5-9/*"), ContentRange { start: 5, end: 10, total: None });
    let max = u64::MAX;
    for wrong in [
        "bytes 5-4/9",
        "bytes 0-9/9",
        "bytes */9",
        "items 0-1/9",
        "bytes=0-1/9",
        "bytes 0-1",
        "bytes +0-1/9",
        "bytes 0-/9",
        &format!("bytes 0-{max}/*"),
    ] {
        assert_eq!(range(wrong).unwrap_err().reason(), Reason::Corrupt, "{wrong}");
    }
    let several = response("206 P", &["Content-Type: Multipart/ByteRanges; boundary=x"]);
    assert_eq!(several.content_range().unwrap_err().reason(), Reason::Unsupported);
    assert_eq!(response("206 P", &[]).content_range().unwrap_err().reason(), Reason::Corrupt);
    assert_eq!(ok(&["Content-Range: bytes 0-0/1"]).content_range().unwrap(), None);
}

#[test]
fn codings_keep_their_order_and_identity_is_none() {
    use ContentCoding::{Brotli, Deflate, Gzip, Unknown, Zstd};
    let response =
        ok(&["Content-Encoding: X-GZIP, deflate", "Content-Encoding: br,zstd,identity,lzw"]);
    assert_eq!(response.content_codings(), [Gzip, Deflate, Brotli, Zstd, Unknown]);
    assert!(ok(&["Content-Encoding: identity"]).content_codings().is_empty());
}

#[test]
fn type_and_dates_are_read() {
    let response = ok(&[
        "Content-Type: Text/HTML; charset=x",
        "Date: Sun, 22 Nov 2026 03:08:47 GMT",
        "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT",
    ]);
    assert_eq!(response.media_type().as_deref(), Some("text/html"));
    assert_eq!(response.date_s(), Some(1_795_316_927));
    assert_eq!(response.last_modified_s(), Some(1_700_000_000));
    assert_eq!(ok(&["Content-Type: ;"]).media_type(), None);
    let found = response.identifiers();
    assert_eq!(found.date(DateKind::Modified).unwrap().seconds, 1_700_000_000);
    assert_eq!(found.date(DateKind::Served).unwrap().seconds, 1_795_316_927);
}

#[test]
fn weak_tag_promises_nothing() {
    assert_eq!(ok(&["ETag: \"x\""]).strong_etag(), Some(&b"\"x\""[..]));
    for weak in ["W/\"x\"", "\"\"", "x", "\"x", "\""] {
        assert_eq!(ok(&[&format!("ETag: {weak}")]).strong_etag(), None, "{weak}");
    }
}

#[test]
fn block_cut_anywhere_or_changed_at_random_never_panics() {
    const SEED: u64 = 2;
    let mut random = Seeded::new(SEED);
    let sound = b"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-3/4\r\nETag: \"a\"\r\nVary: a\r\n\r\n";
    for len in 0..sound.len() {
        assert_eq!(try_parse(&sound[..len]).unwrap_err().reason(), Reason::Corrupt);
    }
    for _ in 0..100_000 {
        let mut bytes = *sound;
        random.flip(&mut bytes);
        if let Ok(response) = try_parse(&bytes) {
            assert!(response.head_bytes <= bytes.len());
            let called = (response.not_offered(), response.is_never_public());
            let identified = (response.identifiers(), response.content_codings());
            assert!(called == (response.not_offered(), response.is_never_public()));
            assert!(identified == (response.identifiers(), response.content_codings()));
            assert!(response.check_body_bytes(4).is_ok() || response.status != 200);
        }
    }
}
