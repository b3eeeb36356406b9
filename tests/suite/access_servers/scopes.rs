//! Goal: nobody learns of an object that the log of the real server does not show to be its own.
//!
//! Method: requests that try to write into the log what they are not, to each server; its log is
//! followed as an agent does, and the rules are asked. If one of these fails, a subscriber is told
//! what another one fetched.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{
    AccessSource, Agent, AgentOptions, ApacheFormat, Asker, Client, ClientRow, ClientTable, Deed,
    FeedMessage, FileFormat, FileSource, FileSourceOptions, History, LogFormat, LogKey, LogKeyRule,
    LogLine, LogTail, MemoryJournal, NginxFormat, ObjectRow, RootedFs, Scope, ScopeLedger,
    ScopeOptions, ScopePolicy, ScopedObject, SourceId, SquidOptions, SquidSource, SubscriberId,
    SystemClock, UrlPattern, Verdict,
};
use gleaner_tests::loopback_http::{Request, get, request};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Apache, AptCacherNg, Nginx, Squid, Vsftpd, wait_until};

use super::{SEED, becomes_a_hit};

/// At the loopback address, with user `u1`, and somebody who never asked for anything.
const AT_ADDRESS: u64 = 1;
const USER_U1: u64 = 2;
const STRANGER: u64 = 3;

/// What stands for `Basic u1:pw`.
const CREDENTIALS: &str = "Basic dTE6cHc=";

fn client(client: Client, number: u64) -> ClientRow {
    ClientRow { client, from_ns: 0, to_ns: None, subscriber: Some(SubscriberId::new(number)) }
}

fn loopback() -> Client {
    Client::Network { address: [127, 0, 0, 1].into(), prefix_len: 32 }
}

fn table(rows: Vec<ClientRow>) -> ClientTable {
    ClientTable::new(rows, Duration::from_secs(5)).unwrap()
}

/// A log that is followed, its lines, and what they prove.
struct Followed {
    tail: LogTail,
    format: LogFormat,
    ledger: ScopeLedger,
    lines: Vec<LogLine>,
    refused: Vec<String>,
}

