//! Between a server and an agent: what its sources hold, and bytes of theirs.
//!
//! What the messages of a feed mean is the contract of `gleaner_index::SightingIndex`.

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::session::SESSION_BYTES;

/// Bytes of one pull, at most: as many may be in memory until they are taken.
pub const PULL_BYTES_MAX: u64 = 64 << 20;
/// Sources of one agent, at most.
pub const AGENT_SOURCES_MAX: usize = 64;

/// Who an agent is. Its certificate says which sources it may speak for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgentHello {
    /// Versions that it speaks.
    #[n(0)]
    pub versions: Vec<u16>,
    /// Name and version of the program, for logs.
    #[n(1)]
    pub program: String,
    /// Sources that it speaks for.
    #[n(2)]
    pub sources: Vec<u16>,
}

/// What an agent's session has.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgentWelcome {
    /// Version of all further messages, one of those that the agent speaks.
    #[n(0)]
    pub version: u16,
    /// The session's number, for logs of both ends.
    #[n(1)]
    pub session: ByteArray<SESSION_BYTES>,
    /// Bytes of a frame that the server takes, at most.
    #[n(2)]
    pub frame_bytes_max: u32,
}

/// A source introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedHello {
    /// Which source.
    #[n(0)]
    pub source: u16,
    /// Its epoch.
    #[n(1)]
    pub epoch: u32,
    /// How long it counts as present after a message, in milliseconds.
    #[n(2)]
    pub lease_ms: u64,
    /// What it costs to fetch from it, compared with other sources.
    #[n(3)]
    pub cost: u32,
}

/// A part of all that a source holds; its objects are the tail.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedSnapshot {
    /// Which source.
    #[n(0)]
    pub source: u16,
    /// Its epoch.
    #[n(1)]
    pub epoch: u32,
    /// The position that the snapshot shows.
    #[n(2)]
    pub high_seq: u64,
    /// Number of the part, from 0.
    #[n(3)]
    pub part: u32,
    /// Whether it is the last one.
    #[n(4)]
    pub is_last: bool,
    /// Chunks in all parts, roughly.
    #[n(5)]
    pub chunks_expected: u64,
}

/// Changes of a source, which are the tail.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedDelta {
    /// Which source.
    #[n(0)]
    pub source: u16,
    /// Its epoch.
    #[n(1)]
    pub epoch: u32,
    /// Position of the first change.
    #[n(2)]
    pub first_seq: u64,
}

/// A sign of life of a source.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedLease {
    /// Which source.
    #[n(0)]
    pub source: u16,
    /// Its epoch.
    #[n(1)]
    pub epoch: u32,
}

/// What a source is to send next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum FeedNext {
    /// What follows the position `number`.
    #[n(1)]
    Following,
    /// The part `number` of the snapshot.
    #[n(2)]
    Part,
    /// A snapshot.
    #[n(3)]
    Snapshot,
    /// Its introduction.
    #[n(4)]
    Hello,
    /// Its introduction in an epoch above `number`: more was told of this source than its agent
    /// knows.
    #[n(5)]
    LaterEpoch,
    /// Nothing for a while, and then its introduction: this message cannot be taken.
    #[n(6)]
    Wait,
}

/// The answer to a message of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedAnswered {
    /// Which source.
    #[n(0)]
    pub source: u16,
    /// What to send.
    #[n(1)]
    pub next: FeedNext,
    /// A position or a part.
    #[n(2)]
    pub number: u64,
}

/// Asks for ranges of an object; they are the tail.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pull {
    /// Of which source.
    #[n(0)]
    pub source: u16,
    /// Its number of the object.
    #[n(1)]
    pub object: u64,
    /// The state in which it was told.
    #[n(2)]
    pub generation: ByteArray<32>,
    /// The recipe, in the encoding of its own.
    #[n(3)]
    pub recipe: ByteVec,
}

/// What became of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum RangeCode {
    /// Its bytes are the tail.
    #[n(1)]
    Ok,
    /// The object is not there, or may not be read.
    #[n(2)]
    Gone,
    /// It is another by now.
    #[n(3)]
    Changed,
    /// It cannot be read just now.
    #[n(4)]
    Busy,
    /// It exceeds a cap.
    #[n(5)]
    Limit,
    /// The bytes there are others.
    #[n(6)]
    Mismatch,
}

/// The answer to the next range of a pull. After one that is not [`RangeCode::Ok`] none follows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pulled {
    /// What became of it.
    #[n(0)]
    pub code: RangeCode,
}
