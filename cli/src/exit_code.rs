//! Exit codes and their stable kinds: the one table of CLI.md section 7.

use std::fmt;
use std::sync::Arc;

use gleaner_engine::Error;
use gleaner_net::ErrorKind as NetErrorKind;
use gleaner_service::Error as ServiceError;
use gleaner_service::wire::{Forbidden, Refusal};
use gleaner_store::{Defect, Error as StoreError, ErrorKind, StorageError};

/// Why a run did not end with 0. The text form is stable and never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No space left in repository, cache or target.
    DiskFull,
    /// No snapshot fits the argument.
    NoSuchSnapshot,
    /// Several snapshots fit the argument.
    AmbiguousSnapshot,
    /// A path does not exist, on disk or in the snapshot.
    NoSuchPath,
    /// The operating system refused something that no other kind names.
    Io,
    /// A command that was run for its output failed.
    CommandFailed,
    /// A server cannot be reached, or went away.
    Network,
    /// An invariant of our own does not hold.
    Bug,
    /// The command line is wrong.
    Usage,
    /// A profile or an environment variable is wrong.
    Config,
    /// Part of the source could not be read.
    Unreadable,
    /// Part of the target could not be written.
    Unwritable,
    /// Damage was found.
    Damaged,
    /// A tree has names or an order that no backup of ours writes.
    HostileTree,
    /// A measured value is worse than its floor.
    Regression,
    /// Damage was found and fully healed.
    Healed,
    /// Stopped at a limit that the command line set.
    Limit,
    /// There is nothing at the place.
    NoRepository,
    /// What is at the place is no repository.
    NotARepository,
    /// A lease is held by another session.
    LeaseBusy,
    /// The session was fenced.
    Fenced,
    /// A password is needed and there is no way to get one.
    NoPassword,
    /// No key slot opens with the password.
    WrongPassword,
    /// A server does not let the token or certificate in, or not do this.
    Rejected,
    /// Written by a newer version of the format.
    NewerFormat,
    /// A server speaks no version of the protocol that this program speaks.
    NewerWire,
    /// A safety rule refused.
    Guard,
    /// A question was not answered with yes.
    Unconfirmed,
    /// Stopped by SIGINT.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
    /// The reader of a listing closed it: no failure at all.
    ClosedOutput,
}

