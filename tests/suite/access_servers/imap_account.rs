//! Goal: an account is read over IMAP as its server gives it out, and nobody can tell.
//!
//! Method: the real Dovecot, filled by another session. If this fails, mails become read when they
//! are backed up, or are found under numbers that name others by now.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gleaner_access::{
    AccessSource, Cursor, Event, ImapConnector, ImapOptions, ImapSource, ImapStream, Limits,
    LoopbackConnector, MailOptions, ObjectMeta, SourceId, SubscriberId, SystemClock,
};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Dovecot, PASSWORD, wait_until};

pub(super) fn source(dovecot: &Dovecot, user: &str, mailboxes: &[&str]) -> ImapSource {
    let connector = LoopbackConnector::new(address(dovecot)).unwrap();
    source_by(Arc::new(connector), user, mailboxes)
}

fn address(dovecot: &Dovecot) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, dovecot.imap_port()))
}

fn source_by(connector: Arc<dyn ImapConnector>, user: &str, mailboxes: &[&str]) -> ImapSource {
    let options = ImapOptions {
        id: SourceId::new(1),
        owner: SubscriberId::new(7),
        user: user.to_owned(),
        password: PASSWORD.to_owned(),
        mailboxes: mailboxes.iter().map(|&mailbox| mailbox.to_owned()).collect(),
        mail: MailOptions::default(),
        limits: Limits::default(),
        poll_interval: Duration::from_secs(1),
    };
    ImapSource::new(connector, Arc::new(SystemClock::new()), options).unwrap()
}

fn events(source: &ImapSource, since: Option<&Cursor>) -> (Vec<Event>, Cursor) {
    let mut events: Vec<_> = source.scan(since).unwrap().map(Result::unwrap).collect();
    let Some(Event::Cursor(cursor)) = events.pop() else { panic!("no cursor") };
    (events, cursor)
}

fn mails(events: Vec<Event>) -> Vec<ObjectMeta> {
    let mail = |event| match event {
        Event::Upsert(meta) => Some(*meta),
        _ => None,
    };
    events.into_iter().filter_map(mail).collect()
}

#[test]
fn mails_are_those_of_the_server_and_reading_sets_no_flag() {
    let Some(dovecot) = Dovecot::start() else { return };
    let body = Origin::start(3).body("/id/a");
    for user in ["u1", "sd", "mb"] {
        let mut client = dovecot.imap(user).unwrap();
        let mut large = b"Message-ID: <1@a>\r\nFrom: a@b.c\r\n\r\n".to_vec();
        for piece in body.chunks(40) {
            large.extend(piece.iter().map(|byte| b'a' + byte % 26));
            large.extend_from_slice(b"\r\n");
        }
        let large = large.repeat(12);
        let uid = client.append("INBOX", &large).unwrap();
        let source = source(&dovecot, user, &["INBOX", "No such mailbox"]);
        let (told, cursor) = events(&source, None);
        let found = mails(told);
        assert_eq!(found.len(), 1, "{user}");
        assert_eq!(found[0].identifiers.message_ids, [b"1@a".to_vec()]);
        assert_eq!(found[0].identifiers.sequence_numbers[0].number, u64::from(uid));
        let reader = source.open(&found[0].key, &found[0].generation).unwrap();
        let mut read = vec![0; usize::try_from(reader.body().len()).unwrap()];
        reader.body().read_exact_at(0, &mut read).unwrap();
        assert!(read == large && reader.still_same().unwrap(), "{user}");
        client.select("INBOX").unwrap();
        let lines = client.command(&format!("UID FETCH {uid} (FLAGS)")).unwrap();
        assert!(!lines.iter().any(|line| line.text.contains("\\Seen")), "{user}: {lines:?}");
        client.add_flags(uid, "\\Deleted").unwrap();
        client.expunge().unwrap();
        client.append("INBOX", b"Message-ID: <2@a>\r\n\r\nx\r\n").unwrap();
        let (told, _) = events(&source, Some(&cursor));
        assert!(matches!(&told[0], Event::Gone(key) if *key == found[0].key), "{user}: {told:?}");
        assert_eq!(mails(told).len(), 1, "{user}");
        assert!(!reader.still_same().unwrap_or(false), "{user}");
        client.log_out().unwrap();
    }
}

