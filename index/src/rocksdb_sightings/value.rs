//! Values of the families, little-endian.
//!
//! ```text
//! sighting  epoch u32, seq u48, object u64, representation u8, flags u8, offset u48, length u24
//! object    epoch u32, seq u48, bytes (at most 4096)
//! source    feed epoch u32, position u8, position seq u48, parts u32, low seq u48, kind u8,
//!           oldest epoch u32, youngest epoch u32, older rows u64, younger rows u64,
//!           lease ns u64, cost u32, outcomes 128, attempted u16, resting u8
//! meta      format_version  u32
//! meta      epoch_floor     u32
//! ```
//!
//! Epoch and seq stand first in both families that the broom sweeps.

use std::time::Duration;

use crate::sighting::{
    LENGTH_MAX, OBJECT_BYTES_MAX, ObjectNumber, Place, SEQ_MAX, Stamp, StoredSighting,
};
use crate::sighting_feed::SourceKind;
use crate::source_quality::Quality;
use crate::source_state::{FeedPosition, SourceState};

const STAMP_BYTES: usize = 10;
const SIGHTING_BYTES: usize = 29;
const SOURCE_BYTES: usize = 58 + Quality::BYTES;

// On-disk values, never renumbered.
const LISTED: u8 = 1;
const RING: u8 = 2;
const AWAIT_SNAPSHOT: u8 = 1;
const IN_SNAPSHOT: u8 = 2;
const FOLLOWING: u8 = 3;

/// Fields in a row, one after another.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    /// The next `N` bytes as a number.
    fn number<const N: usize>(&mut self) -> Option<u64> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn u32(&mut self) -> Option<u32> {
        u32::try_from(self.number::<4>()?).ok()
    }

    fn u8(&mut self) -> Option<u8> {
        u8::try_from(self.number::<1>()?).ok()
    }
}

/// The low `N` bytes of a number that has no others.
fn low<const N: usize>(number: u64) -> [u8; N] {
    let bytes = number.to_le_bytes();
    let (low, high) = bytes.split_at(N);
    assert!(high.iter().all(|byte| *byte == 0), "a checked number fits its field");
    let mut field = [0; N];
    field.copy_from_slice(low);
    field
}

/// The stamp at the head of a row of family `sighting` or `object`.
pub(super) fn read_stamp(bytes: &[u8]) -> Option<Stamp> {
    let mut fields = Fields(bytes);
    Some(Stamp { epoch: fields.u32()?, seq: fields.number::<6>()? })
}

fn write_stamp(stamp: Stamp) -> [u8; STAMP_BYTES] {
    let mut bytes = [0; STAMP_BYTES];
    bytes[..4].copy_from_slice(&stamp.epoch.to_le_bytes());
    bytes[4..].copy_from_slice(&low::<6>(stamp.seq));
    bytes
}

pub(super) fn write_sighting(row: &StoredSighting) -> [u8; SIGHTING_BYTES] {
    let Place { representation, flags, offset, length } = row.place;
    let mut bytes = [0; SIGHTING_BYTES];
    bytes[..10].copy_from_slice(&write_stamp(row.stamp));
    bytes[10..18].copy_from_slice(&row.object.number().to_le_bytes());
    bytes[18..20].copy_from_slice(&[representation, flags]);
    bytes[20..26].copy_from_slice(&low::<6>(offset));
    bytes[26..].copy_from_slice(&low::<3>(length.into()));
    bytes
}

/// `None` for another length.
pub(super) fn read_sighting(bytes: &[u8]) -> Option<StoredSighting> {
    if bytes.len() != SIGHTING_BYTES {
        return None;
    }
    let stamp = read_stamp(bytes)?;
    let mut fields = Fields(bytes.get(STAMP_BYTES..)?);
    let object = ObjectNumber::new(fields.number::<8>()?);
    let (representation, flags) = (fields.u8()?, fields.u8()?);
    let (offset, length) = (fields.number::<6>()?, fields.number::<3>()?);
    let place = Place { representation, flags, offset, length: u32::try_from(length).ok()? };
    debug_assert!(place.offset <= SEQ_MAX && place.length <= LENGTH_MAX);
    Some(StoredSighting { stamp, object, place })
}

pub(super) fn write_object(stamp: Stamp, bytes: &[u8]) -> Vec<u8> {
    [&write_stamp(stamp), bytes].concat()
}

/// `None` for a length that no object has.
pub(super) fn read_object(row: &[u8]) -> Option<(Stamp, &[u8])> {
    let bytes = row.get(STAMP_BYTES..).filter(|bytes| bytes.len() <= OBJECT_BYTES_MAX)?;
    Some((read_stamp(row)?, bytes))
}

/// All of a state but the lease's end.
pub(super) fn write_source(state: &SourceState) -> Vec<u8> {
    let (position, seq, parts) = match state.position {
        FeedPosition::AwaitSnapshot => (AWAIT_SNAPSHOT, 0, 0),
        FeedPosition::InSnapshot { high_seq, parts_taken } => (IN_SNAPSHOT, high_seq, parts_taken),
        FeedPosition::Following { seq } => (FOLLOWING, seq, 0),
    };
    let kind = match state.kind {
        SourceKind::Listed => LISTED,
        SourceKind::Ring => RING,
    };
    // 584 years.
    let lease_ns = u64::try_from(state.lease.as_nanos()).unwrap_or(u64::MAX);
    let mut bytes = Vec::with_capacity(SOURCE_BYTES);
    bytes.extend(state.feed_epoch.to_le_bytes());
    bytes.push(position);
    bytes.extend(low::<6>(seq));
    bytes.extend(parts.to_le_bytes());
    bytes.extend(low::<6>(state.low_seq));
    bytes.push(kind);
    bytes.extend(state.oldest_epoch.to_le_bytes());
    bytes.extend(state.youngest_epoch.to_le_bytes());
    bytes.extend(state.older_rows.to_le_bytes());
    bytes.extend(state.younger_rows.to_le_bytes());
    bytes.extend(lease_ns.to_le_bytes());
    bytes.extend(state.cost.to_le_bytes());
    bytes.extend(state.quality.to_bytes());
    assert_eq!(bytes.len(), SOURCE_BYTES, "a source has a fixed width");
    bytes
}

