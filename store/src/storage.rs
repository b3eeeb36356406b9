//! The contract of every storage backend.

use std::fmt::Debug;

use crate::object_name::ObjectName;
use crate::storage_error::StorageError;

/// Folders at the top of every repository, made by [`Storage::create_layout`].
pub const LAYOUT_FOLDERS: [&str; 11] = [
    "data",
    "keys",
    "snapshots",
    "forgotten",
    "leases",
    "epoch",
    "condemned",
    "tmp",
    "trash",
    "quarantine",
    "locks",
];

/// Result of [`Storage::put_if_absent`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "somebody else's object may have this name"]
pub enum Put {
    /// The object is durable under its name.
    Created,
    /// The name was taken; the object there was not touched, and its name is durable.
    AlreadyExists,
}

/// One object of a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its full name.
    pub name: ObjectName,
    /// Its length.
    pub bytes: u64,
}

/// The number of one state of a versioned object; higher is newer, the first is 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u64);

/// Result of [`Storage::update_if`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "a conflict means that nothing was written"]
pub enum Update {
    /// The new state is durable and was the highest when it was written.
    Written(Version),
    /// The object was not in the expected state; nothing of this call remains visible.
    Conflict,
}

/// Bytes of one state of a versioned object, at most.
pub const VERSIONED_BYTES_MAX: u64 = 16 << 20;

/// Versions that [`Storage::delete_old_versions`] keeps, the highest among them: how many updates
/// by others a call of [`Storage::update_if`] can sleep through and still know its own outcome.
pub const VERSIONS_KEPT: u64 = 16;

/// Stores immutable objects under names, durably.
///
/// # Contract
/// - **Objects never change.** A name is given once; no call replaces or appends. A reader sees a
///   whole object or none, at every instant and after every crash.
/// - **Durable on return.** When `put_if_absent` or `update_if` report success, bytes and name
///   survive power loss; when they report an error, the object may be there or not, but never in
///   part. Nobody may count on an object because a *reader* saw it: between another process's
///   naming and its sync the name may still vanish in a crash; `settle` ends that.
/// - **A failed sync is final.** If the name was given, it is poisoned for the life of this value,
///   and with it all below a folder that was new: a later `put_if_absent` returns
///   [`StorageError::Poisoned`] and never `AlreadyExists`.
/// - **Exactly one winner.** Of any number of racing `put_if_absent` of one name, in any number of
///   threads and processes, one gets `Created`; the same holds for `update_if` of one state.
/// - **Listings are current.** `list` shows every object whose `put_if_absent` returned before
///   the call, and none whose `delete` returned before it. Changes during the call may or may not
///   show.
/// - **Errors are not absence.** Only [`StorageError::NotFound`] says that an object is absent.
///
/// Implementations are checked by `conformance` (feature `test-util`). All calls may be made from
/// any thread and block until done. A backend does not retry what the caller can decide about; it
/// does loop over interrupted and short calls. It knows nothing of what the bytes mean.
pub trait Storage: Send + Sync + Debug {
    /// Makes [`LAYOUT_FOLDERS`] and the 256 folders `data/00` to `data/ff`, durably; harmless on a
    /// repository that has them. Whoever opens a repository for writing calls it.
    ///
    /// # Errors
    /// [`StorageError`] of the folder concerned.
    fn create_layout(&self) -> Result<(), StorageError>;

    /// Creates an object from the concatenation of `parts`, unless the name is taken.
    ///
    /// # Errors
    /// [`StorageError::Full`] with nothing visible; [`StorageError::Poisoned`] when a sync did not
    /// succeed: write the bytes again under another name; others as they come.
    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError>;

    /// Length of an object.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], others as they come.
    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError>;

    /// A whole object of at most `bytes_max` bytes; allocates no more than its length.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], [`StorageError::TooLarge`], others as they come.
    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError>;

    /// Fills `bytes` from `offset` on; an empty range is legal up to and including the end.
    ///
    /// # Errors
    /// [`StorageError::NotFound`]; [`StorageError::Short`] when the range passes the end, and then
    /// the content of `bytes` is unspecified.
    fn read_at(&self, name: &ObjectName, offset: u64, bytes: &mut [u8])
    -> Result<(), StorageError>;

