//! The trait of all sets of sightings and its contract.

use std::time::Duration;

use gleaner_chunker::ChunkId;

use crate::error::Result;
use crate::sighting::{ObjectNumber, Sighting, SourceId};
use crate::sighting_feed::{FeedAnswer, FeedMessage, SourceKind};

/// Limits of a set of sightings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SightingLimits {
    /// Most sightings of one source; less than 2 counts as 2.
    pub sightings_per_source_max: u64,
}

impl SightingLimits {
    /// 10^7 sightings a source: about 550 MB on disk and 15 MB of filters each.
    pub const DEFAULT: Self = Self { sightings_per_source_max: 10_000_000 };
}

/// What became of a sighting that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The bytes were there, and their hash was the id.
    Verified,
    /// They were not.
    False,
}

/// One source, for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceStats {
    /// Which.
    pub source: SourceId,
    /// How it lets go of objects.
    pub kind: SourceKind,
    /// Its own epoch.
    pub epoch: u32,
    /// Whether its lease is valid.
    pub is_present: bool,
    /// Whether it rests because too many of its sightings were false.
    pub is_resting: bool,
    /// Verified among the last 1000 outcomes since its last snapshot.
    pub verified: u64,
    /// Number of these outcomes.
    pub attempted: u64,
    /// Sightings taken in that are not forgotten, evicted ones included: never above the limit.
    pub sightings_max: u64,
}

/// What a set of sightings holds and uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SightingStats {
    /// All sources, in order of their ids.
    pub sources: Vec<SourceStats>,
    /// Memory of filters, bytes; 0 in `MemorySightings`.
    pub filter_bytes: u64,
    /// Memory of tables, filters, caches and write buffers, bytes, estimated.
    pub memory_bytes: u64,
    /// Length of the files, bytes; 0 in memory.
    pub disk_bytes: u64,
    /// Rows put and deleted since opening.
    pub rows_written: u64,
}

/// Tells in batches which sources were seen to hold a chunk. Serves public ids alone.
///
/// Sightings are hints. Losing one costs bytes on the wire, and a false one costs time; neither
/// can harm a backup. No sighting is ever an answer of a [`ChunkIndex`](crate::ChunkIndex).
///
/// # Contract
///
/// Every implementation passes the suite in `sighting_conformance`.
///
/// **Live.** A sighting is an answer only while its source is present and does not rest, the
/// sighting belongs to what the source announced since its last flush or snapshot, and was not
/// forgotten; beyond that, for a ring source, while its seq is not below `low_seq`; for a listed
/// source, while its object is there as it was added then. An id has at most one sighting a
/// source, the latest; when that one dies, an earlier one does not come back.
///
/// **Time.** `now` is a time of the caller's monotonic clock since any fixed point, and never falls
/// from call to call. A source is present from a message that was taken until its lease has passed.
/// A silent source is absent, not forgotten. Leases do not outlive the process: after opening, all
/// sources are absent until their next message.
///
/// **Feed.** Messages may come more than once. A message of an epoch below the source's is
/// [refused](crate::Error::EpochTooOld). One of a higher epoch is a flush: all sightings and
/// objects of the source are dead at once, which costs one row, and the answer is
/// [`SendSnapshot`](FeedAnswer::SendSnapshot) unless the message is a snapshot's first part. The
/// first part of a snapshot replaces all that was announced before. A delta whose `first_seq` is
/// beyond the next seq changes nothing, renews no lease, and is answered `SendSnapshot`; changes
/// that are in already are passed over.
///
/// **Limit.** The sightings of a source fall into an older and a younger generation in order of
/// arrival, each of at most half the limit. When the younger is full, the older is forgotten as a
/// whole and the younger takes its place. Chunks announced count, whether they are new or not; an
/// object without chunks counts as one.
///
/// **Quality.** Outcomes count per source since its last snapshot, the last 1000 of them. From 20
/// outcomes on, a source of which less than half are verified rests until the first part of its
/// next snapshot. Its feed goes on meanwhile.
///
/// **Atomicity and durability.** A message's rows and the feed's cursor are written together or
/// not at all, also over a crash. What returned survives the end of the process; a power loss takes
/// back the latest calls since the last [`checkpoint`](Self::checkpoint), and the feed brings them
/// again. (`MemorySightings` keeps nothing.)
///
/// **Errors.** An error means that nothing changed, unless it comes from the medium: then lookups
/// go on, further writes answer [`WritesStopped`](crate::Error::WritesStopped), and after opening
/// again the call has happened or not. Whatever [wants a rebuild](crate::Error::wants_rebuild) is
/// cured by removing the folder: the sources then send hello and snapshot.
///
/// **Threads.** All calls may run at once; writes wait for each other.
pub trait SightingIndex: Send + Sync {
    /// Takes one message of a source.
    ///
    /// Costs one write of about 60 bytes a chunk; a sign of life costs none.
    ///
    /// # Errors
    ///
    /// [`EpochTooOld`](crate::Error::EpochTooOld), [`FeedField`](crate::Error::FeedField),
    /// [`ObjectTooLong`](crate::Error::ObjectTooLong),
    /// [`EpochsExhausted`](crate::Error::EpochsExhausted), or the medium's.
    fn apply_feed(
        &self,
        source: SourceId,
        message: &FeedMessage,
        now: Duration,
    ) -> Result<FeedAnswer>;

    /// For each id, in input order, its live sightings: the cheapest source first, among equals
    /// the lower source id.
    ///
    /// Whoever may learn of them is not asked here: the caller checks the objects' scope.
    ///
    /// An id that no source holds costs filter probes alone; 256 to 4096 ids a call are a good
    /// batch.
    ///
    /// # Errors
    ///
    /// The medium's, a damaged row included.
    fn sightings_batch(&self, ids: &[ChunkId], now: Duration) -> Result<Vec<Vec<Sighting>>>;

    /// For each object, in input order, the bytes of its row, whether the source is present or not;
    /// `None` for what was evicted, flushed or forgotten.
    ///
    /// # Errors
    ///
    /// The medium's, a damaged row included.
    fn objects_batch(&self, objects: &[(SourceId, ObjectNumber)]) -> Result<Vec<Option<Vec<u8>>>>;

    /// Gives objects other bytes. Those that are not there are passed over, so that nothing brings
    /// an evicted object back; of two for one object the latter counts.
    ///
    /// # Errors
    ///
    /// [`ObjectTooLong`](crate::Error::ObjectTooLong), or the medium's.
    fn replace_objects(&self, source: SourceId, objects: &[(ObjectNumber, Vec<u8>)]) -> Result<()>;

    /// Counts what became of sightings of a source, and drops the false ones. An unknown source is
    /// passed over.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn report(&self, source: SourceId, outcomes: &[(ChunkId, Outcome)]) -> Result<()>;

    /// Forgets a source with all its sightings and objects. An unknown one is passed over. Costs
    /// two rows.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn remove_source(&self, source: SourceId) -> Result<()>;

    /// Makes all that returned durable against power loss. Costs one sync.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn checkpoint(&self) -> Result<()>;

    /// Sizes and sources, for reports.
    ///
    /// # Errors
    ///
    /// The medium's.
    fn stats(&self, now: Duration) -> Result<SightingStats>;
}
