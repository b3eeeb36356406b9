//! A client's session: any number of requests at a time over one connection.

use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, unbounded};
use gleaner_net::{ClientTls, FrameReceiver, FrameSender, Hangup, Limits, Token, connect};

use crate::error::{Error, Result};
use crate::foreseen::Foreseen;
use crate::foresight;
use crate::keep_alive::{KeepAlive, own_thread};
use crate::wire::{
    Ahead, Hello, Message, Names, Questions, Received, Refusal, VERSION, Welcome, head_of,
    piece_bytes,
};

/// How long a server may take to let a client in: the calls of the session before may take a minute
/// to end, and where all of a tenant's objects are counted that takes its time too.
const WELCOME_MAX: Duration = Duration::from_mins(3);

/// As who a client comes.
#[derive(Debug)]
pub struct Login<'l> {
    /// Whose data it is about.
    pub tenant: &'l str,
    /// Its token; `None` if it is known by its certificate.
    pub token: Option<&'l Token>,
    /// Name and version of the program.
    pub program: &'l str,
    /// The session that this one comes after, if that one was cut.
    pub after: Option<&'l Session>,
}

/// A session with a backup server. Threads may share it.
#[derive(Debug)]
pub struct Session {
    sender: Arc<FrameSender>,
    waiting: Arc<WaitingRoom>,
    /// The number of the next request, of this session or of one that comes after it.
    next: Arc<AtomicU32>,
    /// Of requests from this number on the server knows what became of them.
    known_from: u32,
    pub(crate) foreseen: Foreseen<Answers>,
    welcome: Welcome,
    piece_bytes: usize,
    hangup: Hangup,
    reader: Option<JoinHandle<()>>,
    _keep_alive: KeepAlive,
}

/// Requests whose answers did not come yet.
#[derive(Debug, Default)]
struct Waiting {
    answers: HashMap<u32, Sender<Received>>,
    /// Why none will come any more.
    ended: Option<Ended>,
}

impl Waiting {
    /// Waits for the answers to a request.
    fn wait_for(&mut self, request: u32, room: &Arc<WaitingRoom>) -> Answers {
        let (sender, receiver) = unbounded();
        self.answers.insert(request, sender);
        Answers { request, receiver, waiting: Arc::clone(room) }
    }
}

/// What ended a session.
#[derive(Debug, Clone)]
enum Ended {
    /// The server does not want it any more.
    Refused(Refusal),
    Other(String),
}

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Refused(refusal) => Self::Refused { refusal },
            Ended::Other(why) => Self::Ended { why },
        }
    }
}

/// The same, and a bell for those who wait until they may ask.
#[derive(Debug, Default)]
struct WaitingRoom {
    waiting: Mutex<Waiting>,
    left: Condvar,
}

