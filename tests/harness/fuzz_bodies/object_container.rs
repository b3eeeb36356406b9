//! Goal: no bytes under the name of a single object do harm, and what decodes has one encoding.
//! Method: the input is decoded as it is, and again as the content of a container whose checksums
//! are set right, since no fuzzer guesses a CRC and a hash. If it fails: a damaged or hostile
//! repository stops whoever looks at it, or two readers disagree about one object.

use gleaner_store::{
    Defect, Epoch, Keys, SessionId, SnapshotId, SnapshotObject, Version, decode_condemned,
    decode_config, decode_epoch, decode_fence_marker, decode_gone, decode_key_epoch, decode_lease,
    decode_outcome, decode_snapshot, decode_tombstone, encode_condemned, encode_config,
    encode_epoch, encode_fence_marker, encode_gone, encode_lease, encode_outcome, encode_snapshot,
    encode_tombstone, read_config_head, read_key_slot,
};

const HEADER_BYTES: usize = 96;
const SEALED_HEADER_BYTES: usize = 88;
const TAG_BYTES: usize = 16;
const ID: [u8; 32] = [0x5a; 32];

/// A container of suite 0 as FORMAT.md section 4 describes it, built without the product's code.
fn container(kind: u8, id: &[u8; 32], plain: &[u8], secret: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).expect("inputs are short").to_le_bytes();
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(b"GLNROBJ\0\x01\0");
    header.extend_from_slice(&[kind, 0, 0, 0, 0, 0]);
    header.extend_from_slice(id);
    header.extend_from_slice(&[0; 32]);
    header.extend_from_slice(&length(plain.len()));
    header.extend_from_slice(&length(secret.len() + TAG_BYTES));
    assert_eq!(header.len(), SEALED_HEADER_BYTES);
    let aad = [&header, plain].concat();
    let nonce = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let hash =
        blake3::hash(&[&nonce[..], &(aad.len() as u64).to_le_bytes(), &aad, secret].concat());
    let (tag, _) = hash.as_bytes().split_at(TAG_BYTES);
    let body = [plain, secret, tag].concat();
    header.extend_from_slice(&crc32c::crc32c(&body).to_le_bytes());
    header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
    [header, body].concat()
}

/// The id in the header, where there is one.
fn id_of(bytes: &[u8]) -> [u8; 32] {
    bytes.get(16..48).and_then(|id| id.try_into().ok()).unwrap_or_default()
}

fn number_of(id: &[u8; 32]) -> u64 {
    id.first_chunk().map_or(0, |number| u64::from_le_bytes(*number))
}

fn session_of(id: &[u8; 32]) -> SessionId {
    SessionId(id.first_chunk().copied().unwrap_or_default())
}

fn id_with_number(number: u64) -> [u8; 32] {
    let mut id = [0; 32];
    let (low, _) = id.split_at_mut(8);
    low.copy_from_slice(&number.to_le_bytes());
    id
}

/// Decodes, encodes again and compares. Optional fields that this version skips are not written
/// again: then the new bytes are shorter, and must mean the same.
fn round_trip<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, Defect>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    let Ok(value) = decode(bytes) else { return };
    let again = encode(&value);
    assert!(again.len() <= bytes.len(), "an encoding that is longer than what was read");
    assert!(again.len() < bytes.len() || again == bytes, "two encodings of {value:?}");
    assert_eq!(decode(&again).as_ref(), Ok(&value));
}

/// Any container under any name: at most one kind of object takes it.
///
/// # Panics
/// When two kinds take the same bytes.
pub fn object_container(input: &[u8]) {
    takers(input);
    if let [kind, rest @ ..] = input {
        let (plain, secret) = rest.split_at(rest.len() / 2);
        takers(&container(kind % 16, &ID, plain, secret));
        takers(&container(kind % 16, &ID, rest, &[]));
    }
}

