//! The backup server: lets subscribers in and carries out what they may ask for.

mod calls;
mod connection;
mod rights;
mod tenants;
mod upload_budget;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use gleaner_net::{Admitted, Limits, Listener, ServerTls};
use gleaner_store::{Clock, RandomSource};

pub use rights::{Right, Rights};
pub use tenants::{Grant, TenantPlace, Tenants};

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
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            object_bytes_max: 128 << 20,
            upload_bytes_max: 256 << 20,
            calls_at_a_time: 4,
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
        let sessions = AtomicU64::new(0);
        Self { tls, tenants, clock, random, options, uploads, sessions }
    }

    /// Sessions that began so far.
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
                    Ok(Some(admitted)) => drop(scope.spawn(move || self.serve_one(admitted))),
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "nobody can be let in");
                        self.clock.sleep(LISTEN_AGAIN);
                    }
                }
            }
        });
    }

    fn serve_one(&self, admitted: Admitted) {
        let Admitted { socket, from, permit } = admitted;
        if let Err(error) = self.session(socket) {
            tracing::info!(%from, %error, "a session ended");
        }
        drop(permit);
    }
}

#[cfg(test)]
mod tests;
