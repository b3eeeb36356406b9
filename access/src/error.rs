//! What can be wrong with an object, and with a source.

use std::fmt;
use std::io;

use gleaner_chunker::ErrorKind;
use thiserror::Error;

/// Which cap of [`Limits`](crate::Limits) an object exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitKind {
    /// A cache file's own header, an HTTP or mail header block, or the number of its fields.
    Header,
    /// The object's key.
    Key,
    /// Folders below the root.
    FolderDepth,
    /// Parts of a mail, or parts within parts.
    MimeParts,
    /// Members of an archive.
    Members,
    /// The object's size.
    ObjectBytes,
    /// What a recipe gave.
    DecodedBytes,
    /// What a recipe gave for what it read.
    DecodeRatio,
    /// Chunks of one object, or the bytes that telling of them takes.
    Chunks,
    /// Steps of a recipe.
    RecipeSteps,
    /// The time that a recipe took.
    DecodeTime,
    /// Memory that a decoder asks for (a window, a dictionary).
    Memory,
}

impl LimitKind {
    /// The lower-case words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Key => "key",
            Self::FolderDepth => "folder depth",
            Self::MimeParts => "mime parts",
            Self::Members => "members",
            Self::ObjectBytes => "object bytes",
            Self::DecodedBytes => "decoded bytes",
            Self::DecodeRatio => "decode ratio",
            Self::Chunks => "chunks",
            Self::RecipeSteps => "recipe steps",
            Self::DecodeTime => "decode time",
            Self::Memory => "memory",
        }
    }
}

/// Why an agent does not believe that what a listing did not tell of is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SweepDoubt {
    /// Another folder lies under the root's name than the one whose objects are known, and most of
    /// these are not in it: nothing is mounted there, or something else.
    OtherRoot,
    /// The listing told of nothing, or of next to nothing, and many objects are known.
    FewTold,
}

impl SweepDoubt {
    /// What was found.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherRoot => "its root is another one",
            Self::FewTold => "next to nothing is left in it",
        }
    }
}

/// A sweep that an agent refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SweepRefusal {
    /// Why.
    pub doubt: SweepDoubt,
    /// Objects that were known.
    pub known: u64,
    /// Those among them that the listing did not tell of.
    pub unseen: u64,
}

impl fmt::Display for SweepRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { doubt, known, unseen } = self;
        write!(f, "{}, and {unseen} of {known} objects would go", doubt.as_str())
    }
}

