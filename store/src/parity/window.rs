//! The code works on the same few bytes of each shard at a time: its result is the same as over
//! whole shards, since every 64 bytes of a shard are coded by themselves.

use std::ops::Range;

use super::format::CODE_UNIT_BYTES;

/// Bytes of all data shards that are worked on together. Beyond a processor's cache it is slower,
/// and whole shards would take as much memory as the pack again.
const WINDOW_BYTES: usize = 1 << 20;

/// The windows into shards of `shard_bytes` bytes, when there are `data_shards` of them.
pub(super) fn windows(
    shard_bytes: usize,
    data_shards: usize,
) -> impl Iterator<Item = Range<usize>> {
    let unit = CODE_UNIT_BYTES as usize;
    let step = (WINDOW_BYTES / data_shards.max(1) / unit * unit).clamp(unit, shard_bytes);
    (0..shard_bytes).step_by(step).map(move |start| start..(start + step).min(shard_bytes))
}
