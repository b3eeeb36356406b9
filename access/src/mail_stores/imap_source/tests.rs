//! Goal: an account is told as it is, whatever its server does; reading leaves no trace, and no
//! answer costs more than its cap.
//!
//! Method: a small server in memory whose answers can be spoiled, given out in pieces of any size.
//! If this fails, mails are found that are not there, or a server stops the agent.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::sync::MutexGuard;

use super::*;
use crate::body::Body;
use crate::conformance::read_reader;
use crate::error::{LimitKind, Reason};
use crate::identifiers::DateKind;
use crate::manual_clock::ManualClock;
use crate::source::Event;

use super::connection::{Connection, Outcome, RESPONSE_BYTES_MAX};

#[derive(Debug, Clone, Default)]
struct Mailbox {
    uid_validity: u32,
    uid_next: u32,
    mails: BTreeMap<u32, Vec<u8>>,
    /// By the mod-sequence: a UID that came, or whose flags changed, or that went.
    history: Vec<u32>,
}

#[derive(Debug, Default)]
struct Server {
    mailboxes: BTreeMap<String, Mailbox>,
    commands: Vec<String>,
    /// What it answers instead, by a part of the command; `TAG` stands for the command's tag.
    answers: Vec<(String, String)>,
    /// Bytes that one read gives.
    piece: usize,
    resyncs: bool,
    /// What all its answers have in the place of something else.
    says_instead: Option<(String, String)>,
}

#[derive(Debug, Clone, Default)]
struct Double(Arc<Mutex<Server>>);

struct DoubleStream {
    server: Double,
    opened: String,
    answer: Vec<u8>,
    at: usize,
}

impl Double {
    fn new(mailboxes: &[&str]) -> Self {
        let double = Self::default();
        let mailbox = Mailbox { uid_validity: 5, uid_next: 1, ..Mailbox::default() };
        let mailboxes = mailboxes.iter().map(|name| ((*name).to_owned(), mailbox.clone()));
        double.server().mailboxes = mailboxes.collect();
        double.server().piece = 1 << 20;
        double
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap()
    }

    fn add(&self, mailbox: &str, mail: &[u8]) -> u32 {
        let mut server = self.server();
        let mailbox = server.mailboxes.get_mut(mailbox).unwrap();
        mailbox.mails.insert(mailbox.uid_next, mail.to_vec());
        mailbox.history.push(mailbox.uid_next);
        mailbox.uid_next += 1;
        mailbox.uid_next - 1
    }

    /// The mail of a UID is expunged, or there is one more change of its flags.
    fn change(&self, mailbox: &str, uid: u32, is_expunged: bool) {
        let mut server = self.server();
        let mailbox = server.mailboxes.get_mut(mailbox).unwrap();
        mailbox.history.push(uid);
        if is_expunged {
            mailbox.mails.remove(&uid);
        }
    }

    fn answer(&self, command: &str, answer: &str) {
        self.server().answers.push((command.to_owned(), answer.to_owned()));
    }

    fn source(&self) -> ImapSource {
        let options = ImapOptions {
            id: SourceId::new(1),
            owner: SubscriberId::new(7),
            user: "u\"1\\".to_owned(),
            password: "secret".to_owned(),
            mailboxes: self.server().mailboxes.keys().cloned().collect(),
            mail: MailOptions::default(),
            limits: Limits::default(),
            poll_interval: Duration::from_secs(10),
        };
        let clock = Arc::new(ManualClock::new());
        ImapSource::new(Arc::new(self.clone()), clock, options).unwrap()
    }
}

impl ImapConnector for Double {
    fn connect(&self) -> io::Result<Box<dyn ImapStream>> {
        let answer = b"* OK here\r\n".to_vec();
        let stream = DoubleStream { server: self.clone(), opened: String::new(), answer, at: 0 };
        Ok(Box::new(stream))
    }
}

impl Read for DoubleStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.server.server().piece;
        let rest = &self.answer[self.at..];
        let bytes = rest.len().min(buffer.len()).min(piece);
        buffer[..bytes].copy_from_slice(&rest[..bytes]);
        self.at += bytes;
        Ok(bytes)
    }
}

