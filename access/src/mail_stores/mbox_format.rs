//! mbox files: many mails in one file, to which any program may append.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::{Error, LimitKind};
use crate::files::access_fs::{join_path, split_path};
use crate::files::file_format::{
    Completeness, FileFormat, FileNumber, FileRules, Found, Inspection, Role, Segment,
};
use crate::mail::{MailFacts, MboxMail, StoredForm, mbox_mails};
use crate::mail_stores::stored_mail::{MailOptions, StoredMail};
use crate::object::{GenerationTuple, ObjectKey};

#[cfg(test)]
mod tests;

/// The name of the kind.
const KIND: &str = "mbox";

/// What ends the name of a file that locks another one.
const LOCK_SUFFIX: &[u8] = b".lock";

/// mbox files below one root.
///
/// An object's body is the mail without the header fields that Dovecot adds to it. Its key is
/// (path, Message-ID or BLAKE3 of that header, ordinal among equals); its generation is the file's
/// state and where the mail lies in it, so that any change of the file is one of all its mails.
#[derive(Debug)]
pub struct MboxFormat {
    options: MailOptions,
    include: GlobSet,
}

impl MboxFormat {
    /// The format with these options; which files are mboxes is said by globs over paths below the
    /// root, all that are neither hidden nor a server's own if there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a glob that is none.
    pub fn new(options: MailOptions, include: &[String]) -> Result<Self, Error> {
        let problem = |error: globset::Error| Error::Configuration {
            option: "include",
            problem: error.to_string(),
        };
        let mut globs = GlobSetBuilder::new();
        for glob in include {
            globs.add(Glob::new(glob).map_err(problem)?);
        }
        if include.is_empty() {
            globs.add(Glob::new("**").map_err(problem)?);
        }
        Ok(Self { options, include: globs.build().map_err(problem)? })
    }

    fn found(
        &self,
        file: &Inspection<'_>,
        mail: &MboxMail,
        header: &[u8],
        ordinals: &mut HashMap<Vec<u8>, u32>,
    ) -> Result<Found, Error> {
        let facts = MailFacts::read(header, &self.options.own_servers);
        let name = match &facts.message_id {
            Some(message_id) => [b"<", message_id.as_bytes(), b">"].concat(),
            None => blake3::hash(header).as_bytes().to_vec(),
        };
        let ordinal = ordinals.entry(name.clone()).or_default();
        let key = ObjectKey::of_parts(&[file.path(), &name, ordinal.to_string().as_bytes()])?;
        *ordinal = ordinal.saturating_add(1);
        let stat = file.stat();
        let generation = GenerationTuple::new(KIND)
            .number(stat.dev)
            .number(stat.ino)
            .number(stat.bytes)
            .signed(stat.mtime_ns)
            .number(mail.offset);
        let slices = mail.slices().into_iter();
        let segment = |(offset, len)| Segment { file: FileNumber::INSPECTED, offset, len };
        let body = slices.map(segment).collect();
        let mut found = Found::new(key, generation.finish(), body);
        StoredMail { form: StoredForm::Plain, facts, sizes: None }.describe(&mut found);
        Ok(found)
    }
}

impl FileFormat for MboxFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: true,
            complete: Completeness::WhenQuiet,
            links_once: false,
            folder_depth: 16,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        !split_path(folder).1.starts_with(b".")
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        if name.starts_with(b".") || name.starts_with(b"dovecot") || name == b"subscriptions" {
            return Role::Ignored;
        }
        if let Some(locked) = name.strip_suffix(LOCK_SUFFIX) {
            return Role::CompanionOf(locked.to_vec());
        }
        let path = join_path(folder, name);
        if self.include.is_match(Path::new(OsStr::from_bytes(&path))) {
            return Role::Object;
        }
        Role::Ignored
    }

    /// Keys begin with the path of their file.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let lock = [file.path(), LOCK_SUFFIX].concat();
        match file.open_beside(&lock) {
            Err(Error::Gone) => {}
            // Whatever lies there, programs take it for a lock.
            _ => return Err(Error::Busy),
        }
        // Servers write a mail that comes slowly into the file as it comes.
        if file.file(FileNumber::INSPECTED)?.file.is_locked()? {
            return Err(Error::Busy);
        }
        let mut found = Vec::new();
        let mut ordinals = HashMap::new();
        let left_out = mbox_mails(&file.body(), file.limits(), |mail, header| {
            found.push(self.found(file, &mail, header, &mut ordinals)?);
            Ok(())
        })?;
        for _ in 0..left_out.mails {
            file.leave_out(Error::Limit(LimitKind::Header));
        }
        if left_out.has_more {
            file.leave_out(Error::Limit(LimitKind::Members));
        }
        Ok(found)
    }
}
