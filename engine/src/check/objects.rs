//! Config, key slots, coordination objects, left-overs.

use gleaner_store::{
    Defect, OBJECT_BYTES_MAX, ObjectName, StorageError, decode_condemned, decode_config,
    decode_epoch, decode_lease, decode_outcome, decode_tombstone, layout, read_key_slot,
};

use super::Check;
use super::finding::{Finding, FindingCode, Severity};
use crate::error::Result;

impl Check<'_> {
    /// Reads a small object and decodes it, twice before it is called damaged. Reports under
    /// `code`; true if it is sound or gone.
    fn object(
        &mut self,
        code: FindingCode,
        name: &ObjectName,
        decode: &dyn Fn(&[u8]) -> Result<(), Defect>,
    ) -> bool {
        let storage = self.repository.storage();
        let attempt = || match storage.get(name, OBJECT_BYTES_MAX) {
            Ok(bytes) => decode(&bytes).map_err(|defect| defect.to_string()),
            Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        match attempt().or_else(|_| attempt()) {
            Ok(()) => true,
            Err(message) => {
                self.report(&Finding::of(code, name, message));
                false
            }
        }
    }

    pub(super) fn config(&mut self) {
        let repository = self.repository;
        let id = repository.config().id;
        for name in [layout::config(), layout::config_copy()] {
            if let Err(StorageError::NotFound { .. }) = repository.storage().bytes(&name) {
                self.report(&Finding::of(FindingCode::K101, &name, "missing"));
                continue;
            }
            self.object(FindingCode::K101, &name, &|bytes| {
                let config = decode_config(bytes, repository.keys())?;
                if config.id == id { Ok(()) } else { Err(Defect::Identity) }
            });
        }
    }

    pub(super) fn key_slots(&mut self) -> Result<()> {
        let mut usable = 0;
        for listed in self.repository.storage().list(&layout::keys())? {
            let Some(id) = layout::parse_key_slot(&listed.name) else {
                if listed.name != layout::config_copy() {
                    self.foreign(&listed.name);
                }
                continue;
            };
            let decode = |bytes: &[u8]| read_key_slot(&id, bytes).map(|_| ());
            usable += usize::from(self.object(FindingCode::K102, &listed.name, &decode));
        }
        if usable == 0 && self.repository.config().domain_key.is_some() {
            self.report(&Finding::new(FindingCode::K103, "no key slot is readable"));
        }
        Ok(())
    }

    pub(super) fn coordination(&mut self) -> Result<()> {
        let storage = self.repository.storage();
        let mut epochs = 0;
        for listed in storage.list(&layout::epoch())? {
            epochs += 1;
            let decode = |bytes: &[u8]| decode_epoch(bytes).map(|_| ());
            self.object(FindingCode::L702, &listed.name, &decode);
        }
        if epochs == 0 {
            self.report(&Finding::of(FindingCode::L702, &layout::epoch(), "missing"));
        }
        for listed in storage.list(&layout::leases())? {
            let Some(session) = layout::parse_lease(&listed.name) else {
                self.foreign(&listed.name);
                continue;
            };
            let decode = |bytes: &[u8]| decode_lease(session, bytes).map(|_| ());
            self.object(FindingCode::L702, &listed.name, &decode);
        }
        for listed in storage.list(&layout::forgotten())? {
            let Some(id) = layout::parse_tombstone(&listed.name) else {
                self.foreign(&listed.name);
                continue;
            };
            self.object(FindingCode::L702, &listed.name, &|bytes| {
                decode_tombstone(id, bytes).map(|_| ())
            });
        }
        self.condemned()
    }

    fn condemned(&mut self) -> Result<()> {
        use layout::CondemnedName;
        for listed in self.repository.storage().list(&layout::condemned())? {
            match layout::parse_condemned(&listed.name) {
                Some(CondemnedName::List(epoch, _)) => {
                    let decode = |bytes: &[u8]| decode_condemned(epoch, bytes).map(|_| ());
                    self.object(FindingCode::L702, &listed.name, &decode);
                }
                Some(CondemnedName::Outcome(epoch)) => {
                    let decode = |bytes: &[u8]| decode_outcome(epoch, bytes).map(|_| ());
                    self.object(FindingCode::L702, &listed.name, &decode);
                }
                Some(CondemnedName::Gone(_)) => {}
                None => self.foreign(&listed.name),
            }
        }
        Ok(())
    }

    pub(super) fn leftovers(&mut self) -> Result<()> {
        let folders = [("tmp", FindingCode::X802), ("quarantine", FindingCode::X803)];
        for (folder, code) in folders {
            let name = ObjectName::new(folder).expect("a legal name");
            match self.repository.storage().list(&name) {
                Ok(listed) => {
                    for listed in listed {
                        self.report(&Finding::of(code, &listed.name, code.what()));
                    }
                }
                Err(StorageError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub(super) fn foreign(&mut self, name: &ObjectName) {
        let finding = Finding::of(FindingCode::X801, name, FindingCode::X801.what());
        self.report(&Finding { severity: Severity::Warning, ..finding });
    }
}
