//! Config, key slots, coordination objects, left-overs.

use gleaner_store::{
    Defect, Listed, OBJECT_BYTES_MAX, ObjectName, SessionId, StorageError, decode_condemned,
    decode_config, decode_epoch, decode_key_epoch, decode_lease, decode_outcome, decode_tombstone,
    layout, read_key_slot,
};

use super::Check;
use super::finding::{Finding, FindingCode};
use crate::error::Result;
use crate::key_epoch::current_key_epoch;

/// How an object is told to be sound.
type Decode<'d> = dyn Fn(&[u8]) -> Result<(), Defect> + 'd;

impl Check<'_> {
    /// Reads a small object and decodes it, twice before it is called damaged. Says what is wrong
    /// with it; nothing if it is sound or gone.
    fn defect_of(&self, name: &ObjectName, decode: &Decode<'_>) -> Option<String> {
        let storage = self.repository.storage();
        let attempt = || match storage.get(name, OBJECT_BYTES_MAX) {
            Ok(bytes) => decode(&bytes).map_err(|defect| defect.to_string()),
            Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        attempt().or_else(|_| attempt()).err()
    }

    /// Reports an object under `code` if it is damaged; true if it is sound or gone.
    fn object(&mut self, code: FindingCode, name: &ObjectName, decode: &Decode<'_>) -> bool {
        let defect = self.defect_of(name, decode);
        let is_sound = defect.is_none();
        if let Some(message) = defect {
            self.report(&Finding::of(code, name, message));
        }
        is_sound
    }

    /// The same of an object that nothing needs.
    fn needless(&mut self, code: FindingCode, name: &ObjectName, decode: &Decode<'_>) {
        if let Some(message) = self.defect_of(name, decode) {
            self.report(&Finding::of(code, name, message).harmless());
        }
    }

    pub(super) fn config(&mut self) {
        let repository = self.repository;
        let id = repository.config().id;
        let decode = |bytes: &[u8]| {
            let config = decode_config(bytes, repository.keys())?;
            if config.id == id { Ok(()) } else { Err(Defect::Identity) }
        };
        let defect = |name: &ObjectName| match repository.storage().bytes(name) {
            Err(StorageError::NotFound { .. }) => Some("missing".to_owned()),
            _ => self.defect_of(name, &decode),
        };
        let (name, copy) = (layout::config(), layout::config_copy());
        match (defect(&name), defect(&copy)) {
            (None, None) => {}
            // While the config is sound, nobody reads its copy.
            (None, Some(message)) => {
                self.report(&Finding::of(FindingCode::K101, &copy, message).healable().harmless());
            }
            (Some(message), None) => {
                self.report(&Finding::of(FindingCode::K101, &name, message).healable());
            }
            (Some(message), Some(of_copy)) => {
                self.report(&Finding::of(FindingCode::K101, &name, message));
                self.report(&Finding::of(FindingCode::K101, &copy, of_copy));
            }
        }
    }

    pub(super) fn key_slots(&mut self) -> Result<()> {
        let (mut usable, mut epochs) = (0, Vec::new());
        for listed in self.repository.storage().list(&layout::keys())? {
            let Some(id) = layout::parse_key_slot(&listed.name) else {
                match layout::parse_key_epoch(&listed.name) {
                    Some(_) => epochs.push(listed),
                    None if listed.name == layout::config_copy() => {}
                    None => self.foreign(&listed.name),
                }
                continue;
            };
            let decode = |bytes: &[u8]| read_key_slot(&id, bytes).map(|_| ());
            usable += usize::from(self.object(FindingCode::K102, &listed.name, &decode));
        }
        if usable == 0 && self.repository.config().domain_key.is_some() {
            self.report(&Finding::new(FindingCode::K103, "no key slot is readable"));
        }
        self.key_epochs(&epochs);
        Ok(())
    }

    /// Versions of the key epoch, of which the highest counts. Without encryption none does.
    fn key_epochs(&mut self, versions: &[Listed]) {
        let highest = versions.iter().map(|listed| &listed.name).max();
        let keys = self.repository.keys();
        for Listed { name, .. } in versions {
            let Some(version) = layout::parse_key_epoch(name) else { continue };
            let decode = |bytes: &[u8]| decode_key_epoch(version, bytes, keys).map(|_| ());
            if Some(name) == highest {
                self.object(FindingCode::K104, name, &decode);
            } else {
                self.needless(FindingCode::K104, name, &decode);
            }
        }
    }

    /// A pack sealed under an epoch that was never started, as far as the repository knows, says
    /// that somebody took a rotation back. One that cannot be read was named before.
    pub(super) fn key_epoch_of_packs(&mut self) {
        let Ok(current) = current_key_epoch(self.repository) else { return };
        let highest = self.key_epoch_max;
        if highest > current {
            let message = format!("key epoch is {current}, and packs are sealed under {highest}");
            self.report(&Finding::of(FindingCode::K104, &layout::key_epoch(), message));
        }
    }

    pub(super) fn coordination(&mut self) -> Result<()> {
        let storage = self.repository.storage();
        let epochs = storage.list(&layout::epoch())?;
        let decode = |bytes: &[u8]| decode_epoch(bytes).map(|_| ());
        self.versions(&epochs, &decode);
        if epochs.is_empty() {
            self.report(&Finding::of(FindingCode::L702, &layout::epoch(), "missing"));
        }
        let leases = storage.list(&layout::leases())?;
        for versions in leases.chunk_by(|a, b| a.name.folder() == b.name.folder()) {
            let Some(session) = versions.first().and_then(|v| layout::parse_lease(&v.name)) else {
                for listed in versions {
                    self.foreign(&listed.name);
                }
                continue;
            };
            let decode = |bytes: &[u8]| decode_lease(session, bytes).map(|_| ());
            self.versions(versions, &decode);
            self.session(session);
        }
        for listed in storage.list(&layout::forgotten())? {
            let Some(id) = layout::parse_tombstone(&listed.name) else {
                self.foreign(&listed.name);
                continue;
            };
            // Its name alone counts.
            self.needless(FindingCode::L702, &listed.name, &|bytes| {
                decode_tombstone(id, bytes).map(|_| ())
            });
        }
        self.condemned()
    }

    /// Names the session of a lease: that its process is dead is not to be seen from here.
    fn session(&mut self, session: SessionId) {
        self.sessions.insert(session.0);
        let name = layout::lease(session);
        let Ok(Some((_, bytes))) = self.repository.storage().read_latest(&name) else { return };
        let Ok(lease) = decode_lease(session, &bytes) else { return };
        let what = FindingCode::L701.what();
        let message = format!("{what} of process {} on {}", lease.process, lease.host);
        self.report(&Finding::of(FindingCode::L701, &name, message));
    }

    /// Versions of one object, of which the highest counts.
    fn versions(&mut self, versions: &[Listed], decode: &Decode<'_>) {
        let highest = versions.iter().map(|listed| &listed.name).max();
        for Listed { name, .. } in versions {
            if Some(name) == highest {
                self.object(FindingCode::L702, name, decode);
            } else {
                self.needless(FindingCode::L702, name, decode);
            }
        }
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
        self.report(&Finding::of(FindingCode::X801, name, FindingCode::X801.what()));
    }
}
