//! What a server keeps of those whom it lets in: a versioned object for each.
//!
//! Whoever changes one reads it, and writes it as the next version if nobody else did meanwhile: so
//! any number of processes may, and a server that looks at each login sees it at the next one.

use std::marker::PhantomData;
use std::sync::Arc;

use gleaner_store::{ObjectName, Storage, StorageError, Update, Version};
use minicbor::{Decode, Encode};

use crate::error::{Error, Result};

/// How often a change is tried while others change the same record.
const ATTEMPTS: u32 = 64;

/// One kind of record.
pub(crate) trait Record: Encode<()> + for<'b> Decode<'b, ()> {
    /// The folder of its kind.
    const FOLDER: &'static str;

    /// Whether what it is about is not there any more. The record's versions go on, so that no
    /// change of before counts.
    fn is_removed(&self) -> bool;
}

/// All records of a kind: `FOLDER/NAME/VERSION` of a storage.
#[derive(Debug)]
pub(crate) struct Records<R> {
    storage: Arc<dyn Storage>,
    kind: PhantomData<fn() -> R>,
}

impl<R> Clone for Records<R> {
    fn clone(&self) -> Self {
        Self { storage: Arc::clone(&self.storage), kind: PhantomData }
    }
}

impl<R: Record> Records<R> {
    pub(crate) const fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage, kind: PhantomData }
    }

    /// Names of all, those that were removed included. Cost: a listing.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let listed = match self.storage.list(&ObjectName::new(R::FOLDER)?) {
            Err(StorageError::NotFound { .. }) => Vec::new(),
            listed => listed?,
        };
        let name = |object: &ObjectName| object.as_str().split('/').nth(1).map(str::to_owned);
        let mut names: Vec<String> = listed.iter().filter_map(|it| name(&it.name)).collect();
        names.dedup();
        Ok(names)
    }

    /// All that are not removed, in order of their names. Cost: a listing and a read for each.
    pub(crate) fn all(&self) -> Result<Vec<(String, R)>> {
        let mut all = Vec::new();
        for name in self.names()? {
            if let Some((_, record)) = self.get(&name)? {
                all.push((name, record));
            }
        }
        Ok(all)
    }

    /// One that is not removed, with its version: of two, the higher one is the newer. Cost: a
    /// listing and a read.
    pub(crate) fn get(&self, name: &str) -> Result<Option<(u64, R)>> {
        let found = self.read(name)?.filter(|(_, record)| !record.is_removed());
        Ok(found.map(|(Version(version), record)| (version, record)))
    }

    /// Adds one, durably; false if there is one of that name.
    pub(crate) fn add(&self, name: &str, record: &R) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let version = match self.read(name)? {
                Some((_, old)) if !old.is_removed() => return Ok(false),
                found => found.map(|(version, _)| version),
            };
            if self.write(name, version, record)? {
                return Ok(true);
            }
        }
        Err(contended::<R>(name)?)
    }

    /// Changes one, durably; `None` if there is none. `change` may be called more than once, and
    /// where it fails nothing changes.
    pub(crate) fn change<T>(
        &self,
        name: &str,
        mut change: impl FnMut(&mut R) -> Result<T>,
    ) -> Result<Option<T>> {
        for _ in 0..ATTEMPTS {
            let found = self.read(name)?.filter(|(_, record)| !record.is_removed());
            let Some((version, mut record)) = found else { return Ok(None) };
            let result = change(&mut record)?;
            if self.write(name, Some(version), &record)? {
                return Ok(Some(result));
            }
        }
        Err(contended::<R>(name)?)
    }

    fn read(&self, name: &str) -> Result<Option<(Version, R)>> {
        let object = object::<R>(name)?;
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
    fn write(&self, name: &str, version: Option<Version>, record: &R) -> Result<bool> {
        let object = object::<R>(name)?;
        let bytes = minicbor::to_vec(record)
            .map_err(|error| Error::BadRecord { name: object.clone(), why: error.to_string() })?;
        let is_written =
            matches!(self.storage.update_if(&object, version, &bytes)?, Update::Written(_));
        if is_written && let Err(error) = self.storage.delete_old_versions(&object) {
            tracing::warn!(%error, name, "old versions of a record are left");
        }
        Ok(is_written)
    }
}

fn contended<R: Record>(name: &str) -> Result<Error> {
    let name = object::<R>(name)?;
    Ok(StorageError::Contended { name, attempts: ATTEMPTS }.into())
}

fn object<R: Record>(name: &str) -> Result<ObjectName> {
    Ok(ObjectName::new(R::FOLDER)?.join(name)?)
}