impl Write for DoubleStream {
    fn write(&mut self, command: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8(command.to_vec()).unwrap();
        let (tag, text) = line.trim_end().split_once(' ').unwrap();
        let answer = self.run(tag, text);
        self.answer.extend_from_slice(&answer);
        Ok(command.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DoubleStream {
    fn run(&mut self, tag: &str, text: &str) -> Vec<u8> {
        let mut server = self.server.server();
        server.commands.push(text.to_owned());
        if let Some((_, answer)) = server.answers.iter().find(|(part, _)| text.contains(part)) {
            return answer.replace("TAG", tag).into_bytes();
        }
        if let Some(name) = text.strip_prefix("EXAMINE ") {
            self.opened = name.split('"').nth(1).unwrap().to_owned();
        }
        if text == "CAPABILITY" {
            let offered = if server.resyncs { " ENABLE QRESYNC" } else { "" };
            return format!("* CAPABILITY IMAP4rev1{offered}\r\n{tag} OK x\r\n").into_bytes();
        }
        if let Some(name) = text.strip_prefix("LIST \"\" ") {
            let is_there = server.mailboxes.contains_key(name.trim_matches('"'));
            let listed =
                if is_there { format!("* LIST () \"/\" {name}\r\n") } else { String::new() };
            return format!("{listed}{tag} OK done\r\n").into_bytes();
        }
        let mut answer = Vec::new();
        let mailbox = server.mailboxes.get(&self.opened);
        match (text.split(' ').next(), mailbox) {
            (Some("LOGIN" | "NOOP"), _) => {}
            (Some("ENABLE"), _) => answer.extend_from_slice(b"* ENABLED qresync\r\n"),
            (_, None) => return format!("{tag} NO [NonExistent] none\r\n").into_bytes(),
            (Some("EXAMINE"), Some(mailbox)) => {
                let Mailbox { uid_validity, uid_next, mails, history } = mailbox;
                let exists = mails.len();
                let mut opened = format!(
                    "* FLAGS (\\Seen)\r\n* {exists} EXISTS\r\n* OK [UIDVALIDITY {uid_validity}] \
                     x\r\n* OK [UIDNEXT {uid_next}] x\r\n"
                );
                if server.resyncs {
                    let mod_seq = history.len() + 1;
                    write!(opened, "* OK [HIGHESTMODSEQ {mod_seq}] x\r\n").unwrap();
                    opened += &mailbox.changes(text);
                }
                answer.extend_from_slice(opened.as_bytes());
            }
            (_, Some(mailbox)) => answer = mailbox.answer(text.strip_prefix("UID ").unwrap()),
        }
        if let Some((truth, lie)) = &server.says_instead {
            answer = replaced(&answer, truth, lie);
        }
        answer.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        answer
    }
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    match memchr::memmem::find(text, from.as_bytes()) {
        None => text.to_vec(),
        Some(at) => [&text[..at], to.as_bytes(), &text[at + from.len()..]].concat(),
    }
}

impl Mailbox {
    /// What it says besides to who opens it and knew an earlier state.
    fn changes(&self, command: &str) -> String {
        let Some((_, known)) = command.split_once("(QRESYNC (") else { return String::new() };
        let (uid_validity, mod_seq) = known.trim_end_matches(')').split_once(' ').unwrap();
        if uid_validity != self.uid_validity.to_string() {
            return String::new();
        }
        let since = mod_seq.parse::<usize>().unwrap() - 1;
        let change = |uid: &u32| {
            if self.mails.contains_key(uid) {
                format!("* 1 FETCH (UID {uid} FLAGS () MODSEQ (9))\r\n")
            } else {
                format!("* VANISHED (EARLIER) {uid}\r\n")
            }
        };
        self.history.iter().skip(since).map(change).collect()
    }

    fn answer(&self, command: &str) -> Vec<u8> {
        if let Some(criteria) = command.strip_prefix("SEARCH ") {
            return self.search(criteria).into_bytes();
        }
        let (set, items) = command.strip_prefix("FETCH ").unwrap().split_once(' ').unwrap();
        let (first, last) = set.split_once(':').unwrap_or((set, set));
        let range = first.parse().unwrap()..=last.parse::<u32>().unwrap();
        let mut answer = Vec::new();
        for (uid, mail) in self.mails.range(range) {
            let (item, piece) = if let Some((_, place)) = items.split_once("[]<") {
                let (offset, len) = place.trim_end_matches(">)").split_once('.').unwrap();
                let offset = offset.parse::<usize>().unwrap();
                let end = (offset + len.parse::<usize>().unwrap()).min(mail.len());
                (format!("BODY[]<{offset}>"), &mail[offset.min(end)..end])
            } else {
                let end = mail.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
                let size = mail.len();
                let item = format!(
                    "RFC822.SIZE {size} INTERNALDATE \" 2-Nov-2026 03:13:19 +0100\" \
                     BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)]<0>"
                );
                (item, &mail[..end])
            };
            let head = format!("* 1 FETCH (UID {uid} FLAGS () {item} {{{}}}\r\n", piece.len());
            answer.extend_from_slice(head.as_bytes());
            answer.extend_from_slice(piece);
            answer.extend_from_slice(b")\r\n");
        }
        answer
    }

    fn search(&self, criteria: &str) -> String {
        let uids: Vec<u32> = self.mails.keys().copied().collect();
        let found: Vec<u32> = if let Some(id) = criteria.strip_prefix("HEADER Message-ID ") {
            let id = id.trim_matches('"').as_bytes();
            let holds = |mail: &[u8]| mail.windows(id.len()).any(|window| window == id);
            self.mails.iter().filter(|(_, mail)| holds(mail)).map(|(uid, _)| *uid).collect()
        } else if let Some(uid) = criteria.strip_prefix("UID ") {
            uids.into_iter().filter(|known| known.to_string() == uid).collect()
        } else {
            let (first, last) = criteria.split_once(':').unwrap();
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            uids[first - 1..last.min(uids.len())].to_vec()
        };
        let mut text = "* SEARCH".to_owned();
        for uid in found {
            write!(text, " {uid}").unwrap();
        }
        text + "\r\n"
    }
}

fn mail(number: u32) -> Vec<u8> {
    format!("Message-ID: <{number}@a>\r\nFrom: a@b.c\r\n\r\n{number}\r\n").into_bytes()
}

/// Events as words.
fn words(events: Events<'_>) -> Vec<String> {
    let word = |event: Result<Event, Error>| match event {
        Ok(Event::Upsert(meta)) => {
            format!("+{}", String::from_utf8_lossy(&meta.identifiers.message_ids[0]))
        }
        Ok(Event::Gone(key)) => {
            let parts = key.parts().unwrap();
            let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
            format!("-{}/{}", text(&parts[0]), text(&parts[2]).trim_start_matches('0'))
        }
        Ok(Event::Epoch(_)) => "epoch".to_owned(),
        Ok(Event::Cursor(_)) => "cursor".to_owned(),
        Ok(Event::Skipped(skipped)) => {
            format!("!{} {}", String::from_utf8_lossy(&skipped.place), skipped.reason.as_str())
        }
        Ok(Event::Unseen(prefix)) => {
            format!("?{}", String::from_utf8_lossy(&prefix.parts().unwrap()[0]))
        }
        Err(error) => error.to_string(),
    };
    events.map(word).collect()
}

fn scan(source: &ImapSource) -> Vec<String> {
    words(source.scan(None).unwrap())
}

/// What changed since the last scan or watch: one look of the feed.
fn changes(source: &ImapSource) -> Vec<String> {
    let cursor = source.state().cursor();
    words(source.scan(Some(&cursor)).unwrap())
}

#[test]
fn scan_lists_all_mails_of_all_mailboxes() {
    let double = Double::new(&["INBOX", "Sent"]);
    for number in 1..=250 {
        double.add("INBOX", &mail(number));
    }
    double.add("Sent", &mail(1000));
    let source = double.source();
    for _ in 0..2 {
        let mut expected: Vec<_> = (1..=250).map(|number| format!("+{number}@a")).collect();
        expected.extend(["+1000@a".to_owned(), "cursor".to_owned()]);
        assert_eq!(scan(&source), expected);
    }
    let commands = double.server().commands.clone();
    assert_eq!(commands[0], r#"LOGIN "u\"1\\" "secret""#);
    let changes_nothing = |command: &String| {
        command.starts_with("LOGIN")
            || command == "CAPABILITY"
            || command.starts_with("EXAMINE")
            || command.starts_with("UID SEARCH")
            || command.starts_with("UID FETCH") && !command.contains("BODY[")
    };
    assert!(commands.iter().all(changes_nothing), "{commands:?}");
}

#[test]
fn mail_is_known_by_number_and_header_and_belongs_to_its_owner() {
    let double = Double::new(&["INBOX"]);
    double.add("INBOX", &mail(3));
    let source = double.source();
    let Event::Upsert(meta) = source.scan(None).unwrap().next().unwrap().unwrap() else { panic!() };
    assert_eq!(meta.scope, Scope::Owner(SubscriberId::new(7)));
    assert_eq!(meta.raw_len, Some(mail(3).len() as u64));
    let number = &meta.identifiers.sequence_numbers[0];
    assert_eq!((number.space.as_slice(), number.number), (&b"imap\0INBOX\x005"[..], 1));
    assert_eq!(meta.identifiers.date(DateKind::Received).unwrap().seconds, 1_793_585_599);
    let found = source.probe(&Identifiers {
        sequence_numbers: meta.identifiers.sequence_numbers.clone(),
        ..Identifiers::default()
    });
    assert_eq!(found.unwrap(), [*meta.clone()]);
    double.add("INBOX", &mail(33));
    let by_id = |id: &str| {
        let message_ids = vec![id.as_bytes().to_vec()];
        source.probe(&Identifiers { message_ids, ..Identifiers::default() }).unwrap().len()
    };
    assert_eq!((by_id("3@a"), by_id("33@a"), by_id("3"), by_id("x\r\ny")), (1, 1, 0, 0));
    assert!(matches!(source.probe(&Identifiers::default()), Err(Error::Incapable(_))));
}

#[test]
fn feed_tells_what_came_and_went_and_nothing_twice() {
    let double = Double::new(&["INBOX", "Sent"]);
    let first = double.add("INBOX", &mail(1));
    let source = double.source();
    assert_eq!(scan(&source), ["+1@a", "cursor"]);
    double.server().commands.clear();
    assert_eq!(changes(&source), ["cursor"]);
    let commands = double.server().commands.clone();
    assert!(!commands.iter().any(|command| command.starts_with("UID")), "{commands:?}");
    double.add("INBOX", &mail(2));
    double.add("Sent", &mail(3));
    assert_eq!(changes(&source), ["+2@a", "+3@a", "cursor"]);
    double.server().mailboxes.get_mut("INBOX").unwrap().mails.remove(&first);
    double.add("INBOX", &mail(4));
    assert_eq!(changes(&source), ["-INBOX/1", "+4@a", "cursor"]);
    double.server().mailboxes.remove("Sent");
    assert_eq!(changes(&source), ["-Sent/1", "cursor"]);
    assert_eq!(source.counters().counts().gone, 2);
}

#[test]
fn server_that_tells_what_changed_is_not_asked_for_all_numbers() {
    let double = Double::new(&["INBOX", "Sent"]);
    double.server().resyncs = true;
    for number in 1..=5 {
        double.add("INBOX", &mail(number));
    }
    let source = double.source();
    assert_eq!(scan(&source).len(), 6);
    let commands = || std::mem::take(&mut double.server().commands);
    commands();
    double.change("INBOX", 2, true);
    double.change("INBOX", 3, false);
    double.add("INBOX", &mail(6));
    assert_eq!(changes(&source), ["-INBOX/2", "+6@a", "cursor"]);
    let asked = commands();
    assert!(asked.iter().any(|command| command == "EXAMINE \"INBOX\" (QRESYNC (5 6))"));
    assert!(!asked.iter().any(|command| command.contains("SEARCH")), "{asked:?}");
    double.change("INBOX", 3, false);
    assert_eq!(changes(&source), ["cursor"]);
    assert!(!commands().iter().any(|command| command.starts_with("UID")));
    // The flags are not told once more.
    changes(&source);
    assert!(commands().iter().any(|command| command.ends_with("(QRESYNC (5 10))")));
    // One went of which the server does not say so: all numbers are asked for.
    double.server().mailboxes.get_mut("INBOX").unwrap().mails.remove(&1);
    assert_eq!(changes(&source), ["-INBOX/1", "cursor"]);
    assert!(commands().iter().any(|command| command.contains("SEARCH")));
    double.server().mailboxes.get_mut("Sent").unwrap().uid_validity = 6;
    assert_eq!(changes(&source), ["epoch", "+3@a", "+4@a", "+5@a", "+6@a", "cursor"]);
}

#[test]
fn server_that_will_not_tell_what_changed_is_asked_for_all_numbers() {
    for (command, answer) in [
        ("CAPABILITY", "TAG BAD what\r\n"),
        ("CAPABILITY", "TAG NO what\r\n"),
        ("ENABLE", "TAG NO what\r\n"),
        ("ENABLE", "TAG BAD what\r\n"),
        ("ENABLE", "TAG OK but nothing is enabled\r\n"),
        ("ENABLE", "* ENABLED CONDSTORE\r\nTAG OK done\r\n"),
    ] {
        let double = Double::new(&["INBOX"]);
        double.server().resyncs = true;
        double.answer(command, answer);
        double.add("INBOX", &mail(1));
        let source = double.source();
        scan(&source);
        double.change("INBOX", 1, true);
        double.add("INBOX", &mail(2));
        assert_eq!(changes(&source), ["-INBOX/1", "+2@a", "cursor"], "{command}");
        let commands = double.server().commands.clone();
        assert!(!commands.iter().any(|command| command.contains("(QRESYNC")), "{commands:?}");
    }
}

#[test]
fn server_that_does_not_keep_its_word_to_tell_what_changed_is_asked_without() {
    let double = Double::new(&["INBOX"]);
    double.server().resyncs = true;
    double.add("INBOX", &mail(1));
    let source = double.source();
    scan(&source);
    double.answer("(QRESYNC", "TAG BAD what\r\n");
    double.change("INBOX", 1, true);
    double.add("INBOX", &mail(2));
    assert_eq!(changes(&source), ["-INBOX/1", "+2@a", "cursor"]);
}

#[test]
fn mailbox_that_was_taken_back_from_a_copy_is_compared_by_all_its_numbers() {
    // As many mails as before, and the next number as before or another one.
    for uid_next in [5, 6] {
        let double = Double::new(&["INBOX"]);
        double.server().resyncs = true;
        for number in 1..=4 {
            double.add("INBOX", &mail(number));
        }
        let copy = double.server().mailboxes["INBOX"].clone();
        let source = double.source();
        double.change("INBOX", 4, true);
        double.add("INBOX", &mail(5));
        assert_eq!(scan(&source).len(), 5);
        double.server().mailboxes.insert("INBOX".to_owned(), Mailbox { uid_next, ..copy });
        assert_eq!(changes(&source), ["-INBOX/5", "+4@a", "cursor"], "{uid_next}");
    }
}

#[test]
fn other_uid_validity_begins_an_epoch() {
    let double = Double::new(&["INBOX", "Sent"]);
    double.add("INBOX", &mail(1));
    double.add("Sent", &mail(2));
    let source = double.source();
    assert_eq!(scan(&source), ["+1@a", "+2@a", "cursor"]);
    double.server().mailboxes.get_mut("Sent").unwrap().uid_validity = 6;
    assert_eq!(changes(&source), ["epoch", "+1@a", "+2@a", "cursor"]);
    assert_eq!(changes(&source), ["cursor"]);
}

#[test]
fn unknown_cursor_and_an_interrupted_scan_begin_an_epoch() {
    let double = Double::new(&["INBOX"]);
    double.add("INBOX", &mail(1));
    let source = double.source();
    let foreign = Cursor::new(*b"x");
    assert_eq!(words(source.scan(Some(&foreign)).unwrap()), ["epoch", "+1@a", "cursor"]);
    double.add("INBOX", &mail(2));
    let mut scan = source.scan(None).unwrap();
    assert!(scan.next().is_some());
    assert!(matches!(source.scan(None), Err(Error::Busy)));
    drop(scan);
    assert_eq!(changes(&source), ["epoch", "+1@a", "+2@a", "cursor"]);
}

#[test]
fn watch_looks_again_until_it_is_stopped() {
    let double = Double::new(&["INBOX"]);
    double.add("INBOX", &mail(1));
    let source = double.source();
    let stop = Stop::new();
    let mut events = source.watch(&stop).unwrap();
    assert!(matches!(events.next(), Some(Ok(Event::Upsert(_)))));
    assert!(matches!(events.next(), Some(Ok(Event::Cursor(_)))));
    double.add("INBOX", &mail(2));
    assert!(matches!(events.next(), Some(Ok(Event::Upsert(_)))));
    assert!(matches!(events.next(), Some(Ok(Event::Cursor(_)))));
    stop.stop();
    assert!(events.next().is_none());
}

#[test]
fn mail_is_read_in_pieces_from_anywhere() {
    let double = Double::new(&["INBOX"]);
    let mut body = mail(1);
    body.extend((0..700_000_u32).flat_map(u32::to_le_bytes));
    double.add("INBOX", &body);
    let source = double.source();
    let (key, generation) = (key("INBOX", 5, 1).unwrap(), generation("INBOX", 5, 1));
    let reader = source.open(&key, &generation).unwrap();
    let mut whole = vec![0; body.len()];
    reader.body().read_exact_at(0, &mut whole).unwrap();
    assert!(whole == body && reader.still_same().unwrap());
    let mut part = vec![0; 1000];
    for offset in [2_000_000, 5, 1_999_999, 300_000] {
        reader.body().read_exact_at(offset as u64, &mut part).unwrap();
        assert_eq!(part, body[offset..offset + 1000]);
    }
    assert_eq!(reader.body().read_at(body.len() as u64, &mut part).unwrap(), 0);
    double.server().mailboxes.get_mut("INBOX").unwrap().mails.clear();
    assert!(!reader.still_same().unwrap());
    assert!(matches!(source.open(&key, &generation), Err(Error::Gone)));
}

#[test]
fn open_refuses_what_was_not_told() {
    let double = Double::new(&["INBOX"]);
    double.add("INBOX", &mail(1));
    double.server().mailboxes.insert("Other".to_owned(), Mailbox::default());
    let source = double.source();
    double.server().mailboxes.insert("Secret".to_owned(), Mailbox::default());
    let open = |mailbox: &str, uid_validity, uid| {
        let generation = generation(mailbox, uid_validity, uid);
        source.open(&key(mailbox, uid_validity, uid).unwrap(), &generation).map(|_| ())
    };
    assert!(open("INBOX", 5, 1).is_ok());
    for (mailbox, uid_validity, uid) in
        [("INBOX", 5, 2), ("INBOX", 4, 1), ("INBOX", 5, 0), ("Secret", 5, 1), ("x\"", 5, 1)]
    {
        assert!(matches!(open(mailbox, uid_validity, uid), Err(Error::Gone)), "{mailbox}");
    }
    let changed = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 2));
    assert!(matches!(changed, Err(Error::Changed)));
    let other = source.open(&ObjectKey::new(*b"x\0").unwrap(), &generation("INBOX", 5, 1));
    assert!(matches!(other, Err(Error::Gone)));
}

#[test]
fn piece_that_is_not_what_was_asked_for_is_refused() {
    let read = |answer: &str| {
        let double = Double::new(&["INBOX"]);
        double.add("INBOX", &mail(1));
        double.answer("BODY.PEEK[]", answer);
        let source = double.source();
        let reader = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 1));
        reader.and_then(|reader| read_reader(&*reader)).map(|_| ())
    };
    let done = "TAG OK done\r\n";
    let text = String::from_utf8(mail(1)).unwrap();
    let whole = |text: &str| {
        let bytes = text.len();
        read(&format!("* 1 FETCH (UID 1 BODY[]<0> {{{bytes}}}\r\n{text})\r\n{done}"))
    };
    assert!(whole(&text).is_ok());
    // It gives as much again where it ended.
    for other in [&text[1..], &format!("{text}x"), "abc", ""] {
        assert!(matches!(whole(other), Err(Error::Corrupt(_))), "{other}");
    }
    let other = read(&format!("* 1 FETCH (UID 2 BODY[]<0> {{3}}\r\nabc)\r\n{done}"));
    assert!(matches!(other, Err(Error::Gone)));
    assert!(matches!(read(done), Err(Error::Gone)));
    for empty in ["\"\"", "NIL"] {
        let empty = read(&format!("* 1 FETCH (UID 1 BODY[]<0> {empty})\r\n{done}"));
        assert!(matches!(empty, Err(Error::Corrupt(_))));
    }
    let bytes = (256 << 10) + 1;
    let long = "x".repeat(bytes);
    let long = read(&format!("* 1 FETCH (UID 1 BODY[]<0> {{{bytes}}}\r\n{long})\r\n{done}"));
    assert!(matches!(long, Err(Error::Limit(LimitKind::Memory))));
}

