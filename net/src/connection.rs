//! One TLS connection, read by one thread while another one writes.
//!
//! Neither waits for the other on the network: the TLS state is locked only while bytes in memory
//! are sealed or opened. Else two ends that both send and do not read would wait for each other.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crate::deadline::Until;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::limits::Limits;

/// Bytes that are read from the socket, or sealed, at a time.
const PIECE_BYTES: usize = 64 << 10;

/// An end of a connection whose handshake is done.
#[derive(Debug)]
pub struct Connection {
    shared: Arc<Shared>,
    peer: Option<Fingerprint>,
    limits: Limits,
}

#[derive(Debug)]
struct Shared {
    socket: TcpStream,
    tls: Mutex<rustls::Connection>,
    /// Held from sealing to writing, so that sealed bytes leave in the order in which they were
    /// sealed. Whoever holds it may take `tls` as well, not the other way round.
    sealed: Mutex<Vec<u8>>,
    /// This end said that it sends nothing more.
    is_closed: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    pub(crate) fn handshake(
        mut tls: rustls::Connection,
        socket: TcpStream,
        limits: &Limits,
    ) -> Result<Self> {
        socket.set_nodelay(true).map_err(|error| Error::io("setting up a socket", error))?;
        let mut stream = Until::after(limits.handshake).socket(&socket);
        while tls.is_handshaking() {
            tls.complete_io(&mut stream).map_err(|error| tls_or_io("the TLS handshake", error))?;
        }
        let certificates = tls.peer_certificates().unwrap_or_default();
        let peer = certificates.first().map(Fingerprint::of);
        let (tls, sealed, is_closed) = (Mutex::new(tls), Mutex::default(), AtomicBool::new(false));
        let shared = Shared { socket, tls, sealed, is_closed };
        Ok(Self { shared: Arc::new(shared), peer, limits: limits.clone() })
    }

    /// The certificate whose key the other end has; `None` if it brought none.
    #[must_use]
    pub const fn peer(&self) -> Option<Fingerprint> {
        self.peer
    }

    /// The socket under it.
    #[cfg(test)]
    pub(crate) fn raw_socket(&self) -> TcpStream {
        self.shared.socket.try_clone().unwrap()
    }

    /// What ends the connection from any thread.
    #[must_use]
    pub fn hangup(&self) -> Hangup {
        Hangup { shared: Arc::clone(&self.shared) }
    }

    /// The two directions, and the limits of both.
    pub(crate) fn into_parts(self) -> (Writer, Reader, Limits) {
        let writer = Writer { shared: Arc::clone(&self.shared) };
        (writer, Reader::new(self.shared), self.limits)
    }
}

/// Cuts a connection: both directions fail from then on, at either end.
#[derive(Debug, Clone)]
pub struct Hangup {
    shared: Arc<Shared>,
}

impl Hangup {
    /// Cuts it, also while other threads read and write.
    pub fn cut(&self) {
        self.shared.cut();
    }
}

/// What of an error of `complete_io` is TLS's.
fn tls_or_io(during: &'static str, error: io::Error) -> Error {
    match error.downcast::<rustls::Error>() {
        Ok(error) => Error::Tls(error),
        Err(error) => Error::io(during, error),
    }
}

/// The direction out.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
}

impl Writer {
    /// Sends bytes; they are with the kernel on return. The time begins when it is their turn.
    ///
    /// After an error a record may be missing or out in part: nothing can be sent any more, and the
    /// connection is cut.
    pub(crate) fn write_all(&self, parts: &[&[u8]], time: Duration) -> Result<()> {
        let mut sealed = lock(&self.shared.sealed);
        self.write_locked(&mut sealed, parts, Until::after(time))
    }

    /// The same, unless another thread is just sending.
    pub(crate) fn write_if_idle(&self, parts: &[&[u8]], time: Duration) -> Result<()> {
        let mut sealed = match self.shared.sealed.try_lock() {
            Ok(sealed) => sealed,
            Err(TryLockError::Poisoned(sealed)) => sealed.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        self.write_locked(&mut sealed, parts, Until::after(time))
    }

    fn write_locked(&self, sealed: &mut Vec<u8>, parts: &[&[u8]], until: Until) -> Result<()> {
        if self.shared.is_closed.load(Ordering::Relaxed) {
            return Err(Error::Cut);
        }
        let written = self.shared.write_pieces(sealed, parts, until);
        if written.is_err() {
            self.shared.cut();
        }
        written
    }

    /// Says that nothing more comes.
    pub(crate) fn close(&self, time: Duration) -> Result<()> {
        let mut sealed = lock(&self.shared.sealed);
        if self.shared.is_closed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let until = Until::after(time);
        let mut tls = lock(&self.shared.tls);
        tls.send_close_notify();
        seal(&mut tls, &mut sealed)?;
        drop(tls);
        self.shared.flush(&mut sealed, until)
    }
}

/// Takes all that TLS has to send.
fn seal(tls: &mut rustls::Connection, sealed: &mut Vec<u8>) -> Result<()> {
    while tls.wants_write() {
        tls.write_tls(sealed).map_err(|error| Error::io("sealing", error))?;
    }
    Ok(())
}

impl Shared {
    fn write_pieces(&self, sealed: &mut Vec<u8>, parts: &[&[u8]], until: Until) -> Result<()> {
        let pieces = parts.iter().flat_map(|part| part.chunks(PIECE_BYTES));
        for piece in pieces {
            let mut rest = piece;
            let mut tls = lock(&self.tls);
            while !rest.is_empty() {
                let taken = tls.writer().write(rest).map_err(|e| Error::io("sending", e))?;
                rest = rest.get(taken..).unwrap_or_default();
                seal(&mut tls, sealed)?;
            }
            drop(tls);
            // Small parts leave together.
            if sealed.len() >= PIECE_BYTES {
                self.flush(sealed, until)?;
            }
        }
        self.flush(sealed, until)
    }

