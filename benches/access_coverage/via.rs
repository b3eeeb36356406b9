//! The servers that the subscriber gets things through.

use crate::treatment::Treatment;

/// One server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Via {
    Acng,
    Squid,
    Nginx,
    Dovecot,
}

impl Via {
    pub(crate) const ALL: [Self; 4] = [Self::Acng, Self::Squid, Self::Nginx, Self::Dovecot];

    /// As it stands in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Acng => "apt-cacher-ng",
            Self::Squid => "Squid",
            Self::Nginx => "nginx",
            Self::Dovecot => "Dovecot",
        }
    }

    /// As it stands in paths.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Acng => "acng",
            Self::Squid => "squid",
            Self::Nginx => "nginx",
            Self::Dovecot => "dovecot",
        }
    }
}

/// What the subscriber got and what it did with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Download {
    pub(crate) via: Via,
    pub(crate) treatment: Treatment,
    /// As the subscriber's program handed it over: without content coding.
    pub(crate) bytes: u64,
}
