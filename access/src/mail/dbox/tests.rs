use super::*;

/// A record: header, bytes, magic, metadata.
fn record(bytes: &[u8], metadata: &str) -> Vec<u8> {
    let mut record = format!("\x01\x02N          {:016x}\n", bytes.len()).into_bytes();
    record.extend_from_slice(bytes);
    record.extend_from_slice(b"\n\x01\x03\n");
    record.extend_from_slice(metadata.as_bytes());
    record
}

fn file(records: &[Vec<u8>]) -> Vec<u8> {
    [b"2 M1e C6b025dcf\n".as_slice(), &records.concat()].concat()
}

const METADATA: &str = "R6b025dcf\nV9\nG28afec36cf5d026b8857000083ecc375\nBINBOX\n\n";

fn walk(file: &[u8]) -> Result<DboxMails, Error> {
    dbox_mails(file, &Limits::default())
}

#[test]
fn sample_of_sdbox_is_one_compressed_mail() {
    let found = walk(include_bytes!("../../../tests/samples/mail/u.1")).unwrap();
    let expected = DboxMail {
        header_offset: 16,
        offset: 46,
        len: 5504,
        guid: *b"\xa8\xb9\x5a\x34\xcf\x5d\x02\x6b\x86\x57\x00\x00\x83\xec\xc3\x75",
        received_s: Some(0x6b02_5dcf),
        crlf_bytes: Some(0x1cd2),
        plain_bytes: Some(0x1c60),
        has_external_parts: false,
        end: 5611,
    };
    assert_eq!(found, DboxMails { mails: vec![expected], is_growing: false });
}

#[test]
fn sample_of_mdbox_is_two_mails() {
    let found = walk(include_bytes!("../../../tests/samples/mail/m.1")).unwrap();
    let places: Vec<_> = found
        .mails
        .iter()
        .map(|mail| (mail.header_offset, mail.offset, mail.len, mail.end))
        .collect();
    assert_eq!(places, [(16, 46, 7264, 7372), (7372, 7402, 7264, 14728)]);
    assert_eq!((found.is_growing, found.mails[1].plain_bytes), (false, None));
}

#[test]
fn every_cut_is_a_growing_file_with_the_mails_before_it() {
    let whole = file(&[record(b"A: 1\n\nx", METADATA), record(b"", METADATA)]);
    let mails = walk(&whole).unwrap().mails;
    assert_eq!(mails.len(), 2);
    for len in 0..whole.len() {
        let result = walk(&whole[..len]);
        if len < 16 {
            assert!(matches!(result, Err(Error::Busy)), "{len}");
            continue;
        }
        let found = result.unwrap();
        let before: Vec<_> = mails.iter().filter(|mail| mail.end <= len as u64).cloned().collect();
        let is_end = len == 16 || before.last().is_some_and(|mail| mail.end == len as u64);
        assert_eq!(found, DboxMails { mails: before, is_growing: !is_end }, "{len}");
    }
}

#[test]
fn mail_whose_header_is_held_with_zeros_is_growing() {
    let first = file(&[record(b"A: 1\n\nx", METADATA)]);
    for written in [1, MAIL_HEADER_BYTES, MAIL_HEADER_BYTES + 1000] {
        let mut bytes = first.clone();
        bytes.resize(first.len() + written.min(MAIL_HEADER_BYTES), 0);
        bytes.resize(first.len() + written, b'y');
        let found = walk(&bytes).unwrap();
        assert_eq!((found.mails.len(), found.is_growing), (1, true), "{written}");
    }
}

