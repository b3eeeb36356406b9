//! Goal: a mail is listed as what it is and under one name for its life, and nothing else in a
//! Maildir is listed.
//!
//! Method: the samples of a real server, then names and sizes at their edges. If this fails, mails
//! come and go when they are only read, or bytes are offered that the server would not give out.

use super::*;
use crate::files::access_fs::AccessFs;
use crate::files::memory_fs::MemoryFs;
use crate::identifiers::DateKind;
use crate::limits::Limits;
use crate::manual_clock::ManualClock;
use crate::object::{ContentCoding, ObjectMeta};
use crate::web::cache_stage::{Stage, body_of};

const PLAIN_NAME: &str = "1795317141.M182887P21091.vm,S=7379,W=7492:2,S";
const PLAIN: &[u8] =
    include_bytes!("../../../tests/samples/mail/1795317141.M182887P21091.vm,S=7379,W=7492:2,S");
const GZIP_NAME: &str = "1795317199.M816566P22404.vm,S=7264,W=7378:2,";
const GZIP: &[u8] =
    include_bytes!("../../../tests/samples/mail/1795317199.M816566P22404.vm,S=7264,W=7378:2,");
const UIDLIST: &[u8] = include_bytes!("../../../tests/samples/mail/dovecot-uidlist");
const MAIL: &[u8] = b"Message-ID: <1@a>\n\nx\n";

struct Store {
    fs: MemoryFs,
    format: MaildirFormat,
}

impl Store {
    fn new(options: MailOptions) -> Self {
        let fs = MemoryFs::new(Arc::new(ManualClock::new()));
        let clock = Arc::new(ManualClock::new());
        Self { fs, format: MaildirFormat::new(options, clock) }
    }

    fn inspect(&self, path: &str) -> Result<Found, Error> {
        let root = self.fs.open_root().unwrap();
        let (folder, name) = split_path(path.as_bytes());
        let limits = Limits::default();
        let mut inspection = Inspection::open(&*root, folder, name, &limits)?;
        let mut found = self.format.inspect(&mut inspection)?;
        assert_eq!(found.len(), 1);
        Ok(found.remove(0))
    }

    fn written(&self, path: &str, bytes: &[u8]) -> Result<Found, Error> {
        self.fs.write(path, bytes);
        self.inspect(path)
    }
}

fn store() -> Store {
    Store::new(MailOptions::default())
}

#[test]
fn sample_has_all_its_identifiers() {
    let options = MailOptions {
        own_servers: Vec::new(),
        imap_url: Some("imap://mail.example.org".to_owned()),
        home_depth: 1,
    };
    let store = Store::new(options);
    store.fs.write("u1/dovecot-uidlist", UIDLIST);
    let found = store.written(&format!("u1/cur/{PLAIN_NAME}"), PLAIN).unwrap();
    let base = PLAIN_NAME.split(':').next().unwrap().as_bytes();
    assert_eq!(found.key.parts().unwrap(), [b"u1".to_vec(), base.to_vec()]);
    let whole = [(0, PLAIN.len() as u64)];
    assert_eq!(found.body.iter().map(|part| (part.offset, part.len)).collect::<Vec<_>>(), whole);
    assert_eq!(found.media_type.as_deref(), Some("message/rfc822"));
    assert!(found.encodings.is_empty() && !found.is_private && found.part.is_none());
    let identifiers = &found.identifiers;
    assert_eq!(identifiers.message_ids, [b"0@example.org".to_vec()]);
    assert_eq!(identifiers.source_addresses, ["example.org"]);
    assert_eq!(identifiers.sequence_numbers[0].space, b"imap\0INBOX\x001795317141");
    assert_eq!(identifiers.sequence_numbers[0].number, 1);
    let url = "imap://mail.example.org/INBOX;UIDVALIDITY=1795317141/;UID=1";
    assert_eq!(identifiers.urls, [url.as_bytes()]);
    assert_eq!(identifiers.date(DateKind::Sent).unwrap().seconds, 1_700_000_000);
    let mut received = identifiers.dates.iter().filter(|date| date.kind == DateKind::Received);
    assert_eq!(received.next_back().unwrap().seconds, 1_795_317_141);
}

#[test]
fn compressed_sample_is_an_object_with_a_coding() {
    let found = store().written(&format!("cur/{GZIP_NAME}"), GZIP).unwrap();
    assert_eq!(found.encodings, [ContentCoding::Gzip]);
    assert_eq!(found.body[0].len, GZIP.len() as u64);
    assert_eq!(found.identifiers.message_ids, [b"0@example.org".to_vec()]);
}

#[test]
fn flags_and_folder_change_neither_key_nor_generation() {
    let store = store();
    let first = store.written("new/1.a.h,S=21", MAIL).unwrap();
    for path in ["cur/1.a.h,S=21:2,", "cur/1.a.h,S=21:2,FS", "cur/1.a.h,S=21"] {
        let found = store.written(path, MAIL).unwrap();
        assert_eq!((&found.key, found.generation), (&first.key, first.generation), "{path}");
    }
    let other_mailbox = store.written(".Sent/cur/1.a.h,S=21:2,", MAIL).unwrap();
    assert_ne!(other_mailbox.key, first.key);
    let longer = store.written("cur/1.a.h:2,", &[MAIL, b"y"].concat()).unwrap();
    let shorter = store.written("cur/1.a.h:2,", MAIL).unwrap();
    assert_eq!(longer.key, shorter.key);
    assert_ne!(longer.generation, shorter.generation);
}

