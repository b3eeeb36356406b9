//! The session of one agent, at the server.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, scope};

use crossbeam::channel::{Receiver, bounded};
use gleaner_net::{Fingerprint, FrameReceiver, FrameSender, Hangup};

use super::agents::{Agents, Connected};
use super::to_client::{end, refuse, send};
use super::{LOOK_AGAIN_NS, LOOKS_FAILED_MAX, Server};
use crate::error::{Error, Result};
use crate::wire::{AgentHello, AgentWelcome, Message, Received, Refusal, VERSION, WireError};

/// An agent that was let in.
pub(super) struct AgentLogin<'a> {
    pub(super) hello: AgentHello,
    pub(super) certificate: Option<Fingerprint>,
    pub(super) sender: &'a Arc<FrameSender>,
    pub(super) hangup: &'a Hangup,
}

/// Sources that wait for an answer.
type Waiting = Mutex<HashSet<u16>>;

impl Server {
    /// Serves an agent to the end.
    pub(super) fn agent_session(
        &self,
        login: &AgentLogin<'_>,
        receiver: &mut FrameReceiver,
    ) -> Result<()> {
        let AgentLogin { hello, certificate, sender, hangup } = login;
        let Some(agents) = &self.agents else { return end(sender, Refusal::Denied) };
        if let Some(refusal) = agents.refusal(hello, *certificate) {
            return end(sender, refusal);
        }
        let mut session = [0; 16];
        self.random.fill(&mut session).map_err(Error::Random)?;
        let frame_bytes_max = self.options.limits.bytes_max();
        let welcome = AgentWelcome { version: VERSION, session: session.into(), frame_bytes_max };
        send(sender, 0, &Message::AgentWelcome(welcome))?;
        let connected = agents.connect(&hello.sources, Arc::clone(sender), (*hangup).clone());
        // A source waits for the answer before it goes on.
        let (feed, fed) = bounded::<Received>(hello.sources.len());
        let waiting = Mutex::default();
        let result = scope(|scope| {
            let take = || {
                let taken = take_feed(&connected, &fed, &waiting, sender);
                if taken.is_err() {
                    // The agent is to come again.
                    hangup.cut();
                }
                taken
            };
            let taking = Builder::new().spawn_scoped(scope, take).map_err(Error::Thread)?;
            let result =
                self.read_agent(agents, login, receiver, |received| match received.message {
                    Message::Pulled(_) => connected.deliver(&received),
                    _ => {
                        let source = source_of(&received.message);
                        let source = source.ok_or_else(|| received.out_of_place())?;
                        // One at a time of each.
                        if !waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(source) {
                            return Err(received.out_of_place());
                        }
                        feed.try_send(received).map_err(|error| error.into_inner().out_of_place())
                    }
                });
            drop(feed);
            // Its own failure is why the reader failed.
            taking.join().unwrap_or(Ok(())).and(result)
        });
        match result {
            Err(Error::Protocol(error)) => refuse(sender, error),
            Err(Error::Refused { refusal }) => end(sender, refusal),
            result => result,
        }
    }

    /// Reads until the agent closes, and hands on what comes of its sources.
    fn read_agent(
        &self,
        agents: &Agents,
        login: &AgentLogin<'_>,
        receiver: &mut FrameReceiver,
        mut hand_on: impl FnMut(Received) -> Result<(), WireError>,
    ) -> Result<()> {
        let (mut looked_ns, mut failures) = (self.clock.monotonic_ns(), 0);
        while let Some(frame) = receiver.receive()? {
            let now_ns = self.clock.monotonic_ns();
            if now_ns.saturating_sub(looked_ns) > LOOK_AGAIN_NS {
                looked_ns = now_ns;
                match agents.may_speak(&login.hello.sources, login.certificate) {
                    Ok(true) => failures = 0,
                    Ok(false) => return Err(Error::Refused { refusal: Refusal::Denied }),
                    Err(error) => {
                        tracing::error!(%error, "nobody knows whether an agent may go on");
                        failures += 1;
                        if failures > LOOKS_FAILED_MAX {
                            return Err(Error::Refused { refusal: Refusal::Busy });
                        }
                    }
                }
            }
            let received = Received::decode(frame)?;
            if source_of(&received.message).is_some_and(|it| !login.hello.sources.contains(&it)) {
                return Err(received.out_of_place().into());
            }
            hand_on(received)?;
        }
        Ok(())
    }
}

/// Takes the messages of feeds, one after the other.
fn take_feed(
    connected: &Connected<'_>,
    fed: &Receiver<Received>,
    waiting: &Waiting,
    sender: &FrameSender,
) -> Result<()> {
    for received in fed {
        // Another agent may speak for these sources by now.
        let Some(answered) = connected.take(&received)? else { return Ok(()) };
        let source = answered.source;
        // Before it is sent: then the next one may come.
        waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&source);
        send(sender, 0, &Message::FeedAnswered(answered))?;
    }
    Ok(())
}

/// Whose feed a message is of.
const fn source_of(message: &Message) -> Option<u16> {
    match message {
        Message::FeedHello(hello) => Some(hello.source),
        Message::FeedSnapshot(part) => Some(part.source),
        Message::FeedDelta(delta) => Some(delta.source),
        Message::FeedLease(lease) => Some(lease.source),
        _ => None,
    }
}