impl Kind {
    /// All that `exit_error` may name.
    pub(crate) const ALL: [Self; 30] = [
        Self::DiskFull,
        Self::NoSuchSnapshot,
        Self::AmbiguousSnapshot,
        Self::NoSuchPath,
        Self::Io,
        Self::CommandFailed,
        Self::Network,
        Self::Bug,
        Self::Usage,
        Self::Config,
        Self::Unreadable,
        Self::Unwritable,
        Self::Damaged,
        Self::HostileTree,
        Self::Regression,
        Self::Healed,
        Self::Limit,
        Self::NoRepository,
        Self::NotARepository,
        Self::LeaseBusy,
        Self::Fenced,
        Self::NoPassword,
        Self::WrongPassword,
        Self::Rejected,
        Self::NewerFormat,
        Self::NewerWire,
        Self::Guard,
        Self::Unconfirmed,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The row of the table: exit code and text form.
    pub(crate) const fn row(self) -> (u8, &'static str) {
        match self {
            Self::ClosedOutput => (0, "closed_output"),
            Self::DiskFull => (1, "disk_full"),
            Self::NoSuchSnapshot => (1, "no_such_snapshot"),
            Self::AmbiguousSnapshot => (1, "ambiguous_snapshot"),
            Self::NoSuchPath => (1, "no_such_path"),
            Self::Io => (1, "io"),
            Self::CommandFailed => (1, "command_failed"),
            Self::Network => (1, "network"),
            Self::Bug => (1, "bug"),
            Self::Usage => (2, "usage"),
            Self::Config => (2, "config"),
            Self::Unreadable => (3, "unreadable"),
            Self::Unwritable => (3, "unwritable"),
            Self::Damaged => (4, "damaged"),
            Self::HostileTree => (4, "hostile_tree"),
            Self::Regression => (4, "regression"),
            Self::Healed => (5, "healed"),
            Self::Limit => (6, "limit"),
            Self::NoRepository => (10, "no_repository"),
            Self::NotARepository => (10, "not_a_repository"),
            Self::LeaseBusy => (11, "lease_busy"),
            Self::Fenced => (11, "fenced"),
            Self::NoPassword => (12, "no_password"),
            Self::WrongPassword => (12, "wrong_password"),
            Self::Rejected => (12, "rejected"),
            Self::NewerFormat => (13, "newer_format"),
            Self::NewerWire => (13, "newer_wire"),
            Self::Guard => (14, "guard"),
            Self::Unconfirmed => (14, "unconfirmed"),
            Self::Interrupted => (130, "interrupted"),
            Self::Terminated => (143, "interrupted"),
        }
    }

    pub(crate) const fn code(self) -> u8 {
        self.row().0
    }
}

/// What each exit code means, for all verbs alike.
pub(crate) const EXIT_CODES: &[(u8, &str)] = &[
    (0, "Done as asked."),
    (1, "Failed, and nothing below fits."),
    (2, "The command line or a profile is wrong; nothing was touched."),
    (3, "Finished, but part was skipped, unreadable or unwritable."),
    (4, "Damage or tampering was found and not healed; bench: a floor was not reached."),
    (5, "Damage was found and fully healed."),
    (6, "Stopped at a limit that the command line set; the next run goes on."),
    (10, "There is no repository."),
    (11, "A lease is not available."),
    (12, "The password or key is missing, wrong, or was rejected."),
    (13, "The format is newer than this program; nothing was touched."),
    (14, "Refused by a guard: a safety rule, or a confirmation that is missing."),
    (130, "Stopped by SIGINT."),
    (143, "Stopped by SIGTERM."),
];

/// A run that does not end with 0: what `exit_error` says.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Code and stable kind.
    pub(crate) kind: Kind,
    /// One line for people; may name paths and ids, never a secret.
    pub(crate) message: String,
    /// What to type next, if that is known.
    pub(crate) next_command: Option<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), next_command: None }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn next(mut self, command: impl Into<String>) -> Self {
        self.next_command = Some(command.into());
        self
    }

    /// An operating system error about `what`, most often a path.
    pub(crate) fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull
            | std::io::ErrorKind::QuotaExceeded
            | std::io::ErrorKind::FileTooLarge => Kind::DiskFull,
            std::io::ErrorKind::NotFound => Kind::NoSuchPath,
            std::io::ErrorKind::BrokenPipe => Kind::ClosedOutput,
            _ => Kind::Io,
        };
        Self::new(kind, format!("{what}: {error}"))
    }
}

/// The whole chain of causes on one line.
pub(crate) fn message_of(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Transparent wrappers repeat their cause.
        if !message.ends_with(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(kind_of(&error), message_of(&error));
        match error {
            Error::LiveSetShrank { .. } => failure.next("gleaner prune --unsafe-allow-shrink"),
            Error::SessionsLive { .. } | Error::MaintenanceRuns { .. } => {
                failure.next("gleaner list leases")
            }
            _ => failure,
        }
    }
}

#[cfg(feature = "rocksdb")]
impl From<gleaner_index::Error> for Failure {
    fn from(error: gleaner_index::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Error::from(error).into()
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::from(&error)
    }
}

impl From<&ServiceError> for Failure {
    fn from(error: &ServiceError) -> Self {
        Self::new(kind_of_service(error), message_of(error))
    }
}

