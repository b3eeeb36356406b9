//! Whose data is where, and who is let in to it.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_net::{Fingerprint, Token};
use gleaner_store::{LAYOUT_FOLDERS, ObjectName, Storage, StorageError, layout};

use super::quota::{Quota, Room};
use super::sessions::Owner;
use crate::error::Result;
use crate::registry::{Registry, TenantName, TenantRecord};
use crate::rights::Rights;

/// Where repositories of tenants are.
pub trait Repositories: Send + Sync + Debug {
    /// The storage of a tenant's repository, made if there is none yet.
    ///
    /// # Errors
    /// Whatever keeps it from being used.
    fn open(&self, tenant: &TenantName) -> Result<Arc<dyn Storage>, StorageError>;
}

/// Above the limit, for sessions that may prune: they write before they delete.
const SLACK_BYTES_MIN: u64 = 256 << 20;

/// Bytes of an object that says that somebody lives, or what is to go.
const SIGN_BYTES_MAX: u64 = 64 << 10;
/// Above the limit, for signs of life of those who may not prune.
const SIGNS_BYTES_MAX: u64 = 16 << 20;

/// By what somebody is known.
#[derive(Debug, Clone)]
enum Credential {
    Token(Token),
    Certificate(Fingerprint),
}

/// What a session may do, and with what.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    tenant: TenantName,
    /// When the tenant was made.
    made_ns: i64,
    credential: Credential,
    pub(super) storage: Arc<dyn Storage>,
    pub(super) rights: Rights,
    pub(super) quota: Arc<Quota>,
    quota_bytes: Option<u64>,
    /// Whether the repository is known to have its folders.
    pub(super) has_layout: Arc<AtomicBool>,
}

impl Grant {
    pub(super) fn owner(&self) -> Owner {
        Owner { tenant: self.tenant.clone(), made_ns: self.made_ns }
    }

    /// Room for an object; `None` if the tenant has not got so much. Whoever has used up all of it
    /// must still be able to forget and prune: for that there is a tenth more, or 256 MiB.
    pub(super) fn room_for(&self, name: &ObjectName, bytes: u64) -> Option<Room> {
        // What no repository has is not counted.
        if self.quota_bytes.is_some() && !is_of_repository(name) {
            return None;
        }
        let top = name.as_str().split('/').next().unwrap_or_default();
        let is_sign = bytes <= SIGN_BYTES_MAX
            && matches!(top, "leases" | "forgotten" | "epoch" | "condemned" | "locks");
        let tenth = self.quota_bytes.unwrap_or_default() / 10;
        let slack = match (self.rights.may_maintain(), is_sign) {
            (true, true) => u64::MAX,
            (true, false) => tenth.max(SLACK_BYTES_MIN),
            // A restore takes a lease too.
            (false, true) => SIGNS_BYTES_MAX,
            (false, false) => 0,
        };
        self.quota.take(bytes, slack)
    }
}

