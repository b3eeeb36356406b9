//! A listing that ends: all objects, or what changed since a cursor.

use crate::error::Error;
use crate::source::{Cursor, Event};

use super::engine::{Engine, State};
use super::pass::{Pass, Step};
use super::quiet::QUIET;

#[derive(Debug)]
enum Phase {
    Walking(Pass),
    /// Files that may be growing are given the time that shows it.
    Waiting,
    Finishing,
    Ended,
}

/// The events of one listing.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    engine: &'a Engine,
    phase: Phase,
    retell: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn begin(engine: &'a Engine, since: Option<&Cursor>) -> Result<Self, Error> {
        engine.begin()?;
        let is_other_root = engine.refresh_root();
        let mut scan = Self { engine, phase: Phase::Ended, retell: false };
        let is_other_root = is_other_root?;
        let state = &mut *engine.state();
        let is_told = !state.is_undelivered && !state.is_ahead;
        let is_known = since.is_some_and(|since| is_told && *since == cursor_of(state));
        if since.is_some() && !is_known && !is_other_root {
            engine.begin_epoch(state);
        }
        scan.retell = is_other_root || !is_known;
        scan.phase = Phase::Walking(Pass::full(scan.retell));
        state.is_undelivered |= scan.retell;
        state.begin_listing(scan.retell);
        Ok(scan)
    }

    /// Goes on until there is something to tell. An error ends the listing.
    fn advance(&mut self) -> Result<(), Error> {
        match &mut self.phase {
            Phase::Walking(pass) => {
                if pass.step(self.engine, &mut None)? == Step::Done {
                    self.phase = Phase::Waiting;
                }
            }
            Phase::Waiting => {
                if !self.engine.state().quiet.is_empty() {
                    self.engine.clock.sleep(QUIET);
                    self.engine.look_at_quiet()?;
                    self.tell_busy();
                }
                self.phase = Phase::Finishing;
            }
            Phase::Finishing => {
                self.engine.finish_batch(&mut None, self.retell)?;
                self.engine.tell_busy_wholes();
                let state = &mut *self.engine.state();
                deliver_cursor(state);
                // The next listing tells all anew, and what is not there is swept then.
                state.is_undelivered = state.owes_listing();
                self.phase = Phase::Ended;
            }
            Phase::Ended => {}
        }
        Ok(())
    }

    fn tell_busy(&self) {
        let mut state = self.engine.state();
        for path in state.quiet.paths() {
            self.engine.skip(&mut state, path, &Error::Busy);
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.engine.next_event() {
                return Some(Ok(event));
            }
            if matches!(self.phase, Phase::Ended) {
                return None;
            }
            if let Err(error) = self.advance() {
                self.phase = Phase::Ended;
                return Some(Err(error));
            }
        }
    }
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        self.engine.end();
    }
}

/// The cursor of all that was told so far.
fn cursor_of(state: &State) -> Cursor {
    Cursor::new([state.epoch.to_le_bytes(), state.tick.to_le_bytes()].concat())
}

/// Says that all before it is told.
pub(super) fn deliver_cursor(state: &mut State) {
    state.tick = state.tick.saturating_add(1);
    state.is_undelivered = false;
    let cursor = cursor_of(state);
    state.outbox.push_back(Event::Cursor(cursor));
}
