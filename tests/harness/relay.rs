//! A relay between two ends of TCP that cuts connections where it is told to, or is far away.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::thread::{Scope, scope};
use std::time::Duration;

use gleaner_store::{Clock as _, SystemClock};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the end that dialled.
    Up,
    /// To the end that dialled.
    Down,
}

/// Where a connection is cut: both directions, once so many bytes have gone one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Which connection, in the order in which they were dialled, from 0.
    pub connection: usize,
    /// Which way the bytes go that are counted.
    pub direction: Direction,
    /// How many of them pass.
    pub bytes: u64,
}

/// A relay that runs.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    to: SocketAddr,
    cuts: Vec<Cut>,
    one_way: Duration,
    is_over: AtomicBool,
    passed: Mutex<Vec<Passed>>,
    open: Mutex<Vec<Arc<TcpStream>>>,
}

/// Bytes that went through one connection.
#[derive(Debug, Clone, Default)]
struct Passed {
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
    exchanges: Arc<Mutex<Exchanges>>,
}

/// How often the end that dialled said something that it can have made up only after an answer.
#[derive(Debug, Clone, Copy, Default)]
struct Exchanges {
    count: u64,
    /// When what was said first in the last of them can be answered.
    answered_ns: u64,
}

/// Runs a relay in front of `to` for as long as it is used.
///
/// # Panics
/// When there is no socket for it, or one cannot be set up.
pub fn with_relay<T>(to: SocketAddr, cuts: &[Cut], use_it: impl FnOnce(&Relay) -> T) -> T {
    run(to, cuts, Duration::ZERO, use_it)
}

/// The same, nothing cut, where all bytes take so long either way.
///
/// # Panics
/// As [`with_relay`].
pub fn with_distance<T>(to: SocketAddr, one_way: Duration, use_it: impl FnOnce(&Relay) -> T) -> T {
    run(to, &[], one_way, use_it)
}

fn run<T>(to: SocketAddr, cuts: &[Cut], one_way: Duration, use_it: impl FnOnce(&Relay) -> T) -> T {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of the loopback");
    let address = listener.local_addr().expect("it is bound");
    let (is_over, passed, open) = (AtomicBool::new(false), Mutex::default(), Mutex::default());
    let relay = Relay { address, to, cuts: cuts.to_vec(), one_way, is_over, passed, open };
    scope(|scope| {
        scope.spawn(|| relay.accept_all(scope, &listener));
        // Also if it panics.
        let _over = Over(&relay);
        use_it(&relay)
    })
}

struct Over<'r>(&'r Relay);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
        // It waits for somebody to come.
        drop(TcpStream::connect(self.0.address));
    }
}

impl Relay {
    /// Where to dial.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.all().len()
    }

    /// Cuts all connections that there are.
    pub fn cut_all(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for socket in open {
            drop(socket.shutdown(Shutdown::Both));
        }
    }

    /// Bytes that went one way through a connection; 0 if there was none.
    pub fn passed(&self, connection: usize, direction: Direction) -> u64 {
        let passed = self.all().get(connection).cloned().unwrap_or_default();
        passed.of(direction).load(Ordering::SeqCst)
    }

    /// Exchanges on all connections, one after the other: an exchange begins with the first byte
    /// that comes when the first of the one before can have been answered. Over a distance alone;
    /// connecting is not among them.
    pub fn exchanges(&self) -> u64 {
        let count =
            |passed: &Passed| passed.exchanges.lock().unwrap_or_else(PoisonError::into_inner).count;
        self.all().iter().map(count).sum()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Passed>> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept_all<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, from: &TcpListener) {
        loop {
            let client = from.accept().map(|(client, _)| client);
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            // Who cannot be passed on is cut.
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(self.to)) else { continue };
            for socket in [&client, &server] {
                socket.set_nodelay(true).expect("a socket that was just made");
            }
            let passed = Passed::default();
            let number = self.connections();
            self.all().push(passed.clone());
            let (client, server) = (Arc::new(client), Arc::new(server));
            let both = [Arc::clone(&client), Arc::clone(&server)];
            self.open.lock().unwrap_or_else(PoisonError::into_inner).extend(both);
            for direction in [Direction::Up, Direction::Down] {
                let (from, to) = match direction {
                    Direction::Up => (Arc::clone(&client), Arc::clone(&server)),
                    Direction::Down => (Arc::clone(&server), Arc::clone(&client)),
                };
                let count = Arc::clone(passed.of(direction));
                let is_it = |cut: &&Cut| cut.connection == number && cut.direction == direction;
                let cut = self.cuts.iter().find(is_it).copied();
                if self.one_way.is_zero() {
                    scope.spawn(move || pass(&from, &to, cut.map(|cut| cut.bytes), &count));
                    continue;
                }
                let exchanges = passed.exchanges.clone();
                let exchanges = (direction == Direction::Up).then_some(exchanges);
                let (queue, queued) = mpsc::channel();
                let one_way = self.one_way;
                scope.spawn(move || take(&from, &queue, one_way, exchanges.as_deref()));
                scope.spawn(move || give(&queued, &to, &count));
            }
        }
    }
}