fn takers(bytes: &[u8]) {
    let id = id_of(bytes);
    let (number, snapshot) = (Epoch(number_of(&id)), SnapshotId(id));
    let marker = decode_fence_marker(snapshot, bytes).is_ok();
    let snapshot_object = decode_snapshot(snapshot, bytes, &Keys::unencrypted());
    assert_eq!(marker, snapshot_object == Ok(SnapshotObject::FenceMarker));
    let taken = [
        read_config_head(bytes).is_ok(),
        read_key_slot(&id, bytes).is_ok(),
        snapshot_object.is_ok(),
        decode_tombstone(snapshot, bytes).is_ok(),
        decode_lease(session_of(&id), bytes).is_ok(),
        decode_epoch(bytes).is_ok(),
        decode_condemned(number, bytes).is_ok(),
        decode_outcome(number, bytes).is_ok(),
        decode_gone(number, bytes).is_ok(),
        decode_key_epoch(Version(number.0), bytes, &Keys::unencrypted()).is_ok(),
    ];
    assert!(taken.iter().filter(|taken| **taken).count() <= 1, "{taken:?}");
}

/// The config of a repository without encryption.
///
/// # Panics
/// When a config has two encodings.
pub fn config(input: &[u8]) {
    let keys = Keys::unencrypted();
    for bytes in [input, &container(1, &ID, input, &[])] {
        drop(read_config_head(bytes));
        let Ok(config) = decode_config(bytes, &keys) else { continue };
        let again = encode_config(&config, &keys);
        assert!(again.len() < bytes.len() || again == bytes, "two encodings of a config");
    }
}

/// The plain part of a key slot; no key is derived.
pub fn key_slot(input: &[u8]) {
    for bytes in [input, &container(2, &ID, input, &[0; 32])] {
        drop(read_key_slot(&id_of(bytes), bytes));
    }
}

/// A manifest, or the fence marker in its place.
///
/// # Panics
/// When a manifest has two encodings.
pub fn manifest(input: &[u8]) {
    let keys = Keys::unencrypted();
    for bytes in [input, &container(3, &ID, &[], input), &container(4, &ID, input, &[])] {
        let id = SnapshotId(id_of(bytes));
        let decode = |bytes: &[u8]| match decode_snapshot(id, bytes, &keys)? {
            SnapshotObject::Manifest(snapshot) => Ok(*snapshot),
            SnapshotObject::FenceMarker => Err(Defect::Magic),
        };
        let encode = |s: &_| encode_snapshot(s, &keys).expect("the reader took it");
        round_trip(bytes, decode, encode);
        round_trip(bytes, |b| decode_fence_marker(id, b), |s| encode_fence_marker(id, *s));
    }
}

/// A lease.
///
/// # Panics
/// When a lease has two encodings.
pub fn lease(input: &[u8]) {
    let session_id = {
        let mut id = ID;
        id.iter_mut().skip(16).for_each(|byte| *byte = 0);
        id
    };
    for bytes in [input, &container(6, &session_id, input, &[])] {
        let session = session_of(&id_of(bytes));
        round_trip(bytes, |b| decode_lease(session, b), encode_lease);
    }
}

/// An epoch.
///
/// # Panics
/// When an epoch has two encodings.
pub fn epoch(input: &[u8]) {
    let number = input.first_chunk().map_or(0, |number| u64::from_le_bytes(*number));
    for bytes in [input, &container(7, &id_with_number(number), &[], &[])] {
        round_trip(bytes, decode_epoch, |epoch| encode_epoch(*epoch));
    }
    assert_eq!(decode_epoch(&encode_epoch(Epoch(number))), Ok(Epoch(number)));
}

/// A condemned list, an outcome, a record of deletion, a tombstone.
///
/// # Panics
/// When one of them has two encodings.
pub fn condemned(input: &[u8]) {
    let id = id_with_number(258);
    for bytes in [
        input,
        &container(8, &id, input, &[]),
        &container(9, &id, input, &[]),
        &container(10, &id, input, &[]),
    ] {
        let epoch = Epoch(number_of(&id_of(bytes)));
        round_trip(bytes, |b| decode_condemned(epoch, b), encode_condemned);
        round_trip(bytes, |b| decode_outcome(epoch, b), encode_outcome);
        round_trip(bytes, |b| decode_gone(epoch, b), |()| encode_gone(epoch));
    }
    let bytes = container(5, &ID, input, &[]);
    let id = SnapshotId(ID);
    round_trip(&bytes, |b| decode_tombstone(id, b), |time| encode_tombstone(id, *time));
}
