//! Tenants of a server, and what lets whom in: a versioned object for each tenant.
//!
//! Whoever changes one reads it, and writes it as the next version if nobody else did meanwhile: so
//! any number of processes may, and a server that looks at each login sees it at the next one.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use gleaner_net::{Fingerprint, Token};
use gleaner_store::{ObjectName, Storage, StorageError, Update, Version};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::error::{Error, Result};
use crate::rights::Rights;

/// Letters of a tenant's name, at most.
const NAME_BYTES_MAX: usize = 64;
/// How often a change is tried while others change the same tenant.
const ATTEMPTS: u32 = 64;

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

/// All tenants of a server.
#[derive(Debug, Clone)]
pub struct Registry {
    storage: Arc<dyn Storage>,
}

impl Registry {
    /// Keeps tenants as `tenants/NAME/VERSION` of a storage.
    #[must_use]
    pub const fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage }
    }

    /// Names of all tenants, in order. Cost: a listing and a read for each.
    ///
    /// # Errors
    /// The storage's; [`Error::BadRecord`].
    pub fn tenants(&self) -> Result<Vec<(TenantName, TenantRecord)>> {
        let listed = match self.storage.list(&ObjectName::new("tenants")?) {
            Err(StorageError::NotFound { .. }) => Vec::new(),
            listed => listed?,
        };
        let name = |object: &ObjectName| object.as_str().split('/').nth(1)?.parse().ok();
        let mut names: Vec<TenantName> = listed.iter().filter_map(|it| name(&it.name)).collect();
        names.dedup();
        let mut tenants = Vec::with_capacity(names.len());
        for name in names {
            if let Some(record) = self.tenant(&name)? {
                tenants.push((name, record));
            }
        }
        Ok(tenants)
    }

    /// A tenant as it is now, `None` if there is none of that name. Cost: a listing and a read.
    ///
    /// # Errors
    /// As [`Self::tenants`].
    pub fn tenant(&self, name: &TenantName) -> Result<Option<TenantRecord>> {
        Ok(self.read(name)?.map(|(_, record)| record).filter(|record| !record.is_removed))
    }

    /// The same, with the version of its record: of two, the higher one is the newer.
    pub(crate) fn versioned(&self, name: &TenantName) -> Result<Option<(u64, TenantRecord)>> {
        let found = self.read(name)?.filter(|(_, record)| !record.is_removed);
        Ok(found.map(|(Version(version), record)| (version, record)))
    }

    /// Adds a tenant. Durable on return.
    ///
    /// # Errors
    /// [`Error::TenantExists`]; the storage's.
    pub fn add(&self, name: &TenantName, record: &TenantRecord) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let version = match self.read(name)? {
                Some((_, old)) if !old.is_removed => return Err(Error::TenantExists),
                found => found.map(|(version, _)| version),
            };
            if self.write(name, version, record)? {
                return Ok(());
            }
        }
        Err(contended(name)?)
    }

    /// Changes a tenant; `change` may be called more than once. Durable on return.
    ///
    /// # Errors
    /// [`Error::NoSuchTenant`]; the storage's; whatever `change` says, and then nothing changes.
    pub fn change<T>(
        &self,
        name: &TenantName,
        mut change: impl FnMut(&mut TenantRecord) -> Result<T>,
    ) -> Result<T> {
        for _ in 0..ATTEMPTS {
            let Some((version, mut record)) = self.read(name)?.filter(|(_, it)| !it.is_removed)
            else {
                return Err(Error::NoSuchTenant);
            };
            let result = change(&mut record)?;
            if self.write(name, Some(version), &record)? {
                return Ok(result);
            }
        }
        Err(contended(name)?)
    }

    fn read(&self, name: &TenantName) -> Result<Option<(Version, TenantRecord)>> {
        let object = object(name)?;
        let latest = match self.storage.read_latest(&object) {
            Err(StorageError::NotFound { .. }) => None,
            latest => latest?,
        };
        let Some((version, bytes)) = latest else { return Ok(None) };
        let record = minicbor::decode(&bytes)
            .map_err(|source| Error::BadRecord { name: object, why: source.to_string() })?;
        Ok(Some((version, record)))
    }

    /// False if somebody else changed it since that version.
    fn write(
        &self,
        name: &TenantName,
        version: Option<Version>,
        record: &TenantRecord,
    ) -> Result<bool> {
        let object = object(name)?;
        let bytes = minicbor::to_vec(record)
            .map_err(|error| Error::BadRecord { name: object.clone(), why: error.to_string() })?;
        let is_written =
            matches!(self.storage.update_if(&object, version, &bytes)?, Update::Written(_));
        if is_written && let Err(error) = self.storage.delete_old_versions(&object) {
            tracing::warn!(%error, tenant = %name, "old versions of a tenant are left");
        }
        Ok(is_written)
    }
}

fn contended(name: &TenantName) -> Result<Error> {
    let name = object(name)?;
    Ok(StorageError::Contended { name, attempts: ATTEMPTS }.into())
}

fn object(name: &TenantName) -> Result<ObjectName> {
    Ok(ObjectName::new("tenants")?.join(name.as_str())?)
}

#[cfg(test)]
mod tests;
