//! The session of one agent, at the server.

use std::sync::Arc;
use std::thread::{Builder, scope};
use std::time::Duration;

use crossbeam::channel::{Receiver, bounded};
use gleaner_net::{Fingerprint, FrameReceiver, FrameSender, Hangup};

use super::agents::Agents;
use super::to_client::{end, refuse, send};
use super::{LOOK_AGAIN_NS, Server};
use crate::error::{Error, Result};
use crate::wire::{AgentHello, AgentWelcome, Message, Received, Refusal, VERSION, WireError};

/// An agent that was let in.
pub(super) struct AgentLogin<'a> {
    pub(super) hello: AgentHello,
    pub(super) certificate: Option<Fingerprint>,
    pub(super) sender: &'a Arc<FrameSender>,
    pub(super) hangup: &'a Hangup,
}

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
        let result = scope(|scope| {
            let take = || {
                let taken = self.take_feed(agents, &fed, sender);
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
                    _ => feed.try_send(received).map_err(|error| error.into_inner().out_of_place()),
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

    /// Takes the messages of feeds, one after the other.
    fn take_feed(
        &self,
        agents: &Agents,
        fed: &Receiver<Received>,
        sender: &FrameSender,
    ) -> Result<()> {
        for received in fed {
            let now = Duration::from_nanos(self.clock.monotonic_ns());
            let answered = agents.take(&received, now)?;
            send(sender, 0, &Message::FeedAnswered(answered))?;
        }
        Ok(())
    }

    /// Reads until the agent closes, and hands on what comes of its sources.
    fn read_agent(
        &self,
        agents: &Agents,
        login: &AgentLogin<'_>,
        receiver: &mut FrameReceiver,
        mut hand_on: impl FnMut(Received) -> Result<(), WireError>,
    ) -> Result<()> {
        let mut looked_ns = self.clock.monotonic_ns();
        while let Some(frame) = receiver.receive()? {
            let now_ns = self.clock.monotonic_ns();
            if now_ns.saturating_sub(looked_ns) > LOOK_AGAIN_NS {
                looked_ns = now_ns;
                if !agents.may_speak(&login.hello.sources, login.certificate)? {
                    return Err(Error::Refused { refusal: Refusal::Denied });
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
