//! The session of an agent, at the agent.

use std::collections::HashMap;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, Scope, scope};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_access::{Agent, Clock, Stop};
use gleaner_net::{ClientTls, FrameReceiver, FrameSender, Hangup, Limits, connect};

use super::pull_desk::{Asked, PullDesk};
use super::teller::Teller;
use super::{LOOK_EVERY, TELL_AGAIN, pause};
use crate::error::{Error, Result};
use crate::keep_alive::KeepAlive;
use crate::wire::{AgentHello, FeedAnswered, Message, Received, TAIL_ROOM_BYTES, VERSION, head_of};

/// How long a server may take to let an agent in.
const WELCOME_MAX: Duration = Duration::from_mins(1);
/// Pulls that are served at a time.
const PULLS_AT_A_TIME: usize = 4;
/// Pulls that wait until they are served; a server that asks for more does not keep to it.
const PULLS_WAITING_MAX: usize = 256;

/// A session with a server that has begun.
#[derive(Debug)]
pub struct AgentSession {
    sender: Arc<FrameSender>,
    receiver: FrameReceiver,
    hangup: Hangup,
    idle: Duration,
    frame_bytes_max: u32,
}

impl AgentSession {
    /// Begins a session on a socket that was dialled for `host`, as who `tls` says.
    ///
    /// # Errors
    /// [`Error::Net`]; [`Error::Refused`].
    pub fn begin(
        socket: TcpStream,
        host: &str,
        tls: &ClientTls,
        limits: &Limits,
        hello: AgentHello,
    ) -> Result<Self> {
        let connection = connect(socket, host, tls, limits)?;
        let hangup = connection.hangup();
        let (sender, mut receiver) = connection.split();
        sender.send(&[&head_of(0, &Message::AgentHello(hello))])?;
        let Some(frame) = receiver.receive_within(WELCOME_MAX)? else {
            return Err(Error::Ended { why: "the server closed it at once".to_owned() });
        };
        let received = Received::decode(frame)?;
        let frame_bytes_max = match received.message {
            Message::AgentWelcome(welcome) if welcome.version == VERSION => {
                welcome.frame_bytes_max.min(limits.bytes_max())
            }
            Message::Refused(refused) => return Err(Error::Refused { refusal: refused.refusal }),
            _ => return Err(received.out_of_place().into()),
        };
        let (sender, idle) = (Arc::new(sender), limits.idle);
        Ok(Self { sender, receiver, hangup, idle, frame_bytes_max })
    }

    /// Tells and serves until it is told to stop, which is no error, or the connection ends.
    pub(super) fn serve(self, agents: &[Arc<Agent>], clock: &dyn Clock, stop: &Stop) -> Result<()> {
        let Self { sender, mut receiver, hangup, idle, frame_bytes_max } = self;
        let keep_alive = KeepAlive::start(Arc::clone(&sender), idle / 3);
        let keep_alive = keep_alive.map_err(Error::Thread)?;
        let tail_bytes_max = (frame_bytes_max as usize).saturating_sub(TAIL_ROOM_BYTES);
        let line = Wire { agents, sender: &sender, hangup: &hangup, tail_bytes_max, clock, stop };
        let result = scope(|scope| line.serve(scope, &mut receiver));
        hangup.cut();
        drop(keep_alive);
        if stop.is_stopped() { Ok(()) } else { result }
    }
}

/// What the threads of a session share.
struct Wire<'a> {
    agents: &'a [Arc<Agent>],
    sender: &'a FrameSender,
    hangup: &'a Hangup,
    tail_bytes_max: usize,
    clock: &'a dyn Clock,
    stop: &'a Stop,
}

impl<'a> Wire<'a> {
    fn serve<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        receiver: &mut FrameReceiver,
    ) -> Result<()>
    where
        'a: 'scope,
    {
        // Tells all threads of this session that it is over.
        let over = Stop::new();
        let _over = over.on_drop();
        let mut tellers = HashMap::new();
        for agent in self.agents {
            let (answers, answered) = bounded(1);
            tellers.insert(agent.source().id().get(), answers);
            let over = over.clone();
            self.start(scope, move || self.tell(agent, &answered, &over))?;
        }
        let (pulls, asked) = bounded(PULLS_WAITING_MAX);
        for _ in 0..PULLS_AT_A_TIME {
            let asked = asked.clone();
            let over = over.clone();
            self.start(scope, move || self.desk(&over).serve(&asked))?;
        }
        let watched = over.clone();
        self.start(scope, move || self.cut_when_told(&watched))?;
        read(receiver, &tellers, &pulls)
    }

    /// A thread that ends the session if it panics: nobody else does its work.
    fn start<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        run: impl FnOnce() + Send + 'scope,
    ) -> Result<()>
    where
        'a: 'scope,
    {
        let run = move || {
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                self.hangup.cut();
            }
        };
        Builder::new().spawn_scoped(scope, run).map(drop).map_err(Error::Thread)
    }

    fn desk<'d>(&'d self, over: &'d Stop) -> PullDesk<'d> {
        let agents = self.agents.iter().map(|agent| (agent.source().id().get(), agent)).collect();
        PullDesk { agents, sender: self.sender, hangup: self.hangup.clone(), over }
    }

    /// Tells of a source. What goes wrong with it concerns no other one.
    fn tell(&self, agent: &Agent, answers: &Receiver<FeedAnswered>, over: &Stop) {
        let (sender, tail_bytes_max) = (self.sender, self.tail_bytes_max);
        let teller =
            Teller { agent, sender, answers, tail_bytes_max, clock: self.clock, stop: over };
        while let Err(error) = teller.tell() {
            let source = agent.source().id().get();
            tracing::warn!(source, %error, "a source cannot be told of");
            if !matches!(error, Error::Access(_)) {
                self.hangup.cut();
            }
            if !pause(TELL_AGAIN, self.clock, over) {
                break;
            }
        }
    }

    fn cut_when_told(&self, over: &Stop) {
        while !self.stop.is_stopped() && pause(LOOK_EVERY, self.clock, over) {}
        self.hangup.cut();
    }
}

/// Hands answers and pulls to those who wait for them, until the server closes.
fn read(
    receiver: &mut FrameReceiver,
    tellers: &HashMap<u16, Sender<FeedAnswered>>,
    pulls: &Sender<Asked>,
) -> Result<()> {
    while let Some(frame) = receiver.receive()? {
        let received = Received::decode(frame)?;
        let is_taken = match &received.message {
            Message::FeedAnswered(answered) => tellers
                .get(&answered.source)
                .is_some_and(|teller| teller.try_send(answered.clone()).is_ok()),
            Message::Pull(_) => pulls.try_send(Asked::of(&received)?).is_ok(),
            Message::Refused(refused) => {
                return Err(Error::Refused { refusal: refused.refusal });
            }
            _ => false,
        };
        if !is_taken {
            return Err(received.out_of_place().into());
        }
    }
    Err(Error::Ended { why: "the server closed it".to_owned() })
}
