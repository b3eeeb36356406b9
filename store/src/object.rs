//! The container of every single object: config, key slot, snapshot, lease, epoch … (FORMAT.md
//! section 4).
//!
//! A fixed header, a plain part and a sealed part. The header is protected by a CRC-32C and,
//! with the plain part, by the seal, whose additional data they are.

use crate::defect::Defect;
use crate::seal::{NonceType, SealKey, Suite, TAG_BYTES, same_commitment};

/// Format version that this crate writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;
/// Length of the header in bytes.
pub(crate) const OBJECT_HEADER_BYTES: usize = 96;
/// Largest object in bytes.
pub const OBJECT_BYTES_MAX: u64 = 16 << 20;

const MAGIC: [u8; 8] = *b"GLNROBJ\0";

/// What a single object is; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ObjectKind {
    /// Repository config.
    Config = 1,
    /// Key slot.
    KeySlot = 2,
    /// Snapshot manifest.
    Snapshot = 3,
    /// Marker that occupies the snapshot name of a fenced session.
    FenceMarker = 4,
    /// Tombstone of a forgotten snapshot.
    Tombstone = 5,
    /// Session lease.
    Lease = 6,
    /// Epoch number.
    Epoch = 7,
    /// List of condemned packs.
    Condemned = 8,
    /// Outcome of a condemnation.
    Outcome = 9,
    /// Record that the packs of a list were deleted.
    Gone = 10,
    /// Maintenance owner.
    Owner = 11,
}

/// An object's header without the fields that follow from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObjectHead {
    pub(crate) kind: ObjectKind,
    pub(crate) suite: Suite,
    pub(crate) id: [u8; 32],
    pub(crate) commitment: [u8; 32],
}

/// Key and commitment for one object.
pub(crate) struct ObjectKey {
    pub(crate) suite: Suite,
    pub(crate) key: SealKey,
    pub(crate) commitment: [u8; 32],
}

impl ObjectKey {
    /// For objects that are never encrypted (leases, epochs, markers …).
    pub(crate) fn plain() -> Self {
        Self { suite: Suite::Checksum, key: SealKey::Checksum, commitment: [0; 32] }
    }
}

/// Builds the bytes of an object.
pub(crate) fn encode_object(
    kind: ObjectKind,
    id: [u8; 32],
    key: &ObjectKey,
    plain: &[u8],
    sealed: Vec<u8>,
) -> Vec<u8> {
    let head = ObjectHead { kind, suite: key.suite, id, commitment: key.commitment };
    let sealed_bytes = sealed.len() + TAG_BYTES;
    let mut bytes = Vec::with_capacity(OBJECT_HEADER_BYTES + plain.len() + sealed_bytes);
    bytes.extend_from_slice(&header_bytes(&head, plain.len(), sealed_bytes));
    bytes.extend_from_slice(plain);
    debug_assert!(bytes.len() + sealed_bytes <= usize::try_from(OBJECT_BYTES_MAX).unwrap_or(0));
    let mut body = sealed;
    key.key.seal(NonceType::Object, 0, &bytes, &mut body);
    bytes.extend_from_slice(&body);
    bytes
}

fn header_bytes(head: &ObjectHead, plain: usize, sealed: usize) -> [u8; OBJECT_HEADER_BYTES] {
    let length = |bytes: usize| u32::try_from(bytes).expect("objects are bounded").to_le_bytes();
    let mut h = [0; OBJECT_HEADER_BYTES];
    h[..8].copy_from_slice(&MAGIC);
    h[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    h[10] = head.kind as u8;
    h[11] = head.suite.number();
    h[16..48].copy_from_slice(&head.id);
    h[48..80].copy_from_slice(&head.commitment);
    h[80..84].copy_from_slice(&length(plain));
    h[84..88].copy_from_slice(&length(sealed));
    let crc = crc32c::crc32c(&h[..92]);
    h[92..].copy_from_slice(&crc.to_le_bytes());
    h
}

/// An object whose header holds; its seal was not opened yet.
#[derive(Debug)]
pub(crate) struct RawObject<'b> {
    pub(crate) head: ObjectHead,
    pub(crate) plain: &'b [u8],
    bytes: &'b [u8],
    plain_end: usize,
}

