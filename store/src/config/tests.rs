//! Goal: a config is read whole, or refused with what is wrong.
//! Method: the encoded fields altered before sealing, so that only their meaning can refuse.
//! What a user loses if it fails: data cut or sealed with the wrong parameters.

use super::*;
use crate::cbor::lacking::each_without_a_field;
use crate::object::ObjectKey;
use crate::random::SeededRandom;

const ID: [u8; 32] = [3; 32];

/// A plain config with the given CBOR fields.
fn with_plain(plain: &[u8], secret: &[u8]) -> Result<RepositoryConfig, Defect> {
    let bytes = encode_object(ObjectKind::Config, ID, &ObjectKey::plain(), plain, secret).unwrap();
    decode_config(&bytes, &Keys::unencrypted())
}

struct Fields {
    params: Vec<u64>,
    pack_target_bytes: u32,
    level: i64,
}

fn fields(f: &Fields, extra: Option<u64>) -> Vec<u8> {
    cbor::encode(|e| {
        e.map(7 + u64::from(extra.is_some()))?.u8(0)?.bytes(&[1; 32])?.u8(1)?;
        e.array(f.params.len() as u64)?;
        for &param in &f.params {
            e.u64(param)?;
        }
        e.u8(2)?.bytes(&[2; 32])?.u8(3)?.u32(f.pack_target_bytes)?.u8(4)?.i64(f.level)?;
        e.u8(5)?.bool(false)?.u8(6)?.i64(-1)?;
        if let Some(key) = extra {
            e.u64(key)?.str("later")?;
        }
        Ok(())
    })
}

fn sound() -> Fields {
    Fields { params: vec![1, 4096], pack_target_bytes: 1 << 26, level: 3 }
}

fn decode(fields_: &Fields) -> Result<RepositoryConfig, Defect> {
    with_plain(&fields(fields_, None), b"")
}

#[test]
fn a_config_that_lacks_a_field_is_refused() {
    for (key, plain) in each_without_a_field(&fields(&sound(), None)) {
        assert!(with_plain(&plain, b"").is_err_and(|defect| !defect.is_newer()), "{key}");
    }
}

#[test]
fn limits_hold_at_the_boundary() {
    assert_eq!(decode(&sound()).unwrap().chunker, ChunkerParams::fixed(4096).unwrap());
    for (pack_target_bytes, is_legal) in
        [(1 << 16, true), ((1 << 16) - 1, false), (1 << 29, true), ((1 << 29) + 1, false)]
    {
        assert_eq!(decode(&Fields { pack_target_bytes, ..sound() }).is_ok(), is_legal);
    }
    for (level, is_legal) in
        [(0, true), (-1, false), (22, true), (23, false), (i64::MAX, false), (i64::MIN, false)]
    {
        assert_eq!(decode(&Fields { level, ..sound() }).is_ok(), is_legal, "{level}");
    }
    for params in [vec![1, 0], vec![1, 1 << 33], vec![0, 1, 2, 3, 4], vec![0, 65536], vec![]] {
        assert!(decode(&Fields { params: params.clone(), ..sound() }).is_err(), "{params:?}");
    }
}

#[test]
fn parity_is_a_percentage_or_not_there() {
    let config = decode(&sound()).unwrap();
    assert_eq!(config.parity_percent, None);
    for (percent, is_legal) in [(0, false), (1, true), (3, true), (100, true), (101, false)] {
        let config = RepositoryConfig { parity_percent: Some(percent), ..config.clone() };
        let bytes = encode_config(&config, &Keys::unencrypted());
        let read = decode_config(&bytes, &Keys::unencrypted());
        assert_eq!(read.is_ok(), is_legal, "{percent}");
        assert!(!is_legal || read.unwrap().parity_percent == Some(percent));
    }
}

#[test]
fn what_a_newer_program_wrote_is_newer() {
    let unknown_algorithm = Fields { params: vec![2, 7], ..sound() };
    assert!(decode(&unknown_algorithm).unwrap_err().is_newer());
    assert!(with_plain(&fields(&sound(), Some(7)), b"").unwrap_err().is_newer());
    assert!(with_plain(&fields(&sound(), Some(65)), b"").is_ok());
    assert!(with_plain(&fields(&sound(), Some(64)), b"").is_err(), "text is no percentage");
}

#[test]
fn the_secret_fits_the_suite() {
    let length = Defect::Inconsistent { what: "length of the domain key" };
    assert_eq!(with_plain(&fields(&sound(), None), &[0; 32]).unwrap_err(), length);
    let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
    let key = keys.object_key(ObjectKind::Config, &ID);
    let plain = fields(&sound(), None);
    for secret in [0, 31, 33] {
        let bytes = encode_object(ObjectKind::Config, ID, &key, &plain, &vec![0; secret]).unwrap();
        assert_eq!(decode_config(&bytes, &keys).unwrap_err(), length);
    }
}

#[test]
fn the_head_tells_without_a_key_whether_one_is_needed() {
    let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
    let config = with_plain(&fields(&sound(), None), b"").unwrap();
    let plain = encode_config(&config, &Keys::unencrypted());
    let head = ConfigHead { id: ID, suite: Suite::Checksum };
    assert_eq!(read_config_head(&plain), Ok(head));
    let domain_key = Some(Zeroizing::new([5; 32]));
    let sealed = encode_config(&RepositoryConfig { domain_key, ..config }, &keys);
    let head = ConfigHead { id: ID, suite: Suite::Aes256Gcm };
    assert_eq!(read_config_head(&sealed), Ok(head));
    assert_eq!(*decode_config(&sealed, &keys).unwrap().domain_key.unwrap(), [5; 32]);
    assert!(!sealed.windows(8).any(|window| window == [5; 8]), "the domain key is sealed");
}
