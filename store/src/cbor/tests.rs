//! Goal: a structure has one encoding, and a hostile one costs nothing.
//! Method: hand-made CBOR against the rules of FORMAT.md section 2.
//! What a user loses if it fails: two readers that disagree about one backup.

use super::*;

const WHAT: &str = "test";

/// Reads a map whose only known field is 0, a number.
fn read(bytes: &[u8]) -> Result<Option<u64>, Defect> {
    let mut input = In::new(bytes, WHAT);
    let mut value = None;
    input.fields(|input, key| match key {
        0 => input.u64().map(|number| value = Some(number)).map(|()| true),
        _ => Ok(false),
    })?;
    input.finish()?;
    Ok(value)
}

const BAD: Defect = Defect::Encoding { what: WHAT };

#[test]
fn numbers_are_read_in_their_shortest_form_only() {
    for (number, bytes) in [
        (0, &[0x00][..]),
        (23, &[0x17]),
        (24, &[0x18, 24]),
        (255, &[0x18, 255]),
        (256, &[0x19, 1, 0]),
        (65_536, &[0x1a, 0, 1, 0, 0]),
        (1 << 32, &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
        (u64::MAX, &[0x1b, 255, 255, 255, 255, 255, 255, 255, 255]),
    ] {
        assert_eq!(In::new(bytes, WHAT).u64(), Ok(number));
    }
    for bytes in
        [&[0x18, 23][..], &[0x19, 0, 255], &[0x1a, 0, 0, 255, 255], &[0x1b, 0, 0, 0, 0, 1, 0, 0, 0]]
    {
        assert_eq!(In::new(bytes, WHAT).u64(), Err(BAD), "{bytes:?}");
    }
    assert_eq!(In::new(&[0x38, 23], WHAT).i64(), Err(BAD));
    assert_eq!(In::new(&[0x38, 24], WHAT).i64(), Ok(-25));
    let least = [0x3b, 0x7f, 255, 255, 255, 255, 255, 255, 255];
    assert_eq!(In::new(&least, WHAT).i64(), Ok(i64::MIN));
    assert_eq!(In::new(&[0x58, 1, 7], WHAT).bytes(), Err(BAD));
    assert_eq!(In::new(&[0x78, 1, b'x'], WHAT).text(), Err(BAD));
    assert_eq!(In::new(&[0x98, 0], WHAT).array(), Err(BAD));
}

#[test]
fn indefinite_lengths_floats_and_tags_are_refused() {
    assert_eq!(read(&[0xbf, 0x00, 0x01, 0xff]), Err(BAD));
    assert_eq!(In::new(&[0x9f, 0xff], WHAT).array(), Err(BAD));
    assert_eq!(In::new(&[0x5f, 0x41, 0, 0xff], WHAT).bytes(), Err(BAD));
    for value in [&[0xf9, 0, 0][..], &[0xc1, 0x00], &[0x9f, 0xff], &[0xf7]] {
        assert_eq!(read(&[&[0xa1, 0x18, 64], value].concat()), Err(BAD), "{value:?}");
    }
}

#[test]
fn keys_ascend_strictly() {
    assert_eq!(read(&[0xa2, 0x18, 64, 0x00, 0x00, 0x01]), Err(BAD));
    assert_eq!(read(&[0xa2, 0x00, 0x01, 0x00, 0x01]), Err(BAD));
}

#[test]
fn an_unknown_mandatory_field_is_newer_and_an_optional_one_is_skipped() {
    assert_eq!(read(&[0xa1, 0x00, 0x07]), Ok(Some(7)));
    let newer = Err(Defect::UnknownField { what: WHAT, field: 63 });
    assert_eq!(read(&[0xa2, 0x00, 0x07, 0x18, 63, 0x00]), newer);
    for value in [
        &[0x00][..],
        &[0x20],
        &[0x41, 9],
        &[0x61, b'x'],
        &[0xf5],
        &[0xf6],
        &[0x82, 0x01, 0x80],
        &[0xa1, 0x61, b'k', 0x80],
    ] {
        let bytes = [&[0xa2, 0x00, 0x07, 0x18, 64], value].concat();
        assert_eq!(read(&bytes), Ok(Some(7)), "{value:?}");
    }
}

#[test]
fn a_skipped_value_nests_at_most_sixteen_deep() {
    let nested = |depth: usize| [&[0xa1, 0x18, 64][..], &vec![0x81; depth - 1], &[0x80]].concat();
    assert_eq!(read(&nested(16)), Ok(None));
    assert_eq!(read(&nested(17)), Err(BAD));
    assert_eq!(read(&nested(100_000)), Err(BAD));
}

#[test]
fn declared_lengths_are_not_believed() {
    let huge = [0xff; 8];
    for head in [0x5b, 0x7b, 0x9b, 0xbb] {
        let bytes = [&[0xa1, 0x18, 64, head][..], &huge].concat();
        assert_eq!(read(&bytes), Err(BAD), "{head:#x}");
    }
    let bytes = [&[0x9b][..], &huge].concat();
    let limit = Defect::Limit { what: WHAT, value: u64::MAX, max: 3 };
    assert_eq!(In::new(&bytes, WHAT).list(3, In::u8), Err(limit));
    assert_eq!(In::new(&bytes, WHAT).list(u64::MAX, In::u8), Err(BAD));
}

#[test]
fn bytes_after_the_end_are_refused() {
    assert_eq!(read(&[0xa0, 0x00]), Err(Defect::Trailing { what: WHAT, bytes: 1 }));
}
