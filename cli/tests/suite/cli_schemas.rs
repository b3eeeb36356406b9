//! Goal: what `--json` prints is what `cli/schemas` says. Method: the sandbox checks every run of
//! the suite; here runs are made until each schema had a line to describe. Lost if this fails: a
//! key is renamed or vanishes, and front ends break.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStderr, ChildStdout, Stdio};

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};
use crate::schemas::all_names;

/// Asks for status lines without a terminal.
const FRAMES: (&str, &str) = ("GLEANER_PROGRESS_FPS", "60");

/// Status lines are checked below, the steps of the demo beside the first minutes, benches and
/// servers of both kinds in their own files, wanted chunks beside the check that writes them, a
/// snapshot in a list as a part of the lists.
const ELSEWHERE: [&str; 11] = [
    "status",
    "step",
    "bench_index",
    "wanted",
    "listening",
    "metrics",
    "object",
    "access_scan",
    "access_show",
    "access_verify",
    "snapshot_object",
];

/// A life of a tenant.
fn run_server_verbs(run: &mut impl FnMut(&[&str]) -> Ran) {
    let mut on_server = |words: &[&str]| run(&[words, &["--data", "srv"]].concat()).expect(0);
    on_server(&["tenant", "add", "a", "--quota", "1G"]);
    on_server(&["tenant", "quota", "a", "none"]);
    on_server(&["tenant", "list"]);
    on_server(&["token", "new", "--tenant", "a", "--expires", "1w"]);
    let list = on_server(&["token", "list"]).document();
    let token = list[0]["id"].as_str().unwrap();
    let certificate = "5".repeat(64);
    on_server(&["agent", "allow", &certificate, "--sources", "1"]);
    on_server(&["agent", "list"]);
    on_server(&["agent", "deny", &certificate]);
    on_server(&["token", "revoke", "--tenant", "a", token]);
    on_server(&["tenant", "remove", "a", "--yes-destroy", "a"]);
}

#[test]
fn every_schema_describes_a_line_of_the_suite() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    let mut used = BTreeSet::new();
    let mut run = |args: &[&str]| {
        let ran = sandbox.run(args.iter().chain(&["--json"]));
        used.extend(ran.schemas.iter().cloned());
        ran
    };
    run(&["init"]).expect(0);
    run(&["init", "-r", "second"]).expect(0);
    let source = sandbox.source();
    run(&["backup", "-vv", &source]).expect(0);
    sandbox.write("src/new", b"new");
    run(&["backup", &source, "/nowhere"]).expect(3);
    sandbox.write("open", b"correct horse");
    let verbs: &[&[&str]] = &[
        &["snapshots", "-p", "open"],
        &["snapshots", "--group-by", "host,tags"],
        &["ls"],
        &["restore", "latest", "-t", "out", "-v"],
        &["diff", "--metadata", "latest~1", "latest"],
        &["find", "*.txt"],
        &["stats"],
        &["list", "snapshots"],
        &["list", "chunks"],
        &["cat", "config"],
        &["cat", "snapshot", "latest"],
        &["key", "list"],
        &["tag", "--add", "x", "latest"],
        &["key", "rotate"],
        &["parity", "add"],
        &["parity", "status"],
        &["parity", "remove", "--yes"],
        &["check", "--list-codes"],
        &["check"],
        &["copy", "-r", "second", "--from-repo", "repo", "--from-password-file", "open"],
        &["repair", "index", "--apply", "--yes"],
        &["repair", "packs"],
        &["repair", "all", "--apply", "--yes"],
        &["forget", "--keep-last", "1"],
        &["prune"],
        &["migrate", "--apply"],
        &["version"],
        &["config", "show", "backup"],
        &["man", "pages"],
    ];
    for args in verbs {
        run(args).expect(0);
    }
    run_server_verbs(&mut run);
    let second = run(&["key", "add", "--new-password-command", "echo second"]).expect(0);
    let second = second.lines()[0]["id"].as_str().unwrap().to_owned();
    run(&["list", "keys"]).expect(0);
    run(&["cat", "key", &second]).expect(0);
    run(&["key", "remove", &second, "--yes"]).expect(0);
    let first_id = |list: Ran| list.expect(0).document()[0]["id"].as_str().unwrap().to_owned();
    let pack = first_id(run(&["list", "packs"]));
    run(&["cat", "pack", &pack]).expect(0);
    sandbox.leave_a_lease();
    let lease = first_id(run(&["list", "leases"]));
    run(&["unlock", "-n", "--lease", &lease]).expect(0);
    run(&["unlock", "--yes", "--lease", &lease]).expect(0);
    let pack = sandbox.a_pack();
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, b"rubbish").unwrap();
    run(&["check", "--read-data"]).expect(4);
    used.extend(ELSEWHERE.map(str::to_owned));
    assert_eq!(used, all_names());
}

/// The next line, checked as one of a run with `--json`.
fn next_status(stream: impl std::io::Read, verb: &str) -> Value {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    crate::schemas::check_messages(&line);
    let status: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
    assert_eq!((&status["message_type"], &status["verb"]), (&"status".into(), &verb.into()));
    status
}

#[test]
fn status_lines_hold_all_their_keys() {
    let sandbox = Sandbox::with_repository();
    let mut child = sandbox.waiting_backup(&["--json"], &[FRAMES]);
    let stdout: ChildStdout = child.stdout.take().unwrap();
    next_status(stdout, "backup");
    child.kill().unwrap();
    child.wait().unwrap();

    sandbox.backup();
    // At a byte a second it is still at work when its first status line is read.
    let mut child = sandbox
        .command(["restore", "latest", "-t", "out", "--json", "--limit-write", "1B"])
        .envs([FRAMES])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let status = next_status(child.stdout.take().unwrap(), "restore");
    assert!(status["bytes_restored"].as_u64().unwrap() < 100_000, "{status}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn sigusr1_prints_one_status_line_to_stderr() {
    let sandbox = Sandbox::with_repository();
    for flags in [&[][..], &["--json"]] {
        let mut child = sandbox.waiting_backup(flags, &[]);
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::USR1).unwrap();
        let stderr: ChildStderr = child.stderr.take().unwrap();
        if flags.is_empty() {
            let line = BufReader::new(stderr).lines().next().unwrap().unwrap();
            assert!(line.starts_with("backup: "), "{line}");
        } else {
            next_status(stderr, "backup");
        }
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "it only looks");
    }
}
