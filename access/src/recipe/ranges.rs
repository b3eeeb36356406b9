//! Ranges of a representation, in one decode.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use super::base64_lines::Base64Lines;
use super::budget::Budget;
use super::run::Decoded;
use super::stage::{Fetch, Stage};
use super::step::{Extent, PartEncoding, Recipe, Step};
use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

#[cfg(test)]
mod tests;

/// Bytes of one range: more than any chunk has.
const RANGE_BYTES_MAX: u64 = 64 << 20;

impl Recipe {
    /// Opens the representation for reading ranges of it.
    ///
    /// # Errors
    ///
    /// Those of [`Recipe::open_with`].
    pub fn ranges<'a>(
        &self,
        body: &'a dyn Body,
        limits: &'a Limits,
        clock: &'a dyn Clock,
        fetch: Option<&dyn Fetch>,
    ) -> Result<RangeReader<'a>, Error> {
        let budget = Budget::new(limits, clock);
        let working = budget.work();
        let stage = match self.steps().split_last() {
            Some((Step::Mime { path, encoding: PartEncoding::Base64 }, before)) => {
                let as_stored = Step::Mime { path: path.clone(), encoding: PartEncoding::Plain };
                let steps = before.iter().cloned().chain([as_stored]).collect();
                let part = Self::new(steps)?.stage(body, &budget, fetch)?;
                base64_at_places(part, &budget)?
            }
            _ => self.stage(body, &budget, fetch)?,
        };
        drop(working);
        let origin = match stage {
            Stage::Placed { body, .. } => Origin::Placed(body),
            stream @ Stage::Stream(_) => {
                Origin::Stream { reader: Decoded::new(stream, budget), position: 0 }
            }
        };
        Ok(RangeReader { origin })
    }
}

/// Base64 whose lines have one length can be read anywhere; other is decoded from its start.
fn base64_at_places<'a>(part: Stage<'a>, budget: &Arc<Budget<'a>>) -> Result<Stage<'a>, Error> {
    let Stage::Placed { body, is_raw } = part else {
        return Ok(part.part_decoded(PartEncoding::Base64, budget));
    };
    let body: Arc<dyn Body + 'a> = Arc::from(body);
    Ok(match Base64Lines::find(Arc::clone(&body), budget)? {
        Some(lines) => Stage::Placed { body: Box::new(lines), is_raw: false },
        None => {
            let part = Stage::Placed { body: Box::new(body), is_raw };
            part.part_decoded(PartEncoding::Base64, budget)
        }
    })
}

enum Origin<'a> {
    Placed(Box<dyn Body + 'a>),
    Stream { reader: Decoded<'a>, position: u64 },
}

/// Reads ranges of a representation: anywhere where its bytes have known places, forwards where
/// they are decoded one after the other.
pub struct RangeReader<'a> {
    origin: Origin<'a>,
}

impl RangeReader<'_> {
    /// True if ranges can be read in any order; otherwise each must begin where the one before
    /// ended, or later.
    #[must_use]
    pub const fn can_seek(&self) -> bool {
        matches!(self.origin, Origin::Placed(_))
    }

    /// Puts the bytes of a range in place of what `buffer` holds.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the representation ends before the range, [`Error::Incapable`] for a
    /// range behind which a stream is by now, [`Error::Limit`] for one of more than 64 MiB; what
    /// reading gives. A stream that failed does not recover.
    pub fn read(&mut self, range: Extent, buffer: &mut Vec<u8>) -> Result<(), Error> {
        buffer.clear();
        if range.len > RANGE_BYTES_MAX {
            return Err(Error::Limit(LimitKind::Memory));
        }
        let beyond = Error::Corrupt("range beyond the representation");
        let end = range.end().ok_or(Error::Corrupt("range without an end"))?;
        match &mut self.origin {
            Origin::Placed(body) => {
                if end > body.len() {
                    return Err(beyond);
                }
                buffer.resize(usize::try_from(range.len).unwrap_or(0), 0);
                body.read_exact_at(range.offset, buffer)
            }
            Origin::Stream { reader, position } => {
                let before = range.offset.checked_sub(*position);
                let before = before.ok_or(Error::Incapable("go back in a decoded stream"))?;
                let passed = io::copy(&mut reader.by_ref().take(before), &mut io::sink())?;
                *position = position.saturating_add(passed);
                if passed < before {
                    return Err(beyond);
                }
                let read = reader.by_ref().take(range.len).read_to_end(buffer)?;
                *position = position.saturating_add(read as u64);
                if (read as u64) < range.len { Err(beyond) } else { Ok(()) }
            }
        }
    }
}

impl fmt::Debug for RangeReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RangeReader").field("can_seek", &self.can_seek()).finish()
    }
}
