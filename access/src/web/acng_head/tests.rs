//! Goal: only a head that says how long its file is makes an object. Method: a head of a real
//! apt-cacher-ng, and heads of failed fetches. If it fails, half a package is offered as a whole.

use super::AcngHead;
use crate::error::{Error, Reason};
use crate::limits::Limits;

fn parse(file: &[u8]) -> Result<AcngHead, Error> {
    AcngHead::parse(file, &Limits::default())
}

const HEAD: &[u8] = include_bytes!("../../../tests/samples/acng/pkg_1.0-1_all.deb.head");

#[test]
fn head_of_apt_cacher_ng_is_read() {
    let head = parse(HEAD).unwrap();
    assert_eq!(head.body_bytes, 50_000);
    let url = "http://127.0.0.1:18001/pool/pkg_1.0-1_all.deb";
    assert_eq!(head.source_url.as_deref(), Some(url));
    assert_eq!(head.response.status, 200);
}

#[test]
fn head_of_a_failed_fetch_is_none_of_an_object() {
    for head in [&b"HTTP/1.1 200 OK\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"] {
        assert_eq!(parse(head).unwrap_err().reason(), Reason::Corrupt);
    }
    for len in 0..HEAD.len() {
        assert_eq!(parse(&HEAD[..len]).unwrap_err().reason(), Reason::Corrupt, "{len}");
    }
}