    /// All objects below a folder at any depth, sorted by name.
    ///
    /// Files whose name is no [`ObjectName`] are not objects and are left out.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] for a missing folder with a name of one component (a layout
    /// folder that is gone is a fault, not an empty repository); a deeper one is just empty.
    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError>;

    /// Makes objects that a reader saw durable under their names, before anybody relies on them:
    /// who made them may not have got that far, or may be dead. Absent ones are passed over.
    ///
    /// Cost: one sync for each folder concerned; nothing where an object shows only once it is
    /// durable.
    ///
    /// # Errors
    /// [`StorageError::Poisoned`] for the first name of which that cannot be said.
    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError>;

    /// Removes an object, durably; harmless if it is absent.
    ///
    /// # Errors
    /// As they come; the object may be there or not, and a crash may bring it back even if a
    /// second attempt finds it absent.
    fn delete(&self, name: &ObjectName) -> Result<(), StorageError>;

    /// Removes objects, durably on return; cheaper than one by one.
    ///
    /// A crash or an error on the way may leave any of them, in no order.
    ///
    /// # Errors
    /// As [`Storage::delete`]; any of the names may be there or not.
    fn delete_all(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        names.iter().try_for_each(|name| self.delete(name))
    }

    /// Gives an object another name, unless that one is taken; then nothing happens. Durable on
    /// return.
    ///
    /// A crash or an error on the way may leave the object under either name, or under both. The
    /// bytes are neither read nor checked by backends that can do without: what cannot be read any
    /// more can still be moved.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] if there is no such object; as [`Storage::put_if_absent`] and
    /// [`Storage::delete`].
    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        let bytes = self.get(from, u64::MAX)?;
        let put = self.put_if_absent(to, &[&bytes])?;
        if put == Put::Created {
            self.delete(from)?;
        }
        Ok(put)
    }

    /// The highest version of a versioned object, `None` if it has none.
    ///
    /// # Errors
    /// [`StorageError::Contended`] when it changes on each attempt, others as they come.
    fn read_latest(&self, name: &ObjectName) -> Result<Option<(Version, Vec<u8>)>, StorageError> {
        read_latest(self, name)
    }

    /// Writes the version after `expected` (the first, if `None`) if `expected` is the highest.
    ///
    /// A versioned object is a folder of densely numbered objects, highest wins. The exclusive
    /// creation of the next number decides, so no replacing call is needed, and it is right on
    /// network file systems too. Others may have deleted that number between our listing and our
    /// creation, but only when the highest was [`VERSIONS_KEPT`] above it; a listing afterwards
    /// shows whether that can have been so. (That some higher number exists proves nothing: it may
    /// have been built on ours.)
    ///
    /// # Errors
    /// [`StorageError::TooLarge`] above [`VERSIONED_BYTES_MAX`]; [`StorageError::Contended`] when
    /// others wrote [`VERSIONS_KEPT`] versions meanwhile; as [`Storage::put_if_absent`]. After an
    /// error the new version may or may not have been the highest: read before the next attempt.
    fn update_if(
        &self,
        name: &ObjectName,
        expected: Option<Version>,
        bytes: &[u8],
    ) -> Result<Update, StorageError> {
        update_if(self, name, expected, bytes)
    }

    /// Removes all versions but the last [`VERSIONS_KEPT`]; the only right way to remove old ones.
    ///
    /// # Errors
    /// As [`Storage::delete`]; the last versions stay in any case.
    fn delete_old_versions(&self, name: &ObjectName) -> Result<(), StorageError> {
        delete_old_versions(self, name)
    }

    /// Removes a versioned object, lowest version first, so that a crash leaves the highest.
    ///
    /// Only for an object that nobody updates any more: a racing `update_if` may bring it back
    /// with a higher number.
    ///
    /// # Errors
    /// As [`Storage::delete`].
    fn delete_versioned(&self, name: &ObjectName) -> Result<(), StorageError> {
        delete_versioned(self, name)
    }
}

