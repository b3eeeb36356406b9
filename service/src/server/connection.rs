//! One session, from its first message to its last.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_net::{Connection, FrameReceiver, FrameSender, accept};

use super::calls::{Answerer, Call, Upload};
use super::tenants::Grant;
use super::{Server, upload_budget::UploadPermit};
use crate::error::{Error, Result};
use crate::keep_alive::KeepAlive;
use crate::wire::{
    Hello, Message, Put, Received, Refusal, Refused, VERSION, Welcome, WireError, head_of,
};

/// Bytes of a buffer that grows as an object comes, and not as its length is declared.
const UPLOAD_START_BYTES: u64 = 16 << 20;

/// An object of which some pieces are missing.
struct Arriving<'b> {
    request: u32,
    name: String,
    bytes: u64,
    came: Vec<u8>,
    permit: UploadPermit<'b>,
}

impl Server {
    /// Serves one client, to the end.
    pub(super) fn session(&self, socket: TcpStream) -> Result<()> {
        let connection = accept(socket, &self.tls, &self.options.limits)?;
        let certificate = connection.peer();
        let hangup = connection.hangup();
        let (sender, mut receiver) = Connection::split(connection);
        let sender = Arc::new(sender);
        let Some(frame) = receiver.receive()? else { return Ok(()) };
        let hello =
            match Received::decode(frame).map(|received| (received.message.clone(), received)) {
                Ok((Message::Hello(hello), _)) => hello,
                Ok((_, other)) => return refuse(&sender, other.out_of_place()),
                Err(error) => return refuse(&sender, error),
            };
        let now_ns = self.clock.wall_ns();
        let Hello { versions, tenant, token, .. } = &hello;
        let grant = self.tenants.log_in(tenant, token, certificate, now_ns);
        let refusal = match grant {
            _ if !versions.contains(&VERSION) => Err(Refusal::Version),
            None => Err(Refusal::Denied),
            Some(grant) => Ok(grant),
        };
        let grant = match refusal {
            Ok(grant) => grant,
            Err(refusal) => {
                send(&sender, 0, &Message::Refused(Refused { refusal }))?;
                sender.close()?;
                return Err(Error::Refused { refusal });
            }
        };
        drop(hello);
        send(&sender, 0, &Message::Welcome(self.welcome(now_ns)?))?;
        self.sessions.fetch_add(1, Ordering::Relaxed);
        let _keep_alive = KeepAlive::start(Arc::clone(&sender), self.options.limits.idle / 3);
        let result = self.answer_all(&grant, &sender, &mut receiver);
        hangup.cut();
        result
    }

    fn welcome(&self, now_ns: i64) -> Result<Welcome> {
        let (mut session, mut nonce) = ([0; 16], [0; 32]);
        self.random.fill(&mut session).map_err(Error::Random)?;
        self.random.fill(&mut nonce).map_err(Error::Random)?;
        let object_bytes_max = self.options.object_bytes_max;
        let (session, nonce) = (session.into(), nonce.into());
        Ok(Welcome { version: VERSION, session, nonce, object_bytes_max, now_ns })
    }

    fn answer_all(
        &self,
        grant: &Grant,
        sender: &FrameSender,
        receiver: &mut FrameReceiver,
    ) -> Result<()> {
        let frame_bytes_max = self.options.limits.frame_bytes_max as usize;
        let answerer = Answerer { grant, sender, frame_bytes_max, is_cut: AtomicBool::new(false) };
        let workers = self.options.calls_at_a_time.max(1);
        let (calls, todo): (Sender<(u32, Call<'_>)>, Receiver<_>) = bounded(workers);
        thread::scope(|scope| {
            for _ in 0..workers {
                let (todo, answerer) = (todo.clone(), &answerer);
                scope.spawn(move || {
                    for (request, call) in todo {
                        answerer.carry_out(request, call);
                    }
                });
            }
            drop(todo);
            let result = self.take_requests(receiver, &calls, &answerer);
            drop(calls);
            result.or_else(|error| match error {
                Error::Protocol(error) => refuse(sender, error),
                error => Err(error),
            })
        })
    }

    /// Reads requests until the client closes, and hands them to the workers. While all of these
    /// are busy nothing is read: the client waits.
    fn take_requests<'s>(
        &'s self,
        receiver: &mut FrameReceiver,
        calls: &Sender<(u32, Call<'s>)>,
        answerer: &Answerer<'_>,
    ) -> Result<()> {
        let mut arriving: Option<Arriving<'s>> = None;
        while let Some(frame) = receiver.receive()? {
            let received = Received::decode(frame)?;
            let request = received.request;
            let call = match &received.message {
                Message::Put(put) if arriving.is_none() => {
                    self.begin(request, put, received.tail(), &mut arriving)?
                }
                Message::PutMore => match arriving.take() {
                    Some(begun) if begun.request == request => {
                        begun.more(received.tail(), &mut arriving)?
                    }
                    _ => return Err(received.out_of_place().into()),
                },
                message if is_call(message) => Some(Call::Other(received.message)),
                _ => return Err(received.out_of_place().into()),
            };
            if let Some(call) = call {
                // Workers end only after this channel.
                drop(calls.send((request, call)));
            }
            if answerer.is_cut.load(Ordering::Relaxed) {
                return Err(Error::Ended { why: "an answer could not be sent".to_owned() });
            }
        }
        Ok(())
    }

    fn begin<'s>(
        &'s self,
        request: u32,
        put: &Put,
        tail: &[u8],
        arriving: &mut Option<Arriving<'s>>,
    ) -> Result<Option<Call<'s>>> {
        if put.bytes > self.options.object_bytes_max {
            return Err(WireError::OutOfPlace { kind: Message::Put(put.clone()).kind() }.into());
        }
        let permit = self.uploads.take(put.bytes);
        let start = usize::try_from(put.bytes.min(UPLOAD_START_BYTES)).unwrap_or_default();
        let came = Vec::with_capacity(start);
        let (name, bytes) = (put.name.clone(), put.bytes);
        Arriving { request, name, bytes, came, permit }.more(tail, arriving)
    }
}

impl<'b> Arriving<'b> {
    /// Takes a piece; the call once all are there.
    fn more(mut self, piece: &[u8], arriving: &mut Option<Self>) -> Result<Option<Call<'b>>> {
        self.came.extend_from_slice(piece);
        let came = self.came.len() as u64;
        let is_stuck = piece.is_empty() && came < self.bytes;
        if came > self.bytes || is_stuck {
            return Err(WireError::OutOfPlace { kind: Message::PutMore.kind() }.into());
        }
        if came < self.bytes {
            *arriving = Some(self);
            return Ok(None);
        }
        let Self { name, came: bytes, permit, .. } = self;
        Ok(Some(Call::Put(Upload { name, bytes, permit })))
    }
}

/// Whether a message asks a storage for something, in one piece.
const fn is_call(message: &Message) -> bool {
    matches!(
        message,
        Message::CreateLayout
            | Message::Stat(_)
            | Message::Get(_)
            | Message::ReadAt(_)
            | Message::List(_)
            | Message::Settle(_)
            | Message::Delete(_)
            | Message::Rename(_)
    )
}

fn send(sender: &FrameSender, request: u32, message: &Message) -> Result<()> {
    Ok(sender.send(&[&head_of(request, message)])?)
}

/// Tells a client that it was not understood, and ends its session.
fn refuse(sender: &FrameSender, error: WireError) -> Result<()> {
    send(sender, 0, &Message::Refused(Refused { refusal: Refusal::Protocol }))?;
    sender.close()?;
    Err(error.into())
}
