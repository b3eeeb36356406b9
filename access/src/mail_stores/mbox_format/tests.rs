//! Goal: each mail of an mbox is the mail that was sent, under a name that others do not change.
//!
//! Method: the sample of a real server, then files written here. If this fails, the mails of an
//! mbox never match what a subscriber has.

use std::sync::Arc;

use super::*;
use crate::files::access_fs::AccessFs;
use crate::files::memory_fs::{Fault, MemoryFs};
use crate::limits::Limits;
use crate::manual_clock::ManualClock;

const INBOX: &[u8] = include_bytes!("../../../tests/samples/mail/inbox");
const MDBOX: &[u8] = include_bytes!("../../../tests/samples/mail/m.1");
const FROM: &str = "From a@example.org  Sun Nov 22 03:13:19 2026\n";

struct Store {
    fs: MemoryFs,
    format: MboxFormat,
}

fn store(include: &[&str]) -> Store {
    let include: Vec<_> = include.iter().map(|&glob| glob.to_owned()).collect();
    let format = MboxFormat::new(MailOptions::default(), &include).unwrap();
    Store { fs: MemoryFs::new(Arc::new(ManualClock::new())), format }
}

impl Store {
    fn inspect(&self, path: &str) -> Result<Vec<Found>, Error> {
        let root = self.fs.open_root().unwrap();
        let (folder, name) = split_path(path.as_bytes());
        let limits = Limits::default();
        let mut inspection = Inspection::open(&*root, folder, name, &limits)?;
        self.format.inspect(&mut inspection)
    }
}

fn bytes_of(found: &Found, file: &[u8]) -> Vec<u8> {
    let place = |offset: u64| usize::try_from(offset).unwrap();
    let segments = found.body.iter();
    segments
        .flat_map(|part| &file[place(part.offset)..place(part.offset + part.len)])
        .copied()
        .collect()
}

#[test]
fn sample_holds_the_mails_as_they_were_sent() {
    let store = store(&[]);
    store.fs.write("mb/inbox", INBOX);
    let found = store.inspect("mb/inbox").unwrap();
    assert_eq!(found.len(), 2);
    for (number, (found, sent)) in found.iter().zip([46..7310, 7402..14666]).enumerate() {
        assert_eq!(bytes_of(found, INBOX), &MDBOX[sent]);
        let id = format!("<{number}@example.org>").into_bytes();
        assert_eq!(found.key.parts().unwrap(), [b"mb/inbox".to_vec(), id, b"0".to_vec()]);
        assert_eq!(found.media_type.as_deref(), Some("message/rfc822"));
    }
    assert_ne!(found[0].generation, found[1].generation);
}

#[test]
fn mails_of_one_name_are_counted_and_flags_are_no_part_of_it() {
    let store = store(&[]);
    let mail = |head: &str, body: &str| format!("{FROM}{head}\n{body}\n\n");
    let file = mail("Message-ID: <1@a>\n", "x")
        + &mail("Message-ID: <1@a>\n", "y")
        + &mail("Subject: z\nStatus: R\n", "x")
        + &mail("Subject: z\nX-Status: F\n", "y");
    store.fs.write("inbox", file.as_bytes());
    let names = || -> Vec<_> {
        let found = store.inspect("inbox").unwrap();
        found.iter().map(|found| found.key.parts().unwrap().split_off(1)).collect()
    };
    let hash = blake3::hash(b"Subject: z\n\n").as_bytes().to_vec();
    let expected = [
        [b"<1@a>".to_vec(), b"0".to_vec()],
        [b"<1@a>".to_vec(), b"1".to_vec()],
        [hash.clone(), b"0".to_vec()],
        [hash, b"1".to_vec()],
    ];
    assert_eq!(names(), expected);
    let keys = names();
    store.fs.write("inbox", file.replace("Status: R", "Status: RO").as_bytes());
    assert_eq!(names(), keys);
}

#[test]
fn any_change_of_the_file_is_another_generation() {
    let store = store(&[]);
    let generation = || store.inspect("inbox").unwrap()[0].generation;
    store.fs.write("inbox", INBOX);
    let first = generation();
    assert_eq!(generation(), first);
    store.fs.set_mtime("inbox", 12345);
    let touched = generation();
    store.fs.write("inbox", &[INBOX, FROM.as_bytes()].concat());
    store.fs.set_mtime("inbox", 12345);
    let appended = generation();
    assert!(first != touched && touched != appended && first != appended);
}

#[test]
fn locked_file_is_busy() {
    let store = store(&[]);
    store.fs.write("inbox", INBOX);
    store.fs.write("inbox.lock", b"");
    assert!(matches!(store.inspect("inbox"), Err(Error::Busy)));
    store.fs.remove("inbox.lock");
    store.fs.make_other("inbox.lock");
    assert!(matches!(store.inspect("inbox"), Err(Error::Busy)));
    store.fs.remove("inbox.lock");
    store.fs.fail("inbox", Some(Fault::Locked));
    assert!(matches!(store.inspect("inbox"), Err(Error::Busy)));
    store.fs.fail("inbox", None);
    assert!(store.inspect("inbox").is_ok());
    assert_eq!(store.format.role(b"a", b"inbox.lock"), Role::CompanionOf(b"inbox".to_vec()));
}

#[test]
fn globs_say_which_files_are_mboxes() {
    let is_object = |include: &[&str], path: &str| {
        let (folder, name) = split_path(path.as_bytes());
        store(include).format.role(folder, name) == Role::Object
    };
    assert!(is_object(&[], "inbox") && is_object(&[], "mbox/Sent"));
    for path in [".hidden", "mbox/.subscriptions", "mbox/dovecot.index", "subscriptions"] {
        assert!(!is_object(&[], path), "{path}");
    }
    assert!(is_object(&["*/inbox", "*/mbox/**"], "mb/mbox/a/Sent"));
    assert!(!is_object(&["*/inbox"], "mb/mbox/Sent"));
    let format = &store(&[]).format;
    assert!(format.enters(b"mb/mbox") && !format.enters(b"mb/mbox/.imap"));
    let result = MboxFormat::new(MailOptions::default(), &["[".to_owned()]);
    assert!(matches!(result, Err(Error::Configuration { option: "include", .. })));
}

#[test]
fn other_files_are_no_mboxes_and_empty_ones_hold_nothing() {
    let store = store(&[]);
    store.fs.write("x", b"text\n");
    assert!(matches!(store.inspect("x"), Err(Error::Corrupt(_))));
    store.fs.write("empty", b"");
    assert!(store.inspect("empty").unwrap().is_empty());
}

#[test]
fn what_cannot_be_read_spares_what_may_lie_in_it_and_nothing_else() {
    let store = store(&[]);
    store.fs.write("u1/mbox/Sent", b"From a Mon Nov 23 00:00:00 2026\nMessage-ID: <1@a>\n\nx\n");
    let key = store.inspect("u1/mbox/Sent").unwrap().remove(0).key;
    let is_spared = |path: &str| {
        let prefix = store.format.keys_below(path.as_bytes());
        key.as_bytes().starts_with(&prefix)
    };
    assert!(["", "u1", "u1/mbox", "u1/mbox/Sent"].into_iter().all(is_spared));
    assert!(!["lost+found", "u2", "u1/inbox", "u1/mbox/Sent.2"].into_iter().any(is_spared));
}
