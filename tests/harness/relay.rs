//! A relay between two ends of TCP that cuts connections where it is told to.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, scope};

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
    is_over: AtomicBool,
    passed: Mutex<Vec<Passed>>,
    open: Mutex<Vec<Arc<TcpStream>>>,
}

/// Bytes that went through one connection.
#[derive(Debug, Clone, Default)]
struct Passed {
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

/// Runs a relay in front of `to` for as long as it is used.
///
/// # Panics
/// When there is no socket for it, or one cannot be set up.
pub fn with_relay<T>(to: SocketAddr, cuts: &[Cut], use_it: impl FnOnce(&Relay) -> T) -> T {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of the loopback");
    let address = listener.local_addr().expect("it is bound");
    let (is_over, passed, open) = (AtomicBool::new(false), Mutex::default(), Mutex::default());
    let relay = Relay { address, to, cuts: cuts.to_vec(), is_over, passed, open };
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
                scope.spawn(move || pass(&from, &to, cut.map(|cut| cut.bytes), &count));
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