fn is_of_repository(name: &ObjectName) -> bool {
    let is_below = |folder: &&str| {
        let rest = name.as_str().strip_prefix(*folder);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    [layout::config(), layout::reserve()].contains(name) || LAYOUT_FOLDERS.iter().any(is_below)
}

/// All tenants of a server.
#[derive(Debug)]
pub struct Tenants {
    registry: Registry,
    repositories: Arc<dyn Repositories>,
    opened: Mutex<HashMap<TenantName, Opened>>,
}

/// What all sessions of a tenant share: of a sync that failed all must know, and of what is used.
#[derive(Debug, Clone)]
struct Opened {
    /// When the tenant was made: of one that was removed nothing counts any more.
    made_ns: i64,
    storage: Arc<dyn Storage>,
    quota: Arc<Quota>,
    has_layout: Arc<AtomicBool>,
}

impl Tenants {
    /// Takes who the tenants are, and where their repositories are.
    #[must_use]
    pub fn new(registry: Registry, repositories: Arc<dyn Repositories>) -> Self {
        Self { registry, repositories, opened: Mutex::default() }
    }

    /// Whether the records can be read at all.
    pub(super) fn look(&self) -> Result<()> {
        self.registry.look()
    }

    /// What somebody may do who comes with this certificate and this token's text; the token counts
    /// if there is one. `None` says nothing of which of them is wrong, or whether there is such a
    /// tenant. What was changed in the registry counts from here on.
    ///
    /// # Errors
    /// The registry's and the repository's.
    pub(super) fn log_in(
        &self,
        tenant: &str,
        token: &str,
        certificate: Option<Fingerprint>,
        now_ns: i64,
    ) -> Result<Option<Grant>> {
        let credential = if token.is_empty() {
            certificate.map(Credential::Certificate)
        } else {
            token.parse().ok().map(Credential::Token)
        };
        let Ok(tenant) = tenant.parse::<TenantName>() else { return Ok(None) };
        let Some(credential) = credential else { return Ok(None) };
        let Some((rights, _, record)) = self.rights(&tenant, &credential, now_ns)? else {
            return Ok(None);
        };
        let Opened { storage, quota, has_layout, .. } = self.open(&tenant, record.made_ns)?;
        // Once more: who was removed meanwhile would have got the folder made anew.
        let Some((again, version, record)) = self.rights(&tenant, &credential, now_ns)? else {
            return Ok(None);
        };
        if again != rights {
            return Ok(None);
        }
        let TenantRecord { quota_bytes, made_ns, .. } = record;
        quota.limit(version, quota_bytes, &*storage)?;
        Ok(Some(Grant {
            tenant,
            made_ns,
            credential,
            storage,
            rights,
            quota,
            quota_bytes,
            has_layout,
        }))
    }

    /// Whether a session may still do what it was granted.
    ///
    /// # Errors
    /// The registry's.
    pub(super) fn still_grants(&self, grant: &Grant, now_ns: i64) -> Result<bool> {
        let rights = self.rights(&grant.tenant, &grant.credential, now_ns)?;
        Ok(rights.is_some_and(|(rights, ..)| rights == grant.rights))
    }

    /// Rights by a tenant's record, and the record; `None` if there are none.
    fn rights(
        &self,
        tenant: &TenantName,
        credential: &Credential,
        now_ns: i64,
    ) -> Result<Option<(Rights, u64, TenantRecord)>> {
        let Some((version, record)) = self.registry.versioned(tenant)? else { return Ok(None) };
        let rights = match credential {
            Credential::Token(token) => record.rights_of_token(token, now_ns),
            Credential::Certificate(fingerprint) => record.rights_of_certificate(fingerprint),
        };
        Ok(rights.may_read().then_some((rights, version, record)))
    }

    fn open(&self, tenant: &TenantName, made_ns: i64) -> Result<Opened> {
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = all.get(tenant).filter(|opened| opened.made_ns == made_ns) {
            return Ok(opened.clone());
        }
        let storage = self.repositories.open(tenant)?;
        let (quota, has_layout) = (Arc::default(), Arc::default());
        let opened = Opened { made_ns, storage, quota, has_layout };
        all.insert(tenant.clone(), opened.clone());
        Ok(opened)
    }
}

#[cfg(test)]
mod tests {
    use gleaner_store::MemoryStorage;
    use minicbor::bytes::ByteArray;

    use super::*;
    use crate::registry::{CertificateRecord, TokenRecord};
    use crate::rights::Right;

    #[derive(Debug)]
    struct InMemory;

    impl Repositories for InMemory {
        fn open(&self, _: &TenantName) -> Result<Arc<dyn Storage>, StorageError> {
            Ok(Arc::new(MemoryStorage::new()))
        }
    }

    fn record(token: &Token, rights: &[&str]) -> TokenRecord {
        TokenRecord {
            hash: ByteArray::from(*token.hash().as_bytes()),
            label: String::new(),
            rights: rights.iter().map(|right| (*right).to_owned()).collect(),
            made_ns: 0,
            expires_ns: Some(1000),
        }
    }

    #[test]
    fn quota_leaves_room_for_signs_and_for_those_who_prune_and_none_for_what_is_not_counted() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let quota = Arc::new(Quota::default());
        quota.limit(1, Some(1000), &*storage).unwrap();
        quota.take(1000, 0).unwrap().keep();
        let room = |right: Right, name: &str, bytes: u64| {
            let grant = Grant {
                made_ns: 0,
                tenant: "a".parse().unwrap(),
                credential: Credential::Certificate(Fingerprint::from_bytes([0; 32])),
                storage: Arc::clone(&storage),
                rights: Rights::from_iter([right]),
                quota: Arc::clone(&quota),
                quota_bytes: Some(1000),
                has_layout: Arc::default(),
            };
            grant.room_for(&ObjectName::new(name).unwrap(), bytes).is_some()
        };
        assert!(!room(Right::Append, "data/00/a", 1) && !room(Right::Append, "snapshots/a", 1));
        assert!(room(Right::Append, "leases/a", 1 << 16));
        assert!(!room(Right::Append, "leases/a", (1 << 16) + 1));
        assert!(room(Right::Maintain, "data/00/a", SLACK_BYTES_MIN));
        assert!(!room(Right::Maintain, "data/00/a", SLACK_BYTES_MIN + 1));
        assert!(room(Right::Administer, "config", 1) && !room(Right::Administer, "config2", 1));
        assert!(!room(Right::Administer, "data", 1) && !room(Right::Administer, "x/y", 1));
        quota.take(SLACK_BYTES_MIN, u64::MAX).unwrap().keep();
        assert!(
            !room(Right::Maintain, "data/00/a", 1) && !room(Right::Append, "leases/a", 1 << 16)
        );
        assert!(room(Right::Maintain, "epoch/1", 1 << 16) && room(Right::Maintain, "leases/a", 9));
    }

    #[test]
    fn nobody_is_let_in_but_with_what_was_made_for_this_tenant() {
        let [a, b, idle, gone, revoked] =
            [1, 2, 3, 4, 5].map(|byte| Token::from_random([byte; 32]));
        let (known, other) = (Fingerprint::from_bytes([1; 32]), Fingerprint::from_bytes([2; 32]));
        let registry = Registry::new(Arc::new(MemoryStorage::new()));
        let add = |name: &str, tokens: Vec<TokenRecord>, certificates| {
            let record = TenantRecord { tokens, certificates, ..TenantRecord::default() };
            registry.add(&name.parse().unwrap(), &record).unwrap();
        };
        let certificate = CertificateRecord {
            fingerprint: ByteArray::from([1; 32]),
            rights: vec!["read".into()],
        };
        let of_a = [&a, &revoked].map(|token| record(token, &["append"]));
        add("a", [of_a.to_vec(), vec![record(&idle, &["dance"])]].concat(), vec![certificate]);
        add("b", vec![record(&b, &["append"])], Vec::new());
        add("gone", vec![record(&gone, &["append"])], Vec::new());
        let tenants = Tenants::new(registry.clone(), Arc::new(InMemory));
        let text = |token: &Token| token.to_text().to_string();
        let rights = |tenant: &str, token: &str, certificate, now| {
            tenants.log_in(tenant, token, certificate, now).unwrap().map(|grant| grant.rights)
        };
        let append = Some(Rights::from_iter([Right::Append]));
        let granted = tenants.log_in("a", &text(&revoked), None, 999).unwrap().unwrap();
        let still = |now| tenants.still_grants(&granted, now).unwrap();
        assert!(still(999) && !still(1000));
        assert_eq!(rights("a", &text(&a), None, 999), append);
        assert_eq!(rights("a", &text(&revoked), None, 999), append);
        assert_eq!(rights("gone", &text(&gone), None, 999), append);
        assert_eq!(rights("a", &text(&a), Some(other), 999), append, "the token counts");
        assert_eq!(rights("a", "", Some(known), 999), Some(Rights::from_iter([Right::Read])));
        let change = |name: &str, change: &dyn Fn(&mut TenantRecord)| {
            let change = |record: &mut TenantRecord| {
                change(record);
                Ok(())
            };
            registry.change(&name.parse().unwrap(), change).unwrap();
        };
        change("a", &|record| drop(record.tokens.remove(1)));
        change("gone", &|record| record.is_removed = true);
        assert!(!still(999), "revoked");
        for (tenant, token, certificate, now) in [
            ("a", text(&a), None, 1000),
            ("a", text(&b), None, 999),
            ("b", text(&a), None, 999),
            ("a", text(&idle), None, 999),
            ("a", text(&revoked), None, 999),
            ("gone", text(&gone), None, 999),
            ("a", "rubbish".to_owned(), Some(known), 999),
            ("a", text(&b), Some(known), 999),
            ("a", String::new(), None, 999),
            ("a", String::new(), Some(other), 999),
            ("b", String::new(), Some(known), 999),
            ("", String::new(), Some(known), 999),
            ("../a", text(&a), None, 999),
        ] {
            assert_eq!(rights(tenant, &token, certificate, now), None, "{tenant} {token}");
        }
    }
}
