//! One session, from its first message to its last.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, Scope, scope};

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_net::{Connection, Fingerprint, FrameReceiver, accept};

use super::agent_session::AgentLogin;
use super::agents::Agents;
use super::ahead::Waiting;
use super::calls::{Answerer, Call, Finding, Offered, Upload};
use super::memory::Memory;
use super::sessions::{Legacy, StillThere};
use super::tenants::Grant;
use super::to_client::{end, refuse, send};
use super::uploads::{Uploads, Wish};
use super::{LOOK_AGAIN_NS, LOOKS_FAILED_MAX, Server};
use crate::error::{Error, Result};
use crate::keep_alive::KeepAlive;
use crate::wire::{
    Ahead, HELLO_BYTES_MAX, Hello, INLINE_BYTES_MAX, Message, OFFER_TAIL_BYTES_MAX, Offer, Put,
    Received, Refusal, Update, VERSION, Welcome, WireError, piece_bytes,
};

/// Offers of one session that are looked for at a time, and that wait.
const OFFERS_AT_A_TIME: usize = 2;
const OFFERS_WAITING_MAX: usize = 8;

/// Where requests go.
struct Desks<'c, 's> {
    calls: Sender<(u32, Call<'s>)>,
    wishes: Sender<Wish>,
    offers: Sender<(u32, Offered)>,
    answerer: &'c Answerer<'c>,
    uploads: &'c Uploads<'s>,
}

impl Server {
    /// Serves one client, to the end.
    pub(super) fn session(&self, socket: TcpStream) -> Result<()> {
        let connection = accept(socket, &self.tls, &self.options.limits)?;
        let certificate = connection.peer();
        let hangup = connection.hangup();
        let open = self.sessions.open(hangup.clone());
        let (sender, mut receiver) = Connection::split(connection);
        let sender = Arc::new(sender);
        let Some(frame) = receiver.receive_first(HELLO_BYTES_MAX)? else { return Ok(()) };
        let first = match Received::decode(frame) {
            Ok(received) => received,
            Err(error) => return refuse(&sender, error),
        };
        let out_of_place = first.out_of_place();
        let every = self.options.limits.idle / 3;
        // To log in may take a while, where all of a tenant's objects are counted.
        let keep_alive = KeepAlive::start(Arc::clone(&sender), every).map_err(Error::Thread)?;
        let hello = match first.message {
            Message::Hello(hello) => hello,
            Message::AgentHello(hello) => {
                let login = AgentLogin { hello, certificate, sender: &sender, hangup: &hangup };
                let result = self.agent_session(&login, &mut receiver);
                hangup.cut();
                drop(keep_alive);
                return result;
            }
            _ => return refuse(&sender, out_of_place),
        };
        let now_ns = self.clock.wall_ns();
        let (grant, before) = match self.let_in(&hello, certificate, now_ns) {
            Ok(let_in) => let_in,
            Err(refusal) => return end(&sender, refusal),
        };
        let after = hello.after.map(|nonce| *nonce);
        let waiting = Waiting::default();
        if let Some(questions) = &hello.ahead {
            let ahead = Ahead { after: 0, first: 1, questions: questions.clone() };
            let taken = if after.is_some() { Err(out_of_place) } else { waiting.ahead(&ahead) };
            if let Err(error) = taken {
                return refuse(&sender, error);
            }
        }
        drop(hello);
        let welcome = self.welcome(&grant, now_ns, before.is_some())?;
        open.name(grant.owner(), *welcome.nonce);
        let (agents, nonce) = (self.agents.as_deref(), *welcome.nonce);
        let finding = Finding { agents, uploads: &self.uploads, nonce };
        send(&sender, 0, &Message::Welcome(welcome))?;
        let piece_bytes = piece_bytes(self.options.limits.bytes_max());
        let memory = Memory::after(before.unwrap_or_default(), after);
        let answerer = Answerer {
            grant: &grant,
            sender: &sender,
            piece_bytes,
            hangup: hangup.clone(),
            memory,
            waiting,
            is_over: AtomicBool::new(false),
            finding,
            counts: &self.counts,
        };
        let result = self.answer_all(&answerer, &mut receiver);
        hangup.cut();
        drop(keep_alive);
        if result.is_err() {
            open.leave(answerer.memory.into_legacy(), self.clock.monotonic_ns());
        }
        result
    }

    /// What somebody may do, and what came of the session before, if that is known.
    fn let_in(
        &self,
        hello: &Hello,
        certificate: Option<Fingerprint>,
        now_ns: i64,
    ) -> Result<(Grant, Option<Legacy>), Refusal> {
        let Hello { versions, tenant, token, after, .. } = hello;
        if !versions.contains(&VERSION) {
            return Err(Refusal::Version);
        }
        let grant = self.tenants.log_in(tenant, token, certificate, now_ns).map_err(|error| {
            tracing::error!(%error, tenant, "nobody can be let in");
            Refusal::Busy
        })?;
        let grant = grant.ok_or(Refusal::Denied)?;
        let before = after.map(|nonce| self.sessions.succeed(grant.owner(), *nonce)).transpose();
        let before = before.map_err(|StillThere| {
            tracing::warn!(tenant, "calls of a session that was cut do not end");
            Refusal::Busy
        })?;
        Ok((grant, before.flatten()))
    }