/// An error of one object, or of a source as a whole; which one, its variants say.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The object is not there any more.
    #[error("the object is gone")]
    Gone,
    /// It is not the object any more that was listed, or it changed while it was read.
    #[error("the object changed")]
    Changed,
    /// It is still being written, or is locked by its server; it may be read later.
    #[error("the object is being written")]
    Busy,
    /// The operating system refuses access.
    #[error("access to the object is refused")]
    Denied,
    /// It is of a form that this version does not read.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// It contradicts its own format.
    #[error("corrupt: {0}")]
    Corrupt(&'static str),
    /// A journal is damaged before its end: what follows is whole. It was left as it is.
    #[error("corrupt: a journal is damaged at byte {offset}")]
    DamagedJournal {
        /// Where the record lies that is not sound.
        offset: u64,
    },
    /// It exceeds a cap.
    #[error("over the limit: {0:?}")]
    Limit(LimitKind),
    /// Reading failed.
    #[error("cannot read the object: {0}")]
    Io(#[source] io::Error),
    /// The whole source cannot be seen (root missing, other file system).
    #[error("the source is unavailable: {0}")]
    Unavailable(&'static str),
    /// There is nothing in the root of a source whose objects are known: it is taken to be
    /// unavailable, until somebody says that it is empty
    /// ([`believe_empty`](crate::AccessSource::believe_empty)).
    #[error("the source is unavailable: its root is empty all at once")]
    EmptyRoot,
    /// A listing ended well, and what it did not tell of was kept all the same, until the source is
    /// as it was or somebody confirms that it is to be so.
    #[error("the sweep is refused: {0}")]
    SweepRefused(SweepRefusal),
    /// The source cannot do what was asked.
    #[error("this source cannot {0}")]
    Incapable(&'static str),
    /// An option of the source cannot work.
    #[error("source option {option}: {problem}")]
    Configuration {
        /// The option's name.
        option: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
}

/// An [`enum@Error`] without its details: a stable word for counters and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are those of `Error`")]
pub enum Reason {
    Gone,
    Changed,
    Busy,
    Denied,
    Unsupported,
    Corrupt,
    Limit,
    Io,
    Unavailable,
    Incapable,
    Configuration,
    Cancelled,
}

impl Reason {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::Gone,
        Self::Changed,
        Self::Busy,
        Self::Denied,
        Self::Unsupported,
        Self::Corrupt,
        Self::Limit,
        Self::Io,
        Self::Unavailable,
        Self::Incapable,
        Self::Configuration,
        Self::Cancelled,
    ];

    /// Its place in [`Reason::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|&reason| reason == self).unwrap_or_default()
    }

    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Unsupported => "unsupported",
            Self::Corrupt => "corrupt",
            Self::Limit => "limit",
            Self::Io => "io",
            Self::Unavailable => "unavailable",
            Self::Incapable => "incapable",
            Self::Configuration => "configuration",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Error {
    /// The error without its details.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Gone => Reason::Gone,
            Self::Changed => Reason::Changed,
            Self::Busy => Reason::Busy,
            Self::Denied => Reason::Denied,
            Self::Unsupported(_) => Reason::Unsupported,
            Self::Corrupt(_) | Self::DamagedJournal { .. } => Reason::Corrupt,
            Self::Limit(_) => Reason::Limit,
            Self::Io(_) => Reason::Io,
            Self::Unavailable(_) | Self::EmptyRoot | Self::SweepRefused(_) => Reason::Unavailable,
            Self::Incapable(_) => Reason::Incapable,
            Self::Configuration { .. } => Reason::Configuration,
            Self::Cancelled => Reason::Cancelled,
        }
    }

    /// What the format says is wrong, or which cap; empty for the rest.
    #[must_use]
    pub const fn detail(&self) -> &'static str {
        match self {
            Self::Unsupported(detail)
            | Self::Corrupt(detail)
            | Self::Unavailable(detail)
            | Self::Incapable(detail) => detail,
            Self::Limit(kind) => kind.as_str(),
            Self::EmptyRoot => "its root is empty all at once",
            Self::SweepRefused(refusal) => refusal.doubt.as_str(),
            _ => "",
        }
    }

    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Gone => ErrorKind::NotFound,
            Self::Changed
            | Self::Busy
            | Self::Io(_)
            | Self::Unavailable(_)
            | Self::EmptyRoot
            | Self::SweepRefused(_) => ErrorKind::Retry,
            Self::Denied => ErrorKind::Denied,
            Self::Unsupported(_) => ErrorKind::UnsupportedVersion,
            Self::Corrupt(_) | Self::DamagedJournal { .. } | Self::Limit(_) => ErrorKind::Corrupt,
            Self::Incapable(_) | Self::Configuration { .. } => ErrorKind::FixInput,
            Self::Cancelled => ErrorKind::Cancelled,
        }
    }

    /// As an error of `std::io`, for readers; [`From`] brings it back whole.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        match self {
            Self::Io(error) => error,
            other => io::Error::other(other),
        }
    }
}

impl From<io::Error> for Error {
    /// ENOENT and ESTALE are [`Error::Gone`], EACCES and EPERM [`Error::Denied`], ELOOP (a link
    /// where a file was) [`Error::Changed`]; an [`enum@Error`] inside comes back as it was.
    fn from(error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(ours) => return ours,
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle => Self::Gone,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                Self::Changed
            }
            _ => Self::Io(error),
        }
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(errno: rustix::io::Errno) -> Self {
        io::Error::from(errno).into()
    }
}