#[test]
fn sizes_in_the_name_are_those_of_the_mail() {
    let store = store();
    for (name, is_right) in [
        ("1.a.h", true),
        ("1.a.h,S=21", true),
        ("1.a.h,W=24", true),
        ("1.a.h,S=21,W=24", true),
        ("1.a.h,S=20", false),
        ("1.a.h,S=0", false),
        ("1.a.h,W=23", false),
        ("1.a.h,W=25", false),
        ("1.a.h,W=0", false),
        ("1.a.h,W=18446744073709551615", false),
        ("1.a.h,S=21,W=21", false),
        ("1.a.h,S=20,W=24", false),
    ] {
        let result = store.written(&format!("cur/{name}"), MAIL);
        let is_corrupt = matches!(result, Err(Error::Corrupt(_)));
        assert!(if is_right { result.is_ok() } else { is_corrupt }, "{name}");
    }
    for name in ["1.a.h,S=22", "1.a.h,S=22,W=24", "1.a.h,S=18446744073709551615"] {
        assert!(matches!(store.written(&format!("cur/{name}"), MAIL), Err(Error::Busy)), "{name}");
    }
    for (name, is_right) in
        [("1.b.h,S=7264,W=7378", true), ("1.b.h,S=7265", false), ("1.b.h,W=7377", false)]
    {
        let result = store.written(&format!("cur/{name}"), GZIP);
        let is_corrupt = matches!(result, Err(Error::Corrupt(_)));
        assert!(if is_right { result.is_ok() } else { is_corrupt }, "{name}");
    }
}

#[test]
fn mail_that_is_cut_anywhere_is_not_listed() {
    let store = store();
    for (name, bytes) in [("1.a.h,S=21", MAIL), (GZIP_NAME, GZIP)] {
        let path = format!("cur/{name}");
        for len in (0..bytes.len()).filter(|len| bytes.len() < 100 || len % 97 == 0) {
            assert!(store.written(&path, &bytes[..len]).is_err(), "{name} {len}");
        }
    }
}

#[test]
fn number_comes_from_the_newest_uidlist() {
    let store = store();
    let number = || {
        let found = store.inspect("cur/1.a.h:2,S").unwrap();
        found.identifiers.sequence_numbers.first().map(|number| number.number)
    };
    store.fs.write("cur/1.a.h:2,S", MAIL);
    assert_eq!(number(), None);
    for (list, expected) in [
        ("3 V1 N3\n2 :1.a.h\n", Some(2)),
        ("3 V1 N3\n2 :1.b.h\n", None),
        ("3 V1 N3 \n4294967295 :1.a.h\n", Some(4_294_967_295)),
        ("not a list", None),
        ("3 V1 N3\n9 :1.a.h\n", Some(9)),
    ] {
        store.fs.remove("dovecot-uidlist");
        store.fs.write("dovecot-uidlist", list.as_bytes());
        assert_eq!(number(), expected, "{list:?}");
        assert_eq!(number(), expected, "{list:?}, kept");
    }
    store.fs.remove("dovecot-uidlist");
    assert_eq!(number(), None);
}

#[test]
fn more_mailboxes_than_are_kept_have_their_own_numbers() {
    let store = store();
    let mailboxes = 2 * UIDLISTS_MAX as u64 + 1;
    for round in 0..2 {
        for mailbox in 1..=mailboxes {
            let list = format!("3 V{mailbox} N9\n{mailbox} :1.a.h\n");
            if round == 0 {
                store.fs.write(&format!(".{mailbox}/dovecot-uidlist"), list.as_bytes());
            }
            let found = store.written(&format!(".{mailbox}/cur/1.a.h"), MAIL).unwrap();
            let expected = format!("imap\0{mailbox}\0{mailbox}").into_bytes();
            let number = &found.identifiers.sequence_numbers[0];
            assert_eq!((&number.space, number.number), (&expected, mailbox));
        }
    }
    assert!(store.format.uidlists.lock().unwrap().len() <= UIDLISTS_MAX);
}

#[test]
fn only_mails_in_new_and_cur_are_looked_at() {
    let format = store().format;
    let is_object = |path: &str| {
        let (folder, name) = split_path(path.as_bytes());
        format.role(folder, name) == Role::Object
    };
    for path in ["cur/1.a", "new/1.a", "u1/Maildir/cur/1.a:2,S", ".Sent/new/x", "A/B/cur/\n"] {
        assert!(is_object(path), "{path}");
    }
    for path in [
        "1.a",
        "tmp/1.a",
        "cur/.hidden",
        "cur/:2,S",
        "cur/dovecot.index.log",
        "cur/maildirfolder",
        "dovecot-uidlist",
        "curx/1.a",
        ".cur/1.a",
        "cur/x/1.a",
    ] {
        assert!(!is_object(path), "{path}");
    }
    for folder in ["cur", "new", ".Sent", ".Sent/cur", "u1", "u1/Maildir/A/B"] {
        assert!(format.enters(folder.as_bytes()), "{folder}");
    }
    for folder in ["tmp", "u1/tmp", "new/tmp"] {
        assert!(!format.enters(folder.as_bytes()), "{folder}");
    }
}

