//! Takes packs out of use.

use gleaner_chunker::PackId;
use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{Put, StorageError};

use super::PackRepair;
use crate::error::{Error, Result};

impl PackRepair<'_> {
    /// Moves packs whose chunks are elsewhere by now into quarantine; says how many were still
    /// there. Durable on return.
    pub(super) fn quarantine(&self, run: QuarantineRun, packs: &[PackId]) -> Result<u64> {
        let storage = self.repository.storage();
        let mut moved = 0;
        for pack in packs {
            let name = layout::pack(pack);
            let Some(to) = layout::quarantined(run, &name) else { continue };
            match storage.rename(&name, &to) {
                Ok(Put::Created) => moved += 1,
                // The session is new, and so is the name.
                Ok(Put::AlreadyExists) => return Err(Error::NotEmpty { name: to }),
                // Gone since it was read.
                Err(StorageError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(moved)
    }
}
