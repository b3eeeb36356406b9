//! Goal: the servers that the readers of caches and mail stores are tested against are the real
//! ones, are filled through their own protocols, give back what went in, and leave nothing behind.
//!
//! Method: one server a test, in front of an origin whose bodies are known from a seed and which
//! lists what it was asked. A server that is not installed is named in a line `skipped: ...`. If
//! one of these fails, the live tests of the readers show nothing: they may be green because no
//! object ever came into a cache.

mod fault_matrix;
mod image_layout;
mod imap_account;
mod mail_stores;
mod refetch;
mod scopes;
mod tree;
mod uploads;

use std::fs;
use std::path::{Path, PathBuf};

use gleaner_tests::loopback_http::{Request, Response, get, request};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{
    Apache, AptCacherNg, Dovecot, Nginx, Server, Squid, TransferType, Vsftpd, wait_until,
};

const SEED: u64 = 17;

/// Asks until the origin is not asked any more: a server may have sent all of a body and not yet
/// know that it has it. Every answer is the body of the seed.
fn becomes_a_hit(origin: &Origin, ask: &dyn Fn() -> Response, path: &str) {
    wait_until(&format!("a hit of {path}"), || {
        let before = origin.count(path);
        let response = ask();
        assert_eq!(response.status, 200, "{path}");
        assert!(response.is_whole && response.body == origin.body(path), "{path}");
        before > 0 && origin.count(path) == before
    });
}

/// The process, its group and its directory are gone; `end` is what ends it.
fn leaves_nothing_behind<T>(live: T, server: impl Fn(&T) -> &Server, end: impl FnOnce(T)) {
    let id = server(&live).id().unwrap();
    let directory = server(&live).directory().to_owned();
    assert!(server(&live).is_running() && directory.exists());
    assert!(members(id) > 0, "the server runs in a group of its own");
    end(live);
    assert_eq!(members(id), 0, "of the group {id}");
    assert!(!Path::new(&format!("/proc/{id}")).exists());
    assert!(!directory.exists());
}

/// How many processes of that group run. One that has ended counts no more, even if whoever adopted
/// it has not yet asked how.
fn members(group: u32) -> usize {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let stats =
        processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    let groups = stats.filter_map(|stat| {
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let runs = !matches!(fields.next(), Some("Z" | "X"));
        fields.nth(1)?.parse::<u32>().ok().filter(|_| runs)
    });
    groups.filter(|&found| found == group).count()
}

/// All files below a directory.
fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let is_folder = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
            if is_folder { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    files.sort();
    files
}

fn holds(path: &Path, body: &[u8]) -> bool {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.len() >= body.len() && bytes.ends_with(body)
}

/// Logs are written after the answer: waits for a line with all of these.
fn logged(log: &Path, parts: &[&str]) -> String {
    let mut found = None;
    wait_until(&format!("a line with {parts:?}"), || {
        let text = fs::read_to_string(log).unwrap_or_default();
        let mut lines = text.lines();
        found = lines.find(|line| parts.iter().all(|part| line.contains(part))).map(str::to_owned);
        found.is_some()
    });
    found.unwrap()
}

fn logged_json(log: &Path, parts: &[&str]) -> serde_json::Value {
    let line = logged(log, parts);
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn nginx_caches_what_the_origin_serves_and_its_view_never_asks_the_origin() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    for path in ["/id/a", "/chunked/a", "/close/a", "/empty/a", "/gz/a"] {
        becomes_a_hit(&origin, &|| get(nginx.port(), path, &[]).unwrap(), path);
    }
    let hit = get(nginx.port(), "/id/a", &[]).unwrap();
    assert_eq!(hit.header("X-Cache"), Some("HIT"));
    assert!(files_below(&nginx.cache_root()).iter().any(|file| holds(file, &origin.body("/id/a"))));
    let view = |path: &str| get(nginx.cache_only_port(), path, &[]).unwrap();
    let asked = origin.seen().len();
    assert!(view("/id/a").body == origin.body("/id/a"));
    assert_eq!(view("/id/never").status, 504);
    assert_eq!(origin.seen().len(), asked);
    let line = logged_json(&nginx.access_log(), &["\"cache\":\"HIT\"", "/id/a\""]);
    assert_eq!(line["key"], origin.url("/id/a"));
    assert_eq!((&line["user"], &line["auth"]), (&"".into(), &"0".into()));
    leaves_nothing_behind(nginx, |nginx| &nginx.server, drop);
}

#[test]
fn nginx_caches_slices_and_evicts_what_nobody_asks_for() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let body = origin.body("/slice/a");
    let part = get(nginx.port(), "/slice/a", &[("Range", "bytes=2200000-2200099")]).unwrap();
    assert_eq!((part.status, part.body.as_slice()), (206, &body[2_200_000..2_200_100]));
    assert!(get(nginx.port(), "/t2/id/a", &[]).unwrap().body == origin.body("/id/a"));
    let holds_only = |root: &Path, body: &[u8]| {
        let files = files_below(root);
        files.len() == 1 && holds(&files[0], body)
    };
    wait_until("the slice is in place", || holds_only(&nginx.cache_root(), &body[2 << 20..]));
    let short = nginx.short_cache_root();
    wait_until("the body is in place", || holds_only(&short, &origin.body("/id/a")));
    wait_until("it is evicted", || files_below(&short).is_empty());
}

