//! Tenants and agents of a server, and what lets whom in.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use gleaner_net::{Fingerprint, Token};
use gleaner_store::Storage;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::error::{Error, Result};
use crate::records::{Record, Records};
use crate::rights::Rights;

/// Letters of a tenant's name, at most.
const NAME_BYTES_MAX: usize = 64;

/// The name of a tenant: 1 to 64 of `[a-z0-9._-]`, the first of them a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(String);

impl TenantName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TenantName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let is_first = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_right = text.len() <= NAME_BYTES_MAX
            && text.as_bytes().first().is_some_and(is_first)
            && text.bytes().all(|byte| is_first(&byte) || b"._-".contains(&byte));
        if is_right { Ok(Self(text.to_owned())) } else { Err(Error::NotATenant) }
    }
}

/// A token that was made for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenRecord {
    /// Its hash; the token itself is kept nowhere.
    #[n(0)]
    pub hash: ByteArray<32>,
    /// What people call it.
    #[n(1)]
    pub label: String,
    /// Names of its rights.
    #[n(2)]
    pub rights: Vec<String>,
    /// Nanoseconds since 1970.
    #[n(3)]
    pub made_ns: i64,
    /// Nanoseconds since 1970 from which on it stands for nothing; `None` if that is never.
    #[n(4)]
    pub expires_ns: Option<i64>,
}

impl TokenRecord {
    /// What names it to people: the first 16 hex digits of its hash.
    #[must_use]
    pub fn id(&self) -> String {
        self.hash.iter().take(8).fold(String::new(), |mut id, byte| {
            use fmt::Write as _;
            // Writing to a string does not fail.
            let _infallible = write!(id, "{byte:02x}");
            id
        })
    }
}

/// A certificate that stands for rights of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CertificateRecord {
    /// SHA-256 of the certificate.
    #[n(0)]
    pub fingerprint: ByteArray<32>,
    /// Names of its rights.
    #[n(1)]
    pub rights: Vec<String>,
}

/// What a server knows of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TenantRecord {
    /// Nanoseconds since 1970.
    #[n(0)]
    pub made_ns: i64,
    /// Bytes that its repository may take, if there is a limit.
    #[n(1)]
    pub quota_bytes: Option<u64>,
    /// Its tokens.
    #[n(2)]
    pub tokens: Vec<TokenRecord>,
    /// Its certificates.
    #[n(3)]
    pub certificates: Vec<CertificateRecord>,
    /// Whether it is no tenant any more. Its versions go on, so that no change of before counts.
    #[n(4)]
    pub is_removed: bool,
}

impl TenantRecord {
    /// What a token stands for at this time; nothing if it is unknown or has expired.
    #[must_use]
    pub fn rights_of_token(&self, token: &Token, now_ns: i64) -> Rights {
        let hash = token.hash();
        let is_it = |record: &&TokenRecord| *record.hash == *hash.as_bytes();
        let record = self.tokens.iter().find(is_it);
        let record = record.filter(|it| it.expires_ns.is_none_or(|expires| now_ns < expires));
        record.map(|it| Rights::of_names(&it.rights)).unwrap_or_default()
    }

    /// What a certificate stands for.
    #[must_use]
    pub fn rights_of_certificate(&self, fingerprint: &Fingerprint) -> Rights {
        let is_it = |record: &&CertificateRecord| *record.fingerprint == *fingerprint.as_bytes();
        let record = self.certificates.iter().find(is_it);
        record.map(|it| Rights::of_names(&it.rights)).unwrap_or_default()
    }
}

impl Record for TenantRecord {
    const FOLDER: &'static str = "tenants";

    fn is_removed(&self) -> bool {
        self.is_removed
    }
}

/// What a server knows of an agent, who is known by a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgentRecord {
    /// Nanoseconds since 1970.
    #[n(0)]
    pub made_ns: i64,
    /// What people call it.
    #[n(1)]
    pub label: String,
    /// Sources that it may speak for.
    #[n(2)]
    pub sources: Vec<u16>,
    /// Whether it is no agent any more.
    #[n(3)]
    pub is_removed: bool,
    /// What the URLs begin with of what its sources may have.
    #[n(4)]
    pub urls: Option<Vec<String>>,
}

impl Record for AgentRecord {
    const FOLDER: &'static str = "agents";

    fn is_removed(&self) -> bool {
        self.is_removed
    }
}

