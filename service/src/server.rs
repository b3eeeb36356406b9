//! The backup server: lets subscribers in and carries out what they may ask for.

mod agent_session;
mod agents;
mod ahead;
mod calls;
mod connection;
mod counts;
mod finder;
mod memory;
mod offers;
mod quota;
mod sessions;
mod tenants;
mod to_client;
mod upload_budget;
mod uploads;
mod versioned;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gleaner_net::{Admitted, Limits, Listener, ServerTls};
use gleaner_store::{Clock, RandomSource};

pub use agents::{Agents, Pulling};
pub use counts::ServerCounts;
pub use tenants::{Repositories, Tenants};

use counts::Counts;
use sessions::Sessions;
use upload_budget::UploadBudget;

/// How long rights count before they are looked up again.
const LOOK_AGAIN_NS: u64 = 30_000_000_000;
/// How often on end that may fail before a session ends.
const LOOKS_FAILED_MAX: u32 = 10;
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

/// A backup server. It opens no socket itself, reads no file and prints nothing.
#[derive(Debug)]
pub struct Server {
    tls: ServerTls,
    tenants: Tenants,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    options: ServerOptions,
    uploads: UploadBudget,
    sessions: Sessions,
    agents: Option<Arc<Agents>>,
    counts: Counts,
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
        Self {
            tls,
            tenants,
            clock,
            random,
            options,
            uploads,
            sessions: Sessions::default(),
            agents: None,
            counts: Counts::default(),
        }
    }

    /// Lets agents in as well.
    #[must_use]
    pub fn with_agents(mut self, agents: Arc<Agents>) -> Self {
        self.agents = Some(agents);
        self
    }

    /// Connections that passed the handshake so far.
    #[must_use]
    pub fn sessions(&self) -> u64 {
        self.sessions.count()
    }

    /// What it did so far.
    #[must_use]
    pub fn counts(&self) -> ServerCounts {
        self.counts.now()
    }

    /// Sessions that are open.
    #[must_use]
    pub fn sessions_open(&self) -> u64 {
        self.sessions.open_now()
    }

    /// Whether the records of those whom it lets in can be read. Cost: two listings.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        match self.tenants.look() {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "the records of tenants and agents cannot be read");
                false
            }
        }
    }

    /// Its agents, if it lets any in.
    #[must_use]
    pub fn agents(&self) -> Option<&Agents> {
        self.agents.as_deref()
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
        self.sessions.hang_up();
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