#[test]
fn nginx_keeps_its_cache_over_reload_and_restart_and_takes_uploads_of_its_users() {
    let origin = Origin::start(SEED);
    let Some(mut nginx) = Nginx::start(origin.port()) else { return };
    let port = nginx.port();
    becomes_a_hit(&origin, &|| get(port, "/id/a", &[]).unwrap(), "/id/a");
    let asked = origin.seen().len();
    nginx.reload();
    assert_eq!(get(port, "/id/a", &[]).unwrap().header("X-Cache"), Some("HIT"));
    nginx.server.stop();
    assert!(get(port, "/id/a", &[]).is_err());
    nginx.server.start_again();
    assert_eq!(get(port, "/id/a", &[]).unwrap().header("X-Cache"), Some("HIT"));
    assert_eq!(origin.seen().len(), asked);
    let put = |authorization: &str| {
        let headers = [("Authorization", authorization)];
        let body = b"uploaded".as_slice();
        request(port, &Request { method: "PUT", target: "/dav/x", headers: &headers, body })
            .unwrap()
            .status
    };
    // User names and passwords as they stand in requests: `u1:no` and `u1:pw`.
    assert_eq!(put("Basic dTE6bm8="), 401);
    assert_eq!(put("Basic dTE6cHc="), 201);
    assert_eq!(fs::read(nginx.upload_root().join("x")).unwrap(), b"uploaded");
    let line = logged_json(&nginx.access_log(), &["\"status\":\"201\""]);
    assert_eq!((&line["user"], &line["auth"]), (&"u1".into(), &"1".into()));
    fs::rename(nginx.access_log(), nginx.server.directory().join("old.log")).unwrap();
    nginx.reopen_logs();
}

#[test]
fn squid_caches_on_disk_and_keeps_it_over_rotation_and_restart() {
    let origin = Origin::start(SEED);
    let Some(mut squid) = Squid::start() else { return };
    let port = squid.port();
    for path in ["/id/a", "/id/a?bytes=511", "/chunked/a", "/gz/a"] {
        let ask = || get(port, &origin.url(path), &[]).unwrap();
        becomes_a_hit(&origin, &ask, path);
    }
    assert!(files_below(&squid.cache_root()).iter().any(|file| holds(file, &origin.body("/id/a"))));
    let asked = origin.seen().len();
    squid.rotate();
    squid.restart();
    let url = origin.url("/id/a");
    let hit = get(port, &url, &[("Cache-Control", "only-if-cached, max-stale")]).unwrap();
    assert_eq!((hit.status, hit.header("X-Cache")), (200, Some("HIT from tests")));
    let miss = get(port, &origin.url("/id/never"), &[("Cache-Control", "only-if-cached")]).unwrap();
    assert_eq!(miss.status, 504);
    assert_eq!(origin.seen().len(), asked);
    let line = logged_json(&squid.access_log(), &["/id/never"]);
    assert_eq!((&line["status"], &line["method"]), (&"504".into(), &"GET".into()));
    assert!(fs::metadata(squid.swap_state()).unwrap().len() >= 72);
    leaves_nothing_behind(squid, |squid| &squid.server, drop);
}

#[test]
fn apache_caches_on_disk_and_answers_504_where_only_the_cache_is_asked() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    for path in ["/id/a", "/chunked/a", "/gz/a"] {
        becomes_a_hit(&origin, &|| get(apache.port(), path, &[]).unwrap(), path);
    }
    let bodies = files_below(&apache.cache_root());
    let is_body = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "data");
    assert!(bodies.iter().filter(is_body).any(|file| holds(file, &origin.body("/id/a"))));
    let asked = origin.seen().len();
    let only_if_cached = [("Cache-Control", "only-if-cached, max-stale")];
    assert_eq!(get(apache.port(), "/id/never", &only_if_cached).unwrap().status, 504);
    assert_eq!(get(apache.port(), "/id/a", &only_if_cached).unwrap().status, 200);
    assert_eq!(origin.seen().len(), asked);
    // Apache leaves its cache aside where a request carries credentials.
    let credentials = [("Authorization", "Basic dTE6cHc=")];
    assert_eq!(get(apache.port(), "/id/b", &credentials).unwrap().status, 200);
    let line = logged_json(&apache.access_log(), &["GET /id/a HTTP/1.1", "\"cache hit\""]);
    assert_eq!((&line["client"], &line["auth"]), (&"127.0.0.1".into(), &"0".into()));
    let line = logged_json(&apache.access_log(), &["GET /id/b HTTP/1.1"]);
    assert_eq!((&line["status"], &line["auth"]), (&"200".into(), &"1".into()));
    leaves_nothing_behind(apache, |apache| &apache.server, drop);
}