#[test]
fn piece_that_is_another_one_later_is_a_change_and_no_fault_of_the_mail() {
    let double = Double::new(&["INBOX"]);
    let body: Vec<u8> = [mail(1), vec![b'x'; 600_000]].concat();
    double.add("INBOX", &body);
    let source = double.source();
    let reader = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 1)).unwrap();
    double.server().mailboxes.get_mut("INBOX").unwrap().mails.insert(1, mail(1));
    assert!(matches!(reader.body().read_at(300_000, &mut [0; 10]), Err(Error::Changed)));
    assert_eq!(source.counters().counts().skipped, [(Reason::Changed, 1)]);
}

#[test]
fn mail_whose_size_the_server_gets_wrong_is_read_whole_all_the_same() {
    const PIECE: usize = 256 << 10;
    for real in [100, PIECE - 1, PIECE, PIECE + 1, 300_000, 3 * PIECE, 3 * PIECE + 7] {
        let body: Vec<u8> = [mail(1), vec![b'x'; real - mail(1).len()]].concat();
        let off = [1, PIECE / 2, PIECE, 9 * PIECE, 1 << 30];
        let less = off.map(|bytes| real.saturating_sub(bytes));
        let more = off.map(|bytes| real + bytes);
        for said in less.into_iter().chain(more).chain([0, real]) {
            let double = Double::new(&["INBOX"]);
            double.add("INBOX", &body);
            let source = double.source();
            let truth = format!("RFC822.SIZE {real}");
            double.server().says_instead = Some((truth, format!("RFC822.SIZE {said}")));
            let reader = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 1));
            let reader = reader.unwrap();
            assert_eq!(reader.meta().raw_len, Some(real as u64), "{said}");
            assert!(read_reader(&*reader).unwrap() == body, "{real} for {said}");
            assert_eq!(source.counters().counts().skipped, [], "{said}");
            let asked = double.server().commands.iter().filter(|it| it.contains("[]<")).count();
            let pieces = real.div_ceil(PIECE);
            assert!(asked <= 2 * pieces + 20, "{asked} for {real} instead of {said}");
            assert!(said != real || real >= PIECE || asked == 1, "{asked}");
        }
    }
}

