//! The networked system: what goes over the wire, the backup server, and the subscriber's side.
//!
//! A tenant's repository lives on the server, and its subscriber uses it as it would use a folder:
//! [`RemoteStorage`] is a `Storage` whose calls are messages. So backup, restore, check, prune and
//! all other verbs are the engine's, everything is cut, named and sealed at the subscriber, and the
//! server holds what it cannot read. The messages are those of `docs/protocol.md`.

#![forbid(unsafe_code)]

mod agent;
mod change;
mod error;
mod foreseen;
mod foresight;
mod keep_alive;
mod kept_identity;
mod line;
mod near_server;
mod operations;
mod records;
mod registry;
mod remote_storage;
mod rights;
mod server;
mod server_folder;
mod session;
mod session_calls;
mod step_by_step;
mod stretch_cutter;
pub mod wire;

pub use agent::{AgentSession, follow_source, serve_sources};
pub use error::{Error, Result};
pub use kept_identity::kept_identity;
pub use line::{Dial, Line};
pub use near_server::{FoundTotals, NearServer, NearbyTotals};
pub use operations::{Operations, ServerStatus, SourceStatus};
pub use registry::{
    AgentRecord, CertificateRecord, Registry, TenantName, TenantRecord, TokenRecord,
};
pub use remote_storage::RemoteStorage;
pub use rights::{Right, Rights};
pub use server::{Agents, Pulling, Repositories, Server, ServerCounts, ServerOptions, Tenants};
pub use server_folder::ServerFolder;
pub use session::{Login, Session};

/// What is spoken inside of TLS (ALPN).
pub const PROTOCOL: &[u8] = b"gleaner/1";
