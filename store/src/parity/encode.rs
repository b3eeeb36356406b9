//! Makes a sidecar.

use gleaner_chunker::PackId;
use reed_solomon_simd::engine::DefaultEngine;
use reed_solomon_simd::rate::{HighRateEncoder, RateEncoder as _};

use super::format::{
    CHECKSUM_BYTES, PARITY_PERCENT, ParityHead, recovery_shards_for, shard_bytes_for,
};
use super::window::windows;

/// Why the code takes what it is given.
pub(super) const LEGAL: &str = "shards are even, equally long and within the limits of the code";

/// Makes the sidecar of a pack that is the concatenation of `parts`; `percent` recovery shards for
/// each hundred data shards, rounded up, so at least one.
///
/// Memory: the sidecar, and about 1 MiB. Cost: two hashes and one pass of the code over the pack.
/// The pack is taken as it is: parity over damage makes the damage last.
///
/// # Panics
/// For a percentage outside of [`PARITY_PERCENT`] and for what is longer than a pack can be.
#[must_use]
pub fn encode_parity(pack: PackId, parts: &[&[u8]], percent: u8) -> Vec<u8> {
    assert!(PARITY_PERCENT.contains(&percent), "{percent} % of parity");
    let parts = Parts::of(parts);
    assert!(parts.bytes <= crate::pack_format::PACK_BYTES_MAX, "a pack of {} bytes", parts.bytes);
    let shard_bytes = shard_bytes_for(parts.bytes);
    let mut head = ParityHead {
        pack,
        pack_bytes: parts.bytes,
        shard_bytes,
        recovery_shards: 0,
        pack_hash: parts.hash(),
        checksums_hash: [0; 32],
    };
    head.recovery_shards = recovery_shards_for(head.data_shards(), percent);
    let recovery = recovery(&parts, &head);
    let mut checksums = parts.checksums(shard_bytes as usize);
    checksums.extend(recovery.chunks(shard_bytes as usize).flat_map(checksum));
    head.checksums_hash = *blake3::hash(&checksums).as_bytes();
    let encoded = head.encode();
    [&encoded, &*checksums, &recovery, &checksums, &encoded].concat()
}

/// Checksum of the bytes of one shard; what a data shard is filled up with is not among them.
pub(super) fn checksum(shard: &[u8]) -> [u8; CHECKSUM_BYTES] {
    shortened(&blake3::hash(shard))
}

fn shortened(hash: &blake3::Hash) -> [u8; CHECKSUM_BYTES] {
    *hash.as_bytes().first_chunk().expect("a hash is longer than its checksum")
}

/// All recovery shards, one after the other.
fn recovery(parts: &Parts<'_>, head: &ParityHead) -> Vec<u8> {
    let shard_bytes = head.shard_bytes as usize;
    let data_shards = head.data_shards() as usize;
    let recovery_shards = head.recovery_shards as usize;
    let mut recovery = vec![0; recovery_shards * shard_bytes];
    let mut encoder: Option<HighRateEncoder<DefaultEngine>> = None;
    for window in windows(shard_bytes, data_shards) {
        let length = window.len();
        let encoder = match &mut encoder {
            Some(encoder) => {
                encoder.reset(data_shards, recovery_shards, length).expect(LEGAL);
                encoder
            }
            none => {
                let engine = DefaultEngine::new();
                let new = HighRateEncoder::new(data_shards, recovery_shards, length, engine, None);
                none.insert(new.expect(LEGAL))
            }
        };
        let mut slice = vec![0; length];
        for shard in 0..data_shards {
            parts.copy(shard * shard_bytes + window.start, &mut slice);
            encoder.add_original_shard(&slice).expect(LEGAL);
        }
        let coded = encoder.encode().expect(LEGAL);
        for (shard, slice) in recovery.chunks_mut(shard_bytes).zip(coded.recovery_iter()) {
            let place = shard.get_mut(window.clone()).expect("a window lies inside the shard");
            place.copy_from_slice(slice);
        }
    }
    recovery
}

/// A pack in parts, read as if it were one.
struct Parts<'a> {
    /// Each with the offset at which it begins.
    parts: Vec<(usize, &'a [u8])>,
    bytes: u64,
}

impl<'a> Parts<'a> {
    fn of(parts: &[&'a [u8]]) -> Self {
        let mut offset = 0;
        let place = |part: &&'a [u8]| {
            let begin = offset;
            offset += part.len();
            (begin, *part)
        };
        let parts = parts.iter().filter(|part| !part.is_empty()).map(place).collect();
        Self { parts, bytes: offset as u64 }
    }

    fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (_, part) in &self.parts {
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// The pieces that make up `length` bytes from `offset` on, or up to the end.
    fn pieces(&self, offset: usize, length: usize) -> impl Iterator<Item = &'a [u8]> {
        let first = self.parts.partition_point(|(begin, part)| begin + part.len() <= offset);
        let end = offset.saturating_add(length);
        let parts = self.parts.get(first..).unwrap_or_default().iter();
        parts.take_while(move |(begin, _)| *begin < end).map(move |(begin, part)| {
            let from = offset.saturating_sub(*begin);
            part.get(from..part.len().min(end - begin)).unwrap_or_default()
        })
    }

    /// Fills `bytes` from `offset` on; with zeros beyond the end.
    fn copy(&self, offset: usize, bytes: &mut [u8]) {
        let mut at = 0;
        for piece in self.pieces(offset, bytes.len()) {
            let place = bytes.get_mut(at..at + piece.len()).expect("pieces are no longer");
            place.copy_from_slice(piece);
            at += piece.len();
        }
        bytes.get_mut(at..).unwrap_or_default().fill(0);
    }

    /// Checksums of the data shards.
    fn checksums(&self, shard_bytes: usize) -> Vec<u8> {
        let mut checksums = Vec::new();
        let mut offset = 0;
        while (offset as u64) < self.bytes {
            let mut hasher = blake3::Hasher::new();
            for piece in self.pieces(offset, shard_bytes) {
                hasher.update(piece);
            }
            checksums.extend_from_slice(&shortened(&hasher.finalize()));
            offset += shard_bytes;
        }
        checksums
    }
}