    fn cut(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        // Fails only where the connection is gone already.
        let _gone = self.socket.shutdown(Shutdown::Both);
    }

    fn flush(&self, sealed: &mut Vec<u8>, until: Until) -> Result<()> {
        let written = until.socket(&self.socket).write_all(sealed);
        // After an error a part of it may be out: the connection is of no use any more.
        sealed.clear();
        written.map_err(|error| Error::io("sending", error))
    }

    /// Sends what TLS has to say of its own. If somebody is just sending, they do it.
    fn flush_own(&self, until: Until) -> Result<()> {
        let mut sealed = match self.sealed.try_lock() {
            Ok(sealed) => sealed,
            Err(TryLockError::Poisoned(sealed)) => sealed.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let mut tls = lock(&self.tls);
        seal(&mut tls, &mut sealed)?;
        drop(tls);
        self.flush(&mut sealed, until)
    }
}

/// The direction in.
#[derive(Debug)]
pub(crate) struct Reader {
    shared: Arc<Shared>,
    raw: Vec<u8>,
    /// Opened bytes; those before `at` were handed out.
    plain: Vec<u8>,
    at: usize,
    is_closed: bool,
    /// What came with the last bytes of the handshake was not taken yet.
    is_new: bool,
}

impl Reader {
    fn new(shared: Arc<Shared>) -> Self {
        let (raw, plain) = (vec![0; PIECE_BYTES], Vec::new());
        Self { shared, raw, plain, at: 0, is_closed: false, is_new: true }
    }

    /// Reads at least a byte; 0 once the other end has closed its direction.
    pub(crate) fn read(&mut self, bytes: &mut [u8], until: Until) -> Result<usize> {
        while self.at == self.plain.len() {
            if self.is_closed {
                return Ok(0);
            }
            self.fill(until)?;
        }
        let ready = self.plain.get(self.at..).unwrap_or_default();
        let count = ready.len().min(bytes.len());
        bytes.split_at_mut(count).0.copy_from_slice(ready.split_at(count).0);
        self.at += count;
        Ok(count)
    }

    /// Reads from the socket once, and opens what came; at first what is there already.
    fn fill(&mut self, until: Until) -> Result<()> {
        self.plain.clear();
        self.at = 0;
        if std::mem::take(&mut self.is_new) {
            let mut tls = lock(&self.shared.tls);
            return take_opened(&mut tls, &mut self.plain, &mut self.is_closed);
        }
        let count = loop {
            match until.socket(&self.shared.socket).read(&mut self.raw) {
                Ok(count) => break count,
                // A signal, or a stop and a continuation, is no failure of the network.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io("receiving", error)),
            }
        };
        if count == 0 {
            return Err(Error::Cut);
        }
        let opened = self.open(count);
        // Answers to what came, and an alert if that could not be opened.
        let answered = self.shared.flush_own(until);
        opened?;
        answered
    }

    /// Opens the first bytes of `raw`.
    fn open(&mut self, count: usize) -> Result<()> {
        let mut rest = self.raw.get(..count).unwrap_or_default();
        let mut tls = lock(&self.shared.tls);
        // What comes behind the end is nothing: TLS does not take it.
        while !rest.is_empty() && !self.is_closed {
            tls.read_tls(&mut rest).map_err(|error| Error::io("receiving", error))?;
            take_opened(&mut tls, &mut self.plain, &mut self.is_closed)?;
        }
        Ok(())
    }
}

/// Opens the records that TLS has, and appends what was in them.
fn take_opened(
    tls: &mut rustls::Connection,
    plain: &mut Vec<u8>,
    is_closed: &mut bool,
) -> Result<()> {
    let state = tls.process_new_packets()?;
    *is_closed |= state.peer_has_closed();
    let (start, ready) = (plain.len(), state.plaintext_bytes_to_read());
    plain.resize(start + ready, 0);
    let room = plain.get_mut(start..).unwrap_or_default();
    tls.reader().read_exact(room).map_err(|error| Error::io("receiving", error))
}
