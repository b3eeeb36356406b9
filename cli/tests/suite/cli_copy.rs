//! Goal: snapshots get into a second repository with the real binary, under another password, and
//! a script can tell what happened. Lost if this fails: the copy that a user trusts is not there.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

/// A sandbox with a snapshot in `repo`, and an empty repository `second` under another password.
fn sandbox(init: &[&str]) -> Sandbox {
    let sandbox = Sandbox::with_snapshot();
    write_passwords(&sandbox);
    let args = ["init", "-r", "second", "-p", "second.txt"];
    sandbox.run(args.iter().chain(init)).expect(0);
    sandbox
}

/// Files that nobody else can read: others would be warned of.
fn write_passwords(sandbox: &Sandbox) {
    use std::os::unix::fs::PermissionsExt as _;
    for (name, password) in [("first.txt", "correct horse"), ("second.txt", "battery staple")] {
        sandbox.write(name, password.as_bytes());
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(sandbox.path(name), owner_only).unwrap();
    }
}

fn copy(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let from = ["--from-repo", "repo", "--from-password-file", "first.txt", "--json"];
    let to = ["copy", "-r", "second", "-p", "second.txt"];
    sandbox.run(to.iter().chain(&from).chain(args))
}

fn second(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.run(args.iter().chain(&["-r", "second", "-p", "second.txt"]))
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))
}

#[test]
fn copied_snapshot_restores_under_the_other_password() {
    let sandbox = sandbox(&["--chunker", "fine"]);
    let summary = copy(&sandbox, &[]).expect(0).summary();
    assert_eq!(number(&summary, "snapshots_copied"), 1);
    assert!(number(&summary, "bytes_novel") > 100_000 && number(&summary, "bytes_stored") > 0);
    second(&sandbox, &["restore", "latest", "-t", "out", "--verify"]).expect(0);
    let restored = sandbox.path("out").join(sandbox.source().trim_start_matches('/'));
    for name in ["a.txt", "folder/b.txt", "folder/deep/c.tmp"] {
        let read = |folder: &std::path::Path| std::fs::read(folder.join(name)).unwrap();
        assert!(read(&restored) == read(&sandbox.path("src")), "{name}");
    }
    second(&sandbox, &["check", "--read-data"]).expect(0);
    let ids = |list: Ran| list.expect(0).document()[0].clone();
    let copy_of = ids(second(&sandbox, &["snapshots", "--json"]));
    let source = ids(sandbox.run(["snapshots", "--json"]));
    assert_eq!((&copy_of["original"], &copy_of["time"]), (&source["id"], &source["time"]));
    assert_eq!(copy_of["summary"], source["summary"]);

    let again = copy(&sandbox, &[]).expect(0).summary();
    assert_eq!(number(&again, "snapshots_copied") + number(&again, "bytes_stored"), 0);
    assert_eq!(number(&again, "snapshots_skipped"), 1);
}

#[test]
fn repositories_of_one_domain_share_what_is_there() {
    let sandbox = Sandbox::with_snapshot();
    write_passwords(&sandbox);
    let from = ["--from-repo", "repo", "--from-password-file", "first.txt"];
    let init = ["init", "-r", "second", "-p", "second.txt", "--copy-chunker-params"];
    sandbox.run(init.iter().chain(&from)).expect(0);
    let source = sandbox.source();
    second(&sandbox, &["backup", &source]).expect(0);
    let summary = copy(&sandbox, &[]).expect(0).summary();
    assert_eq!(number(&summary, "snapshots_copied"), 1);
    assert_eq!(number(&summary, "bytes_novel") + number(&summary, "bytes_read"), 0);
}

