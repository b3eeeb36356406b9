//! Whose data is where, and who is let in to it.

use std::collections::HashMap;
use std::sync::Arc;

use gleaner_net::{Fingerprint, Token, TokenStore};
use gleaner_store::Storage;

use super::rights::Rights;

/// Where a tenant's repository is.
#[derive(Debug, Clone)]
pub struct TenantPlace {
    /// Its storage.
    pub storage: Arc<dyn Storage>,
    /// Certificates that stand for rights here.
    pub certificates: HashMap<Fingerprint, Rights>,
}

/// What a session may do, and with what.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The tenant's storage.
    pub storage: Arc<dyn Storage>,
    /// What may be done with it.
    pub rights: Rights,
}

/// All tenants of a server.
#[derive(Debug, Default)]
pub struct Tenants {
    places: HashMap<String, TenantPlace>,
    tokens: TokenStore,
}

impl Tenants {
    /// Takes tenants by their names, and the tokens of all of them.
    #[must_use]
    pub const fn new(places: HashMap<String, TenantPlace>, tokens: TokenStore) -> Self {
        Self { places, tokens }
    }

    /// What somebody may do who comes with this certificate and this token's text; the token counts
    /// if there is one. `None` says nothing of which of them is wrong, or whether there is such a
    /// tenant.
    pub(super) fn log_in(
        &self,
        tenant: &str,
        token: &str,
        certificate: Option<Fingerprint>,
        now_ns: i64,
    ) -> Option<Grant> {
        let place = self.places.get(tenant);
        let rights = if token.is_empty() {
            place?.certificates.get(&certificate?)?.clone()
        } else {
            let token: Token = token.parse().ok()?;
            let record = self.tokens.check(&token, now_ns).ok()?;
            (record.tenant == tenant).then(|| Rights::of_verbs(&record.verbs))?
        };
        Some(Grant { storage: Arc::clone(&place?.storage), rights }).filter(|g| g.rights.may_read())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gleaner_net::TokenRecord;
    use gleaner_store::MemoryStorage;

    use super::*;
    use crate::server::Right;

    fn record(token: &Token, tenant: &str, verbs: &[&str]) -> TokenRecord {
        TokenRecord {
            hash: token.hash(),
            label: String::new(),
            tenant: tenant.to_owned(),
            verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect::<BTreeSet<_>>(),
            expires_ns: Some(1000),
        }
    }

    #[test]
    fn nobody_is_let_in_but_with_what_was_made_for_this_tenant() {
        let [a, b, idle, gone] = [1, 2, 3, 4].map(|byte| Token::from_random([byte; 32]));
        let (known, other) = (Fingerprint::from_bytes([1; 32]), Fingerprint::from_bytes([2; 32]));
        let certificates = HashMap::from([(known, Rights::from_iter([Right::Read]))]);
        let place = TenantPlace { storage: Arc::new(MemoryStorage::new()), certificates };
        let empty = TenantPlace { certificates: HashMap::new(), ..place.clone() };
        let places = HashMap::from([("a".to_owned(), place), ("b".to_owned(), empty)]);
        let tokens = TokenStore::new([
            record(&a, "a", &["append"]),
            record(&b, "b", &["append"]),
            record(&idle, "a", &["dance"]),
            record(&gone, "gone", &["append"]),
        ]);
        let tenants = Tenants::new(places, tokens);
        let text = |token: &Token| token.to_text().to_string();
        let rights = |tenant: &str, token: &str, certificate, now| {
            tenants.log_in(tenant, token, certificate, now).map(|grant| grant.rights)
        };
        let append = Some(Rights::from_iter([Right::Append]));
        assert_eq!(rights("a", &text(&a), None, 999), append);
        assert_eq!(rights("a", &text(&a), Some(other), 999), append, "the token counts");
        assert_eq!(rights("a", "", Some(known), 999), Some(Rights::from_iter([Right::Read])));
        for (tenant, token, certificate, now) in [
            ("a", text(&a), None, 1000),
            ("a", text(&b), None, 999),
            ("b", text(&a), None, 999),
            ("a", text(&idle), None, 999),
            ("gone", text(&gone), None, 999),
            ("a", "rubbish".to_owned(), Some(known), 999),
            ("a", text(&b), Some(known), 999),
            ("a", String::new(), None, 999),
            ("a", String::new(), Some(other), 999),
            ("b", String::new(), Some(known), 999),
            ("", String::new(), Some(known), 999),
        ] {
            assert_eq!(rights(tenant, &token, certificate, now), None, "{tenant} {token}");
        }
    }
}
