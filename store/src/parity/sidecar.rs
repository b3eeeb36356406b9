//! A sidecar that was read.

use std::ops::Range;

use gleaner_chunker::PackId;

use super::encode::checksum;
use super::format::{CHECKSUM_BYTES, PARITY_HEAD_BYTES, ParityHead};
use crate::defect::Defect;

/// A sidecar of which at least one head and one set of checksums are sound. Recovery shards may be
/// damaged or missing: they count as erased.
#[derive(Debug, Clone)]
pub struct ParitySidecar {
    head: ParityHead,
    bytes: Vec<u8>,
    /// Where sound checksums stand.
    checksums: Range<usize>,
    /// Everything but the recovery shards is sound.
    has_both_ends: bool,
}

impl ParitySidecar {
    /// Reads the sidecar that stands beside pack `pack`. Either end suffices, and also the head of
    /// one with the checksums of the other.
    ///
    /// Allocates nothing but the bytes given.
    ///
    /// # Errors
    /// A [`Defect`]: both ends are damaged; too new; of another pack.
    pub fn decode(pack: PackId, bytes: Vec<u8>) -> Result<Self, Defect> {
        let heads = heads(&bytes);
        // Of another version all that follows may mean something else.
        let defects = heads.iter().filter_map(|head| head.as_ref().err());
        if let Some(newer) = defects.clone().find(|defect| defect.is_newer()) {
            return Err(newer.clone());
        }
        let ours = || heads.iter().flatten().filter(|head| head.pack == pack);
        let found = ours().find_map(|head| Some((*head, sound_checksums(head, &bytes).next()?)));
        let Some((head, checksums)) = found else {
            return Err(match defects.clone().next() {
                _ if ours().next().is_some() => Defect::Checksum { what: "checksums of shards" },
                Some(defect) if defects.count() == heads.len() => defect.clone(),
                _ => Defect::Identity,
            });
        };
        let has_both_ends = heads.iter().all(|other| other.as_ref() == Ok(&head))
            && sound_checksums(&head, &bytes).count() == heads.len()
            && bytes.len() as u64 == head.sidecar_bytes();
        Ok(Self { head, bytes, checksums, has_both_ends })
    }

    /// The head.
    #[must_use]
    pub const fn head(&self) -> &ParityHead {
        &self.head
    }

    /// Whether every byte of the sidecar is sound.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.has_both_ends && self.damaged_recovery_shards() == 0
    }

    /// Number of recovery shards that are damaged or missing.
    #[must_use]
    pub fn damaged_recovery_shards(&self) -> u32 {
        (0..self.head.recovery_shards).map(|shard| u32::from(self.recovery(shard).is_none())).sum()
    }

    /// Whether these are the bytes of the pack.
    #[must_use]
    pub fn matches(&self, pack: &[u8]) -> bool {
        pack.len() as u64 == self.head.pack_bytes
            && *blake3::hash(pack).as_bytes() == self.head.pack_hash
    }

    /// Data shards that are damaged in these bytes, which may be too few or too many.
    #[must_use]
    pub fn damage(&self, pack: &[u8]) -> Vec<u32> {
        (0..self.head.data_shards()).filter(|shard| self.data(*shard, pack).is_none()).collect()
    }

    /// Where a data shard stands in the pack, without what it is filled up with.
    #[must_use]
    pub fn shard_range(&self, shard: u32) -> Range<u64> {
        let begin = u64::from(shard) * u64::from(self.head.shard_bytes);
        begin..(begin + u64::from(self.head.shard_bytes)).min(self.head.pack_bytes)
    }

    /// The bytes of a data shard, if they are sound.
    pub(super) fn data<'p>(&self, shard: u32, pack: &'p [u8]) -> Option<&'p [u8]> {
        let Range { start, end } = self.shard_range(shard);
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        pack.get(range).filter(|bytes| self.is_checksum_of(shard, bytes))
    }

    /// The bytes of a recovery shard, if they are sound.
    pub(super) fn recovery(&self, shard: u32) -> Option<&[u8]> {
        let number = self.head.data_shards() + shard;
        self.recovery_bytes(shard).filter(|bytes| self.is_checksum_of(number, bytes))
    }

    /// The bytes of a recovery shard, sound or not.
    pub(super) fn recovery_bytes(&self, shard: u32) -> Option<&[u8]> {
        let shard_bytes = self.head.shard_bytes as usize;
        let begin = self.head.recovery_offset() + shard as usize * shard_bytes;
        self.bytes.get(begin..begin + shard_bytes)
    }

    fn is_checksum_of(&self, shard: u32, bytes: &[u8]) -> bool {
        let checksums = self.bytes.get(self.checksums.clone()).unwrap_or_default();
        let (checksums, _) = checksums.as_chunks::<CHECKSUM_BYTES>();
        checksums.get(shard as usize) == Some(&checksum(bytes))
    }
}

/// The heads at both ends.
fn heads(bytes: &[u8]) -> [Result<ParityHead, Defect>; 2] {
    let (needed, found) = (PARITY_HEAD_BYTES as u64, bytes.len() as u64);
    [bytes.first_chunk(), bytes.last_chunk()]
        .map(|head| ParityHead::decode(head.ok_or(Defect::Truncated { needed, found })?))
}

/// Where sound checksums stand: behind the first head, before the last one.
fn sound_checksums<'b>(
    head: &'b ParityHead,
    bytes: &'b [u8],
) -> impl Iterator<Item = Range<usize>> + 'b {
    let length = head.checksums_bytes();
    let last = bytes.len().checked_sub(PARITY_HEAD_BYTES + length);
    let places = [Some(PARITY_HEAD_BYTES), last].into_iter().flatten();
    places.map(move |begin| begin..begin + length).filter(|place| {
        let checksums = bytes.get(place.clone());
        checksums.is_some_and(|bytes| *blake3::hash(bytes).as_bytes() == head.checksums_hash)
    })
}
