//! Mail: the stores of a real Dovecot as files, and an account over IMAP.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use gleaner_access::{AccessSource, ObjectMeta, Reason, conformance};
use gleaner_tests::servers::{Dovecot, ImapClient, wait_until};

use super::super::{imap_account, mail_stores};
use super::subject::{Answer, Habits, Subject, Told};

/// A user of the server, and the numbers of the mails.
struct User {
    dovecot: Dovecot,
    name: &'static str,
    client: RefCell<ImapClient>,
    uids: RefCell<BTreeMap<u32, u32>>,
}

/// A mail that is long enough to be seen on its way to the disk.
fn mail(number: u32, edition: u32) -> Vec<u8> {
    let seed = u64::from(number) * 1000 + u64::from(edition);
    mail_stores::mail(number, &conformance::body(seed, 300_000))
}

impl User {
    fn of(dovecot: Dovecot, name: &'static str) -> Self {
        let mut client = dovecot.imap(name).unwrap();
        client.select("INBOX").unwrap();
        let uids = RefCell::default();
        Self { dovecot, name, client: RefCell::new(client), uids }
    }

    fn home(&self) -> PathBuf {
        self.dovecot.home(self.name)
    }

    fn uid(&self, number: u32) -> u32 {
        self.uids.borrow()[&number]
    }

    fn put(&self, number: u32, edition: u32) {
        let uid = self.client.borrow_mut().append("INBOX", &mail(number, edition)).unwrap();
        self.uids.borrow_mut().insert(number, uid);
    }

    fn put_slowly(&self, number: u32, meanwhile: &dyn Fn()) {
        let mail = mail(number, 1);
        let (start, rest) = mail.split_at(mail.len() / 2);
        let mut other = self.dovecot.imap(self.name).unwrap();
        let before = self.stored_bytes();
        let appending = other.begin_append("INBOX", mail.len(), start).unwrap();
        let is_growing = || self.stored_bytes() > before + start.len() as u64 / 4;
        wait_until("a part of the mail is on the disk", is_growing);
        meanwhile();
        let uid = other.finish_append(appending, rest).unwrap();
        self.uids.borrow_mut().insert(number, uid);
        other.log_out().unwrap();
    }

    /// Bytes of all that lies in the store.
    fn stored_bytes(&self) -> u64 {
        let files = super::super::files_below(&self.home());
        files.iter().filter_map(|path| fs::metadata(path).ok()).map(|it| it.len()).sum()
    }

    fn given(&self, number: u32) -> Vec<u8> {
        // In a session of its own: an open one need not be told what others did.
        let mut client = self.dovecot.imap(self.name).unwrap();
        client.command("EXAMINE INBOX").unwrap();
        client.fetch(self.uid(number)).unwrap()
    }

    fn expunge(&self, uid: u32) {
        let client = &mut *self.client.borrow_mut();
        client.add_flags(uid, "\\Deleted").unwrap();
        client.expunge().unwrap();
        if self.name == "md" {
            self.dovecot.purge(self.name).unwrap();
        }
    }

    fn replace(&self, number: u32, edition: u32) {
        let before = self.uid(number);
        self.put(number, edition);
        self.expunge(before);
    }

    fn add_flags(&self, number: u32) {
        self.client.borrow_mut().add_flags(self.uid(number), "\\Seen \\Flagged").unwrap();
    }

    /// The file that the mail lies in, and where its Message-ID is, if that can be read.
    fn place(&self, number: u32) -> (PathBuf, usize) {
        let home = self.home();
        if self.name == "sd" {
            let uid = self.uid(number);
            return (home.join(format!("sdbox/mailboxes/INBOX/dbox-Mails/u.{uid}")), 0);
        }
        let wanted = format!("Message-ID: <{number}@example.org>");
        let files = super::super::files_below(&home);
        let mails = files.into_iter().filter(|path| {
            path.file_name().is_some_and(|name| !name.to_string_lossy().contains("dovecot"))
        });
        let mut found = mails.filter_map(|path| {
            let at = find(&fs::read(&path).ok()?, wanted.as_bytes())?;
            Some((path, at))
        });
        found.next().expect("the mail is stored")
    }
}

fn has_id(meta: &ObjectMeta, number: u32) -> bool {
    let wanted = format!("{number}@example.org");
    meta.identifiers.message_ids.iter().any(|id| *id == wanted.as_bytes())
}

/// Where these bytes begin.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Where the header of a mail in a dbox file begins: of the one that has this place in it, or of
/// the only one.
fn header_before(path: &Path, at: usize) -> usize {
    let bytes = fs::read(path).unwrap();
    let before = if at == 0 { &bytes[..] } else { &bytes[..at] };
    before.windows(3).rposition(|window| window == b"\x01\x02N").unwrap()
}

fn write_at(path: &Path, offset: usize, bytes: &[u8]) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(bytes, offset as u64).unwrap();
}

fn cut(path: &Path, bytes: usize) {
    fs::File::options().write(true).open(path).unwrap().set_len(bytes as u64).unwrap();
}