fn outcome(answer: &str, piece: usize) -> Result<Outcome, Error> {
    let double = Double::new(&[]);
    double.answer("X", answer);
    double.server().piece = piece;
    let mut connection = Connection::new(double.connect().unwrap(), Arc::new(ManualClock::new()));
    connection.response()?;
    let mut responses = 0;
    let outcome = connection.command("X", &mut |_| {
        responses += 1;
        Ok(())
    });
    assert!(responses <= 3);
    outcome
}

#[test]
fn responses_are_read_whatever_pieces_they_come_in() {
    let answer = "* 3 EXISTS\r\n* unknown (thing {3}\r\n\r\n) x\r\n* 1 FETCH (UID 1 BODY[] {5}\r\n\
                  TAG )\r\n)\r\nTAG OK [READ-ONLY] done\r\n";
    for piece in 1..answer.len() {
        assert_eq!(outcome(answer, piece).unwrap(), Outcome::Ok, "{piece}");
    }
    assert_eq!(outcome("TAG NO none\r\n", 3).unwrap(), Outcome::No);
    for bad in ["TAG BAD what\r\n", "TAG \r\n", "TAG OKAY\r\n"] {
        assert!(matches!(outcome(bad, 3), Err(Error::Corrupt(_))), "{bad}");
    }
    for end in ["", "* 1 EXISTS\r\n", "* 1 FETCH {10}\r\nx", "TAG OK", "* BYE\r\n"] {
        assert!(matches!(outcome(end, 3), Err(Error::Unavailable(_))), "{end}");
    }
}