#[test]
fn filters_and_names_choose_and_a_dry_run_changes_nothing() {
    let sandbox = sandbox(&[]);
    sandbox.backup_with(&["--tag", "kept", "--host", "other"]);
    let before = sandbox.repository_content();
    let dry = copy(&sandbox, &["-n"]).expect(0).summary();
    assert_eq!(number(&dry, "snapshots_copied"), 2);
    assert_eq!(number(&dry, "bytes_stored"), 0);
    let listed = second(&sandbox, &["snapshots", "--json"]).expect(0).document();
    assert_eq!(listed, serde_json::json!([]));
    assert!(sandbox.repository_content() == before);
    // The password in the environment is the target's.
    let args = ["copy", "-r", "second", "-p", "second.txt", "--from-repo", "repo", "--json"];
    sandbox.run(args).expect_error(12, "no_password");

    let host = copy(&sandbox, &["--host", "nowhere"]).expect(0).summary();
    assert_eq!(number(&host, "snapshots_copied"), 0);
    let tagged = copy(&sandbox, &["--tag", "kept"]).expect(0).summary();
    assert_eq!(number(&tagged, "snapshots_copied"), 1);
    copy(&sandbox, &["ffff0000"]).expect_error(1, "no_such_snapshot");
    let named = copy(&sandbox, &["latest~1", "latest"]).expect(0).summary();
    assert_eq!((number(&named, "snapshots_copied"), number(&named, "snapshots_skipped")), (1, 1));
}

#[test]
fn damage_in_the_source_is_code_3_and_the_rest_is_copied() {
    let sandbox = sandbox(&[]);
    let damaged = sandbox.a_pack();
    sandbox.write("src/folder/b.txt", &b"other\n".repeat(20_000));
    std::fs::remove_file(sandbox.path("src/a.txt")).unwrap();
    std::fs::remove_file(sandbox.path("src/folder/deep/c.tmp")).unwrap();
    sandbox.backup();
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[200] ^= 1;
    std::fs::remove_file(&damaged).unwrap();
    std::fs::write(&damaged, bytes).unwrap();
    let ran = copy(&sandbox, &[]).expect_error(3, "unreadable");
    let summary = ran.summary();
    assert_eq!(number(&summary, "snapshots_copied"), 1);
    assert_eq!(number(&summary, "snapshots_failed"), 1);
    let pack = damaged.file_name().unwrap().to_str().unwrap();
    let error = ran.stderr.lines().find(|line| line.contains("\"error\"")).unwrap();
    assert!(error.contains(pack), "the pack is named: {error}");
    second(&sandbox, &["check", "--read-data"]).expect(0);
}

/// Bytes that do not compress.
fn noise(bytes: usize) -> Vec<u8> {
    let step = |state: &u64| Some(state ^ state << 13 ^ (state ^ state << 13) >> 7);
    let states = std::iter::successors(Some(0x9e37_79b9_7f4a_7c15), step);
    states.flat_map(u64::to_le_bytes).take(bytes).collect()
}

#[test]
fn copy_that_a_signal_stops_says_130_and_the_next_one_ends_it() {
    let sandbox = sandbox(&[]);
    sandbox.write("src/noise", &noise(1 << 20));
    sandbox.backup();
    // The packs alone take seconds at this rate.
    let args = ["copy", "-r", "second", "-p", "second.txt", "--json", "--limit-write", "200"];
    let from = ["--from-repo", "repo", "--from-password-file", "first.txt"];
    let mut child = sandbox
        .command(args.iter().chain(&from))
        .env("GLEANER_PROGRESS_FPS", "60")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    crate::schemas::check_messages(&line);
    let status: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&status["message_type"], &status["verb"]), (&"status".into(), &"copy".into()));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let copied = second(&sandbox, &["snapshots", "--json"]).expect(0).document();
    assert!(copied.as_array().unwrap().len() < 2, "{copied}");
    let rest = copy(&sandbox, &[]).expect(0).summary();
    assert_eq!(number(&rest, "snapshots_copied") + number(&rest, "snapshots_skipped"), 2);
    second(&sandbox, &["check", "--read-data"]).expect(0);
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_read() {
    let sandbox = sandbox(&[]);
    let from = |from: &str| {
        let args = ["copy", "-p", "first.txt", "--json", "--from-repo", from];
        sandbox.run(args)
    };
    from("repo").expect_error(2, "usage");
    from("./repo/../repo").expect_error(2, "usage");
    from("nothing").expect_error(10, "no_repository");
    sandbox.run(["copy", "--json"]).expect_error(2, "usage");
    let wrong = ["--from-password-file", "second.txt", "--from-repo", "repo", "--json"];
    let to = ["copy", "-r", "second", "-p", "second.txt"];
    sandbox.run(to.iter().chain(&wrong)).expect_error(12, "wrong_password");
}
