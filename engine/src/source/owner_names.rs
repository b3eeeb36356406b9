//! Names of users and groups, asked of the system once for each id.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Cache of user and group names; shared by threads. A change of the system's accounts while a
/// run goes on is not seen.
#[derive(Debug, Default)]
pub struct OwnerNames {
    users: Mutex<HashMap<u32, Option<String>>>,
    groups: Mutex<HashMap<u32, Option<String>>>,
    user_ids: Mutex<HashMap<String, Option<u32>>>,
    group_ids: Mutex<HashMap<String, Option<u32>>>,
}

impl OwnerNames {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Name of the user `uid`, if the system has one and it is UTF-8.
    pub fn user(&self, uid: u32) -> Option<String> {
        cached(&self.users, &uid, || {
            let user = uzers::get_user_by_uid(uid)?;
            user.name().to_str().map(str::to_owned)
        })
    }

    /// Name of the group `gid`, if the system has one and it is UTF-8.
    pub fn group(&self, gid: u32) -> Option<String> {
        cached(&self.groups, &gid, || {
            let group = uzers::get_group_by_gid(gid)?;
            group.name().to_str().map(str::to_owned)
        })
    }

    /// Id of the user `name` on this system. A name with a NUL is nobody's.
    pub fn user_id(&self, name: &str) -> Option<u32> {
        if name.contains('\0') {
            return None;
        }
        cached(&self.user_ids, name, || uzers::get_user_by_name(name).map(|user| user.uid()))
    }

    /// Id of the group `name` on this system. A name with a NUL is nobody's.
    pub fn group_id(&self, name: &str) -> Option<u32> {
        if name.contains('\0') {
            return None;
        }
        cached(&self.group_ids, name, || uzers::get_group_by_name(name).map(|group| group.gid()))
    }
}

/// The lock is held while the system is asked: name services may be slow, and two threads that
/// want the same id should not both wait for it.
fn cached<K, Q, V>(
    cache: &Mutex<HashMap<K, Option<V>>>,
    key: &Q,
    ask: impl FnOnce() -> Option<V>,
) -> Option<V>
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ToOwned<Owned = K> + ?Sized,
    V: Clone,
{
    // A panic elsewhere leaves the map whole: each entry is inserted in one step.
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = cache.get(key) {
        return known.clone();
    }
    let answer = ask();
    cache.insert(key.to_owned(), answer.clone());
    answer
}
