//! Takes packs out of use.

use gleaner_chunker::PackId;
use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{ObjectName, Put, StorageError};

use super::PackRepair;
use crate::condemned::Condemned;
use crate::error::{Error, Result};
use crate::session::{Session, read_epoch};

impl PackRepair<'_> {
    /// Moves packs whose chunks are elsewhere by now into quarantine, with their parity sidecars;
    /// returns the names there and before of what was still there. Durable on return. `made` hold
    /// the chunks.
    ///
    /// # Errors
    /// `Fenced` if this session was taken for dead: then nobody knows whether what it wrote stays,
    /// and the packs have their names again. The storage's.
    pub(super) fn quarantine(
        &self,
        session: &Session,
        run: QuarantineRun,
        packs: &[PackId],
        made: &[(PackId, u64)],
    ) -> Result<Vec<(ObjectName, ObjectName)>> {
        let mut moved = Vec::new();
        for pack in packs {
            if session.is_fenced() {
                break;
            }
            self.set_aside(run, layout::pack(pack), &mut moved)?;
            self.set_aside(run, layout::parity(pack), &mut moved)?;
        }
        if !session.is_fenced() && self.are_live(made)? {
            return Ok(moved);
        }
        for (name, before) in moved {
            let (Put::Created | Put::AlreadyExists) =
                self.repository.storage().rename(&name, &before)?;
        }
        Err(gleaner_store::Error::Fenced.into())
    }

    /// Moves one object, if it is there.
    fn set_aside(
        &self,
        run: QuarantineRun,
        name: ObjectName,
        moved: &mut Vec<(ObjectName, ObjectName)>,
    ) -> Result<()> {
        let Some(to) = layout::quarantined(run, &name) else { return Ok(()) };
        match self.repository.storage().rename(&name, &to) {
            Ok(Put::Created) => {
                moved.push((to, name));
                Ok(())
            }
            // The session is new, and so is the name.
            Ok(Put::AlreadyExists) => Err(Error::NotEmpty { name: to }),
            // Gone since it was read, or never there.
            Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether nobody condemned or deleted these packs.
    fn are_live(&self, made: &[(PackId, u64)]) -> Result<bool> {
        let storage = self.repository.storage();
        let condemned = Condemned::read(storage, read_epoch(storage)?)?;
        for (pack, _) in made {
            let is_there = match storage.bytes(&layout::pack(pack)) {
                Ok(_) => true,
                Err(StorageError::NotFound { .. }) => false,
                Err(error) => return Err(error.into()),
            };
            if !is_there || condemned.packs.contains(pack) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
