//! What an agent serves: objects that are kept readable, pulls, and what becomes of wrong bytes.

use std::sync::Arc;
use std::time::Duration;

use super::hash_faults::HashFaults;
use super::leases::{LeaseId, Leases};
use super::populate::digest_of;
use super::pull::{
    PULL_RANGES_MAX, PullEnd, PullRange, PullRequest, RangeAnswer, Server, UNSOUND, answer_all,
    is_sound,
};
use super::{Agent, ObjectNumber, ObjectRow, SeenChunk, lock, quarantine_digest};
use crate::error::Error;
use crate::object::{Generation, ObjectKey};

#[derive(Debug)]
pub(super) struct Serving {
    pub(super) leases: Leases,
    pub(super) faults: HashFaults,
}

impl Agent {
    /// Keeps an object readable for a while although its server may evict it. `None` where that
    /// cannot be: go on without.
    #[must_use]
    pub fn keep(
        &self,
        number: ObjectNumber,
        generation: Generation,
        ttl: Duration,
    ) -> Option<LeaseId> {
        let (key, known) = self.found(number)?;
        let reader = self.source.open(&key, &generation).ok().filter(|_| known == generation)?;
        lock(&self.serving).leases.grant(number, generation, Arc::from(reader), ttl)
    }

    /// Ends what [`keep`](Self::keep) gave.
    pub fn let_go(&self, lease: LeaseId) {
        lock(&self.serving).leases.end(lease);
    }

    /// Bytes of objects that are kept.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        lock(&self.serving).leases.bytes()
    }

    fn found(&self, number: ObjectNumber) -> Option<(ObjectKey, Generation)> {
        let book = lock(&self.book);
        book.find(number).map(|(key, generation)| (key.clone(), generation))
    }

    /// Answers a pull: for each range, in order, until one fails or the receiver breaks off.
    ///
    /// Who asks has been asked for its right to the object already; the receiver hashes again.
    ///
    /// # Errors
    ///
    /// What writing the journal gives, after a fault of the source.
    pub fn pull(
        &self,
        request: &PullRequest,
        answer: &mut dyn FnMut(usize, RangeAnswer) -> std::ops::ControlFlow<()>,
    ) -> Result<(), Error> {
        let asked = request.ranges.len() as u64;
        self.count(|counts| counts.ranges_asked = counts.ranges_asked.saturating_add(asked));
        let end = match self.serve(request, answer) {
            Ok(end) => end,
            Err(error) => {
                let count = request.ranges.len().min(PULL_RANGES_MAX);
                answer_all(0, count, &RangeAnswer::of(&error), answer);
                return Ok(());
            }
        };
        self.count(|counts| {
            counts.bytes_served = counts.bytes_served.saturating_add(end.bytes_sent);
        });
        if end.has_exceeded {
            let digest = digest_of(&request.generation, Some(&request.recipe));
            lock(&self.book).mark_bad(digest)?;
        }
        match end.mismatch {
            Some(range) if self.was_told(request, range)? => self.quarantine(request),
            _ => Ok(()),
        }
    }

    /// Whether this agent said that these bytes are there: a wrong guess of the server is no fault
    /// of the source.
    fn was_told(&self, request: &PullRequest, range: PullRange) -> Result<bool, Error> {
        let mut book = lock(&self.book);
        let Some((key, generation)) = book.find(request.object) else { return Ok(false) };
        if generation != request.generation {
            return Ok(false);
        }
        let key = key.clone();
        for part in book.parts(&key)? {
            let row = ObjectRow::decode(&part.row)?;
            let is_it = |seen: &SeenChunk| {
                let recipe = row.representations.get(usize::from(seen.representation));
                (seen.offset, seen.length, seen.chunk) == (range.offset, range.length, range.chunk)
                    && recipe.is_some_and(|found| found.recipe == request.recipe)
            };
            if part.chunks.iter().any(is_it) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn serve(
        &self,
        request: &PullRequest,
        answer: &mut dyn FnMut(usize, RangeAnswer) -> std::ops::ControlFlow<()>,
    ) -> Result<PullEnd, Error> {
        self.check_enabled()?;
        if !is_sound(request) {
            return Err(UNSOUND);
        }
        let digest = digest_of(&request.generation, Some(&request.recipe));
        if lock(&self.book).is_bad(&digest) {
            return Err(UNSOUND);
        }
        let (limits, clock) = (&self.options.limits, self.clock.as_ref());
        let server = Server { limits, clock, rate: &self.rate };
        let kept = lock(&self.serving).leases.kept(request.object, request.generation);
        if let Some((body, reader)) = kept {
            // A server may write into a file that is kept too: that is no fault of the source.
            return Ok(server.serve(request, &body, &|| reader.still_same(), answer));
        }
        let (key, known) = self.found(request.object).ok_or(Error::Gone)?;
        if known != request.generation {
            return Err(Error::Changed);
        }
        let reader = self.source.open(&key, &request.generation)?;
        Ok(server.serve(request, &reader.body(), &|| reader.still_same(), answer))
    }

    /// Takes an object out of use whose bytes are not what was listed; too many of them, and the
    /// source is out of use.
    fn quarantine(&self, request: &PullRequest) -> Result<(), Error> {
        self.count(|counts| counts.mismatches = counts.mismatches.saturating_add(1));
        let now_ns = self.clock.wall_ns();
        if lock(&self.serving).faults.note(now_ns) {
            tracing::error!(source = self.source.id().get(), "source disabled: wrong bytes");
        }
        // Locked until it is forgotten: nobody puts another generation in its place meanwhile.
        let mut book = lock(&self.book);
        let found = book.find(request.object);
        let found = found.filter(|(_, generation)| *generation == request.generation);
        if let Some(key) = found.map(|(key, _)| key.clone()) {
            book.mark_bad(quarantine_digest(&key, &request.generation))?;
            self.forget_in(book, &key)?;
        } else {
            drop(book);
        }
        self.commit()
    }

    /// Whether the source was disabled because too many of its bytes were wrong.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        lock(&self.serving).faults.is_disabled()
    }

    pub(super) fn check_enabled(&self) -> Result<(), Error> {
        if self.is_disabled() {
            return Err(Error::Unavailable("too many of its bytes were wrong"));
        }
        Ok(())
    }
}
