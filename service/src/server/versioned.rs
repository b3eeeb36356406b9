//! Versioned objects: each call in one request, where a storage takes several steps for it.

use gleaner_store::{ObjectName, StorageError, Update as Stored, Version};

use super::calls::{Answer, Answerer, NextVersion, Upload, allow, done, name_of};
use crate::wire::{DeleteVersions, Failure, Latest, Message, Update, Updated, Versioned};

/// Digits of a version in its name (FORMAT.md section 2).
const VERSION_DIGITS: usize = 20;

impl Answerer<'_> {
    /// What is to be written, if it may; answers if it may not.
    pub(super) fn next_version<'b>(
        &self,
        request: u32,
        update: &Update,
        tail: &[u8],
    ) -> Option<NextVersion<'b>> {
        let named = name_of(&update.name).and_then(|name| {
            let next = version_name(&name, update.expected.unwrap_or(0).saturating_add(1))?;
            let room = self.room_for(&next, tail.len() as u64)?;
            let upload = Upload { name: next, bytes: tail.to_vec(), room, permit: None };
            Ok(NextVersion { name, expected: update.expected.map(Version), upload })
        });
        named.map_err(|failure| self.refuse(request, failure)).ok()
    }

    pub(super) fn update(&self, next: NextVersion<'_>) -> Result<Answer, Failure> {
        let NextVersion { name, expected, upload } = next;
        let bytes = upload.bytes.len();
        self.counts.put(bytes);
        let updated = self.grant.storage.update_if(&name, expected, &upload.bytes);
        match &updated {
            Ok(Stored::Written(_)) => {
                upload.room.keep();
                if self.grant.rights.may_delete_own(&upload.name) {
                    self.memory.made(upload.name, bytes as u64);
                }
            }
            Ok(Stored::Conflict) => drop(upload.room),
            // Nobody knows whether it is there.
            Err(_) => {
                upload.room.keep();
                self.grant.quota.count_again();
            }
        }
        let version = match updated.map_err(|error| Failure::of(&error))? {
            Stored::Written(Version(number)) => Some(number),
            Stored::Conflict => None,
        };
        Ok(Answer::Message(Message::Updated(Updated { version })))
    }

    pub(super) fn latest(&self, latest: &Latest) -> Result<Answer, Failure> {
        let found = self.grant.storage.read_latest(&name_of(&latest.name)?);
        Ok(match found.map_err(|error| Failure::of(&error))? {
            None => Answer::Versioned(Versioned { version: None, bytes: 0 }, Vec::new()),
            Some((Version(number), object)) => {
                let versioned = Versioned { version: Some(number), bytes: object.len() as u64 };
                let fits = object.len() <= self.piece_bytes;
                Answer::Versioned(versioned, if fits { object } else { Vec::new() })
            }
        })
    }

    pub(super) fn delete_versions(&self, delete: &DeleteVersions) -> Result<Answer, Failure> {
        let name = name_of(&delete.name)?;
        let mut versions = self.versions(&name).map_err(|error| Failure::of(&error))?;
        let highest = versions.last().map_or(0, |(number, _)| *number);
        versions.retain(|(number, _)| highest - number >= delete.kept);
        let mut going: Vec<ObjectName> = versions.into_iter().map(|(_, version)| version).collect();
        going.iter().try_for_each(|version| allow(self.may_delete(version), version))?;
        // The highest last: a crash must not bring an older state back.
        let highest = if delete.kept == 0 { going.pop() } else { None };
        for step in [going.as_slice(), highest.as_slice()] {
            if !step.is_empty() {
                self.delete(step).map_err(|error| Failure::of(&error))?;
            }
        }
        Ok(done())
    }

    /// The versions there are, lowest first.
    fn versions(&self, name: &ObjectName) -> Result<Vec<(u64, ObjectName)>, StorageError> {
        let listed = self.grant.storage.list(name)?;
        let number = |version: &ObjectName| {
            let text = version.file_name();
            let is_version = version.folder() == name.as_str()
                && text.len() == VERSION_DIGITS
                && text.bytes().all(|byte| byte.is_ascii_digit());
            is_version.then(|| text.parse().ok()).flatten()
        };
        // Equal widths: the order of names is the order of numbers.
        let versions = listed.into_iter().map(|listed| listed.name);
        Ok(versions.filter_map(|name| Some((number(&name)?, name))).collect())
    }
}

fn version_name(name: &ObjectName, number: u64) -> Result<ObjectName, Failure> {
    name.join(&format!("{number:0VERSION_DIGITS$}")).map_err(|_| Failure::unsupported())
}
