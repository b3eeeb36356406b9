//! Goal: a repository behind `gleaner serve` is used with the same verbs as one in a folder, by
//! those who have a token for what they do, and by nobody else.
//!
//! Method: the real binary at both ends, over TLS on the loopback. If this fails, a subscriber
//! cannot get at its only copy, or somebody else can.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::Signal;

use crate::running_server::{Server, http_get};
use crate::sandbox::{Ran, Sandbox};

fn restored(sandbox: &Sandbox, target: &str) -> Vec<u8> {
    let source = sandbox.source();
    let path: PathBuf = sandbox.path(target).join(source.trim_start_matches('/'));
    std::fs::read(path.join("folder/b.txt")).unwrap()
}

#[test]
fn every_verb_of_a_subscriber_works_with_a_server_and_outlives_its_restart() {
    let server = Server::start();
    server.token("all", "office", &["--verbs", "init"]);
    let source = server.sandbox.source();
    let words: &[&[&str]] = &[
        &["init"],
        &["backup", &source],
        &["snapshots"],
        &["ls"],
        &["restore", "latest", "-t", "out"],
        &["find", "*.txt"],
        &["stats"],
        &["check", "--read-data"],
        &["key", "list"],
        &["key", "rotate"],
    ];
    for words in words {
        server.run("office", "all", words).expect(0);
    }
    assert_eq!(restored(&server.sandbox, "out"), b"beta\n".repeat(20_000));
    assert!(server.sandbox.path("srv/repositories/office/config").is_file());
    assert!(!server.sandbox.path("repo").exists(), "--server hides GLEANER_REPOSITORY");
    server.signal(Signal::HUP);
    server.sandbox.write("src/new", &vec![7; 100_000]);
    let second = server.run("office", "all", &["backup", &source]).expect(0).summary();
    assert!(second["bytes_novel"].as_u64().unwrap() < 110_000, "{second}");

    let server = Server::over(server.stop());
    server.run("office", "all", &["diff", "latest~1", "latest"]).expect(0);
    server.run("office", "all", &["forget", "--keep-last", "1"]).expect(0);
    server.run("office", "all", &["prune"]).expect(0);
    let dump = format!("latest:{source}/a.txt");
    let dumped = server.run("office", "all", &["dump", &dump]).expect(0);
    assert_eq!(dumped.stdout, b"alpha\n");
    server.run("office", "all", &["check", "--read-data"]).expect(0);
    let sandbox = server.stop();
    // It is a repository like any other for whoever has the folder and the password.
    sandbox.run(["check", "--read-data", "-r", "srv/repositories/office"]).expect(0);
}

#[test]
fn token_does_what_it_was_made_for_until_it_is_revoked_or_expires() {
    let server = Server::start();
    let source = server.sandbox.source();
    server.token("t-init", "office", &["--verbs", "init", "--label", "first day"]);
    let backup = server.token("t-backup", "office", &[]);
    server.token("t-restore", "office", &["--verbs", "restore"]);
    server.token("t-prune", "office", &["--verbs", "prune"]);
    server.token("t-over", "office", &["--verbs", "init", "--expires", "0s"]);
    let run = |token: &str, words: &[&str]| server.run("office", token, words);
    run("t-backup", &["init"]).expect_error(12, "rejected");
    run("t-over", &["init"]).expect_error(12, "rejected");
    run("t-init", &["init"]).expect(0);
    run("t-restore", &["backup", &source]).expect_error(12, "rejected");
    run("t-backup", &["backup", &source]).expect(0);
    run("t-restore", &["restore", "latest", "-t", "out", "--no-lock"]).expect(0);
    run("t-backup", &["forget", "latest"]).expect_error(12, "rejected");
    run("t-backup", &["prune"]).expect_error(12, "rejected");
    run("t-prune", &["key", "rotate"]).expect_error(12, "rejected");
    run("t-prune", &["forget", "latest"]).expect(0);
    run("t-prune", &["prune"]).expect(0);

    let data = ["--data", "srv"];
    let list = server.sandbox.run(["token", "list", "--json"].iter().chain(&data)).expect(0);
    let list = list.document();
    let labels: BTreeSet<&str> =
        list.as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap()).collect();
    assert_eq!((list.as_array().unwrap().len(), labels.contains("first day")), (5, true));
    let text = server.sandbox.run(["token", "list"].iter().chain(&data)).expect(0).text();
    let secret = std::fs::read_to_string(server.sandbox.path("t-backup")).unwrap();
    assert!(text.contains(&backup) && !text.contains(secret.trim()), "{text}");
    let revoke = ["token", "revoke", "--tenant", "office", &backup[..8], "--json"];
    server.sandbox.run(revoke.iter().chain(&data)).expect(0);
    server.sandbox.run(revoke.iter().chain(&data)).expect_error(2, "usage");
    run("t-backup", &["backup", &source]).expect_error(12, "rejected");
}

