//! Free ports that no other test takes meanwhile.
//!
//! A port that is free now may be gone when the server binds it. Three things keep that from
//! happening to servers of this harness: they take ports below those that the kernel gives to
//! outgoing connections and to who binds port 0; a port is spoken for by an abstract socket with
//! its number in the name, which another test process cannot bind, and which ends with its owner;
//! and it is tried. What is left to a foreign program is a start that fails and is tried again.

use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Linux gives 32768 and above to outgoing connections unless told otherwise. apt-cacher-ng 3.7.4
/// moreover says "Connection refused" of an origin there: it takes its port to be negative.
const FIRST: u16 = 15_000;
const COUNT: u16 = 17_000;

/// A port that is spoken for as long as this lives.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _spoken_for: UnixListener,
}

impl Port {
    pub(crate) const fn number(&self) -> u16 {
        self.number
    }

    fn take(number: u16) -> Option<Self> {
        let name = format!("gleaner-tests-port-{number}");
        let address = SocketAddr::from_abstract_name(name).ok()?;
        let spoken_for = UnixListener::bind_addr(&address).ok()?;
        // Fails where a server would.
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _spoken_for: spoken_for })
    }
}

/// So many free ports in a row.
pub(crate) fn take(count: u16) -> Vec<Port> {
    // Processes begin far from each other, and go on from where they were.
    static TRIES: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        let tries = TRIES.fetch_add(u32::from(count), Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(7_919).wrapping_add(tries);
        let offset = u16::try_from(place % u32::from(COUNT - count)).expect("below COUNT");
        let first = FIRST + offset;
        let ports: Option<Vec<Port>> = (first..first + count).map(Port::take).collect();
        if let Some(ports) = ports {
            return ports;
        }
    }
    panic!("loopback has no {count} free ports in a row");
}

#[cfg(test)]
mod tests {
    use super::{Port, take};

    #[test]
    fn ports_that_are_taken_are_not_given_again() {
        let ports = take(3);
        let numbers: Vec<u16> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2]);
        assert!(Port::take(numbers[1]).is_none());
        assert!(take(3).iter().all(|port| !numbers.contains(&port.number())));
        drop(ports);
        assert!(Port::take(numbers[1]).is_some());
    }
}
