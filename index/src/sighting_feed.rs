//! What a source says about itself, decoded.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::sighting::{LENGTH_MAX, OBJECT_BYTES_MAX, ObjectNumber, SEQ_MAX, SeenChunk, SourceId};

/// A message of a source's feed. Decoding it, and bounding its length, is the caller's.
///
/// Each message is one write as a whole; 10^5 chunks a message are plenty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedMessage {
    /// First of a connection.
    Hello(Hello),
    /// All that the source holds, or a part of it.
    Snapshot(SnapshotPart),
    /// What changed.
    Delta(Delta),
    /// A sign of life.
    Lease {
        /// The source's epoch.
        epoch: u32,
    },
}

/// How a source introduces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// Rises with each flush, restart or loss of the source's history; never falls.
    pub epoch: u32,
    /// How the source lets go of objects. Another kind than before counts as a flush.
    pub kind: SourceKind,
    /// How long the source counts as present after a message.
    pub lease: Duration,
    /// What it costs to fetch from it; only compared with that of other sources.
    pub cost: u32,
}

/// How a source lets go of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// It tells of each: [`Change::Evict`].
    Listed,
    /// First in, first out: all below `low_seq` are gone. An eviction removes the object's row
    /// alone; the sightings end when `low_seq` has passed them.
    Ring,
}

/// One part of a snapshot.
///
/// A snapshot is known by its epoch and its range of seqs; sent again, it has the same parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPart {
    /// The source's epoch.
    pub epoch: u32,
    /// The oldest position still held; 0 for a listed source.
    pub low_seq: u64,
    /// The position that the snapshot shows; deltas go on from the next.
    pub high_seq: u64,
    /// Number of the part, from 0.
    pub part: u32,
    /// Whether it ends the snapshot.
    pub is_last: bool,
    /// Chunks in all parts, roughly, to plan memory by.
    pub chunks_expected: u64,
    /// Objects with the positions at which they were added, `low_seq..=high_seq`, in any order.
    /// No object is named twice with one position: the two would count as one.
    pub objects: Vec<(u64, SeenObject)>,
}

/// Consecutive changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The source's epoch.
    pub epoch: u32,
    /// Position of the first change; each further one is the next position.
    pub first_seq: u64,
    /// The oldest position still held after these changes; 0 for a listed source.
    pub low_seq: u64,
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// One change at a source. Each takes one seq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An object came, or took the place of the one with its number.
    Add(SeenObject),
    /// An object is gone.
    Evict(ObjectNumber),
    /// An object was used. Takes its seq and renews the lease; no row depends on it.
    Touch(ObjectNumber),
}

/// An object and the chunks in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenObject {
    /// Its number.
    pub object: ObjectNumber,
    /// Its row, opaque here; at most [`OBJECT_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// Its chunks. Of two with one id the latter counts.
    pub chunks: Vec<SeenChunk>,
}

/// What the source is to send next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum FeedAnswer {
    /// All changes up to `seq` are in; go on with the next.
    Following {
        /// The feed's cursor.
        seq: u64,
    },
    /// Go on with part `part` of the snapshot.
    SendPart {
        /// Number of the part.
        part: u32,
    },
    /// Changes are missing, or the epoch is new: send a snapshot.
    SendSnapshot,
    /// The source is not known: introduce yourself.
    SendHello,
}

impl FeedMessage {
    /// The source's epoch.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        match self {
            Self::Hello(Hello { epoch, .. })
            | Self::Snapshot(SnapshotPart { epoch, .. })
            | Self::Delta(Delta { epoch, .. })
            | Self::Lease { epoch } => *epoch,
        }
    }

    /// Refuses what rows have no room for.
    pub(crate) fn check(&self, source_id: SourceId) -> Result<()> {
        match self {
            Self::Hello(_) | Self::Lease { .. } => Ok(()),
            Self::Snapshot(part) => {
                check_field("high_seq", part.high_seq, SEQ_MAX)?;
                check_field("low_seq", part.low_seq, SEQ_MAX)?;
                part.objects.iter().try_for_each(|(seq, object)| {
                    check_field("seq", *seq, part.high_seq)?;
                    object.check(source_id)
                })
            }
            Self::Delta(delta) => {
                let next_seq = delta.first_seq.saturating_add(delta.changes.len() as u64);
                check_field("seq", next_seq, SEQ_MAX)?;
                check_field("low_seq", delta.low_seq, SEQ_MAX)?;
                delta.changes.iter().try_for_each(|change| match change {
                    Change::Add(object) => object.check(source_id),
                    Change::Evict(_) | Change::Touch(_) => Ok(()),
                })
            }
        }
    }
}

impl SeenObject {
    fn check(&self, source_id: SourceId) -> Result<()> {
        check_object_bytes(source_id, self.object, &self.bytes)?;
        self.chunks.iter().try_for_each(|seen| {
            check_field("offset", seen.place.offset, SEQ_MAX)?;
            check_field("length", seen.place.length.into(), LENGTH_MAX.into())
        })
    }
}

pub(crate) fn check_object_bytes(
    source_id: SourceId,
    object: ObjectNumber,
    bytes: &[u8],
) -> Result<()> {
    if bytes.len() > OBJECT_BYTES_MAX {
        let (found, max) = (bytes.len(), OBJECT_BYTES_MAX);
        return Err(Error::ObjectTooLong { source_id, object, found, max });
    }
    Ok(())
}

fn check_field(field: &'static str, found: u64, max: u64) -> Result<()> {
    if found > max { Err(Error::FeedField { field, found, max }) } else { Ok(()) }
}