    fn welcome(&self, grant: &Grant, now_ns: i64, knows_before: bool) -> Result<Welcome> {
        let (mut session, mut nonce) = ([0; 16], [0; 32]);
        self.random.fill(&mut session).map_err(Error::Random)?;
        self.random.fill(&mut nonce).map_err(Error::Random)?;
        Ok(Welcome {
            version: VERSION,
            session: session.into(),
            nonce: nonce.into(),
            object_bytes_max: self.options.object_bytes_max,
            now_ns,
            frame_bytes_max: self.options.limits.bytes_max(),
            requests_max: self.options.requests_max,
            knows_before,
            has_layout: grant.has_layout.load(Ordering::Relaxed),
            nearby: self.nearby(),
        })
    }

    /// The URLs of what agents may have; nothing is offered where that cannot be told.
    fn nearby(&self) -> Vec<String> {
        let urls = self.agents.as_deref().map(Agents::urls).transpose();
        urls.unwrap_or_else(|error| {
            tracing::warn!(%error, "what agents may have is not known");
            None
        })
        .unwrap_or_default()
    }

    fn answer_all<'s>(
        &'s self,
        answerer: &Answerer<'_>,
        receiver: &mut FrameReceiver,
    ) -> Result<()> {
        let uploads = Uploads::new(&self.uploads, &*self.clock, &self.options.limits);
        // As many as a client may have on their way: it never waits here.
        let requests_max = self.options.requests_max as usize;
        let (calls, todo): (_, Receiver<(u32, Call<'s>)>) = bounded(requests_max + 1);
        let (offers, offered) = bounded(OFFERS_WAITING_MAX);
        let (wishes, wished) = bounded(requests_max);
        scope(|scope| {
            let desks = Desks { calls, wishes, offers, answerer, uploads: &uploads };
            // What was asked at the beginning.
            if answerer.waiting.calls_worker() {
                drop(desks.calls.try_send((0, Call::Ahead)));
            }
            let result = self
                .start_workers(scope, &todo, answerer)
                .and_then(|()| {
                    let uploads = &uploads;
                    let keep_room = move || uploads.give_room(&wished, answerer);
                    Builder::new().spawn_scoped(scope, keep_room).map_err(Error::Thread)
                })
                .and_then(|_| start_lookers(scope, &offered, answerer))
                .and_then(|()| self.take_requests(receiver, &desks));
            uploads.end();
            answerer.is_over.store(true, Ordering::Relaxed);
            drop(desks);
            result.or_else(|error| match error {
                Error::Protocol(error) => refuse(answerer.sender, error),
                Error::Refused { refusal } => end(answerer.sender, refusal),
                error => Err(error),
            })
        })
    }

    fn start_workers<'scope, 's: 'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        todo: &Receiver<(u32, Call<'s>)>,
        answerer: &'scope Answerer<'_>,
    ) -> Result<()> {
        for _ in 0..self.options.calls_at_a_time.max(1) {
            let todo = todo.clone();
            let work = move || {
                for (request, call) in todo {
                    answerer.work(request, call);
                }
            };
            Builder::new().spawn_scoped(scope, work).map_err(Error::Thread)?;
        }
        Ok(())
    }

    /// Reads requests until the client closes, and hands them on. It never waits for anything
    /// else: what a client sends to show that it is alive is always taken.
    fn take_requests(&self, receiver: &mut FrameReceiver, desks: &Desks<'_, '_>) -> Result<()> {
        let (mut looked_ns, mut failures) = (self.clock.monotonic_ns(), 0);
        let Answerer { grant, memory, .. } = desks.answerer;
        while let Some(frame) = receiver.receive()? {
            // A request shows that the client knows of this session: what was the own of the one
            // before is this one's now, and nobody else's.
            if let Some(nonce) = memory.heir_of() {
                memory.inherit(self.sessions.take_own(&grant.owner(), nonce), &grant.rights);
            }
            let now_ns = self.clock.monotonic_ns();
            if now_ns.saturating_sub(looked_ns) > LOOK_AGAIN_NS {
                looked_ns = now_ns;
                self.look_again(desks.answerer.grant, &mut failures)?;
            }
            let received = Received::decode(frame)?;
            let request = received.request;
            let waiting = &desks.answerer.waiting;
            if !matches!(received.message, Message::PutMore | Message::Ahead(_)) {
                waiting.asked(request);
            }
            let call = match &received.message {
                Message::Put(put) => self.put(request, put, received.tail(), desks)?,
                Message::Update(update) => {
                    next_version(request, update, received.tail(), desks.answerer)?
                }
                Message::PutMore => desks.uploads.piece(request, received.tail())?.map(Call::Put),
                Message::Offer(offer) => {
                    offer_to_look_for(request, offer, received.tail(), desks)?;
                    None
                }
                Message::Ahead(ahead) => {
                    waiting.ahead(ahead)?;
                    None
                }
                message if is_call(message) => Some(Call::Other(received.message)),
                _ => return Err(received.out_of_place().into()),
            };
            // More than it may have on their way.
            if call.is_some_and(|call| desks.calls.try_send((request, call)).is_err()) {
                return Err(WireError::OutOfPlace { kind: Message::PutMore.kind() }.into());
            }
            // Where all workers have something to do, they find it when they have done that.
            if waiting.calls_worker() && desks.calls.try_send((0, Call::Ahead)).is_err() {
                waiting.worker_came();
            }
        }
        Ok(())
    }