/// All tenants and agents of a server.
#[derive(Debug, Clone)]
pub struct Registry {
    tenants: Records<TenantRecord>,
    agents: Records<AgentRecord>,
}

impl Registry {
    /// Keeps tenants as `tenants/NAME/VERSION` of a storage, agents as
    /// `agents/CERTIFICATE/VERSION`.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self { tenants: Records::new(Arc::clone(&storage)), agents: Records::new(storage) }
    }

    /// Looks whether there are records, without reading any.
    pub(crate) fn look(&self) -> Result<()> {
        self.tenants.names()?;
        self.agents.names().map(drop)
    }

    /// Names of all tenants, in order. Cost: a listing and a read for each.
    ///
    /// # Errors
    /// The storage's; [`Error::BadRecord`].
    pub fn tenants(&self) -> Result<Vec<(TenantName, TenantRecord)>> {
        let all = self.tenants.all()?.into_iter();
        Ok(all.filter_map(|(name, record)| Some((name.parse().ok()?, record))).collect())
    }

    /// A tenant as it is now, `None` if there is none of that name. Cost: a listing and a read.
    ///
    /// # Errors
    /// As [`Self::tenants`].
    pub fn tenant(&self, name: &TenantName) -> Result<Option<TenantRecord>> {
        Ok(self.versioned(name)?.map(|(_, record)| record))
    }

    /// The same, with the version of its record: of two, the higher one is the newer.
    pub(crate) fn versioned(&self, name: &TenantName) -> Result<Option<(u64, TenantRecord)>> {
        self.tenants.get(name.as_str())
    }

    /// Adds a tenant. Durable on return.
    ///
    /// # Errors
    /// [`Error::TenantExists`]; the storage's.
    pub fn add(&self, name: &TenantName, record: &TenantRecord) -> Result<()> {
        if self.tenants.add(name.as_str(), record)? { Ok(()) } else { Err(Error::TenantExists) }
    }

    /// Changes a tenant; `change` may be called more than once. Durable on return.
    ///
    /// # Errors
    /// [`Error::NoSuchTenant`]; the storage's; whatever `change` says, and then nothing changes.
    pub fn change<T>(
        &self,
        name: &TenantName,
        change: impl FnMut(&mut TenantRecord) -> Result<T>,
    ) -> Result<T> {
        self.tenants.change(name.as_str(), change)?.ok_or(Error::NoSuchTenant)
    }

    /// All agents, in order of their certificates. Cost: a listing and a read for each.
    ///
    /// # Errors
    /// As [`Self::tenants`].
    pub fn agents(&self) -> Result<Vec<(Fingerprint, AgentRecord)>> {
        let all = self.agents.all()?.into_iter();
        Ok(all.filter_map(|(name, record)| Some((name.parse().ok()?, record))).collect())
    }

    /// The agent with this certificate, as it is now. Cost: a listing and a read.
    ///
    /// # Errors
    /// As [`Self::tenants`].
    pub fn agent(&self, certificate: &Fingerprint) -> Result<Option<AgentRecord>> {
        Ok(self.agents.get(&certificate.to_string())?.map(|(_, record)| record))
    }

    /// Lets an agent speak for the record's sources, and for no others any more. Durable on return.
    ///
    /// # Errors
    /// [`Error::SourceTaken`] if another agent speaks for one of them; the storage's. (Two calls at
    /// the same time may both succeed: then the agent that came last speaks.)
    pub fn allow_agent(&self, certificate: &Fingerprint, record: &AgentRecord) -> Result<()> {
        for (other, known) in self.agents()? {
            let taken = known.sources.iter().find(|source| record.sources.contains(source));
            if let Some(source) = taken.filter(|_| other != *certificate) {
                return Err(Error::SourceTaken { source_id: *source, by: other });
            }
        }
        let name = certificate.to_string();
        let put = |known: &mut AgentRecord| {
            known.clone_from(record);
            Ok(())
        };
        while self.agents.change(&name, put)?.is_none() {
            if self.agents.add(&name, record)? {
                break;
            }
        }
        Ok(())
    }

    /// Lets an agent in no more; false if it was not. Durable on return.
    ///
    /// # Errors
    /// The storage's.
    pub fn deny_agent(&self, certificate: &Fingerprint) -> Result<bool> {
        let remove = |known: &mut AgentRecord| {
            known.is_removed = true;
            Ok(())
        };
        Ok(self.agents.change(&certificate.to_string(), remove)?.is_some())
    }
}

#[cfg(test)]
mod tests;
