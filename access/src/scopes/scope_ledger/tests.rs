//! Goal: nobody learns of an object that the logs, or the configuration, do not show to be its own.
//! Method: lines as the servers write them, against a small cast of subscribers; each rule once
//! with what it allows and once with what is just beyond it. If it fails, "found" tells a
//! subscriber what another one fetched.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::{Asker, ScopeLedger, ScopeOptions, ScopedObject, ServedRow, Verdict};
use crate::clock::Clock;
use crate::scope::{Scope, SubscriberId, TenantId};
use crate::scopes::access_log::{Amount, Deed, LogFormat, LogLine};
use crate::scopes::client_table::{Client, ClientRow, ClientTable};
use crate::scopes::log_key::{LogKey, LogKeyRule};

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// When these tests begin.
const NOW: i64 = 1_795_946_999 * SECOND;

#[derive(Debug)]
struct StillClock(AtomicI64);

impl Clock for StillClock {
    fn wall_ns(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn sleep(&self, _: Duration) {}
}

fn asker(number: u64) -> Asker {
    Asker { subscriber: SubscriberId::new(number), tenant: None }
}

/// Subscribers 1 to 3 at 192.0.2.1 to 192.0.2.3; 1 and 2 share 192.0.2.9; user `anna` is 1.
fn clients() -> ClientTable {
    let address = |last: u8, number| ClientRow {
        client: Client::Network { address: [192, 0, 2, last].into(), prefix_len: 32 },
        from_ns: 0,
        to_ns: None,
        subscriber: Some(SubscriberId::new(number)),
    };
    let anna = ClientRow { client: Client::User(b"anna".to_vec()), ..address(0, 1) };
    let rows = [address(1, 1), address(2, 2), address(3, 3), address(9, 1), address(9, 2), anna];
    ClientTable::new(rows.into(), Duration::ZERO).unwrap()
}

fn ledger_with(options: ScopeOptions) -> (ScopeLedger, Arc<StillClock>) {
    let clock = Arc::new(StillClock(AtomicI64::new(NOW)));
    let mut ledger = ScopeLedger::new(clients(), LogKeyRule::Whole, options, clock.clone());
    ledger.take_marks_as_complete();
    (ledger, clock)
}

fn ledger() -> ScopeLedger {
    ledger_with(ScopeOptions::default()).0
}

fn line(client: u8, key: &str, deed: Deed) -> LogLine {
    LogLine {
        time_ns: NOW,
        client: [192, 0, 2, client].into(),
        user: None,
        host: Vec::new(),
        key: key.as_bytes().to_vec(),
        method: Vec::new(),
        status: None,
        bytes: None,
        cache: Vec::new(),
        carries_credentials: false,
        deed,
    }
}

const WHOLE: Deed = Deed::Served(Amount::Whole);

fn object(scope: Scope, key: &str) -> ScopedObject {
    ScopedObject { scope, log_key: Some(LogKey::of(key.as_bytes())), bytes: Some(1000) }
}

fn verdict(ledger: &ScopeLedger, number: u64, key: &str) -> Verdict {
    ledger.may_learn(asker(number), Some(&object(Scope::Log, key)))
}

fn public(ledger: &ScopeLedger, number: u64, key: &str) -> Verdict {
    ledger.may_learn(asker(number), Some(&object(Scope::Public, key)))
}

#[test]
fn logged_object_is_for_whom_it_was_served_to_with_a_proof() {
    let mut ledger = ledger();
    ledger.record(&line(1, "a", WHOLE));
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 2, "a"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 1, "b"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 7, "a"), Verdict::Unknown);
    let unnamed = ScopedObject { log_key: None, ..object(Scope::Log, "a") };
    assert_eq!(ledger.may_learn(asker(1), Some(&unnamed)), Verdict::Unknown);
}

#[test]
fn outside_of_its_scope_an_object_is_answered_for_like_an_unknown_id() {
    let mut ledger = ledger();
    ledger.record(&line(1, "a", WHOLE));
    let unknown = ledger.may_learn(asker(2), None);
    for scope in [Scope::Log, Scope::Owner(SubscriberId::new(1)), Scope::Tenant(TenantId::new(2))] {
        assert_eq!(ledger.may_learn(asker(2), Some(&object(scope, "a"))), unknown, "{scope:?}");
    }
    let hosted = Asker { tenant: Some(TenantId::new(1)), ..asker(2) };
    let of_another = object(Scope::Tenant(TenantId::new(2)), "a");
    assert_eq!(ledger.may_learn(hosted, Some(&of_another)), unknown);
}

