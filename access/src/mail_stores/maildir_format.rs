//! Maildirs: a file for each mail, in `new` or `cur` of its mailbox, both with subfolders by name
//! (Maildir++) and by folder (`LAYOUT=fs`).

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::error::Error;
use crate::files::access_fs::{FileStat, join_path, split_path};
use crate::files::file_format::{Completeness, FileFormat, FileRules, Found, Inspection, Role};
use crate::mail::{MailSizes, MaildirName, StoredForm, Uidlist};
use crate::mail_stores::stored_mail::{MailNumber, MailOptions, StoredMail, add_place};
use crate::object::{GenerationTuple, ObjectKey};

#[cfg(test)]
mod tests;

/// The name of the kind.
const KIND: &str = "maildir";

/// How many mailboxes' uidlists are kept parsed.
const UIDLISTS_MAX: usize = 8;

/// Maildirs below one root, of one user or of many.
///
/// An object's key is (path of its mailbox, base name), its generation (base name, size on disk):
/// flags, and the move from `new` to `cur`, change neither. A mail that does not have the sizes
/// that its name states is corrupt; one that is shorter may still be copied.
///
/// No mailbox is called `tmp`, `new` or `cur`: Dovecot refuses these names where mailboxes are
/// folders. Users may be: folders above [`MailOptions::home_depth`] are not those of a Maildir.
#[derive(Debug)]
pub struct MaildirFormat {
    options: MailOptions,
    /// Bounds the time that decoding a mail may take.
    clock: Arc<dyn Clock>,
    /// Most recently used last.
    uidlists: Mutex<Vec<KnownUidlist>>,
}

#[derive(Debug)]
struct KnownUidlist {
    path: Vec<u8>,
    stat: FileStat,
    /// `None` if it is of no use.
    list: Option<Arc<Uidlist>>,
}

impl MaildirFormat {
    /// The format with these options.
    #[must_use]
    pub fn new(options: MailOptions, clock: Arc<dyn Clock>) -> Self {
        Self { options, clock, uidlists: Mutex::default() }
    }

    /// The mailbox's uidlist, if it has one that can be read. Of one that cannot, mails have no
    /// numbers, and it is left out.
    fn uidlist(&self, file: &mut Inspection<'_>, mailbox: &[u8]) -> Option<Arc<Uidlist>> {
        let path = join_path(mailbox, b"dovecot-uidlist");
        let number = file.open_beside(&path).ok()?;
        let opened = file.file(number).ok()?;
        let stat = opened.stat;
        let mut known = self.uidlists.lock().unwrap_or_else(PoisonError::into_inner);
        let held = known.iter().position(|known| known.path == path);
        if let Some(held) = held {
            let entry = known.remove(held);
            if entry.stat == stat {
                let list = entry.list.clone();
                known.push(entry);
                return list;
            }
        }
        drop(known);
        let read = Uidlist::read(opened.body()).map(Arc::new);
        // Once for each time that it is read, not for each mail.
        let list = read.map_err(|error| file.leave_out(error)).ok();
        let mut known = self.uidlists.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= UIDLISTS_MAX {
            known.remove(0);
        }
        known.push(KnownUidlist { path, stat, list: list.clone() });
        list
    }

    /// True for a folder that lies in a user's mail.
    fn is_below_home(&self, folder: &[u8]) -> bool {
        folder.split(|&byte| byte == b'/').count() > self.options.home_depth
    }

    /// True for a folder that mails lie in.
    fn holds_mails(&self, folder: &[u8]) -> bool {
        matches!(split_path(folder).1, b"cur" | b"new") && self.is_below_home(folder)
    }

    /// The mailbox at this path as IMAP calls it.
    fn mailbox_name(&self, path: &[u8]) -> Vec<u8> {
        let folders = path.split(|&byte| byte == b'/').filter(|folder| !folder.is_empty());
        let below: Vec<_> = folders.skip(self.options.home_depth).collect();
        match below.as_slice() {
            [] => b"INBOX".to_vec(),
            [folder] => folder.strip_prefix(b".").unwrap_or(folder).to_vec(),
            _ => below.join(&b'/'),
        }
    }
}