impl Followed {
    fn new(log: &Path, format: LogFormat, rule: LogKeyRule) -> Self {
        let rows =
            vec![client(loopback(), AT_ADDRESS), client(Client::User(b"u1".to_vec()), USER_U1)];
        let fs = Arc::new(RootedFs::new(log.parent().unwrap()));
        let name = log.file_name().unwrap().as_encoded_bytes();
        let clock = Arc::new(SystemClock::new());
        let mut ledger = ScopeLedger::new(table(rows), rule, ScopeOptions::default(), clock);
        // The server of a test keeps nothing from before its log.
        ledger.take_marks_as_complete();
        Self {
            tail: LogTail::new(fs, name, None),
            format,
            ledger,
            lines: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn poll(&mut self) {
        let (format, lines) = (&self.format, &mut self.lines);
        let (ledger, refused) = (&mut self.ledger, &mut self.refused);
        let polled = self.tail.poll(&mut |line| match format.parse(line) {
            Ok(Some(parsed)) => {
                ledger.record(&parsed);
                lines.push(parsed);
            }
            Ok(None) => {}
            Err(_) => refused.push(String::from_utf8_lossy(line).into_owned()),
        });
        if polled.unwrap() == History::Missing {
            self.ledger.lose_history();
        }
    }

    /// Logs are written after the answer.
    fn wait_for(&mut self, what: &str, is_it: impl Fn(&LogLine) -> bool) -> LogLine {
        let mut found = None;
        wait_until(what, || {
            self.poll();
            found = self.lines.iter().find(|line| is_it(line)).cloned();
            found.is_some()
        });
        found.unwrap()
    }

    fn verdict(&self, number: u64, name: &str) -> Verdict {
        let log_key = Some(LogKey::of(name.as_bytes()));
        let object = ScopedObject { scope: Scope::Log, log_key, bytes: Some(50_000) };
        self.verdict_of(number, &object)
    }

    fn verdict_of(&self, number: u64, object: &ScopedObject) -> Verdict {
        let asker = Asker { subscriber: SubscriberId::new(number), tenant: None };
        self.ledger.may_learn(asker, Some(object))
    }
}

/// What an agent of a source tells of its objects.
fn told(source: Box<dyn AccessSource>) -> Vec<ObjectRow> {
    let clock = Arc::new(SystemClock::new());
    let journal = Box::new(MemoryJournal::new());
    let agent = Agent::open(source, journal, AgentOptions::default(), clock).unwrap();
    agent.scan().unwrap();
    let plan = agent.snapshot(1000);
    let mut rows = Vec::new();
    for part in 0..plan.parts() {
        let Some(FeedMessage::Snapshot(part)) = agent.snapshot_part(&plan, part).unwrap() else {
            panic!("a part of the plan");
        };
        let objects = part.objects.iter();
        rows.extend(objects.map(|(_, seen)| ObjectRow::decode(&seen.bytes).unwrap()));
    }
    rows
}

fn files(root: &Path, format: Arc<dyn FileFormat>) -> Box<dyn AccessSource> {
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Log);
    let fs = Arc::new(RootedFs::new(root));
    Box::new(FileSource::new(fs, format, Arc::new(SystemClock::new()), options, None))
}

/// The object with these bytes is found by whom it was served to, and by nobody else.
fn is_found_by_its_reader(followed: &Followed, rows: &[ObjectRow], body: &[u8]) {
    let whole = *blake3::hash(body).as_bytes();
    let has_body = |row: &&ObjectRow| row.representations.iter().any(|it| it.whole == whole);
    let row = rows.iter().find(has_body).expect("the object is listed");
    assert_eq!(followed.verdict_of(AT_ADDRESS, &row.scoped), Verdict::FoundWithProof);
    assert_eq!(followed.verdict_of(STRANGER, &row.scoped), Verdict::Unknown);
}

/// A path in which everything stands that ends a field somewhere.
const HOSTILE: &str = "/id/q|u\"o\\te%22%7c%0a?x=|\"&y=%0d";

#[test]
fn nginx_log_gives_scope_to_whom_it_shows_and_to_nobody_else() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, LogKeyRule::Whole);
    becomes_a_hit(&origin, &|| get(nginx.port(), "/id/a", &[]).unwrap(), "/id/a");
    get(nginx.port(), HOSTILE, &[]).unwrap();
    get(nginx.port(), "/none", &[]).unwrap();
    // A name that nobody checked, and one that only stands in the password dialogue.
    let forged = [("Authorization", CREDENTIALS), ("Host", "x\",\"user\":\"u1")];
    get(nginx.port(), "/id/forged", &forged[..1]).unwrap();
    get(nginx.cache_only_port(), "/id/a", &[]).unwrap();
    let hostile = origin.url(HOSTILE);
    followed.wait_for("the hostile line", |line| line.key == hostile.as_bytes());
    let line = followed.wait_for("the forged line", |line| line.key.ends_with(b"/id/forged"));
    assert_eq!((line.user, line.carries_credentials), (None, true));
    assert_eq!(followed.verdict(AT_ADDRESS, &hostile), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/id/a")), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(STRANGER, &origin.url("/id/a")), Verdict::Unknown);
    assert_eq!(followed.verdict(USER_U1, &origin.url("/id/forged")), Verdict::Unknown);
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/none")), Verdict::Unknown);
    assert_eq!(followed.refused, Vec::<String>::new());
    // An object that somebody got with credentials is not public, whatever is declared.
    let public = |path: &str| ScopedObject {
        scope: Scope::Public,
        log_key: Some(LogKey::of(origin.url(path).as_bytes())),
        bytes: None,
    };
    assert_eq!(followed.verdict_of(STRANGER, &public("/id/a")), Verdict::Found);
    assert_eq!(followed.verdict_of(STRANGER, &public("/id/forged")), Verdict::Unknown);
    let format = Arc::new(NginxFormat::default());
    let rows = told(files(&nginx.cache_root(), format));
    is_found_by_its_reader(&followed, &rows, &origin.body("/id/a"));
}