impl WaitingRoom {
    fn enter(&self) -> MutexGuard<'_, Waiting> {
        lock(&self.waiting)
    }

    fn leave(&self, request: u32) {
        self.enter().answers.remove(&request);
        self.left.notify_one();
    }

    /// No answer will come any more.
    fn close(&self, why: Ended) {
        let mut waiting = self.enter();
        waiting.ended = Some(why);
        waiting.answers.clear();
        drop(waiting);
        self.left.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// Begins a session on a socket that was dialled for `host`: the handshake of TLS and one
    /// exchange more.
    ///
    /// # Errors
    /// [`Error::Net`]; [`Error::Refused`].
    pub fn begin(
        socket: TcpStream,
        host: &str,
        tls: &ClientTls,
        limits: &Limits,
        login: &Login<'_>,
    ) -> Result<Self> {
        let connection = connect(socket, host, tls, limits)?;
        let hangup = connection.hangup();
        let (sender, mut receiver) = connection.split();
        let token = login.token.map(|token| token.to_text().to_string()).unwrap_or_default();
        let (tenant, program) = (login.tenant.to_owned(), login.program.to_owned());
        let after = login.after.map(|session| session.welcome.nonce);
        let questions = if after.is_none() { foresight::of_login() } else { Vec::new() };
        let ahead = after.is_none().then(|| Questions::of(&questions));
        let hello = Hello { versions: vec![VERSION], tenant, token, program, after, ahead };
        sender.send(&[&head_of(0, &Message::Hello(hello))])?;
        let welcome = first_answer(&mut receiver)?;
        let waiting: Arc<WaitingRoom> = Arc::default();
        let (next, foreseen) = match login.after {
            Some(before) => (Arc::clone(&before.next), Foreseen::new(None)),
            None => expect(&waiting, questions),
        };
        let known_from = match login.after {
            Some(before) if welcome.knows_before => before.known_from,
            _ => next.load(Ordering::Relaxed),
        };
        let sender = Arc::new(sender);
        let reader = own_thread({
            let (waiting, hangup) = (Arc::clone(&waiting), hangup.clone());
            move || {
                let why = read_answers(&mut receiver, &waiting);
                // What is being sent just now is of no use either.
                hangup.cut();
                waiting.close(why);
            }
        })
        .map_err(Error::Thread)?;
        let frame_bytes_max = limits.bytes_max().min(welcome.frame_bytes_max);
        let keep_alive = KeepAlive::start(Arc::clone(&sender), limits.idle / 3);
        Ok(Self {
            sender,
            waiting,
            next,
            known_from,
            foreseen,
            welcome,
            piece_bytes: piece_bytes(frame_bytes_max).max(1),
            hangup,
            reader: Some(reader),
            _keep_alive: keep_alive.map_err(Error::Thread)?,
        })
    }

    /// What the server said of this session.
    #[must_use]
    pub const fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Why the session has ended; `None` while it lasts.
    #[must_use]
    pub fn ended(&self) -> Option<Error> {
        self.waiting.enter().ended.clone().map(Error::from)
    }

    /// Whether the server knows what became of a request, of this session or of one before.
    pub(crate) const fn is_known(&self, request: u32) -> bool {
        request >= self.known_from
    }

    /// Bytes of an object that go into one message, at most.
    pub(crate) const fn piece_bytes(&self) -> usize {
        self.piece_bytes
    }

    /// Asks, and gives the one answer.
    pub(crate) fn ask(&self, message: &Message) -> Result<Received> {
        self.start(message)?.next()
    }

    /// Asks; any number of requests may be on their way.
    pub(crate) fn start(&self, message: &Message) -> Result<Answers, Unanswered> {
        self.start_with(message, &[])
    }

    /// Asks, with all of a small object behind it.
    pub(crate) fn start_with(
        &self,
        message: &Message,
        tail: &[&[u8]],
    ) -> Result<Answers, Unanswered> {
        let answers = self.register().map_err(|error| Unanswered { request: None, error })?;
        tracing::trace!(request = answers.request, ?message, "asked");
        let head = head_of(answers.request, message);
        let frame: Vec<&[u8]> =
            std::iter::once(head.as_slice()).chain(tail.iter().copied()).collect();
        let request = Some(answers.request);
        self.send(&frame).map_err(|error| Unanswered { request, error })?;
        Ok(answers)
    }

    /// Sends the pieces of a large object for which there is room.
    pub(crate) fn send_pieces(&self, answers: &Answers, parts: &[&[u8]]) -> Result<()> {
        let head = head_of(answers.request, &Message::PutMore);
        for piece in pieces(parts, self.piece_bytes) {
            let mut frame = vec![head.as_slice()];
            frame.extend(piece);
            self.send(&frame)?;
        }
        Ok(())
    }

    fn send(&self, parts: &[&[u8]]) -> Result<()> {
        self.sender.send(parts).map_err(|error| {
            // A connection that cannot be written to is of no use for what waits either.
            self.hangup.cut();
            match self.waiting.enter().ended.clone() {
                Some(ended) => ended.into(),
                None => Error::Net(error),
            }
        })
    }

    /// Waits until there may be one more request.
    fn register(&self) -> Result<Answers> {
        let requests_max = self.welcome.requests_max.max(1) as usize;
        let is_full = |waiting: &mut Waiting| {
            waiting.ended.is_none() && waiting.answers.len() >= requests_max
        };
        let waiting = self.waiting.left.wait_while(self.waiting.enter(), is_full);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if let Some(ended) = waiting.ended.clone() {
            return Err(ended.into());
        }
        // Numbers go on from session to session, so that one names a request for good. They come
        // again after 2^32 requests; one that still waits is passed over.
        let request = loop {
            let request = self.next.fetch_add(1, Ordering::Relaxed);
            if request != 0 && !waiting.answers.contains_key(&request) {
                break request;
            }
        };
        Ok(waiting.wait_for(request, &self.waiting))
    }

    /// Asks questions whose turn is after that request, without waiting for anything; none if too
    /// much is on its way.
    pub(crate) fn start_behind(
        &self,
        after: u32,
        questions: Vec<Message>,
    ) -> Vec<(Message, Answers)> {
        let count = u32::try_from(questions.len()).unwrap_or(u32::MAX);
        let mut waiting = self.waiting.enter();
        let requests_max = self.welcome.requests_max as usize;
        if count == 0 || waiting.answers.len() + questions.len() > requests_max / 2 {
            return Vec::new();
        }
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        let ahead = Ahead { after, first, questions: Questions::of(&questions) };
        let numbers = (0..).map(|number| first.wrapping_add(number));
        let asked = questions.into_iter().zip(numbers);
        // Where the numbers begin anew one of them is none, and some may be taken.
        let is_free = |request| request != 0 && !waiting.answers.contains_key(&request);
        if !asked.clone().all(|(_, request)| is_free(request)) {
            return Vec::new();
        }
        let asked =
            asked.map(|(question, request)| (question, waiting.wait_for(request, &self.waiting)));
        let asked = asked.collect();
        drop(waiting);
        // Whoever asks for an answer learns that it does not come.
        drop(self.send(&[&head_of(0, &Message::Ahead(ahead))]));
        asked
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The server is told that this is an end and no accident, if it still listens.
        drop(self.sender.close());
        self.hangup.cut();
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

/// The number of the first request of a client, and what it asked at once.
fn expect(
    waiting: &Arc<WaitingRoom>,
    questions: Vec<Message>,
) -> (Arc<AtomicU32>, Foreseen<Answers>) {
    let mut next = 1;
    let mut asked = Vec::new();
    for question in questions {
        asked.push((question, waiting.enter().wait_for(next, waiting)));
        next += 1;
    }
    (Arc::new(AtomicU32::new(next)), Foreseen::new(asked))
}

/// A request that has no answer.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// Its number, if any of it may have been sent.
    pub(crate) request: Option<u32>,
    /// Why.
    pub(crate) error: Error,
}

impl From<Unanswered> for Error {
    fn from(error: Unanswered) -> Self {
        error.error
    }
}

/// The answers to one request.
#[derive(Debug)]
pub(crate) struct Answers {
    request: u32,
    receiver: Receiver<Received>,
    waiting: Arc<WaitingRoom>,
}

impl Answers {
    /// The number of the request.
    pub(crate) const fn request(&self) -> u32 {
        self.request
    }

    /// The next one.
    pub(crate) fn next(&self) -> Result<Received> {
        self.receiver.recv().map_err(|_| {
            let ended = self.waiting.enter().ended.clone();
            ended.unwrap_or_else(|| Ended::Other(String::new())).into()
        })
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.waiting.leave(self.request);
    }
}

fn first_answer(receiver: &mut FrameReceiver) -> Result<Welcome> {
    let Some(frame) = receiver.receive_within(WELCOME_MAX)? else {
        return Err(Error::Ended { why: "the server closed it at once".to_owned() });
    };
    let received = Received::decode(frame)?;
    match received.message {
        Message::Welcome(welcome) if welcome.version == VERSION => Ok(welcome),
        Message::Refused(refused) => Err(Error::Refused { refusal: refused.refusal }),
        _ => Err(received.out_of_place().into()),
    }
}

/// Hands answers to those who wait; returns why there are no more.
fn read_answers(receiver: &mut FrameReceiver, waiting: &WaitingRoom) -> Ended {
    loop {
        let received = match receiver.receive() {
            Ok(Some(frame)) => Received::decode(frame),
            Ok(None) => return Ended::Other("the server closed it".to_owned()),
            Err(error) => return Ended::Other(error.to_string()),
        };
        let received = match received {
            Ok(received) => received,
            Err(error) => return Ended::Other(error.to_string()),
        };
        if let Message::Refused(refused) = &received.message {
            return Ended::Refused(refused.refusal);
        }
        let request = received.request;
        let is_last =
            !matches!(received.message, Message::Go | Message::Names(Names { more: true, .. }));
        // An answer to what nobody asked, or does not wait for any more, is dropped.
        if let Some(asker) = waiting.enter().answers.get(&request) {
            drop(asker.send(received));
        }
        if is_last {
            waiting.leave(request);
        }
    }
}

/// Cuts the concatenation of `parts` into pieces of `bytes_max` bytes; one piece at least.
pub(crate) fn pieces<'p>(parts: &[&'p [u8]], bytes_max: usize) -> Vec<Vec<&'p [u8]>> {
    let mut pieces = vec![Vec::new()];
    let mut room = bytes_max;
    for part in parts {
        let mut rest = *part;
        while !rest.is_empty() {
            if room == 0 {
                pieces.push(Vec::new());
                room = bytes_max;
            }
            let (now, later) = rest.split_at(rest.len().min(room));
            if let Some(piece) = pieces.last_mut() {
                piece.push(now);
            }
            room -= now.len();
            rest = later;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_are_the_parts_cut_anew() {
        let bytes: Vec<u8> = (0..40).collect();
        for bytes_max in 1..45 {
            for cut in 0..=40 {
                let (a, b) = bytes.split_at(cut);
                let cut = pieces(&[a, &[], b], bytes_max);
                let lengths: Vec<usize> =
                    cut.iter().map(|piece| piece.iter().map(|part| part.len()).sum()).collect();
                let (last, full) = lengths.split_last().unwrap();
                assert!(full.iter().all(|length| *length == bytes_max));
                assert!(*last <= bytes_max && *last > 0);
                assert_eq!(cut.concat().concat(), bytes);
            }
        }
        assert_eq!(pieces(&[], 5), [Vec::<&[u8]>::new()]);
        assert_eq!(pieces(&[&[], &[]], 5), [Vec::<&[u8]>::new()]);
    }
}