#[test]
fn no_response_costs_more_than_its_cap() {
    let is_refused =
        |answer: String| matches!(outcome(&answer, 1 << 20), Err(Error::Limit(LimitKind::Memory)));
    assert!(is_refused("x".repeat(RESPONSE_BYTES_MAX + (1 << 20))));
    assert!(is_refused("* 1 FETCH (UID 1 BODY[] {4294967296}\r\n".to_owned()));
    assert!(is_refused("* {500000}\r\n".to_owned() + &"x".repeat(500_000) + " {600000}\r\n"));
    assert!(is_refused(format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(100_000))));
    let nested = format!("* 1 FETCH (X {}{})\r\nTAG OK x\r\n", "(".repeat(31), ")".repeat(31));
    assert_eq!(outcome(&nested, 100).unwrap(), Outcome::Ok);
}

#[test]
fn server_that_does_not_let_the_user_in_is_unavailable() {
    for (part, answer) in [("LOGIN", "TAG NO no\r\n"), ("LOGIN", "TAG BAD no\r\n")] {
        let double = Double::new(&["INBOX"]);
        double.answer(part, answer);
        let words = scan(&double.source());
        assert_eq!(words, ["the source is unavailable: the IMAP server refuses the user"]);
    }
}

#[test]
fn only_loopback_is_reached_without_tls_and_odd_names_are_refused() {
    let connector = |address: &str| LoopbackConnector::new(address.parse().unwrap());
    assert!(connector("127.0.0.1:143").is_ok() && connector("[::1]:143").is_ok());
    for address in ["192.0.2.1:143", "[2001:db8::1]:143", "0.0.0.0:143"] {
        let is_refused = matches!(connector(address), Err(Error::Configuration { .. }));
        assert!(is_refused, "{address}");
    }
    for (text, expected) in [
        ("a b", Some("\"a b\"")),
        ("\"\\", Some("\"\\\"\\\\\"")),
        ("", Some("\"\"")),
        ("a\r\nb", None),
    ] {
        assert_eq!(session::quoted(text).as_deref(), expected);
    }
    let double = Double::new(&["a\nb"]);
    let source = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| double.source()));
    assert!(source.is_err());
    let options = format!("{:?}", Double::new(&["INBOX"]).source());
    assert!(!options.contains("secret"));
}

