//! What tokens stand for.

use std::collections::{BTreeSet, HashMap};

use crate::token::{Token, TokenHash};

/// What a token was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its hash; the token itself is kept nowhere.
    pub hash: TokenHash,
    /// What people call it.
    pub label: String,
    /// Whose it is.
    pub tenant: String,
    /// What may be done with it, in the words of the service that it is for.
    pub verbs: BTreeSet<String>,
    /// Nanoseconds since 1970 from which on it stands for nothing; `None` if that is never.
    pub expires_ns: Option<i64>,
}

/// Why a token stands for nothing. To whom it came both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRefused {
    /// Nobody made it, or it was revoked.
    #[error("no such token")]
    Unknown,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

/// The tokens of a server, in memory.
///
/// Found by hash: how long that takes says nothing about a token that somebody has not got.
#[derive(Debug, Clone, Default)]
pub struct TokenStore {
    records: HashMap<TokenHash, TokenRecord>,
}

impl TokenStore {
    /// Takes records; of two with one hash the later one.
    pub fn new(records: impl IntoIterator<Item = TokenRecord>) -> Self {
        let by_hash = |record: TokenRecord| (record.hash, record);
        Self { records: records.into_iter().map(by_hash).collect() }
    }

    /// What a token stands for at this time.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn check(&self, token: &Token, now_ns: i64) -> Result<&TokenRecord, TokenRefused> {
        let record = self.records.get(&token.hash()).ok_or(TokenRefused::Unknown)?;
        match record.expires_ns {
            Some(expires) if expires <= now_ns => Err(TokenRefused::Expired),
            _ => Ok(record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(token: &Token, expires_ns: Option<i64>) -> TokenRecord {
        TokenRecord {
            hash: token.hash(),
            label: "laptop".to_owned(),
            tenant: "a".to_owned(),
            verbs: BTreeSet::from(["backup".to_owned()]),
            expires_ns,
        }
    }

    #[test]
    fn token_counts_until_it_expires_or_is_revoked() {
        let [a, b, c] = [1, 2, 3].map(|byte| Token::from_random([byte; 32]));
        let store = TokenStore::new([record(&a, Some(1000)), record(&b, None)]);
        assert_eq!(store.check(&a, 999).unwrap().tenant, "a");
        assert_eq!(store.check(&a, 1000), Err(TokenRefused::Expired));
        assert!(store.check(&b, i64::MAX).is_ok());
        assert_eq!(store.check(&c, 0), Err(TokenRefused::Unknown));
        assert_eq!(TokenStore::default().check(&b, 0), Err(TokenRefused::Unknown));
    }
}
