//! Sealing: AES-256-GCM under keys that are used for one object only (FORMAT.md section 3).
//!
//! Every object has its own keys, derived from a parent key and the object's random id, so a
//! counter is a safe nonce. A 32-byte commitment derived beside the keys is stored in plain
//! and compared before anything is opened, since GCM alone does not commit to its key.
//! Without encryption the tag is a truncated BLAKE3 of the same bytes: it detects damage and
//! proves nothing against an attacker.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

use crate::defect::Defect;

/// Bytes that sealing adds.
pub const TAG_BYTES: usize = 16;

/// A secret of 256 bits, wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// How a repository seals; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Suite {
    /// No encryption: BLAKE3 checksums instead of tags.
    Checksum = 0,
    /// AES-256-GCM.
    Aes256Gcm = 1,
}

impl Suite {
    /// Number on storage.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Checksum),
            1 => Some(Self::Aes256Gcm),
            _ => None,
        }
    }
}

/// Nonce types: the first four bytes of a nonce, so that no two uses of one key collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum NonceType {
    /// A block of a pack; the ordinal counts blocks.
    Block = 1,
    /// The directory of a pack; ordinal 0.
    Directory = 2,
    /// The sealed part of a single object; ordinal 0.
    Object = 3,
}

/// One key of one suite: seals and opens in place.
pub(crate) enum SealKey {
    Checksum,
    Aes256Gcm(Box<LessSafeKey>),
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Checksum => "SealKey::Checksum",
            Self::Aes256Gcm(_) => "SealKey::Aes256Gcm(..)",
        })
    }
}

impl SealKey {
    pub(crate) fn aes(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are a key of AES-256");
        Self::Aes256Gcm(Box::new(LessSafeKey::new(key)))
    }

    /// Seals `body` in place and appends the tag.
    ///
    /// Each (type, ordinal) must be used once per key.
    pub(crate) fn seal(&self, kind: NonceType, ordinal: u64, aad: &[u8], body: &mut Vec<u8>) {
        let nonce = nonce_bytes(kind, ordinal);
        match self {
            Self::Checksum => {
                let tag = checksum_tag(nonce, aad, body);
                body.extend_from_slice(&tag);
            }
            Self::Aes256Gcm(key) => key
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
                .expect("bodies are far below the 64 GiB limit of GCM"),
        }
    }

    /// Opens `sealed` in place; afterwards it holds the plain body without the tag.
    pub(crate) fn open(
        &self,
        kind: NonceType,
        ordinal: u64,
        aad: &[u8],
        sealed: &mut Vec<u8>,
    ) -> Result<(), ()> {
        let nonce = nonce_bytes(kind, ordinal);
        let body_bytes = sealed.len().checked_sub(TAG_BYTES).ok_or(())?;
        match self {
            Self::Checksum => {
                let (body, tag) = sealed.split_at(body_bytes);
                if checksum_tag(nonce, aad, body) != *tag {
                    return Err(());
                }
            }
            Self::Aes256Gcm(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.open_in_place(nonce, Aad::from(aad), sealed).map_err(|_| ())?;
            }
        }
        sealed.truncate(body_bytes);
        Ok(())
    }
}

fn nonce_bytes(kind: NonceType, ordinal: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&(kind as u32).to_le_bytes());
    nonce[4..].copy_from_slice(&ordinal.to_le_bytes());
    nonce
}

fn checksum_tag(nonce: [u8; 12], aad: &[u8], body: &[u8]) -> [u8; TAG_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&nonce).update(&(aad.len() as u64).to_le_bytes()).update(aad).update(body);
    let mut tag = [0; TAG_BYTES];
    hasher.finalize_xof().fill(&mut tag);
    tag
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-256 (RFC 5869): extract with `salt`, ready to expand.
pub(crate) fn extract(key: &[u8; 32], salt: &[u8]) -> Prk {
    Salt::new(HKDF_SHA256, salt).extract(key)
}

/// HKDF-SHA-256: 32 bytes for the concatenation of `info`.
pub(crate) fn expand(prk: &Prk, info: &[&[u8]]) -> Secret {
    let mut out = Zeroizing::new([0; 32]);
    prk.expand(info, Bytes(32))
        .and_then(|okm| okm.fill(out.as_mut()))
        .expect("32 bytes are within the limit of HKDF-SHA-256");
    out
}

/// A key for one label below `key`.
pub(crate) fn derive(key: &[u8; 32], label: &[u8]) -> Secret {
    expand(&extract(key, &[]), &[b"gleaner v1 ", label])
}

/// Compares in constant time.
pub(crate) fn same_commitment(a: &[u8; 32], b: &[u8; 32]) -> Result<(), Defect> {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).map_err(|_| Defect::Commitment)
}
