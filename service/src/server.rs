//! The backup server: lets subscribers in and carries out what they may ask for.

mod calls;
mod connection;
mod quota;
mod tenants;
mod upload_budget;
mod uploads;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use gleaner_net::{Admitted, Hangup, Limits, Listener, ServerTls};
use gleaner_store::{Clock, RandomSource};

pub use tenants::{Repositories, Tenants};

use upload_budget::UploadBudget;

/// How long a listener that failed is left alone.
const LISTEN_AGAIN: Duration = Duration::from_millis(100);

/// How a server is set up.
#[derive(Debug)]
pub struct ServerOptions {
    /// Limits of its connections.
    pub limits: Limits,
    /// Bytes of an object, at most; of these a server keeps at least two in memory.
    pub object_bytes_max: u64,
    /// Bytes of objects that are on their way into storage, over all sessions. Sessions wait for
    /// each other beyond it.
    pub upload_bytes_max: u64,
    /// Requests of one session that are carried out at a time.
    pub calls_at_a_time: usize,
    /// Requests that a session may have on their way, those that wait included.
    pub requests_max: u32,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            object_bytes_max: 128 << 20,
            upload_bytes_max: 256 << 20,
            calls_at_a_time: 4,
            requests_max: 64,
        }
    }
}

/// A connection that is cut when this is dropped, if not before.
struct OpenSession<'s> {
    server: &'s Server,
    number: u64,
}

impl Drop for OpenSession<'_> {
    fn drop(&mut self) {
        if let Some(hangup) = self.server.hangups().remove(&self.number) {
            hangup.cut();
        }
    }
}

/// A backup server. It opens no socket itself, reads no file and prints nothing.
#[derive(Debug)]
pub struct Server {
    tls: ServerTls,
    tenants: Tenants,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    options: ServerOptions,
    uploads: UploadBudget,
    sessions: AtomicU64,
    open: Mutex<HashMap<u64, Hangup>>,
}

impl Server {
    /// Sets a server up.
    #[must_use]
    pub fn new(
        tls: ServerTls,
        tenants: Tenants,
        clock: Arc<dyn Clock>,
        random: Arc<dyn RandomSource>,
        options: ServerOptions,
    ) -> Self {
        let uploads = UploadBudget::new(options.upload_bytes_max.max(options.object_bytes_max));
        let (sessions, open) = (AtomicU64::new(0), Mutex::default());
        Self { tls, tenants, clock, random, options, uploads, sessions, open }
    }

    /// Connections that passed the handshake so far.
    #[must_use]
    pub fn sessions(&self) -> u64 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// Serves all who come, each session on threads of its own, until the listener is stopped; then
    /// waits for the sessions that are left. A listener that fails, as where too many files are
    /// open, is asked again after a while: those who are served are not to suffer from it.
    pub fn serve(&self, listener: &Listener) {
        thread::scope(|scope| {
            loop {
                match listener.next() {
                    Ok(Some(admitted)) => {
                        let serve = move || self.serve_one(admitted);
                        if let Err(error) = thread::Builder::new().spawn_scoped(scope, serve) {
                            tracing::warn!(%error, "no thread for a session");
                            self.clock.sleep(LISTEN_AGAIN);
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "nobody can be let in");
                        self.clock.sleep(LISTEN_AGAIN);
                    }
                }
            }
        });
    }

    /// Cuts all sessions that there are: what was acknowledged is there, what was not may be.
    pub fn hang_up(&self) {
        for hangup in self.hangups().values() {
            hangup.cut();
        }
    }

    fn hangups(&self) -> MutexGuard<'_, HashMap<u64, Hangup>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, hangup: Hangup) -> OpenSession<'_> {
        let number = self.sessions.fetch_add(1, Ordering::Relaxed);
        self.hangups().insert(number, hangup);
        OpenSession { server: self, number }
    }

    fn serve_one(&self, admitted: Admitted) {
        let Admitted { socket, from, permit } = admitted;
        match catch_unwind(AssertUnwindSafe(|| self.session(socket))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%from, %error, "a session ended"),
            Err(_) => tracing::error!(%from, "a session panicked"),
        }
        drop(permit);
    }
}

#[cfg(test)]
mod tests;
