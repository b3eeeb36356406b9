//! What a caller can do about an error, the same for every crate.

use std::fmt;

/// The one question an error must answer: what can the caller do now?
///
/// The command line maps these to exit codes in one table. The set is closed on purpose: a new
/// kind must be thought through in every `match`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ErrorKind {
    /// The same call may succeed later; nothing was acknowledged.
    Retry,
    /// The caller gave something that cannot work: a name, an option, a path.
    FixInput,
    /// Stored bytes are wrong or missing; never said of a version that is merely unknown.
    Corrupt,
    /// No space, quota or file size limit; nothing half-made is visible.
    Full,
    /// Somebody else holds what is needed.
    Locked,
    /// The operating system or a key refuses access.
    Denied,
    /// The named object does not exist.
    NotFound,
    /// Written by a newer version; the bytes may be perfectly good.
    UnsupportedVersion,
    /// The caller asked to stop.
    Cancelled,
    /// An invariant of our own does not hold.
    Bug,
}

impl ErrorKind {
    /// The stable lower-case word for machine-readable output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::FixInput => "fix_input",
            Self::Corrupt => "corrupt",
            Self::Full => "full",
            Self::Locked => "locked",
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::UnsupportedVersion => "unsupported_version",
            Self::Cancelled => "cancelled",
            Self::Bug => "bug",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