/// Notes what is sent.
#[derive(Clone, Debug)]
struct Noting {
    connector: LoopbackConnector,
    sent: Arc<Mutex<Vec<u8>>>,
}

struct NotingStream(Box<dyn ImapStream>, Arc<Mutex<Vec<u8>>>);

impl ImapConnector for Noting {
    fn connect(&self) -> io::Result<Box<dyn ImapStream>> {
        Ok(Box::new(NotingStream(self.connector.connect()?, Arc::clone(&self.sent))))
    }
}

impl Read for NotingStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for NotingStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.lock().unwrap().extend_from_slice(bytes);
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn changes_are_told_without_asking_for_all_numbers() {
    let Some(dovecot) = Dovecot::start() else { return };
    for user in ["u1", "sd", "md"] {
        let mut client = dovecot.imap(user).unwrap();
        let mail = |number: u32| format!("Message-ID: <{number}@a>\r\n\r\n{number}\r\n");
        let uids: Vec<u32> = (1..=5)
            .map(|number| client.append("INBOX", mail(number).as_bytes()).unwrap())
            .collect();
        let connector = LoopbackConnector::new(address(&dovecot)).unwrap();
        let noting = Noting { connector, sent: Arc::default() };
        let source = source_by(Arc::new(noting.clone()), user, &["INBOX"]);
        let (told, cursor) = events(&source, None);
        assert_eq!(mails(told).len(), 5);
        noting.sent.lock().unwrap().clear();
        client.select("INBOX").unwrap();
        client.add_flags(uids[0], "\\Flagged").unwrap();
        for uid in [uids[1], uids[3]] {
            client.add_flags(uid, "\\Deleted").unwrap();
        }
        client.expunge().unwrap();
        client.append("INBOX", mail(6).as_bytes()).unwrap();
        let (told, cursor) = events(&source, Some(&cursor));
        let is_gone = |event: &&Event| matches!(event, Event::Gone(_));
        assert_eq!(told.iter().filter(is_gone).count(), 2, "{user}: {told:?}");
        let came = mails(told);
        assert_eq!((came.len(), &came[0].identifiers.message_ids[0][..]), (1, &b"6@a"[..]));
        let sent = std::mem::take(&mut *noting.sent.lock().unwrap());
        let sent = String::from_utf8(sent).unwrap();
        assert!(sent.contains("(QRESYNC (") && !sent.contains("SEARCH"), "{user}: {sent}");
        client.add_flags(uids[0], "\\Seen").unwrap();
        assert!(events(&source, Some(&cursor)).0.is_empty(), "{user}: flags");
        client.log_out().unwrap();
    }
}

#[test]
fn mailbox_that_was_made_anew_begins_an_epoch() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = dovecot.imap("u1").unwrap();
    client.create("Lists").unwrap();
    client.append("Lists", b"Message-ID: <1@a>\r\n\r\nx\r\n").unwrap();
    let source = source(&dovecot, "u1", &["Lists"]);
    let (told, mut cursor) = events(&source, None);
    let before = mails(told).remove(0);
    let uid_validity = client.select("Lists").unwrap().uid_validity;
    client.select("INBOX").unwrap();
    // UIDVALIDITY is the time of making, in seconds.
    wait_until("another UIDVALIDITY", || {
        client.command("DELETE Lists").unwrap();
        client.create("Lists").unwrap();
        client.append("Lists", b"Message-ID: <2@a>\r\n\r\ny\r\n").unwrap();
        let is_other = client.select("Lists").unwrap().uid_validity != uid_validity;
        client.select("INBOX").unwrap();
        is_other
    });
    let (told, next) = events(&source, Some(&cursor));
    cursor = next;
    assert!(matches!(told[0], Event::Epoch(_)), "{told:?}");
    let after = mails(told).remove(0);
    assert_ne!(after.key, before.key);
    assert!(source.open(&before.key, &before.generation).is_err());
    assert!(source.open(&after.key, &after.generation).is_ok());
    assert!(events(&source, Some(&cursor)).0.is_empty());
    client.log_out().unwrap();
}
