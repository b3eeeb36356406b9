//! An origin of our own that shows whether a cache asks origins.

use std::fmt::Debug;
use std::net::{SocketAddr, TcpListener};

use crate::error::Error;

/// An origin of our own that a cache must not ask.
pub trait Canary: Debug {
    /// A URL there that no cache can hold: it contains what nobody can guess.
    fn url(&self) -> String;

    /// True if somebody asked since it was made.
    ///
    /// # Errors
    ///
    /// What looking gives.
    fn was_asked(&self) -> Result<bool, Error>;
}

/// A [`Canary`] on a port of this machine, that only sees who connects.
#[derive(Debug)]
pub struct CanaryPort {
    listener: TcpListener,
    url: String,
}

impl CanaryPort {
    /// Listens there. `host` is the name by which the cache reaches this machine, `secret` what
    /// nobody can guess.
    ///
    /// # Errors
    ///
    /// What listening gives.
    pub fn listen(at: SocketAddr, host: &str, secret: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind(at)?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{host}:{}/{secret}", listener.local_addr()?.port());
        Ok(Self { listener, url })
    }
}

impl Canary for CanaryPort {
    fn url(&self) -> String {
        self.url.clone()
    }

    fn was_asked(&self) -> Result<bool, Error> {
        match self.listener.accept() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr, TcpStream};

    use super::{Canary, CanaryPort};

    #[test]
    fn canary_sees_who_connects_and_nobody_else() {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let canary = CanaryPort::listen(anywhere, "127.0.0.1", "secret").unwrap();
        assert!(!canary.was_asked().unwrap());
        let url = canary.url();
        let port = url.strip_prefix("http://127.0.0.1:").unwrap().strip_suffix("/secret").unwrap();
        let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse().unwrap())).unwrap();
        assert!(canary.was_asked().unwrap());
        drop(connection);
    }
}
