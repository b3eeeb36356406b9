//! The container of every single object: config, key slot, snapshot, lease, epoch and so on
//! (FORMAT.md section 4).
//!
//! A fixed header, a plain part and a sealed part. One CRC-32C protects the header and another
//! what follows it, so that damage is told from a wrong key by whoever holds no key at all; the
//! seal protects both parts against more than accident.

use crate::defect::Defect;
use crate::le::{array_at, u16_at, u32_at};
use crate::seal::{NonceType, SealKey, Suite, TAG_BYTES, same_commitment};

/// Format version that this crate writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;
/// Length of the header in bytes.
pub(crate) const OBJECT_HEADER_BYTES: usize = 96;
/// Part of the header that the seal covers: all but the two checksums.
const SEALED_HEADER_BYTES: usize = 88;
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
    /// Key epoch of new packs.
    KeyEpoch = 12,
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
    /// For objects that are never encrypted (leases, epochs, markers).
    pub(crate) const fn plain() -> Self {
        Self { suite: Suite::Checksum, key: SealKey::Checksum, commitment: [0; 32] }
    }
}

/// Refuses an object that would be longer than what is read back.
pub(crate) fn check_object_bytes(bytes: u64) -> Result<(), Defect> {
    if bytes > OBJECT_BYTES_MAX {
        return Err(Defect::Limit {
            what: "bytes of an object",
            value: bytes,
            max: OBJECT_BYTES_MAX,
        });
    }
    Ok(())
}

/// Builds the bytes of an object; `secret` is what gets sealed.
///
/// # Errors
/// [`Defect::Limit`] above [`OBJECT_BYTES_MAX`].
pub(crate) fn encode_object(
    kind: ObjectKind,
    id: [u8; 32],
    key: &ObjectKey,
    plain: &[u8],
    secret: &[u8],
) -> Result<Vec<u8>, Defect> {
    let sealed_bytes = secret.len() + TAG_BYTES;
    let total = OBJECT_HEADER_BYTES + plain.len() + sealed_bytes;
    check_object_bytes(total as u64)?;
    let head = ObjectHead { kind, suite: key.suite, id, commitment: key.commitment };
    let mut bytes = Vec::with_capacity(total + SEALED_HEADER_BYTES);
    bytes.extend_from_slice(&sealed_header(&head, plain.len(), sealed_bytes));
    bytes.extend_from_slice(plain);
    // Room for the tag, so that sealing in place leaves no copy of a secret behind.
    let mut body = Vec::with_capacity(sealed_bytes);
    body.extend_from_slice(secret);
    key.key.seal(NonceType::Object, 0, &bytes, &mut body);
    bytes.extend_from_slice(&body);
    let (sealed_header, body) = bytes.split_at(SEALED_HEADER_BYTES);
    let mut checksums = [0; OBJECT_HEADER_BYTES - SEALED_HEADER_BYTES];
    let body_crc = crc32c::crc32c(body).to_le_bytes();
    checksums[..4].copy_from_slice(&body_crc);
    let header_crc = crc32c::crc32c_append(crc32c::crc32c(sealed_header), &body_crc);
    checksums[4..].copy_from_slice(&header_crc.to_le_bytes());
    bytes.splice(SEALED_HEADER_BYTES..SEALED_HEADER_BYTES, checksums);
    Ok(bytes)
}

/// The header up to its checksums; with the plain part the additional data of the seal.
fn sealed_header(head: &ObjectHead, plain: usize, sealed: usize) -> [u8; SEALED_HEADER_BYTES] {
    let length = |bytes: usize| u32::try_from(bytes).expect("objects are bounded").to_le_bytes();
    let mut h = [0; SEALED_HEADER_BYTES];
    h[..8].copy_from_slice(&MAGIC);
    h[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    h[10] = head.kind as u8;
    h[11] = head.suite.number();
    h[16..48].copy_from_slice(&head.id);
    h[48..80].copy_from_slice(&head.commitment);
    h[80..84].copy_from_slice(&length(plain));
    h[84..].copy_from_slice(&length(sealed));
    h
}

/// An object whose checksums hold; its seal was not opened yet.
#[derive(Debug)]
pub(crate) struct RawObject<'b> {
    pub(crate) head: ObjectHead,
    pub(crate) plain: &'b [u8],
    sealed: &'b [u8],
    sealed_header: [u8; SEALED_HEADER_BYTES],
}

