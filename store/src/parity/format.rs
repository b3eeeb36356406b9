//! The head of a sidecar, and how a pack is cut into shards (FORMAT.md section 6.6).

use std::ops::RangeInclusive;

use gleaner_chunker::PackId;

use crate::defect::Defect;
use crate::le::{array_at, u16_at, u32_at, u64_at};
use crate::object::{FORMAT_VERSION, check_reserved, check_version};
use crate::pack_format::{PACK_BYTES_MAX, PACK_HEADER_BYTES, TRAILER_BYTES};

/// Length of the head of a sidecar in bytes; it stands at both ends.
pub const PARITY_HEAD_BYTES: usize = 136;
/// Recovery shards for each hundred data shards that a writer may be asked for.
pub const PARITY_PERCENT: RangeInclusive<u8> = 1..=100;
/// Length of the checksum of one shard. It only has to find damage by accident: what comes of an
/// undetected one, once in 2^64, fails the hash of the whole pack. In the smallest shards that a
/// large pack has, 8 bytes are 0.2 %, 32 would be 0.8 %.
pub(super) const CHECKSUM_BYTES: usize = 8;

const MAGIC: [u8; 8] = *b"GLNRPRTY";
/// The only code: Reed-Solomon over GF(2^16).
const CODE_REED_SOLOMON: u8 = 1;
/// Nothing in a sidecar is sealed.
const SUITE_NONE: u8 = 0;
/// The unit of the code: shards are multiples of it.
pub(super) const CODE_UNIT_BYTES: u32 = 64;
/// A physical sector of common media: the least that is lost at once.
const SECTOR_BYTES: u32 = 4096;
const SHARD_BYTES_MAX: u32 = 64 << 10;
/// Data shards that a writer aims at: many small losses cost few shards each.
const DATA_SHARDS_WANTED: u64 = 1024;
/// Data shards of the largest pack in the largest shards.
const DATA_SHARDS_MAX: u64 = PACK_BYTES_MAX / SHARD_BYTES_MAX as u64;
/// Length of the smallest pack.
const PACK_BYTES_MIN: u64 = (PACK_HEADER_BYTES + TRAILER_BYTES) as u64;

/// Where the bytes of a sidecar are, and of which pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParityHead {
    /// The pack.
    pub pack: PackId,
    /// Length of the pack in bytes.
    pub pack_bytes: u64,
    /// Length of each shard in bytes; the last data shard is filled up with zeros.
    pub shard_bytes: u32,
    /// Number of recovery shards.
    pub recovery_shards: u32,
    /// BLAKE3 of the whole pack, trailer included.
    pub pack_hash: [u8; 32],
    /// BLAKE3 of the checksums of all shards.
    pub checksums_hash: [u8; 32],
}

/// Length of the longest sidecar of a pack of `pack_bytes` bytes.
#[must_use]
pub fn parity_bytes_max(pack_bytes: u64) -> u64 {
    let recovery = pack_bytes.min(PACK_BYTES_MAX) + u64::from(SHARD_BYTES_MAX);
    let checksums = 2 * DATA_SHARDS_MAX * CHECKSUM_BYTES as u64;
    recovery + 2 * (PARITY_HEAD_BYTES as u64 + checksums)
}

/// Length of the shards into which a writer cuts a pack.
pub(super) fn shard_bytes_for(pack_bytes: u64) -> u32 {
    if pack_bytes <= u64::from(SECTOR_BYTES) {
        let bytes = u32::try_from(pack_bytes).unwrap_or(SECTOR_BYTES).max(1);
        return bytes.next_multiple_of(CODE_UNIT_BYTES);
    }
    let mut shard_bytes = SECTOR_BYTES;
    while shard_bytes < SHARD_BYTES_MAX
        && pack_bytes.div_ceil(shard_bytes.into()) > DATA_SHARDS_WANTED
    {
        shard_bytes *= 2;
    }
    shard_bytes
}

/// Recovery shards for `data_shards` data shards.
pub(super) fn recovery_shards_for(data_shards: u32, percent: u8) -> u32 {
    (data_shards * u32::from(percent)).div_ceil(100).max(1)
}

impl ParityHead {
    /// Number of data shards.
    #[must_use]
    pub fn data_shards(&self) -> u32 {
        let shards = self.pack_bytes.div_ceil(u64::from(self.shard_bytes.max(1)));
        u32::try_from(shards).unwrap_or(u32::MAX)
    }

