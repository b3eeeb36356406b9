//! The one error type of this crate.

use std::io;

use crate::fingerprint::Fingerprint;

/// Why something on the network did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A socket failed: connecting, reading, writing, listening.
    #[error("{during}")]
    Io {
        /// What was tried.
        during: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The other end is not who it has to be, or does not speak TLS 1.3 as we do.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The other end has another certificate than the one that was pinned.
    #[error("the other end's certificate has fingerprint {found}, not {expected}")]
    OtherCertificate {
        /// What was pinned.
        expected: Fingerprint,
        /// What is there.
        found: Fingerprint,
    },
    /// A certificate or key that was handed in cannot be used.
    #[error("{what} cannot be used: {why}")]
    BadCertificate {
        /// Which.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A text is no host name, or no token.
    #[error("not a {what}")]
    BadText {
        /// What it should be.
        what: &'static str,
    },
    /// A frame is longer than either side may send.
    #[error("a frame of {bytes} bytes, of which {bytes_max} are allowed")]
    FrameTooLong {
        /// Length that was declared, or is to be sent.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// The other end was silent for too long, or too slow.
    #[error("the other end took too long: {during}")]
    TimedOut {
        /// What was waited for.
        during: &'static str,
    },
    /// The connection was cut: it ended without being closed, or inside of a frame.
    #[error("the connection was cut")]
    Cut,
}

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Try again later: the network, or the other end, is not well.
    Retry,
    /// Nothing before somebody looks at certificates, pins or tokens.
    Denied,
    /// Nothing: the other end does not keep to the protocol.
    Protocol,
    /// The caller handed in something that cannot be used.
    Usage,
}

impl Error {
    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { .. } | Self::TimedOut { .. } | Self::Cut => ErrorKind::Retry,
            Self::OtherCertificate { .. } => ErrorKind::Denied,
            Self::Tls(error) => match error {
                rustls::Error::InvalidCertificate(_)
                | rustls::Error::NoCertificatesPresented
                | rustls::Error::AlertReceived(_) => ErrorKind::Denied,
                _ => ErrorKind::Protocol,
            },
            Self::BadCertificate { .. } | Self::BadText { .. } => ErrorKind::Usage,
            Self::FrameTooLong { .. } => ErrorKind::Protocol,
        }
    }

    pub(crate) fn io(during: &'static str, source: io::Error) -> Self {
        match source.kind() {
            // What a read or write says whose time is over, by platform.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::TimedOut { during },
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io { during, source },
        }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