#[test]
fn file_header_is_of_version_2_with_mail_headers_of_30_bytes() {
    let record = record(b"x", METADATA);
    let with = |header: &[u8]| walk(&[header, &record].concat());
    assert_eq!(with(b"2 M1e C0\n").unwrap().mails.len(), 1);
    assert_eq!(with(b"2 M1e Cffffffffffffffff\n").unwrap().mails.len(), 1);
    for header in ["1 M1e C0\n", "3 M1e C0\n", "2 M1f C0\n", "2 M0 C0\n"] {
        assert!(matches!(with(header.as_bytes()), Err(Error::Unsupported(_))), "{header:?}");
    }
    for header in
        ["\n", "2\n", "2 M1e\n", "2 M1e 0\n", "2 M1e C\n", "2 M1e Cfffffffffffffffff\n", "x\n"]
    {
        assert!(matches!(with(header.as_bytes()), Err(Error::Corrupt(_))), "{header:?}");
    }
    assert!(matches!(with(&[b'2'; 100]), Err(Error::Corrupt(_))), "a line without end");
}

#[test]
fn each_byte_of_header_and_magic_is_checked() {
    let whole = file(&[record(b"A: 1\n\nx", METADATA), record(b"y", METADATA)]);
    let is_size = |at: usize| (16 + 13..16 + 29).contains(&at);
    let first = 16..16 + MAIL_HEADER_BYTES;
    let magic = first.end + 7..first.end + 11;
    for at in first.clone().chain(magic).filter(|&at| !is_size(at)) {
        for flip in [1, 0x20, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            assert!(matches!(walk(&bytes), Err(Error::Corrupt(_))), "{at}");
        }
    }
}

#[test]
fn wrong_size_is_corrupt_or_reaches_beyond_the_end() {
    let with_size = |size: &str| {
        let mut bytes = file(&[record(b"A: 1\n\nx", METADATA)]);
        bytes[16 + 13..16 + 29].copy_from_slice(size.as_bytes());
        walk(&bytes)
    };
    assert_eq!(with_size("0000000000000007").unwrap().mails[0].len, 7);
    for size in ["0000000000000000", "0000000000000006", "0000000000000008", "000000000000000g"] {
        assert!(matches!(with_size(size), Err(Error::Corrupt(_))), "{size}");
    }
    for size in ["00000000000000ff", "FFFFFFFFFFFFFFFF", "7fffffffffffffff"] {
        let found = with_size(size).unwrap();
        assert!(found.mails.is_empty() && found.is_growing, "{size}");
    }
}

#[test]
fn metadata_gives_what_it_says_or_is_refused() {
    let with = |metadata: &str| walk(&file(&[record(b"x", metadata)]));
    let guid = "G28afec36cf5d026b8857000083ecc375\n";
    let mail = |metadata: &str| with(&format!("{metadata}{guid}\n")).unwrap().mails.remove(0);
    assert_eq!(mail("R0\nV0\nZ0\n").received_s, Some(0));
    assert_eq!(mail("Vffffffffffffffff\n").crlf_bytes, Some(u64::MAX));
    assert_eq!(mail("P\nQanything\n\u{e4}x\n").crlf_bytes, None);
    assert!(mail("X1 2 3 4\n").has_external_parts && !mail("").has_external_parts);
    for bad in
        ["Rffffffffffffffff\n", "V\n", "V00000000000000000\n", "V-1\n", "Zx\n", "Gab\n", "G\n"]
    {
        let metadata = format!("{bad}{guid}\n");
        assert!(matches!(with(&metadata), Err(Error::Corrupt(_))), "{bad:?}");
    }
    assert!(matches!(with("V1\n\n"), Err(Error::Unsupported(_))));
    let endless = format!("{guid}{}", "Qx\n".repeat(30_000));
    assert!(matches!(with(&endless), Err(Error::Limit(LimitKind::Header))));
}

#[test]
fn caps_hold_at_their_value_and_not_above() {
    let bytes = file(&[record(b"12345", METADATA), record(b"1", METADATA)]);
    let with = |limits: &Limits| dbox_mails(bytes.as_slice(), limits);
    assert!(with(&Limits { members: 2, object_bytes: 5, ..Limits::default() }).is_ok());
    let members = with(&Limits { members: 1, ..Limits::default() });
    assert!(matches!(members, Err(Error::Limit(LimitKind::Members))));
    let object = with(&Limits { object_bytes: 4, ..Limits::default() });
    assert!(matches!(object, Err(Error::Limit(LimitKind::ObjectBytes))));
}