#[test]
fn owner_tenant_and_public_need_no_proof() {
    let ledger = ledger();
    let owned = object(Scope::Owner(SubscriberId::new(1)), "a");
    assert_eq!(ledger.may_learn(asker(1), Some(&owned)), Verdict::Found);
    let hosted = object(Scope::Tenant(TenantId::new(4)), "a");
    let of_tenant = Asker { tenant: Some(TenantId::new(4)), ..asker(7) };
    assert_eq!(ledger.may_learn(of_tenant, Some(&hosted)), Verdict::Found);
    assert_eq!(ledger.may_learn(asker(7), Some(&object(Scope::Public, "a"))), Verdict::Found);
}

#[test]
fn public_object_that_was_asked_for_with_credentials_is_for_whom_it_was_served_to() {
    let (mut ledger, clock) = ledger_with(ScopeOptions::default());
    ledger.record(&LogLine { carries_credentials: true, ..line(1, "a", WHOLE) });
    // Also where nobody knows whose request it was.
    ledger.record(&LogLine { carries_credentials: true, ..line(200, "b", WHOLE) });
    assert_eq!(public(&ledger, 1, "a"), Verdict::FoundWithProof);
    assert_eq!(public(&ledger, 2, "a"), Verdict::Unknown);
    assert_eq!(public(&ledger, 2, "b"), Verdict::Unknown);
    assert_eq!(public(&ledger, 2, "c"), Verdict::Found);
    // A mark outlives the rows, whatever is marked meanwhile.
    for windows in 1..5 {
        let time_ns = NOW + windows * 31 * DAY;
        clock.0.store(time_ns, Ordering::Relaxed);
        let later = LogLine { time_ns, carries_credentials: true, ..line(1, "d", WHOLE) };
        ledger.record(&later);
        ledger.forget_old();
        assert_eq!(public(&ledger, 2, "a"), Verdict::Unknown, "{windows}");
    }
}

#[test]
fn request_with_credentials_marks_its_object_whatever_came_of_it() {
    let mut ledger = ledger();
    let answers = [("HEAD", "200"), ("GET", "304"), ("GET", "499"), ("GET", "401"), ("PUT", "201")];
    for (method, status) in answers {
        let text = |auth: u8| {
            format!(
                "{{\"time\":\"1795946998.4\",\"client\":\"192.0.2.2\",\"user\":\"-\",\
                 \"host\":\"h\",\"key\":\"{method}{status}{auth}\",\"method\":\"{method}\",\
                 \"status\":\"{status}\",\"bytes\":\"0\",\"cache\":\"\",\"auth\":\"{auth}\"}}"
            )
        };
        for auth in [0, 1] {
            ledger.record(&LogFormat::Nginx.parse(text(auth).as_bytes()).unwrap().unwrap());
        }
        let key = |auth: u8| format!("{method}{status}{auth}");
        assert_eq!(public(&ledger, 3, &key(0)), Verdict::Found, "{method} {status}");
        assert_eq!(public(&ledger, 3, &key(1)), Verdict::Unknown, "{method} {status}");
    }
    let old = LogLine { time_ns: NOW - 99 * DAY, carries_credentials: true, ..line(1, "o", WHOLE) };
    ledger.record(&old);
    assert_eq!(public(&ledger, 3, "o"), Verdict::Unknown, "of a line that proves nothing any more");
}

