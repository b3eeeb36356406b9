//! Goal: a stored header block says the same here as to the cache that stored it, and a hostile one
//! costs no more than its caps. Method: edges of the syntax, caps at n and n + 1.
//! If it fails, what is private may be taken for public.

use super::HeaderFields;
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;

fn fields(block: &str) -> HeaderFields {
    let (fields, consumed) = HeaderFields::parse(block.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(consumed, block.len());
    fields
}

#[test]
fn names_are_lower_case_and_order_and_doubles_stay() {
    let fields = fields("A: 1\r\nb:2\r\nA:  3 \r\n\r\n");
    let all: Vec<_> = fields.iter().collect();
    assert_eq!(all, [("a", &b"1"[..]), ("b", b"2"), ("a", b"3")]);
    assert_eq!(fields.all("a").count(), 2);
    assert_eq!(fields.first("a"), Some(&b"1"[..]));
    assert_eq!(fields.first("A"), None);
}

#[test]
fn fields_that_disagree_are_believed_by_nobody() {
    assert_eq!(fields("a: 1\r\nA: 1\r\n\r\n").agreed("a").unwrap(), Some(&b"1"[..]));
    assert_eq!(fields("\r\n").agreed("a").unwrap(), None);
    let error = fields("a: 1\r\nA: 2\r\n\r\n").agreed("a").unwrap_err();
    assert_eq!(error.reason(), Reason::Corrupt);
}

#[test]
fn comma_separates_only_outside_of_quotes() {
    let fields = fields("a: x, \"y, \\\", z\" ,,\r\na: w=\"1,2\"\r\n\r\n");
    let list = fields.list("a");
    assert_eq!(list, [&b"x"[..], b"\"y, \\\", z\"", b"w=\"1,2\""]);
    assert!(fields.list_names("a", "W") && fields.list_names("a", "x"));
    assert!(!fields.list_names("a", "y") && !fields.list_names("b", "x"));
}

#[test]
fn caps_on_bytes_and_fields_are_kept() {
    let block = b"a: 1\r\nb: 2\r\n\r\n";
    let parse = |header_fields, header_block_bytes| {
        let limits = Limits { header_block_bytes, header_fields, ..Limits::default() };
        HeaderFields::parse(block, &limits)
    };
    assert!(parse(2, block.len()).is_ok());
    for refused in [parse(1, block.len()), parse(2, block.len() - 1), parse(0, 0)] {
        assert!(matches!(refused, Err(Error::Limit(LimitKind::Header))));
    }
}

#[test]
fn block_cut_anywhere_is_refused() {
    let block = b"a: 1\r\nb: 2\r\n\r\n";
    for len in 0..block.len() {
        let refused = HeaderFields::parse(&block[..len], &Limits::default()).unwrap_err();
        assert_eq!(refused.reason(), Reason::Corrupt, "{len}");
    }
}
