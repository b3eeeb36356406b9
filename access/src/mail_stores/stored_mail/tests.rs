//! Goal: a compressed mail is the same mail as a plain one, and no stream costs more than it may.
//!
//! Method: one mail in each form, whole, cut and broken; bombs. If this fails, mails are not found
//! by their Message-ID, or one mail stops the source.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::manual_clock::ManualClock;

const MAIL: &[u8] =
    b"Message-ID: <1@a>\nDate: Tue, 14 Nov 2023 22:13:20 +0000\nFrom: A <a@B.example>\n\
    Received: from x (y [192.0.2.1])\n by mx.example.org; now\n\nline\r\nline\n";

fn options() -> MailOptions {
    MailOptions { own_servers: vec!["mx.example.org".to_owned()], ..MailOptions::default() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn forms(bytes: &[u8]) -> [(StoredForm, Vec<u8>); 4] {
    [
        (StoredForm::Plain, bytes.to_vec()),
        (StoredForm::Gzip, gzip(bytes)),
        (StoredForm::Zstd, zstd::encode_all(bytes, 3).unwrap()),
        (StoredForm::Xz, xz(bytes)),
    ]
}

fn read(stored: &[u8], bytes_max: Option<u64>, limits: &Limits) -> Result<StoredMail, Error> {
    StoredMail::read(stored, &options(), (limits, &ManualClock::new()), bytes_max)
}

/// Bytes of which each read takes an hour of a clock.
#[derive(Debug)]
struct SlowBody(Vec<u8>, Arc<ManualClock>);

impl Body for SlowBody {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        self.1.advance(Duration::from_hours(1));
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn decoding_takes_no_longer_than_it_may_by_the_clock_of_the_source() {
    let clock = Arc::new(ManualClock::new());
    let body = SlowBody(gzip(MAIL), Arc::clone(&clock));
    let read = StoredMail::read(&body, &options(), (&Limits::default(), &*clock), None);
    assert!(matches!(read, Err(Error::Limit(LimitKind::DecodeTime))), "{read:?}");
}

#[test]
fn mail_is_the_same_in_every_form() {
    let sizes = MailSizes { plain: MAIL.len() as u64, crlf: MAIL.len() as u64 + 7 };
    for (form, stored) in forms(MAIL) {
        let whole = read(&stored, Some(u64::MAX), &Limits::default()).unwrap();
        assert_eq!((whole.form, whole.sizes), (form, Some(sizes)));
        let header_only = read(&stored, None, &Limits::default()).unwrap();
        assert_eq!((&header_only.facts, header_only.sizes), (&whole.facts, None), "{form:?}");
        let found = identifiers(&whole.facts);
        assert_eq!(found.message_ids, [b"1@a".to_vec()]);
        assert_eq!(found.source_addresses, ["192.0.2.1", "b.example"]);
        assert_eq!(found.date(DateKind::Sent).unwrap().seconds, 1_700_000_000);
    }
}

#[test]
fn several_streams_in_a_row_are_one_mail() {
    let (start, end) = MAIL.split_at(60);
    let both = forms(start).into_iter().zip(forms(end));
    for ((form, start), (_, end)) in both {
        let mail = read(&[start, end].concat(), Some(u64::MAX), &Limits::default()).unwrap();
        assert_eq!(mail.sizes.unwrap().plain, MAIL.len() as u64, "{form:?}");
    }
}

#[test]
fn stream_that_is_cut_anywhere_is_an_error_or_no_stream() {
    for (form, stored) in forms(MAIL).into_iter().skip(1) {
        for len in 1..stored.len() {
            let result = read(&stored[..len], Some(u64::MAX), &Limits::default());
            match result {
                Err(Error::Corrupt(_) | Error::Unsupported(_)) => {}
                // The magics of zstd and xz begin with what may be text.
                Ok(mail) if mail.form == StoredForm::Plain && len < 6 => {}
                other => panic!("{form:?} {len}: {other:?}"),
            }
        }
    }
}

#[test]
fn flipped_bytes_never_give_another_mail_of_the_same_sizes_in_gzip_and_xz() {
    let whole = MailSizes { plain: MAIL.len() as u64, crlf: MAIL.len() as u64 + 7 };
    for (form, stored) in [(1, gzip(MAIL)), (2, xz(MAIL))] {
        for at in 0..stored.len() {
            let mut bytes = stored.clone();
            bytes[at] ^= 1 << (at % 8);
            let Ok(mail) = read(&bytes, Some(u64::MAX), &Limits::default()) else { continue };
            let is_same = mail.facts.message_id.as_deref() == Some("1@a");
            assert!(
                mail.form == StoredForm::Plain || (is_same && mail.sizes == Some(whole)),
                "{form} {at}"
            );
        }
    }
}

#[test]
fn mail_that_is_larger_than_stated_is_not_read_to_its_end() {
    let body = vec![b'x'; 10 << 20];
    let mail = [MAIL, &body].concat();
    for (form, stored) in forms(&mail) {
        let sizes = read(&stored, Some(1000), &Limits::default()).unwrap().sizes.unwrap();
        assert!(sizes.plain > 1000 && sizes.plain < 1 << 20, "{form:?}");
    }
}

#[test]
fn bombs_stop_at_the_limits() {
    let bomb = gzip(&vec![b'x'; 20 << 20]);
    let limits = Limits { decoded_bytes: 10 << 20, decode_ratio: u64::MAX, ..Limits::default() };
    let result = read(&bomb, Some(u64::MAX), &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::DecodedBytes))));
    let limits = Limits { decode_ratio: 100, ..Limits::default() };
    let result = read(&bomb, Some(u64::MAX), &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::DecodeRatio))));
    assert!(read(&gzip(&vec![b'x'; 1 << 20]), Some(u64::MAX), &limits).is_ok());
    let nested = Limits { header_block_bytes: usize::MAX, ..limits };
    assert!(matches!(read(&bomb, None, &nested), Err(Error::Limit(LimitKind::DecodeRatio))));
}

