//! From a name to a socket.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use crate::error::{Error, Result};

/// Connects to the first address of a host that answers, each of which has `time` to do so.
///
/// # Errors
/// [`Error::Io`] and [`Error::TimedOut`]: the name's, or those of the last address.
pub fn dial(host: &str, port: u16, time: Duration) -> Result<TcpStream> {
    let addresses = (host, port).to_socket_addrs();
    let addresses = addresses.map_err(|error| Error::io("looking up the name", error))?;
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, time) {
            Ok(socket) => return Ok(socket),
            Err(error) => failed = error,
        }
    }
    Err(Error::io("connecting", failed))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::Duration;

    use super::dial;
    use crate::ErrorKind;

    #[test]
    fn a_socket_is_where_somebody_listens_and_else_there_is_a_reason() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let second = Duration::from_secs(1);
        assert_eq!(dial("127.0.0.1", port, second).unwrap().peer_addr().unwrap().port(), port);
        drop(listener);
        for host in ["127.0.0.1", "no name"] {
            let error = dial(host, port, second).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Retry, "{error}");
        }
    }
}