impl Passed {
    const fn of(&self, direction: Direction) -> &Arc<AtomicU64> {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }
}

/// Takes bytes, and says when they arrive.
fn take(
    mut from: &TcpStream,
    queue: &mpsc::Sender<(u64, Vec<u8>)>,
    one_way: Duration,
    exchanges: Option<&Mutex<Exchanges>>,
) {
    let one_way_ns = u64::try_from(one_way.as_nanos()).unwrap_or(u64::MAX);
    let mut buffer = vec![0; 64 << 10];
    while let Ok(bytes) = from.read(&mut buffer) {
        let now_ns = now_ns();
        if let Some(exchanges) = exchanges.filter(|_| bytes > 0) {
            let mut exchanges = exchanges.lock().unwrap_or_else(PoisonError::into_inner);
            if now_ns >= exchanges.answered_ns {
                let answered_ns = now_ns + 2 * one_way_ns;
                *exchanges = Exchanges { count: exchanges.count + 1, answered_ns };
            }
        }
        let piece = buffer.get(..bytes).unwrap_or_default().to_vec();
        if queue.send((now_ns + one_way_ns, piece)).is_err() || bytes == 0 {
            return;
        }
    }
}

/// Gives bytes on when they arrive; an end, which is empty, as an end.
fn give(queued: &mpsc::Receiver<(u64, Vec<u8>)>, mut to: &TcpStream, count: &AtomicU64) {
    for (arrives_ns, piece) in queued {
        std::thread::sleep(Duration::from_nanos(arrives_ns.saturating_sub(now_ns())));
        if piece.is_empty() || to.write_all(&piece).is_err() {
            break;
        }
        count.fetch_add(piece.len() as u64, Ordering::SeqCst);
    }
    drop(to.shutdown(Shutdown::Write));
}

fn now_ns() -> u64 {
    static CLOCK: LazyLock<SystemClock> = LazyLock::new(SystemClock::new);
    CLOCK.monotonic_ns()
}

/// Passes bytes on until there are no more, or as many as may pass; then cuts both ways.
fn pass(from: &TcpStream, to: &TcpStream, bytes_max: Option<u64>, count: &AtomicU64) {
    let mut left = bytes_max.unwrap_or(u64::MAX);
    let mut buffer = vec![0; 64 << 10];
    let (mut from, mut to) = (from, to);
    while left > 0 {
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(room) = buffer.get_mut(..room) else { break };
        let Ok(bytes) = from.read(room) else { break };
        let Some(piece) = room.get(..bytes).filter(|piece| !piece.is_empty()) else {
            // An end is passed on as an end.
            drop(to.shutdown(Shutdown::Write));
            if bytes_max.is_none() {
                return;
            }
            break;
        };
        if to.write_all(piece).is_err() {
            break;
        }
        count.fetch_add(bytes as u64, Ordering::SeqCst);
        left -= bytes as u64;
    }
    for socket in [from, to] {
        drop(socket.shutdown(Shutdown::Both));
    }
}