impl<'b> RawObject<'b> {
    /// Checks magic, version, checksum and lengths.
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, Defect> {
        let header = bytes.first_chunk::<OBJECT_HEADER_BYTES>().ok_or(Defect::Truncated {
            needed: OBJECT_HEADER_BYTES as u64,
            found: bytes.len() as u64,
        })?;
        if header[..8] != MAGIC {
            return Err(Defect::Magic);
        }
        if crc32c::crc32c(&header[..92]) != le_u32(header, 92) {
            return Err(Defect::Checksum { what: "object header" });
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        check_version(version)?;
        let kind = kind_from_number(header[10])?;
        let suite = Suite::from_number(header[11]).ok_or(Defect::UnknownField {
            what: "object header: suite",
            field: u64::from(header[11]),
        })?;
        if header[12..16] != [0; 4] || header[88..92] != [0; 4] {
            return Err(Defect::Inconsistent { what: "reserved bytes of the object header" });
        }
        let (plain, sealed) = (le_u32(header, 80) as usize, le_u32(header, 84) as usize);
        let needed = OBJECT_HEADER_BYTES as u64 + plain as u64 + sealed as u64;
        let found = bytes.len() as u64;
        if found < needed {
            return Err(Defect::Truncated { needed, found });
        }
        if found > needed {
            return Err(Defect::Trailing { what: "object", bytes: found - needed });
        }
        let field = |at: usize| {
            let mut value = [0; 32];
            value.copy_from_slice(&header[at..at + 32]);
            value
        };
        let head = ObjectHead { kind, suite, id: field(16), commitment: field(48) };
        let plain_end = OBJECT_HEADER_BYTES + plain;
        Ok(Self { head, plain: &bytes[OBJECT_HEADER_BYTES..plain_end], bytes, plain_end })
    }

    /// Asserts kind and id.
    pub(crate) fn expect(&self, kind: ObjectKind, id: &[u8; 32]) -> Result<(), Defect> {
        if self.head.kind != kind {
            let (expected, found) = (kind as u8, self.head.kind as u8);
            return Err(Defect::Kind { expected, found });
        }
        if self.head.id == *id { Ok(()) } else { Err(Defect::Identity) }
    }

    /// Opens the sealed part; also proves header and plain part.
    pub(crate) fn open(&self, key: &ObjectKey) -> Result<Vec<u8>, Defect> {
        if self.head.suite != key.suite {
            let (expected, found) = (key.suite.number(), self.head.suite.number());
            return Err(Defect::Suite { expected, found });
        }
        same_commitment(&self.head.commitment, &key.commitment)?;
        let (aad, sealed) = self.bytes.split_at(self.plain_end);
        let mut body = sealed.to_vec();
        key.key
            .open(NonceType::Object, 0, aad, &mut body)
            .map_err(|()| Defect::Seal { what: "object" })?;
        Ok(body)
    }

    /// Opens an object that is never encrypted and has no sealed content.
    pub(crate) fn open_plain(&self) -> Result<&'b [u8], Defect> {
        let body = self.open(&ObjectKey::plain())?;
        if body.is_empty() {
            Ok(self.plain)
        } else {
            Err(Defect::Trailing { what: "plain object", bytes: body.len() as u64 })
        }
    }
}

/// Refuses versions that this program does not know.
pub(crate) fn check_version(version: u16) -> Result<(), Defect> {
    match version {
        FORMAT_VERSION => Ok(()),
        0 => Err(Defect::Inconsistent { what: "format version" }),
        found => Err(Defect::NewerVersion { found, supported: FORMAT_VERSION }),
    }
}

/// Reads four little-endian bytes; `at` must lie inside.
pub(crate) fn le_u32(bytes: &[u8], at: usize) -> u32 {
    let mut value = [0; 4];
    value.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(value)
}

/// Reads eight little-endian bytes; `at` must lie inside.
pub(crate) fn le_u64(bytes: &[u8], at: usize) -> u64 {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(value)
}

fn kind_from_number(number: u8) -> Result<ObjectKind, Defect> {
    use ObjectKind as K;
    Ok(match number {
        1 => K::Config,
        2 => K::KeySlot,
        3 => K::Snapshot,
        4 => K::FenceMarker,
        5 => K::Tombstone,
        6 => K::Lease,
        7 => K::Epoch,
        8 => K::Condemned,
        9 => K::Outcome,
        10 => K::Gone,
        11 => K::Owner,
        found => {
            return Err(Defect::UnknownField { what: "object kind", field: u64::from(found) });
        }
    })
}
