//! Goal: an attachment comes out of a mail byte for byte, and damage shows.
//! Method: cases by hand, divided at every place; round trips of random bytes; quoted-printable
//! against `mailparse`'s decoder on what an encoder writes.
//! What a user loses if it fails: attachments that a server holds are sent again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::super::transform::{Transform, transform_pieces};
use super::{Base64, QuotedPrintable};
use crate::error::Error;

fn assert_gives<T: Transform>(from: &[u8], to: &[u8]) {
    for cut in 0..=from.len() {
        let (first, second) = from.split_at(cut);
        let out = transform_pieces::<T>(&[first, second]).unwrap();
        assert_eq!(out, to, "{} cut at {cut}", String::from_utf8_lossy(from));
    }
}

fn assert_corrupt<T: Transform>(from: &[u8]) {
    for cut in 0..=from.len() {
        let (first, second) = from.split_at(cut);
        let out = transform_pieces::<T>(&[first, second]);
        assert!(matches!(out, Err(Error::Corrupt(_))), "{from:?} cut at {cut}: {out:?}");
    }
}

#[test]
fn base64_passes_over_line_ends_and_white_space_only() {
    assert_gives::<Base64>(b"", b"");
    assert_gives::<Base64>(b"\r\n\r\n", b"");
    assert_gives::<Base64>(b"YWJj", b"abc");
    assert_gives::<Base64>(b"YW\r\nJj\nZA=\n=\r\n", b"abcd");
    assert_gives::<Base64>(b" Y W\tJ\rj", b"abc");
    assert_gives::<Base64>(b"ZB==", b"d");
    for corrupt in
        [&b"YWJ"[..], b"YWJjZA", b"YWJjZA=", b"Y", b"YW-j", b"YW_j", b"YW\0j", b"YWJj!", b"Y\xc3Jj"]
    {
        assert_corrupt::<Base64>(corrupt);
    }
}

#[test]
fn nothing_follows_the_padding_of_base64() {
    for corrupt in [&b"ZA==ZA=="[..], b"ZA==YWJj", b"ZA==Z", b"ZA===", b"====", b"=ZA=", b"Z=A="] {
        assert_corrupt::<Base64>(corrupt);
    }
}

#[test]
fn quoted_printable_joins_lines_and_drops_trailing_white_space() {
    assert_gives::<QuotedPrintable>(b"", b"");
    assert_gives::<QuotedPrintable>(b"a=3Db=c3=BC", b"a=b\xc3\xbc");
    assert_gives::<QuotedPrintable>(b"one =\r\ntwo=\nthree= \t\r\nfour", b"one twothreefour");
    assert_gives::<QuotedPrintable>(b"a  \r\nb\t\nc d \r", b"a\r\nb\nc d \r");
    assert_gives::<QuotedPrintable>(b"a =20\n b  ", b"a  \n b");
    assert_gives::<QuotedPrintable>(b"a\r\r\n", b"a\r\r\n");
    assert_gives::<QuotedPrintable>(b"end=", b"end");
    assert_gives::<QuotedPrintable>(b"end= \r", b"end");
}

#[test]
fn an_escape_of_no_byte_stands_for_itself() {
    assert_gives::<QuotedPrintable>(b"a=zz", b"a=zz");
    assert_gives::<QuotedPrintable>(b"a=4z=", b"a=4z");
    assert_gives::<QuotedPrintable>(b"==3D", b"==");
    assert_gives::<QuotedPrintable>(b"= 41", b"= 41");
    assert_gives::<QuotedPrintable>(b"=\rx", b"=\rx");
    assert_gives::<QuotedPrintable>(b"cut=4", b"cut=4");
    assert_gives::<QuotedPrintable>(b"cut=", b"cut");
}

#[test]
fn white_space_is_not_held_without_end() {
    let fits = [vec![b' '; 1000], b"a".to_vec()].concat();
    assert_gives::<QuotedPrintable>(&fits, &fits);
    let spaces = vec![b' '; 1001];
    assert!(transform_pieces::<QuotedPrintable>(&[&spaces]).is_err());
}

/// Encodes as a mail program does: lines of 76, all but letters escaped.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut width = 0;
    for &byte in bytes {
        let escaped = match byte {
            b'a'..=b'z' | b' ' => vec![byte],
            _ => format!("={byte:02X}").into_bytes(),
        };
        if width + escaped.len() > 75 {
            out.extend_from_slice(b"=\r\n");
            width = 0;
        }
        width += escaped.len();
        out.extend_from_slice(&escaped);
    }
    if out.last() == Some(&b' ') {
        out.extend_from_slice(b"=\r\n");
    }
    out
}

proptest! {
    #[test]
    fn bytes_come_back_from_base64(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        line in 1_usize..90,
        piece in 1_usize..50,
    ) {
        let letters = STANDARD.encode(&bytes).into_bytes();
        let lines: Vec<&[u8]> = letters.chunks(line).collect();
        let encoded = lines.join(&b"\r\n"[..]);
        let pieces: Vec<&[u8]> = encoded.chunks(piece).collect();
        prop_assert_eq!(transform_pieces::<Base64>(&pieces).unwrap(), bytes);
    }

    #[test]
    fn bytes_come_back_from_quoted_printable(
        bytes in prop::collection::vec(prop_oneof![Just(b' '), Just(b'='), any::<u8>()], 0..300),
        piece in 1_usize..50,
    ) {
        let encoded = quoted_printable(&bytes);
        let pieces: Vec<&[u8]> = encoded.chunks(piece).collect();
        prop_assert_eq!(transform_pieces::<QuotedPrintable>(&pieces).unwrap(), bytes.clone());
        let mail = [b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", encoded.as_slice()];
        let mail = mail.concat();
        let theirs = mailparse::parse_mail(&mail).unwrap().get_body_raw().unwrap();
        prop_assert_eq!(theirs, bytes);
    }
}
