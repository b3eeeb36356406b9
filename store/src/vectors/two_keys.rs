//! One ciphertext that opens under two keys. AES-GCM allows it (Grubbs, Lu, Ristenpart, "Message
//! Franking via Committing Authenticated Encryption", 2017): here one is made, to see that the key
//! commitment refuses what the cipher takes.
#![expect(clippy::big_endian_bytes, reason = "the cipher's blocks are")]

use super::fixtures as made;
use super::swaps::other_keys;
use crate::defect::Defect;
use crate::object::{ObjectKey, ObjectKind, RawObject, encode_object};
use crate::seal::{NonceType, SealKey, TAG_BYTES};
use crate::snapshot::{SnapshotId, decode_snapshot};

/// The field of GHASH (NIST SP 800-38D section 6.3); the highest bit is the coefficient of x^0.
const ONE: u128 = 1 << 127;

fn times(a: u128, b: u128) -> u128 {
    let (mut product, mut shifted) = (0, a);
    for bit in (0..128).rev() {
        if b >> bit & 1 == 1 {
            product ^= shifted;
        }
        let is_reduced = shifted & 1 == 1;
        shifted >>= 1;
        if is_reduced {
            shifted ^= 0xe1 << 120;
        }
    }
    product
}

fn squared(a: u128, count: u32) -> u128 {
    (0..count).fold(a, |a, _| times(a, a))
}

/// a^(2^128 - 2).
fn inverse(a: u128) -> u128 {
    (1..128).fold(ONE, |product, count| times(product, squared(a, count)))
}

/// Blocks of 16 bytes, the last one filled up with zeros.
fn blocks(bytes: &[u8]) -> Vec<u128> {
    let padded = |block: &[u8]| {
        let mut padded = [0; 16];
        padded[..block.len()].copy_from_slice(block);
        u128::from_be_bytes(padded)
    };
    bytes.chunks(16).map(padded).collect()
}

/// What decides about tags under one key and one nonce.
struct Tagger {
    hash_key: u128,
    mask: u128,
}

impl Tagger {
    /// Learnt from three tags, without looking into the key.
    fn of(key: &SealKey) -> Self {
        let tag = |aad: &[u8]| {
            let mut body = Vec::new();
            key.seal(NonceType::Object, 0, aad, &mut body);
            u128::from_be_bytes(body.try_into().unwrap())
        };
        let mask = tag(&[]);
        // The two differ by 1 times the square of the hash key.
        let square = tag(&[0; 16]) ^ tag(&ONE.to_be_bytes());
        Self { hash_key: squared(square, 127), mask }
    }

    fn tag(&self, aad: &[u8], sealed: &[u8]) -> u128 {
        let bits = |bytes: &[u8]| bytes.len() as u128 * 8;
        let lengths = bits(aad) << 64 | bits(sealed);
        let all = blocks(aad).into_iter().chain(blocks(sealed)).chain([lengths]);
        self.mask ^ all.fold(0, |hash, block| times(hash ^ block, self.hash_key))
    }
}

/// Two sealed blocks with one tag for both keys: the second block is solved for.
fn sealed_for_both(a: &SealKey, b: &SealKey, aad: &[u8]) -> Vec<u8> {
    let (a, b) = (Tagger::of(a), Tagger::of(b));
    let mut sealed = [made::seeded::<16>(40), [0; 16]].concat();
    let difference = a.tag(aad, &sealed) ^ b.tag(aad, &sealed);
    let squares = squared(a.hash_key, 1) ^ squared(b.hash_key, 1);
    sealed[16..].copy_from_slice(&times(difference, inverse(squares)).to_be_bytes());
    let tag = a.tag(aad, &sealed);
    [sealed, tag.to_be_bytes().to_vec()].concat()
}

#[test]
fn ciphertext_made_for_two_keys_opens_under_the_one_it_is_committed_to_only() {
    let id = SnapshotId(made::seeded(10));
    let key = |keys: &crate::keys::Keys| keys.object_key(ObjectKind::Snapshot, &id.0);
    let (ours, theirs): (ObjectKey, ObjectKey) = (key(&made::keys()), key(&other_keys()));
    let mut bytes = encode_object(ObjectKind::Snapshot, id.0, &ours, b"", &[0; 32]).unwrap();
    let (aad, sealed_at) = (bytes[..88].to_vec(), bytes.len() - 32 - TAG_BYTES);
    let crafted = sealed_for_both(&ours.key, &theirs.key, &aad);
    for key in [&ours, &theirs] {
        let opened = key.key.open(NonceType::Object, 0, &aad, &mut crafted.clone());
        assert_eq!(opened, Ok(()), "the cipher alone takes it");
    }
    bytes[sealed_at..].copy_from_slice(&crafted);
    let body = crc32c::crc32c(&bytes[96..]).to_le_bytes();
    bytes[88..92].copy_from_slice(&body);
    let header = crc32c::crc32c(&bytes[..92]).to_le_bytes();
    bytes[92..96].copy_from_slice(&header);
    let object = RawObject::parse(&bytes).unwrap();
    assert!(object.open(&ours).is_ok());
    assert_eq!(object.open(&theirs), Err(Defect::Commitment));
    assert_eq!(decode_snapshot(id, &bytes, &other_keys()), Err(Defect::Commitment));
}
