//! Goal: the CRLF form of a mail is the one that IMAP gives, and back.
//! Method: cases by hand, each divided at every place; against a plain form by random bytes.
//! What a user loses if it fails: mail that a server holds is sent again.

use proptest::prelude::*;

use super::super::transform::{Transform, transform_pieces};
use super::{CrlfToLf, LfToCrlf};

fn assert_gives<T: Transform>(from: &[u8], to: &[u8]) {
    for cut in 0..=from.len() {
        let (first, second) = from.split_at(cut);
        assert_eq!(transform_pieces::<T>(&[first, second]).unwrap(), to, "{from:?} cut at {cut}");
        assert_eq!(transform_pieces::<T>(&[first, &[], second]).unwrap(), to, "{from:?}");
    }
}

#[test]
fn an_lf_gets_one_cr_and_a_pair_keeps_its_own() {
    assert_gives::<LfToCrlf>(b"", b"");
    assert_gives::<LfToCrlf>(b"\n", b"\r\n");
    assert_gives::<LfToCrlf>(b"a\nb\r\nc\n\nd", b"a\r\nb\r\nc\r\n\r\nd");
    assert_gives::<LfToCrlf>(b"\r", b"\r");
    assert_gives::<LfToCrlf>(b"\r\r\n\n\r", b"\r\r\n\r\n\r");
}

#[test]
fn only_pairs_become_an_lf() {
    assert_gives::<CrlfToLf>(b"", b"");
    assert_gives::<CrlfToLf>(b"\r\n", b"\n");
    assert_gives::<CrlfToLf>(b"a\r\nb\nc\rd\r\n\r\n", b"a\nb\nc\rd\n\n");
    assert_gives::<CrlfToLf>(b"\r\r\n\r", b"\r\n\r");
}

/// The rule of the first step, letter by letter.
fn plain_lf_to_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' && (at == 0 || bytes[at - 1] != b'\r') {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

proptest! {
    #[test]
    fn pieces_do_not_matter(
        letters in prop::collection::vec(prop::sample::select(b"ab\r\n".to_vec()), 0..60),
        piece in 1_usize..7,
    ) {
        let pieces: Vec<&[u8]> = letters.chunks(piece).collect();
        let crlf = transform_pieces::<LfToCrlf>(&pieces).unwrap();
        prop_assert_eq!(&crlf, &plain_lf_to_crlf(&letters));
        let once: &[&[u8]] = &[&letters];
        let lf = transform_pieces::<CrlfToLf>(&pieces).unwrap();
        prop_assert_eq!(&lf, &transform_pieces::<CrlfToLf>(once).unwrap());
        let plain = String::from_utf8(letters.clone()).unwrap().replace("\r\n", "\n");
        prop_assert_eq!(lf, plain.into_bytes());
    }
}
