//! Who may come, and how many at a time.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::limits::Limits;

/// A listening socket that lets in as many as its limits say.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    door: Arc<Door>,
}

/// A connection that was let in.
#[derive(Debug)]
pub struct Admitted {
    /// Its socket; no handshake was made yet.
    pub socket: TcpStream,
    /// Where it comes from.
    pub from: SocketAddr,
    /// To be kept for as long as the connection.
    pub permit: Permit,
}

#[derive(Debug)]
struct Door {
    connections_max: usize,
    per_address_max: usize,
    inside: Mutex<HashMap<IpAddr, usize>>,
    refused: AtomicU64,
    is_stopped: AtomicBool,
}

/// Counts a connection until it is dropped.
#[derive(Debug)]
pub struct Permit {
    door: Arc<Door>,
    address: IpAddr,
}

impl Door {
    fn admit(self: &Arc<Self>, from: SocketAddr) -> Option<Permit> {
        let address = from.ip().to_canonical();
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = inside.values().sum();
        let of_address = inside.get(&address).copied().unwrap_or_default();
        if all >= self.connections_max || of_address >= self.per_address_max {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        inside.insert(address, of_address + 1);
        drop(inside);
        Some(Permit { door: Arc::clone(self), address })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut inside = self.door.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.address);
            }
        }
    }
}

/// Makes a listener's wait end.
#[derive(Debug)]
pub struct Stopper {
    door: Arc<Door>,
    /// The listening socket once more.
    socket: TcpStream,
}

impl Stopper {
    /// From now on [`Listener::next`] gives `None`, and who comes is refused by the system.
    pub fn stop(&self) {
        self.door.is_stopped.store(true, Ordering::Release);
        // Ends a wait in accept(2), on Linux. A socket that cannot be shut down does not listen.
        drop(self.socket.shutdown(Shutdown::Both));
    }
}

impl Listener {
    /// Listens at an address; port 0 picks a free one.
    ///
    /// # Errors
    /// The socket's.
    pub fn bind(address: SocketAddr, limits: &Limits) -> Result<Self> {
        let socket = TcpListener::bind(address).map_err(|error| Error::io("listening", error))?;
        let door = Door {
            connections_max: limits.connections_max,
            per_address_max: limits.connections_per_address_max,
            inside: Mutex::default(),
            refused: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
        };
        Ok(Self { socket, door: Arc::new(door) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The socket's.
    pub fn address(&self) -> Result<SocketAddr> {
        self.socket.local_addr().map_err(|error| Error::io("listening", error))
    }

    /// What ends [`Self::next`] from another thread.
    ///
    /// # Errors
    /// The socket's.
    pub fn stopper(&self) -> Result<Stopper> {
        let socket = self.socket.try_clone().map_err(|error| Error::io("listening", error))?;
        let socket = TcpStream::from(OwnedFd::from(socket));
        Ok(Stopper { door: Arc::clone(&self.door), socket })
    }

    /// Connections that were closed at once, since too many were there.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.door.refused.load(Ordering::Relaxed)
    }

    /// Waits for the next connection within the limits; `None` after [`Stopper::stop`].
    ///
    /// # Errors
    /// The socket's, such as too many open files: the next call may do better, not at once.
    pub fn next(&self) -> Result<Option<Admitted>> {
        loop {
            let accepted = self.socket.accept();
            if self.door.is_stopped.load(Ordering::Acquire) {
                return Ok(None);
            }
            match accepted {
                Ok((socket, from)) => {
                    if let Some(permit) = self.door.admit(from) {
                        return Ok(Some(Admitted { socket, from, permit }));
                    }
                }
                // Gone before it was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(Error::io("listening", error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::Ipv4Addr;

    use super::*;

    fn listener(connections_max: usize, connections_per_address_max: usize) -> Listener {
        let limits = Limits { connections_max, connections_per_address_max, ..Limits::default() };
        Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), &limits).unwrap()
    }

    #[test]
    fn one_more_than_the_limit_is_closed_and_comes_in_once_another_has_gone() {
        for (all, per_address) in [(3, 9), (9, 3)] {
            let listener = listener(all, per_address);
            let address = listener.address().unwrap();
            let mut admitted = Vec::new();
            let mut clients = Vec::new();
            for _ in 0..3 {
                clients.push(TcpStream::connect(address).unwrap());
                admitted.push(listener.next().unwrap().unwrap());
            }
            std::thread::scope(|scope| {
                let next = scope.spawn(|| listener.next().unwrap());
                let mut surplus = TcpStream::connect(address).unwrap();
                assert_eq!(surplus.read(&mut [0]).unwrap_or(0), 0, "closed at once");
                admitted.pop();
                clients.push(TcpStream::connect(address).unwrap());
                admitted.push(next.join().unwrap().unwrap());
            });
            assert_eq!(listener.refused(), 1);
            admitted.clear();
            assert!(listener.door.inside.lock().unwrap().is_empty());
        }
    }

    #[test]
    fn stopped_listener_lets_nobody_in() {
        let listener = listener(3, 3);
        let stopper = listener.stopper().unwrap();
        std::thread::scope(|scope| {
            let next = scope.spawn(|| listener.next());
            stopper.stop();
            assert!(next.join().unwrap().unwrap().is_none());
        });
        assert!(TcpStream::connect(listener.address().unwrap()).is_err(), "refused at once");
        assert!(listener.next().unwrap().is_none());
    }
}