fn kind_of_service(error: &ServiceError) -> Kind {
    match error {
        ServiceError::Refused { refusal: Refusal::Denied } => Kind::Rejected,
        ServiceError::Refused { refusal: Refusal::Version } => Kind::NewerWire,
        ServiceError::Refused { .. }
        | ServiceError::Ended { .. }
        | ServiceError::InDoubt
        | ServiceError::Protocol(_)
        | ServiceError::Thread(_)
        | ServiceError::Random(_) => Kind::Network,
        ServiceError::Net(error) => match error.kind() {
            // Whoever answered is not who was named.
            NetErrorKind::Denied => Kind::Guard,
            NetErrorKind::Usage => Kind::Config,
            _ => Kind::Network,
        },
        ServiceError::NotATenant | ServiceError::NotOneToken { .. } => Kind::Usage,
        ServiceError::TenantExists | ServiceError::SourceTaken { .. } => Kind::Guard,
        ServiceError::NoSuchTenant => Kind::NoSuchPath,
        ServiceError::Folder { source, .. } => Failure::io("", source).kind,
        error => kind_by_cure(error.kind()),
    }
}

/// Whether a storage failed because its server could not be reached any more.
fn is_of_network(error: &StorageError) -> bool {
    let StorageError::Io { source, .. } = error else { return false };
    let Some(source) = source.get_ref() else { return false };
    source.is::<ServiceError>() || source.is::<Arc<ServiceError>>()
}

/// Whether a server did not allow something that its storage could have done.
fn is_forbidden(error: &StorageError) -> bool {
    let StorageError::Denied { source, .. } = error else { return false };
    let Some(source) = source.get_ref() else { return false };
    source.is::<Forbidden>()
}

/// The one mapping from the engine's errors to kinds: special cases first, then by what a caller
/// can do.
fn kind_of(error: &Error) -> Kind {
    match error {
        Error::NotARepository { .. } => Kind::NotARepository,
        Error::NotEmpty { .. }
        | Error::LastKeySlot
        | Error::LiveSetShrank { .. }
        | Error::Store(StoreError::SecretEmpty | StoreError::KdfCost) => Kind::Guard,
        Error::NoSuchSnapshot => Kind::NoSuchSnapshot,
        Error::AmbiguousSnapshot { .. } => Kind::AmbiguousSnapshot,
        Error::NoSuchPath { .. }
        | Error::NotAFile { .. }
        | Error::NothingToBackUp
        | Error::Source(_) => Kind::NoSuchPath,
        Error::NotEncrypted
        | Error::NoSuchKeySlot
        | Error::NoSuchLease
        | Error::IndexInMemory
        | Error::Chunker(_) => Kind::Usage,
        Error::Output(source) => Failure::io("output", source).kind,
        Error::Input(source) => Failure::io("input", source).kind,
        Error::Target(error) => match error.as_io() {
            Some(source) => Failure::io("target", source).kind,
            None => Kind::Io,
        },
        Error::Store(StoreError::Storage(error))
        | Error::StorageUnreliable { source: StoreError::Storage(error), .. }
            if is_of_network(error) =>
        {
            Kind::Network
        }
        Error::Store(StoreError::Storage(error))
        | Error::StorageUnreliable { source: StoreError::Storage(error), .. }
            if is_forbidden(error) =>
        {
            Kind::Rejected
        }
        Error::Store(StoreError::NoRepository { .. }) => Kind::NoRepository,
        Error::Store(StoreError::WrongSecret { .. }) => Kind::WrongPassword,
        Error::Store(StoreError::SecretMissing) => Kind::NoPassword,
        Error::Store(StoreError::Fenced) => Kind::Fenced,
        Error::Store(StoreError::Damaged { defect: Defect::Name | Defect::Order, .. }) => {
            Kind::HostileTree
        }
        other => kind_by_cure(other.kind()),
    }
}

const fn kind_by_cure(kind: ErrorKind) -> Kind {
    match kind {
        ErrorKind::Corrupt => Kind::Damaged,
        ErrorKind::Full => Kind::DiskFull,
        ErrorKind::Locked => Kind::LeaseBusy,
        ErrorKind::UnsupportedVersion => Kind::NewerFormat,
        ErrorKind::Cancelled => Kind::Interrupted,
        ErrorKind::Bug => Kind::Bug,
        ErrorKind::Retry | ErrorKind::FixInput | ErrorKind::Denied | ErrorKind::NotFound => {
            Kind::Io
        }
    }
}