#[test]
fn header_above_the_cap_costs_its_facts_and_not_the_mail() {
    let end = MAIL.windows(2).position(|window| window == b"\n\n").unwrap() + 2;
    let at = Limits { header_block_bytes: end, ..Limits::default() };
    let below = Limits { header_block_bytes: end - 1, ..Limits::default() };
    for (form, stored) in forms(MAIL) {
        for bytes_max in [None, Some(u64::MAX)] {
            let mail = read(&stored, bytes_max, &at).unwrap();
            assert!(mail.facts.message_id.is_some(), "{form:?}");
            let mail = read(&stored, bytes_max, &below).unwrap();
            assert_eq!(mail.facts, MailFacts::default(), "{form:?}");
        }
    }
}

#[test]
fn number_gives_a_sequence_number_and_a_url() {
    let number = |mailbox: &str| MailNumber {
        mailbox: mailbox.as_bytes().to_vec(),
        uid_validity: 7,
        uid: u32::MAX,
    };
    let sequence_number = number("INBOX").sequence_number();
    assert_eq!(sequence_number.space, b"imap\0INBOX\x007");
    assert_eq!(sequence_number.number, 4_294_967_295);
    let options = MailOptions { imap_url: Some("imap://h".to_owned()), ..options() };
    let mut identifiers = Identifiers::default();
    add_place(&mut identifiers, Some(5), Some(&number("A b;?%/&AOQ-\u{e4}")), &options);
    let url = "imap://h/A%20b%3B%3F%25/&AOQ-%C3%A4;UIDVALIDITY=7/;UID=4294967295";
    assert_eq!(identifiers.urls, [url.as_bytes()]);
    assert_eq!(identifiers.date(DateKind::Received).unwrap().seconds, 5);
}

#[test]
fn samples_of_dovecot_are_the_same_mail_in_every_store() {
    let gzipped =
        include_bytes!("../../../tests/samples/mail/1795317199.M816566P22404.vm,S=7264,W=7378:2,");
    let expected = MailSizes { plain: 7264, crlf: 7378 };
    let mail = read(gzipped, Some(7264), &Limits::default()).unwrap();
    assert_eq!((mail.form, mail.sizes), (StoredForm::Gzip, Some(expected)));
    assert_eq!(mail.facts.message_id.as_deref(), Some("0@example.org"));
    let mdbox = include_bytes!("../../../tests/samples/mail/m.1");
    let plain = read(&mdbox[46..7310], Some(7264), &Limits::default()).unwrap();
    assert_eq!((plain.sizes, plain.facts), (Some(expected), mail.facts));
}

#[test]
fn stored_mails_are_decoded_as_recipes_do_it() {
    let with_rest = [gzip(MAIL), b"rest".to_vec()].concat();
    let mail = read(&with_rest, Some(u64::MAX), &Limits::default()).unwrap();
    assert_eq!(mail.sizes.unwrap().plain, MAIL.len() as u64);
    let little = Limits { memory_bytes: 1 << 10, ..Limits::default() };
    let result = read(&xz(MAIL), None, &little);
    assert!(matches!(result, Err(Error::Limit(LimitKind::Memory))), "{result:?}");
}
