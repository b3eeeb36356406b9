//! Who may learn that an object is there.
//!
//! The scope is decided before anything about an object leaves the process; what is in nobody's
//! scope is not indexed at all.

/// Number of a subscriber, given out by the provider and never used for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriberId(u64);

impl SubscriberId {
    /// Wraps a number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Number of a tenant whose data the provider hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(u64);

impl TenantId {
    /// Wraps a number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Who may learn of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody.
    Public,
    /// Those to whom an access log shows that it was served.
    Log,
    /// One subscriber.
    Owner(SubscriberId),
    /// One tenant.
    Tenant(TenantId),
}

/// Which subscriber owns what lies below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedFolder {
    /// The folder's path from the source's root, without a slash at the end; empty for the root.
    pub folder: Vec<u8>,
    /// Whose it is.
    pub owner: SubscriberId,
}

/// The scope of a source's objects, from its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopePolicy {
    /// Each object is public, unless its server says otherwise (`private`, `Set-Cookie`).
    Public,
    /// Each object is for those whom a log names.
    Log,
    /// All is one subscriber's.
    Owner(SubscriberId),
    /// All is one tenant's.
    Tenant(TenantId),
    /// An object is of whoever owns the deepest listed folder above it; others are not indexed.
    OwnedFolders(Vec<OwnedFolder>),
}

impl ScopePolicy {
    /// The scope of what lies at `path` below the root; `None` if it may not be indexed. An object
    /// that its server holds to be somebody's own (`is_private`) is never public: it falls back to
    /// what the logs prove.
    #[must_use]
    pub fn scope_of(&self, path: &[u8], is_private: bool) -> Option<Scope> {
        match self {
            Self::Public if is_private => Some(Scope::Log),
            Self::Public => Some(Scope::Public),
            Self::Log => Some(Scope::Log),
            Self::Owner(owner) => Some(Scope::Owner(*owner)),
            Self::Tenant(tenant) => Some(Scope::Tenant(*tenant)),
            Self::OwnedFolders(folders) => {
                let above = folders.iter().filter(|owned| is_below(path, &owned.folder));
                let deepest = above.max_by_key(|owned| owned.folder.len())?;
                Some(Scope::Owner(deepest.owner))
            }
        }
    }
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.first() == Some(&b'/'))
}

#[cfg(test)]
mod tests {
    //! Goal: no object gets into a scope that the configuration does not give it. Method: paths at
    //! the edges of folders. If it fails, a subscriber learns of another's mail.

    use super::{OwnedFolder, Scope, ScopePolicy, SubscriberId};

    #[test]
    fn deepest_owned_folder_decides_and_unmapped_paths_have_no_scope() {
        let owned = |folder: &str, owner| OwnedFolder {
            folder: folder.as_bytes().to_vec(),
            owner: SubscriberId::new(owner),
        };
        let policy = ScopePolicy::OwnedFolders(vec![owned("a", 1), owned("a/b", 2)]);
        let owner = |path: &str| match policy.scope_of(path.as_bytes(), false) {
            Some(Scope::Owner(owner)) => Some(owner.get()),
            other => {
                assert_eq!(other, None);
                None
            }
        };
        assert_eq!(owner("a/x"), Some(1));
        assert_eq!(owner("a/b/x"), Some(2));
        assert_eq!(owner("a/bc"), Some(1));
        assert_eq!(owner("ab"), None);
        assert_eq!(owner("a"), None);
        assert_eq!(owner(""), None);
    }

    #[test]
    fn private_objects_are_never_public() {
        assert_eq!(ScopePolicy::Public.scope_of(b"x", false), Some(Scope::Public));
        assert_eq!(ScopePolicy::Public.scope_of(b"x", true), Some(Scope::Log));
    }
}