impl<'b> RawObject<'b> {
    /// Checks magic, version, lengths and both checksums, in this order: a newer version may
    /// mean something else by all that follows its header.
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, Defect> {
        let (needed, found) = (OBJECT_HEADER_BYTES as u64, bytes.len() as u64);
        let (header, body) =
            bytes.split_first_chunk().ok_or(Defect::Truncated { needed, found })?;
        let (head, [plain_bytes, sealed_bytes, body_crc]) = parse_header(header)?;
        check_object_bytes(found)?;
        let needed = needed + u64::from(plain_bytes) + u64::from(sealed_bytes);
        if found > needed {
            return Err(Defect::Trailing { what: "object", bytes: found - needed });
        }
        let (plain, sealed) = body
            .split_at_checked(plain_bytes as usize)
            .filter(|_| found == needed)
            .ok_or(Defect::Truncated { needed, found })?;
        if crc32c::crc32c(body) != body_crc {
            return Err(Defect::Checksum { what: "object" });
        }
        let sealed_header = array_at::<0, SEALED_HEADER_BYTES, _>(header);
        Ok(Self { head, plain, sealed, sealed_header })
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
        let mut aad = Vec::with_capacity(SEALED_HEADER_BYTES + self.plain.len());
        aad.extend_from_slice(&self.sealed_header);
        aad.extend_from_slice(self.plain);
        let mut body = self.sealed.to_vec();
        key.key
            .open(NonceType::Object, 0, &aad, &mut body)
            .map_err(|()| Defect::Seal { what: "object" })?;
        Ok(body)
    }

    /// Opens an object that is never encrypted and has no sealed content.
    pub(crate) fn open_plain(&self) -> Result<&'b [u8], Defect> {
        let body = self.open(&ObjectKey::plain())?;
        // Proved by its tag: somebody newer put it there on purpose.
        if body.is_empty() {
            Ok(self.plain)
        } else {
            Err(Defect::UnknownField { what: "plain object: sealed part", field: 0 })
        }
    }
}

/// Decodes a header: what it says, and lengths of plain and sealed part with their checksum.
fn parse_header(h: &[u8; OBJECT_HEADER_BYTES]) -> Result<(ObjectHead, [u32; 3]), Defect> {
    if h[..8] != MAGIC {
        return Err(Defect::Magic);
    }
    if crc32c::crc32c(&h[..92]) != u32_at::<92, _>(h) {
        return Err(Defect::Checksum { what: "object header" });
    }
    check_version(u16_at::<8, _>(h))?;
    let kind = kind_from_number(h[10])?;
    let suite = Suite::from_number(h[11])
        .ok_or(Defect::UnknownField { what: "object header: suite", field: u64::from(h[11]) })?;
    check_reserved(&h[12..16], "object header: reserved bytes")?;
    let head = ObjectHead {
        kind,
        suite,
        id: array_at::<16, 32, _>(h),
        commitment: array_at::<48, 32, _>(h),
    };
    Ok((head, [u32_at::<80, _>(h), u32_at::<84, _>(h), u32_at::<88, _>(h)]))
}

/// Refuses versions that this program does not know.
pub(crate) fn check_version(version: u16) -> Result<(), Defect> {
    match version {
        FORMAT_VERSION => Ok(()),
        0 => Err(Defect::Inconsistent { what: "format version" }),
        found => Err(Defect::NewerVersion { found, supported: FORMAT_VERSION }),
    }
}

/// Refuses reserved bytes that are in use. Their checksum held, so a newer program set them.
pub(crate) fn check_reserved(bytes: &[u8], what: &'static str) -> Result<(), Defect> {
    match bytes.iter().find(|&&byte| byte != 0) {
        None => Ok(()),
        Some(&byte) => Err(Defect::UnknownField { what, field: u64::from(byte) }),
    }
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
        12 => K::KeyEpoch,
        found => {
            return Err(Defect::UnknownField { what: "object kind", field: u64::from(found) });
        }
    })
}

#[cfg(test)]
mod tests;
