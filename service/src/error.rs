//! The one error type of this crate.

use std::io;
use std::path::{Path, PathBuf};

use gleaner_net::{ErrorKind as NetErrorKind, Fingerprint};
use gleaner_store::{ErrorKind, InvalidName, ObjectName, StorageError};

use crate::wire::{Refusal, WireError};

/// Why the service did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network, TLS, or who is at the other end.
    #[error(transparent)]
    Net(#[from] gleaner_net::Error),
    /// The other end sent what is no message, or none that may come here.
    #[error("the other end does not keep to the protocol")]
    Protocol(#[from] WireError),
    /// The server does not let this client in, or ended the session.
    #[error("the server refused: {}", refusal.what())]
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The session ended while something was asked, or before.
    #[error("the session has ended: {why}")]
    Ended {
        /// What ended it.
        why: String,
    },
    /// The server was started anew while it was asked for a change.
    #[error("the server was started anew, and nobody knows whether it made a change before")]
    InDoubt,
    /// A file that was to be offered could not be read.
    #[error("a file that is looked for nearby cannot be read")]
    Source(#[source] io::Error),
    /// A pack that was made for this repository could not be taken.
    #[error("what was found nearby cannot be taken")]
    Packs(#[from] gleaner_engine::Error),
    /// A text is no name of a tenant.
    #[error("not the name of a tenant: 1 to 64 of [a-z0-9._-], of which the first is of [a-z0-9]")]
    NotATenant,
    /// There is a tenant of that name.
    #[error("there is such a tenant")]
    TenantExists,
    /// There is no tenant of that name.
    #[error("there is no such tenant")]
    NoSuchTenant,
    /// A tenant has no such token, or several.
    #[error("{found} tokens have that id")]
    NotOneToken {
        /// How many.
        found: usize,
    },
    /// Another agent speaks for a source.
    #[error("the agent with certificate {by} speaks for source {source_id}")]
    SourceTaken {
        /// The source.
        source_id: u16,
        /// The other agent's certificate.
        by: Fingerprint,
    },
    /// No agent of that source is connected.
    #[error("no agent of source {source_id} is connected")]
    NoAgent {
        /// The source.
        source_id: u16,
    },
    /// A pull of more than an agent serves at a time.
    #[error("a pull of {ranges} ranges and {bytes} bytes is too large")]
    PullTooLarge {
        /// Ranges asked for.
        ranges: usize,
        /// Bytes in them.
        bytes: u64,
    },
    /// An agent has so many pulls to answer that it gets no others.
    #[error("the agent has {pulls} pulls to answer")]
    AgentBusy {
        /// How many.
        pulls: usize,
    },
    /// The set of sightings.
    #[error(transparent)]
    Sightings(#[from] gleaner_index::Error),
    /// A source of an agent.
    #[error(transparent)]
    Access(#[from] gleaner_access::Error),
    /// What a server keeps of a tenant, or of itself, cannot be read.
    #[error("{name} cannot be used: {why}")]
    BadRecord {
        /// The object.
        name: ObjectName,
        /// What is wrong with it.
        why: String,
    },
    /// A server's own storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A server's folder cannot be used.
    #[error("{}", path.display())]
    Folder {
        /// The folder, or what is in it.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The system gives no thread for a session.
    #[error("no thread for a session")]
    Thread(#[source] io::Error),
    /// No random bytes for a nonce.
    #[error("no random bytes")]
    Random(#[source] io::Error),
}

impl Error {
    pub(crate) fn folder(path: &Path, source: io::Error) -> Self {
        Self::Folder { path: path.to_owned(), source }
    }

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Net(error) => match error.kind() {
                NetErrorKind::Denied => ErrorKind::Denied,
                NetErrorKind::Usage => ErrorKind::FixInput,
                NetErrorKind::Protocol => ErrorKind::Corrupt,
                _ => ErrorKind::Retry,
            },
            Self::Protocol(_) | Self::BadRecord { .. } => ErrorKind::Corrupt,
            Self::Refused { refusal } => match refusal {
                Refusal::Busy => ErrorKind::Retry,
                Refusal::Version => ErrorKind::FixInput,
                Refusal::Denied | Refusal::Protocol => ErrorKind::Denied,
            },
            Self::NoSuchTenant => ErrorKind::NotFound,
            Self::Storage(error) => error.kind(),
            Self::Packs(error) => error.kind(),
            Self::Folder { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                ErrorKind::NotFound
            }
            Self::NotATenant
            | Self::TenantExists
            | Self::NotOneToken { .. }
            | Self::SourceTaken { .. }
            | Self::PullTooLarge { .. }
            | Self::Folder { .. } => ErrorKind::FixInput,
            Self::Sightings(error) => error.kind(),
            Self::Ended { .. }
            | Self::InDoubt
            | Self::NoAgent { .. }
            | Self::AgentBusy { .. }
            | Self::Access(_)
            | Self::Source(_)
            | Self::Thread(_)
            | Self::Random(_) => ErrorKind::Retry,
        }
    }
}

impl From<InvalidName> for Error {
    fn from(error: InvalidName) -> Self {
        Self::Storage(error.into())
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
