//! Checksums that a server sends with a body: keys to find an object by, never a proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hex::bytes_of_hex;
use crate::identifiers::{Checksum, ChecksumAlgorithm};
use crate::web::http_fields::HeaderFields;

#[cfg(test)]
mod tests;

/// Bytes that a sum has; `None` for what has any number of them.
const fn sum_bytes(algorithm: ChecksumAlgorithm) -> Option<usize> {
    Some(match algorithm {
        ChecksumAlgorithm::Sha256 => 32,
        ChecksumAlgorithm::Sha512 => 64,
        ChecksumAlgorithm::Sha1 => 20,
        ChecksumAlgorithm::Md5 => 16,
        ChecksumAlgorithm::Crc32c => 4,
        _ => return None,
    })
}

/// All that the fields give, in a fixed order and without doubles; wrong ones are left out.
pub(crate) fn checksums(fields: &HeaderFields) -> Vec<Checksum> {
    let mut found = Vec::new();
    for member in fields.list("repr-digest") {
        found.extend(named_checksum(member, Some(b':')));
    }
    for member in fields.list("digest").into_iter().chain(fields.list("x-goog-hash")) {
        found.extend(named_checksum(member, None));
    }
    let lone = [
        ("content-md5", ChecksumAlgorithm::Md5),
        ("x-amz-checksum-sha256", ChecksumAlgorithm::Sha256),
    ];
    for (name, algorithm) in lone {
        found.extend(fields.first(name).and_then(|value| from_base64(algorithm, value)));
    }
    found.extend(fields.first("docker-content-digest").and_then(from_oci_digest));
    let tag = fields.first("etag").filter(|tag| is_strong_etag(tag));
    found.extend(tag.map(|tag| Checksum {
        algorithm: ChecksumAlgorithm::StrongEntityTag,
        value: tag.to_vec(),
    }));
    found.sort();
    found.dedup();
    found
}

/// True for an entity tag that promises the same bytes: `"..."`, not `W/"..."`.
pub(crate) fn is_strong_etag(tag: &[u8]) -> bool {
    match tag {
        [b'"', inner @ .., b'"'] => !inner.is_empty() && !inner.contains(&b'"'),
        _ => false,
    }
}

/// `NAME=BASE64`, the base64 between two bytes `around` where RFC 8941 wants them.
fn named_checksum(member: &[u8], around: Option<u8>) -> Option<Checksum> {
    let equals = member.iter().position(|&byte| byte == b'=')?;
    let (name, value) = (member.get(..equals)?, member.get(equals + 1..)?.trim_ascii());
    let algorithm = match name.trim_ascii().to_ascii_lowercase().as_slice() {
        b"sha-256" => ChecksumAlgorithm::Sha256,
        b"sha-512" => ChecksumAlgorithm::Sha512,
        b"sha" => ChecksumAlgorithm::Sha1,
        b"md5" => ChecksumAlgorithm::Md5,
        b"crc32c" => ChecksumAlgorithm::Crc32c,
        _ => return None,
    };
    let value = match (around, value) {
        (None, value) => value,
        (Some(around), [first, value @ .., last]) if (*first, *last) == (around, around) => value,
        _ => return None,
    };
    from_base64(algorithm, value)
}

fn from_base64(algorithm: ChecksumAlgorithm, value: &[u8]) -> Option<Checksum> {
    let bytes = sum_bytes(algorithm)?;
    // Longer than any base64 of so many bytes: not decoded.
    if value.len() > bytes.div_ceil(3) * 4 {
        return None;
    }
    let value = STANDARD.decode(value).ok().filter(|value| value.len() == bytes)?;
    Some(Checksum { algorithm, value })
}

/// `sha256:HEX` or `sha512:HEX`.
pub(crate) fn from_oci_digest(value: &[u8]) -> Option<Checksum> {
    let (algorithm, hex) = match value {
        [b's', b'h', b'a', b'2', b'5', b'6', b':', hex @ ..] => (ChecksumAlgorithm::Sha256, hex),
        [b's', b'h', b'a', b'5', b'1', b'2', b':', hex @ ..] => (ChecksumAlgorithm::Sha512, hex),
        _ => return None,
    };
    let value = bytes_of_hex(hex).filter(|value| Some(value.len()) == sum_bytes(algorithm))?;
    Some(Checksum { algorithm, value })
}
