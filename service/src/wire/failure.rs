//! What went wrong, as the other end can be told.

use std::io;

use gleaner_store::{ErrorKind, ObjectName, StorageError};
use minicbor::{Decode, Encode};

/// Why a server does not let a client in, or ends its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Refusal {
    /// No version that both speak.
    #[n(1)]
    Version,
    /// No such tenant, no such token, or not together: which of these is not told.
    #[n(2)]
    Denied,
    /// Too much at a time; later it may go.
    #[n(3)]
    Busy,
    /// The client does not keep to the protocol.
    #[n(4)]
    Protocol,
}

impl Refusal {
    /// In words.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Version => "it speaks no version of the protocol that this program speaks",
            Self::Denied => "tenant and token, or certificate, are not known together",
            Self::Busy => "it is busy",
            Self::Protocol => "it did not understand a message",
        }
    }
}

/// What kind of failure a request met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
enum Code {
    #[n(1)]
    NotFound,
    #[n(2)]
    Io,
    #[n(3)]
    Full,
    #[n(4)]
    Denied,
    #[n(5)]
    Short,
    #[n(6)]
    TooLarge,
    #[n(7)]
    Poisoned,
    #[n(8)]
    NotAFile,
    #[n(9)]
    Unsupported,
    #[n(10)]
    Contended,
}

/// A request that failed, with all that its caller needs to tell one failure from another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Failure {
    #[n(0)]
    code: Code,
    /// The object or folder.
    #[n(1)]
    name: String,
    /// The number that the operating system gave, if it gave one.
    #[n(2)]
    errno: Option<i32>,
    /// Offset, expected and found lengths, as far as the code has them.
    #[n(3)]
    numbers: [u64; 3],
}

/// Why a server did not do what its storage could have done; the source of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Forbidden {
    /// Not with this token or certificate.
    #[error("the server does not allow that to this token or certificate")]
    Right,
    /// The tenant has used up what it may take.
    #[error("the tenant's quota is used up")]
    Quota,
}

/// What an operation that failed at the other end is called here.
const OPERATION: &str = "request";

impl Failure {
    /// What the storage said.
    #[must_use]
    pub fn of(error: &StorageError) -> Self {
        let errno_of = |source: &io::Error| source.raw_os_error();
        let mut numbers = [0; 3];
        let (code, name, errno) = match error {
            StorageError::NotFound { name } => (Code::NotFound, Some(name), None),
            StorageError::Io { name, source, .. } => (Code::Io, Some(name), errno_of(source)),
            StorageError::Full { name, source } => (Code::Full, Some(name), errno_of(source)),
            StorageError::Denied { name, source, .. } => {
                (Code::Denied, Some(name), errno_of(source))
            }
            StorageError::Short { name, offset, expected, found } => {
                numbers = [*offset, *expected, *found];
                (Code::Short, Some(name), None)
            }
            StorageError::TooLarge { name, bytes, bytes_max } => {
                numbers = [0, *bytes_max, *bytes];
                (Code::TooLarge, Some(name), None)
            }
            StorageError::Poisoned { name, source } => {
                (Code::Poisoned, Some(name), source.as_ref().and_then(errno_of))
            }
            StorageError::NotAFile { name } => (Code::NotAFile, Some(name), None),
            StorageError::Contended { name, attempts } => {
                numbers = [u64::from(*attempts), 0, 0];
                (Code::Contended, Some(name), None)
            }
            StorageError::Unsupported { source, .. } => (Code::Unsupported, None, errno_of(source)),
            other if other.kind() == ErrorKind::FixInput => (Code::Unsupported, None, None),
            _ => (Code::Io, None, None),
        };
        Self { code, name: name.map(ToString::to_string).unwrap_or_default(), errno, numbers }
    }

    /// What the caller may not do.
    #[must_use]
    pub fn denied(name: &ObjectName) -> Self {
        Self { code: Code::Denied, name: name.to_string(), errno: None, numbers: [0; 3] }
    }

    /// What the tenant has no room for.
    #[must_use]
    pub fn over_quota(name: &ObjectName) -> Self {
        Self { code: Code::Full, name: name.to_string(), errno: None, numbers: [0; 3] }
    }

    /// A request that no server carries out: a name that is none, a part that fits no frame.
    #[must_use]
    pub fn unsupported() -> Self {
        Self { code: Code::Unsupported, name: String::new(), errno: None, numbers: [0; 3] }
    }

    /// The storage's error once more, at the other end. `asked` is what the request was about: a
    /// server does not get to put other names into the mouth of an error.
    #[must_use]
    pub fn into_error(self, asked: &ObjectName) -> StorageError {
        let source = || match self.errno {
            Some(errno) => io::Error::from_raw_os_error(errno),
            None => io::Error::other("the server did not say why"),
        };
        // The operating system gave no number: it is the server that does not want it.
        let source_or = |forbidden: Forbidden| match self.errno {
            Some(errno) => io::Error::from_raw_os_error(errno),
            None => io::Error::other(forbidden),
        };
        let name = ObjectName::new(&self.name).ok().filter(|name| is_about(name, asked));
        let name = name.unwrap_or_else(|| asked.clone());
        let [first, expected, found] = self.numbers;
        match self.code {
            Code::NotFound => StorageError::NotFound { name },
            Code::Io => StorageError::Io { name, operation: OPERATION, source: source() },
            Code::Full => StorageError::Full { name, source: source_or(Forbidden::Quota) },
            Code::Denied => {
                let source = source_or(Forbidden::Right);
                StorageError::Denied { name, operation: OPERATION, source }
            }
            Code::Short => StorageError::Short { name, offset: first, expected, found },
            Code::TooLarge => StorageError::TooLarge { name, bytes: found, bytes_max: expected },
            Code::Poisoned => {
                let source = self.errno.map(io::Error::from_raw_os_error);
                StorageError::Poisoned { name, source }
            }
            Code::NotAFile => StorageError::NotAFile { name },
            Code::Unsupported => {
                StorageError::Unsupported { operation: OPERATION, source: source() }
            }
            Code::Contended => {
                StorageError::Contended { name, attempts: first.try_into().unwrap_or(u32::MAX) }
            }
        }
    }
}

/// The same object, or one below the folder that was asked for.
fn is_about(name: &ObjectName, asked: &ObjectName) -> bool {
    name == asked || name.is_below(asked)
}