#[test]
fn a_refusal_for_a_while_deletes_nothing() {
    for command in ["EXAMINE", "UID SEARCH", "UID FETCH"] {
        let double = Double::new(&["INBOX"]);
        double.add("INBOX", &mail(1));
        let source = double.source();
        assert_eq!(scan(&source), ["+1@a", "cursor"]);
        let reader = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 1));
        let reader = reader.unwrap();
        double.add("INBOX", &mail(2));
        double.answer(command, "TAG NO [UNAVAILABLE] later\r\n");
        assert_eq!(changes(&source), ["!INBOX unavailable", "cursor"], "{command}");
        let opened = source.open(&key("INBOX", 5, 1).unwrap(), &generation("INBOX", 5, 1));
        match command {
            "UID SEARCH" => assert!(matches!(reader.still_same(), Err(Error::Unavailable(_)))),
            _ => assert!(matches!(opened, Err(Error::Unavailable(_))), "{command}"),
        }
        double.server().answers.clear();
        assert_eq!(changes(&source), ["+2@a", "cursor"], "{command}");
    }
}

/// A server with three mailboxes, the second of which has more mails than are asked for at once.
fn three() -> Double {
    let double = Double::new(&["A", "B", "C"]);
    double.add("A", &mail(1));
    for number in 1000..1250 {
        double.add("B", &mail(number));
    }
    double.add("C", &mail(3));
    double
}

