//! Reads and writes of a socket that end in time together, not only each of them.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A moment until which something has to be done: a peer that sends a byte now and then gets no
/// more time by it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Until(Instant);

impl Until {
    pub(crate) fn after(time: Duration) -> Self {
        Self(now() + time)
    }

    /// A socket until that moment.
    pub(crate) const fn socket(self, socket: &TcpStream) -> TimedSocket<'_> {
        TimedSocket { socket, until: self }
    }

    /// What is left; never zero, which would mean no limit.
    fn left(self) -> io::Result<Duration> {
        let left = self.0.saturating_duration_since(now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

#[expect(clippy::disallowed_methods, reason = "the kernel's socket time-outs go by this clock")]
fn now() -> Instant {
    Instant::now()
}

/// A socket whose calls end at a moment. Of a socket's only one at a time may read, and one write.
pub(crate) struct TimedSocket<'s> {
    socket: &'s TcpStream,
    until: Until,
}

impl Read for TimedSocket<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.until.left()?))?;
        self.socket.read(bytes)
    }
}

impl Write for TimedSocket<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.until.left()?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
