//! `gleaner serve`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gleaner_access::Stop;
use gleaner_engine::Counters;
use gleaner_index::{SightingIndex, SightingLimits};
use gleaner_net::{Clients, Limits, Listener, ServerTls, Stopper, system_time};
use gleaner_service::{Agents, Operations, PROTOCOL, Server, ServerOptions, Tenants};
use gleaner_store::{OsRandom, SystemClock};
use signal_hook::consts::SIGHUP;

use crate::args::ServeArgs;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{ListeningLine, Message, MetricsLine};
use crate::server_config::ServerConfig;

/// How often it is looked whether a signal came.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long sessions that are open have to end once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until SIGINT or SIGTERM, then lets open sessions end, those that take long cut.
///
/// # Errors
/// Kinds `usage` and `config`; `network` if it cannot listen.
pub(crate) fn serve(context: &Context, args: &ServeArgs) -> Result<(), Failure> {
    let config = ServerConfig::read(&args.server)?;
    if args.check_config {
        let folder = config.folder()?;
        // Made now if there was none: it is what the subscribers are told before the first start.
        let identity = config.identity(&folder)?;
        folder.registry().tenants()?;
        return context.output.text(&format!(
            "would listen at {}, certificate {}",
            config.listen(args.listen),
            identity.fingerprint()
        ));
    }
    let folder = config.create_folder()?;
    let identity = config.identity(&folder)?;
    let clients = Clients::MayBring;
    let tls = ServerTls::new(&identity, clients, PROTOCOL, system_time()).map_err(of_net)?;
    let listener =
        Listener::bind(config.listen(args.listen), &Limits::default()).map_err(of_net)?;
    let (address, stopper) =
        (listener.address().map_err(of_net)?, listener.stopper().map_err(of_net)?);
    let (clock, random) = (Arc::new(SystemClock::new()), Arc::new(OsRandom));
    let seen = sightings(&folder.sightings())?;
    let agents = Agents::new(folder.registry(), seen, clock.clone());
    let tenants = Tenants::new(folder.registry(), Arc::new(folder));
    let server = Server::new(tls, tenants, clock, random, ServerOptions::default());
    let server = Arc::new(server.with_agents(Arc::new(agents)));
    let operations = config.metrics(args.metrics).map(Operations::bind).transpose();
    let operations = operations.map_err(|error| network_failure(&error))?;
    context.signals.operation_starts("serve", &Arc::new(Counters::default()));
    // Tenants and tokens are looked up at each login: there is nothing to read again.
    let hangups = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGHUP, hangups).map_err(|error| Failure::io("SIGHUP", &error))?;
    let fingerprint = identity.fingerprint().to_string();
    context.output.text(&format!("listening at {address}, certificate {fingerprint}"))?;
    let line = ListeningLine { role: "server", address: address.to_string(), fingerprint };
    context.output.message(&Message::Listening(line))?;
    if let Some(operations) = &operations {
        let address = operations.address().map_err(|error| network_failure(&error))?.to_string();
        context.output.text(&format!("metrics at http://{address}/metrics"))?;
        context.output.message(&Message::Metrics(MetricsLine { address }))?;
    }
    context.output.flush()?;
    let (is_over, stop) = (AtomicBool::new(false), Stop::new());
    thread::scope(|scope| {
        let _stopped = stop.on_drop();
        if let Some(operations) = operations {
            scope.spawn(|| {
                if let Err(error) = operations.serve(Arc::clone(&server), &stop) {
                    tracing::error!(%error, "metrics are served no more");
                }
            });
        }
        scope.spawn(|| stop_when_told(context, &server, &stopper, &is_over));
        // Also if it panics: nobody waits for a signal then.
        let _over = Over(&is_over);
        server.serve(&listener);
    });
    context.output.text("stopped")
}

/// What agents told, as it was kept; what cannot be read is removed, and told anew.
#[cfg(feature = "rocksdb")]
fn sightings(folder: &Path) -> Result<Arc<dyn SightingIndex>, Failure> {
    use gleaner_index::RocksDbSightings;
    let open = || RocksDbSightings::open(folder, SightingLimits::DEFAULT);
    let opened = open().or_else(|error| {
        if !error.wants_rebuild() {
            return Err(error);
        }
        tracing::warn!(%error, "what agents told cannot be read: they are asked anew");
        RocksDbSightings::remove(folder)?;
        open()
    });
    Ok(Arc::new(opened?))
}

/// Nothing is kept: agents tell all of it when they connect.
#[cfg(not(feature = "rocksdb"))]
#[expect(clippy::unnecessary_wraps, reason = "keeping it can fail")]
fn sightings(_: &Path) -> Result<Arc<dyn SightingIndex>, Failure> {
    Ok(Arc::new(gleaner_index::MemorySightings::new(SightingLimits::DEFAULT)))
}

/// Says that serving is over.
struct Over<'o>(&'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits for a signal; then nobody is let in any more, and who is inside has some time to end.
fn stop_when_told(context: &Context, server: &Server, stopper: &Stopper, is_over: &AtomicBool) {
    while !context.signals.cancel.is_cancelled() && !is_over.load(Ordering::Relaxed) {
        thread::sleep(LOOK_EVERY);
    }
    stopper.stop();
    // Their sessions have no end of their own.
    if let Some(agents) = server.agents() {
        agents.hang_up();
    }
    let start = Instant::now();
    while !is_over.load(Ordering::Relaxed) {
        if start.elapsed() >= DRAIN {
            server.hang_up();
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn network_failure(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Network, format!("metrics: {error}"))
}

fn of_net(error: gleaner_net::Error) -> Failure {
    gleaner_service::Error::from(error).into()
}