/// A user's mails, and what reads them: the files of the store, or an account over IMAP with the
/// store below it.
pub(super) struct Mails {
    user: User,
    source: Box<dyn AccessSource>,
    is_account: bool,
    told: Told,
}

impl Mails {
    /// Of the users of [`Dovecot`].
    pub(super) fn in_files(name: &'static str) -> Option<Self> {
        let dovecot = Dovecot::start()?;
        let format = mail_stores::stores().into_iter().find(|(user, _)| *user == name)?.1;
        let user = User::of(dovecot, name);
        let source = Box::new(mail_stores::source(&user.home(), format));
        Some(Self { user, source, is_account: false, told: Told::default() })
    }

    pub(super) fn of_account() -> Option<Self> {
        let dovecot = Dovecot::start()?;
        let source = Box::new(imap_account::source(&dovecot, "sd", &["INBOX"]));
        Some(Self {
            user: User::of(dovecot, "sd"),
            source,
            is_account: true,
            told: Told::default(),
        })
    }
}

impl Subject for Mails {
    fn source(&self) -> &dyn AccessSource {
        &*self.source
    }

    fn told(&self) -> &Told {
        &self.told
    }

    fn habits(&self) -> Habits {
        let is_one_of_a_file = matches!(self.user.name, "md" | "mb");
        Habits {
            shares_a_file: is_one_of_a_file,
            is_seen_growing: is_one_of_a_file,
            tells_revalidation: self.user.name == "mb",
        }
    }

    fn is(&self, meta: &ObjectMeta, number: u32) -> bool {
        has_id(meta, number)
    }

    fn as_given(&self, stored: Vec<u8>) -> Vec<u8> {
        if !stored.starts_with(b"\x1f\x8b") {
            return mail_stores::crlf(&stored);
        }
        let mut text = Vec::new();
        flate2::read::MultiGzDecoder::new(stored.as_slice()).read_to_end(&mut text).unwrap();
        mail_stores::crlf(&text)
    }

    fn given(&self, number: u32) -> Vec<u8> {
        self.user.given(number)
    }

    fn put(&self, number: u32, edition: u32) {
        self.user.put(number, edition);
    }

    fn put_slowly(&self, number: u32, meanwhile: &dyn Fn()) {
        self.user.put_slowly(number, meanwhile);
    }

    fn remove(&self, number: u32) {
        self.user.expunge(self.user.uid(number));
    }

    fn replace(&self, number: u32, edition: u32) {
        self.user.replace(number, edition);
    }

    fn revalidate(&self, number: u32) {
        self.user.add_flags(number);
    }

    fn truncate(&self, number: u32) -> Answer {
        let (path, at) = self.user.place(number);
        cut(&path, at + 2000);
        if self.is_account {
            return Answer::Refused(BELOW);
        }
        match self.user.name {
            "mb" => Answer::AsItIsNow,
            _ => Answer::Refused(&[Reason::Busy, Reason::Corrupt]),
        }
    }

    fn break_header(&self, number: u32) -> Answer {
        let (path, at) = self.user.place(number);
        if self.is_account {
            // The server looks at no header of a file that it has in its index.
            let middle = fs::metadata(&path).unwrap().len() / 2;
            write_at(&path, usize::try_from(middle).unwrap(), &[0x55; 1000]);
            return Answer::Refused(BELOW);
        }
        match self.user.name {
            "u1" => {
                // The name is what says how long the mail is.
                let name = path.file_name().unwrap().to_str().unwrap();
                let (before, after) = name.split_once(",S=").unwrap();
                fs::rename(&path, path.with_file_name(format!("{before},S=1{after}"))).unwrap();
                return Answer::Refused(&[Reason::Busy, Reason::Corrupt]);
            }
            "mb" => write_at(&path, 0, b"Fron"),
            _ => {
                write_at(&path, header_before(&path, at), b"\x01\x03");
            }
        }
        Answer::Refused(&[Reason::Corrupt])
    }

    fn make_foreign(&self, number: u32) -> Answer {
        let (path, _) = self.user.place(number);
        match self.user.name {
            "u1" => {
                fs::write(&path, b"BZh91AY&SY of a compression that is not read").unwrap();
                Answer::Refused(&[Reason::Unsupported])
            }
            "mb" => {
                let bytes = fs::read(&path).unwrap();
                fs::write(&path, zstd::encode_all(bytes.as_slice(), 1).unwrap()).unwrap();
                Answer::Refused(&[Reason::Corrupt])
            }
            _ => {
                write_at(&path, 0, b"3");
                Answer::Refused(&[Reason::Unsupported])
            }
        }
    }

    fn write_uidlist(&self, first_line: &str) {
        let path = self.user.home().join("Maildir/dovecot-uidlist");
        let text = fs::read_to_string(&path).unwrap();
        let (_, mails) = text.split_once('\n').unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, format!("{first_line}\n{mails}")).unwrap();
    }
}

/// What comes of a store that the server itself cannot read.
const BELOW: &[Reason] = &[Reason::Unavailable, Reason::Corrupt, Reason::Gone];
