//! Opens what a recipe makes of a body.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use super::budget::Budget;
use super::input::BodyReader;
use super::stage::{Fetch, Stage};
use super::step::Recipe;
use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

#[cfg(test)]
mod tests;

impl Recipe {
    /// Reads what the recipe makes of `body`.
    ///
    /// Nothing is read ahead but a buffer for each step. A member of a container is looked for
    /// here, everything else happens while the result is read.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] for a cap, [`Error::Corrupt`] and [`Error::Unsupported`] for what the bytes
    /// are, [`Error::Incapable`] for [`Step::Refetch`](crate::Step::Refetch) and
    /// [`Step::Render`](crate::Step::Render); what reading the body gives. Reading the result gives
    /// the same ones, wrapped: [`Error::from`] brings them back.
    pub fn open<'a>(
        &self,
        body: &'a dyn Body,
        limits: &'a Limits,
        clock: &'a dyn Clock,
    ) -> Result<Decoded<'a>, Error> {
        self.open_with(body, limits, clock, None)
    }

    /// The same, and [`Step::Refetch`](crate::Step::Refetch) is run by `fetch`.
    ///
    /// # Errors
    ///
    /// Those of [`Recipe::open`], and what fetching gives.
    pub fn open_with<'a>(
        &self,
        body: &'a dyn Body,
        limits: &'a Limits,
        clock: &'a dyn Clock,
        fetch: Option<&dyn Fetch>,
    ) -> Result<Decoded<'a>, Error> {
        let budget = Budget::new(limits, clock);
        let working = budget.work();
        let stage = self.stage(body, &budget, fetch)?;
        drop(working);
        Ok(Decoded::new(stage, budget))
    }

    /// Runs all steps.
    pub(crate) fn stage<'a>(
        &self,
        body: &'a dyn Body,
        budget: &Arc<Budget<'a>>,
        fetch: Option<&dyn Fetch>,
    ) -> Result<Stage<'a>, Error> {
        let limits = budget.limits();
        if self.decoding_steps() > limits.recipe_steps {
            return Err(Error::Limit(LimitKind::RecipeSteps));
        }
        if body.len() > limits.object_bytes {
            return Err(Error::Limit(LimitKind::ObjectBytes));
        }
        let raw = Stage::raw(Box::new(body));
        self.steps().iter().try_fold(raw, |stage, step| stage.step(step, budget, fetch))
    }
}

/// A representation that is being read. It never ends early without an error.
pub struct Decoded<'a> {
    reader: Box<dyn Read + Send + 'a>,
    len: Option<u64>,
    budget: Arc<Budget<'a>>,
    origin: Bytes,
    has_failed: bool,
}

/// What the bytes of a representation cost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bytes {
    /// Reading of the object: no time is spent on decoding.
    Raw,
    /// Nothing: they are held in memory.
    Held,
    /// A decoder's work.
    Decoded,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(stage: Stage<'a>, budget: Arc<Budget<'a>>) -> Self {
        let (reader, len, origin): (Box<dyn Read + Send + 'a>, _, _) = match stage {
            Stage::Placed { body, is_raw } => {
                let len = body.len();
                let origin = if is_raw { Bytes::Raw } else { Bytes::Held };
                (Box::new(BodyReader::new(body)), Some(len), origin)
            }
            Stage::Stream(step) => (step, None, Bytes::Decoded),
        };
        Self { reader, len, budget, origin, has_failed: false }
    }

    /// Bytes of the representation, where they are known before they are decoded.
    #[must_use]
    pub const fn len_if_known(&self) -> Option<u64> {
        self.len
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.has_failed {
            return Err(io::Error::other(Error::Corrupt("a recipe that failed before")));
        }
        let _working = (self.origin == Bytes::Decoded).then(|| self.budget.work());
        let read = self.reader.read(buffer);
        if let (Bytes::Raw, Ok(read)) = (self.origin, &read) {
            self.budget.took_raw(*read as u64);
        }
        let is_over = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.has_failed = read.as_ref().is_err_and(is_over);
        read
    }
}

impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("len", &self.len)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