    /// Length of the checksums of all shards, data shards first.
    pub(super) fn checksums_bytes(&self) -> usize {
        (self.data_shards() as usize + self.recovery_shards as usize) * CHECKSUM_BYTES
    }

    /// Offset of the first recovery shard.
    pub(super) fn recovery_offset(&self) -> usize {
        PARITY_HEAD_BYTES + self.checksums_bytes()
    }

    /// Length of the whole sidecar in bytes.
    #[must_use]
    pub fn sidecar_bytes(&self) -> u64 {
        let recovery = u64::from(self.recovery_shards) * u64::from(self.shard_bytes);
        2 * self.recovery_offset() as u64 + recovery
    }

    /// Encodes the head.
    #[must_use]
    pub fn encode(&self) -> [u8; PARITY_HEAD_BYTES] {
        let mut h = [0; PARITY_HEAD_BYTES];
        h[..8].copy_from_slice(&MAGIC);
        h[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        h[10] = CODE_REED_SOLOMON;
        h[11] = SUITE_NONE;
        h[16..48].copy_from_slice(self.pack.as_bytes());
        h[48..56].copy_from_slice(&self.pack_bytes.to_le_bytes());
        h[56..60].copy_from_slice(&self.shard_bytes.to_le_bytes());
        h[60..64].copy_from_slice(&self.recovery_shards.to_le_bytes());
        h[64..96].copy_from_slice(&self.pack_hash);
        h[96..128].copy_from_slice(&self.checksums_hash);
        let crc = crc32c::crc32c(&h[..132]);
        h[132..].copy_from_slice(&crc.to_le_bytes());
        h
    }

    /// Decodes a head.
    ///
    /// # Errors
    /// A [`Defect`] if it is damaged, too new, or describes what no pack can have.
    pub fn decode(h: &[u8; PARITY_HEAD_BYTES]) -> Result<Self, Defect> {
        if h[..8] != MAGIC {
            return Err(Defect::Magic);
        }
        if crc32c::crc32c(&h[..132]) != u32_at::<132, _>(h) {
            return Err(Defect::Checksum { what: "parity head" });
        }
        check_version(u16_at::<8, _>(h))?;
        check_number(h[10], CODE_REED_SOLOMON, "parity head: code")?;
        check_number(h[11], SUITE_NONE, "parity head: suite")?;
        check_reserved(&h[12..16], "parity head: reserved bytes")?;
        check_reserved(&h[128..132], "parity head: reserved bytes")?;
        let head = Self {
            pack: PackId::from_bytes(array_at::<16, 32, _>(h)),
            pack_bytes: u64_at::<48, _>(h),
            shard_bytes: u32_at::<56, _>(h),
            recovery_shards: u32_at::<60, _>(h),
            pack_hash: array_at::<64, 32, _>(h),
            checksums_hash: array_at::<96, 32, _>(h),
        };
        head.check_shards()?;
        Ok(head)
    }

    fn check_shards(&self) -> Result<(), Defect> {
        if self.pack_bytes > PACK_BYTES_MAX {
            let (value, max) = (self.pack_bytes, PACK_BYTES_MAX);
            return Err(Defect::Limit { what: "bytes of a pack", value, max });
        }
        let is_legal = (CODE_UNIT_BYTES..=SHARD_BYTES_MAX).contains(&self.shard_bytes)
            && self.shard_bytes.is_multiple_of(CODE_UNIT_BYTES)
            && self.pack_bytes >= PACK_BYTES_MIN;
        if !is_legal {
            return Err(Defect::Inconsistent { what: "shards of a pack" });
        }
        let data_shards = self.data_shards();
        if u64::from(data_shards) > DATA_SHARDS_MAX {
            let (value, max) = (data_shards.into(), DATA_SHARDS_MAX);
            return Err(Defect::Limit { what: "data shards", value, max });
        }
        if (1..=data_shards).contains(&self.recovery_shards) {
            Ok(())
        } else {
            Err(Defect::Inconsistent { what: "number of recovery shards" })
        }
    }
}

fn check_number(found: u8, known: u8, what: &'static str) -> Result<(), Defect> {
    if found == known { Ok(()) } else { Err(Defect::UnknownField { what, field: found.into() }) }
}