#[test]
fn tenants_neither_see_each_other_nor_take_more_than_their_quota() {
    let server = Server::start();
    let data = ["--data", "srv"];
    let tenant = |words: &[&str]| server.sandbox.run(["tenant"].iter().chain(&data).chain(words));
    tenant(&["add", "small", "--quota", "60K", "--json"]).expect(0);
    tenant(&["add", "small", "--json"]).expect_error(14, "guard");
    tenant(&["add", "../up", "--json"]).expect_error(2, "usage");
    server.token("office", "office", &["--verbs", "init"]);
    server.token("small", "small", &["--verbs", "init"]);
    server.token("daily", "small", &["--verbs", "backup"]);
    for (tenant, token) in [("small", "office"), ("office", "small"), ("nobody", "office")] {
        server.run(tenant, token, &["snapshots"]).expect_error(12, "rejected");
    }
    server.run("small", "small", &["init"]).expect(0);
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let noise: Vec<u8> = (0..150_000).map(|_| random()).collect();
    server.sandbox.write("src/noise", &noise);
    let source = server.sandbox.source();
    server.run("small", "daily", &["backup", &source]).expect_error(1, "disk_full");
    tenant(&["quota", "small", "none", "--json"]).expect(0);
    server.run("small", "daily", &["backup", &source]).expect(0);
    let list = tenant(&["list", "--json"]).expect(0).document();
    assert_eq!(list.as_array().unwrap().len(), 2, "{list}");
    tenant(&["list"]).expect(0);
    tenant(&["remove", "small", "--json"]).expect_error(14, "unconfirmed");
    server.run("small", "daily", &["snapshots"]).expect(0);
    tenant(&["remove", "small", "--yes-destroy", "small", "--json"]).expect(0);
    tenant(&["remove", "small", "--yes-destroy", "small", "--json"])
        .expect_error(1, "no_such_path");
    server.run("small", "daily", &["snapshots"]).expect_error(12, "rejected");
    assert!(!server.sandbox.path("srv/repositories/small").exists());
}

