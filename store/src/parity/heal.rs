//! Heals a pack.

use std::ops::Range;

use reed_solomon_simd::engine::DefaultEngine;
use reed_solomon_simd::rate::{HighRateDecoder, RateDecoder as _};

use super::encode::LEGAL;
use super::sidecar::ParitySidecar;
use super::window::windows;
use crate::error::{Error, Result};

impl ParitySidecar {
    /// Puts damaged shards right, and proves the result by the hash of the whole pack.
    ///
    /// `pack` may be cut off or too long. What lies in `unreadable`, ranges of bytes that could not
    /// be read, counts as damaged whatever `pack` has in its place.
    ///
    /// Memory: the pack, and about 2 MiB.
    ///
    /// # Errors
    /// [`Error::BeyondParity`] if more shards are damaged than recovery shards are sound, or if
    /// what comes out is not the pack.
    pub fn heal(&self, mut pack: Vec<u8>, unreadable: &[Range<u64>]) -> Result<Vec<u8>> {
        let is_unreadable = |shard: u32| {
            let place = self.shard_range(shard);
            unreadable.iter().any(|range| range.start < place.end && place.start < range.end)
        };
        let damaged: Vec<u32> = (0..self.head().data_shards())
            .filter(|shard| is_unreadable(*shard) || self.data(*shard, &pack).is_none())
            .collect();
        let beyond = || {
            let damaged = u32::try_from(damaged.len()).unwrap_or(u32::MAX);
            let recovery = self.head().recovery_shards - self.damaged_recovery_shards();
            Error::BeyondParity { pack: self.head().pack, damaged, recovery }
        };
        let recovery: Vec<u32> = (0..self.head().recovery_shards)
            .filter(|shard| self.recovery(*shard).is_some())
            .take(damaged.len())
            .collect();
        if recovery.len() < damaged.len() {
            return Err(beyond());
        }
        let length = usize::try_from(self.head().pack_bytes).map_err(|_| beyond())?;
        pack.resize(length, 0);
        if !damaged.is_empty() {
            self.decode_shards(&mut pack, &damaged, &recovery);
        }
        if self.matches(&pack) { Ok(pack) } else { Err(beyond()) }
    }

    /// Computes the damaged shards from the others and as many recovery shards.
    fn decode_shards(&self, pack: &mut [u8], damaged: &[u32], recovery: &[u32]) {
        let shard_bytes = self.head().shard_bytes as usize;
        let data_shards = self.head().data_shards() as usize;
        let recovery_shards = self.head().recovery_shards as usize;
        let mut is_damaged = vec![false; data_shards];
        for shard in damaged {
            if let Some(is_damaged) = is_damaged.get_mut(*shard as usize) {
                *is_damaged = true;
            }
        }
        let mut decoder: Option<HighRateDecoder<DefaultEngine>> = None;
        for window in windows(shard_bytes, data_shards) {
            let length = window.len();
            let decoder = match &mut decoder {
                Some(decoder) => {
                    decoder.reset(data_shards, recovery_shards, length).expect(LEGAL);
                    decoder
                }
                none => {
                    let engine = DefaultEngine::new();
                    let new =
                        HighRateDecoder::new(data_shards, recovery_shards, length, engine, None);
                    none.insert(new.expect(LEGAL))
                }
            };
            for shard in (0..data_shards).filter(|shard| is_damaged.get(*shard) == Some(&false)) {
                let slice = window_of(pack, shard * shard_bytes, &window);
                decoder.add_original_shard(shard, slice).expect(LEGAL);
            }
            for shard in recovery {
                let bytes = self.recovery_bytes(*shard).and_then(|bytes| bytes.get(window.clone()));
                decoder.add_recovery_shard(*shard as usize, bytes.expect("sound")).expect(LEGAL);
            }
            let decoded = decoder.decode().expect(LEGAL);
            for (shard, slice) in decoded.restored_original_iter() {
                let begin = (shard * shard_bytes + window.start).min(pack.len());
                let end = (begin + slice.len()).min(pack.len());
                let place = pack.get_mut(begin..end).expect("inside the pack");
                place.copy_from_slice(slice.get(..end - begin).expect("no longer"));
            }
        }
    }
}

/// A window of a shard; with zeros beyond the end of the pack.
fn window_of<'p>(
    pack: &'p [u8],
    shard: usize,
    window: &Range<usize>,
) -> std::borrow::Cow<'p, [u8]> {
    let begin = (shard + window.start).min(pack.len());
    let end = (shard + window.end).min(pack.len());
    let bytes = pack.get(begin..end).unwrap_or_default();
    if bytes.len() == window.len() {
        return bytes.into();
    }
    let mut filled = bytes.to_vec();
    filled.resize(window.len(), 0);
    filled.into()
}