#[test]
fn apt_cacher_ng_keeps_a_package_byte_for_byte() {
    let origin = Origin::start(SEED);
    let Some(cache) = AptCacherNg::start() else { return };
    let path = "/pool/x_1.0-1_all.deb";
    origin.put(path, origin.body("/id/package"));
    let url = AptCacherNg::path_of(origin.port(), path);
    let ask = || get(cache.port(), &url, &[]).unwrap();
    becomes_a_hit(&origin, &ask, path);
    let stored = cache.cache_root().join("127.0.0.1/pool/x_1.0-1_all.deb");
    let files = files_below(&cache.cache_root());
    assert!(files.contains(&stored), "{files:?}");
    assert_eq!(fs::read(&stored).unwrap(), origin.body(path));
    assert!(stored.with_extension("deb.head").exists());
    leaves_nothing_behind(cache, |cache| &cache.server, drop);
}

#[test]
fn dovecot_gives_back_appended_mail_with_its_line_ends_from_every_store() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mail = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: lines\r\n\r\n\
        From here on\r\n.\r\n\r\nends {3}\r\n";
    for user in ["u1", "mz", "sd", "md", "mb"] {
        let mut client = dovecot.imap(user).unwrap();
        let uid = client.append("INBOX", mail).unwrap();
        assert_eq!(client.append("INBOX", b"Subject: other\r\n\r\nx\r\n").unwrap(), uid + 1);
        let selected = client.select("INBOX").unwrap();
        assert_eq!((selected.exists, selected.uid_next), (2, uid + 2), "{user}");
        assert_eq!(client.fetch(uid).unwrap(), mail, "{user}");
        client.add_flags(uid, "\\Deleted").unwrap();
        client.expunge().unwrap();
        assert_eq!(client.uids().unwrap(), [uid + 1], "{user}");
        assert!(client.fetch(uid).is_err());
        client.create("Sent").unwrap();
        client.append("Sent", mail).unwrap();
        assert_eq!(client.select("Sent").unwrap().exists, 1, "{user}");
        client.log_out().unwrap();
        assert!(!files_below(&dovecot.home(user)).is_empty(), "{user}");
    }
    assert!(dovecot.home("u1").join("Maildir/cur").is_dir());
    assert!(dovecot.home("sd").join("sdbox/mailboxes/INBOX/dbox-Mails").is_dir());
    assert!(dovecot.home("md").join("mdbox/storage").is_dir());
    assert!(dovecot.home("mb").join("inbox").is_file());
    leaves_nothing_behind(dovecot, |dovecot| &dovecot.server, drop);
}

#[test]
fn ftp_gives_back_what_was_put_and_takes_uploads() {
    let Some(vsftpd) = Vsftpd::start() else { return };
    vsftpd.put("lines.txt", b"one\ntwo\r\nthree\n");
    let body = Origin::start(SEED).body("/id/a");
    let mut client = vsftpd.client().unwrap();
    client.store("incoming/a.bin", &body).unwrap();
    assert_eq!(fs::read(vsftpd.root().join("incoming/a.bin")).unwrap(), body);
    assert_eq!(client.retrieve("incoming/a.bin").unwrap(), body);
    assert_eq!(client.bytes("incoming/a.bin").unwrap(), body.len() as u64);
    assert_eq!(client.modified("incoming/a.bin").unwrap().len(), 14);
    client.store("incoming/a.bin", b"shorter").unwrap();
    assert_eq!(client.retrieve("incoming/a.bin").unwrap(), b"shorter");
    assert!(client.store("a.bin", &body).is_err());
    client.set_type(TransferType::Ascii).unwrap();
    assert_eq!(client.retrieve("lines.txt").unwrap(), b"one\r\ntwo\r\nthree\r\n");
    logged(&vsftpd.log(), &["OK UPLOAD", "root/incoming/a.bin\"", "50000 bytes"]);
    logged(&vsftpd.log(), &["OK DOWNLOAD", "root/lines.txt\""]);
    drop(client);
    leaves_nothing_behind(vsftpd, |vsftpd| &vsftpd.server, drop);
}

#[test]
fn a_test_that_panics_leaves_no_server_behind() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let panics = |nginx: Nginx| {
        let run = std::panic::AssertUnwindSafe(move || {
            let _nginx = nginx;
            std::panic::resume_unwind(Box::new("as a failed assertion does"));
        });
        assert!(std::panic::catch_unwind(run).is_err());
    };
    leaves_nothing_behind(nginx, |nginx| &nginx.server, panics);
}

#[test]
fn two_servers_of_a_kind_do_not_meet() {
    let (first, second) = (Origin::start(1), Origin::start(2));
    let (Some(a), Some(b)) = (Nginx::start(first.port()), Nginx::start(second.port())) else {
        return;
    };
    for (nginx, origin) in [(&a, &first), (&b, &second)] {
        becomes_a_hit(origin, &|| get(nginx.port(), "/id/a", &[]).unwrap(), "/id/a");
    }
    drop(a);
    assert_eq!(get(b.port(), "/id/a", &[]).unwrap().header("X-Cache"), Some("HIT"));
}
