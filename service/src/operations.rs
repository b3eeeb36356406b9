//! What operators see of a server: `/healthz`, `/metrics` for Prometheus, `/status` as JSON.
//!
//! Nothing of it names a tenant, an object or an address; there is no login, so it belongs on the
//! loopback or behind something that asks for one.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use gleaner_access::Stop;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde::Serialize;

use crate::server::{Agents, Server};

/// The form of `/metrics`.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How often it is looked whether to stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The port of a server's operators.
#[derive(Debug)]
pub struct Operations {
    listener: TcpListener,
}

/// A server at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerStatus {
    /// Whether the records of tenants and agents can be read.
    pub is_healthy: bool,
    /// Sessions since it started.
    pub sessions: u64,
    /// Sessions that are open.
    pub sessions_open: u64,
    /// Requests that were answered.
    pub requests: u64,
    /// Those among them that failed: not found, denied, no room.
    pub requests_failed: u64,
    /// Bytes of objects that came.
    pub bytes_put: u64,
    /// Bytes of objects that were sent.
    pub bytes_read: u64,
    /// Bytes that came from access servers and not from clients.
    pub bytes_found: u64,
    /// All sources that agents told of.
    pub sources: Vec<SourceStatus>,
}

/// A source at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceStatus {
    /// Its number.
    pub source: u16,
    /// Whether its agent is connected.
    pub is_connected: bool,
    /// Whether its lease lasts.
    pub is_present: bool,
    /// Whether it rests since too much of it was not there.
    pub is_resting: bool,
    /// Chunks that it was told to hold, at most.
    pub sightings: u64,
    /// Of the last tries so many were right.
    pub verified: u64,
    /// The last tries.
    pub attempted: u64,
}

impl Server {
    /// How it is doing. Cost: two listings, and a look at the sources.
    #[must_use]
    pub fn status(&self) -> ServerStatus {
        let counts = self.counts();
        ServerStatus {
            is_healthy: self.is_healthy(),
            sessions: self.sessions(),
            sessions_open: self.sessions_open(),
            requests: counts.requests,
            requests_failed: counts.failed,
            bytes_put: counts.bytes_put,
            bytes_read: counts.bytes_read,
            bytes_found: counts.bytes_found,
            sources: self.agents().map(sources).unwrap_or_default(),
        }
    }
}

/// What agents told of, and whether they are there.
fn sources(agents: &Agents) -> Vec<SourceStatus> {
    let connected = agents.connected();
    let stats = match agents.stats() {
        Ok(stats) => stats.sources,
        Err(error) => {
            tracing::error!(%error, "what agents told cannot be looked at");
            Vec::new()
        }
    };
    let status = stats.into_iter().map(|it| SourceStatus {
        source: it.source.number(),
        is_connected: connected.contains(&it.source.number()),
        is_present: it.is_present,
        is_resting: it.is_resting,
        sightings: it.sightings_max,
        verified: it.verified,
        attempted: it.attempted,
    });
    status.collect()
}

impl Operations {
    /// Takes a port; 0 picks a free one.
    ///
    /// # Errors
    /// The socket's.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener })
    }

    /// Where it is.
    ///
    /// # Errors
    /// The socket's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is told to stop, on this thread.
    ///
    /// # Errors
    /// The socket's, or those of what waits for it.
    pub fn serve(self, server: Arc<Server>, stop: &Stop) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let told = async {
            while !stop.is_stopped() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let served = async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            axum::serve(listener, router(server)).await
        };
        // Whoever holds a connection open does not hold up the end.
        runtime.block_on(async {
            tokio::select! {
                () = told => Ok(()),
                served = served => served,
            }
        })
    }
}

fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .with_state(server)
}

async fn healthz(State(server): State<Arc<Server>>) -> (StatusCode, &'static str) {
    if server.is_healthy() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the records of tenants and agents cannot be read\n")
    }
}

async fn status(State(server): State<Arc<Server>>) -> Json<ServerStatus> {
    Json(server.status())
}

async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &registry(&server.status())) {
        Ok(()) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Which source a sample is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: u16,
}

type OfSource = fn(&SourceStatus) -> u64;

/// The status as samples. It is small, so it is made for each question, and nothing is counted
/// twice.
fn registry(status: &ServerStatus) -> Registry {
    let mut registry = Registry::with_prefix("gleaner");
    let counters = [
        ("sessions", "Sessions since the server started", status.sessions),
        ("requests", "Requests that were answered", status.requests),
        ("requests_failed", "Requests that failed", status.requests_failed),
        ("put_bytes", "Bytes of objects that came", status.bytes_put),
        ("read_bytes", "Bytes of objects that were sent", status.bytes_read),
        ("found_bytes", "Bytes that came from access servers", status.bytes_found),
    ];
    for (name, help, value) in counters {
        let counter: Counter = Counter::default();
        counter.inc_by(value);
        registry.register(name, help, counter);
    }
    let gauges = [
        ("healthy", "Whether tenants and agents can be looked up", status.is_healthy.into()),
        ("sessions_open", "Sessions that are open", status.sessions_open),
    ];
    for (name, help, value) in gauges {
        let gauge: Gauge = Gauge::default();
        gauge.set(signed(value));
        registry.register(name, help, gauge);
    }
    let of_sources: [(&str, &str, OfSource); 6] = [
        ("source_connected", "Whether its agent is connected", |it| it.is_connected.into()),
        ("source_present", "Whether its lease lasts", |it| it.is_present.into()),
        ("source_resting", "Whether too much of it was not there", |it| it.is_resting.into()),
        ("source_sightings", "Chunks that it was told to hold", |it| it.sightings),
        ("source_verified", "Of its last tries those that were right", |it| it.verified),
        ("source_attempted", "Its last tries", |it| it.attempted),
    ];
    for (name, help, value) in of_sources {
        let family = Family::<SourceLabel, Gauge>::default();
        for source in &status.sources {
            let label = SourceLabel { source: source.source };
            family.get_or_create(&label).set(signed(value(source)));
        }
        registry.register(name, help, family);
    }
    registry
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