#[test]
fn whoever_is_not_the_server_that_was_named_learns_no_token() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    let url = format!("https://{}/office", server.address);
    let run = |words: &[&str]| {
        let args = ["snapshots", "--json", "--server", &url];
        server.sandbox.run(args.iter().chain(words))
    };
    let token = ["--token-file", "token"];
    let other = "0".repeat(64);
    run(&["--server-fingerprint", &other, token[0], token[1]]).expect_error(14, "guard");
    run(&token).expect_error(2, "usage");
    run(&["--server-fingerprint", "12", token[0], token[1]]).expect_error(2, "usage");
    run(&["--server-fingerprint", &server.fingerprint]).expect_error(12, "no_password");
    server.sandbox.write("rubbish", b"rubbish\n");
    let pin = ["--server-fingerprint", &server.fingerprint];
    run(&[pin[0], pin[1], "--token-file", "rubbish"]).expect_error(12, "no_password");
    run(&[pin[0], pin[1], "--token-file", "nothing"]).expect_error(12, "no_password");
    run(&[pin[0], pin[1], token[0], token[1], "-r", "repo"]).expect_error(2, "usage");
    let copy = ["copy", "--json", "--server", &url, "--from-repo", "repo"];
    server.sandbox.run(copy.iter().chain(&pin).chain(&token)).expect_error(2, "usage");
    run(&[pin[0], pin[1], token[0], token[1]]).expect_error(10, "no_repository");
    let (pin, token) = (pin.map(str::to_owned), token.map(str::to_owned));
    let sandbox = server.stop();
    let args = ["snapshots", "--json", "--server", &url].map(str::to_owned);
    sandbox.run(args.iter().chain(&pin).chain(&token)).expect_error(1, "network");
}

#[test]
fn server_that_cannot_start_says_why() {
    let sandbox = Sandbox::new();
    let run = |words: &[&str]| sandbox.run(["serve", "--json"].iter().chain(words));
    run(&[]).expect_error(2, "usage");
    run(&["--data", "nothing", "--check-config"]).expect_error(1, "no_such_path");
    assert!(!sandbox.path("nothing").exists(), "it only looks");
    run(&["--config", "nothing.toml"]).expect_error(2, "config");
    sandbox.write("typo.toml", b"date = \"srv\"");
    run(&["--config", "typo.toml"]).expect_error(2, "config");
    sandbox.write("half.toml", b"data = \"srv\"\ncertificate = \"x\"");
    run(&["--config", "half.toml"]).expect_error(2, "config");
    sandbox.write("right.toml", b"data = \"srv\"\nlisten = \"127.0.0.1:1\"");
    sandbox.run(["tenant", "--config", "right.toml", "add", "a"]).expect(0);
    let check = ["serve", "--config", "right.toml", "--check-config"];
    let checked = sandbox.run(check).expect(0).text();
    assert!(checked.contains("would listen at 127.0.0.1:1, certificate "), "{checked}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    run(&["--data", "srv", "--listen", &address]).expect_error(1, "network");
}

#[test]
fn session_that_is_open_when_the_server_stops_may_end() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    let mut backup = server
        .command("office", "token", &["backup", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = backup.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &vec![7; 1 << 20]).unwrap();
    server.signal(Signal::TERM);
    // It does not let anybody in any more.
    while std::net::TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    std::io::Write::write_all(&mut stdin, b"the end").unwrap();
    drop(stdin);
    let ran = Ran::of(backup.wait_with_output().unwrap()).expect(0);
    let id = ran.summary()["snapshot_id"].as_str().unwrap().to_owned();
    let server = Server::over(server.ended());
    let list = server.run("office", "token", &["snapshots"]).expect(0).document();
    assert_eq!(list[0]["id"], id.as_str());
}

#[test]
fn new_machine_restores_with_the_recovery_sheet_and_a_new_token() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    let run = |words: &[&str]| server.run("office", "token", words);
    run(&["init", "--no-encryption"]).expect_error(14, "guard");
    run(&["init", "--recovery-sheet", "no/folder"]).expect_error(1, "no_such_path");
    run(&["init", "--recovery-sheet", "sheet"]).expect(0);
    run(&["init", "--recovery-sheet", "sheet"]).expect_error(14, "guard");
    run(&["init", "--recovery-sheet", "second"]).expect_error(14, "guard");
    assert!(!server.sandbox.path("second").exists(), "nothing is left of what was not made");
    server.sandbox.run(["init", "--json", "--recovery-sheet", "s"]).expect_error(2, "usage");
    run(&["backup", &server.sandbox.source()]).expect(0);
    let metadata = std::fs::metadata(server.sandbox.path("sheet")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
    let sheet = std::fs::read_to_string(server.sandbox.path("sheet")).unwrap();
    let word = |line: &str| {
        let line = sheet.lines().find_map(|it| it.strip_prefix(line)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };

    // Another home, another password: what is on the sheet, and the token.
    let machine = Sandbox::without_password();
    server.token("new", "office", &["--verbs", "restore"]);
    std::fs::rename(server.sandbox.path("new"), machine.path("token")).unwrap();
    let line = sheet.lines().find(|line| line.starts_with("gleaner restore")).unwrap();
    let words = line.replace("FOLDER", "out");
    let mut restore = machine.command(words.split(' ').skip(1));
    restore.env("GLEANER_PASSWORD", word("code "));
    Ran::by(&mut restore).expect(0);
    let source = server.sandbox.source();
    let restored = machine.path("out").join(source.trim_start_matches('/')).join("a.txt");
    assert_eq!(std::fs::read(restored).unwrap(), b"alpha\n");
    assert_eq!(word("tenant "), "office");
    assert_eq!(word("certificate "), server.fingerprint);
}

#[test]
fn repository_that_is_not_encrypted_is_refused_behind_a_server() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    // As somebody who has the server's folder might put it there.
    let place = ["-r", "srv/repositories/office"];
    std::fs::create_dir_all(server.sandbox.path("srv/repositories")).unwrap();
    let mut init = server.sandbox.command(["init", "--no-encryption"].iter().chain(&place));
    Ran::by(init.env_remove("GLEANER_PASSWORD")).expect(0);
    let source = server.sandbox.source();
    let mut backup = server.command("office", "token", &["backup", &source]);
    Ran::by(backup.env_remove("GLEANER_PASSWORD")).expect_error(14, "guard");
    let packs = std::fs::read_dir(server.sandbox.path("srv/repositories/office/data/00")).unwrap();
    assert_eq!(packs.count(), 0);
}

#[test]
fn tenant_whose_removal_was_interrupted_gives_its_data_to_nobody() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    let repository = server.sandbox.path("srv/repositories/office");
    let remove = ["tenant", "remove", "office", "--yes-destroy", "office", "--data", "srv"];
    for left in ["office", ".office.removed"] {
        let kept = server.sandbox.path("kept");
        std::fs::rename(&repository, &kept).unwrap();
        server.sandbox.run(remove).expect(0);
        std::fs::rename(&kept, server.sandbox.path("srv/repositories").join(left)).unwrap();
        let add = ["tenant", "add", "office", "--data", "srv"];
        server.sandbox.run(add.iter().chain(&["--json"])).expect_error(14, "guard");
        server.sandbox.run(remove).expect(0);
        server.sandbox.run(add).expect(0);
        assert!(!repository.exists());
        server.token("token", "office", &["--verbs", "init"]);
        server.run("office", "token", &["snapshots"]).expect_error(10, "no_repository");
        server.run("office", "token", &["init"]).expect(0);
    }
}

