//! Goal: a container refuses what it is not, and never calls a newer one damaged.
//! Method: headers altered field by field, checksums set right.
//! What a user loses if it fails: a repair that deletes what a newer program wrote.

use super::*;

fn object() -> Vec<u8> {
    encode_object(ObjectKind::Lease, [7; 32], &ObjectKey::plain(), b"plain", b"").unwrap()
}

/// Sets one byte and both checksums.
fn altered(at: usize, value: u8) -> Vec<u8> {
    let mut bytes = object();
    bytes[at] = value;
    let body = crc32c::crc32c(&bytes[96..]).to_le_bytes();
    bytes[88..92].copy_from_slice(&body);
    let header = crc32c::crc32c(&bytes[..92]).to_le_bytes();
    bytes[92..96].copy_from_slice(&header);
    bytes
}

fn parse(bytes: &[u8]) -> Result<(), Defect> {
    RawObject::parse(bytes).map(drop)
}

#[test]
fn newer_things_are_newer_and_never_damage() {
    let newer = Defect::NewerVersion { found: 2, supported: 1 };
    assert_eq!(parse(&altered(8, 2)), Err(newer.clone()));
    // Whatever follows the header of a newer version, here: nothing that we could read.
    let mut longer = altered(8, 2);
    longer.extend_from_slice(&[1; 50]);
    assert_eq!(parse(&longer), Err(newer.clone()));
    assert_eq!(parse(&longer[..96]), Err(newer));
    for (at, value) in [(10, 13), (11, 2), (12, 1), (15, 0xff)] {
        assert!(parse(&altered(at, value)).unwrap_err().is_newer(), "byte {at}");
    }
    assert_eq!(parse(&altered(8, 0)), Err(Defect::Inconsistent { what: "format version" }));
}

#[test]
fn the_two_checksums_name_header_and_body() {
    let mut bytes = object();
    bytes[20] ^= 1;
    assert_eq!(parse(&bytes), Err(Defect::Checksum { what: "object header" }));
    let mut bytes = object();
    bytes[97] ^= 1;
    assert_eq!(parse(&bytes), Err(Defect::Checksum { what: "object" }));
    bytes[0] ^= 1;
    assert_eq!(parse(&bytes), Err(Defect::Magic));
}

#[test]
fn lengths_are_those_of_the_bytes() {
    let bytes = object();
    assert!(parse(&bytes).is_ok());
    let needed = bytes.len() as u64;
    let truncated = Defect::Truncated { needed, found: needed - 1 };
    assert_eq!(parse(&bytes[..bytes.len() - 1]), Err(truncated));
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(parse(&longer), Err(Defect::Trailing { what: "object", bytes: 1 }));
    for at in 80..88 {
        assert!(parse(&altered(at, 0xff)).is_err(), "byte {at}");
    }
    // A byte moved from the sealed part to the plain one.
    let mut moved = altered(80, 6);
    moved = {
        moved[84] = 15;
        moved
    };
    let crc = crc32c::crc32c(&moved[..92]).to_le_bytes();
    moved[92..96].copy_from_slice(&crc);
    let refused = RawObject::parse(&moved).unwrap().open_plain();
    assert_eq!(refused, Err(Defect::Seal { what: "object" }));
}

#[test]
fn an_object_is_at_most_sixteen_mebibytes_long() {
    let overhead = OBJECT_HEADER_BYTES + TAG_BYTES;
    let mut plain = vec![0; usize::try_from(OBJECT_BYTES_MAX).unwrap() - overhead];
    let encode =
        |plain: &[u8]| encode_object(ObjectKind::Lease, [7; 32], &ObjectKey::plain(), plain, b"");
    let bytes = encode(&plain).unwrap();
    assert_eq!(bytes.len() as u64, OBJECT_BYTES_MAX);
    assert_eq!(RawObject::parse(&bytes).unwrap().open_plain(), Ok(plain.as_slice()));
    plain.push(0);
    let value = OBJECT_BYTES_MAX + 1;
    let limit = Defect::Limit { what: "bytes of an object", value, max: OBJECT_BYTES_MAX };
    assert_eq!(encode(&plain), Err(limit.clone()));
    assert_eq!(parse(&[&bytes[..], &[0]].concat()), Err(limit));
}

#[test]
fn a_sealed_part_in_a_plain_object_is_newer() {
    let bytes = encode_object(ObjectKind::Epoch, [0; 32], &ObjectKey::plain(), b"", b"more");
    let bytes = bytes.unwrap();
    assert!(RawObject::parse(&bytes).unwrap().open_plain().unwrap_err().is_newer());
}
