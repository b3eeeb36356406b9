//! The one error type of this crate.

use gleaner_net::ErrorKind as NetErrorKind;
use gleaner_store::ErrorKind;

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
    /// The system gives no thread for a session.
    #[error("no thread for a session")]
    Thread(#[source] std::io::Error),
    /// No random bytes for a nonce.
    #[error("no random bytes")]
    Random(#[source] std::io::Error),
}

impl Error {
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
            Self::Protocol(_) => ErrorKind::Corrupt,
            Self::Refused { refusal } => match refusal {
                Refusal::Busy => ErrorKind::Retry,
                Refusal::Version => ErrorKind::FixInput,
                Refusal::Denied | Refusal::Protocol => ErrorKind::Denied,
            },
            Self::Ended { .. } | Self::Thread(_) | Self::Random(_) => ErrorKind::Retry,
        }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
