//! Goal: a line counts for the one subscriber that stood behind its client then, or for nobody.
//! Method: rows that meet, overlap and leave gaps, one nanosecond around each edge. If it fails, a
//! subscriber learns what the last holder of its address fetched.

use std::time::Duration;

use super::{Client, ClientRow, ClientTable};
use crate::scope::SubscriberId;
use crate::scopes::access_log::{Amount, Deed, LogLine};

const GUARD: Duration = Duration::from_nanos(10);

fn row(network: &str, from_ns: i64, to_ns: Option<i64>, subscriber: u64) -> ClientRow {
    let (address, prefix_len) = network.split_once('/').unwrap();
    let client = Client::Network {
        address: address.parse().unwrap(),
        prefix_len: prefix_len.parse().unwrap(),
    };
    let subscriber = (subscriber > 0).then(|| SubscriberId::new(subscriber));
    ClientRow { client, from_ns, to_ns, subscriber }
}

fn user(name: &str, from_ns: i64, to_ns: Option<i64>, subscriber: u64) -> ClientRow {
    let subscriber = Some(SubscriberId::new(subscriber));
    ClientRow { client: Client::User(name.into()), from_ns, to_ns, subscriber }
}

fn table(rows: &[ClientRow]) -> ClientTable {
    ClientTable::new(rows.to_vec(), GUARD).unwrap()
}

fn line(client: &str, user: Option<&str>, time_ns: i64) -> LogLine {
    LogLine {
        time_ns,
        client: client.parse().unwrap(),
        user: user.map(|user| user.as_bytes().to_vec()),
        host: Vec::new(),
        key: b"k".to_vec(),
        method: b"GET".to_vec(),
        status: Some(200),
        bytes: None,
        cache: Vec::new(),
        carries_credentials: false,
        deed: Deed::Served(Amount::Whole),
    }
}

fn of(table: &ClientTable, client: &str, user: Option<&str>, time_ns: i64) -> Option<u64> {
    table.subscriber_of(&line(client, user, time_ns)).map(SubscriberId::get)
}

#[test]
fn reassigned_address_belongs_to_its_holder_and_to_nobody_around_the_change() {
    let table = table(&[
        row("192.0.2.7/32", 100, Some(200), 1),
        row("192.0.2.7/32", 200, Some(300), 2),
        row("192.0.2.7/32", 400, None, 1),
    ]);
    for (time_ns, expected) in [
        (99, None),
        (100, Some(1)),
        (189, Some(1)),
        (190, None),
        (200, None),
        (209, None),
        (210, Some(2)),
        (299, Some(2)),
        (300, None),
        (399, None),
        (400, Some(1)),
        (i64::MAX - 1, Some(1)),
    ] {
        assert_eq!(of(&table, "192.0.2.7", None, time_ns), expected, "{time_ns}");
        assert_eq!(of(&table, "::ffff:192.0.2.7", None, time_ns), expected, "{time_ns}");
        assert_eq!(of(&table, "192.0.2.8", None, time_ns), None);
    }
}

#[test]
fn address_of_two_subscribers_is_nobodys_while_they_share_it() {
    let shared = table(&[
        row("192.0.2.7/32", 0, None, 1),
        row("192.0.2.7/32", 100, Some(200), 2),
        row("192.0.2.9/32", 0, None, 3),
        row("192.0.2.9/32", 0, None, 3),
        row("192.0.2.10/32", 0, None, 4),
        row("192.0.2.10/32", 50, Some(60), 0),
    ]);
    assert_eq!(of(&shared, "192.0.2.7", None, 50), Some(1));
    assert_eq!(of(&shared, "192.0.2.7", None, 150), None);
    assert_eq!(of(&shared, "192.0.2.7", None, 250), Some(1));
    assert_eq!(of(&shared, "192.0.2.9", None, 50), Some(3), "one subscriber twice is one");
    assert_eq!(of(&shared, "192.0.2.10", None, 55), None, "shared with who is not enrolled");
    assert_eq!(of(&shared, "192.0.2.10", None, 100), Some(4));
}

#[test]
fn networks_hold_their_addresses_and_meet_within_each_other() {
    let nested = table(&[
        row("2001:db8:1::/48", 0, None, 1),
        row("2001:db8:1:2::/64", 0, None, 2),
        row("198.51.100.0/24", 0, None, 3),
        row("0.0.0.0/0", 0, Some(10), 4),
        row("::ffff:203.0.113.0/120", 0, None, 5),
    ]);
    assert_eq!(of(&nested, "2001:db8:1:1::5", None, 100), Some(1));
    assert_eq!(of(&nested, "2001:db8:1:2::5", None, 100), None, "inside both");
    assert_eq!(of(&nested, "2001:db8:2::5", None, 100), None);
    assert_eq!(of(&nested, "198.51.100.255", None, 100), Some(3));
    assert_eq!(of(&nested, "198.51.101.0", None, 100), None);
    assert_eq!(of(&nested, "10.0.0.1", None, 5), Some(4));
    assert_eq!(of(&nested, "::1", None, 5), None, "families do not meet");
    assert_eq!(of(&nested, "203.0.113.9", None, 100), Some(5));
}

#[test]
fn authenticated_user_is_who_it_is_wherever_it_comes_from() {
    let both = table(&[row("192.0.2.7/32", 0, None, 1), user("anna", 0, Some(100), 2)]);
    assert_eq!(of(&both, "192.0.2.7", Some("anna"), 50), Some(2));
    assert_eq!(of(&both, "198.51.100.1", Some("anna"), 99), Some(2));
    assert_eq!(of(&both, "192.0.2.7", Some("anna"), 100), None, "the row is over");
    assert_eq!(of(&both, "192.0.2.7", Some("Anna"), 50), None, "another, and not the address's");
    assert_eq!(of(&both, "192.0.2.7", None, 50), Some(1));
}

#[test]
fn rows_that_cannot_be_are_refused() {
    for row in [
        row("192.0.2.7/33", 0, None, 1),
        row("::1/129", 0, None, 1),
        row("192.0.2.7/32", 2, Some(1), 1),
    ] {
        assert!(ClientTable::new(vec![row], GUARD).is_err());
    }
    let enrolled = table(&[row("192.0.2.7/32", 0, None, 1), row("192.0.2.8/32", 0, None, 0)]);
    assert_eq!(enrolled.enrolled().into_iter().map(SubscriberId::get).collect::<Vec<_>>(), [1]);
}
