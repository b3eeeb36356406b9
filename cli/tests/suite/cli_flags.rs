//! Goal: a flag that is taken means what CLI.md says, and one that means nothing is not taken.
//! Lost if this fails: users rely on a limit, a choice or a guard that is not there.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::sandbox::Sandbox;

#[test]
fn flags_of_later_versions_are_refused_with_a_reason() {
    let sandbox = Sandbox::with_repository();
    for args in [
        &["backup", "--memory-limit", "1G", "src"][..],
        &["backup", "--limit-upload=5M", "src"],
        &["restore", "--limit-download", "5M", "latest"],
        &["check", "--retry-lock", "5m"],
        &["check", "--option", "a=b"],
        &["check", "-o", "a=b"],
        &["backup", "--sync", "each", "src"],
        &["snapshots", "--provenance"],
    ] {
        let ran = sandbox.run(args.iter().chain(&["--json"])).expect_error(2, "usage");
        assert!(ran.stderr.contains("is not in this version: "), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn without_a_lease_only_verbs_that_read_run() {
    let sandbox = Sandbox::with_snapshot();
    // Nobody can write a lease here, as on a read-only medium.
    std::fs::remove_dir_all(sandbox.path("repo/leases")).unwrap();
    sandbox.write("repo/leases", b"");
    assert_ne!(sandbox.run(["restore", "latest", "-t", "out"]).code, 0);
    sandbox.run(["restore", "--no-lock", "latest", "-t", "out"]).expect(0);
    for args in [&["backup", "--no-lock", "src"][..], &["tag", "--no-lock", "--add", "x", "latest"]]
    {
        sandbox.run(args.iter().chain(&["--json"])).expect_error(2, "usage");
    }
    sandbox.run(["backup", "--no-lock", "--lock", "-n", "src"]).expect(0);
}

#[test]
fn the_group_says_which_snapshot_is_compared_with() {
    let sandbox = Sandbox::with_repository();
    sandbox.backup_with(&["--host", "one", "--tag", "a"]);
    let unmodified = |flags: &[&str]| {
        let flags = ["--dry-run"].iter().chain(flags).copied().collect::<Vec<_>>();
        sandbox.backup_with(&flags)["files_unmodified"].as_u64().unwrap()
    };
    assert_eq!(unmodified(&["--host", "one"]), 3);
    assert_eq!(unmodified(&["--host", "two"]), 0);
    assert_eq!(unmodified(&["--host", "two", "--group-by", "paths"]), 3);
    assert_eq!(unmodified(&["--host", "one", "--group-by", "host,paths,tags"]), 0);
    assert_eq!(unmodified(&["--host", "one", "--tag", "a", "--group-by", "tags"]), 3);
    let folder = format!("{}/folder", sandbox.source());
    let ran = sandbox.run(["backup", "-n", "--json", "--group-by", "", &folder]).expect(0);
    assert_eq!(ran.summary()["files_unmodified"], 2, "no group: the latest of all");
    sandbox.run(["backup", "--json", "--group-by", "x", &folder]).expect_error(2, "usage");
}

#[test]
fn packs_are_closed_at_the_size_of_the_run() {
    let packs_of = |flags: &[&str]| {
        let sandbox = Sandbox::with_repository();
        let noise: Vec<u8> =
            (0..1_500_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        sandbox.write("src/noise", &noise);
        sandbox.backup_with(flags);
        let packs = sandbox.run(["list", "packs", "--json"]).expect(0).document();
        packs.as_array().unwrap().len()
    };
    let usual = packs_of(&[]);
    let small = packs_of(&["--pack-size", "1M"]);
    assert!(small > usual + 1, "{usual} packs, with --pack-size {small}");
    let sandbox = Sandbox::with_repository();
    sandbox.run(["backup", "--json", "--pack-size", "1", "src"]).expect_error(2, "usage");
}

/// A backup at a byte a second, and its first status line after the scan found something.
fn slow_backup(sandbox: &Sandbox, flags: &[&str]) -> (Child, Value) {
    let source = sandbox.source();
    let args = ["backup", "--json", "--limit-read", "1B", &source];
    let mut child = sandbox
        .command(args.iter().chain(flags))
        .env("GLEANER_PROGRESS_FPS", "60")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let statuses = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let has_files = |status: &Value| status["total_files"].as_u64() > Some(0);
    let status = statuses.into_iter().find(has_files).expect("it ends without a status line");
    (child, status)
}

#[test]
fn a_limit_holds_a_backup_back_and_threads_read_side_by_side() {
    let sandbox = Sandbox::with_repository();
    // Each is a batch of its own: enough of them keep every reader busy and the scan waiting.
    for number in 0..20 {
        sandbox.write(&format!("src/large-{number}"), &vec![number; (1 << 20) + 1]);
    }
    let threads = |flags: &[&str]| {
        let (mut child, status) = slow_backup(&sandbox, flags);
        assert!(status["bytes_done"].as_u64().unwrap() < 100_000, "{status}");
        let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap().count();
        child.kill().unwrap();
        child.wait().unwrap();
        tasks
    };
    let one = threads(&["--threads", "1", "--read-concurrency", "1"]);
    let five = threads(&["--threads", "1", "--read-concurrency", "5"]);
    assert_eq!(five - one, 4);
    for wrong in [["--limit-read", "0"], ["--limit-write", "fast"], ["--read-concurrency", "0"]] {
        let args = ["backup", "--json", "src"].iter().chain(&wrong);
        sandbox.run(args).expect_error(2, "usage");
    }
}

#[test]
fn special_files_are_restored_unless_they_are_not_wanted() {
    let sandbox = Sandbox::with_repository();
    let pipe = sandbox.path("src/pipe");
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    sandbox.backup();
    let address = format!("latest:{}", sandbox.source());
    let is_restored = |target: &str, flags: &[&str]| {
        let args = ["restore", &address, "-t", target];
        sandbox.run(args.iter().chain(flags)).expect(0);
        sandbox.path(target).join("pipe").symlink_metadata().is_ok()
    };
    assert!(is_restored("usual", &[]));
    assert!(!is_restored("without", &["--no-special-files"]));
    assert!(is_restored("with", &["--no-special-files", "--special-files"]));
}

#[test]
fn config_show_prints_what_flags_say() {
    let sandbox = Sandbox::new();
    let args = ["--threads", "3", "--idle", "--quiet", "--no-quiet", "-P", "a", "-P", "b", "-vv"];
    sandbox.write("home/.config/gleaner/a.toml", b"global = { idle = false, limit-read = 7 }");
    sandbox.write("home/.config/gleaner/b.toml", b"init = { from-password-command = 'echo x' }");
    let mut command = sandbox.command(["config", "show", "init", "--json"].iter().chain(&args));
    command.env("GLEANER_LIMIT_WRITE", "5M");
    let lines = crate::sandbox::Ran::by(&mut command).expect(0).lines();
    let shown = |key: &str| {
        let line = lines.iter().find(|line| line["key"] == key).unwrap();
        let origin = line["origin"].as_str().unwrap().split(' ').next().unwrap();
        (line["value"].as_str().unwrap_or("(none)").to_owned(), origin.to_owned())
    };
    for (key, value, origin) in [
        ("threads", "3", "flag"),
        ("idle", "true", "flag"),
        ("quiet", "false", "flag"),
        ("verbose", "2", "flag"),
        ("profile", "a,b", "flag"),
        ("limit-read", "7", "profile"),
        ("limit-write", "5M", "environment"),
        ("no-lock", "false", "built-in"),
        ("from-password-command", "(set)", "profile"),
        ("log-file", "(none)", "built-in"),
    ] {
        assert_eq!(shown(key), (value.to_owned(), origin.to_owned()), "{key}");
    }
}
