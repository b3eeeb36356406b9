//! Goal: each identifier finds, or chooses, by itself what it should and nothing else. Method: one
//! test an identifier in which all others agree or are missing. If it fails, an increment is sent
//! that a server holds.

use super::{IdentifierIndex, is_offered};
use crate::agent::feed::ObjectNumber;
use crate::identifiers::{ChecksumAlgorithm, DateKind, DateStamp, Identifiers, SequenceNumber};

/// An index of these objects, numbered from 1 on, and a way to ask it.
fn ask(objects: &[Identifiers], wanted: &Identifiers) -> Vec<u64> {
    let mut index = IdentifierIndex::new();
    for (number, identifiers) in (1..).zip(objects) {
        index.put(ObjectNumber::new(number), identifiers);
    }
    index.find(wanted).into_iter().map(ObjectNumber::get).collect()
}

fn url(url: &str) -> Identifiers {
    Identifiers { urls: vec![url.into()], ..Identifiers::default() }
}

#[test]
fn checksum_alone_decides() {
    let with = |algorithm, value: u8| {
        let mut identifiers = Identifiers::default();
        identifiers.add_checksum(algorithm, vec![value; 32]);
        identifiers
    };
    let objects = [
        with(ChecksumAlgorithm::Sha256, 1),
        with(ChecksumAlgorithm::Sha256, 2),
        with(ChecksumAlgorithm::Blake3, 2),
        with(ChecksumAlgorithm::StrongEntityTag, 2),
    ];
    assert_eq!(ask(&objects, &with(ChecksumAlgorithm::Sha256, 2)), [2]);
    assert_eq!(ask(&objects, &with(ChecksumAlgorithm::Blake3, 2)), [3]);
    assert!(ask(&objects, &with(ChecksumAlgorithm::Blake3, 1)).is_empty());
}

#[test]
fn url_alone_decides() {
    let objects = [url("http://a/x"), url("http://a/x?y"), url("http://a/X")];
    assert_eq!(ask(&objects, &url("http://a/x?y")), [2]);
    assert!(ask(&objects, &url("http://a/")).is_empty());
}

#[test]
fn message_id_alone_decides() {
    let mail = |id: &str| Identifiers { message_ids: vec![id.into()], ..Identifiers::default() };
    let objects = [mail("1@a"), mail("2@a"), url("2@a")];
    assert_eq!(ask(&objects, &mail("2@a")), [2]);
}

#[test]
fn sequence_number_of_a_mailbox_or_a_transfer_log_alone_decides() {
    let at = |space: &str, number| Identifiers {
        sequence_numbers: vec![SequenceNumber { space: space.into(), number }],
        ..Identifiers::default()
    };
    let objects = [
        at("imap\0INBOX\x007", 5),
        at("imap\0INBOX\x008", 5),
        at("imap\0INBOX\x007", 6),
        at("xferlog\0/var/log/xferlog", 5),
    ];
    assert_eq!(ask(&objects, &at("imap\0INBOX\x008", 5)), [2]);
    assert_eq!(ask(&objects, &at("xferlog\0/var/log/xferlog", 5)), [4]);
    assert!(ask(&objects, &at("imap\0INBOX\x008", 6)).is_empty());
}

#[test]
fn source_address_alone_decides_among_several_and_finds_nothing() {
    let from = |address: &str| Identifiers {
        source_addresses: vec![address.to_owned()],
        ..url("http://h/x")
    };
    let objects = [from("a.example"), from("192.0.2.7"), from("b.example")];
    assert_eq!(ask(&objects, &url("http://h/x")), [1, 2, 3]);
    assert_eq!(ask(&objects, &from("192.0.2.7")), [2]);
    assert_eq!(ask(&objects, &from("B.example")), [3]);
    assert_eq!(ask(&objects, &from("c.example")), [1, 2, 3], "none is left out for a stranger");
    assert!(ask(&objects, &Identifiers { urls: Vec::new(), ..from("a.example") }).is_empty());
}

#[test]
fn date_alone_decides_among_several_and_finds_nothing() {
    let dated = |seconds| {
        let mut identifiers = url("http://h/x");
        identifiers.add_date(DateKind::Modified, seconds);
        identifiers
    };
    let objects = [dated(100), dated(200), dated(300)];
    assert_eq!(ask(&objects, &dated(200)), [2]);
    assert_eq!(ask(&objects, &dated(201)), [1, 2, 3]);
    assert!(ask(&objects, &Identifiers { urls: Vec::new(), ..dated(200) }).is_empty());
    let only = [dated(100)];
    assert_eq!(ask(&only, &dated(200)), [1], "one candidate needs no choice");
}

#[test]
fn address_and_date_together_leave_one_of_several() {
    let object = |address: &str, seconds| {
        let mut identifiers = url("http://h/x");
        identifiers.source_addresses.push(address.to_owned());
        identifiers.add_date(DateKind::Served, seconds);
        identifiers
    };
    let objects = [object("a", 1), object("a", 2), object("b", 1), object("b", 2)];
    assert_eq!(ask(&objects, &object("b", 1)), [3]);
}

#[test]
fn mtime_or_ctime_decides_what_is_offered() {
    let since = DateStamp { kind: DateKind::Changed, seconds: 100, nanoseconds: 5 };
    let stamped = |kind, seconds, nanoseconds| Identifiers {
        dates: vec![DateStamp { kind, seconds, nanoseconds }],
        ..Identifiers::default()
    };
    for kind in [DateKind::Modified, DateKind::Changed] {
        assert!(!is_offered(&stamped(kind, 100, 5), since));
        assert!(is_offered(&stamped(kind, 100, 6), since));
        assert!(!is_offered(&stamped(kind, 99, 9), since));
    }
    // A restored mtime does not hide a change of the inode.
    let mut old = stamped(DateKind::Modified, 1, 0);
    old.add_date(DateKind::Changed, 101);
    assert!(is_offered(&old, since));
    assert!(is_offered(&stamped(DateKind::Sent, 1, 0), since), "nothing is known of its change");
}

#[test]
fn object_that_was_removed_or_put_again_is_found_by_what_it_has_now() {
    let mut index = IdentifierIndex::new();
    let (one, two) = (ObjectNumber::new(1), ObjectNumber::new(2));
    index.put(one, &url("x"));
    index.put(two, &url("x"));
    index.put(one, &url("y"));
    assert_eq!(index.find(&url("x")), [two]);
    assert_eq!(index.find(&url("y")), [one]);
    index.remove(one);
    index.remove(two);
    assert!(index.find(&url("x")).is_empty() && index.find(&url("y")).is_empty());
    assert!(index.found_by.is_empty() && index.objects.is_empty());
}