#[test]
fn slices_are_for_whom_the_log_shows_that_the_whole_was_served_to() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, LogKeyRule::Whole);
    for (path, headers) in
        [("/slice/a", &[][..]), ("/slice/forged", &[("Authorization", CREDENTIALS)])]
    {
        assert!(get(nginx.port(), path, headers).unwrap().body == origin.body(path));
        let url = origin.url(path);
        followed.wait_for("its line", |line| line.key == url.as_bytes());
    }
    // Keys of slices are not URLs.
    let pattern = "^(?P<scheme>https?)(?:://)?(?P<host>[^/]+)(?P<path>/.*)$";
    let key_pattern = UrlPattern::new(pattern).unwrap();
    let format = || Arc::new(NginxFormat { key_pattern: key_pattern.clone() });
    let rows = told(files(&nginx.cache_root(), format()));
    is_found_by_its_reader(&followed, &rows, &origin.body("/slice/a"));
    let public = |path: &str| {
        let whole = *blake3::hash(&origin.body(path)).as_bytes();
        let has_body = |row: &&ObjectRow| row.representations.iter().any(|it| it.whole == whole);
        let row = rows.iter().find(has_body).expect("the object is listed");
        followed.verdict_of(STRANGER, &ScopedObject { scope: Scope::Public, ..row.scoped })
    };
    assert_eq!(public("/slice/a"), Verdict::Found);
    assert_eq!(public("/slice/forged"), Verdict::Unknown, "it was asked for with credentials");
}

#[test]
fn line_of_the_cache_only_view_is_no_proof_for_the_cached_object() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    becomes_a_hit(&origin, &|| get(nginx.port(), "/id/a", &[]).unwrap(), "/id/a");
    // Who comes later sees only the lines of the view.
    fs::rename(nginx.access_log(), nginx.server.directory().join("access.log.1")).unwrap();
    nginx.reopen_logs();
    assert_eq!(get(nginx.cache_only_port(), "/id/a", &[]).unwrap().status, 200);
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, LogKeyRule::Whole);
    followed.wait_for("the view's line", |line| line.deed != Deed::Nothing);
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/id/a")), Verdict::Unknown);
}

#[test]
fn upload_through_nginx_is_its_uploaders() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let rule = LogKeyRule::BelowQuoted(b"http:///dav".to_vec());
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, rule);
    let put = |target: &str, authorization: &str| {
        let headers = [("Authorization", authorization)];
        let put = Request { method: "PUT", target, headers: &headers, body: b"uploaded" };
        request(nginx.port(), &put).unwrap().status
    };
    assert_eq!(put("/dav/a%20b?x", CREDENTIALS), 201);
    assert_eq!(put("/dav/refused", "Basic dTE6bm8="), 401);
    assert!(nginx.upload_root().join("a b").exists());
    followed.wait_for("the upload", |line| matches!(line.deed, Deed::Uploaded(_)));
    let line = followed.wait_for("the refusal", |line| line.status == Some(401));
    assert_eq!(line.user, None);
    assert_eq!(followed.verdict(USER_U1, "a b"), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(AT_ADDRESS, "a b"), Verdict::Unknown, "the user is another");
    assert_eq!(followed.verdict(USER_U1, "refused"), Verdict::Unknown);
}

#[test]
fn nginx_log_is_followed_over_rotation() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, LogKeyRule::Whole);
    let ask = |path: &str| assert_eq!(get(nginx.port(), path, &[]).unwrap().status, 200);
    ask("/id/before");
    followed.wait_for("the first line", |line| line.key.ends_with(b"before"));
    fs::rename(nginx.access_log(), nginx.server.directory().join("access.log.1")).unwrap();
    ask("/id/between");
    followed.wait_for("a line in the old log", |line| line.key.ends_with(b"between"));
    nginx.reopen_logs();
    ask("/id/after");
    followed.wait_for("a line in the new log", |line| line.key.ends_with(b"after"));
    assert_eq!(followed.lines.iter().filter(|line| line.deed != Deed::Nothing).count(), 3);
    assert_eq!(followed.tail.counters().rotations, 1);
    // Two rotations that nobody saw.
    let rename = |from: &str, to: &str| {
        let directory = nginx.server.directory();
        fs::rename(directory.join(from), directory.join(to)).unwrap();
    };
    rename("access.log.1", "access.log.3");
    rename("access.log", "access.log.2");
    nginx.reopen_logs();
    ask("/id/unseen");
    rename("access.log", "access.log.1");
    nginx.reopen_logs();
    ask("/id/last");
    followed.wait_for("a line in the newest log", |line| line.key.ends_with(b"last"));
    let of_unseen = followed.lines.iter().filter(|line| line.key.ends_with(b"unseen"));
    assert_eq!((of_unseen.count(), followed.ledger.gaps()), (1, 0));
}

