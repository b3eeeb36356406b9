//! Keeps an agent's book at what its source holds.

use std::time::Duration;

use gleaner_access::{Agent, Clock, Stop};

use super::pause;

/// Lists the source at once and then every so often, until it is told to stop; a source that tells
/// of its changes by itself is listened to in between.
///
/// What goes wrong with a listing is logged and tried again: until then the agent tells of what it
/// knew.
pub fn follow_source(agent: &Agent, every: Duration, clock: &dyn Clock, stop: &Stop) {
    let source = agent.source().id().get();
    loop {
        if let Err(error) = agent.poll() {
            tracing::warn!(source, %error, "a source could not be listed");
        } else if agent.source().capabilities().feed_by_events {
            // Until it is told to stop, or the feed fails.
            if let Err(error) = listen(agent, stop) {
                tracing::warn!(source, %error, "the feed of a source ended");
                agent.abandon_pass();
            }
        }
        if !pause(every, clock, stop) {
            break;
        }
    }
    if let Err(error) = agent.commit() {
        tracing::warn!(source, %error, "the journal of a source");
    }
}

/// Applies what the source tells of.
fn listen(agent: &Agent, stop: &Stop) -> Result<(), gleaner_access::Error> {
    for event in agent.source().watch(stop)? {
        agent.apply(event?)?;
    }
    Ok(())
}