#[test]
fn mailbox_that_fails_costs_the_others_nothing_however_long_it_does() {
    for (command, answer, reason) in [
        ("EXAMINE \"B\"", "TAG NO [SERVERBUG] broken\r\n", "unavailable"),
        ("EXAMINE \"B\"", "TAG BAD broken\r\n", "corrupt"),
        ("EXAMINE \"B\"", "TAG OK done\r\n", "unsupported"),
        ("EXAMINE \"B\"", "* BYE crashed\r\n", "unavailable"),
        ("UID SEARCH 1:250", "TAG NO broken\r\n", "unavailable"),
        ("UID FETCH 101:200", "TAG NO broken\r\n", "unavailable"),
    ] {
        let double = three();
        let source = double.source();
        double.answer(command, answer);
        let failed = format!("!B {reason}");
        let told = scan(&source);
        assert_eq!(told[0], "+1@a", "{command}");
        assert_eq!(told[told.len() - 4..], [&failed, "?B", "+3@a", "cursor"], "{command}");
        for number in 4..7 {
            double.add("C", &mail(number));
            let told = changes(&source);
            let came = format!("+{number}@a");
            assert_eq!(told[told.len() - 3..], [&failed, &came, "cursor"]);
        }
        assert_eq!(source.counters().counts().skipped[0].1, 4, "{command}");
    }
}