#[test]
fn secret_that_nobody_could_read_is_worth_nothing() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    let closed = |mut command: std::process::Command| {
        // The reader is gone before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(writer).stderr(Stdio::piped()).status().unwrap().code()
    };
    let new = ["token", "new", "--tenant", "office", "--data", "srv"];
    assert_eq!(closed(server.sandbox.command(new)), Some(1));
    assert_eq!(closed(server.sandbox.command(new.iter().chain(&["--json"]))), Some(1));
    let list = ["token", "list", "--data", "srv", "--json"];
    let list = server.sandbox.run(list).expect(0).document();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    let mut init = server.command("office", "token", &["init"]);
    init.arg("--no-json");
    assert_eq!(closed(init), Some(1));
    let keys = server.run("office", "token", &["key", "list"]).expect(0).document();
    assert_eq!(keys.as_array().unwrap().len(), 1, "only the password's: {keys}");
}

#[test]
fn operators_see_how_a_server_is_doing_and_no_names() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    server.run("office", "token", &["backup", &server.sandbox.source()]).expect(0);
    server.run("office", "token", &["cat", "config"]).expect_error(2, "usage");
    let ok = "HTTP/1.1 200 OK";
    assert_eq!(http_get(&server.metrics, "/healthz"), (ok.to_owned(), "ok\n".to_owned()));
    // The end of a session may come a little later than that of its client.
    let is_open = || !http_get(&server.metrics, "/status").1.contains("\"sessions_open\":0,");
    while is_open() {
        std::thread::yield_now();
    }
    let (line, body) = http_get(&server.metrics, "/status");
    let status: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((line.as_str(), &status["is_healthy"]), (ok, &true.into()));
    let count = |key: &str| status[key].as_u64().unwrap();
    assert!(count("sessions") == 2 && count("sessions_open") == 0, "{body}");
    assert!(count("bytes_put") > 1000 && count("requests") > 10, "{body}");
    let (line, text) = http_get(&server.metrics, "/metrics");
    let requests = format!("gleaner_requests_total {}", count("requests"));
    assert!(line == ok && text.lines().any(|line| line == requests), "{text}");
    assert!(text.ends_with("# EOF\n") && !text.contains("office"), "{text}");
    assert!(http_get(&server.metrics, "/tenants").0.contains("404"));
    // Nobody can be let in any more.
    std::fs::remove_dir_all(server.sandbox.path("srv/tenants")).unwrap();
    std::fs::write(server.sandbox.path("srv/tenants"), b"no folder").unwrap();
    assert!(http_get(&server.metrics, "/healthz").0.contains("503"));
}