#[test]
fn users_may_be_called_like_the_folders_of_a_maildir() {
    let options = MailOptions { home_depth: 1, ..MailOptions::default() };
    let stage = Stage::new(MaildirFormat::new(options, Arc::new(ManualClock::new())));
    let mails = ["tmp/Maildir/cur/1.a", "new/Maildir/new/2.a", "cur/cur/3.a", "new/.tmp/cur/4.a"];
    let others =
        ["tmp/Maildir/tmp/5.a", "new/6.a", "tmp/7.a", "new/Maildir/cur/x/8.a", "cur/tmp/9.a"];
    for path in mails.iter().chain(&others) {
        stage.fs.write(path, MAIL);
    }
    let mut told = stage.scan().upserts;
    told.sort_by_key(|meta| meta.key.parts().unwrap().remove(1));
    let mailbox = |meta: &ObjectMeta| String::from_utf8(meta.key.parts().unwrap().remove(0));
    let mailboxes: Vec<String> = told.iter().map(|meta| mailbox(meta).unwrap()).collect();
    assert_eq!(mailboxes, ["tmp/Maildir", "new/Maildir", "cur", "new/.tmp"]);
    for meta in &told {
        assert_eq!(body_of(&stage.source, meta), MAIL);
    }
    let format = MaildirFormat::new(
        MailOptions { home_depth: 1, ..MailOptions::default() },
        Arc::new(ManualClock::new()),
    );
    assert_eq!(format.may_move_to(b"new"), [b""; 0], "that is a user");
    assert_eq!(format.may_move_to(b"new/new"), [b"new/cur", b"new/new"]);
}

#[test]
fn mail_is_looked_for_in_both_folders_of_its_mailbox() {
    let format = store().format;
    assert_eq!(format.may_move_to(b"u1/.Sent/new"), [b"u1/.Sent/cur", b"u1/.Sent/new"]);
    assert_eq!(format.may_move_to(b"cur"), [b"cur", b"new"]);
    assert_eq!(format.may_move_to(b"tmp"), [b""; 0]);
}

#[test]
fn mailboxes_have_the_names_that_imap_gives_them() {
    let name = |home_depth, path: &str| {
        let options = MailOptions { home_depth, ..MailOptions::default() };
        let format = Store::new(options).format;
        String::from_utf8(format.mailbox_name(path.as_bytes())).unwrap()
    };
    assert_eq!(name(0, ""), "INBOX");
    assert_eq!(name(2, "u1/Maildir"), "INBOX");
    assert_eq!(name(2, "u1/Maildir/.Sent"), "Sent");
    assert_eq!(name(2, "u1/Maildir/.Lists.rust"), "Lists.rust");
    assert_eq!(name(2, "u1/Maildir/Lists/rust"), "Lists/rust");
    assert_eq!(name(9, "u1/Maildir"), "INBOX");
}

#[test]
fn other_forms_are_unsupported_and_empty_mails_are_mails() {
    let store = store();
    let result = store.written("cur/1.a", b"BZh91AY&SY\0\0");
    assert!(matches!(result, Err(Error::Unsupported(_))));
    let found = store.written("cur/2.a,S=0,W=0", b"").unwrap();
    assert!(found.identifiers.message_ids.is_empty() && found.body[0].len == 0);
}

/// Whether the mail of one path is spared when that of another cannot be read.
fn is_spared(store: &Store, mail: &str, unreadable: &str) -> bool {
    let found = store.written(mail, MAIL).unwrap();
    found.key.as_bytes().starts_with(&store.format.keys_below(unreadable.as_bytes()))
}

#[test]
fn what_cannot_be_read_spares_what_may_lie_in_it_and_nothing_else() {
    let home_depth = 1;
    let store = Store::new(MailOptions { home_depth, ..MailOptions::default() });
    let mail = "u1/.Sent/cur/1.a.h:2,";
    for holds_it in ["", "u1", "u1/.Sent", "u1/.Sent/cur", "u1/.Sent/new", mail] {
        assert!(is_spared(&store, mail, holds_it), "{holds_it}");
    }
    for other in [
        "lost+found",
        "u2",
        "u1/.Drafts",
        "u1/cur",
        "u1/new",
        "u1/.Sent.2026",
        "u1/.Sent/cur/2.a.h",
    ] {
        assert!(!is_spared(&store, mail, other), "{other}");
    }
    assert!(is_spared(&store, "u1/new/1.a.h", "u1/cur"));
    assert!(is_spared(&store, "u1/new/1.a.h", "u1/cur/1.a.h:2,S"));
    assert!(!store.format.enters(b"u1/cur/x"), "mailboxes do not lie among mails");
    assert!(store.format.enters(b"cur/x"), "that is a user");
}
