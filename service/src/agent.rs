//! The process beside an access server: follows its sources, tells a backup server what they hold,
//! and serves bytes of theirs, all over one connection that it dials.

mod follow;
mod pull_desk;
mod session;
mod teller;

use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{Agent, Clock, Stop};

use crate::error::Result;

pub use follow::follow_source;
pub use session::AgentSession;

/// Before the first attempt to begin another session; doubled for each one that fails.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// The longest of these pauses.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// How long a source is left alone of which nothing could be told.
const TELL_AGAIN: Duration = Duration::from_mins(1);
/// How often it is looked in a pause whether to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Serves sources to a server, one session after the other, until it is told to stop.
///
/// What goes wrong with a session costs that session: the server then takes the sources for absent
/// once their leases have passed.
///
/// # Errors
/// Those of kind other than `Retry` that `begin` gives before the first session: somebody has to
/// look at them. Later ones are tried again, as whoever was denied may be allowed again.
pub fn serve_sources(
    agents: &[Arc<Agent>],
    begin: &dyn Fn(&[u16]) -> Result<AgentSession>,
    clock: &dyn Clock,
    stop: &Stop,
) -> Result<()> {
    let sources: Vec<u16> = agents.iter().map(|agent| agent.source().id().get()).collect();
    let (mut has_begun, mut wait) = (false, PAUSE_FIRST);
    while !stop.is_stopped() {
        match begin(&sources) {
            Ok(session) => {
                tracing::info!(?sources, "a session with the server has begun");
                has_begun = true;
                let start_ns = clock.monotonic_ns();
                if let Err(error) = session.serve(agents, clock, stop) {
                    tracing::warn!(%error, "the session with the server has ended");
                }
                let lasted = clock.monotonic_ns().saturating_sub(start_ns);
                if u128::from(lasted) > PAUSE_MAX.as_nanos() {
                    wait = PAUSE_FIRST;
                }
            }
            Err(error) if !has_begun && error.kind() != gleaner_store::ErrorKind::Retry => {
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, "no session with the server"),
        }
        pause(wait, clock, stop);
        wait = (2 * wait).min(PAUSE_MAX);
    }
    Ok(())
}

/// Waits, unless it is told to stop; false then.
fn pause(time: Duration, clock: &dyn Clock, stop: &Stop) -> bool {
    let mut left = time;
    while !left.is_zero() && !stop.is_stopped() {
        let step = left.min(LOOK_EVERY);
        clock.sleep(step);
        left -= step;
    }
    !stop.is_stopped()
}
