use super::*;

#[test]
fn known_streams_are_told_by_their_first_bytes() {
    let forms: [(&[u8], StoredForm); 8] = [
        (b"", StoredForm::Plain),
        (b"From: a\r\n\tb\n", StoredForm::Plain),
        (b"Subject: \xc3\xa4", StoredForm::Plain),
        (b"BZh: a field", StoredForm::Plain),
        (b"BZh9 a line", StoredForm::Plain),
        (b"\x1f\x8b\x08\0", StoredForm::Gzip),
        (b"\x28\xb5\x2f\xfd\0", StoredForm::Zstd),
        (b"\xfd7zXZ\0\0", StoredForm::Xz),
    ];
    for (start, form) in forms {
        assert_eq!(StoredForm::sniff(start).unwrap(), form, "{start:?}");
    }
}

#[test]
fn other_streams_are_unsupported() {
    let starts: [&[u8]; 7] = [
        b"BZh91AY&SY",
        b"BZh1\x17\x72\x45\x38\x50\x90",
        b"\x1f",
        b"\x28\xb5\x2f\0",
        b"Dovecot-LZ4\x0d\x2a\x9b\xc5\0\0",
        b"CRYPTED\x03\x07",
        b"\0",
    ];
    for start in starts {
        assert!(matches!(StoredForm::sniff(start), Err(Error::Unsupported(_))), "{start:?}");
    }
}

#[test]
fn only_the_start_is_looked_at() {
    let mut start = vec![b'x'; SNIFFED_BYTES];
    start.push(0);
    assert_eq!(StoredForm::sniff(&start).unwrap(), StoredForm::Plain);
    start[SNIFFED_BYTES - 1] = 0;
    assert!(StoredForm::sniff(&start).is_err());
}
