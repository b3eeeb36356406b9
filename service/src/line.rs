//! A client's line to its server, which outlasts the sessions on it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gleaner_store::{Clock, ErrorKind};

use crate::error::{Error, Result};
use crate::session::Session;

/// Before the first attempt to begin another session; doubled for each one that fails.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest of these pauses.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// How often it is asked in a pause whether the session is still wanted.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Begins sessions with one server, for one tenant.
pub trait Dial: Send + Sync {
    /// Begins a session. `after` is the one before, which was cut: it is to be handed on
    /// ([`crate::Login::after`]).
    ///
    /// # Errors
    /// As [`Session::begin`]. Those of kind [`ErrorKind::Retry`] are tried again.
    fn dial(&self, after: Option<&Session>) -> Result<Session>;

    /// False once nobody wants another session, as after a signal.
    fn is_wanted(&self) -> bool {
        true
    }
}

/// One session after the other.
///
/// Before the server lets a session begin that comes after another one it ends that one. So none
/// of the requests of the session before is carried out later than those of the next.
pub struct Line {
    dial: Option<Box<dyn Dial>>,
    clock: Arc<dyn Clock>,
    patience: Duration,
    state: Mutex<State>,
}

struct State {
    session: Arc<Session>,
    sessions: u64,
    /// Why there will be no other session.
    given_up: Option<Arc<Error>>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Line {
    /// Begins the first session, at once or not at all. When one is cut, others are tried for as
    /// long as `patience`.
    ///
    /// # Errors
    /// As [`Dial::dial`].
    pub fn open(dial: Box<dyn Dial>, clock: Arc<dyn Clock>, patience: Duration) -> Result<Self> {
        let session = Arc::new(dial.dial(None)?);
        let state = Mutex::new(State { session, sessions: 1, given_up: None });
        Ok(Self { dial: Some(dial), clock, patience, state })
    }

    /// A line that ends with this session.
    pub(crate) fn of_one(session: Arc<Session>) -> Self {
        let state = Mutex::new(State { session, sessions: 1, given_up: None });
        let clock = Arc::new(gleaner_store::SystemClock::new());
        Self { dial: None, clock, patience: Duration::ZERO, state }
    }

    /// Sessions that began so far.
    #[must_use]
    pub fn sessions(&self) -> u64 {
        self.state().sessions
    }

    /// Why nothing can be asked any more; `None` while something can.
    #[must_use]
    pub fn ended(&self) -> Option<Arc<Error>> {
        self.state().given_up.clone()
    }

    /// The session that began last; it may have ended.
    pub(crate) fn session(&self) -> Arc<Session> {
        Arc::clone(&self.state().session)
    }

    /// The session after one that has ended for this reason. Threads that ask together get the
    /// same.
    ///
    /// # Errors
    /// Why there is none, from then on without another attempt.
    pub(crate) fn after(
        &self,
        ended: &Arc<Session>,
        why: Error,
    ) -> Result<Arc<Session>, Arc<Error>> {
        let mut state = self.state();
        if let Some(error) = &state.given_up {
            return Err(Arc::clone(error));
        }
        if Arc::ptr_eq(&state.session, ended) {
            // Where the reader knows why, that is what a sender's error comes from.
            let why = ended.ended().unwrap_or(why);
            tracing::info!(%why, "a session has ended");
            match self.dial_again(ended, why) {
                Ok(session) => {
                    state.session = Arc::new(session);
                    state.sessions += 1;
                }
                Err(error) => return Err(give_up(&mut state, error)),
            }
        }
        Ok(Arc::clone(&state.session))
    }

    /// Ends the line: session after session ended without an answer.
    pub(crate) fn give_up(&self, why: Error) -> Arc<Error> {
        let mut state = self.state();
        let known = state.given_up.clone();
        known.unwrap_or_else(|| give_up(&mut state, why))
    }

    fn dial_again(&self, after: &Session, why: Error) -> Result<Session> {
        let Some(dial) = &self.dial else { return Err(why) };
        if why.kind() != ErrorKind::Retry {
            return Err(why);
        }
        let start = self.clock.monotonic_ns();
        let mut pause = PAUSE_FIRST;
        loop {
            self.pause(&**dial, pause);
            if !dial.is_wanted() {
                return Err(why);
            }
            let error = match dial.dial(Some(after)) {
                Ok(session) => return Ok(session),
                Err(error) if error.kind() != ErrorKind::Retry => return Err(error),
                Err(error) => error,
            };
            let tried = Duration::from_nanos(self.clock.monotonic_ns().saturating_sub(start));
            if tried >= self.patience {
                let seconds = tried.as_secs();
                let why = format!("{why}; after {seconds} s of trying: {}", with_sources(&error));
                return Err(Error::Ended { why });
            }
            tracing::debug!(%error, "no other session yet");
            pause = (2 * pause).min(PAUSE_MAX);
        }
    }

    fn pause(&self, dial: &dyn Dial, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && dial.is_wanted() {
            let step = left.min(ASK_EVERY);
            self.clock.sleep(step);
            left -= step;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn give_up(state: &mut State, why: Error) -> Arc<Error> {
    let error = Arc::new(why);
    state.given_up = Some(Arc::clone(&error));
    error
}

/// An error with all that it comes from.
fn with_sources(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
