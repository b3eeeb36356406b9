//! Which names may be believed after a folder sync.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Remembers failed folder syncs and the names that they poison.
///
/// The kernel tells of a lost directory write once, to one caller. Two threads that name objects
/// in one folder may therefore see one failure and one success for the same lost block. So syncs of
/// a folder run one at a time, each failure is counted, and a name is believed only if no sync of
/// its folder failed between the naming and the end of its own sync.
#[derive(Debug, Default)]
pub(crate) struct FolderSyncs {
    folders: Mutex<BTreeMap<String, Arc<Mutex<Failures>>>>,
    poisoned: Mutex<BTreeSet<String>>,
}

/// How many syncs of a folder failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Failures(u64);

/// A folder sync that proves nothing.
#[derive(Debug)]
pub(crate) enum Unsynced {
    /// Our own sync failed.
    Failed(io::Error),
    /// Somebody else's sync failed since the naming.
    SeenByAnother,
    /// The folder does not exist any more.
    Gone,
}

impl Unsynced {
    /// The answer to our own sync, if that is what went wrong.
    pub(crate) fn into_source(self) -> Option<io::Error> {
        match self {
            Self::Failed(error) => Some(error),
            Self::SeenByAnother | Self::Gone => None,
        }
    }
}

impl FolderSyncs {
    /// The state to take before a name is made in `folder`.
    pub(crate) fn failures(&self, folder: &str) -> Failures {
        *lock(&self.folder(folder))
    }

    /// Runs `sync` and says whether names made in `folder` after `before` are durable; if not,
    /// poisons `entries`, the paths of such names, before anybody can see the failure counted.
    pub(crate) fn sync(
        &self,
        folder: &str,
        before: Failures,
        entries: &[&str],
        sync: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), Unsynced> {
        let folder = self.folder(folder);
        let mut failures = lock(&folder);
        let unsynced = match sync() {
            Ok(()) if *failures == before => return Ok(()),
            Ok(()) => Unsynced::SeenByAnother,
            // Nothing was lost: there was nothing to sync.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unsynced::Gone),
            Err(error) => {
                failures.0 += 1;
                Unsynced::Failed(error)
            }
        };
        for entry in entries {
            self.poison(entry);
        }
        Err(unsynced)
    }

    /// Remembers that the presence of `path`, and so of all below it, proves nothing.
    pub(crate) fn poison(&self, path: &str) {
        lock(&self.poisoned).insert(path.to_owned());
    }

    /// Whether a path or a folder above it is poisoned.
    pub(crate) fn is_poisoned(&self, path: &str) -> bool {
        let poisoned = lock(&self.poisoned);
        let slashes = path.match_indices('/').map(|(index, _)| path.get(..index));
        !poisoned.is_empty()
            && slashes.chain([Some(path)]).flatten().any(|prefix| poisoned.contains(prefix))
    }

    fn folder(&self, folder: &str) -> Arc<Mutex<Failures>> {
        let mut folders = lock(&self.folders);
        if let Some(found) = folders.get(folder) {
            return Arc::clone(found);
        }
        Arc::clone(folders.entry(folder.to_owned()).or_default())
    }
}

/// Counters and sets stay valid wherever a thread panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_poisons_names_made_before_it_and_none_made_after() {
        let syncs = FolderSyncs::default();
        let early = syncs.failures("a");
        let failed = syncs.sync("a", early, &[], || Err(io::ErrorKind::Other.into()));
        assert!(matches!(failed, Err(Unsynced::Failed(_))));
        assert!(matches!(syncs.sync("a", early, &[], || Ok(())), Err(Unsynced::SeenByAnother)));
        assert!(syncs.sync("a", syncs.failures("a"), &[], || Ok(())).is_ok());
        assert!(syncs.sync("b", syncs.failures("b"), &[], || Ok(())).is_ok());
    }

    #[test]
    fn what_lies_below_a_poisoned_folder_is_poisoned() {
        let syncs = FolderSyncs::default();
        assert!(!syncs.is_poisoned("leases/a/1"));
        syncs.poison("leases/a");
        for path in ["leases/a", "leases/a/1", "leases/a/b/c"] {
            assert!(syncs.is_poisoned(path), "{path}");
        }
        for path in ["leases", "leases/ab", "leases/b/a"] {
            assert!(!syncs.is_poisoned(path), "{path}");
        }
    }
}