#[test]
fn session_that_is_cut_is_no_damage() {
    let mut server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    server.run("office", "token", &["backup", &server.sandbox.source()]).expect(0);
    for words in [&["check", "--read-data"][..], &["restore", "latest", "-t", "out"]] {
        // At a byte a second it is still at work when it is cut.
        let mut verb = server.command("office", "token", words);
        let mut child = verb
            .args(["--limit-read", "1B", "--wait-for-server", "0s"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env("GLEANER_PROGRESS_FPS", "60")
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        server.kill();
        let status = child.wait_with_output().unwrap();
        server = server.kill_and_start();
        let stderr = String::from_utf8(status.stderr).unwrap();
        let last: serde_json::Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
        assert_eq!((status.status.code(), &last["kind"]), (Some(1), &"network".into()), "{last}");
    }
}

/// A backup of a stream that has read its first megabyte, so that its session has begun.
fn backup_at_work(server: &Server) -> (std::process::Child, std::process::ChildStdin) {
    let mut backup = server
        .command("office", "token", &["backup", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = backup.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &vec![7; 1 << 20]).unwrap();
    (backup, stdin)
}

#[test]
fn backup_goes_on_with_the_server_that_takes_the_place_of_one_that_was_killed() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    let (backup, mut stdin) = backup_at_work(&server);
    let server = server.kill_and_start();
    std::io::Write::write_all(&mut stdin, b"the end").unwrap();
    drop(stdin);
    let ran = Ran::of(backup.wait_with_output().unwrap()).expect(0);
    let id = ran.summary()["snapshot_id"].as_str().unwrap().to_owned();
    let dumped = server.run("office", "token", &["dump", &format!("{id}:/stdin")]).expect(0);
    assert!(dumped.stdout == [&vec![7; 1 << 20][..], b"the end"].concat());
}

#[test]
fn verb_that_waits_for_its_server_stops_by_a_signal() {
    let server = Server::start();
    server.token("token", "office", &["--verbs", "init"]);
    server.run("office", "token", &["init"]).expect(0);
    let (backup, stdin) = backup_at_work(&server);
    server.kill();
    drop(stdin);
    // It has nobody to send its pack to.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let id = rustix::process::Pid::from_raw(backup.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(id, Signal::INT).unwrap();
    let ran = Ran::of(backup.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{}", ran.stderr);
}
