//! How an IMAP server is reached.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::Error;

/// How long a server may take to take a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(2);
/// How long it may stay silent.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// A connection to an IMAP server.
pub trait ImapStream: Read + Write + Send {}

impl<S: Read + Write + Send> ImapStream for S {}

/// Makes connections to one IMAP server. This crate brings one for loopback, without TLS; whoever
/// has a TLS library brings one that uses it; after STARTTLS it gives out the greeting that came
/// before. Streams must not wait for ever.
pub trait ImapConnector: Send + Sync + Debug {
    /// Connects; the next bytes are the server's greeting.
    ///
    /// # Errors
    ///
    /// What connecting gives.
    fn connect(&self) -> io::Result<Box<dyn ImapStream>>;
}

/// Connects to a server on this machine, without TLS.
#[derive(Debug, Clone)]
pub struct LoopbackConnector {
    address: SocketAddr,
}

impl LoopbackConnector {
    /// A connector to that address.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for an address that is not of this machine: mail and passwords
    /// leave it only under TLS.
    pub fn new(address: SocketAddr) -> Result<Self, Error> {
        if address.ip().is_loopback() {
            return Ok(Self { address });
        }
        let problem = "no TLS, and not an address of this machine".to_owned();
        Err(Error::Configuration { option: "address", problem })
    }
}

impl ImapConnector for LoopbackConnector {
    fn connect(&self) -> io::Result<Box<dyn ImapStream>> {
        let stream = TcpStream::connect_timeout(&self.address, CONNECT_TIME_MAX)?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_write_timeout(Some(SILENCE_MAX))?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}