// Versioned objects: conditional updates from exclusive creation and listing alone.

/// Attempts of a reader whose version is deleted between its listing and its read.
const READ_ATTEMPTS_MAX: u32 = 64;

/// Digits of a version in its object name: those of `u64::MAX`.
const VERSION_DIGITS: usize = 20;

fn read_latest<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
) -> Result<Option<(Version, Vec<u8>)>, StorageError> {
    for _ in 0..READ_ATTEMPTS_MAX {
        let Some(version) = highest(storage, name)? else { return Ok(None) };
        match storage.get(&object(name, version)?, VERSIONED_BYTES_MAX) {
            Ok(bytes) => return Ok(Some((version, bytes))),
            // A higher version came and this one was deleted since the listing.
            Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StorageError::Contended { name: name.clone(), attempts: READ_ATTEMPTS_MAX })
}

fn update_if<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
    expected: Option<Version>,
    bytes: &[u8],
) -> Result<Update, StorageError> {
    let length = bytes.len() as u64;
    if length > VERSIONED_BYTES_MAX {
        let (name, bytes_max) = (name.clone(), VERSIONED_BYTES_MAX);
        return Err(StorageError::TooLarge { name, bytes: length, bytes_max });
    }
    if highest(storage, name)? != expected {
        return Ok(Update::Conflict);
    }
    let Some(next) = expected.map_or(0, |Version(number)| number).checked_add(1).map(Version)
    else {
        return Ok(Update::Conflict);
    };
    let object = object(name, next)?;
    if storage.put_if_absent(&object, &[bytes])? == Put::AlreadyExists {
        return Ok(Update::Conflict);
    }
    match highest(storage, name)? {
        Some(Version(found)) if found.saturating_sub(next.0) >= VERSIONS_KEPT => {
            // Far below the highest our version is never read; at worst it is deleted later.
            drop(storage.delete(&object));
            Err(StorageError::Contended { name: name.clone(), attempts: 1 })
        }
        // `next` was never deleted, so nobody had created it before us.
        _ => Ok(Update::Written(next)),
    }
}

fn delete_old_versions<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
) -> Result<(), StorageError> {
    let mut versions = versions(storage, name)?;
    let highest = versions.last().map_or(0, |Version(number)| *number);
    versions.retain(|Version(number)| highest - number >= VERSIONS_KEPT);
    delete_versions(storage, name, &versions)
}

fn delete_versioned<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
) -> Result<(), StorageError> {
    let mut versions = versions(storage, name)?;
    let highest = versions.pop();
    // Two steps: within one, a crash may undo any of the removals, and an old state would be back.
    delete_versions(storage, name, &versions)?;
    delete_versions(storage, name, highest.as_slice())
}

fn delete_versions<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
    versions: &[Version],
) -> Result<(), StorageError> {
    let objects: Result<Vec<_>, _> =
        versions.iter().map(|version| object(name, *version)).collect();
    storage.delete_all(&objects?)
}

/// The versions there are, lowest first; names that no version has are not ours.
fn versions<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
) -> Result<Vec<Version>, StorageError> {
    let listed = storage.list(name)?;
    let parse = |file_name: &str| {
        let is_version = file_name.len() == VERSION_DIGITS
            && file_name.bytes().all(|byte| byte.is_ascii_digit());
        is_version.then(|| file_name.parse().ok()).flatten().map(Version)
    };
    let direct = listed.iter().filter(|listed| listed.name.folder() == name.as_str());
    // Equal widths: the order of names is the order of numbers.
    Ok(direct.filter_map(|listed| parse(listed.name.file_name())).collect())
}

fn highest<S: Storage + ?Sized>(
    storage: &S,
    name: &ObjectName,
) -> Result<Option<Version>, StorageError> {
    Ok(versions(storage, name)?.pop())
}

fn object(name: &ObjectName, Version(number): Version) -> Result<ObjectName, StorageError> {
    Ok(name.join(&format!("{number:0VERSION_DIGITS$}"))?)
}

#[cfg(test)]
mod tests;