#[test]
fn address_of_two_subscribers_and_one_that_was_reassigned_give_no_scope() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let mut followed = Followed::new(&nginx.access_log(), LogFormat::Nginx, LogKeyRule::Whole);
    let ask = |followed: &mut Followed, path: &str| {
        assert_eq!(get(nginx.port(), path, &[]).unwrap().status, 200);
        followed.wait_for("the line", |line| line.key.ends_with(path.as_bytes())).time_ns
    };
    let now_ns = ask(&mut followed, "/id/alone");
    let shared = vec![client(loopback(), AT_ADDRESS), client(loopback(), STRANGER)];
    followed.ledger.set_clients(table(shared));
    ask(&mut followed, "/id/shared");
    for number in [AT_ADDRESS, STRANGER] {
        assert_eq!(followed.verdict(number, &origin.url("/id/shared")), Verdict::Unknown);
    }
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/id/alone")), Verdict::FoundWithProof);
    // The address went from one to the other long before this request.
    let hour = 3_600_000_000_000;
    let before = ClientRow { to_ns: Some(now_ns - hour), ..client(loopback(), AT_ADDRESS) };
    let after = ClientRow { from_ns: now_ns - hour, ..client(loopback(), STRANGER) };
    followed.ledger.set_clients(table(vec![before, after]));
    ask(&mut followed, "/id/later");
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/id/later")), Verdict::Unknown);
    assert_eq!(followed.verdict(STRANGER, &origin.url("/id/later")), Verdict::FoundWithProof);
}

#[test]
fn squid_log_gives_scope_to_whom_it_shows_and_to_nobody_else() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let mut followed = Followed::new(&squid.access_log(), LogFormat::Squid, LogKeyRule::Whole);
    let ask = |path: &str, headers: &[(&str, &str)]| {
        get(squid.port(), &origin.url(path), headers).unwrap()
    };
    becomes_a_hit(&origin, &|| ask("/id/a?bytes=511", &[]), "/id/a?bytes=511");
    ask(HOSTILE, &[]);
    ask("/id/forged", &[("Authorization", CREDENTIALS)]);
    ask("/id/never", &[("Cache-Control", "only-if-cached")]);
    let hostile = origin.url(HOSTILE);
    followed.wait_for("the hostile line", |line| line.key == hostile.as_bytes());
    let line = followed.wait_for("the forged line", |line| line.key.ends_with(b"/id/forged"));
    assert_eq!((line.user, line.carries_credentials), (None, true));
    followed.wait_for("the miss", |line| line.status == Some(504));
    assert_eq!(followed.refused, Vec::<String>::new());
    assert_eq!(followed.verdict(AT_ADDRESS, &hostile), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(USER_U1, &origin.url("/id/forged")), Verdict::Unknown);
    assert_eq!(followed.verdict(AT_ADDRESS, &origin.url("/id/never")), Verdict::Unknown);
    let body = origin.body("/id/a?bytes=511");
    let mut rows = Vec::new();
    wait_until("the object is in swap.state", || {
        let fs = Arc::new(RootedFs::new(squid.cache_root()));
        let clock = Arc::new(SystemClock::new());
        let options = SquidOptions {
            first_folders: 4,
            second_folders: 8,
            ..SquidOptions::new(SourceId::new(1), ScopePolicy::Log)
        };
        rows = told(Box::new(SquidSource::new(fs, clock, options, None).unwrap()));
        let whole = *blake3::hash(&body).as_bytes();
        rows.iter().any(|row| row.representations.iter().any(|it| it.whole == whole))
    });
    is_found_by_its_reader(&followed, &rows, &body);
}

