//! Goal: what the readers of mail stores list and read is what the real server gives its users.
//!
//! Method: mails go in through IMAP into a store of each kind; then the server and our reader are
//! asked for the same mail. If one of these fails, a subscriber's mail is never found at the
//! provider, or wrong bytes are offered for it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use gleaner_access::{
    AccessFs, AccessSource, Body, ChecksumAlgorithm, ContentCoding, DboxFormat, Event, FileFormat,
    FileSource, FileSourceOptions, Hints, Identifiers, Limits, MailOptions, MaildirFormat,
    MboxFormat, ObjectKey, ObjectMeta, Reason, RootedFs, Scope, ScopePolicy, SequenceNumber,
    SourceId, Stop, SubscriberId, SystemClock, TransferEncoding, parts, walk,
};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Dovecot, wait_until};

const OWNER: SubscriberId = SubscriberId::new(7);

/// A mail of a text and an attachment, with everything in it that stores treat in a special way.
pub(super) fn mail(number: u32, attachment: &[u8]) -> Vec<u8> {
    let mut mail = format!(
        "Received: from x (y [192.0.2.{number}])\r\n by mx.example.org; now\r\n\
         From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <{number}@example.org>\r\n\
         Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nSubject: {number}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_b{number}\"\r\n\r\n--=_b{number}\r\n\
         Content-Type: text/plain\r\n\r\nFrom here on\r\n.\r\n\r\n\
         From a@example.org  Sun Nov 22 03:13:19 2026\r\n>From there {{3}}\r\n\r\n\
         --=_b{number}\r\nContent-Type: application/octet-stream; name=a.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    for line in attachment.chunks(57) {
        mail.extend_from_slice(encoded(line).as_bytes());
        mail.extend_from_slice(b"\r\n");
    }
    mail.extend_from_slice(format!("--=_b{number}--\r\n").as_bytes());
    mail
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0_usize, |number, at| {
            number << 8 | usize::from(group.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = char::from(ALPHABET[number >> (18 - 6 * at) & 63]);
            text.push(if at > group.len() { '=' } else { letter });
        }
    }
    text
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let values = text.iter().filter_map(|&byte| ALPHABET.iter().position(|&letter| letter == byte));
    let mut bits = 0_usize;
    let mut held = 0;
    let mut bytes = Vec::new();
    for value in values {
        bits = bits << 6 | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

pub(super) fn crlf(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

/// The users and what reads their stores.
pub(super) fn stores() -> Vec<(&'static str, Arc<dyn FileFormat>)> {
    let options = || MailOptions {
        own_servers: vec!["mx.example.org".to_owned()],
        imap_url: None,
        home_depth: 1,
    };
    let mbox = MboxFormat::new(options(), &["inbox".to_owned(), "mbox/**".to_owned()]).unwrap();
    let clock = || Arc::new(SystemClock::new());
    vec![
        ("u1", Arc::new(MaildirFormat::new(options(), clock()))),
        ("mz", Arc::new(MaildirFormat::new(options(), clock()))),
        ("sd", Arc::new(DboxFormat::new(options(), clock()))),
        ("md", Arc::new(DboxFormat::new(options(), clock()))),
        ("mb", Arc::new(mbox)),
    ]
}

pub(super) fn source(root: &Path, format: Arc<dyn FileFormat>) -> FileSource {
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Owner(OWNER));
    let fs = Arc::new(RootedFs::new(root));
    FileSource::new(fs, format, Arc::new(SystemClock::new()), options, None)
}

/// The mails of a listing by their Message-IDs.
type Listed = BTreeMap<Vec<u8>, ObjectMeta>;

fn listed(source: &FileSource) -> Listed {
    let mut found = Listed::new();
    for event in source.scan(None).unwrap() {
        if let Event::Upsert(meta) = event.unwrap() {
            assert_eq!(meta.scope, Scope::Owner(OWNER));
            found.insert(meta.identifiers.message_ids[0].clone(), *meta);
        }
    }
    found
}

/// Lists until there are that many: a server moves new mails about, and an mbox has to be quiet.
fn listed_when_there_are(source: &FileSource, count: usize) -> Listed {
    let mut found = Listed::new();
    wait_until(&format!("{count} mails are listed"), || {
        found = listed(source);
        found.len() == count
    });
    found
}

/// The mail as text: decompressed where it is compressed.
fn text(source: &FileSource, meta: &ObjectMeta) -> Vec<u8> {
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    let body = reader.body();
    let mut stored = vec![0; usize::try_from(body.len()).unwrap()];
    body.read_exact_at(0, &mut stored).unwrap();
    assert!(reader.still_same().unwrap());
    assert_eq!(meta.raw_len, Some(body.len()));
    if meta.encodings.is_empty() {
        return stored;
    }
    assert_eq!(meta.encodings, [ContentCoding::Gzip]);
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(stored.as_slice()).read_to_end(&mut text).unwrap();
    text
}

/// The decoded attachment of a mail.
fn attachment(mail: &[u8]) -> Vec<u8> {
    let found = parts(mail, &Limits::default()).unwrap();
    let part = found.iter().find(|part| part.path == [2]).unwrap();
    assert_eq!(part.encoding, TransferEncoding::Base64);
    assert_eq!(part.file_name.as_deref(), Some("a.bin"));
    let start = usize::try_from(part.offset).unwrap();
    decoded(&mail[start..start + usize::try_from(part.len).unwrap()])
}

#[test]
fn every_store_lists_the_mails_that_the_server_gives_out() {
    let Some(dovecot) = Dovecot::start() else { return };
    let original = Origin::start(3).body("/id/a");
    let mut texts = Vec::new();
    for (user, format) in stores() {
        let mut client = dovecot.imap(user).unwrap();
        client.create("Sent").unwrap();
        let uids: Vec<_> = (1..=3)
            .map(|number| client.append("INBOX", &mail(number, &original)).unwrap())
            .collect();
        client.append("Sent", &mail(4, b"short")).unwrap();
        client.select("INBOX").unwrap();
        let source = source(&dovecot.home(user), format);
        let found = listed_when_there_are(&source, 4);
        for (number, uid) in (1..=3).zip(uids) {
            let meta = &found[format!("{number}@example.org").as_bytes()];
            let text = text(&source, meta);
            assert_eq!(crlf(&text), client.fetch(uid).unwrap(), "{user}");
            assert_eq!(attachment(&text), original, "{user}");
            assert_eq!(attachment(&crlf(&text)), original, "{user}");
            let offered: Vec<_> = offered(&source, meta).into_values().collect();
            for form in [&text, &crlf(&text), &original] {
                assert!(offered.contains(form), "{user}: a form is not offered");
            }
            assert_eq!(client.fetch_item(uid, "BINARY.PEEK[2]").unwrap(), original, "{user}");
            assert_eq!(meta.media_type.as_deref(), Some("message/rfc822"));
            assert!(meta.identifiers.source_addresses.contains(&format!("192.0.2.{number}")));
            texts.push((number, text));
        }
        client.log_out().unwrap();
    }
    for (number, text) in &texts {
        let same = texts.iter().filter(|other| (&other.0, &other.1) == (number, text));
        assert_eq!(same.count(), 5, "a mail is the same in all stores, compressed or not");
    }
}

/// All representations of the mail that are offered, by their recipes.
pub(super) fn offered(source: &dyn AccessSource, meta: &ObjectMeta) -> BTreeMap<String, Vec<u8>> {
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    let (body, limits, clock) = (reader.body(), Limits::default(), SystemClock::new());
    let mut found = BTreeMap::new();
    walk(&*body, Hints::of(meta), (&limits, &clock), &mut |offer, bytes| {
        let mut decoded = Vec::new();
        bytes.unwrap().read_to_end(&mut decoded).unwrap();
        found.insert(offer.recipe.to_string(), decoded);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// What a feed tells, until the test lets go of it.
struct Told {
    events: mpsc::Receiver<Event>,
    mails: BTreeMap<ObjectKey, ObjectMeta>,
    gone: Vec<ObjectKey>,
    upserts: usize,
}

impl Told {
    /// Takes events until `until` holds.
    fn wait(&mut self, what: &str, until: impl Fn(&Self) -> bool) {
        while !until(self) {
            let event = self.events.recv_timeout(Duration::from_secs(20));
            match event.unwrap_or_else(|_| panic!("the feed does not tell that {what}")) {
                Event::Upsert(meta) => {
                    self.upserts += 1;
                    self.mails.insert(meta.key.clone(), *meta);
                }
                Event::Gone(key) => {
                    self.mails.remove(&key);
                    self.gone.push(key);
                }
                _ => {}
            }
        }
    }

    fn has(&self, message_id: &str) -> bool {
        let is_it = |meta: &ObjectMeta| meta.identifiers.message_ids[0] == message_id.as_bytes();
        self.mails.values().any(is_it)
    }
}

/// Runs `test` beside a feed of the source.
fn with_feed(source: &FileSource, test: impl FnOnce(&mut Told)) {
    let stop = Stop::new();
    let (sender, events) = mpsc::channel();
    thread::scope(|scope| {
        let feed = source.watch(&stop).unwrap();
        scope.spawn(move || {
            for event in feed {
                let _nobody_listens = sender.send(event.unwrap()).is_err();
            }
        });
        let mut told = Told { events, mails: BTreeMap::new(), gone: Vec::new(), upserts: 0 };
        let run = std::panic::AssertUnwindSafe(|| test(&mut told));
        let result = std::panic::catch_unwind(run);
        stop.stop();
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
}

#[test]
fn flags_are_no_change_and_an_expunged_mail_is_gone() {
    let Some(dovecot) = Dovecot::start() else { return };
    for (user, format) in stores() {
        // Every change of an mbox is one of all its mails, and mdbox keeps what was expunged.
        let (is_mbox, is_mdbox) = (user == "mb", user == "md");
        let mut client = dovecot.imap(user).unwrap();
        let first = client.append("INBOX", &mail(1, b"x")).unwrap();
        let source = source(&dovecot.home(user), format);
        with_feed(&source, |told| {
            told.wait("the first mail came", |told| told.has("1@example.org"));
            let upserts = told.upserts;
            client.select("INBOX").unwrap();
            client.add_flags(first, "\\Seen \\Flagged").unwrap();
            let second = client.append("INBOX", &mail(2, b"y")).unwrap();
            told.wait("the second mail came", |told| told.has("2@example.org"));
            assert_eq!(told.gone, [], "{user}: of two mails");
            assert!(is_mbox || told.upserts == upserts + 1, "{user}: {}", told.upserts);
            client.add_flags(first, "\\Deleted").unwrap();
            client.expunge().unwrap();
            if is_mdbox {
                return;
            }
            told.wait("the first mail went", |told| !told.has("1@example.org"));
            assert!(told.has("2@example.org"), "{user}");
            assert_eq!(told.gone.len(), 1, "{user}");
            assert_eq!(client.uids().unwrap(), [second]);
        });
        client.log_out().unwrap();
    }
}

#[test]
fn mail_is_found_by_its_number_alone_and_by_its_message_id_alone() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = dovecot.imap("u1").unwrap();
    let uids: Vec<_> =
        (1..=3).map(|number| client.append("INBOX", &mail(number, b"same")).unwrap()).collect();
    let uid_validity = client.select("INBOX").unwrap().uid_validity;
    let (_, format) = stores().remove(0);
    let source = source(&dovecot.home("u1"), format);
    listed_when_there_are(&source, 3);
    let id_of = |identifiers: &Identifiers| {
        let found = source.probe(identifiers).unwrap();
        assert_eq!(found.len(), 1, "{identifiers:?}");
        found[0].identifiers.message_ids[0].clone()
    };
    let space = format!("imap\0INBOX\0{uid_validity}").into_bytes();
    for (number, uid) in (1..=3).zip(uids) {
        let message_id = format!("{number}@example.org").into_bytes();
        let by_number = Identifiers {
            sequence_numbers: vec![SequenceNumber { space: space.clone(), number: uid.into() }],
            ..Identifiers::default()
        };
        assert_eq!(id_of(&by_number), message_id);
        let by_message_id =
            Identifiers { message_ids: vec![message_id.clone()], ..Identifiers::default() };
        assert_eq!(id_of(&by_message_id), message_id);
    }
    client.log_out().unwrap();
}

#[test]
fn guid_of_dovecot_finds_a_mail_of_dbox() {
    let Some(dovecot) = Dovecot::start() else { return };
    for (user, format) in stores().into_iter().filter(|(user, _)| matches!(*user, "sd" | "md")) {
        let mut client = dovecot.imap(user).unwrap();
        client.append("INBOX", &mail(1, b"x")).unwrap();
        client.append("INBOX", &mail(2, b"x")).unwrap();
        let source = source(&dovecot.home(user), format);
        let meta = listed_when_there_are(&source, 2).remove(&b"2@example.org"[..]).unwrap();
        let mut identifiers = Identifiers::default();
        let guid = meta.key.parts().unwrap().remove(1);
        identifiers.add_checksum(ChecksumAlgorithm::DovecotGuid, guid);
        let found = source.probe(&identifiers).unwrap();
        assert_eq!(found, [meta]);
        client.log_out().unwrap();
    }
}

#[test]
fn mail_that_is_being_appended_is_busy_and_then_found() {
    let Some(dovecot) = Dovecot::start() else { return };
    for (user, format) in stores().into_iter().filter(|(user, _)| matches!(*user, "sd" | "md")) {
        let is_mdbox = user == "md";
        let mut client = dovecot.imap(user).unwrap();
        client.append("INBOX", &mail(1, b"x")).unwrap();
        client.append("INBOX", &mail(2, b"x")).unwrap();
        let path =
            if is_mdbox { "mdbox/storage/m.1" } else { "sdbox/mailboxes/INBOX/dbox-Mails/u.2" };
        let whole = fs::read(dovecot.home(user).join(path)).unwrap();
        let copy = tempfile::tempdir().unwrap();
        let place = copy.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let source = source(copy.path(), format);
        for len in [whole.len() / 4, whole.len() - 20] {
            fs::write(&place, &whole[..len]).unwrap();
            let found = listed(&source);
            let counts = source.counters().counts();
            let busy = counts.skipped.iter().any(|&(reason, _)| reason == Reason::Busy);
            assert!(found.len() <= 1, "{user} {len}");
            assert!(busy || len > whole.len() / 2 || !found.is_empty(), "{user} {len}");
        }
        fs::write(&place, &whole).unwrap();
        assert_eq!(listed(&source).len(), if is_mdbox { 2 } else { 1 }, "{user}");
        client.log_out().unwrap();
    }
}

#[test]
fn hostile_names_in_a_maildir_cost_themselves_only() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = dovecot.imap("u1").unwrap();
    client.append("INBOX", &mail(1, b"x")).unwrap();
    client.log_out().unwrap();
    let cur = dovecot.home("u1").join("Maildir/cur");
    std::os::unix::fs::symlink("/etc/passwd", cur.join("1.link")).unwrap();
    std::os::unix::fs::symlink("/etc", cur.join("2.link")).unwrap();
    fs::create_dir(cur.join("3.folder")).unwrap();
    fs::write(cur.join("4.a,S=18446744073709551615,W=0:2,"), b"x").unwrap();
    fs::write(cur.join("5.a,S=1:2,\n"), b"xx").unwrap();
    fs::write(cur.join("6.\u{1}:2,"), b"\0").unwrap();
    fs::write(cur.join("7.gz"), b"\x1f\x8b\x08").unwrap();
    let (_, format) = stores().remove(0);
    let source = source(&dovecot.home("u1"), format);
    assert_eq!(listed(&source).len(), 1);
    let skipped: u64 = source.counters().counts().skipped.iter().map(|(_, count)| count).sum();
    assert!(skipped >= 6, "{skipped}");
}

/// A mail with two texts, one of them quoted.
fn mail_of_texts() -> Vec<u8> {
    let text = "Message-ID: <1@example.org>\nMIME-Version: 1.0\n\
                Content-Type: multipart/mixed; boundary=\"b\"\n\n\
                --b\nContent-Type: text/plain\n\none\ntwo\n\n\
                --b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=\"a.csv\"\n\
                Content-Transfer-Encoding: quoted-printable\n\na=3D1;=\nb\nc\n\n--b--\n";
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn text_of_a_mail_is_offered_with_the_line_ends_of_mail_and_with_those_of_unix() {
    let Some(dovecot) = Dovecot::start() else { return };
    let accounts = ["u1", "sd"].map(|user| {
        let account = super::imap_account::source(&dovecot, user, &["INBOX"]);
        (user, Box::new(account) as Box<dyn AccessSource>)
    });
    let files = stores().into_iter().map(|(user, format)| {
        let client = dovecot.imap(user).unwrap().append("INBOX", &mail_of_texts());
        client.unwrap();
        let source = source(&dovecot.home(user), format);
        listed_when_there_are(&source, 1);
        (user, Box::new(source) as Box<dyn AccessSource>)
    });
    let files: Vec<_> = files.collect();
    for (user, source) in files.into_iter().chain(accounts) {
        let mails = source.scan(None).unwrap().filter_map(|event| match event.unwrap() {
            Event::Upsert(meta) => Some(*meta),
            _ => None,
        });
        let meta = mails.last().unwrap();
        let offered: Vec<_> = offered(&*source, &meta).into_values().collect();
        let mut client = dovecot.imap(user).unwrap();
        client.select("INBOX").unwrap();
        let uid = client.uids().unwrap()[0];
        for (part, text) in [(1, "one\ntwo\n"), (2, "a=1;b\nc\n")] {
            let sent = client.fetch_item(uid, &format!("BINARY.PEEK[{part}]")).unwrap();
            assert_eq!(sent, text.replace('\n', "\r\n").as_bytes(), "{user}");
            let is_offered = [sent, text.as_bytes().to_vec()].map(|form| offered.contains(&form));
            assert_eq!(is_offered, [true; 2], "{user} {}, part {part}", source.kind());
        }
        client.log_out().unwrap();
    }
}

#[test]
fn mbox_that_its_server_writes_into_is_locked_until_it_is_done() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = dovecot.imap("mb").unwrap();
    client.append("INBOX", &mail(1, b"x")).unwrap();
    let inbox = RootedFs::new(dovecot.home("mb")).open_root().unwrap().open_file(b"inbox").unwrap();
    assert!(!inbox.is_locked().unwrap());
    let mail = mail(2, &vec![7; 200_000]);
    let (start, rest) = mail.split_at(mail.len() / 2);
    let appending = client.begin_append("INBOX", mail.len(), start).unwrap();
    wait_until("the server locks its file", || inbox.is_locked().unwrap());
    client.finish_append(appending, rest).unwrap();
    wait_until("the server lets go of it", || !inbox.is_locked().unwrap());
    client.log_out().unwrap();
}