#[test]
fn ledger_without_its_marks_takes_no_object_for_public() {
    let fresh = || {
        let clock = Arc::new(StillClock(AtomicI64::new(NOW)));
        ScopeLedger::new(clients(), LogKeyRule::Whole, ScopeOptions::default(), clock)
    };
    let mut ledger = ledger();
    ledger.record(&LogLine { carries_credentials: true, ..line(1, "a", WHOLE) });
    let marks = ledger.marks().unwrap();
    let mut restarted = fresh();
    assert_eq!(public(&restarted, 2, "b"), Verdict::Unknown);
    assert_eq!(restarted.marks(), None, "what may lack marks is not kept");
    // What a proof allows stays allowed.
    restarted.record(&line(2, "b", WHOLE));
    assert_eq!(public(&restarted, 2, "b"), Verdict::FoundWithProof);
    for wrong in [&marks[1..], &[0], &[marks.as_slice(), &[0; 8]].concat()] {
        assert!(restarted.restore_marks(wrong).is_err());
        assert_eq!(public(&restarted, 2, "c"), Verdict::Unknown);
    }
    restarted.record(&LogLine { carries_credentials: true, ..line(1, "d", WHOLE) });
    restarted.restore_marks(&marks).unwrap();
    assert_eq!(public(&restarted, 2, "a"), Verdict::Unknown);
    assert_eq!(public(&restarted, 2, "d"), Verdict::Unknown, "marked before the others came");
    assert_eq!(public(&restarted, 2, "c"), Verdict::Found);
    let mut unmarked = fresh();
    unmarked.restore_marks(&self::ledger().marks().unwrap()).unwrap();
    assert_eq!(public(&unmarked, 2, "a"), Verdict::Found);
}

#[test]
fn lines_that_prove_nothing_give_no_scope() {
    let mut ledger = ledger();
    ledger.record(&line(1, "a", Deed::Nothing));
    ledger.record(&line(1, "a", Deed::Served(Amount::Part)));
    ledger.record(&line(1, "a", Deed::Served(Amount::Bytes(999))));
    ledger.record(&line(1, "a", Deed::Uploaded(Amount::Bytes(999))));
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::Unknown);
    ledger.record(&line(1, "a", Deed::Served(Amount::Bytes(1000))));
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::FoundWithProof);
    let of_any_length = ScopedObject { bytes: None, ..object(Scope::Log, "a") };
    assert_eq!(ledger.may_learn(asker(1), Some(&of_any_length)), Verdict::Unknown);
}

#[test]
fn parts_count_only_if_configured_and_never_for_uploads() {
    let (mut ledger, _) =
        ledger_with(ScopeOptions { parts_count: true, ..ScopeOptions::default() });
    ledger.record(&line(1, "a", Deed::Served(Amount::Part)));
    ledger.record(&line(1, "b", Deed::Uploaded(Amount::Bytes(5))));
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "b"), Verdict::Unknown, "appended to what another brought");
}

#[test]
fn uploader_may_learn_of_its_upload_and_nobody_else() {
    let mut ledger = ledger();
    ledger.record(&line(1, "put", Deed::Uploaded(Amount::Whole)));
    ledger.record(&line(2, "ftp", Deed::Uploaded(Amount::Bytes(1000))));
    assert_eq!(verdict(&ledger, 1, "put"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 2, "put"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 2, "ftp"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "ftp"), Verdict::Unknown);
}

#[test]
fn forged_user_and_shared_address_give_no_scope() {
    let mut ledger = ledger();
    ledger.record(&line(9, "a", WHOLE));
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 2, "a"), Verdict::Unknown);
    let claims = concat!(
        r#"{"time":"1795946998.4","client":"192.0.2.2","user":"anna","host":"h","key":"b","#,
        r#""method":"GET","status":"401","bytes":"0","cache":"","auth":"1"}"#,
    );
    ledger.record(&LogFormat::Nginx.parse(claims.as_bytes()).unwrap().unwrap());
    assert_eq!(verdict(&ledger, 1, "b"), Verdict::Unknown);
    let proved = claims.replace("401", "200");
    ledger.record(&LogFormat::Nginx.parse(proved.as_bytes()).unwrap().unwrap());
    assert_eq!(verdict(&ledger, 1, "b"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 2, "b"), Verdict::Unknown, "the address is not asked");
}

#[test]
fn line_of_a_cache_only_view_names_no_object_of_the_cache() {
    let mut ledger = ledger();
    // As nginx writes it: the upstream that is dead, not that of the cache's key.
    let line = concat!(
        r#"{"time":"1795946998.459","client":"192.0.2.1","user":"","host":"h","#,
        r#""key":"http://127.0.0.1:45309/id/a","method":"GET","status":"200","#,
        r#""bytes":"1000","cache":"HIT","auth":"0"}"#,
    );
    ledger.record(&LogFormat::Nginx.parse(line.as_bytes()).unwrap().unwrap());
    assert_eq!(verdict(&ledger, 1, "http://127.0.0.1:20372/id/a"), Verdict::Unknown);
}

