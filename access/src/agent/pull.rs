//! Serves ranges of representations, each verified before it goes out.

use std::ops::ControlFlow;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, IdHasher};

use super::byte_rate::ByteRate;
use super::feed::ObjectNumber;
use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;
use crate::object::Generation;
use crate::recipe::{Extent, RangeReader, Recipe};

/// Bytes that are read before the object is looked at again and they are handed over.
const GROUP_BYTES: u64 = 8 << 20;

/// Ranges of one request; the largest chunk of any domain.
pub const PULL_RANGES_MAX: usize = 4096;
const RANGE_BYTES_MAX: u32 = 8 << 20;

/// One range of a representation and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullRange {
    /// First byte.
    pub offset: u64,
    /// Bytes, at most 8 MiB.
    pub length: u32,
    /// The public id of these bytes.
    pub chunk: ChunkId,
}

/// What a server asks for: one object, one recipe, ranges in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// The object.
    pub object: ObjectNumber,
    /// The state in which it was told.
    pub generation: Generation,
    /// The representation.
    pub recipe: Recipe,
    /// At most [`PULL_RANGES_MAX`], none beginning before the one before it ends.
    pub ranges: Vec<PullRange>,
}

/// The answer for one range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeAnswer {
    /// The bytes: their BLAKE3 is the id, and the object was the same after reading them.
    Ok(Vec<u8>),
    /// The object is not there, or may not be read.
    Gone,
    /// It is another by now.
    Changed,
    /// It is being written, or could not be read this time.
    Busy,
    /// The request or the representation exceeds a cap.
    Limit,
    /// The bytes are not those of the id.
    Mismatch,
}

impl RangeAnswer {
    /// What an error comes to.
    pub(super) fn of(error: &Error) -> Self {
        match error.reason() {
            Reason::Gone | Reason::Denied | Reason::Incapable | Reason::Configuration => Self::Gone,
            Reason::Changed => Self::Changed,
            Reason::Limit => Self::Limit,
            // A representation that decoded before and does not now is not what was told.
            Reason::Corrupt | Reason::Unsupported => Self::Mismatch,
            _ => Self::Busy,
        }
    }
}

/// Whether a request keeps its rules.
pub(super) fn is_sound(request: &PullRequest) -> bool {
    let mut end = 0_u64;
    request.ranges.len() <= PULL_RANGES_MAX
        && request.ranges.iter().all(|range| {
            let is_after = range.offset >= end && range.length <= RANGE_BYTES_MAX;
            end = range.offset.saturating_add(range.length.into());
            is_after
        })
}

/// Hands over the answer for a range, by its place in the request.
pub(super) type Answering<'a> = dyn FnMut(usize, RangeAnswer) -> ControlFlow<()> + 'a;

/// How a pull ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PullEnd {
    pub(super) bytes_sent: u64,
    /// The range whose bytes were not those of its id though the object had not changed.
    pub(super) mismatch: Option<PullRange>,
    pub(super) has_exceeded: bool,
}

/// What serving works with.
#[derive(Debug)]
pub(super) struct Server<'a> {
    pub(super) limits: &'a Limits,
    pub(super) clock: &'a dyn Clock,
    pub(super) rate: &'a ByteRate,
}

impl Server<'_> {
    /// Answers each range once, in order, until the receiver breaks off. `still_same` looks at the
    /// object again after reading.
    pub(super) fn serve(
        &self,
        request: &PullRequest,
        body: &Arc<dyn Body>,
        still_same: &dyn Fn() -> Result<bool, Error>,
        answer: &mut Answering<'_>,
    ) -> PullEnd {
        let mut end = PullEnd::default();
        let mut reader = match request.recipe.ranges(&**body, self.limits, self.clock, None) {
            Ok(reader) => reader,
            Err(error) => {
                end.has_exceeded = matches!(error, Error::Limit(_));
                answer_all(0, request.ranges.len(), &RangeAnswer::of(&error), answer);
                return end;
            }
        };
        let mut next = 0;
        while next < request.ranges.len() {
            let ranges = request.ranges.get(next..).unwrap_or_default();
            let group = self.read_group(&mut reader, ranges);
            let verdict = match still_same() {
                Ok(true) => None,
                Ok(false) => Some(RangeAnswer::Changed),
                Err(error) => Some(RangeAnswer::of(&error)),
            };
            if let Some(verdict) = verdict {
                answer_all(next, request.ranges.len(), &verdict, answer);
                return end;
            }
            let failed = group.last().is_some_and(|it| !matches!(it, RangeAnswer::Ok(_)));
            for it in group {
                if let RangeAnswer::Ok(bytes) = &it {
                    end.bytes_sent = end.bytes_sent.saturating_add(bytes.len() as u64);
                }
                if it == RangeAnswer::Mismatch {
                    end.mismatch = request.ranges.get(next).copied();
                }
                end.has_exceeded |= it == RangeAnswer::Limit;
                if answer(next, it).is_break() {
                    return end;
                }
                next = next.saturating_add(1);
            }
            if failed {
                // Fewer answers than ranges: what follows a failure is not worth its time.
                return end;
            }
        }
        end
    }

    /// Reads ranges up to the size of a group, or to the first that fails.
    fn read_group(&self, reader: &mut RangeReader<'_>, ranges: &[PullRange]) -> Vec<RangeAnswer> {
        let mut answers = Vec::new();
        let mut bytes = 0_u64;
        for range in ranges {
            if bytes >= GROUP_BYTES {
                break;
            }
            self.rate.take(range.length.into());
            bytes = bytes.saturating_add(range.length.into());
            let extent = Extent { offset: range.offset, len: range.length.into() };
            let mut found = Vec::new();
            let it = match reader.read(extent, &mut found) {
                Ok(()) if IdHasher::plain().id(&found) == range.chunk => RangeAnswer::Ok(found),
                Ok(()) => RangeAnswer::Mismatch,
                Err(error) => RangeAnswer::of(&error),
            };
            let failed = !matches!(it, RangeAnswer::Ok(_));
            answers.push(it);
            if failed {
                break;
            }
        }
        answers
    }
}

/// Answers alike for all ranges from a place on.
pub(super) fn answer_all(from: usize, to: usize, with: &RangeAnswer, answer: &mut Answering<'_>) {
    for place in from..to {
        if answer(place, with.clone()).is_break() {
            return;
        }
    }
}

/// The error for a request that breaks its rules.
pub(super) const UNSOUND: Error = Error::Limit(LimitKind::Memory);