/// The state, absent as after any opening; `None` for what the other function did not make.
pub(super) fn read_source(bytes: &[u8]) -> Option<SourceState> {
    let mut fields = Fields(bytes);
    let feed_epoch = fields.u32()?;
    let (position, seq, parts_taken) = (fields.u8()?, fields.number::<6>()?, fields.u32()?);
    let position = match (position, seq, parts_taken) {
        (AWAIT_SNAPSHOT, 0, 0) => FeedPosition::AwaitSnapshot,
        (IN_SNAPSHOT, high_seq, _) => FeedPosition::InSnapshot { high_seq, parts_taken },
        (FOLLOWING, seq, 0) => FeedPosition::Following { seq },
        _ => return None,
    };
    let low_seq = fields.number::<6>()?;
    let kind = match fields.u8()? {
        LISTED => SourceKind::Listed,
        RING => SourceKind::Ring,
        _ => return None,
    };
    let state = SourceState {
        kind,
        feed_epoch,
        position,
        low_seq,
        oldest_epoch: fields.u32()?,
        youngest_epoch: fields.u32()?,
        older_rows: fields.number::<8>()?,
        younger_rows: fields.number::<8>()?,
        lease: Duration::from_nanos(fields.number::<8>()?),
        cost: fields.u32()?,
        quality: Quality::from_bytes(fields.0.try_into().ok()?)?,
        present_until: Duration::ZERO,
    };
    (state.oldest_epoch <= state.youngest_epoch).then_some(state)
}

#[cfg(test)]
mod tests {
    //! Goal: values come back as written, and other lengths and codes are refused, not guessed.

    use std::time::Duration;

    use super::{
        read_object, read_sighting, read_source, write_object, write_sighting, write_source,
    };
    use crate::sighting::{ObjectNumber, Place, SEQ_MAX, Stamp, StoredSighting};
    use crate::sighting_feed::{Hello, SourceKind};
    use crate::sighting_index::Outcome;
    use crate::source_state::{FeedPosition, SourceState};

    #[test]
    fn sighting_is_the_documented_29_bytes() {
        let row = StoredSighting {
            stamp: Stamp { epoch: 0x0403_0201, seq: 0x0a09_0807_0605 },
            object: ObjectNumber::new(0x1211_100f_0e0d_0c0b),
            place: Place {
                representation: 0x13,
                flags: 0x14,
                offset: 0x1a19_1817_1615,
                length: 0x1d_1c1b,
            },
        };
        let bytes = write_sighting(&row);
        assert_eq!(bytes.to_vec(), (1..=29).collect::<Vec<u8>>());
        assert_eq!(read_sighting(&bytes), Some(row));
        assert_eq!(read_sighting(&bytes[..28]), None);
        assert_eq!(read_sighting(&[0; 30]), None);
    }

    #[test]
    fn object_is_a_stamp_and_at_most_4096_bytes() {
        let stamp = Stamp { epoch: u32::MAX, seq: SEQ_MAX };
        for count in [0, 1, 4095, 4096] {
            let bytes = vec![7; count];
            assert_eq!(read_object(&write_object(stamp, &bytes)), Some((stamp, &bytes[..])));
        }
        assert_eq!(read_object(&[0; 9]), None);
        assert_eq!(read_object(&[0; 10 + 4097]), None);
    }

    #[test]
    fn source_round_trips_and_other_bytes_are_refused() {
        for (kind, position) in [
            (SourceKind::Listed, FeedPosition::AwaitSnapshot),
            (SourceKind::Ring, FeedPosition::InSnapshot { high_seq: SEQ_MAX, parts_taken: 3 }),
            (SourceKind::Ring, FeedPosition::Following { seq: SEQ_MAX }),
        ] {
            let hello = Hello { epoch: 9, kind, lease: Duration::from_nanos(7), cost: u32::MAX };
            let mut state = SourceState::new(&hello, 4);
            (state.position, state.low_seq, state.youngest_epoch) = (position, SEQ_MAX - 1, 5);
            (state.older_rows, state.younger_rows) = (u64::MAX, 1);
            state.quality.note(Outcome::Verified);
            let bytes = write_source(&state);
            assert_eq!(bytes.len(), 189);
            assert_eq!(read_source(&bytes), Some(state.clone()));
            assert_eq!(read_source(&bytes[..188]), None);
            assert_eq!(read_source(&[&bytes[..], &[0]].concat()), None);
            for (at, value) in [(4, 0), (4, 9), (21, 0), (21, 3), (25, 1), (188, 2)] {
                let mut changed = bytes.clone();
                changed[at] = value;
                assert_eq!(read_source(&changed), None, "byte {at}");
            }
            state.present_until = Duration::MAX;
            assert_eq!(write_source(&state), bytes, "a lease does not outlive the process");
        }
    }
}