#[test]
fn line_proves_until_the_window_has_passed() {
    let (mut ledger, clock) = ledger_with(ScopeOptions::default());
    ledger.record(&LogLine { time_ns: NOW - 30 * DAY, ..line(1, "edge", WHOLE) });
    ledger.record(&LogLine { time_ns: NOW - 30 * DAY - 1, ..line(1, "old", WHOLE) });
    ledger.record(&LogLine { time_ns: NOW + DAY, ..line(1, "ahead", WHOLE) });
    assert_eq!(verdict(&ledger, 1, "edge"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "old"), Verdict::Unknown);
    clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(verdict(&ledger, 1, "edge"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 1, "ahead"), Verdict::FoundWithProof);
    clock.0.store(NOW + 30 * DAY + 1, Ordering::Relaxed);
    assert_eq!(verdict(&ledger, 1, "ahead"), Verdict::Unknown, "no row lives longer");
    assert_eq!(ledger.rows_count(), 2);
    ledger.forget_old();
    assert_eq!(ledger.rows_count(), 0);
}

#[test]
fn rows_are_bounded_and_the_oldest_go_first() {
    let options =
        ScopeOptions { rows_per_subscriber_max: 10, rows_max: 15, ..ScopeOptions::default() };
    let (mut ledger, _) = ledger_with(options);
    for number in 0..1000 {
        ledger.record(&line(1, &number.to_string(), WHOLE));
        // One that is asked for again and again stays.
        ledger.record(&line(1, "kept", WHOLE));
    }
    assert_eq!(ledger.rows_count(), 10);
    assert_eq!(verdict(&ledger, 1, "kept"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "991"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "990"), Verdict::Unknown);
    for client in [2, 3] {
        for number in 0..5 {
            ledger.record(&line(client, &number.to_string(), WHOLE));
        }
    }
    assert_eq!(ledger.rows_count(), 15);
    assert_eq!(verdict(&ledger, 3, "0"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "999"), Verdict::FoundWithProof);
    assert_eq!(verdict(&ledger, 1, "991"), Verdict::Unknown, "who has most gives way");
}

#[test]
fn only_enrolled_subscribers_have_rows() {
    let mut ledger = ledger();
    ledger.record(&line(77, "a", WHOLE));
    assert_eq!(ledger.rows_count(), 0);
    ledger.record(&line(1, "a", WHOLE));
    ledger.record(&line(2, "a", WHOLE));
    let rows: Vec<(SubscriberId, ServedRow)> = ledger.rows().collect();
    ledger.set_clients(ClientTable::default());
    assert_eq!((ledger.rows_count(), verdict(&ledger, 1, "a")), (0, Verdict::Unknown));
    ledger.set_clients(clients());
    for (subscriber, row) in rows {
        ledger.restore(subscriber, row);
        ledger.restore(SubscriberId::new(99), row);
    }
    assert_eq!(ledger.rows_count(), 2);
    assert_eq!(verdict(&ledger, 1, "a"), Verdict::FoundWithProof);
}

#[test]
fn lost_history_takes_back_that_anything_is_public() {
    let mut ledger = ledger();
    ledger.record(&line(1, "a", WHOLE));
    assert_eq!(public(&ledger, 2, "b"), Verdict::Found);
    let before = ledger.marks().unwrap();
    ledger.lose_history();
    // Somebody may have got it with credentials, in a line that nobody has.
    assert_eq!(public(&ledger, 2, "b"), Verdict::Unknown);
    assert_eq!(public(&ledger, 1, "a"), Verdict::FoundWithProof);
    assert_eq!((ledger.marks(), ledger.gaps()), (None, 1));
    ledger.restore_marks(&before).unwrap();
    assert_eq!(public(&ledger, 2, "b"), Verdict::Found);
}

#[test]
fn credentials_for_a_slice_bar_the_whole_and_its_line_proves_nothing_of_it() {
    let mut ledger = ledger();
    let asked = line(1, "http://a/bbytes=0-99", WHOLE);
    ledger.record(&LogLine { carries_credentials: true, ..asked });
    assert_eq!(public(&ledger, 2, "http://a/b"), Verdict::Unknown);
    assert_eq!(verdict(&ledger, 1, "http://a/b"), Verdict::Unknown);
    assert_eq!(public(&ledger, 2, "http://a/c"), Verdict::Found);
}
