//! What repairs took out of use (FORMAT.md section 9.8).

use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{ObjectName, StorageError};

use crate::error::Result;
use crate::repository::Repository;

/// An object in quarantine.
pub(crate) struct Quarantined {
    pub(crate) run: QuarantineRun,
    /// Its name there.
    pub(crate) name: ObjectName,
    /// The name that it had.
    pub(crate) before: ObjectName,
    pub(crate) bytes: u64,
}

/// Everything that is in quarantine.
pub(crate) fn quarantined(repository: &Repository) -> Result<Vec<Quarantined>> {
    let listed = match repository.storage().list(&layout::quarantine()) {
        Ok(listed) => listed,
        Err(StorageError::NotFound { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let parse = |listed: gleaner_store::Listed| {
        let (run, before) = layout::parse_quarantined(&listed.name)?;
        Some(Quarantined { run, name: listed.name, before, bytes: listed.bytes })
    };
    Ok(listed.into_iter().filter_map(parse).collect())
}