#[test]
fn mailbox_that_could_not_be_seen_when_all_was_told_is_told_anew_with_an_epoch() {
    let double = three();
    let source = double.source();
    double.answer("EXAMINE \"B\"", "TAG NO broken\r\n");
    scan(&source);
    double.server().answers.clear();
    let told = changes(&source);
    let epoch = told.iter().position(|word| word == "epoch").unwrap();
    assert_eq!((epoch, told.len()), (250, 250 + 1 + 252 + 1), "of B, then of all");
    assert_eq!(changes(&source), ["cursor"]);
    // The same if it is no more there.
    double.answer("EXAMINE \"C\"", "TAG NO broken\r\n");
    assert_eq!(scan(&source)[251..], ["!C unavailable", "?C", "cursor"]);
    double.server().answers.clear();
    double.server().mailboxes.remove("C");
    let told = changes(&source);
    assert_eq!((told[0].as_str(), told[1].as_str(), told.len()), ("-C/1", "epoch", 254));
}

#[test]
fn no_count_of_a_server_costs_more_than_its_cap() {
    for exists in [u32::MAX, 10_000_001] {
        let double = Double::new(&["INBOX"]);
        let opened = format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY 5] x\r\nTAG OK done\r\n");
        double.answer("EXAMINE", &opened);
        double.answer("UID SEARCH", "* SEARCH 1\r\nTAG OK done\r\n");
        assert_eq!(scan(&double.source()), ["!INBOX limit", "?INBOX", "cursor"]);
    }
}

#[test]
fn a_mail_that_is_given_twice_is_told_once() {
    let double = Double::new(&["INBOX"]);
    double.add("INBOX", &mail(1));
    let item = "BODY[HEADER.FIELDS (MESSAGE-ID)]<0> {19}\r\nMessage-ID: <1@a>\r\n";
    let fetched = format!("* 1 FETCH (UID 1 RFC822.SIZE 9 {item})\r\n");
    let other = fetched.replace("UID 1 ", "UID 2 ");
    double.answer("UID FETCH", &format!("{fetched}{other}{fetched}TAG OK done\r\n"));
    assert_eq!(scan(&double.source()), ["+1@a", "cursor"]);
}

#[test]
fn server_that_sends_steadily_has_a_deadline() {
    struct Drip(Arc<ManualClock>);
    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.advance(Duration::from_secs(9));
            let text = b"* 1 EXISTS\r\n";
            buffer[..text.len()].copy_from_slice(text);
            Ok(text.len())
        }
    }
    impl Write for Drip {
        fn write(&mut self, command: &[u8]) -> io::Result<usize> {
            Ok(command.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let clock = Arc::new(ManualClock::new());
    let mut connection = Connection::new(Box::new(Drip(Arc::clone(&clock))), clock.clone());
    let outcome = connection.command("X", &mut |_| Ok(()));
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
}