#[test]
fn apache_log_gives_scope_to_whom_it_shows_and_to_nobody_else() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    let format = LogFormat::Apache { scheme: "http" };
    let mut followed = Followed::new(&apache.access_log(), format, LogKeyRule::Whole);
    becomes_a_hit(&origin, &|| get(apache.port(), "/id/a", &[]).unwrap(), "/id/a");
    get(apache.port(), HOSTILE, &[]).unwrap();
    get(apache.port(), "/id/forged", &[("Authorization", CREDENTIALS)]).unwrap();
    let name = |path: &str| format!("http://127.0.0.1:{}{path}", apache.port());
    let hostile = name(HOSTILE);
    followed.wait_for("the hostile line", |line| line.key == hostile.as_bytes());
    let line = followed.wait_for("the forged line", |line| line.key.ends_with(b"/id/forged"));
    assert_eq!((line.user, line.carries_credentials), (None, true));
    assert_eq!(followed.refused, Vec::<String>::new());
    assert_eq!(followed.verdict(AT_ADDRESS, &hostile), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(STRANGER, &hostile), Verdict::Unknown);
    let rows = told(files(&apache.cache_root(), Arc::new(ApacheFormat::default())));
    is_found_by_its_reader(&followed, &rows, &origin.body("/id/a"));
}

#[test]
fn apt_cacher_ng_lets_clients_write_lines_of_their_own_so_its_log_proves_nothing() {
    let origin = Origin::start(SEED);
    let Some(cache) = AptCacherNg::start() else { return };
    let path = "/pool/x_1.0-1_all.deb";
    origin.put(path, origin.body("/id/package"));
    let ask = |path: &str| get(cache.port(), path, &[]).unwrap();
    becomes_a_hit(&origin, &|| ask(&AptCacherNg::path_of(origin.port(), path)), path);
    let line = "1795947046|O|99999|192.0.2.7|127.0.0.1/pool/forged_1.0-1_all.deb";
    let hostile = format!("/pool/b%0a{line}");
    ask(&AptCacherNg::path_of(origin.port(), &hostile));
    let rule = LogKeyRule::Whole;
    let mut followed = Followed::new(&cache.transfer_log(), LogFormat::AptCacherNg, rule);
    // Its log is written when a buffer is full, or at its end.
    let mut cache = cache;
    cache.server.stop();
    followed.wait_for("the package", |line| line.key == b"127.0.0.1/pool/x_1.0-1_all.deb");
    assert_eq!(followed.verdict(AT_ADDRESS, "127.0.0.1/pool/x_1.0-1_all.deb"), Verdict::Unknown);
    let is_forged = |line: &&LogLine| line.client == std::net::IpAddr::from([192, 0, 2, 7]);
    let forged: Vec<&LogLine> = followed.lines.iter().filter(is_forged).collect();
    assert!(forged.iter().all(|line| line.deed == Deed::Nothing));
    assert!(!forged.is_empty(), "if clients cannot do this any more, the log may be believed");
}

#[test]
fn ftp_transfers_give_scope_by_their_paths_and_lengths() {
    let Some(vsftpd) = Vsftpd::start() else { return };
    let body = Origin::start(SEED).body("/id/a");
    vsftpd.put("a.bin", &body);
    let format = LogFormat::vsftpd("").unwrap();
    let rule = LogKeyRule::Below(vsftpd.root().as_os_str().as_encoded_bytes().to_vec());
    let mut followed = Followed::new(&vsftpd.log(), format, rule);
    let mut client = vsftpd.client().unwrap();
    assert_eq!(client.retrieve("a.bin").unwrap(), body);
    client.store("incoming/up|b\\.bin", &body).unwrap();
    client.store("incoming/short.bin", &body[..100]).unwrap();
    assert!(client.store("incoming/x\", 9 bytes, 1.00Kbyte/sec", &body).is_err());
    drop(client);
    let is_last = |line: &LogLine| line.key.ends_with(b"short.bin");
    let line = followed.wait_for("the last upload", is_last);
    assert_eq!((line.user, line.bytes), (None, Some(100)));
    assert_eq!(followed.refused, Vec::<String>::new());
    assert_eq!(followed.verdict(AT_ADDRESS, "a.bin"), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(AT_ADDRESS, "incoming/up|b\\.bin"), Verdict::FoundWithProof);
    assert_eq!(followed.verdict(STRANGER, "a.bin"), Verdict::Unknown);
    // A file of 50,000 bytes of which a hundred came from this client is not this client's.
    assert_eq!(followed.verdict(AT_ADDRESS, "incoming/short.bin"), Verdict::Unknown);
    assert_eq!(followed.lines.len(), 3);
}
