//! Goal: a digest of a response is found under the bytes it stands for, whichever of the fields it
//! came in. Method: one digest in each form; wrong forms. If it fails, objects are not found by
//! their checksums.

use super::checksums;
use crate::identifiers::{Checksum, ChecksumAlgorithm};
use crate::limits::Limits;
use crate::web::http_fields::HeaderFields;

/// SHA-256 of no bytes.
const SHA256: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const SHA256_HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// MD5 of no bytes.
const MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";

fn found(line: &str) -> Vec<Checksum> {
    let block = format!("{line}\r\n\r\n");
    checksums(&HeaderFields::parse(block.as_bytes(), &Limits::default()).unwrap().0)
}

#[test]
fn one_digest_is_found_in_every_form() {
    for line in [
        format!("Repr-Digest: sha-256=:{SHA256}:"),
        format!("Digest: SHA-256={SHA256}"),
        format!("x-amz-checksum-sha256: {SHA256}"),
        format!("Docker-Content-Digest: sha256:{SHA256_HEX}"),
        format!("Repr-Digest: sha-256=:{SHA256}:\r\nDigest: sha-256={SHA256}"),
    ] {
        let sum = &found(&line)[..];
        assert_eq!(sum.len(), 1, "{line}");
        assert_eq!(sum[0].algorithm, ChecksumAlgorithm::Sha256);
        assert_eq!(blake3::Hash::from_slice(&sum[0].value).unwrap().to_hex().as_str(), SHA256_HEX);
    }
}

#[test]
fn several_digests_of_a_field_are_all_found() {
    let sums = found(&format!("x-goog-hash: crc32c=AAAAAA==,md5={MD5}"));
    let kinds: Vec<_> = sums.iter().map(|sum| (sum.algorithm, sum.value.len())).collect();
    assert_eq!(kinds, [(ChecksumAlgorithm::Md5, 16), (ChecksumAlgorithm::Crc32c, 4)]);
    let sums = found(&format!("Content-MD5: {MD5}\r\nETag: \"a\""));
    let kinds: Vec<_> = sums.iter().map(|sum| sum.algorithm).collect();
    assert_eq!(kinds, [ChecksumAlgorithm::Md5, ChecksumAlgorithm::StrongEntityTag]);
}

#[test]
fn what_is_no_digest_is_left_out() {
    let long = "A".repeat(10_000);
    for line in [
        format!("Repr-Digest: sha-256={SHA256}"),
        format!("Repr-Digest: sha-256=:{SHA256}"),
        format!("Digest: sha-512={SHA256}"),
        format!("Digest: unixsum={SHA256}"),
        format!("Digest: sha-256={long}"),
        format!("x-amz-checksum-sha256: {SHA256}-3"),
        format!("Docker-Content-Digest: sha256:{}", SHA256_HEX.to_ascii_uppercase()),
        format!("Docker-Content-Digest: sha256:{SHA256_HEX}00"),
        format!("Docker-Content-Digest: {SHA256_HEX}"),
        "Content-MD5: x".to_owned(),
        "ETag: W/\"a\"".to_owned(),
        "Digest: ,=,:".to_owned(),
    ] {
        assert_eq!(found(&line), [], "{line}");
    }
}
