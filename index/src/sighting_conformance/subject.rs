//! A set of sightings under test, and the messages that the claims use.

use std::time::Duration;

use gleaner_chunker::ChunkId;

use crate::conformance;
use crate::sighting::{ObjectNumber, Place, SeenChunk, Sighting, SourceId};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage, Hello, SeenObject, SnapshotPart, SourceKind,
};
use crate::sighting_index::SightingIndex;

/// A set of sightings under test.
pub trait SightingSubject: SightingIndex + Sized {
    /// Closes and opens the set again; the identity where nothing outlives the process.
    #[must_use]
    fn reopen(self) -> Self;
}

/// The lease of all sources here.
pub const LEASE: Duration = Duration::from_mins(1);

/// The id that the other functions use for a number.
#[must_use]
pub fn chunk(number: u64) -> ChunkId {
    conformance::chunk(number)
}

/// The source of a number.
#[must_use]
pub fn source(number: u16) -> SourceId {
    SourceId::new(number)
}

/// The place that the other functions give to a chunk in an object.
#[must_use]
pub fn place(object: u64, chunk: u64) -> Place {
    Place {
        representation: object.to_le_bytes()[0],
        flags: chunk.to_le_bytes()[0],
        offset: chunk << 16 | object & 0xffff,
        length: u32::try_from(chunk % 70_000).expect("small"),
    }
}

/// An object that holds the chunks of some numbers; its row is its number.
#[must_use]
pub fn object(number: u64, chunks: &[u64]) -> SeenObject {
    let seen =
        |&chunk: &u64| SeenChunk { chunk: conformance::chunk(chunk), place: place(number, chunk) };
    SeenObject {
        object: ObjectNumber::new(number),
        bytes: number.to_le_bytes().to_vec(),
        chunks: chunks.iter().map(seen).collect(),
    }
}

/// The sighting of a chunk in an object of a source.
#[must_use]
pub fn seen(source: u16, object: u64, chunk: u64) -> Sighting {
    let place = place(object, chunk);
    Sighting { source: SourceId::new(source), object: ObjectNumber::new(object), place }
}

/// A hello with [`LEASE`].
#[must_use]
pub fn hello(epoch: u32, kind: SourceKind, cost: u32) -> FeedMessage {
    FeedMessage::Hello(Hello { epoch, kind, lease: LEASE, cost })
}

/// A snapshot in one part, of objects that were all added at `seq`.
#[must_use]
pub fn snapshot(epoch: u32, seq: u64, objects: &[SeenObject]) -> FeedMessage {
    FeedMessage::Snapshot(SnapshotPart {
        epoch,
        low_seq: 0,
        high_seq: seq,
        part: 0,
        is_last: true,
        chunks_expected: 0,
        objects: objects.iter().map(|object| (seq, object.clone())).collect(),
    })
}

/// A delta of a listed source.
#[must_use]
pub fn delta(epoch: u32, first_seq: u64, changes: &[Change]) -> FeedMessage {
    FeedMessage::Delta(Delta { epoch, first_seq, low_seq: 0, changes: changes.to_vec() })
}

/// Change "object `number` with these chunks came".
#[must_use]
pub fn add(number: u64, chunks: &[u64]) -> Change {
    Change::Add(object(number, chunks))
}

/// Change "object `number` is gone".
#[must_use]
pub fn evict(number: u64) -> Change {
    Change::Evict(ObjectNumber::new(number))
}

/// Hello and a snapshot at seq 10 in epoch 1, at time zero.
pub(super) fn announce(
    index: &impl SightingIndex,
    number: u16,
    kind: SourceKind,
    objects: &[SeenObject],
) {
    let greeted = feed(index, number, &hello(1, kind, u32::from(number)));
    assert_eq!(greeted, FeedAnswer::SendSnapshot);
    assert_eq!(feed(index, number, &snapshot(1, 10, objects)), FeedAnswer::Following { seq: 10 });
}

/// Applies a message at time zero.
pub(super) fn feed(index: &impl SightingIndex, number: u16, message: &FeedMessage) -> FeedAnswer {
    index.apply_feed(source(number), message, Duration::ZERO).expect("a message to be taken")
}

/// The answer for one chunk at time zero.
pub(super) fn look_up(index: &impl SightingIndex, number: u64) -> Vec<Sighting> {
    let mut answers = index.sightings_batch(&[chunk(number)], Duration::ZERO).expect("a lookup");
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// The numbers of those chunks below `limit` that have a sighting at time zero.
pub(super) fn live(index: &impl SightingIndex, limit: u64) -> Vec<u64> {
    let ids: Vec<_> = (0..limit).map(chunk).collect();
    let answers = index.sightings_batch(&ids, Duration::ZERO).expect("a lookup");
    (0..).zip(answers).filter(|(_, found)| !found.is_empty()).map(|(number, _)| number).collect()
}

/// The row of an object.
pub(super) fn object_row(index: &impl SightingIndex, number: u16, object: u64) -> Option<Vec<u8>> {
    let asked = [(source(number), ObjectNumber::new(object))];
    index.objects_batch(&asked).expect("a lookup").remove(0)
}