impl FileFormat for MaildirFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: false,
            complete: Completeness::AsInspected,
            // One inode may be the mail of several users.
            links_once: false,
            folder_depth: 16,
        }
    }

    /// Mailboxes do not lie among mails.
    fn enters(&self, folder: &[u8]) -> bool {
        let (above, name) = split_path(folder);
        !self.holds_mails(above) && (name != b"tmp" || !self.is_below_home(folder))
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        if self.holds_mails(folder) && MaildirName::parse(name).is_some() {
            return Role::Object;
        }
        Role::Ignored
    }

    /// Keys begin with the path of their mailbox, whose mails lie in folders of it.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        let (above, name) = split_path(path);
        if self.holds_mails(above) {
            let base = MaildirName::parse(name).map_or(b"".as_slice(), |name| name.base);
            return keys_of(split_path(above).0, base);
        }
        if self.holds_mails(path) { keys_of(above, b"") } else { path.to_vec() }
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let not_a_mail = Error::Corrupt("maildir: name of a mail");
        let name = MaildirName::parse(file.name()).ok_or(not_a_mail)?;
        let (mailbox, _) = split_path(file.folder());
        let mail = self.read(file, &name)?;
        let key = ObjectKey::of_parts(&[mailbox, name.base])?;
        let generation = GenerationTuple::new(KIND).bytes(name.base).number(file.stat().bytes);
        let mut found = Found::whole_file(key, generation.finish(), file.stat());
        mail.describe(&mut found);
        let number = self.uidlist(file, mailbox).and_then(|list| {
            let uid = list.uid(name.base)?;
            let mailbox = self.mailbox_name(mailbox);
            Some(MailNumber { mailbox, uid_validity: list.uid_validity, uid })
        });
        // Dovecot keeps INTERNALDATE as the file's time; the name has the time of delivery.
        let internal_date_s = file.stat().mtime_ns.div_euclid(1_000_000_000);
        add_place(&mut found.identifiers, Some(internal_date_s), number.as_ref(), &self.options);
        let other_date = name.seconds.filter(|&seconds| seconds != internal_date_s);
        add_place(&mut found.identifiers, other_date, None, &self.options);
        Ok(vec![found])
    }

    fn may_move_to(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        if !self.holds_mails(folder) {
            return Vec::new();
        }
        let (mailbox, _) = split_path(folder);
        vec![join_path(mailbox, b"cur"), join_path(mailbox, b"new")]
    }
}

/// What the keys of mails of a mailbox begin with whose base names begin so.
fn keys_of(mailbox: &[u8], base: &[u8]) -> Vec<u8> {
    // One that is too long for a key is that of no mail.
    ObjectKey::of_parts(&[mailbox, base])
        .map_or_else(|_| mailbox.to_vec(), |it| it.as_bytes().to_vec())
}

impl MaildirFormat {
    /// Looks into the mail and compares its sizes with those that its name states.
    fn read(&self, file: &Inspection<'_>, name: &MaildirName<'_>) -> Result<StoredMail, Error> {
        let limits = file.limits();
        let bytes_max = name.plain_bytes.or(name.crlf_bytes);
        let bytes_max = bytes_max.map(|bytes| bytes.min(limits.decoded_bytes));
        let caps = (limits, &*self.clock);
        let mail = StoredMail::read(&file.body(), &self.options, caps, bytes_max)?;
        let Some(MailSizes { plain, crlf }) = mail.sizes else { return Ok(mail) };
        let stored = file.stat().bytes;
        if mail.form == StoredForm::Plain && name.plain_bytes.is_some_and(|bytes| stored < bytes) {
            // Deliverers move mails here; whoever copies a Maildir writes them in place.
            return Err(Error::Busy);
        }
        let is_as_stated = name.plain_bytes.is_none_or(|stated| stated == plain)
            && name.crlf_bytes.is_none_or(|stated| stated == crlf)
            && (mail.form != StoredForm::Plain || plain == stored);
        if is_as_stated {
            Ok(mail)
        } else {
            Err(Error::Corrupt("maildir: sizes that the name does not state"))
        }
    }
}