    /// Ends the session of a token that was revoked or has expired, or of a tenant that was
    /// removed; also if nobody can say for several times on end.
    fn look_again(&self, grant: &Grant, failures: &mut u32) -> Result<()> {
        match self.tenants.still_grants(grant, self.clock.wall_ns()) {
            Ok(true) => *failures = 0,
            Ok(false) => return Err(Error::Refused { refusal: Refusal::Denied }),
            Err(error) => {
                tracing::error!(%error, "nobody knows whether a session may go on");
                *failures += 1;
                if *failures > LOOKS_FAILED_MAX {
                    return Err(Error::Refused { refusal: Refusal::Busy });
                }
            }
        }
        Ok(())
    }

    /// A small object comes whole, a large one waits for room; what is not allowed is answered.
    fn put<'s>(
        &self,
        request: u32,
        put: &Put,
        tail: &[u8],
        desks: &Desks<'_, 's>,
    ) -> Result<Option<Call<'s>>> {
        let out_of_place = WireError::OutOfPlace { kind: Message::Put(put.clone()).kind() };
        let is_whole = tail.len() as u64 == put.bytes;
        let is_small = put.bytes <= INLINE_BYTES_MAX;
        let is_wish = tail.is_empty() && put.bytes <= self.options.object_bytes_max;
        if !(is_whole && is_small || is_wish) {
            return Err(out_of_place.into());
        }
        let Some((name, room)) = desks.answerer.allow_put(request, put) else { return Ok(None) };
        if is_whole && is_small {
            return Ok(Some(Call::Put(Upload { name, bytes: tail.to_vec(), room, permit: None })));
        }
        if !desks.uploads.expect(request) {
            return Err(out_of_place.into());
        }
        let wish = Wish { request, name, bytes: put.bytes, room };
        desks.wishes.try_send(wish).map_err(|_| out_of_place)?;
        Ok(None)
    }
}

/// Pulls may take their time, and must not keep signs of life waiting: so they have threads of
/// their own.
fn start_lookers<'scope>(
    scope: &'scope Scope<'scope, '_>,
    offered: &Receiver<(u32, Offered)>,
    answerer: &'scope Answerer<'_>,
) -> Result<()> {
    for _ in 0..OFFERS_AT_A_TIME {
        let offered = offered.clone();
        let look = move || {
            for (request, offered) in offered {
                answerer.look(request, &offered);
            }
        };
        Builder::new().spawn_scoped(scope, look).map_err(Error::Thread)?;
    }
    Ok(())
}

/// Hands an offer on; where too many wait it is answered as if nothing was found.
fn offer_to_look_for(
    request: u32,
    offer: &Offer,
    tail: &[u8],
    desks: &Desks<'_, '_>,
) -> Result<()> {
    if tail.len() > OFFER_TAIL_BYTES_MAX {
        let kind = Message::Offer(offer.clone()).kind();
        return Err(WireError::OutOfPlace { kind }.into());
    }
    let answerer = desks.answerer;
    if !answerer.may_offer(request, offer) {
        return Ok(());
    }
    let offered = Offered { offer: offer.clone(), tail: tail.to_vec() };
    if desks.offers.try_send((request, offered)).is_err() {
        answerer.looked_for_nothing(request);
    }
    Ok(())
}

/// A version comes whole; what is not allowed is answered.
fn next_version<'s>(
    request: u32,
    update: &Update,
    tail: &[u8],
    answerer: &Answerer<'_>,
) -> Result<Option<Call<'s>>> {
    if tail.len() as u64 > INLINE_BYTES_MAX {
        let kind = Message::Update(update.clone()).kind();
        return Err(WireError::OutOfPlace { kind }.into());
    }
    Ok(answerer.next_version(request, update, tail).map(Call::Update))
}

/// Whether a message asks a storage for something, in one piece.
const fn is_call(message: &Message) -> bool {
    matches!(
        message,
        Message::CreateLayout
            | Message::Settle(_)
            | Message::Delete(_)
            | Message::Rename(_)
            | Message::DeleteVersions(_)
            | Message::Recall(_)
    ) || message.is_question()
}
