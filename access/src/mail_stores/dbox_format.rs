//! Dovecot's own stores: sdbox, a file for each mail, and mdbox, files of many mails.

use std::sync::Arc;

use crate::body::Slice;
use crate::clock::Clock;
use crate::error::Error;
use crate::files::access_fs::split_path;
use crate::files::file_format::{
    Completeness, FileFormat, FileNumber, FileRules, Found, Inspection, Role, Segment,
};
use crate::identifiers::ChecksumAlgorithm;
use crate::mail::{DboxMail, StoredForm, dbox_mails};
use crate::mail_stores::stored_mail::{MailOptions, StoredMail, add_place};
use crate::object::{GenerationTuple, ObjectKey};

#[cfg(test)]
mod tests;

/// The name of the kind.
const KIND: &str = "dbox";

/// sdbox and mdbox stores below one root, of one user or of many.
///
/// An object's key is (path of the user's store, the GUID that Dovecot gave the mail), its
/// generation (GUID, stored size): a mail that moves within its files is the same, and never one of
/// another user, who may have the same GUID. Mails whose attachments lie outside of the file are
/// left out. A mail that was expunged from an mdbox is listed until its file is purged.
#[derive(Debug)]
pub struct DboxFormat {
    options: MailOptions,
    /// Bounds the time that decoding a mail may take.
    clock: Arc<dyn Clock>,
}

impl DboxFormat {
    /// The format with these options.
    #[must_use]
    pub fn new(options: MailOptions, clock: Arc<dyn Clock>) -> Self {
        Self { options, clock }
    }

    fn found(&self, file: &Inspection<'_>, mail: &DboxMail) -> Result<Found, Error> {
        if mail.has_external_parts {
            return Err(Error::Unsupported("dbox: attachments outside of the file"));
        }
        let stored = Slice::new(file.body(), mail.offset, mail.len).ok_or(Error::Changed)?;
        let caps = (file.limits(), &*self.clock);
        let looked_into = StoredMail::read(&stored, &self.options, caps, None)?;
        check_sizes(mail, looked_into.form)?;
        let key = ObjectKey::of_parts(&[store_of(file.folder()), &mail.guid])?;
        let generation = GenerationTuple::new(KIND).bytes(&mail.guid).number(mail.len).finish();
        let segment = Segment { file: FileNumber::INSPECTED, offset: mail.offset, len: mail.len };
        let mut found = Found::new(key, generation, vec![segment]);
        looked_into.describe(&mut found);
        add_place(&mut found.identifiers, mail.received_s, None, &self.options);
        found.identifiers.add_checksum(ChecksumAlgorithm::DovecotGuid, mail.guid);
        Ok(found)
    }
}

impl FileFormat for DboxFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: true,
            complete: Completeness::AsInspected,
            links_once: false,
            folder_depth: 16,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        !holds_mails(split_path(folder).0)
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        let prefix: &[u8] = match split_path(folder).1 {
            b"dbox-Mails" => b"u.",
            b"storage" => b"m.",
            _ => return Role::Ignored,
        };
        let number = name.strip_prefix(prefix).unwrap_or_default();
        if !number.is_empty() && number.iter().all(u8::is_ascii_digit) {
            return Role::Object;
        }
        Role::Ignored
    }

    /// Keys begin with the path of their store, whatever lies between that and the mail.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        let holder = [path, split_path(path).0].into_iter().find(|folder| holds_mails(folder));
        let store = match holder {
            Some(folder) => ObjectKey::of_parts(&[store_of(folder), b""]),
            // A store may lie below, too, if a mailbox has that name.
            None => ObjectKey::of_parts(&[store_above(path).unwrap_or(path)]),
        };
        // A path that is too long for a key is that of no store.
        store.map_or_else(|_| path.to_vec(), |it| it.as_bytes().to_vec())
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let walk = dbox_mails(&file.body(), file.limits())?;
        // A mail that is being added does not hide those before it: the file changes once more when
        // it is done.
        if walk.mails.is_empty() && walk.is_growing {
            return Err(Error::Busy);
        }
        let mut found = Vec::with_capacity(walk.mails.len());
        let mut left_out = Vec::new();
        for mail in &walk.mails {
            match self.found(file, mail) {
                Ok(object) => found.push(object),
                Err(error @ (Error::Unsupported(_) | Error::Corrupt(_) | Error::Limit(_))) => {
                    left_out.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = left_out.pop_if(|_| found.is_empty()) {
            return Err(error);
        }
        if walk.is_growing {
            left_out.push(Error::Busy);
        }
        for error in left_out {
            file.leave_out(error);
        }
        Ok(found)
    }
}

/// A mail is compressed exactly if its size before that is stated; CR can only add bytes.
fn check_sizes(mail: &DboxMail, form: StoredForm) -> Result<(), Error> {
    let is_compressed = form != StoredForm::Plain;
    let plain_bytes = mail.plain_bytes.unwrap_or(mail.len);
    let longest = plain_bytes.saturating_mul(2);
    let fits = mail.crlf_bytes.is_none_or(|bytes| (plain_bytes..=longest).contains(&bytes));
    if is_compressed != mail.plain_bytes.is_some() || !fits {
        return Err(Error::Corrupt("dbox: sizes that a mail cannot have"));
    }
    Ok(())
}

/// The store that a folder with mails is of: what `storage` lies in, or `mailboxes`. If a mailbox
/// has that name itself, what lies in it counts as a store of its own.
fn store_of(folder: &[u8]) -> &[u8] {
    let (parent, name) = split_path(folder);
    if name == b"storage" {
        return parent;
    }
    store_above(parent).unwrap_or(parent)
}

/// What the innermost `mailboxes` of a path lies in.
fn store_above(path: &[u8]) -> Option<&[u8]> {
    let mut above = path;
    while !above.is_empty() {
        let (folder, name) = split_path(above);
        if name == b"mailboxes" {
            return Some(folder);
        }
        above = folder;
    }
    None
}

/// True for a folder that mails lie in.
fn holds_mails(folder: &[u8]) -> bool {
    matches!(split_path(folder).1, b"dbox-Mails" | b"storage")
}
